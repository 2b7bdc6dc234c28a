"""The list of calls about a meeting that is not to be, and the meeting's calendar entry as a file."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from audit import log
from cases.access import door
from meetings import calendar, calling, calling_pages
from meetings.calling_forms import CallForm
from meetings.models import MeetingState
from meetings.views import meeting_of, page
from notifications.calendar import FILE_NAME
from organisations.errors import shown_on


@require_safe
@door("meetings.phone")
def phone_list(request, case, meeting):
    """Whom to phone (KAL-7)."""
    return page(request, case, "phone_list", **calling_pages.phone_list(case, meeting_of(case, meeting)))


@require_POST
@door("meetings.phone")
def phoned(request, case, meeting, call):
    """How one call went; the list stays until each is over."""
    found = meeting_of(case, meeting)
    row = get_object_or_404(calling_pages.calls_of(found), pk=call)
    form = CallForm(request.POST, call=row)
    if form.is_valid():
        with shown_on(form):
            calling.record(case=case, call=row, by=request.actor, **form.values())
    if form.is_valid():
        messages.success(request, "Samtalet är inskrivet.")
        return redirect("meetings:phone_list", case.pk, meeting)
    return page(request, case, "phone_list", **calling_pages.phone_list(case, found, bound=form))


@require_safe
@door("cases.view")
def calendar_file(request, case, meeting):
    """The entry to put into a calendar, or to take out of it; it says only when."""
    log.record("meetings.calendar", action=log.READ, case_id=case.pk, person_id=case.person_id, object_id=str(meeting))
    return as_file(meeting_of(case, meeting))


def as_file(meeting) -> HttpResponse:
    if meeting.state not in (MeetingState.CALLED, MeetingState.CANCELLED):
        raise Http404
    answer = HttpResponse(calendar.file_of(meeting), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{FILE_NAME}"'
    return answer
