"""The ward's pages before any consent: its inpatients, the admission notice and what follows it (UTS-1)."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from discharge import lists, notices, pages, process
from discharge.doors import door, form_page
from discharge.forms import (
    AdmitForm,
    BreakForm,
    HomeForm,
    JudgedForm,
    NewDayForm,
    NoticeForm,
    RecallForm,
    ReceiversForm,
)
from discharge.models import Admission
from organisations.access import allowed

page_or_form = require_http_methods(["GET", "POST"])


@require_safe
@allowed("discharge.ward")
def ward(request):
    choice = "klara" if request.GET.get("visa") == "klara" else ""
    shown = lists.ward_page(request.actor, choice=choice, number=request.GET.get("sida", "1"))
    may_admit = request.actor.may("discharge.admit") and not notices.why_not_admit(by=request.actor)
    return render(request, "discharge/ward.html", shown | {"may_admit": may_admit})


@page_or_form
@sensitive_post_parameters()
@allowed("discharge.admit")
def admit(request):
    refusal = notices.why_not_admit(by=request.actor)
    form = AdmitForm(request.POST or None)
    pk = request.POST.get("admission_id")

    def act(form):
        notices.admit(by=request.actor, **form.values())

    to = ("discharge:send", pk)
    shown = {"refusal": refusal}
    return form_page(request, "discharge/admit.html", form, act, done="Inskrivningen är sparad.", to=to, context=shown)


@require_safe
@door(Admission, "discharge.ward")
def admission(request, admission):
    return render(request, "discharge/admission.html", pages.admission(admission, request.actor))


@require_POST
@door(Admission, "discharge.ward")
def reveal(request, admission):
    """Who it is behind a protection mark, on this answer alone, by a choice that is logged."""
    pages.note_reveal(admission)
    return render(request, "discharge/admission.html", pages.admission(admission, request.actor, revealed=True))


@page_or_form
@door(Admission, "discharge.admit")
def send(request, admission):
    found = pages.found_units(admission.ward_unit_id, request.GET.get("q", ""), request.POST)
    form = NoticeForm(request.POST or None, found=found)

    def act(form):
        notices.send(admission=admission, by=request.actor, **form.cleaned_data)

    to, shown = ("discharge:admission", admission.pk), pages.around(admission, "Skicka inskrivningsmeddelandet")
    done = "Inskrivningsmeddelandet är skickat."
    return form_page(request, "discharge/send.html", form, act, done=done, to=to, context=shown)


@page_or_form
@door(Admission, "discharge.admit")
def add_receivers(request, admission):
    found = pages.found_units(admission.ward_unit_id, request.GET.get("q", ""), request.POST)
    form = ReceiversForm(request.POST or None, found=found)

    def act(form):
        notices.add_receivers(admission=admission, by=request.actor, **form.cleaned_data)

    to, shown = ("discharge:admission", admission.pk), pages.around(admission, "Skicka till fler")
    return form_page(request, "discharge/send.html", form, act, done="Meddelandet är skickat.", to=to, context=shown)


@page_or_form
@door(Admission, "discharge.admit")
def new_day(request, admission):
    form = NewDayForm(request.POST or None)

    def act(form):
        notices.new_day(admission=admission, by=request.actor, **form.cleaned_data)

    to, shown = ("discharge:admission", admission.pk), pages.around(admission, "Ändra utskrivningsdagen")
    done = "Mottagarna har fått den nya dagen."
    return form_page(request, "discharge/step.html", form, act, done=done, to=to, context=shown)


@page_or_form
@door(Admission, "discharge.admit")
def recall(request, admission, receiver):
    found = get_object_or_404(notices.NoticeReceiver, pk=receiver, notice__admission=admission)
    form = RecallForm(request.POST or None)

    def act(form):
        notices.recall(receiver=found, by=request.actor, **form.cleaned_data)

    to = ("discharge:admission", admission.pk)
    shown = pages.around(admission, "Felsänt meddelande") | {"text": pages.recall_text(found)}
    done = "Återkallat och antecknat som felaktigt utlämnande."
    return form_page(request, "discharge/step.html", form, act, done=done, to=to, context=shown)


@page_or_form
@door(Admission, "discharge.admit")
def judged(request, admission):
    form = JudgedForm(request.POST or None)

    def act(form):
        notices.judged(admission=admission, by=request.actor, **form.values())

    to, shown = ("discharge:admission", admission.pk), pages.around(admission, "Läkarens bedömning")
    done = "Bedömningen är sparad, och de 24 timmarna räknas från den."
    return form_page(request, "discharge/step.html", form, act, done=done, to=to, context=shown)


@page_or_form
@door(Admission, "discharge.admit")
def break_off(request, admission):
    form = BreakForm(request.POST or None)

    def act(form):
        process.break_off(admission=admission, by=request.actor, **form.cleaned_data)

    to, shown = ("discharge:admission", admission.pk), pages.around(admission, "Avbryt processen")
    return form_page(request, "discharge/step.html", form, act, done="Processen är avbruten.", to=to, context=shown)


@page_or_form
@door(Admission, "discharge.admit")
def end(request, admission):
    form = HomeForm(request.POST or None)

    def act(form):
        process.end(admission=admission, by=request.actor, **form.values())

    to, shown = ("discharge:admission", admission.pk), pages.around(admission, "Personen åker hem")
    done = "Hemgången är sparad och processen avslutad."
    return form_page(request, "discharge/step.html", form, act, done=done, to=to, context=shown)


@require_POST
@door(Admission, "discharge.admit")
def open_case(request, admission):
    """The ward opens the case itself; the receivers see it once the person has said yes."""
    made = process.open_case(notice=notices.notice_of(admission), by=request.actor)
    messages.success(request, "Ärendet är öppnat. Fråga personen om samtycke.")
    return redirect("discharge:overview", made.case_id)
