"""Deadlines as rows from the guideline (TID-1 to TID-4): one SQL statement for one case or all.

Days are added to Stockholm's dates, never to instants; a statutory deadline is never moved for a weekend, and the
register refuses a rule that would move (no agreement known to us has one).
"""

from django.db import connection
from django.utils import timezone

from cases.models import Deadline
from notifications import services as notifications
from notifications.reminders import WARN_AT_MOST, remind
from organisations.jobs import alone, must_see
from organisations.models import DeadlineRule

BATCH = 5000

# What starts each clock. `{case}` narrows the statement to one case.
STARTS = """
select c.id, c.guideline_id, 'first_contact' as kind,
       c.need_found_on::timestamp at time zone 'Europe/Stockholm' as started
  from cases_case c where c.state in ('initiated', 'consented') {case}
union all
select c.id, c.guideline_id, 'call_after_ready', c.discharge_ready_at
  from cases_case c where c.discharge_ready_at is not null and c.state in ('initiated', 'consented') {case}
union all
select c.id, c.guideline_id, 'meeting', c.need_found_on::timestamp at time zone 'Europe/Stockholm'
  from cases_case c where c.state in ('initiated', 'consented', 'called') and c.lead_unit_id is null {case}
"""

# The anti-join comes first, `on conflict` only for races: six times quicker when nothing is missing.
MISSING = """
insert into cases_deadline (case_id, kind, due_on, started_at, statutory, source, warn_before_days)
select s.id, s.kind, (s.started at time zone 'Europe/Stockholm')::date + r.amount
         - case when r.day_zero_counts then 1 else 0 end
         + case when (s.started at time zone 'Europe/Stockholm')::time > r.cutoff_time then 1 else 0 end,
       s.started, r.statutory, r.legal_source, r.warn_before_days
from ({starts}) s
join organisations_deadlinerule r on r.guideline_id = s.guideline_id and r.kind = s.kind and r.unit = 'days'
where not exists (select 1 from cases_deadline d where d.case_id = s.id and d.kind = s.kind
  and d.cancelled_at is null and d.started_at = s.started)
limit %(batch)s
on conflict do nothing
"""

# The person was ready for discharge at another time than first told, or is not: that clock has never run.
STALE = """
with gone as (
  update cases_deadline d set cancelled_at = now() from cases_case c
  where c.id = d.case_id and d.kind = 'call_after_ready' and d.met_at is null and d.cancelled_at is null
    and c.discharge_ready_at is distinct from d.started_at {case}
  returning d.id, d.case_id)
select count(cancel_deliveries(case_id, 'deadline:' || id || ':')) from gone
"""

# A net for the moment between a sweep's reading and somebody's meeting the deadline.
NO_LONGER = """
update notifications_delivery m set state = 'cancelled' from cases_deadline d
where m.state = 'due' and m.template = 'reminder' and d.id = split_part(m.dedupe_key, ':', 2)::bigint
  and starts_with(m.dedupe_key, 'deadline:') and (d.met_at is not null or d.cancelled_at is not null)
"""

OPEN = """
select d.id, d.case_id, c.reference, d.due_on, d.warn_before_days as warn, c.owner_unit_id as owner_unit,
       c.lead_unit_id as lead_unit
from cases_deadline d join cases_case c on c.id = d.case_id
where d.met_at is null and d.cancelled_at is null and c.state not in ('closed', 'declined')
  and d.due_on between %(today)s - 8 and %(today)s + 1 + {warn}
"""
TOLD = '{"before": "", "on": "deadline", "after": "deadline"}'

BLIND = """
select exists (select 1 from case_access where is_open)
         and not exists (select 1 from cases_case where state not in ('closed', 'declined'))
       or exists (select 1 from case_access where is_open and open_deadline is not null)
         and not exists (select 1 from cases_deadline where met_at is null and cancelled_at is null)
"""


def refresh(*, case_id=None) -> int:
    """Make the rows that the guideline demands and that are missing, for one case or a batch of all; returns how many.

    A deadline whose start has been changed is cancelled, with its reminders.
    """
    values, narrowed = {"case": case_id, "batch": BATCH}, "and c.id = %(case)s" if case_id else ""
    with connection.cursor() as cursor:
        cursor.execute(STALE.format(case=narrowed), values)
        cursor.execute(MISSING.format(starts=STARTS.format(case=narrowed)), values)
        return cursor.rowcount


def sweep(*, now=None) -> int:
    """Make all missing deadlines and reminders, in batches; returns how many rows were made.

    Raises BlindSweep when the worker's role does not see what it should watch.
    """
    made = 0
    while True:
        with alone("deadlines") as cursor:
            if cursor is None:
                return made
            must_see(cursor, BLIND, "the open cases and their deadlines")
            new = refresh()
            cursor.execute(NO_LONGER)
        made += new
        if new < BATCH:
            break
    source = OPEN.format(warn=WARN_AT_MOST)
    return made + remind(job="deadlines", source=source, prefix="deadline", kinds=TOLD, now=now)


def meet(*, case, kind: str) -> int:
    """Mark the open deadline of that kind as met now; nobody is reminded of it any more."""
    return _end(_open(case, kind), met_at=timezone.now())


def cancel(*, case, kind: str | None = None) -> int:
    """Cancel the open deadlines of that kind, or all, with their reminders."""
    return _end(_open(case, kind), cancelled_at=timezone.now())


def agree(*, case, kind: str, due_on, source: str, warn_before_days=None) -> Deadline:
    """Set a deadline that people agreed on (TID-4); an earlier open one of the kind is cancelled.

    The guideline says how many days before to warn, unless `warn_before_days` does.
    """
    same = _open(case, kind).filter(due_on=due_on).first()
    if same is not None:
        return same
    cancel(case=case, kind=kind)
    if warn_before_days is None:
        rule = DeadlineRule.objects.filter(guideline=case.guideline_id, kind=kind).first()
        warn_before_days = rule.warn_before_days if rule else []
    return Deadline.objects.create(
        case=case,
        kind=kind,
        due_on=due_on,
        started_at=timezone.now(),
        statutory=False,
        source=source,
        warn_before_days=list(warn_before_days),
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
