"""What the unit leads and must follow up: follow-ups due and late, and measures that have not begun (UPP-2, UPP-5)."""

from datetime import timedelta

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from audit import log
from cases.enums import DeadlineKind
from cases.models import Deadline
from organisations import swedish
from plans.models import Measure, MeasureReport, MeasureStatus, PlanState

SOON = timedelta(days=14)
AHEAD = timedelta(days=60)
MOST = 200


def due_follow_ups(actor, today, *, mine: bool):
    """Open follow-up deadlines of the cases that the unit leads, the latest first."""
    rows = Deadline.objects.filter(
        kind=DeadlineKind.FOLLOW_UP,
        met_at=None,
        cancelled_at=None,
        due_on__lte=today + AHEAD,
        case__lead_unit_id=actor.unit_id,
    )
    if mine:
        rows = rows.filter(case__lead_staff_id=actor.staff_id)
    return rows.select_related("case__person", "case__lead_staff").order_by("due_on", "pk")[:MOST]


def standing_measures(actor, today, *, mine: bool):
    """Measures in force whose day has passed and that nobody has begun, finished or explained."""
    latest = MeasureReport.objects.filter(measure_id=OuterRef("pk")).order_by("-reported_at").values("status")
    rows = Measure.objects.annotate(status=Subquery(latest[:1])).filter(
        Q(starts_on__lt=today, status=None)
        | Q(starts_on__lt=today, status=MeasureStatus.PLANNED)
        | Q(ends_on__lt=today, status=None)
        | Q(ends_on__lt=today, status__in=[MeasureStatus.PLANNED, MeasureStatus.ONGOING]),
        goal__plan__state=PlanState.APPROVED,
    )
    if mine:
        rows = rows.filter(case__lead_staff_id=actor.staff_id)
    else:
        rows = rows.filter(Q(case__lead_unit_id=actor.unit_id) | Q(unit_id=actor.unit_id))
    return rows.select_related("case", "unit").order_by("starts_on", "pk")[:MOST]


def page(actor, *, mine: bool) -> dict:
    """The template context; logs one row with the persons shown."""
    today = timezone.localdate()
    dues = [due_row(d, actor, today) for d in due_follow_ups(actor, today, mine=mine)]
    measures = list(standing_measures(actor, today, mine=mine))
    persons = {row["case"].person_id for row in dues} | {m.case.person_id for m in measures}
    log.record("cases.follow_ups_listed", action=log.READ, persons=sorted(persons))
    groups = [
        {"name": "Försenat", "late": True, "rows": [r for r in dues if r["late"]]},
        {"name": "Inom två veckor", "late": False, "rows": [r for r in dues if r["soon"]]},
        {"name": "Senare", "late": False, "rows": [r for r in dues if not r["late"] and not r["soon"]]},
    ]
    return {"mine": mine, "today": today, "groups": [g for g in groups if g["rows"]], "measures": measures}


def due_row(deadline, actor, today) -> dict:
    return {
        "case": deadline.case,
        "due_on": deadline.due_on,
        "late": deadline.due_on < today,
        "soon": today <= deadline.due_on <= today + SOON,
        "due_text": swedish.due(deadline.due_on, today),
        "lead_is_me": deadline.case.lead_staff_id == actor.staff_id,
    }
