"""Precision and recall of the check on the labelled sentences."""

import csv
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from plainlanguage.check import check, check_measure

FILE = Path(__file__).resolve().parents[1] / "data" / "plain_language.csv"
GIVEN, FAMILY = "Astrid", "Berg"


@dataclass
class Figures:
    """Right, wrongly given and missed, for each kind; and what went wrong, to be read."""

    right: Counter = field(default_factory=Counter)
    wrong: Counter = field(default_factory=Counter)
    missed: Counter = field(default_factory=Counter)
    mistakes: list[str] = field(default_factory=list)
    clean: int = 0
    disturbed: int = 0

    def precision(self, kind: str = "") -> float:
        right, wrong = self._of(self.right, kind), self._of(self.wrong, kind)
        return right / (right + wrong) if right + wrong else 1.0

    def recall(self, kind: str = "") -> float:
        right, missed = self._of(self.right, kind), self._of(self.missed, kind)
        return right / (right + missed) if right + missed else 1.0

    def _of(self, counter: Counter, kind: str) -> int:
        return counter[kind] if kind else sum(counter.values())

    def lines(self) -> list[str]:
        kinds = sorted({*self.right, *self.wrong, *self.missed})
        rows = [
            f"{kind or 'all':14} precision {self.precision(kind):.2f} recall {self.recall(kind):.2f}"
            f" ({self._of(self.right, kind)} right, {self._of(self.wrong, kind)} wrong,"
            f" {self._of(self.missed, kind)} missed)"
            for kind in (*kinds, "")
        ]
        return [*rows, f"clean sentences with a hint: {self.disturbed} of {self.clean}", *self.mistakes]


def sentences(part: str) -> list[dict]:
    with FILE.open(encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines, delimiter=";", quoting=csv.QUOTE_NONE) if row["part"] == part]


def measured(part: str) -> Figures:
    figures = Figures()
    for row in sentences(part):
        wanted = {kind for kind in row["kinds"].split(",") if kind}
        look = check_measure if row["form"] == "measure" else check
        given = {str(item.kind) for item in look(row["text"], given_name=GIVEN, family_name=FAMILY).hints}
        figures.right.update(wanted & given)
        figures.wrong.update(given - wanted)
        figures.missed.update(wanted - given)
        figures.clean += not wanted
        figures.disturbed += not wanted and bool(given)
        if wanted != given:
            extra, lost = ",".join(sorted(given - wanted)), ",".join(sorted(wanted - given))
            figures.mistakes.append(f"  wrong [{extra}] missed [{lost}] {row['text']}")
    return figures
