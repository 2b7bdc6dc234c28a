"""Deadlines as rows from the guideline (TID-1 to TID-8): one SQL statement per source of starts, for one case or all.

Days are added to Stockholm's dates, never to instants; a statutory deadline is never moved and never paused. A row
keeps the rule as it stood when its clock started, so that a changed rule rewrites nothing.
"""

from django.db import connection
from django.utils import timezone

from cases.deadlines_sql import BLIND, FIRST, NO_LONGER, OPEN, SOURCES, STALE, missing
from cases.enums import ClockEventKind, DeadlineKind
from cases.models import ClockEvent, Deadline
from notifications import services as notifications
from notifications.reminders import WARN_AT_MOST, remind
from organisations import calendar_se
from organisations.jobs import alone, must_see
from organisations.models import DeadlineRule

BATCH = 5000
# The walk follows the index: with bitmaps each batch would read and sort all that is left, and the whole be a square.
IN_ORDER = "set local enable_bitmapscan = off; set local random_page_cost = 1.1; set local work_mem = '32MB'"
TOLD = '{"before": "", "on": "deadline", "after": "deadline", "escalate": "deadline_manager"}'
# Which deadlines an event meets.
MEETS = {
    ClockEventKind.CALL_SENT: (DeadlineKind.FIRST_CONTACT, DeadlineKind.CALL_AFTER_READY),
    ClockEventKind.NOTICE_SENT: (DeadlineKind.ADMISSION_NOTICE,),
    ClockEventKind.WENT_HOME: (DeadlineKind.PAYMENT,),
}
# Holidays are looked up from the year of the first agreements to well after any meeting that is booked.
YEARS_BACK, YEARS_AHEAD = 10, 5


def closed_days() -> list:
    year = timezone.localdate().year
    return calendar_se.closed_between(year - YEARS_BACK, year + YEARS_AHEAD)


def refresh(*, case_id) -> int:
    """Make the rows that the guideline demands of a case and that are missing; returns how many.

    A deadline whose start has been changed is replaced: it is cancelled, with its reminders, and stays as history.
    """
    values, made = {"case": case_id, "closed": closed_days()}, 0
    with connection.cursor() as cursor:
        cursor.execute(STALE.format(case="and c.id = %(case)s"), values)
        for source in SOURCES:
            cursor.execute(missing(source, one_case=True), values)
            made += cursor.fetchone()[0]
    return made


def sweep(*, now=None) -> int:
    """Make all missing deadlines and reminders, in batches; returns how many rows were made.

    Raises BlindSweep when the worker's role does not see what it should watch.
    """
    with alone("deadlines") as cursor:
        if cursor is None:
            return 0
        must_see(cursor, BLIND, "the open cases and their deadlines")
        cursor.execute(STALE.format(case=""))
        cursor.execute(NO_LONGER)
    made = sum(sweep_source(source) for source in SOURCES)
    source = OPEN.format(warn=WARN_AT_MOST)
    return made + remind(job="deadlines", source=source, prefix="deadline", kinds=TOLD, now=now)


def sweep_source(source: str) -> int:
    return sum(batches(source))


def batches(source: str):
    """Walk one source of starts from the first key to the last, each batch in a transaction of its own.

    Gives how many rows each batch made.
    """
    values = {"after": FIRST[source], "batch": BATCH, "closed": closed_days()}
    statement = missing(source, one_case=False)
    while values["after"] is not None:
        with alone("deadlines") as cursor:
            if cursor is None:
                return
            cursor.execute(IN_ORDER)
            cursor.execute(statement, values)
            made, values["after"] = cursor.fetchone()
        yield made


def happened(*, case, event: str, at, by, care_type: str = "somatic") -> ClockEvent:
    """Record what starts or meets clocks; the same event at another time is a correction, and the old row stays."""
    current = ClockEvent.objects.filter(case=case, event=event, superseded_at=None).first()
    if current is not None and (current.at, current.care_type) == (at, care_type):
        return current
    take_back(case=case, event=event, refresh_after=False)
    made = ClockEvent.objects.create(
        case=case, event=event, at=at, care_type=care_type, recorded_by_id=by.assignment_id
    )
    refresh(case_id=case.pk)
    for kind in MEETS.get(event, ()):
        meet(case=case, kind=kind)
    return made


def take_back(*, case, event: str, refresh_after: bool = True) -> int:
    """An event did not happen, or not any more (a cancelled meeting): its open clocks stop and stay as history."""
    gone = ClockEvent.objects.filter(case=case, event=event, superseded_at=None).update(superseded_at=timezone.now())
    if gone and refresh_after:
        refresh(case_id=case.pk)
    return gone


def meet(*, case, kind: str) -> int:
    """Mark the open deadline of that kind as met now; nobody is reminded of it any more."""
    return _end(_open(case, kind), met_at=timezone.now())


def reopen(*, case, kind: str) -> int:
    """What met a deadline did not hold after all: it runs again, to the same day."""
    return Deadline.objects.filter(case=case, kind=kind, cancelled_at=None).update(met_at=None)


def cancel(*, case, kind: str | None = None) -> int:
    """Cancel the open deadlines of that kind, or all, with their reminders."""
    return _end(_open(case, kind), cancelled_at=timezone.now())


def agree(*, case, kind: str, due_on, source: str, warn_before_days=None) -> Deadline:
    """Set a deadline that people agreed on (TID-4); an earlier open one of the kind is cancelled.

    The guideline says how many days before to warn, unless `warn_before_days` does, and when the manager is told.
    """
    same = _open(case, kind).filter(due_on=due_on).first()
    if same is not None:
        return same
    cancel(case=case, kind=kind)
    rule = DeadlineRule.objects.valid_on(timezone.localdate()).filter(guideline=case.guideline_id, kind=kind).first()
    if warn_before_days is None:
        warn_before_days = rule.warn_before_days if rule else []
    return Deadline.objects.create(
        case=case,
        kind=kind,
        due_on=due_on,
        started_at=timezone.now(),
        statutory=False,
        source=source,
        warn_before_days=list(warn_before_days),
        escalate_after_days=rule.escalate_after_days if rule else None,
    )


def _open(case, kind: str | None):
    found = Deadline.objects.filter(case=case, met_at=None, cancelled_at=None)
    return found.filter(kind=kind) if kind else found


def _end(rows, **ended) -> int:
    ending = list(rows.values_list("pk", "case_id"))
    rows.update(**ended)
    for pk, case_id in ending:
        notifications.cancel(case_id=case_id, key_prefix=f"deadline:{pk}:")
    return len(ending)
