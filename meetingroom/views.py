"""The pages of meeting mode: thin, the rules are in the services."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from cases import frame
from cases.access import door
from meetingroom import pages, saving, services
from meetingroom.door import in_draft, in_room, keep_window, leave
from meetingroom.forms import AttendForm, RespiteForm, StartForm
from meetingroom.models import Room
from meetingroom.notes import Notes
from meetings import circle
from meetings import services as meetings
from meetings.models import Attendance, Meeting, MeetingState
from organisations import held
from organisations.errors import shown_on
from plans.writing import KEPT_THEIRS

page_or_form = require_http_methods(["GET", "POST"])


def show(request, name: str, context: dict):
    return render(request, f"meetingroom/{name}.html", context)


@page_or_form
@door("meetings.hold")
def start(request, case, meeting):
    found = get_object_or_404(Meeting.objects.select_related("chair", "writer"), pk=meeting, case=case)
    room = Room.objects.select_related("meeting").filter(meeting=found).first()
    if room is not None or found.state != MeetingState.CALLED:
        return enter(request, case, found, room)
    form = StartForm(request.POST or None, initial={"minutes": pages.planned_minutes(found)})
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            room = services.open_room(case=case, meeting=found, by=request.actor, **form.values())
        if form.is_valid():
            keep_window(request, room)
            return redirect(pages.address(room, "part", 1))
    shown = frame.context(case, request.actor, here="meetings") | {"form": form, "meeting": found}
    return show(request, "start", shown | {"outline": pages.outline(case, pages.planned_minutes(found))})


def enter(request, case, meeting, room):
    """Back into a meeting that goes on: to the part where it should be. One that is over is not begun."""
    if room is None:
        messages.info(request, f"Mötet är redan {meeting.get_state_display().lower()}.")
        return redirect("meetings:overview", case.pk)
    if not room.is_open:
        return leave(request, case, room.meeting)
    here = 1 if room.meeting.state == MeetingState.CALLED or room.afterwards else pages.due(case, room)
    return redirect(pages.address(room, "part", here))


@held.refills
@page_or_form
@door("meetings.hold")
@in_room
def attend(request, case, room):
    """The first part: who is here (MOT-3)."""
    if request.method == "POST" and room.meeting.state != MeetingState.CALLED:
        return go_on_from_first(request, case, room)
    called = room.meeting.state == MeetingState.CALLED
    form = AttendForm(request.POST or None, meeting=room.meeting) if called else None
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            services.attend(case=case, room=room, by=request.actor, **form.values())
        if form.is_valid():
            messages.success(request, "Närvaron är sparad. Nu går det att skriva i planen.")
            return redirect(pages.address(room, "part", 2))
    return show(request, "part", pages.part_page(request, case, room, 1, form=form))


def go_on_from_first(request, case, room):
    """Who is here is known already: begin the draft, or end a meeting whose plan is approved."""
    go = request.POST.get("go")
    if go == "end":
        services.end(case=case, room=room, by=request.actor)
        messages.success(request, "Mötet är avslutat.")
        return leave(request, case, room.meeting)
    if go == "draft":
        services.draft_of(case=case, room=room, by=request.actor)
        return redirect(pages.address(room, "part", 2))
    messages.info(request, "Närvaron är redan sparad. Se efter att den stämmer.")
    return redirect(pages.address(room, "part", 1))


@require_POST
@door("meetings.hold")
@in_room
def late(request, case, room, attendance):
    row = get_object_or_404(Attendance, pk=attendance, meeting=room.meeting)
    meetings.came_late(case=case, attendance=row, by=request.actor)
    messages.success(request, "Noterat att deltagaren har kommit.")
    return redirect(pages.address(room, "part", 1))


@page_or_form
@door("meetings.hold")
@in_draft
def notes(request, case, room, plan, part):
    """A part in which notes are written; every button saves first, so that nothing typed is lost."""
    found = Notes(case, plan, part, request.POST or None)
    if request.method != "POST":
        return show_notes(request, case, room, found)
    by_itself = saving.by_itself(request)
    whole = found.save(by=request.actor, by_itself=by_itself)
    if by_itself:
        return saving.notes_saved(request, case, found)
    if found.gave_way:
        messages.info(request, KEPT_THEIRS)
    if whole:
        return go_on(request, case, room, part, stay=found.gave_way)
    found.again()
    return show_notes(request, case, room, found)


def show_notes(request, case, room, found):
    return show(request, "part", pages.part_page(request, case, room, found.part, notes=found))


@held.refills
def part(request, pk, meeting, part):
    if part == 1:
        return attend(request, pk=pk, meeting=meeting)
    return notes(request, pk=pk, meeting=meeting, part=min(part, len(circle.PARTS)))


part.action = "meetings.hold"


def go_on(request, case, room, part, *, stay: bool = False):
    """Where the button led, once what was written is saved; whoever chose another's text reads it first."""
    go = "" if stay else request.POST.get("go", "")
    if go == "end":
        return finish(request, case, room)
    if go == "read":
        services.read_aloud(case=case, room=room, by=request.actor)
        messages.success(request, "Noterat att sammanfattningen är uppläst.")
        return redirect(pages.address(room, "part", part + 1))
    if not stay:
        messages.success(request, "Sparat.")
    return redirect(pages.way(room, part, go))


def finish(request, case, room):
    """End the meeting, or show what stops it on the part where it is written."""
    again = Notes(case, services.draft_of(case=case, room=room, by=request.actor), pages.LAST, request.POST)
    form = again.on_what_stands("uppfoljning")
    with shown_on(form):
        services.end(case=case, room=room, by=request.actor)
    if form.is_valid():
        messages.success(request, "Mötet är avslutat.")
        return leave(request, case, room.meeting)
    return show_notes(request, case, room, again)


@held.refills
@page_or_form
@door("meetings.hold")
@in_room
def respite(request, case, room):
    """Rådrum: a new time, and the draft stays (MOT-4)."""
    form = RespiteForm(request.POST or None, case=case, by=request.actor, meeting=room.meeting)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            services.respite(case=case, room=room, by=request.actor, **form.values())
        if form.is_valid():
            messages.success(request, "Rådrum. Enheterna är kallade till den nya tiden, och er text är kvar.")
            return leave(request, case, room.meeting)
    return show(request, "respite", pages.writing(request, case, room, form))
