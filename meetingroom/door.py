"""The door to meeting mode: the meeting's own page, kept open for its length and half an hour (MOT-2)."""

from functools import wraps

from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from cases import frame
from meetingroom.models import Room
from meetingroom.pages import address
from meetings.models import MeetingKind, MeetingState
from organisations import session_window
from plans import services as plans
from plans.editor import by_itself
from plans.models import BlockKey

GOES_ON = (MeetingState.CALLED, MeetingState.HELD)
OVER = "Mötet är avslutat. Det du skrev är inte sparat. Kopiera det innan du går vidare."
NO_DRAFT = "Det finns inget utkast att skriva i längre. Det du skrev är inte sparat. Kopiera det innan du går vidare."
GONE = "Någon har tagit bort den här delen. Det du skrev är inte sparat. Kopiera det innan du går vidare."
# What somebody writes in the forms of the mode, beside the texts of the plan.
WRITTEN = {
    *BlockKey.values, "text", "how_noticed", "doer_name", "frequency", "place", "view", "name", "about", "others",
    "follow_up_on", "follow_up_place", "follow_up_caller", "agenda", "connection_help",
}  # fmt: skip


def in_room(view):
    """Give a case view the room; when the meeting is over there is nothing there, and the window closes."""

    @wraps(view)
    def inside(request, case, meeting, *args, **kwargs):
        rooms = Room.objects.select_related("meeting__chair", "meeting__writer", "meeting__called_by")
        room = get_object_or_404(rooms, case=case, meeting=meeting)
        if not room.is_open or room.meeting.state not in GOES_ON:
            session_window.close(request.session)
            return not_saved(request, case, OVER) or leave(request, case, room.meeting)
        keep_window(request, room)
        return view(request, case, room, *args, **kwargs)

    return inside


def in_draft(view):
    """Give a view of the room the draft too; without one there is only the first part, and what was typed is shown."""

    @wraps(view)
    def writing(request, case, room, *args, **kwargs):
        plan = plans.draft_of(case) if room.meeting.state == MeetingState.HELD else None
        if plan is None:
            return not_saved(request, case, NO_DRAFT) or redirect(address(room, "attend"))
        plan.case = case
        try:
            return view(request, case, room, plan, *args, **kwargs)
        except Http404:
            # Somebody took the goal or the measure away while this was written.
            lost = not_saved(request, case, GONE)
            if lost is None:
                raise
            return lost

    return in_room(writing)


def not_saved(request, case, why: str):
    """What was typed, when it can not be saved; None when nothing was."""
    if request.method != "POST":
        return None
    if by_itself(request):
        return JsonResponse({"errors": [why]})
    typed = [text for name, text in request.POST.items() if name in WRITTEN and text.strip()]
    if not typed:
        return None
    shown = frame.context(case, request.actor, here="meetings") | {"typed": typed, "why": why}
    return render(request, "meetingroom/not_saved.html", shown, status=409)


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
