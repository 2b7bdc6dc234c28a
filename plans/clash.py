"""Two texts of one part, saved at the same time: side by side with what differs marked, and a choice (PLA-4)."""

from dataclasses import dataclass
from difflib import SequenceMatcher

from plans.versions import Row, beside, split

THEIRS, MINE, BOTH = "theirs", "mine", "both"
CHOICES = [
    (THEIRS, "Behåll det som står i planen. Min text sparas inte."),
    (MINE, "Byt till det jag skrev. Den andras text går att ta tillbaka under Ändringar."),
    (BOTH, "Spara texten i fälten under, där båda är ihopskrivna."),
]
# Names in the sent form: the choice, the writer's own values, and which fields those are.
KEEP, OWN, NAMES = "keep", "own-{}", "own"
NOT_ONES_OWN = {"csrfmiddlewaretoken", "revision", "seen", KEEP, NAMES}


@dataclass(frozen=True)
class Field:
    """One field in both wordings, line by line."""

    label: str
    rows: tuple[Row, ...]


def sides(label: str, theirs: str, mine: str) -> Field:
    return Field(label, tuple(beside(split(theirs), split(mine))))


def joined(theirs: str, mine: str) -> str:
    """Every line of both, what is alike once; a line that goes on where the other stops takes its place."""
    ours, others = mine.splitlines(), theirs.splitlines()
    lines: list[str] = []
    for tag, a1, a2, b1, b2 in SequenceMatcher(None, others, ours, autojunk=False).get_opcodes():
        if tag == "equal":
            lines += others[a1:a2]
            continue
        left, right = others[a1:a2], ours[b1:b2]
        lines += [line for line in left if not any(line.strip() in other for other in right)]
        lines += [line for line in right if not any(line.strip() in other and line != other for other in left)]
    return "\n".join(lines)


def own_values(data) -> list[tuple[str, str]]:
    """What the writer sent, as hidden fields of the page where one chooses."""
    names = [name for name in data if name not in NOT_ONES_OWN and not name.startswith(OWN.format(""))]
    pairs = [(OWN.format(name), value) for name in names for value in data.getlist(name)]
    return [*pairs, (NAMES, ",".join(names))]


def chosen(data):
    """The sent form after the choice: the writer's own values come back if those are to be kept."""
    if data.get(KEEP) != MINE or NAMES not in data:
        return data
    names = data[NAMES].split(",")
    kept = data.copy()
    for name in [n for n in kept if n not in NOT_ONES_OWN and not n.startswith(OWN.format(""))]:
        if name not in names:
            del kept[name]
    for name in names:
        kept.setlist(name, data.getlist(OWN.format(name)))
    return kept


def theirs_chosen(data) -> bool:
    return data.get(KEEP) == THEIRS
