"""Deadlines as rows from the guideline (TID-1 to TID-4): one SQL statement for one case or all.

Days are added to Stockholm's dates, never to instants; a statutory deadline is never moved for a weekend.
"""

from django.db import connection
from django.utils import timezone

from cases.models import Deadline

# `{case}` narrows the statement to one case. A rule whose start changes gets a new row; the old one is cancelled.
STARTS = """
select c.id, c.guideline_id, 'first_contact' as kind, c.need_found_on::timestamp at time zone 'Europe/Stockholm' as started
  from cases_case c where c.state in ('initiated', 'consented') {case}
union all
select c.id, c.guideline_id, 'call_after_ready', c.discharge_ready_at
  from cases_case c where c.discharge_ready_at is not null and c.state in ('initiated', 'consented') {case}
union all
select c.id, c.guideline_id, 'meeting', c.need_found_on::timestamp at time zone 'Europe/Stockholm'
  from cases_case c where c.state in ('initiated', 'consented', 'called') and c.lead_unit_id is null {case}
"""

MISSING = """
insert into cases_deadline (case_id, kind, due_on, started_at, statutory, source, warn_before_days)
select s.id, s.kind, (s.started at time zone 'Europe/Stockholm')::date + r.amount, s.started, r.statutory,
       r.legal_source, r.warn_before_days
from ({starts}) s join organisations_deadlinerule r on r.guideline_id = s.guideline_id and r.kind = s.kind
where not exists (select 1 from cases_deadline d where d.case_id = s.id and d.kind = s.kind
  and d.cancelled_at is null and d.started_at = s.started)
on conflict do nothing
"""


def refresh(*, case_id=None) -> int:
    """Make the rows that the guideline demands and that are missing; returns how many."""
    starts = STARTS.format(case="and c.id = %(case)s" if case_id else "")
    with connection.cursor() as cursor:
        cursor.execute(MISSING.format(starts=starts), {"case": case_id})
        return cursor.rowcount


def meet(*, case, kind: str) -> int:
    """Mark the open deadline of that kind as met now."""
    open_rows = Deadline.objects.filter(case=case, kind=kind, met_at=None, cancelled_at=None)
    return open_rows.update(met_at=timezone.now())


def cancel(*, case, kind: str | None = None) -> int:
    """Cancel the open deadlines of that kind, or all."""
    open_rows = Deadline.objects.filter(case=case, met_at=None, cancelled_at=None)
    if kind:
        open_rows = open_rows.filter(kind=kind)
    return open_rows.update(cancelled_at=timezone.now())


def agree(*, case, kind: str, due_on, source: str, warn_before_days=(14, 1)) -> Deadline:
    """Set a deadline that people agreed on (TID-4); an earlier open one of the kind is cancelled."""
    cancel(case=case, kind=kind)
    return Deadline.objects.create(
        case=case,
        kind=kind,
        due_on=due_on,
        started_at=timezone.now(),
        statutory=False,
        source=source,
        warn_before_days=list(warn_before_days),
    )
