"""What the check finds and misses on labelled plan sentences; run with -s to read the figures (PLA-1)."""

import pytest

from tests.plainlanguage.figures import measured, sentences

# Precision first: a hint that is wrong teaches people to look away. The rules were made with `tune`. The other parts
# were held out, and run once before anybody looked at what was missed: `seen` gave precision 0.98 and recall 0.89, the
# later `held` 0.94 and 0.94; then, one after the other, `later` 0.94 and 0.85, `last` 0.94 and 0.92, and `end` 0.96 and
# 0.98. What each showed was mended before the next was written, in the rules that the sentences are cases of; after
# `end` one label was changed and word forms were added from word lists, which left its figures as they were. So `end`
# says what new sentences will give.
FLOORS = {
    "tune": (0.97, 0.95), "seen": (0.95, 0.93), "held": (0.95, 0.93), "later": (0.95, 0.93), "last": (0.95, 0.93),
    "end": (0.93, 0.93),
}  # fmt: skip


@pytest.mark.parametrize("part", FLOORS)
def test_precision_and_recall(part):
    figures = measured(part)
    print(f"\n{part}", *figures.lines(), sep="\n")
    precision, recall = FLOORS[part]
    assert figures.precision() >= precision
    assert figures.recall() >= recall
    assert figures.disturbed <= figures.clean * 0.1


def test_the_sentences_are_enough_and_half_of_them_are_clean():
    rows = [row for part in FLOORS for row in sentences(part)]
    assert len(rows) >= 220 and len({row["text"] for row in rows}) == len(rows)
    clean = [row for row in rows if not row["kinds"]]
    assert 0.35 <= len(clean) / len(rows) <= 0.65
