"""What the list of calls shows, and what everybody in the case is told about a meeting that is not to be."""

from django.db.models import Count
from django.utils import timezone

from cases import access
from meetings import calling
from meetings.calling_forms import CallForm
from meetings.calling_models import Callee, CancellationCall
from meetings.models import MeetingState

HIDDEN = "Skyddade personuppgifter"
OFF = (MeetingState.CANCELLED, MeetingState.MOVED)


def calls_of(meeting):
    found = CancellationCall.objects.filter(meeting=meeting).order_by("pk")
    return found.select_related(
        "meeting",
        "representative__contact",
        "invitation__unit__organisation",
        "invitation__unit__acts_for",
        "invitation__outside_party",
        "recorded_by__staff",
    )


def phone_list(case, meeting, *, bound=None) -> dict:
    """Whom to phone about a meeting that is not to be (KAL-7); `bound` is the form that was just sent."""
    now = timezone.now()
    rows = [row(case, call, now, bound) for call in calls_of(meeting)]
    return {"meeting": meeting, "rows": rows, "left": sum(not item["over"] for item in rows), "form": bound}


def row(case, call, now, bound) -> dict:
    told = TOLD[call.callee]
    shown = told(case, call) | {"call": call, "over": calling.is_over(call, now), "done": call.reached_at is not None}
    if not shown["done"]:
        own = bound is not None and bound.call_id == call.pk
        shown["form"] = bound if own else CallForm(call=call, name=shown["answers"])
    return shown


def person(case, call) -> dict:
    name = "" if case.is_protected else case.full_name
    return {"kind": "self", "name": name or HIDDEN, "answers": name, **number(case, case.phone)}


def representative(case, call) -> dict:
    one = call.representative
    name = "" if case.is_protected else one.name
    who = f"{one.get_ground_display()}{', ' + one.relation if one.relation and name else ''}"
    return {
        "kind": "relative", "name": name or HIDDEN, "who": who, "answers": name, **number(case, one.contact.phone)
    }  # fmt: skip


def invited(case, call) -> dict:
    invitation = call.invitation
    if invitation.unit_id:
        who = ", ".join(filter(None, [invitation.attendee_name, invitation.attendee_title]))
        unit = invitation.unit
        return {
            "kind": unit.sector, "name": unit.name, "who": who, "answers": invitation.attendee_name,
            "phone": unit.phone, "protected": False,
        }  # fmt: skip
    party = invitation.outside_party
    kind = "relative" if party.kind == "relative" else "other"
    name = "" if case.is_protected else party.name
    who = party.relation or party.get_kind_display()
    return {"kind": kind, "name": name or HIDDEN, "who": who, "answers": name, **number(case, party.phone)}


def interpreter(case, call) -> dict:
    """The one who was booked; the number stands with whoever ordered."""
    who = f"Bokad till mötet{', ' + case.language if case.language else ''}"
    return {"kind": "other", "name": "Tolken", "who": who, "answers": "", "phone": "", "protected": False}


TOLD = {
    Callee.PERSON: person,
    Callee.REPRESENTATIVE: representative,
    Callee.INTERPRETER: interpreter,
    Callee.INVITED: invited,
}


def number(case, phone: str) -> dict:
    """A number, or that it is protected: it is shown in the case to one who chooses to see it, and that is logged."""
    return {"phone": "" if case.is_protected else phone, "protected": case.is_protected}


def with_calls(meetings):
    """Annotate meetings with how many calls are left, for `called_off`."""
    return meetings.annotate(left=Count("calls", filter=calling.left(timezone.now(), at="calls__")))


def called_off(case, actor, meetings) -> dict | None:
    """The latest of today's meetings that is not to be, or one whose calls are not over; for everybody in the case."""
    off = [meeting for meeting in meetings if meeting.state in OFF and (meeting.left or calling.is_today(meeting))]
    if not off:
        return None
    meeting = max(off, key=lambda one: (one.left > 0, one.pk))
    may_phone = meeting.left > 0 and access.may(case, actor, "meetings.phone")
    return {"meeting": meeting, "left": meeting.left, "may_phone": may_phone}
