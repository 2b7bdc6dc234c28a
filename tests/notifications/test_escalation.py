"""Unread past the watch times: watcher, coordinator, manager, each once, over simulated days (GUI-3)."""

import json
import random
import re
import threading
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, connections

from cases.models import Case
from consent import services as consents
from notifications import attention, escalation, services
from notifications.choices import GROUPS, group_of
from notifications.models import InboxItem
from organisations import swedish
from organisations.errors import RuleBroken
from tests import build
from tests.cases import almanac
from tests.casework import walk
from tests.casework.test_worklist import text
from tests.cast import Cast

STOCKHOLM = ZoneInfo("Europe/Stockholm")
MONDAY = date(2026, 3, 9)


def at(day: date, clock: str) -> datetime:
    return swedish.instant(day, time.fromisoformat(clock))


@pytest.fixture
def cast(own_database) -> Cast:
    return Cast()


@pytest.fixture
def item(cast):
    return unread(cast, at(MONDAY, "09:15"))


def unread(cast, moment, *, key="x", who="owner") -> int:
    """A row in the inbox of `who`, which came at that moment."""
    case = getattr(cast, "case", None) or build.case(cast)
    cast.case = case
    with cast.acting("owner"):
        services.put_in_inbox(unit_id=cast.unit(who).pk, case_id=case.pk, kind="call", key=key)
    return one("update notifications_inboxitem set created_at = %s where dedupe_key = %s returning id", moment, key)


def sql(statement, *values) -> list[tuple]:
    with connections["admin"].cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def one(statement, *values):
    [(found,)] = sql(statement, *values)
    return found


def told() -> list[tuple]:
    """(step, user name or ”unit”, channel) of every telling."""
    return sql("""select split_part(d.dedupe_key, ':', 3)::int, coalesce(u.username, 'unit'), d.channel
        from notifications_delivery d left join organisations_assignment a on a.id = d.assignment_id
          left join organisations_staff s on s.id = a.staff_id left join organisations_user u on u.id = s.user_id
        where d.dedupe_key like 'unread:%%' order by 1, 2, 3""")


def state(item) -> tuple:
    [found] = sql("select escalated, passed_at from notifications_inboxitem where id = %s", item)
    return found


def test_each_watch_time_that_passes_brings_it_one_step_up_and_each_is_told_once(cast, item):
    for clock, step in (("11:30", 0), ("11:59", 0), ("12:00", 1), ("15:29", 1), ("15:30", 2), ("23:59", 2)):
        escalation.escalate(now=at(MONDAY, clock))
        escalation.escalate(now=at(MONDAY, clock))
        assert state(item)[0] == step, clock
    escalation.escalate(now=at(MONDAY + timedelta(days=1), "08:30"))
    assert state(item) == (3, at(MONDAY, "11:30"))
    before = told()
    assert {step for step, _, _ in before} == {1, 2, 3}
    assert ("yusuf.falun" in {who for step, who, _ in before if step == 3}) is True
    for days in range(2, 10):
        escalation.escalate(now=at(MONDAY + timedelta(days=days), "16:00"))
    assert told() == before


@pytest.mark.parametrize("column", ["read_at", "done_at"])
def test_what_was_opened_goes_no_further(cast, item, column):
    escalation.escalate(now=at(MONDAY, "12:00"))
    sql(f"update notifications_inboxitem set {column} = now() where id = %s", item)
    escalation.escalate(now=at(MONDAY + timedelta(days=3), "12:00"))
    assert {step for step, _, _ in told()} == {1}


def test_after_a_day_without_sweeps_everybody_is_told_once(cast, item):
    assert escalation.escalate(now=at(MONDAY + timedelta(days=2), "12:00")) == 1
    assert {step for step, _, _ in told()} == {1, 2, 3}
    assert escalation.escalate(now=at(MONDAY + timedelta(days=2), "12:01")) == 0


def test_a_weekend_waits_for_monday_unless_the_routine_says_otherwise(cast):
    friday = MONDAY + timedelta(days=4)
    late = unread(cast, at(friday, "15:40"))
    escalation.escalate(now=at(friday + timedelta(days=2), "23:00"))
    assert state(late) == (0, None)
    routine(cast, weekdays=[6, 7], times=[time(10)])
    escalation.escalate(now=at(friday + timedelta(days=2), "10:30"))
    assert state(late) == (2, at(friday + timedelta(days=1), "10:00"))


@pytest.mark.parametrize(
    ("came", "opens"),
    [
        ("2026-12-23 15:40", "2026-12-28 08:00"), ("2026-12-30 16:00", "2027-01-04 08:00"),
        ("2027-03-25 16:00", "2027-03-30 08:00"), ("2027-06-24 15:10", "2027-06-28 08:00"),
        ("2027-05-05 15:10", "2027-05-07 08:00"), ("2026-10-30 16:00", "2026-11-02 08:00"),
    ],
)  # fmt: skip
def test_nobody_is_asked_to_look_on_a_holiday_or_an_eve(cast, came, opens):
    """Christmas, new year, Easter, midsommar, Ascension Day and All Saints' Day: the next day that the unit works."""
    day, clock = came.split()
    item = unread(cast, at(date.fromisoformat(day), clock))
    day, clock = opens.split()
    moment = at(date.fromisoformat(day), clock)
    escalation.escalate(now=moment + timedelta(minutes=29))
    assert state(item) == (0, None)
    escalation.escalate(now=moment + timedelta(minutes=30))
    assert state(item) == (1, moment)


def test_a_unit_that_looks_on_sundays_looks_on_holidays_too(cast):
    routine(cast, weekdays=[1, 2, 3, 4, 5, 7], times=[time(10)])
    item = unread(cast, at(date(2026, 12, 23), "15:40"))
    escalation.escalate(now=at(date(2026, 12, 25), "10:30"))
    assert state(item) == (2, at(date(2026, 12, 24), "10:00"))


def test_a_unit_that_looks_once_a_week_reaches_the_manager_also_over_christmas(cast):
    routine(cast, weekdays=[4], times=[time(9)])
    item = unread(cast, at(date(2026, 12, 10), "09:15"))
    for day, step in ((17, 1), (24, 1), (31, 1)):
        escalation.escalate(now=at(date(2026, 12, day), "09:30"))
        assert state(item)[0] == step, day
    escalation.escalate(now=at(date(2027, 1, 7), "09:30"))
    escalation.escalate(now=at(date(2027, 1, 14), "09:30"))
    assert (state(item)[0], {step for step, _, _ in told()}) == (3, {1, 2, 3})


def test_hours_of_rest_hold_back_mail_at_odd_hours(cast):
    """A unit that looks late at night: the notice in the system is there, the e-mail waits for the morning."""
    sql("update organisations_staff set email = 'nagon@falun.example'")
    routine(cast, weekdays=[1], times=[time(21)])
    unread(cast, at(MONDAY, "09:15"))
    escalation.escalate(now=at(MONDAY, "21:30"))
    due = dict(sql("select distinct channel, due_at from notifications_delivery where assignment_id is not null"))
    assert due == {"in_app": at(MONDAY, "21:30"), "email": at(MONDAY + timedelta(days=1), "08:00")}


def test_what_a_unit_no_longer_sees_goes_no_further_and_is_not_counted(cast, browse_own):
    """After the withdrawal only the row that says so waits (SAM-5)."""
    case = build.consented(cast)
    with cast.acting("owner"):
        message_to_party(cast, case)
    unit = cast.unit("party").pk
    sql("update notifications_inboxitem set created_at = %s where unit_id = %s", at(MONDAY, "09:15"), unit)
    hanna = browse_own("hanna.dalarna")
    assert "Meddelande i ärendet" in text(hanna.get("/kallelser/?visa=olast"))
    with cast.acting("owner"):
        consents.withdraw(case=Case.objects.with_names().get(pk=case.pk), form="spoken", by=cast.owner)
    sql("update notifications_inboxitem set created_at = %s where kind = 'consent_ended'", at(MONDAY, "09:20"))
    page = text(hanna.get("/kallelser/?visa=olast"))
    assert "Meddelande i ärendet" not in page and "Samordningen är avslutad" in page
    assert re.search(r"Kallelser\s+1\b", page)
    escalation.escalate(now=at(MONDAY + timedelta(days=3), "12:00"))
    assert sql("select kind, escalated from notifications_inboxitem where unit_id = %s order by 1", unit) == [
        ("consent_ended", 3), ("message", 0),
    ]  # fmt: skip


def message_to_party(cast, case) -> None:
    services.put_in_inbox(unit_id=cast.unit("party").pk, case_id=case.pk, kind="message", key="message:x")


def test_the_own_notices_are_counted_in_the_header_also_for_the_coordinator(cast, item, browse_own):
    escalation.escalate(now=at(MONDAY, "15:30"))
    sql("update notifications_delivery set state = 'sent', sent_at = now() where channel = 'in_app'")
    [name] = {who for step, who, _ in told() if step == 2}
    client = browse_own(name)
    assert "Aviseringar (1 olästa )" in text(client.get("/aviseringar/"))
    client.post("/aviseringar/lasta/")
    assert "olästa )" not in text(client.get("/aviseringar/"))


def test_the_menus_count_costs_the_same_for_many_rows(cast, browse_own):
    client, counts = browse_own("amira.falun"), []
    for number in (3, 30):
        for n in range(number):
            unread(cast, at(MONDAY, "09:15"), key=f"{number}:{n}")
        counts.append(len(walk.queries(client, "/hjalp/")))
    assert counts[0] == counts[1]
    assert re.search(r"Kallelser\s+33\b", text(client.get("/hjalp/")))


def routine(cast, *, weekdays=(1, 2, 3, 4, 5), times=(time(9),), watchers=(), who="manager"):
    with cast.acting(who):
        attention.set_routine(
            unit=cast.unit("owner"), weekdays=list(weekdays), times=list(times),
            watchers=[cast.assignment(name) for name in watchers],
            seen=attention.routine_of(cast.unit("owner"))["seen"], by=cast.actor(who),
        )  # fmt: skip


def test_the_named_watcher_is_told_and_not_the_others(cast, item):
    routine(cast, times=[time(11)], watchers=["colleague"])
    escalation.escalate(now=at(MONDAY, "11:30"))
    assert {who for _, who, _ in told()} == {"johan.falun"}


def test_with_nobody_to_tell_the_units_mailbox_is_told(cast, item):
    sql("update organisations_assignment set is_active = false where role in ('manager', 'sip_coordinator')")
    escalation.escalate(now=at(MONDAY + timedelta(days=2), "12:00"))
    assert [(who, channel) for step, who, channel in told() if step > 1] == [("unit", "email")] * 2


@pytest.mark.parametrize(("county", "times"), [("08", ["08:00", "11:30", "15:00"])])
def test_kalmars_guideline_is_followed_until_there_is_a_routine(cast, county, times):
    rows = sql(
        "select settings -> 'inbox_watch' ->> 'times' from organisations_guideline where county_code = %s", county
    )
    assert [json.loads(row) for (row,) in rows] == [times]
    with cast.acting("outsider"):
        assert attention.routine_of(cast.unit("outsider"))["times"] == [time.fromisoformat(one) for one in times]


def test_two_clocks_at_once_do_the_work_of_one(cast, item):
    faults, ready = [], threading.Barrier(3)

    def run():
        try:
            ready.wait(10)
            escalation.escalate(now=at(MONDAY, "12:00"))
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    keys = [key for (key,) in sql("select dedupe_key from notifications_delivery where dedupe_key like 'unread:%%'")]
    assert (faults, state(item)[0], len(keys)) == ([], 1, len(set(keys)))


def steps_by_hand(came: datetime, now: datetime, weekdays, times) -> int:
    """Minute arithmetic in another way, with an almanac of its own: walk the days, count the moments passed."""
    day, passed = came.astimezone(STOCKHOLM).date(), 0
    while day <= now.astimezone(STOCKHOLM).date():
        for clock in times:
            moment = datetime.combine(day, clock, STOCKHOLM).astimezone(UTC)
            weekday = 7 if day in almanac.free_days(day.year) else day.isoweekday()
            passed += weekday in weekdays and came < moment <= now - timedelta(minutes=30)
        day += timedelta(days=1)
    return min(passed, 3)


def test_400_simulated_rows_agree_with_a_count_by_hand(cast):
    """Any routine, any hour of the year, and both nights when the clock is changed."""
    dice = random.Random(20261122)
    starts = [date(2026, 1, 1), date(2026, 3, 27), date(2026, 10, 23), date(2026, 12, 30), date(2028, 2, 28),
              date(2026, 12, 22), date(2027, 3, 24), date(2027, 6, 23)]  # fmt: skip
    clocks = [time(hour, minute) for hour in (*range(4, 24), 0) for minute in (0, 30)]
    wrong, count = [], 0
    for number in range(40):
        weekdays, times = dice.sample(range(1, 8), dice.randint(1, 7)), dice.sample(clocks, dice.randint(1, 4))
        routine(cast, weekdays=weekdays, times=times)
        day = dice.choice(starts) + timedelta(days=dice.randint(0, 3))
        now = at(day, "12:00") + timedelta(minutes=dice.randint(0, 6 * 1440))
        came = [now - timedelta(minutes=dice.randint(1, 8 * 1440)) for _ in range(10)]
        ids = {unread(cast, moment, key=f"{number}:{n}"): moment for n, moment in enumerate(came)}
        escalation.escalate(now=now)
        for pk, moment in ids.items():
            count += 1
            wanted = steps_by_hand(moment, now, weekdays, times)
            if state(pk)[0] != wanted:
                wrong.append((moment, now, weekdays, times, wanted, state(pk)))
        sql("update notifications_inboxitem set done_at = now()")
    assert (wrong, count) == ([], 400)


def test_the_query_is_one_however_many_rows(cast, django_assert_num_queries):
    for n in range(30):
        unread(cast, at(MONDAY, "09:15"), key=f"n{n}")
    with django_assert_num_queries(6, exact=False):
        assert escalation.escalate(now=at(MONDAY, "12:00")) == 30


def test_the_databases_groups_are_those_of_the_page(cast):
    for kind, _ in InboxItem.KINDS:
        assert one("select notice_group(%s)", kind) == group_of(kind)
    assert {one("select notice_group(%s)", "something new")} <= set(GROUPS)


def test_every_kind_of_row_stands_in_exactly_one_group():
    """Also those of discharge: one that is forgotten could be chosen by nobody on purpose."""
    listed = [kind for _, kinds in GROUPS.values() for kind in kinds]
    assert sorted(listed) == sorted(kind for kind, _ in InboxItem.KINDS)


def test_every_kind_that_the_code_puts_in_an_inbox_has_a_name():
    """The kinds in services and in the functions of the database, as they are written there."""
    root = Path(escalation.__file__).parents[1]
    said = set()
    for file in [*root.glob("*/*.py"), *root.glob("*/migrations/0*.py")]:
        if file.parent.name not in {"tests", "benchmarks"}:
            code = file.read_text()
            for call in re.findall(r"(?:tell_unit|put_in_inbox)\(([^)]*)\)", code):
                said |= set(re.findall(r'kind="(\w+)"', call))
            for call in re.findall(r"insert into notifications_inboxitem.*?on conflict", code, re.DOTALL):
                said |= set(re.findall(r"(?:reference|item.reference|o.reference),\s*'(\w+)'", call))
    assert {"admitted", "party", "deadline", "message", "consent_ended"} <= said
    assert said <= {kind for kind, _ in InboxItem.KINDS}


@pytest.mark.parametrize(("who", "times"), [("manager", []), ("manager", [time(8)] * 13)])
def test_a_routine_has_between_one_and_twelve_times(cast, who, times):
    with pytest.raises(RuleBroken):
        routine(cast, times=times, who=who)


# Pages


def test_the_inbox_says_which_time_was_missed_and_who_has_been_told(cast, item, browse_own):
    escalation.escalate(now=at(MONDAY, "12:00"))
    page = text(browse_own("amira.falun").get("/kallelser/"))
    assert "passerat 11.30" in page and "Den som bevakar har fått veta det" in page


def seen(page) -> str:
    """What the page says that its reader saw."""
    return re.search(r'name="seen" value="([^"]+)"', page.content.decode())[1]


def test_the_manager_and_the_administrator_decide_the_routine_and_others_do_not(cast, browse_own):
    unit, other = cast.unit("owner").pk, cast.unit("party").pk
    sent = {"weekdays": ["1", "2"], "times": "9.15, 14", "watchers": [cast.assignment("colleague").pk]}
    manager = browse_own("yusuf.falun")
    assert "länets riktlinje" in text(manager.get(f"/bevakning/{unit}/"))
    assert manager.post(f"/bevakning/{unit}/", sent).status_code == 302
    assert sql("select weekdays, times from notifications_inboxroutine") == [([1, 2], [time(9, 15), time(14)])]
    assert "09.15" in manager.get(f"/bevakning/{unit}/").content.decode().replace("9.15", "09.15")
    administrator = browse_own("anders.falun")
    late = administrator.post(f"/bevakning/{unit}/", sent | {"times": "10"})
    assert "Någon annan har sparat rutinen" in text(late) and 'value="10"' in late.content.decode()
    assert administrator.post(f"/bevakning/{unit}/", sent | {"times": "10", "seen": seen(late)}).status_code == 302
    assert "Någon annan har sparat" in text(manager.post(f"/bevakning/{unit}/", sent | {"seen": seen(late)}))
    assert sql("select times from notifications_inboxroutine") == [([time(10)],)]
    assert manager.post(f"/bevakning/{unit}/", sent | {"times": "25.99"}).status_code == 200
    assert [c.get(f"/bevakning/{other}/").status_code for c in (manager, browse_own("anders.falun"))] == [404, 404]
    assert browse_own("amira.falun").get(f"/bevakning/{unit}/").status_code == 403


def test_the_database_refuses_another_units_routine(cast):
    for who in ("owner", "coordinator"):
        with pytest.raises(Exception, match="row-level security"):
            routine(cast, who=who)
