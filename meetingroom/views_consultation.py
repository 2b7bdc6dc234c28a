"""Samråd (MOT-4): asked for at the meeting or later, offered, and how it went."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from cases import frame
from cases.access import door, may
from meetingroom import consultation, pages
from meetingroom.door import in_room
from meetingroom.forms import AskForm, FinishForm, OfferForm
from meetingroom.models import Consultation
from meetingroom.views import page_or_form, show
from organisations import held
from organisations.errors import shown_on


@held.refills
@page_or_form
@door("meetings.hold")
@in_room
def at_meeting(request, case, room):
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            consultation.ask(case=case, meeting=room.meeting, by=request.actor, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, "Personens begäran om samråd är inskriven. Klockan går från nu.")
            return redirect(pages.address(room, "part", pages.SUMMARY))
    return show(request, "consult", pages.writing(request, case, room, form))


@require_safe
@door("cases.view")
def overview(request, case):
    shown = frame.context(case, request.actor, here="meetings")
    rows = list(consultation.of_case(case))
    clock = case.deadlines.filter(kind="consultation", met_at=None, cancelled_at=None).first()
    return show(request, "consultations", shown | {
        "rows": rows, "clock": clock, "may_consult": may(case, request.actor, "meetings.consult"),
    })  # fmt: skip


@held.refills
@page_or_form
@door("meetings.consult")
def ask(request, case):
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            consultation.ask(case=case, by=request.actor, **form.cleaned_data)
        if form.is_valid():
            return back(request, case, "Begäran om samråd är inskriven. Klockan går från nu.")
    return one(request, case, form, "Personen vill ha samråd", "Skriv in begäran")


@page_or_form
@door("meetings.consult")
def offer(request, case, number):
    found = row_of(case, number)
    form = OfferForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            consultation.offer(case=case, consultation=found, by=request.actor, **form.values())
        if form.is_valid():
            return back(request, case, "Tiden för samråd är inskriven.")
    return one(request, case, form, "Erbjud en tid för samråd", "Spara tiden", found)


@held.refills
@page_or_form
@door("meetings.consult")
def finish(request, case, number):
    found = row_of(case, number)
    form = FinishForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            consultation.finish(case=case, consultation=found, by=request.actor, **form.cleaned_data)
        if form.is_valid():
            return back(request, case, "Samrådet är avslutat.")
    return one(request, case, form, "Hur blev samrådet?", "Spara", found)


def row_of(case, number: int) -> Consultation:
    return get_object_or_404(Consultation, case=case, pk=number)


def back(request, case, text: str):
    messages.success(request, text)
    return redirect("meetingroom:consultations", case.pk)


def one(request, case, form, heading: str, button: str, row=None):
    shown = frame.context(case, request.actor, here="meetings")
    return show(request, "consultation", shown | {"form": form, "heading": heading, "button": button, "row": row})
