"""Leading a meeting in meeting mode: begin, who is here, read aloud, rådrum, and never end without a date (MOT-2)."""

from datetime import timedelta

from django.utils import timezone

from audit import log
from cases import services as cases
from cases.enums import State
from meetingroom.models import Room
from meetings import circle
from meetings import services as meetings
from meetings.models import Meeting, MeetingState
from organisations import swedish
from organisations.errors import RuleBroken
from plans import services as plans
from plans.models import Plan

# How long after its planned length a meeting stays open without idle time-out.
GRACE = timedelta(minutes=30)
NOT_YET = "Mötet har inte varit än. Flytta det först om det hålls en annan dag."
WHO_IS_HERE = "Skriv först vilka som är här."
NO_DATE = "Bestäm en dag för uppföljningen innan ni avslutar mötet."
EARLIER_DAY = "Mötet var kallat till en dag som har varit. Välj att det redan har varit, eller flytta det om ni ses nu."
PASSED = "Dagen för uppföljningen har passerat. Bestäm en senare dag innan ni avslutar mötet."


def open_room(*, case, meeting: Meeting, minutes: int, by, afterwards: bool = False) -> Room:
    """Begin the meeting in meeting mode, or, `afterwards`, the writing of one that was held without the system.

    Two who begin at the same time come to the same room. Raises RuleBroken when the meeting is not called to today, or
    before today when it is written in afterwards, or its length is out of bounds.
    """
    meeting = Meeting.objects.select_for_update(no_key=True, of=("self",)).get(pk=meeting.pk)
    if begun := Room.objects.select_related("meeting").filter(meeting=meeting).first():
        return begun
    if meeting.state != MeetingState.CALLED:
        raise RuleBroken(f"Mötet är redan {meeting.get_state_display().lower()}.")
    if timezone.localdate(meeting.starts_at) > timezone.localdate():
        raise RuleBroken(NOT_YET)
    if timezone.localdate(meeting.starts_at) < timezone.localdate() and not afterwards:
        # The clock and the open window are for a meeting that goes on, and an old one is marked as written in late.
        raise RuleBroken(EARLIER_DAY, field="when")
    if not circle.SHORTEST <= minutes <= circle.LONGEST:
        raise RuleBroken(f"Skriv en längd från {circle.SHORTEST} till {circle.LONGEST} minuter.", field="minutes")
    if case.plans.filter(state="draft", correction__isnull=False).exists():
        raise RuleBroken("En rättelse av planen pågår. Godkänn den innan mötet börjar.")
    now = timezone.now()
    room = Room.objects.create(
        case=case, meeting=meeting, minutes=minutes, afterwards=afterwards, opened_at=now,
        opened_by_id=by.assignment_id, closes_at=now + timedelta(minutes=minutes) + GRACE,
    )  # fmt: skip
    record("opened", room, case)
    return room


def going_on(case) -> int | None:
    """The meeting that is held in meeting mode and has not been ended; nothing once the plan is approved."""
    if case.state not in (State.MET, State.FOLLOWING_UP):
        return None
    rooms = Room.objects.filter(case=case, ended_at=None, meeting__state=MeetingState.HELD).order_by("-opened_at")
    return rooms.values_list("meeting_id", flat=True).first()


def attend(*, case, room: Room, came, person_came: bool, by, others=()) -> Plan:
    """Write who is here (MOT-3): from now on the meeting is held, and the draft can be written in."""
    meetings.hold(
        case=case, meeting=room.meeting, came=came, person_came=person_came, others=others, by=by,
        afterwards=room.afterwards,
    )  # fmt: skip
    return draft_of(case=case, room=room, by=by)


def draft_of(*, case, room: Room, by) -> Plan:
    """The draft that the meeting writes in, begun if there is none; it says that it was written at this meeting."""
    draft = plans.draft_of(case) or plans.start_draft(case=case, by=by)
    if draft.meeting_id != room.meeting_id:
        locked = plans.locked_draft(draft)
        locked.meeting_id = room.meeting_id
        locked.save(update_fields=["meeting"])
    return draft


def read_aloud(*, case, room: Room, by) -> None:
    """The summary has been read aloud, so that all have heard the same."""
    room.read_aloud_at = timezone.now()
    room.save(update_fields=["read_aloud_at"])
    record("read_aloud", room, case)


def end(*, case, room: Room, by) -> Room:
    """End the meeting. Raises RuleBroken until it is known who came and when the follow-up is (UPP-1)."""
    room = locked(room)
    must_have_begun(room)
    plan = plans.draft_of(case) or plans.in_force(case)
    day = plan.follow_up_on if plan else None
    if day is None:
        raise RuleBroken(NO_DATE, field="follow_up_on")
    if day <= timezone.localdate():
        raise RuleBroken(PASSED, field="follow_up_on")
    _finish(room, by=by, follow_up_on=day)
    text = f"Mötet avslutades. Uppföljning {swedish.short_date(day)}"
    cases.note(case, kind="meeting_ended", text=text, by=by)
    record("ended", room, case)
    return room


def respite(*, case, room: Room, by, **details) -> Meeting:
    """Rådrum (MOT-4): the services confer, and all are called to a new time; the draft stays as it is.

    `details` are those of `meetings.services.call`. Raises RuleBroken before it is known who is here.
    """
    room = locked(room)
    must_have_begun(room)
    new = meetings.call(case=case, by=by, **details)
    _finish(room, by=by, next_meeting=new)
    cases.note(case, kind="respite", text=f"Rådrum: {meetings.when(new)}", by=by)
    record("respite", room, case)
    return new


def locked(room: Room) -> Room:
    """The room as it stands now. Raises RuleBroken when somebody has ended the meeting."""
    found = Room.objects.select_for_update(no_key=True, of=("self",)).select_related("meeting").get(pk=room.pk)
    if not found.is_open:
        raise RuleBroken("Mötet är redan avslutat.")
    return found


def must_have_begun(room: Room) -> None:
    if room.meeting.state != MeetingState.HELD:
        raise RuleBroken(WHO_IS_HERE)


def _finish(room: Room, *, by, **how) -> None:
    for name, value in how.items():
        setattr(room, name, value)
    room.ended_at, room.ended_by_id = timezone.now(), by.assignment_id
    room.save(update_fields=["ended_at", "ended_by", *how])


def record(what: str, room: Room, case) -> None:
    log.record(f"meetingroom.{what}", case_id=case.pk, person_id=case.person_id, object_id=str(room.meeting_id))
