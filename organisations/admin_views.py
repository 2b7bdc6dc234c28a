"""Administration (GUI-1, GUI-2): an organisation's own units, staff and assignments, without any case data."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from organisations import admin_services as services
from organisations.access import allowed
from organisations.admin_forms import AssignmentForm, BreakGlassForm, StaffForm, UnitForm
from organisations.errors import shown_on
from organisations.models import Guideline

PER_PAGE = 50
# The deadline rules of the guidelines in words (TID-1 to TID-8).
DEADLINES = {
    "first_contact": "Första kontakt",
    "call_after_ready": "Kallelse efter utskrivningsklar",
    "meeting": "SIP-möte",
    "follow_up": "Uppföljning",
    "consent_expiry": "Samtycket går ut",
    "answer": "Svar på kallelsen",
    "measure": "Insats i planen",
    "admission_notice": "Inskrivningsmeddelande",
    "consultation": "Samråd",
    "payment": "Betalningsansvar",
}
STARTS = {
    "need_found": "dagen då behovet upptäcktes",
    "discharge_ready": "beskedet om utskrivningsklar",
    "follow_up_agreed": "den dag som är bestämd",
    "consent_valid_to": "samtyckets sista dag",
    "meeting_start": "mötets början, räknat bakåt",
    "measure_ends": "insatsens sista dag",
    "admission": "inskrivningen eller läkarens senare bedömning",
    "consultation_asked": "att personen bad om samråd",
}
page_or_form = require_http_methods(["GET", "POST"])


@require_safe
@allowed("guidelines.view")
def index(request):
    by = request.actor
    counts = {}
    if by.may("organisations.administer"):
        counts = {
            "units": services.own_units(by).filter(is_active=True).count(),
            "staff": services.own_staff(by).filter(is_active=True).count(),
            "assignments": services.own_assignments(by).filter(is_active=True).count(),
        }
    return render(request, "organisations/admin/index.html", {"counts": counts})


def listing(request, name, rows):
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("sida"))
    return render(request, f"organisations/admin/{name}.html", {"page": page})


@require_safe
@allowed("organisations.administer")
def units(request):
    return listing(request, "units", services.own_units(request.actor).select_related("parent"))


@page_or_form
@allowed("organisations.administer")
def unit(request, number=None):
    by = request.actor
    found = get_object_or_404(services.own_units(by), pk=number) if number else None
    form = UnitForm(request.POST or None, by=by, unit=found, initial=values_of(found, services.UNIT_FIELDS))
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            services.save_unit(by=by, unit=found, **form.cleaned_data)
    if form.is_bound and form.is_valid():
        messages.success(request, "Enheten är sparad.")
        return redirect("organisations:units")
    return render(request, "organisations/admin/unit.html", {"form": form, "unit": found})


@page_or_form
@allowed("organisations.administer")
def unit_active(request, number):
    found = get_object_or_404(services.own_units(request.actor), pk=number)
    return switch(request, found, "units")


@require_safe
@allowed("organisations.administer")
def staff(request):
    return listing(request, "staff", services.own_staff(request.actor))


@page_or_form
@allowed("organisations.administer")
def person(request, number=None):
    by = request.actor
    found = get_object_or_404(services.own_staff(by), pk=number) if number else None
    form = StaffForm(request.POST or None, initial=values_of(found, services.STAFF_FIELDS))
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            services.save_staff(by=by, person=found, **form.cleaned_data)
    if form.is_bound and form.is_valid():
        messages.success(request, "Medarbetaren är sparad.")
        return redirect("organisations:staff")
    return render(request, "organisations/admin/person.html", {"form": form, "person": found})


@page_or_form
@allowed("organisations.administer")
def person_active(request, number):
    found = get_object_or_404(services.own_staff(request.actor), pk=number)
    return switch(request, found, "staff")


@page_or_form
@allowed("organisations.administer")
def person_sessions(request, number):
    found = get_object_or_404(services.own_staff(request.actor), pk=number)
    if request.method == "POST":
        ended = services.end_sessions(by=request.actor, person=found)
        messages.success(request, f"{found.name} är utloggad överallt ({ended} inloggningar).")
        return redirect("organisations:person", found.pk)
    return render(request, "organisations/admin/sessions.html", {"person": found})


def switch(request, thing, back):
    """Ask, then switch a unit or a staff member off, or on again."""
    if request.method == "POST":
        services.set_active(by=request.actor, thing=thing, active=not thing.is_active)
        messages.success(request, f"{thing.name} är nu {'aktiv' if thing.is_active else 'inaktiv'}.")
        return redirect(f"organisations:{back}")
    return render(request, "organisations/admin/switch.html", {"thing": thing, "back": f"organisations:{back}"})


@require_safe
@allowed("organisations.administer")
def assignments(request):
    return listing(request, "assignments", services.own_assignments(request.actor))


@page_or_form
@allowed("organisations.administer")
def assign(request):
    form = AssignmentForm(request.POST or None, by=request.actor)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            services.assign(by=request.actor, **form.cleaned_data)
    if form.is_bound and form.is_valid():
        messages.success(request, "Uppdraget är sparat.")
        return redirect("organisations:assignments")
    return render(request, "organisations/admin/assign.html", {"form": form})


@page_or_form
@allowed("organisations.administer")
def end_assignment(request, number):
    found = get_object_or_404(services.own_assignments(request.actor), pk=number)
    if request.method == "POST":
        services.end_assignment(by=request.actor, assignment=found)
        messages.success(request, "Uppdraget är avslutat.")
        return redirect("organisations:assignments")
    return render(request, "organisations/admin/end_assignment.html", {"assignment": found})


@require_safe
@allowed("guidelines.view")
def guidelines(request):
    """The guideline of one's own county first, with its deadline rules; read only."""
    unit = request.acting.unit
    county = unit.acts_for.county_code if unit.acts_for_id else ""
    found = Guideline.objects.prefetch_related("deadline_rules").order_by("county_code", "name")
    rows = sorted(found, key=lambda row: row.county_code != county)
    shown = {"guidelines": rows, "county": county, "kinds": DEADLINES, "starts": STARTS}
    return render(request, "organisations/admin/guidelines.html", shown)


def values_of(thing, fields) -> dict:
    return {name: getattr(thing, name) for name in fields} if thing else {}


@page_or_form
@allowed("organisations.administer")
def break_glass(request):
    own = services.own_organisation(request.actor)
    initial = {"on": own.break_glass, "hours": own.break_glass_hours}
    form = BreakGlassForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            services.set_break_glass(by=request.actor, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, "Sparat. Ändringen gäller direkt och står i loggen.")
            return redirect("organisations:admin")
    return render(request, "organisations/admin/break_glass.html", {"form": form})
