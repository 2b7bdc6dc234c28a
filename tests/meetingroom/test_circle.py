"""The circle shares out any length exactly, and says which part a meeting should be in (MOT-2)."""

from datetime import UTC, datetime, timedelta

import pytest

from meetingroom import drawing
from meetings import circle

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("shares", [circle.SHARES, (1, 1, 1, 1, 1), (3, 1, 9, 2, 1)])
def test_the_minutes_of_the_parts_add_up_whatever_the_length(shares):
    for length in range(circle.SHORTEST, circle.LONGEST + 1):
        given = circle.minutes(length, shares)
        assert sum(given) == length and min(given) >= 1, length
        exact = [length * share / sum(shares) for share in shares]
        assert all(abs(a - b) <= 1 for a, b in zip(given, exact, strict=True)), (length, given)


def test_an_hour_has_the_circles_own_proportions():
    assert circle.minutes(60) == [5, 10, 30, 10, 5]
    assert circle.minutes(90) == [8, 15, 45, 15, 7]


def test_a_meeting_shorter_than_its_parts_is_refused():
    with pytest.raises(ValueError, match="too short"):
        circle.minutes(4)


@pytest.mark.parametrize(("minute", "part"), [(0, 1), (4.99, 1), (5, 2), (15, 3), (44.9, 3), (45, 4), (55, 5), (60, 0)])
def test_the_part_it_should_be_in_changes_at_the_border(minute, part):
    assert circle.part_at(START + timedelta(minutes=minute), START, 60) == part


def test_a_countys_own_shares_are_used_and_broken_ones_are_not():
    class Agreement:
        settings = {"meeting_circle": [1, 1, 1, 1, 1]}

    assert circle.shares_of(Agreement) == (1, 1, 1, 1, 1)
    for broken in ([1, 2], [1, 2, 6, 2, 0]):
        Agreement.settings = {"meeting_circle": broken}
        assert circle.shares_of(Agreement) == circle.SHARES


def test_the_picture_goes_once_round_and_the_hand_stops_at_the_top():
    paths = drawing.arcs([5, 10, 30, 10, 5])
    assert len(paths) == 5 and all(path.startswith("M") and "," not in path for path in paths)
    assert [drawing.degrees(share) for share in (-1, 0, 0.25, 1, 7)] == [0, 0, 90, 360, 360]
