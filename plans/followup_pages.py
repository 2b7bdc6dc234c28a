"""What the follow-up's pages show, as plain context for the templates."""

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from cases import frame
from cases.access import may
from cases.enums import DeadlineKind, State
from organisations import swedish
from plans import documents, followups, services
from plans.models import FollowUp, Measure, MeasureStatus, PlanState
from plans.sharing import PART_NOT_SHARED

TAGS = {
    MeasureStatus.PLANNED: ("info", "clock"),
    MeasureStatus.ONGOING: ("info", "arrow-right"),
    MeasureStatus.DONE: ("success", "check"),
    MeasureStatus.NOT_DONE: ("danger", "x"),
}


def subject(case):
    """The plan in force, the measures to ask about, and the meetings that the follow-up can have been held at."""
    plan = services.in_force(case)
    measures = followups.measures_with_status(plan) if plan else []
    return plan, measures, followups.meetings_of(case)


def measure_of(case, pk: int) -> Measure:
    found = Measure.objects.select_related("goal__plan", "unit", "authority")
    measure = get_object_or_404(found, case=case, goal__plan__state=PlanState.APPROVED, pk=pk)
    measure.goal.plan.case = case
    return measure


def overview(actor, case) -> dict:
    plan = services.in_force(case)
    measures = followups.measures_with_status(plan) if plan else []
    today = timezone.localdate()
    deadline = case.deadlines.filter(kind=DeadlineKind.FOLLOW_UP, met_at=None, cancelled_at=None).first()
    return {
        **frame.context(case, actor, here="follow_up"),
        "plan": plan,
        "next_on": deadline.due_on if deadline else None,
        "late": bool(deadline and deadline.due_on < today),
        "today": today,
        "measures": [shown(measure, case, actor, today) for measure in measures],
        "history": list(followups.history(case)),
        "may_follow_up": bool(plan) and may(case, actor, "plans.follow_up"),
        "may_edit": may(case, actor, "plans.edit"),
        "meeting_called": case.state == State.CALLED,
        "part_not_shared": "" if plan is None or plan.seen_whole else PART_NOT_SHARED,
    }


def shown(measure, case, actor, today) -> dict:
    latest = measure.latest
    kind, icon = TAGS[latest.status] if latest else ("", "clock")
    started = latest is not None and latest.status != MeasureStatus.PLANNED
    return {
        "row": measure,
        "kind": documents.who_kind(measure),
        "when": documents.measure_when(measure),
        "status": latest.get_status_display() if latest else "Inget sagt",
        "tag": kind,
        "icon": icon,
        "reason": latest.reason if latest else "",
        "told": f"{latest.reported_by.staff.name}, {swedish.when(latest.reported_at, today)}" if latest else "",
        "not_started": not started and measure.starts_on is not None and measure.starts_on < today,
        "overdue": bool(
            measure.ends_on and measure.ends_on < today and (latest is None or latest.status in ("planned", "ongoing"))
        ),
        "may_report": may(case, actor, "plans.report") and followups.may_report(measure, case, actor),
    }


def writing(actor, case, plan, form) -> dict:
    return {
        **frame.context(case, actor, here="follow_up"),
        "form": form,
        "plan": plan,
        "meeting_called": case.state == State.CALLED,
    }


def reporting(actor, case, measure, form) -> dict:
    return {
        **frame.context(case, actor, here="follow_up"),
        "form": form,
        "measure": measure,
        "kind": documents.who_kind(measure),
        "when": documents.measure_when(measure),
    }


def after(case, found: FollowUp) -> str:
    """Where the outcome leads: on as before, to the next version, or to the end of the case."""
    where = {"continue": "plans:follow_ups", "revise": "plans:edit", "close": "plans:close"}[found.outcome]
    return reverse(where, args=[case.pk])
