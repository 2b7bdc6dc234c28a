"""A measure's own dates: those who do it are told before, on and after the day, then the unit's manager (TID-7).

The measure is the clock: it cannot be changed once the plan is approved, and a new version's measure is a new clock.
"""

from dataclasses import dataclass

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from cases import clock_pages
from notifications.reminders import WARN_AT_MOST, cancelling, remind
from organisations import swedish
from organisations.jobs import alone, must_see
from organisations.models import DeadlineRule
from plans.models import Doer, Measure, MeasureReport, MeasureStatus, PlanState

KIND = "measure"
LATEST = """(select q.status from plans_measurereport q where q.measure_id = {measure}.id
  order by q.reported_at desc, q.id desc limit 1)"""


@dataclass(frozen=True)
class Day:
    """One of a measure's two dates, and the states in which nothing more has to happen by it."""

    column: str
    prefix: str
    over: tuple[str, ...]
    warns: bool

    @property
    def sql_over(self) -> str:
        states = ", ".join(f"'{status}'" for status in self.over)
        return f"coalesce({LATEST.format(measure='m')} in ({states}), false)"


FINISHED = (MeasureStatus.DONE.value, MeasureStatus.NOT_DONE.value)
ENDS = Day("ends_on", "measure", FINISHED, warns=True)
# That something is to begin is told on the day; the warning is for what is to be finished.
STARTS = Day("starts_on", "measure_start", (MeasureStatus.ONGOING.value, *FINISHED), warns=False)
DAYS = (STARTS, ENDS)

# The unit that does it, if it sees the case; else the one that leads. The rule is that of the day of approval.
SOURCE = """
select m.id, m.case_id, c.reference, m.{column} as due_on, {warn} as warn, r.escalate_after_days as escalate,
       coalesce(d.unit_id, c.lead_unit_id, c.owner_unit_id) as owner_unit, c.lead_unit_id as lead_unit
from plans_measure m
join plans_goal g on g.id = m.goal_id
join plans_plan p on p.id = g.plan_id and p.state = 'approved'
join cases_case c on c.id = m.case_id and c.state not in ('closed', 'declined')
join organisations_deadlinerule r on r.guideline_id = c.guideline_id and r.kind = 'measure'
 and (p.approved_at at time zone 'Europe/Stockholm')::date
   between coalesce(r.valid_from, '-infinity'::date) and coalesce(r.valid_to, 'infinity'::date)
left join lateral (select a.unit_id from case_access a where a.case_id = m.case_id and a.unit_id = m.unit_id
  and a.valid_to >= %(today)s and not a.emergency limit 1) d on true
where m.{column} between %(today)s - 8 and %(today)s + 1 + {most} and not {over}
"""
TOLD = '{"before": "", "on": "deadline", "after": "deadline", "escalate": "deadline_manager"}'
OVER = """select {over} or p.state <> 'approved' or c.state in ('closed', 'declined')
  from plans_measure m join plans_goal g on g.id = m.goal_id join plans_plan p on p.id = g.plan_id
  join cases_case c on c.id = m.case_id where m.id"""
BLIND = """
select exists (select 1 from plans_plan where state = 'approved') and not exists (select 1 from plans_measure)
"""


def source(day: Day) -> str:
    warn = "r.warn_before_days" if day.warns else "'{}'::smallint[]"
    return SOURCE.format(column=day.column, warn=warn, most=WARN_AT_MOST, over=day.sql_over)


def sweep(*, now=None) -> int:
    """Remind of the measures' dates; returns how many rows were made.

    Raises BlindSweep when the worker's role does not see them.
    """
    with alone("measures") as cursor:
        if cursor is None:
            return 0
        must_see(cursor, BLIND, "the measures of the plans in force")
        for day in DAYS:
            cursor.execute(cancelling(day.prefix, OVER.format(over=day.sql_over)))
    return sum(remind(job="measures", source=source(day), prefix=day.prefix, kinds=TOLD, now=now) for day in DAYS)


def open_clocks(case, today) -> list[dict]:
    """The dates of the measures in force that are still to be met, as far as the reader may see the measures."""
    latest = MeasureReport.objects.filter(measure_id=OuterRef("pk")).order_by("-reported_at", "-pk").values("status")
    dated = Q(ends_on__isnull=False) | Q(starts_on__isnull=False)
    rows = Measure.objects.annotate(status=Subquery(latest[:1])).select_related("goal__plan", "unit")
    found = list(rows.filter(dated, case=case, goal__plan__state=PlanState.APPROVED).order_by("pk"))
    rules = list(DeadlineRule.objects.filter(guideline=case.guideline_id, kind=KIND)) if found else []
    return [
        clock(measure, day, rule, today)
        for measure in found
        for day in DAYS
        if getattr(measure, day.column) and measure.status not in day.over
        if (rule := rule_of(measure, rules))
    ]


def rule_of(measure: Measure, rules: list) -> DeadlineRule | None:
    """The rule of the day when the plan was approved."""
    on = timezone.localdate(measure.goal.plan.approved_at)
    fits = (r for r in rules if (r.valid_from or on) <= on <= (r.valid_to or on))
    return next(fits, None)


def clock(measure: Measure, day: Day, rule: DeadlineRule, today) -> dict:
    """What the page of clocks shows of one date."""
    due_on = getattr(measure, day.column)
    plan = measure.goal.plan
    what = "ska vara klar" if day is ENDS else "ska börja"
    who = measure.unit.name if measure.unit_id else measure.doer_name or Doer(measure.doer).label
    return clock_pages.agreed(
        kind=KIND,
        name="Insats ska vara klar" if day is ENDS else "Insats ska börja",
        due_on=due_on,
        today=today,
        why=f"Version {plan.version} av planen, godkänd {swedish.short_date(plan.approved_at)}, säger att insatsen "
        f"{what} {swedish.short_date(due_on)}. {who}: {measure.text}",
        source=rule.legal_source,
    )
