"""The nearest day that lists start from, and the sweeps' statements: always the clocks' own, and found by index."""

import random
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connections
from django.utils import timezone

from cases import clock_services, deadlines
from cases.enums import DeadlineKind
from cases.models import Case, Deadline
from consent import lapse
from notifications.models import Delivery
from notifications.reminders import WARN_AT_MOST
from organisations.jobs import alone
from organisations.models import DeadlineRule
from tests import build
from tests.cast import Cast

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NEAREST = """
select a.open_deadline, (select min(d.due_on) from cases_deadline d where d.case_id = a.case_id and d.met_at is null
  and d.cancelled_at is null and d.paused_on is null and d.kind <> 'payment')
from case_access a where a.case_id = %s and a.is_open and not a.emergency
"""


@pytest.fixture
def world(own_database) -> Cast:
    return Cast()


def nearest(case) -> set[tuple]:
    with connections["admin"].cursor() as cursor:
        cursor.execute(NEAREST, [case.pk])
        return set(cursor.fetchall())


@pytest.mark.parametrize("seed", range(4))
def test_the_nearest_day_in_lists_is_always_the_nearest_clock_that_runs(world, seed):
    """Made, moved, met, paused, started, cancelled and swept in any order; every unit's row says the same day."""
    chance = random.Random(seed)  # noqa: S311 - test data
    case = build.consented(world, days_ago=0)

    def agreed():
        day = build.today() + timedelta(chance.randrange(1, 60))
        deadlines.agree(case=case, kind=DeadlineKind.FOLLOW_UP, due_on=day, source="Planen")

    def ready():
        found = Case.objects.with_names().get(pk=case.pk)
        found.discharge_ready_at = timezone.now() - timedelta(hours=chance.randrange(300))
        found.save()
        deadlines.refresh(case_id=case.pk)

    def paused():
        for row in Deadline.objects.filter(case=case, kind__in=["meeting", "follow_up"]):
            if not clock_services.why_not_pause(row, build.today()):
                clock_services.pause(case=case, deadline=row, reason="radrum", by=world.owner)
            elif row.is_open and row.paused_on:
                clock_services.resume(case=case, deadline=row, by=world.owner)

    def met():
        deadlines.meet(case=case, kind=chance.choice(["first_contact", "call_after_ready", "follow_up"]))

    seen = set()
    for _ in range(25):
        with world.acting("owner"):
            chance.choice([agreed, ready, paused, met])()
        if chance.random() < 0.2:
            deadlines.sweep()
        days = nearest(case)
        assert len(days) == 1
        [(listed, counted)] = days
        assert listed == counted
        seen.add(listed)
    assert len(seen) > 3


def test_the_sweeps_own_rows_bring_the_nearest_day_forward_and_never_back(world):
    case = build.case(world, days_ago=0)
    with connections["admin"].cursor() as cursor:
        cursor.execute("delete from cases_deadline where case_id = %s", [case.pk])
        assert nearest(case) == {(None, None)}
    deadlines.sweep()
    day = build.today() + timedelta(3)
    assert nearest(case) == {(day, day)}
    with world.acting("owner"):
        deadlines.agree(case=case, kind="follow_up", due_on=day + timedelta(40), source="Planen")
    assert nearest(case) == {(day, day)}


@pytest.mark.parametrize(("days_ago", "days"), [(10, {"before30", "before14"}), (40, {"before20", "before7"})])
def test_a_consent_is_warned_of_by_the_rule_that_held_when_it_was_given(world, days_ago, days):
    """Two dated rules and an answer of a month ago: the rule changed after it or before it, and never both."""
    change = build.today() - timedelta(days_ago)
    for rule in DeadlineRule.objects.using("admin").filter(kind="consent_expiry"):
        rule.valid_to = change - timedelta(1)
        rule.save(using="admin")
        rule.pk, rule.valid_from, rule.valid_to, rule.warn_before_days = None, change, None, [20, 7]
        rule.save(using="admin")
    case = build.case(world, days_ago=0)
    ends = build.today() + timedelta(40)
    consent = build.answered(world, case, valid_to=ends)
    for day in range(0, 45):
        lapse.sweep(now=datetime.combine(build.today() + timedelta(day), time(9), tzinfo=STOCKHOLM))
    with world.acting("worker"):
        found = Delivery.objects.filter(dedupe_key__startswith=f"consent:{consent.pk}:")
        told = {key.split(":")[3] for key in found.values_list("dedupe_key", flat=True)}
    assert told == days | {"after"}


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (lapse.ENDING.format(warn=WARN_AT_MOST), "consent_"),
        (lapse.NO_LONGER, "consent_consent_"),
        (deadlines.NO_LONGER, "cases_deadline_"),
    ],
)
def test_the_sweeps_look_rows_up_and_read_no_table_whole(db, statement, index):
    """With any index at hand the planner finds the rows by it; without one it would have to read them all."""
    with alone("prov") as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute("explain " + statement, {"today": date(2026, 11, 22)})
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert f"using {index}" in plan or f"on {index}" in plan
    assert "Seq Scan on consent_consent" not in plan and "Seq Scan on cases_deadline" not in plan
