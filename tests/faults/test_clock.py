"""The clock set forward and back, both nights of summer time, new year, and a clock that was down (rows 6 and 7).

The whole machine's time is false: database, worker and clock. What is waited for is waited for in real seconds.
"""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connections

from cases.tasks import sweep_deadlines
from notifications import services
from tests import build
from tests.faults.conftest import FULL, ask, unsent, wait_until

STOCKHOLM = ZoneInfo("Europe/Stockholm")
CATCH_UP_SECONDS = 120
SPREAD = 24
DEADLINES = """
select d.id, d.due_on, d.warn_before_days, d.escalate_after_days
from cases_deadline d join cases_case c on c.id = d.case_id
where d.met_at is null and d.cancelled_at is null and d.paused_on is null and d.kind <> 'payment'
  and c.state <> 'closed'"""
SENT = "select dedupe_key from notifications_delivery where starts_with(dedupe_key, 'deadline:') and state = 'sent'"
EIGHT = """
select count(*) from notifications_delivery where template = 'reminder' and due_at > created_at
  and (due_at at time zone 'Europe/Stockholm')::time <> '08:00'"""


def at(text: str, *, fold: int = 0) -> datetime:
    """A moment of Stockholm's; `fold` is 1 for the second half past two of an autumn night."""
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM, fold=fold)


@dataclass
class Jump:
    """Where the clock stands, and to where it is set; what is queued between falls due on the way."""

    name: str
    starts: datetime
    stops: list[datetime]
    keys: set[str] = field(default_factory=set)


FORWARD = Jump("6 klockan +1 dygn", at("2027-01-12T10:00"), [at("2027-01-13T10:00")])
BACK = Jump("6 klockan −1 timme", at("2027-01-14T10:00"), [at("2027-01-14T09:00")])
# Each through the hour itself, and then to after eight in the morning.
NIGHTS = [
    Jump("6 nyår", at("2026-12-31T23:59:50"), [at("2027-01-01T00:00:05"), at("2027-01-01T08:00:05")]),
    Jump("6 sommartid börjar", at("2027-03-28T01:59:50"), [at("2027-03-28T03:00:05"), at("2027-03-28T08:00:05")]),
    Jump("6 sommartid slutar", at("2027-10-31T02:59:50"),
         [at("2027-10-31T02:00:05", fold=1), at("2027-10-31T08:00:05")]),
]  # fmt: skip
JUMPS = [NIGHTS[0], FORWARD, BACK, *NIGHTS[1:]] if FULL else [BACK]


@pytest.fixture
def false_time(stores, workers):
    """The server starts again by the false clock, and by the real one when the test is over."""
    connections.close_all()
    stores.restart_postgres(false_clock=True)
    yield stores
    workers.kill_all()
    connections.close_all()
    stores.set_clock(0)
    stores.restart_postgres()


def prepare(stores, cast, jump: Jump) -> None:
    """Cases whose reminders fall on these days, and messages that fall due one after another on the way."""
    stores.set_time(jump.starts)
    connections.close_all()
    ask("select audit_keep_partitions()")
    with time_machine.travel(jump.starts, tick=True):
        cases = [build.case(cast, days_ago=days) for days in range(4)]
        step = (max(jump.stops) - jump.starts) / SPREAD
        with cast.acting("owner"):
            for n in range(SPREAD):
                # Half of them may come late, half must not.
                due, key = jump.starts + n * step, f"{jump.name}:{n}"
                expires = due + timedelta(days=9) if n % 2 else due + step / 2 if step > timedelta(minutes=5) else None
                services.queue_mail(
                    unit_id=cast.unit("party").pk, case_id=cases[0].pk, key=key, due_at=due, expires_at=expires
                )
                jump.keys.add(key)


def of(jump: Jump) -> dict[str, str]:
    found = ask("select dedupe_key, state from notifications_delivery where starts_with(dedupe_key, %s)", jump.name)
    return dict(found)


def forgotten() -> int:
    """Of how many deadlines nobody has been told what was last to be told, reckoned here on the dates alone."""
    [(moment,)], sent, found, looked_at = ask("select now()"), {key for (key,) in ask(SENT)}, 0, 0
    for number, due_on, warn, escalate in ask(DEADLINES):
        days = [(due_on - timedelta(days=n), f"before{n}") for n in warn if n]
        days += [(due_on, "on"), (due_on + timedelta(days=1), "after")]
        days += [] if escalate is None else [(due_on + timedelta(days=escalate), "escalate")]
        passed = [day for day, _ in days if datetime.combine(day, time(8), STOCKHOLM) <= moment]
        if passed and moment < datetime.combine(due_on + timedelta(days=8), time(8), STOCKHOLM):
            keys = tuple(f"deadline:{number}:{due_on}:{label}:" for day, label in days if day == max(passed))
            looked_at += 1
            found += not any(key.startswith(keys) for key in sent)
    return found if looked_at else -1


def judge(jump: Jump, post) -> tuple[int, int]:
    """How many were lost and how many went twice, by what the database and the mail server say."""
    assert ask(EIGHT) == [(0,)]
    stale = {key for key, state in of(jump).items() if state == "expired"}
    # Only those that must not come late may be marked as too late.
    assert all(int(key.rpartition(":")[2]) % 2 == 0 for key in stale), stale
    lost = sum(state not in ("sent", "expired") for state in of(jump).values()) + forgotten()
    return lost, post.ids().total() - len(post.ids())


def test_reminders_over_jumps_of_the_clock(cast, false_time, workers, post, table):
    workers_started = False
    for jump in JUMPS:
        prepare(false_time, cast, jump)
        if not workers_started:
            workers.celery(**false_time.false_clock())
            workers.beat(**false_time.false_clock())
            workers_started = True
        workers.nudge()
        wait_until(lambda: unsent() == 0, seconds=CATCH_UP_SECONDS)
        before, slowest = post.ids(), 0.0
        for moment in jump.stops:
            with time_machine.travel(jump.starts, tick=True):
                late = waiting(cast, jump)
            false_time.set_time(moment)
            slowest = max(slowest, wait_until(lambda: settled(late), seconds=CATCH_UP_SECONDS))  # noqa: B023
        if jump is BACK:
            # What falls due later than the clock now stands has not been lost; an hour passes.
            false_time.set_time(jump.starts + timedelta(seconds=40))
            wait_until(lambda: unsent() == 0, seconds=CATCH_UP_SECONDS)
        # The clock asks for this each five minutes; here at once, since the test does not wait that long.
        workers.nudge(sweep_deadlines)
        wait_until(lambda: forgotten() == 0 or workers.nudge(), seconds=CATCH_UP_SECONDS)
        wait_until(lambda: unsent() == 0, seconds=CATCH_UP_SECONDS)
        lost, twice = judge(jump, post)
        assert (lost, twice, len(post.ids()) > len(before)) == (0, 0, True)
        table.tell(jump.name, injected=f"{SPREAD} utskick, 4 ärenden", lost=lost, twice=twice, seconds=slowest)


def waiting(cast, jump: Jump) -> str:
    """One more message, made just before the clock is set: due at once, whatever the clock says then."""
    key = f"{jump.name}:late:{len(jump.keys)}1"
    jump.keys.add(key)
    [(case,)] = ask("select id from cases_case order by opened_at desc limit 1")
    with cast.acting("owner"):
        services.queue_mail(unit_id=cast.unit("party").pk, case_id=case, key=key)
    return key


def settled(key: str) -> bool:
    return unsent() == 0 and ask("select state from notifications_delivery where dedupe_key = %s", key) == [("sent",)]


def test_a_clock_that_was_down_a_day_and_then_two_at_once(cast, false_time, workers, post, table):
    """Nothing is sent meanwhile; then each goes once, and what is too late is marked."""
    day = Jump("7 klockan nere 24 h", at("2027-01-12T10:00"), [at("2027-01-13T10:00")])
    prepare(false_time, cast, day)
    workers.celery(**false_time.false_clock())
    false_time.set_time(day.stops[0])
    assert post.ids() == {}
    workers.beat(**false_time.false_clock())
    workers.beat(**false_time.false_clock())
    seconds = wait_until(lambda: unsent() == 0 and forgotten() == 0 and post.raw, seconds=CATCH_UP_SECONDS)
    lost, twice = judge(day, post)
    found = list(of(day).values())
    assert (lost, twice) == (0, 0)
    # All that must not come late are too late but for those of the last moment; of the rest all have come.
    assert found.count("sent") >= SPREAD // 2 and found.count("expired") >= SPREAD // 2 - 2
    table.tell(day.name, injected=f"{SPREAD} utskick, 4 ärenden", lost=lost, twice=twice, seconds=seconds)
    table.tell("7 två klockor samtidigt", injected="2 klockor", lost=lost, twice=twice)
