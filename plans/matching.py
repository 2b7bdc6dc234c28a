"""Which goals and measures of two versions are the same ones, so that a change is told as a change (PLA-5).

Works on anything with the named attributes, and knows no database: a measure has pk, carried_from_id and text, a goal
pk, text and measures.
"""

from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher

# Two goals that share no measure are still one goal when their words are this alike.
ALIKE = 0.55
# A longer text is compared by its beginning.
LONGEST = 400


def origins(carried: Mapping[int, int | None]) -> dict[int, int]:
    """Measure → the first one that it comes from, through every version in between that the reader may see."""
    found = {}
    for pk in carried:
        first, seen = pk, {pk}
        while (before := carried.get(first)) is not None and before not in seen:
            first = before
            seen.add(first)
        found[pk] = first
    return found


def pairs(older: Iterable, newer: Iterable, same) -> list[tuple]:
    """(old, new) in the order of the newer, then (old, None) for what is gone; `same` tells what belongs together."""
    older, found = list(older), []
    left = list(older)
    for item in newer:
        match = next((one for one in left if same(one, item)), None)
        if match is not None:
            left.remove(match)
        found.append((match, item))
    return found + [(item, None) for item in left]


def measure_pairs(older: Iterable, newer: Iterable, origin: Mapping[int, int]) -> list[tuple]:
    """Measures by where they come from, else by their words."""
    older, newer = list(older), list(newer)

    def first(row):
        return origin.get(row.pk, row.pk)

    known = {first(row) for row in older} & {first(row) for row in newer}

    def same(one, other):
        if first(one) in known or first(other) in known:
            return first(one) == first(other)
        return one.text == other.text

    return pairs(older, newer, same)


def goal_pairs(older: Iterable, newer: Iterable, measures_of, origin: Mapping[int, int]) -> list[tuple]:
    """Goals by the measures that they share, then by the same words, then by words that are much alike."""
    older, newer = list(older), list(newer)
    taken, matched = set(), {}

    def take(test):
        for item in newer:
            if item.pk in matched:
                continue
            best = max((one for one in older if one.pk not in taken), key=lambda one: test(one, item), default=None)
            if best is not None and test(best, item) > 0:
                matched[item.pk] = best
                taken.add(best.pk)

    def roots(goal):
        return {origin.get(row.pk, row.pk) for row in measures_of(goal)}

    take(lambda one, item: len(roots(one) & roots(item)))
    take(lambda one, item: one.text == item.text)
    take(lambda one, item: max(0.0, alike(one.text, item.text) - ALIKE))
    gone = [(one, None) for one in older if one.pk not in taken]
    return [(matched.get(item.pk), item) for item in newer] + gone


def alike(one: str, other: str) -> float:
    """0 to 1: how much of the words two texts share, in order."""
    left, right = one.lower()[:LONGEST].split(), other.lower()[:LONGEST].split()
    return SequenceMatcher(None, left, right, autojunk=False).ratio()
