"""Reading versions of the plan, and two side by side (PLA-5)."""

import re
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from organisations import swedish
from plans import documents, matching, services
from plans.models import Measure, Plan, PlanState

# Above this many characters a changed line is marked as a whole: word by word would cost more than it tells.
MAX_LINE = 2000
BEFORE_GOALS = "Huvudmål"
LIKE, NEW = ("Lika", "", ""), ("Tillagt", "success", "plus")
GONE, CHANGED = ("Borttaget", "danger", "minus"), ("Ändrat", "warn", "pencil")


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
    """One line in the older and in the newer version; `name` says which line of its part it is."""

    left: tuple[Piece, ...]
    right: tuple[Piece, ...]
    name: str = ""

    @property
    def changed(self) -> bool:
        return self.left != self.right

    @property
    def word(self) -> tuple[str, str, str]:
        """What has happened, in a word, with the colour and the sign of its tag."""
        if not self.changed:
            return LIKE
        return CHANGED if self.left and self.right else NEW if self.right else GONE


@dataclass(frozen=True)
class Section:
    """One part of the plan in both versions."""

    heading: str
    rows: tuple[Row, ...]

    @property
    def changed(self) -> bool:
        return any(row.changed for row in self.rows)

    @property
    def word(self) -> tuple[str, str, str]:
        words = {row.word for row in self.rows}
        return words.pop() if len(words) == 1 else CHANGED


def texts_of(plan: Plan) -> dict[str, list[str]]:
    """What the plan says beside its goals, as headings with lines of text, in the order of the page."""
    said = documents.context(plan)
    lead, follow_up = said["lead"], said["follow_up"]
    return {
        "Vad är viktigt för dig?": split(said["what_matters"]),
        "Varför du har en SIP": split(said["why"]),
        "Det som fungerar bra": split(said["strengths"]),
        "Så är det nu och det här behöver du": split(said["situation"]),
        "Huvudmål": split(said["long_term_goal"]),
        "Det här gör du själv": split(said["self_do"]),
        "Det här gör dina närstående": split(said["relatives_do"]),
        "Det här gör andra": split(said["others_do"]),
        "Om du mår sämre": [line for level in said["crisis"]["levels"] for line in level_lines(level)],
        "Vad du tycker om planen": split(said["own_opinion"]),
        "Det här är vi inte överens om": [*split(said["disagreement"]), *said["disagreements"]],
        "Huvudansvarig": split(", ".join(filter(None, (lead.get(k) for k in ("name", "title", "unit", "authority"))))),
        "Uppföljning": split(", ".join(filter(None, (follow_up["when"], follow_up["where"], follow_up["who_calls"])))),
        "Vilka som får planen": said["copies"],
    }


def split(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def level_lines(level: dict) -> list[str]:
    """A level of getting worse: each of its lines with what it is about."""
    return [f"{level['heading']}. {row['label']}: {line}" for row in level["rows"] for line in split(row["text"])]


def compare(older: Plan, newer: Plan) -> list[Section]:
    """Every part of the plan with its lines side by side and what is gone or new marked; goals by what they lead to."""
    left, right = texts_of(older), texts_of(newer)
    sections = {heading: Section(heading, tuple(beside(left[heading], right[heading]))) for heading in left}
    found = []
    for heading, section in sections.items():
        found += [section] if section.rows else []
        if heading == BEFORE_GOALS:
            found += goal_sections(older, newer)
    return found


def carried_in(case_id) -> dict[int, int]:
    """Each measure of the case that the reader may see → the first that it comes from; one query."""
    rows = Measure.objects.filter(case_id=case_id).values_list("pk", "carried_from_id")
    return matching.origins(dict(rows))


def goal_sections(older: Plan, newer: Plan) -> list[Section]:
    origin = carried_in(newer.case_id)
    matched = matching.goal_pairs(older.goals.all(), newer.goals.all(), lambda goal: goal.measures.all(), origin)
    found = []
    for number, (old, new) in enumerate(matched, start=1):
        heading = f"Mål {number}" if new else f"Mål som inte är med längre: {old.text[:60]}"
        found.append(Section(heading, tuple(goal_rows(old, new, origin))))
    return found


def goal_rows(old, new, origin):
    """A goal line by line, then each of its measures."""
    before, after = goal_lines(old), goal_lines(new)
    for name in before | after:
        yield replace(words(before.get(name, ""), after.get(name, "")), name=name)
    measures = [list(goal.measures.all()) if goal else [] for goal in (old, new)]
    for one, other in matching.measure_pairs(*measures, origin):
        yield replace(words(measure_line(one), measure_line(other)), name="Insats")


def goal_lines(goal) -> dict[str, str]:
    if goal is None:
        return {}
    lines = {"Mål": goal.text, "Sikt": goal.get_horizon_display(), "Så märker du det": goal.how_noticed}
    return {name: text.replace("\n", " ") for name, text in lines.items() if text}


def measure_line(measure) -> str:
    if measure is None:
        return ""
    said = documents.measure_text(measure)
    parts = (said["text"], said["who_label"], said["who"], said["when"], said["where"])
    return " – ".join(filter(None, parts)).replace("\n", " ")


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
    if old == new:
        return Row((Piece(old),), (Piece(new),))
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
