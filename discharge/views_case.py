"""The discharge in its case: who coordinates, utskrivningsklar, decision, open care, going home (UTS-2 to UTS-6)."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.access import door
from discharge import pages, process
from discharge.doors import form_page
from discharge.forms import ContactForm, DecideForm, GapEndForm, GapForm, HomeForm, ReadyForm

page_or_form = require_http_methods(["GET", "POST"])


@require_safe
@door("discharge.view")
def overview(request, case):
    return render(request, "discharge/overview.html", pages.overview(case, request.actor))


@require_safe
@door("discharge.view")
def admitted(request, case):
    """The person was admitted while a SIP is in force: follow up, or end and begin again (UPP-4)."""
    return render(request, "discharge/admitted.html", pages.admitted(case, request.actor))


@page_or_form
@door("discharge.act")
def contact(request, case):
    discharge = pages.current_or_404(case)
    form = ContactForm(request.POST or None, possible=process.possible_contacts(request.actor))

    def act(form):
        process.name_contact(discharge=discharge, by=request.actor, **form.cleaned_data)

    to = ("discharge:overview", case.pk)
    shown = pages.step(case, request.actor, "Fast vårdkontakt", process.why_not_name(discharge, request.actor))
    return form_page(
        request, "discharge/case_step.html", form, act, done="Den fasta vårdkontakten är utsedd.", to=to, context=shown
    )


@require_POST
@door("discharge.act")
def end_contact(request, case, number):
    found = get_object_or_404(case.care_contacts.select_related("staff", "discharge__case", "case"), pk=number)
    process.end_contact(contact=found, by=request.actor)
    messages.success(request, "Uppdraget som fast vårdkontakt är avslutat.")
    return redirect("discharge:overview", case.pk)


@page_or_form
@door("discharge.act")
def ready(request, case):
    discharge = pages.current_or_404(case)
    form = ReadyForm(request.POST or None)

    def act(form):
        process.ready(discharge=discharge, by=request.actor, **form.values())

    to, shown = ("discharge:overview", case.pk), pages.step(case, request.actor, "Underrätta om utskrivningsklar")
    done = "Underrättelsen är skickad. Kallelsen ska skickas inom tre dagar."
    return form_page(request, "discharge/case_step.html", form, act, done=done, to=to, context=shown)


@require_POST
@door("discharge.act")
def not_ready(request, case):
    process.not_ready(discharge=pages.current_or_404(case), by=request.actor)
    messages.success(request, "Underrättelsen är återtagen.")
    return redirect("discharge:overview", case.pk)


@page_or_form
@door("discharge.decide")
def decide(request, case):
    discharge = pages.current_or_404(case)
    form = DecideForm(request.POST or None, initial=pages.decided(discharge))

    def act(form):
        process.decide(discharge=discharge, by=request.actor, **form.values())

    to, shown = ("discharge:overview", case.pk), pages.step(case, request.actor, "Besluta om SIP")
    return form_page(request, "discharge/decide.html", form, act, done="Beslutet är sparat.", to=to, context=shown)


@page_or_form
@door("discharge.act")
def gap(request, case):
    discharge = pages.current_or_404(case)
    form = GapForm(request.POST or None)

    def act(form):
        process.open_care_missing(discharge=discharge, by=request.actor, **form.cleaned_data)

    to, shown = ("discharge:overview", case.pk), pages.step(case, request.actor, "Öppenvården saknas")
    return form_page(request, "discharge/case_step.html", form, act, done="Antecknat.", to=to, context=shown)


@page_or_form
@door("discharge.act")
def end_gap(request, case, number):
    found = get_object_or_404(case.care_gaps.select_related("discharge__case", "case"), pk=number)
    form = GapEndForm(request.POST or None)

    def act(form):
        process.open_care_there(gap=found, by=request.actor, **form.cleaned_data)

    to, shown = ("discharge:overview", case.pk), pages.step(case, request.actor, "Öppenvården finns på plats")
    return form_page(request, "discharge/case_step.html", form, act, done="Antecknat.", to=to, context=shown)


@require_POST
@door("discharge.act")
def interpreter(request, case):
    process.interpreter_booked(discharge=pages.current_or_404(case), by=request.actor)
    messages.success(request, "Tolken är antecknad som bokad.")
    return redirect("discharge:overview", case.pk)


@page_or_form
@door("discharge.act")
def home(request, case):
    discharge = pages.current_or_404(case)
    form = HomeForm(request.POST or None)

    def act(form):
        process.home(discharge=discharge, by=request.actor, **form.values())

    to, shown = ("discharge:overview", case.pk), pages.step(case, request.actor, "Personen åker hem")
    done = "Hemgången är sparad och processen avslutad."
    return form_page(request, "discharge/case_step.html", form, act, done=done, to=to, context=shown)
