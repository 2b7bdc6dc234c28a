"""Which deviations are there, and which could be reported from who did not come (MOT-3)."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, F, OuterRef, Q
from django.http import Http404

from cases.topics import mask_of
from deviations.models import AbsenceDecision, AbsenceOutcome, Deviation, DeviationState
from meetings.models import Attendance, MeetingState
from organisations import swedish
from organisations.models import Unit

NAMES = ("concerns_unit", "reported_unit", "reported_by__staff", "received_by__staff", "answered_by__staff")
# Who takes the next step: the unit it concerns, or the one that reported.
STEPS = {
    "receive": (DeviationState.REPORTED, "concerns_unit_id"),
    "answer": (DeviationState.RECEIVED, "concerns_unit_id"),
    "close": (DeviationState.ANSWERED, "reported_unit_id"),
}


def in_case(case):
    found = Deviation.objects.filter(case=case).select_related(*NAMES, "closed_by__staff")
    return found.order_by("-reported_at", "-pk")


def of_unit(unit_id):
    """The unit's own and those that concern it, unfinished first."""
    mine = Deviation.objects.filter(concerns_unit_id=unit_id) | Deviation.objects.filter(reported_unit_id=unit_id)
    found = mine.select_related("case", "concerns_unit", "reported_unit")
    return found.order_by("closed_at", "-reported_at", "-pk")


def next_step(deviation, unit_id) -> str:
    """The step that waits for this unit: receive, answer, close, or nothing."""
    for step, (state, column) in STEPS.items():
        if deviation.state == state and getattr(deviation, column) == unit_id:
            return step
    return ""


def deviation_for(case, pk, actor, step: str) -> Deviation:
    """The case's deviation for a step. Raises Http404 when there is none, PermissionDenied for the wrong side."""
    deviation = in_case(case).select_related("case").filter(pk=pk).first()
    if deviation is None:
        raise Http404
    if getattr(deviation, STEPS[step][1]) != actor.unit_id:
        raise PermissionDenied("Din enhet har inte den rollen i avvikelsen.")
    return deviation


def units_to_report(case, actor):
    """The parties' units and the owner's, without one's own."""
    parties = case.participations.active().values("unit_id")
    found = Unit.objects.filter(pk__in=parties) | Unit.objects.filter(pk=case.owner_unit_id)
    return found.exclude(pk=actor.unit_id).order_by("name")


@dataclass(frozen=True)
class Absence:
    """A party with the duty that stayed away, and the ready-made text."""

    attendance_id: int
    unit: Unit
    text: str


def absences(case, actor) -> list[Absence]:
    """Parties with the duty that did not come to a held meeting and are not yet reported (MOT-3)."""
    return [Absence(row.pk, row.unit, absent_text(row)) for row in undecided(actor.unit_id).filter(case=case)]


def undecided(unit_id):
    """Attendance rows of those with the duty that stayed away, neither reported nor dismissed; not one's own unit."""
    reported = Deviation.objects.filter(
        case=OuterRef("case_id"), kind="absent", concerns_unit=OuterRef("unit_id"),
        reported_at__gte=OuterRef("meeting__starts_at"),
    )  # fmt: skip
    found = Attendance.objects.filter(
        ~Exists(reported), came=False, invitation__has_duty=True, meeting__state=MeetingState.HELD, unit__isnull=False,
        absence_decision=None,
    )  # fmt: skip
    return found.exclude(unit_id=unit_id).select_related("unit", "meeting").order_by("-meeting__starts_at", "pk")


def to_decide(unit_id):
    """What huvudansvarig's unit, before the plan the owner's, has to decide on; who the persons are is not said."""
    steers = Q(case__lead_unit_id=unit_id) | Q(case__lead_unit=None, case__owner_unit_id=unit_id)
    return undecided(unit_id).filter(steers).annotate(reference=F("case__reference"), person=F("case__person_id"))


def dismissed(case):
    """The absences that were not reported, with the reason, as far as the reader may see it."""
    found = AbsenceDecision.objects.filter(case=case, outcome=AbsenceOutcome.DISMISSED)
    return found.select_related("attendance__unit", "decided_by__staff").order_by("-decided_at", "-pk")


def absent_text(attendance) -> str:
    meeting = attendance.meeting
    return (
        f"{attendance.unit.name} var kallad till {meeting.get_kind_display()} {swedish.long_date(meeting.starts_at)}"
        " och skyldig att delta, men kom inte."
    )


def suggestion(case, actor, attendance_id) -> dict:
    """What the form starts with when somebody reports an absence; nothing for anything else."""
    for absence in absences(case, actor):
        if str(absence.attendance_id) == attendance_id:
            about = mask_of(["general"])
            return {"kind": "absent", "concerns_unit": absence.unit, "text": absence.text, "topics": about}
    return {}
