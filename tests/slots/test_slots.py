"""Standing times (KAL-9): which days, the first common ones, taken once, given back, and nobody sees by what."""

from datetime import date, time, timedelta
from uuid import uuid4

import pytest
from django.db import Error, connection, transaction
from django.urls import reverse
from django.utils import timezone

from cases import services as cases
from cases.models import Case
from consent import services as consents
from meetings import services as meetings
from meetings import standing
from organisations import calendar_se, swedish
from organisations.errors import RuleBroken
from organisations.models import Unit
from slots import services
from slots.models import Slot, SlotBooking, SlotWindow
from tests import build

TUESDAY = 2


def first_tuesday() -> date:
    """The first of three in a row, more than a week ahead, that are no holidays."""
    day = timezone.localdate() + timedelta(days=8)
    while day.isoweekday() != TUESDAY or any(not calendar_se.is_weekday(day + WEEK * n) for n in range(3)):
        day += timedelta(days=1)
    return day


WEEK = timedelta(weeks=1)
FIRST = first_tuesday()
SECOND, THIRD = FIRST + WEEK, FIRST + 2 * WEEK


def window(**values) -> services.Window:
    told = {
        "weekday": TUESDAY, "every_weeks": 1, "from_on": FIRST, "to_on": THIRD, "starts": time(13), "minutes": 60,
        "form": "physical", "place": "Sal 1", "release_days": 3,
    }  # fmt: skip
    return services.Window(**(told | values))


def publish(cast, who, **values) -> SlotWindow:
    with cast.acting(who):
        return services.publish(unit=cast.unit(who), window=window(**values), by=cast.actor(who))


def common(cast, case, *, who="owner", units=("owner", "party")):
    with cast.acting(who):
        return services.common(case=case, unit_ids=[cast.unit(name).pk for name in units])


def taken(cast, who) -> int:
    with cast.acting(who):
        return SlotBooking.objects.only("pk").count()


def at(day, hour, minute=0):
    return swedish.instant(day, time(hour, minute))


def call(cast, case, one, *, units=("party",), **values):
    return build.call(
        cast, case, units=units, starts_at=one.starts_at, ends_at=one.ends_at, reservation=uuid4(), **values
    )


DECEMBER = {"from_on": date(2026, 12, 1), "to_on": date(2026, 12, 15)}


@pytest.mark.parametrize(("told", "days"), [
    ({}, [date(2026, 12, 1), date(2026, 12, 8), date(2026, 12, 15)]),
    ({"from_on": date(2026, 12, 2)}, [date(2026, 12, 8), date(2026, 12, 15)]),
    ({"every_weeks": 2}, [date(2026, 12, 1), date(2026, 12, 15)]),
    # Epiphany, 6 January 2027, is a Wednesday: left out, and every other week goes on over it.
    ({"weekday": 3, "every_weeks": 2, "from_on": date(2026, 12, 9), "to_on": date(2027, 2, 3)},
     [date(2026, 12, 9), date(2026, 12, 23), date(2027, 1, 20), date(2027, 2, 3)]),
    ({"weekday": 4, "from_on": date(2026, 12, 24), "to_on": date(2026, 12, 31)}, []),
    ({"to_on": date(2026, 11, 30)}, []),
])  # fmt: skip
def test_the_days_of_a_window(told, days):
    assert services.days_of(window(**(DECEMBER | told))) == days


def test_no_day_of_a_year_is_a_holiday():
    year = {"from_on": date(2026, 12, 1), "to_on": date(2027, 11, 30)}
    days = [day for n in range(1, 6) for day in services.days_of(window(weekday=n, **year))]
    assert len(days) > 240 and all(calendar_se.is_weekday(day) for day in days)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 10, 23),
        date(2026, 10, 26),
        date(2027, 3, 23),
        date(2027, 3, 30),
        date(2027, 10, 26),
        date(2027, 11, 2),
    ],
)
def test_a_time_is_the_same_on_the_wall_in_summer_and_winter(day):
    slot = services.occasion(None, window(), day)
    assert timezone.localtime(slot.starts_at).time() == time(13)
    assert timezone.localtime(slot.ends_at).time() == time(14) and slot.ends_at - slot.starts_at == timedelta(hours=1)
    assert timezone.localtime(slot.offered_until) == at(day - timedelta(days=3), 0)


@pytest.mark.parametrize(("told", "words"), [
    ({"to_on": FIRST - timedelta(days=1)}, "före den första"),
    ({"to_on": FIRST + timedelta(days=400)}, "högst ett år"),
    ({"place": ""}, "var ni träffas"),
    ({"weekday": 3, "to_on": FIRST}, "Helgdagar räknas inte"),
    ({"starts": time(13, 30), "minutes": 30}, "redan en stående tid"),
])  # fmt: skip
def test_what_a_window_must_be(cast, told, words):
    publish(cast, "owner")
    with pytest.raises(RuleBroken, match=words):
        publish(cast, "owner", **told)


def test_the_first_common_times_are_where_all_windows_overlap(cast):
    case = build.consented(cast)
    publish(cast, "owner", starts=time(13), minutes=120)
    publish(cast, "party", starts=time(13, 30), minutes=120, every_weeks=2, place="Mottagningen")
    first, second = common(cast, case)
    assert (first.starts_at, first.ends_at) == (at(FIRST, 13, 30), at(FIRST, 15))
    assert second.starts_at == at(THIRD, 13, 30)
    assert [(one["name"], one["place"]) for one in first.windows] == sorted(
        [(cast.unit("owner").name, "Sal 1"), (cast.unit("party").name, "Mottagningen")],
        key=lambda row: Unit.objects.get(name=row[0]).pk,
    )


def test_an_overlap_that_is_too_short_is_no_meeting(cast):
    case = build.consented(cast)
    publish(cast, "owner")
    publish(cast, "party", starts=time(13, 45), minutes=60)
    assert common(cast, case) == []


def test_a_unit_without_standing_times_does_not_stand_in_the_way(cast):
    case = build.consented(cast)
    publish(cast, "owner")
    assert len(common(cast, case)) == 3
    with cast.acting("owner"):
        units = [cast.unit("owner").pk, cast.unit("party").pk]
        assert services.publishing(case=case, unit_ids=units) == {cast.unit("owner").pk}


def test_what_is_given_back_is_offered_no_more_and_the_unit_sees_it(cast, browse):
    case = build.consented(cast)
    publish(cast, "owner", release_days=(FIRST - timezone.localdate()).days)
    assert [timezone.localdate(one.starts_at) for one in common(cast, case, units=("owner",))] == [SECOND, THIRD]
    page = browse("amira.falun").get(reverse("slots:unit", args=[cast.unit("owner").pk])).content.decode()
    assert page.count("Släppt, ni kan använda den") == 1 and page.count("Ledig") == 2


def test_a_taken_time_is_taken_for_all_and_let_go_when_the_meeting_is_cancelled(cast):
    case = build.consented(cast)
    publish(cast, "owner")
    publish(cast, "party")
    first = common(cast, case)[0]
    call(cast, case, first)
    assert (taken(cast, "owner"), taken(cast, "party")) == (1, 1)
    assert first.starts_at not in {one.starts_at for one in common(cast, case)}
    with cast.acting("owner"):
        now = Case.objects.with_names().get(pk=case.pk)
        meetings.cancel(case=now, meeting=now.meetings.get(), why="Sjuk", by=cast.owner)
    assert (taken(cast, "owner"), taken(cast, "party")) == (0, 0)
    assert common(cast, case)[0] == first


def test_a_moved_meeting_lets_its_time_go_and_takes_the_new_one(cast):
    case = build.consented(cast)
    publish(cast, "owner")
    publish(cast, "party")
    first, second, _ = common(cast, case)
    call(cast, case, first)
    with cast.acting("owner"):
        now = Case.objects.with_names().get(pk=case.pk)
        meetings.move(
            case=now, meeting=now.meetings.get(), why="Sjuk", units=[cast.unit("party")], by=cast.owner,
            starts_at=second.starts_at, ends_at=second.ends_at, form="physical", place="Sal 1", agenda="Hemgång",
            chair=cast.staff("owner"), writer=cast.staff("owner"), reservation=uuid4(),
        )  # fmt: skip
    assert [one.starts_at for one in common(cast, case)][0] == first.starts_at
    assert second.starts_at not in {one.starts_at for one in common(cast, case)}


def change(cast, case, *, units=("party",), **values):
    """The meeting as it is but for some details."""
    with cast.acting("owner"):
        now = Case.objects.with_names().get(pk=case.pk)
        old = now.meetings.get(state="called")
        kept = {name: getattr(old, name) for name in ("starts_at", "ends_at", "form", "place", "chair", "writer")}
        return meetings.move(
            case=now, meeting=old, why="Sjuk", units=[cast.unit(name) for name in units], by=cast.owner,
            **({"agenda": "Hemgång"} | kept | values),
        )  # fmt: skip


def test_a_meeting_that_changes_place_at_the_same_time_keeps_what_it_has_taken(cast):
    """Else another caller could take the unit for an hour when it is at this meeting."""
    case = build.consented(cast, parties=("party", "same_kommun"))
    for who in ("owner", "party", "same_kommun"):
        publish(cast, who)
    units = ("owner", "party", "same_kommun")
    first, second, _ = common(cast, case, units=units)
    call(cast, case, first, units=units[1:])
    change(cast, case, units=units[1:], place="Sal 2")
    assert [taken(cast, who) for who in units] == [1, 1, 1]
    change(cast, case, place="Sal 3")
    assert [taken(cast, who) for who in units] == [1, 1, 0], "one who is left out gets its own back"
    change(cast, case, starts_at=second.starts_at, ends_at=second.ends_at)
    assert [taken(cast, who) for who in units] == [0, 0, 0], "another time, not picked among the standing ones"


def test_what_a_changed_meeting_kept_is_let_go_when_it_is_cancelled(cast):
    case = build.consented(cast)
    publish(cast, "party")
    call(cast, case, common(cast, case)[0])
    new = change(cast, case, place="Sal 2")
    with cast.acting("party"), pytest.raises(Error, match="not the caller"), transaction.atomic():
        standing.give_back(new)
    with cast.acting("owner"):
        meetings.cancel(case=Case.objects.with_names().get(pk=case.pk), meeting=new, why="Sjuk", by=cast.owner)
    assert taken(cast, "party") == 0


def test_a_day_that_is_let_go_when_its_window_has_ended_is_not_offered(cast, browse):
    """And never as if another unit were free then."""
    case = build.consented(cast)
    row = publish(cast, "owner")
    call(cast, case, common(cast, case, units=("owner",))[0])
    with cast.acting("owner"):
        services.end(window=row, by=cast.owner)
    publish(cast, "party", starts=time(9))
    with cast.acting("owner"):
        now = Case.objects.with_names().get(pk=case.pk)
        meetings.cancel(case=now, meeting=now.meetings.get(), why="Sjuk", by=cast.owner)
    assert {timezone.localtime(one.starts_at).time() for one in common(cast, case)} == {time(9)}
    page = browse("amira.falun").get(reverse("slots:unit", args=[cast.unit("owner").pk])).content.decode()
    assert "Ledig" not in page and "Inga stående tider" in page


def test_a_withdrawal_lets_the_time_go(cast):
    case = build.consented(cast)
    publish(cast, "party")
    call(cast, case, common(cast, case)[0])
    assert taken(cast, "party") == 1
    with cast.acting("owner"):
        consents.withdraw(case=Case.objects.with_names().get(pk=case.pk), form="spoken", by=cast.owner)
    assert taken(cast, "party") == 0


def test_a_party_that_leaves_gets_its_own_time_back_alone(cast):
    case = build.consented(cast)
    publish(cast, "owner")
    publish(cast, "party")
    call(cast, case, common(cast, case)[0])
    with cast.acting("owner"):
        gone = case.participations.get(unit=cast.unit("party"))
        cases.end_party(case=Case.objects.with_names().get(pk=case.pk), party=gone, why="", by=cast.owner)
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
    assert (taken(cast, "owner"), taken(cast, "party")) == (1, 0)


def test_ending_keeps_what_is_taken(cast):
    case = build.consented(cast)
    row = publish(cast, "owner")
    call(cast, case, common(cast, case, units=("owner",))[0])
    with cast.acting("owner"):
        assert services.end(window=row, by=cast.owner) == 2
        assert Slot.objects.count() == 1
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
        with pytest.raises(RuleBroken, match="redan avslutad"):
            services.end(window=row, by=cast.owner)
    assert taken(cast, "owner") == 1


def test_other_units_see_no_row_and_nobody_sees_what_took_it(cast):
    case = build.consented(cast)
    publish(cast, "party")
    call(cast, case, common(cast, case)[0])
    for who in ("owner", "same_kommun", "outsider", "coordinator", "admin"):
        with cast.acting(who):
            assert not SlotWindow.objects.exists() and not Slot.objects.exists()
            assert not SlotBooking.objects.only("pk").exists(), who
    for statement in (
        "select reservation from slots_slotbooking", "delete from slots_slotbooking",
        "insert into slots_slotbooking select * from slots_slotbooking", "select release_slots(null, 1)",
        "select * from free_slots(array[1]::bigint[])", "update slots_slot set unit_id = 1",
    ):  # fmt: skip
        with cast.acting("party"), pytest.raises(Error, match="permission denied"), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(statement)


@pytest.mark.parametrize(("who", "units"), [
    ("party", ("owner", "party")),  # takes part and does not steer
    ("outsider", ("outsider",)), ("reader", ("owner",)), ("owner", ("owner", "outsider")),
])  # fmt: skip
def test_only_the_caller_asks_and_about_the_units_of_the_case_alone(cast, who, units):
    case = build.consented(cast)
    publish(cast, "outsider")
    ids = [cast.unit(name).pk for name in units]
    start = at(FIRST, 13)
    for ask in (
        lambda: services.common(case=case, unit_ids=ids),
        lambda: services.publishing(case=case, unit_ids=ids),
        lambda: services.take(case=case, reservation=uuid4(), unit_ids=ids, starts_at=start, ends_at=start),
    ):
        with cast.acting(who), pytest.raises(Error, match="not the caller"), transaction.atomic():
            ask()


def test_one_unit_that_is_not_free_means_that_none_is_taken(cast):
    case = build.consented(cast)
    publish(cast, "owner")
    publish(cast, "party", every_weeks=2)
    day = SECOND
    with cast.acting("owner"), pytest.raises(RuleBroken, match="just tagen"), transaction.atomic():
        services.take(
            case=case, reservation=uuid4(), unit_ids=[cast.unit("owner").pk, cast.unit("party").pk],
            starts_at=at(day, 13), ends_at=at(day, 14),
        )  # fmt: skip
    assert taken(cast, "owner") == 0
