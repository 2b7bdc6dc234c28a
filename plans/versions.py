"""Reading versions of the plan, and two side by side (PLA-5)."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from organisations import swedish
from plans import documents, services
from plans.models import Plan, PlanState

# Above this many characters a changed line is marked as a whole: word by word would cost more than it tells.
MAX_LINE = 2000


def listed(case):
    """All versions, latest first, with who approved them."""
    people = case.plans.select_related(
        "approved_by__staff", "approved_by__unit", "saved_by__staff", "lead_staff", "meeting__entered_by__staff"
    )
    people = people.select_related("correction__corrects")
    return people.order_by("-version")


def one(case, version: int) -> Plan | None:
    return services.with_content(case.plans.filter(version=version)).first()


@dataclass(frozen=True)
class Piece:
    """Some words of a line; `mark` is same, gone or new."""

    text: str
    mark: str = "same"


@dataclass(frozen=True)
class Row:
    """One line in the older and in the newer version."""

    left: tuple[Piece, ...]
    right: tuple[Piece, ...]

    @property
    def changed(self) -> bool:
        return self.left != self.right


@dataclass(frozen=True)
class Section:
    """One part of the plan in both versions."""

    heading: str
    rows: tuple[Row, ...]

    @property
    def changed(self) -> bool:
        return any(row.changed for row in self.rows)


def lines_of(plan: Plan) -> dict[str, list[str]]:
    """The plan as headings with lines of text, in the order of the page."""
    said = documents.context(plan)
    crisis, lead, follow_up = said["crisis"], said["lead"], said["follow_up"]
    return {
        "Vad är viktigt för dig?": split(said["what_matters"]),
        "Varför du har en SIP": split(said["why"]),
        "Det som fungerar bra": split(said["strengths"]),
        "Så är det nu och det här behöver du": split(said["situation"]),
        "Huvudmål": split(said["long_term_goal"]),
        "Mål och insatser": [line for goal in said["goals"] for line in goal_lines(goal)],
        "Det här gör du själv": split(said["self_do"]),
        "Det här gör dina närstående": split(said["relatives_do"]),
        "Det här gör andra": split(said["others_do"]),
        "Om du mår sämre": [
            *named("Tecken", crisis["signs"]),
            *named("Det kan du göra själv", crisis["self_help"]),
            *named("Ring först", crisis["call_first"]),
            *named("Då gör vi", crisis["we_do"]),
        ],
        "Vad du tycker om planen": split(said["own_opinion"]),
        "Det här är vi inte överens om": [*split(said["disagreement"]), *said["disagreements"]],
        "Huvudansvarig": split(", ".join(filter(None, (lead.get(k) for k in ("name", "title", "unit", "authority"))))),
        "Uppföljning": split(", ".join(filter(None, (follow_up["when"], follow_up["where"], follow_up["who_calls"])))),
        "Vilka som får planen": said["copies"],
    }


def split(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def named(name: str, text: str) -> list[str]:
    return [f"{name}: {line}" for line in split(text)]


def goal_lines(goal: dict) -> list[str]:
    lines = [f"Mål: {goal['text']}", *named("Så märker du det", goal["how_noticed"])]
    for measure in goal["measures"]:
        said = (measure["who_label"], measure["who"], measure["when"], measure["where"])
        lines.append(" – ".join(filter(None, (measure["text"], *said))).replace("\n", " "))
    return lines


def compare(older: Plan, newer: Plan) -> list[Section]:
    """Every part of the plan with its lines side by side and what is gone or new marked."""
    left, right = lines_of(older), lines_of(newer)
    sections = [Section(heading, tuple(beside(left[heading], right[heading]))) for heading in left]
    return [section for section in sections if section.rows]


def beside(left: list[str], right: list[str]):
    """Pair the lines of two versions; unlike lines are paired in turn and compared word by word."""
    for tag, a1, a2, b1, b2 in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from (Row((Piece(line),), (Piece(line),)) for line in left[a1:a2])
            continue
        for step in range(max(a2 - a1, b2 - b1)):
            old = left[a1 + step] if a1 + step < a2 else ""
            new = right[b1 + step] if b1 + step < b2 else ""
            yield words(old, new)


def words(old: str, new: str) -> Row:
    """Two lines with the words that differ marked."""
    if not old or not new or max(len(old), len(new)) > MAX_LINE:
        return Row((Piece(old, "gone"),) if old else (), (Piece(new, "new"),) if new else ())
    a, b = re.findall(r"\S+\s*", old), re.findall(r"\S+\s*", new)
    matcher = SequenceMatcher(None, [w.strip() for w in a], [w.strip() for w in b], autojunk=False)
    if matcher.ratio() < 0.3:
        return Row((Piece(old, "gone"),), (Piece(new, "new"),))
    left, right = [], []
    for tag, a1, a2, b1, b2 in matcher.get_opcodes():
        if a1 < a2:
            left.append(Piece("".join(a[a1:a2]), "same" if tag == "equal" else "gone"))
        if b1 < b2:
            right.append(Piece("".join(b[b1:b2]), "same" if tag == "equal" else "new"))
    return Row(tuple(left), tuple(right))


def heading(plan: Plan) -> str:
    """Version 2, gäller sedan 17 mars 2026. Rättelse av version 1"""
    corrected = correction_mark(plan)
    return f"{standing(plan)}. {corrected}" if corrected else standing(plan)


def correction_mark(plan: Plan) -> str:
    correction = getattr(plan, "correction", None)
    return f"Rättelse av version {correction.corrects.version}" if correction else ""


def standing(plan: Plan) -> str:
    if plan.state == PlanState.DRAFT:
        return f"Version {plan.version}, utkast"
    on = swedish.short_date(plan.approved_at)
    if plan.state == PlanState.APPROVED:
        return f"Version {plan.version}, gäller sedan {on}"
    return f"Version {plan.version}, godkänd {on}, ersatt"
