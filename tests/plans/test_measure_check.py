"""What the measure check finds: a table of facts and findings, then the same on a plan (PLA-3, PLA-4)."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases import services as cases
from cases.models import Case
from plans import attention, services
from plans.measure_check import Aim, Task, check
from tests import build

TODAY = date(2026, 3, 16)  # a Monday


def task(pk, text, party=1, **values):
    return Task(pk=pk, text=text, party=party, who=values.pop("who", f"Enhet {party}"), **values)


def found(*tasks, **about):
    return [(item.kind, item.measures) for item in check([Aim(1, "Du sover gott.", tasks)], today=TODAY, **about)]


BALANCE = "Vi tränar balans hemma hos dig."
RING = "Vi ringer dig varje måndag."


def test_a_reader_who_does_not_see_all_is_told_of_no_gap():
    """What lies in between may be a measure that is not shared."""
    apart = [task(1, BALANCE, ends=date(2026, 4, 1)), task(2, RING, 2, starts=date(2026, 5, 1))]
    aims = [Aim(1, "Mål", tuple(apart))]
    assert [item.kind for item in check(aims, today=date(2026, 3, 1))] == ["gap"]
    assert check(aims, today=date(2026, 3, 1), whole=False) == []


@pytest.mark.parametrize(
    ("tasks", "expected"),
    [
        ([], [("goal_empty", ())]),
        ([task(1, BALANCE)], []),
        # The same task twice, across parties; word for word when it is short; the same party may say it twice.
        ([task(1, BALANCE), task(2, "Vi tränar balansen hemma hos dig.", 2)], [("twice", (1, 2))]),
        ([task(1, BALANCE), task(2, BALANCE)], []),
        ([task(1, BALANCE), task(2, RING, 2)], []),
        ([task(1, "Tandvård"), task(2, "tandvård.", 2)], [("twice", (1, 2))]),
        ([task(1, "Vi ringer"), task(2, "Vi skriver", 2)], []),
        # Who does it
        ([task(1, BALANCE, ("other", ""), named=False)], [("no_owner", (1,))]),
        ([task(1, BALANCE, takes_part=False)], [("not_party", (1,))]),
        ([task(1, BALANCE, named=False, takes_part=False)], [("no_owner", (1,))]),
        # Past its end; the last day itself is not past
        ([task(1, BALANCE, ends=date(2026, 3, 15))], [("past_end", (1,))]),
        ([task(1, BALANCE, ends=date(2026, 3, 16))], []),
        # One ends before the next begins
        ([task(1, BALANCE, ends=date(2026, 4, 1)), task(2, RING, 2, starts=date(2026, 4, 9))], [("gap", (1, 2))]),
        ([task(1, BALANCE, ends=date(2026, 4, 1)), task(2, RING, 2, starts=date(2026, 4, 2))], []),
        ([task(1, BALANCE, ends=date(2026, 4, 1)), task(2, RING, 2, starts=date(2026, 3, 20))], []),
        # Friday to Monday is no gap; Thursday to Monday is
        ([task(1, BALANCE, ends=date(2026, 3, 20)), task(2, RING, 2, starts=date(2026, 3, 23))], []),
        ([task(1, BALANCE, ends=date(2026, 3, 19)), task(2, RING, 2, starts=date(2026, 3, 23))], [("gap", (1, 2))]),
        # Something else under the goal goes on meanwhile
        (
            [
                task(1, BALANCE, ends=date(2026, 4, 1)), task(2, RING, 2, starts=date(2026, 5, 9)),
                task(3, "Du går en promenad varje dag.", "self", ongoing=True),
            ],
            [],
        ),
    ],
)  # fmt: skip
def test_each_finding(tasks, expected):
    assert found(*tasks) == expected


def test_what_is_not_shown_is_not_said_to_be_missing():
    assert found(whole=False) == []


def test_many_measures_are_compared_in_bounded_time():
    tasks = [task(n, f"Vi gör sak nummer {n} med många ord i raden här.", n) for n in range(400)]
    assert len(found(*tasks)) < 2000


def add(cast, plan, goal, *, who="owner", **values):
    with cast.acting(who):
        return services.add_measure(goal=goal, by=cast.actor(who), **values)


@pytest.fixture
def draft(cast):
    return build.drafted(cast)


def hints(cast, plan):
    with cast.acting("owner"):
        now = services.draft_of(Case.objects.get(pk=plan.case_id))
        now.case = Case.objects.with_names().get(pk=plan.case_id)
        with CaptureQueriesContext(connection) as asked:
            said = attention.hints(now, now.case)
        return said, len(asked)


def test_the_hints_lead_to_the_goal_and_cost_one_query(cast, draft):
    said, few = hints(cast, draft)
    assert {item.part for item in said} <= {"own_part", "both"}
    with cast.acting("owner"):
        goal = services.draft_of(Case.objects.get(pk=draft.case_id)).goals.get()
    add(cast, draft, goal, text="Vi tränar balans hemma hos dig!", doer="unit", unit_id=cast.unit("party").pk)
    add(cast, draft, goal, text="Någon följer med till läkaren.", doer="other")
    for number in range(20):
        add(cast, draft, goal, text=f"Sak {number} görs av din granne.", doer="other", doer_name="Grannen")
    said, many = hints(cast, draft)
    kinds = {item.part: item for item in said}
    assert {"twice", "no_owner"} <= kinds.keys()
    assert kinds["twice"].block == f"mal-{goal.pk}"
    assert "verkar göra samma sak" in kinds["twice"].text
    assert few == many == 1


def test_a_unit_that_has_left_is_named(cast, browse, draft):
    with cast.acting("owner"):
        case = Case.objects.with_names().get(pk=draft.case_id)
        party = case.participations.active().select_related("unit").get(unit=cast.unit("party"))
        cases.end_party(case=case, party=party, why="Vården är klar", by=cast.owner)
    said, _ = hints(cast, draft)
    assert f"{cast.unit('party').name} ansvarar för insatsen" in next(i.text for i in said if i.part == "not_party")
    page = browse("amira.falun").get(f"/arenden/{draft.case_id}/plan/skriv/").content.decode()
    assert "är inte med i ärendet" in page
