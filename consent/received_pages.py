"""A received version as it is shown: what a protection mark hides now stays hidden in a copy frozen before it."""

from audit import log
from cases import protection

# The terms of the copy's first part that say who and where somebody is.
IDENTITY = {"Namn", "Nummer", "Telefon", "Adress"}


def opened(version, form) -> dict:
    """The copy's sections; behind a mark without who it is, unless the reader chose to see it, which is logged."""
    sections = version.content.get("sections", [])
    if version.person_id not in protection.marked_now([version.person_id]):
        return {"sections": sections, "kept_out": False}
    if form.cleaned_data.get("reveal"):
        log.record("cases.revealed", action=log.REVEAL, case_id=version.case_id, person_id=version.person_id)
        return {"sections": sections, "kept_out": False}
    names = {row["text"] for part in sections for row in part.get("rows", []) if row["term"] in IDENTITY}
    return {"sections": without(sections, names), "kept_out": True}


def without(part, hidden: set[str]):
    """The same copy without the rows of identity, and with the name itself taken out of every other text."""
    if isinstance(part, list):
        return [without(item, hidden) for item in part if not is_identity(item)]
    if isinstance(part, dict):
        return {key: without(value, hidden) for key, value in part.items()}
    if isinstance(part, str):
        for text in hidden:
            part = part.replace(text, "Namnet är skyddat") if text else part
    return part


def is_identity(item) -> bool:
    return isinstance(item, dict) and item.get("term") in IDENTITY
