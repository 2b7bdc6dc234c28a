"""What other apps show of the preparation: the question, the interpreter, and whom the person does not want."""

from cases.topics import NOT_SHARED
from preparation import bookings
from preparation.models import BookingKind, BookingState, GuestWish, PreparationKey, PreparationText

# To think about before the meeting, starting with what matters most (KAL-10).
THINK_ABOUT = (
    "Vad är viktigt för dig?",
    "Vad fungerar bra i dag?",
    "Vad behöver du hjälp med, och av vem?",
    "Hur vill du ha det längre fram?",
    "Finns det något som du inte vill att vi pratar om?",
)
# Shorter words are part of too many names.
SHORTEST = 3
HOW = {"on_site": "på plats", "phone": "på telefon", "video": "på video"}


def texts_of(case) -> dict[str, PreparationText]:
    """The texts that the reader may see, by key; from the case when they were fetched with it."""
    return {row.key: row for row in case.preparation_texts.all()}


def question(case, *, whole: bool) -> str:
    """The shared question; what is not shared with the reader is said to be so, whatever it says (SAM-3)."""
    row = texts_of(case).get(PreparationKey.QUESTION)
    if row is None:
        return "" if whole else f"{NOT_SHARED}."
    return row.text


def interpreter(case) -> dict:
    """Where the interpreter stands, for kallelse, letter and the person's page."""
    row = bookings.find(case, BookingKind.INTERPRETER)
    state = bookings.state_of(case, BookingKind.INTERPRETER, row)
    ordered = row is not None and state in bookings.ORDERED
    return {
        "state": state,
        "label": state.label,
        "needed": state != BookingState.NOT_NEEDED,
        "language": (row.language if ordered else "") or case.language,
        "form": row.form if ordered else "",
        "reference": row.reference if ordered else "",
    }


def words(said: dict) -> str:
    """The same in one sentence to the person; nothing when no interpreter is needed."""
    if not said["needed"]:
        return ""
    language = f" som talar {said['language'].lower()}" if said["language"] else ""
    how = f" {HOW[said['form']]}" if said["form"] else ""
    if said["state"] == BookingState.NEEDED:
        return f"Vi ordnar en tolk{language}."
    return f"En tolk{language} är med{how}." + ("" if said["state"] == BookingState.CONFIRMED else " Tolken är bokad.")


def for_meeting(case, *, whole: bool) -> dict:
    """What the kallelse says of the preparation."""
    said = interpreter(case)
    return {
        "question": question(case, whole=whole),
        "interpreter": said,
        "interpreter_words": words(said),
        "think_about": THINK_ABOUT,
    }


def unwanted(case, *, units=(), names=()) -> list[str]:
    """Sentences about those among `units` and `names` whom the person does not want there: a hint, never a stop.

    The database tells them to the units that steer alone.
    """
    rows = list(GuestWish.objects.filter(case=case, wanted=False, removed_at=None).select_related("unit"))
    by_unit = {row.unit_id for row in rows if row.unit_id}
    by_name = [row.name.casefold() for row in rows if row.name]
    called = [unit.name for unit in units if unit.pk in by_unit or named(unit.name, by_name)]
    called += [name for name in names if named(name, by_name)]
    if not called:
        return []
    who = " och ".join(dict.fromkeys(called))
    return [f"Personen har sagt att {who} inte ska komma. Prata med personen innan mötet, eller flytta mötet."]


def not_wanted(case) -> list[str]:
    """Whom the person does not want there, for the one who writes the kallelse."""
    rows = GuestWish.objects.filter(case=case, wanted=False, removed_at=None).select_related("unit")
    return [str(row) for row in rows.order_by("said_at", "pk")]


def named(name: str, wishes: list[str]) -> bool:
    found = name.casefold()
    return len(found) >= SHORTEST and any(len(w) >= SHORTEST and (w in found or found in w) for w in wishes)
