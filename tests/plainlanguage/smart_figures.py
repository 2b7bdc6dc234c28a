"""Precision and recall of the questions asked of a goal, on the labelled goals (PLA-7)."""

import csv
from pathlib import Path

from plainlanguage.smart import check_goal
from tests.plainlanguage.figures import Figures

FILE = Path(__file__).resolve().parents[1] / "data" / "smart_goals.csv"


def goals(part: str) -> list[dict]:
    with FILE.open(encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines, delimiter=";") if row["part"] == part]


def measured(part: str) -> Figures:
    figures = Figures()
    for row in goals(part):
        wanted = set(filter(None, row["open"].split(",")))
        hints = check_goal(row["text"], how_noticed=row["how_noticed"], when=row["when"])
        given = {str(hint.question) for hint in hints}
        figures.right.update(wanted & given)
        figures.wrong.update(given - wanted)
        figures.missed.update(wanted - given)
        figures.clean += not wanted
        figures.disturbed += not wanted and bool(given)
        if wanted != given:
            extra, lost = ",".join(sorted(given - wanted)), ",".join(sorted(wanted - given))
            figures.mistakes.append(f"  wrong [{extra}] missed [{lost}] {row['text']}")
    return figures
