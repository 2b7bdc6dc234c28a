"""Deadlines and reminders: the right day, once, to the right units, and silence when the reason is gone (TID-1–5)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connections
from django.utils import timezone

from cases import deadlines
from cases.enums import DeadlineKind
from cases.models import Deadline
from consent import lapse
from notifications.models import Delivery, InboxItem
from organisations.jobs import BlindSweep
from tests import build
from tests.cast import Cast

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def at(day: date, hour: int = 12, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=STOCKHOLM)


def deliveries(cast, case) -> dict[str, Delivery]:
    """The reminders of a case by the part of the key that names the moment, as the worker sees them."""
    with cast.acting("worker"):
        fields = ("dedupe_key", "due_at", "expires_at", "state")
        seen = list(Delivery.objects.filter(template="reminder").only(*fields))
    with cast.acting("owner"):
        mine = {str(pk) for pk in Deadline.objects.filter(case=case).values_list("pk", flat=True)}
    return {":".join(d.dedupe_key.split(":")[1:]): d for d in seen if d.dedupe_key.split(":")[1] in mine}


def only(cast, case, kind) -> Deadline:
    """The open deadline of that kind; the case's others are met so that they do not disturb."""
    with cast.acting("owner"):
        for other in DeadlineKind.values:
            if other != kind:
                deadlines.meet(case=case, kind=other)
        return Deadline.objects.get(case=case, kind=kind, met_at=None, cancelled_at=None)


def set_ready(cast, case, moment) -> None:
    with cast.acting("owner"):
        case.discharge_ready_at = moment
        case.save()
        deadlines.refresh(case_id=case.pk)


@pytest.mark.parametrize(
    ("ready", "due"),
    [
        (at(date(2026, 3, 26), 15), date(2026, 3, 29)),  # the day when clocks go forward, a Sunday: it stands
        (at(date(2026, 10, 22), 23, 59), date(2026, 10, 25)),  # the day when clocks go back
        (at(date(2026, 10, 23), 0, 1), date(2026, 10, 26)),  # 22:01 in UTC the day before
        (at(date(2026, 6, 16)), date(2026, 6, 19)),  # midsummer eve
        (at(date(2025, 12, 29)), date(2026, 1, 1)),  # new year's day
        (at(date(2024, 2, 26)), date(2024, 2, 29)),
    ],
)
def test_a_kallelse_within_three_days_of_utskrivningsklar_by_stockholms_calendar(cast, ready, due):
    """TID-2, LUS 4:3: statutory, and never moved for a weekend."""
    case = build.case(cast, inpatient=True, discharge_ready_at=ready)
    deadline = only(cast, case, "call_after_ready")
    assert (deadline.due_on, deadline.statutory) == (due, True)


def test_first_contact_and_meeting_count_from_the_need(cast):
    """TID-1 and TID-3: three days, and three weeks."""
    case = build.case(cast, days_ago=0)
    with cast.acting("owner"):
        days = dict(Deadline.objects.filter(case=case).values_list("kind", "due_on"))
    assert days == {"first_contact": build.today() + timedelta(3), "meeting": build.today() + timedelta(21)}


def test_a_changed_time_of_readiness_makes_a_new_clock_and_silences_the_old(cast):
    """TID-2: the old deadline is cancelled with its reminders, a new one is made; gone readiness leaves none."""
    case = build.case(cast, inpatient=True, discharge_ready_at=timezone.now() - timedelta(days=2))
    first = only(cast, case, "call_after_ready")
    deadlines.sweep(now=at(build.today() + timedelta(1)))
    assert {d.state for d in deliveries(cast, case).values()} == {"due"}
    set_ready(cast, case, timezone.now())
    second = only(cast, case, "call_after_ready")
    assert (second.due_on, second.pk == first.pk) == (first.due_on + timedelta(2), False)
    assert {d.state for d in deliveries(cast, case).values()} == {"cancelled"}
    set_ready(cast, case, None)
    with cast.acting("owner"):
        assert not case.deadlines.filter(met_at=None, cancelled_at=None).exists()


def test_every_reminder_comes_once_at_eight_before_on_and_after_the_day(cast):
    """TID-3 over a month, swept three times a day, with two days when no clock ran."""
    case = build.case(cast, days_ago=0)
    meeting = only(cast, case, "meeting")
    start = build.today()
    for day in range(31):
        if day in (6, 7):
            continue
        for hour in (0, 9, 23):
            deadlines.sweep(now=at(start + timedelta(day), hour))
    found = deliveries(cast, case)
    key = f"{meeting.pk}:{meeting.due_on}"
    unit = case.owner_unit_id
    wanted = {
        f"{key}:before7:{unit}": at(meeting.due_on - timedelta(7), 8),
        f"{key}:before2:{unit}": at(meeting.due_on - timedelta(2), 8),
        f"{key}:on:{unit}": at(meeting.due_on, 8),
        f"{key}:after:{unit}": at(meeting.due_on + timedelta(1), 8),
        f"{key}:escalate:{unit}": at(meeting.due_on + timedelta(7), 8),
    }
    assert {k: d.due_at for k, d in found.items()} == wanted
    assert found[f"{key}:before7:{unit}"].expires_at == wanted[f"{key}:before2:{unit}"]
    assert found[f"{key}:on:{unit}"].expires_at == wanted[f"{key}:after:{unit}"]


def test_the_inbox_is_told_on_the_day_and_after_not_before(cast):
    case = build.case(cast, days_ago=0)
    meeting = only(cast, case, "meeting")

    def kinds():
        with cast.acting("owner"):
            return list(InboxItem.objects.filter(case_id=case.pk).values_list("kind", flat=True))

    deadlines.sweep(now=at(meeting.due_on, 7, 59))
    assert kinds() == []
    deadlines.sweep(now=at(meeting.due_on, 8))
    assert kinds() == ["deadline"]
    deadlines.sweep(now=at(meeting.due_on + timedelta(1), 8))
    assert kinds() == ["deadline", "deadline"]


def test_after_an_outage_only_the_latest_reminder_is_made(cast):
    case = build.case(cast, days_ago=0)
    meeting = only(cast, case, "meeting")
    deadlines.sweep(now=at(meeting.due_on + timedelta(1), 10))
    assert [key.split(":")[2] for key in deliveries(cast, case)] == ["after"]


def test_a_sweep_again_makes_nothing(cast):
    build.case(cast, days_ago=0)
    assert deadlines.sweep(now=at(build.today() + timedelta(3))) > 0
    assert deadlines.sweep(now=at(build.today() + timedelta(3))) == 0


def test_what_is_met_or_closed_is_not_reminded_of(cast):
    case = build.case(cast, days_ago=0)
    meeting = only(cast, case, "meeting")
    deadlines.sweep(now=at(meeting.due_on - timedelta(8)))
    with cast.acting("owner"):
        assert deadlines.meet(case=case, kind="meeting") == 1
    assert {d.state for d in deliveries(cast, case).values()} == {"cancelled"}
    assert deadlines.sweep(now=at(meeting.due_on)) == 0


def test_a_reminder_that_slipped_in_while_the_deadline_was_met_is_cancelled_by_the_next_sweep(cast):
    case = build.case(cast, days_ago=0)
    meeting = only(cast, case, "meeting")
    deadlines.sweep(now=at(meeting.due_on - timedelta(8)))
    with cast.acting("owner"):
        Deadline.objects.filter(pk=meeting.pk).update(met_at=timezone.now())
    deadlines.sweep(now=at(meeting.due_on - timedelta(8)))
    assert {d.state for d in deliveries(cast, case).values()} == {"cancelled"}


def test_an_agreed_follow_up_warns_as_the_guideline_says_and_moves(cast):
    """TID-4: the date agreed; agreeing on the same day again changes nothing."""
    case = build.case(cast, days_ago=0)
    day = build.today() + timedelta(60)
    with cast.acting("owner"):
        first = deadlines.agree(case=case, kind="follow_up", due_on=day, source="Planen")
        assert first.warn_before_days == [14, 3]
        assert deadlines.agree(case=case, kind="follow_up", due_on=day, source="Planen").pk == first.pk
        deadlines.agree(case=case, kind="follow_up", due_on=day + timedelta(7), source="Planen")
        first.refresh_from_db()
        assert first.cancelled_at is not None


def consent_until(cast, case, day):
    """An answer put in the database's place for it, without the case moving on."""
    return build.answered(cast, case, valid_to=day)


def test_a_consent_that_runs_out_is_told_of_before_and_after_and_the_state_stays(cast):
    """SAM-4, TID-5: warnings 30 and 14 days before, a task when it has passed."""
    case = build.case(cast, days_ago=0)
    ends = build.today() + timedelta(40)
    consent_until(cast, case, ends)
    told = []
    for day in range(45):
        lapse.sweep(now=at(build.today() + timedelta(day), 9))
        with cast.acting("owner"):
            kinds = list(InboxItem.objects.filter(case_id=case.pk).order_by("pk").values_list("kind", flat=True))
        if len(kinds) > len(told):
            told.append((day, kinds[-1]))
    assert told == [(10, "consent_lapses"), (26, "consent_lapses"), (41, "consent_lapsed")]
    with cast.acting("owner"):
        case.refresh_from_db()
        assert case.state == "initiated"


def test_a_warning_of_a_consent_that_has_been_replaced_is_not_sent(cast):
    case = build.case(cast, days_ago=0)
    consent = consent_until(cast, case, build.today() + timedelta(40))
    lapse.sweep(now=at(build.today() + timedelta(25)))
    consent_until(cast, case, None)
    assert lapse.sweep(now=at(build.today() + timedelta(25))) == 0
    with cast.acting("worker"):
        found = Delivery.objects.filter(dedupe_key__startswith=f"consent:{consent.pk}:")
        assert set(found.values_list("state", flat=True)) == {"cancelled"}


@pytest.mark.parametrize("table", ["cases_case", "cases_deadline"])
def test_a_sweep_that_is_blind_says_so(own_database, table):
    """A missing policy gives no error, only no rows: the sweep itself must notice."""
    cast = Cast()
    build.case(cast, days_ago=0)
    with connections["admin"].cursor() as cursor:
        cursor.execute(f"drop policy worker_select on {table}")
    with pytest.raises(BlindSweep):
        deadlines.sweep()
