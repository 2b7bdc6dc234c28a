"""What happens if the person gets worse, in three levels: said in words first, with a colour and a sign beside (PLA-2).

A plan from before the levels has its four texts in the middle one, and is shown as it was written.
"""

from dataclasses import dataclass

from plans.models import BlockKey

NAMES = ("signs", "self_help", "call_first", "we_do")


@dataclass(frozen=True)
class Level:
    """One level: its colour in a word, what it is called, its sign, and the keys of its four texts."""

    key: str
    word: str
    title: str
    icon: str
    keys: tuple[BlockKey, BlockKey, BlockKey, BlockKey]

    @property
    def heading(self) -> str:
        return f"{self.word}: {self.title}"


GREEN = Level(
    "green", "Grönt", "du mår bra", "circle-check",
    (BlockKey.CRISIS_GREEN_SIGNS, BlockKey.CRISIS_GREEN_SELF, BlockKey.CRISIS_GREEN_CALL, BlockKey.CRISIS_GREEN_WE_DO),
)  # fmt: skip
YELLOW = Level(
    "yellow", "Gult", "tidiga tecken", "triangle-alert",
    (BlockKey.CRISIS_SIGNS, BlockKey.CRISIS_SELF, BlockKey.CRISIS_CALL, BlockKey.CRISIS_WE_DO),
)  # fmt: skip
RED = Level(
    "red", "Rött", "det är akut", "circle-alert",
    (BlockKey.CRISIS_RED_SIGNS, BlockKey.CRISIS_RED_SELF, BlockKey.CRISIS_RED_CALL, BlockKey.CRISIS_RED_WE_DO),
)  # fmt: skip
LEVELS = (GREEN, YELLOW, RED)
KEYS = tuple(key for level in LEVELS for key in level.keys)


def strip(words: dict[str, str], *, instead: str = "") -> list[dict]:
    """The levels that say something, as plain data. `words` lacks what is not shared with the reader.

    `instead` is said for that; without it such a text is left out. A level of which nothing is shared says it once.
    Where only the middle level is written it has no heading: so looked every plan before there were levels.
    """
    found = []
    for level in LEVELS:
        hidden = [key for key in level.keys if key not in words]
        rows = []
        for name, key in zip(NAMES, level.keys, strict=True):
            text = words.get(key, instead)
            if text:
                rows.append({"name": name, "key": str(key), "label": key.label, "text": text, "hidden": key in hidden})
        all_hidden = len(hidden) == len(level.keys)
        if rows:
            about = {"key": level.key, "heading": level.heading, "icon": level.icon}
            found.append(about | {"rows": rows, "hidden": all_hidden})
    alone = len(found) == 1 and found[0]["key"] == YELLOW.key
    return [item | {"plain": alone} for item in found]


def written(words: dict[str, str]) -> bool:
    """Whether any level says when, or whom to ring; what is not shared with the reader is not said to be missing."""
    asked = [key for level in LEVELS for key in (level.keys[0], level.keys[2])]
    return any(key not in words or words[key] for key in asked)
