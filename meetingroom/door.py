"""The door to meeting mode: the meeting's own page, kept open for its length and half an hour (MOT-2)."""

from functools import wraps

from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from meetingroom.models import Room
from meetingroom.pages import address
from meetings.models import MeetingKind, MeetingState
from organisations import session_window
from plans import services as plans

GOES_ON = (MeetingState.CALLED, MeetingState.HELD)


def in_room(view):
    """Give a case view the room; when the meeting is over there is nothing there, and the window closes."""

    @wraps(view)
    def inside(request, case, meeting, *args, **kwargs):
        rooms = Room.objects.select_related("meeting__chair", "meeting__writer", "meeting__called_by")
        room = get_object_or_404(rooms, case=case, meeting=meeting)
        if not room.is_open or room.meeting.state not in GOES_ON:
            return leave(request, case, room.meeting)
        keep_window(request, room)
        return view(request, case, room, *args, **kwargs)

    return inside


def in_draft(view):
    """Give a view of the room the draft too; before it is known who is here there is none."""

    @wraps(view)
    def writing(request, case, room, *args, **kwargs):
        plan = plans.draft_of(case) if room.meeting.state == MeetingState.HELD else None
        if plan is None:
            return redirect(address(room, "attend"))
        plan.case = case
        return view(request, case, room, plan, *args, **kwargs)

    return in_room(writing)


def keep_window(request, room: Room) -> None:
    """The page stays open without idle time-out, for this user, while the meeting's time lasts."""
    if room.afterwards or timezone.now() > room.closes_at:
        session_window.close(request.session)
        return
    until = int(room.closes_at.timestamp())
    session_window.keep(request.session, path=address(room, "start"), until=until, user_id=request.user.pk)


def leave(request, case, meeting):
    """To what comes after the meeting."""
    session_window.close(request.session)
    if meeting.state != MeetingState.HELD:
        return redirect("meetings:overview", case.pk)
    return redirect("plans:follow_up" if meeting.kind == MeetingKind.FOLLOW_UP else "plans:plan", case.pk)
