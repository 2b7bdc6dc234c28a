"""One figure for a plan: how many of its sentences gave no hint, and how hard it is to read."""

from collections.abc import Iterable
from dataclasses import dataclass

from plainlanguage import reading
from plainlanguage.check import Report


@dataclass(frozen=True, slots=True)
class Score:
    """Of `sentences`, `clear` gave no hint; `percent` of them. `lix` over all texts together."""

    sentences: int
    clear: int
    percent: int
    hints: int
    lix: int
    reading: str


def score(reports: Iterable[Report]) -> Score | None:
    """The score of some texts together; None when nothing is written."""
    reports = list(reports)
    sentences = sum(item.sentences for item in reports)
    if not sentences:
        return None
    clear = sentences - sum(item.marked for item in reports)
    value = reading.lix(sum(item.words for item in reports), sentences, sum(item.long_words for item in reports))
    percent = 100 * clear // sentences
    return Score(sentences, clear, percent, sum(len(item.hints) for item in reports), value, reading.label(value))
