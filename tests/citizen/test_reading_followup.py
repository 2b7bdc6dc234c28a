"""The day that the person is told is the one that holds now (UPP-1, MED-1)."""

from datetime import timedelta

from citizen import reading
from plans import followups
from tests import build


def test_a_later_day_set_at_a_follow_up_replaces_the_plans(cast):
    plan = build.planned(cast)
    later = build.today() + timedelta(days=200)
    with cast.acting("owner"):
        case = plan.case
        assert reading.agreed_follow_up(case, plan)["day"] == plan.follow_up_on
        followups.follow_up(
            case=case, held_on=build.today(), how_it_went="Bra.", outcome="continue", next_on=later, by=cast.owner
        )
        found = reading.agreed_follow_up(case, plan)
    assert (found["day"], found["time"], found["passed"]) == (later, None, False)
