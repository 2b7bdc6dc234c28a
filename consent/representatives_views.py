"""The pages of who may answer for the person (SAM-6): list with history, add, change, end, and the age limits."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit import log
from cases import access, frame
from cases.access import door
from cases.numbers import is_minor
from consent import ages, coverage, givers, representatives
from consent.models import AgeException, Representative
from consent.representatives_forms import AgeExceptionForm, RepresentativeForm
from organisations.errors import shown_on


def known(case, number) -> Representative:
    """One that is recorded and not ended. Raises Http404."""
    row = Representative.objects.filter(case=case, pk=number, ended_at=None).select_related("contact").first()
    if row is None:
        raise Http404
    return row


def shown(request, case, template: str, **more):
    return render(request, f"consent/{template}.html", more | frame.context(case, request.actor, here="consent"))


def who_answers(case, actor) -> dict:
    """Who may answer now and before, whose answer is missing, and what age changes."""
    today, now = timezone.localdate(), coverage.current(case)
    rows = Representative.objects.filter(case=case).select_related("recorded_by__staff", "ended_by__staff", "contact")
    exceptions = AgeException.objects.filter(case=case).select_related("recorded_by__staff", "recorded_by__unit")
    return {
        "rows": [(row, representatives.RIGHTS[row.ground]) for row in representatives.current(case)],
        "earlier": rows.exclude(ended_at=None).order_by("-ended_at", "-pk"),
        "not_answered": coverage.not_answered(now) or givers.not_asked(case, now),
        "marks": ages.marks(case.person.number, today) if is_minor(case.person.number, today) else [],
        "reading": ages.reading(case),
        "exceptions": exceptions.order_by("-pk"),
        "may_change": access.may(case, actor, "consent.represent"),
    }


@require_safe
@door("cases.view")
def listing(request, case):
    """Who may answer for the person, with history."""
    log.record("consent.representatives_read", action=log.READ, case_id=case.pk, person_id=case.person_id)
    return shown(request, case, "representatives", **who_answers(case, request.actor))


@require_http_methods(["GET", "POST"])
@door("consent.represent")
def new(request, case):
    form = RepresentativeForm(request.POST or None, case=case, initial={"evidence_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            row = representatives.add(case=case, details=form.details(), by=request.actor)
        if form.is_valid():
            messages.success(request, f"{row.get_ground_display()} är inskriven.")
            return redirect("consent:representatives", case.pk)
    return shown(request, case, "representatives_form", form=form)


@require_http_methods(["GET", "POST"])
@door("consent.represent")
def change(request, case, number):
    row = known(case, number)
    form = RepresentativeForm(request.POST or None, case=case, initial=RepresentativeForm.initial_of(row))
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            representatives.change(case=case, representative=row, details=form.details(), by=request.actor)
        if form.is_valid():
            messages.success(request, "Ändringen är sparad. De tidigare uppgifterna finns kvar i historiken.")
            return redirect("consent:representatives", case.pk)
    return shown(request, case, "representatives_form", form=form, row=row)


@require_http_methods(["GET", "POST"])
@door("consent.represent")
def end(request, case, number):
    row = known(case, number)
    if request.method == "POST":
        representatives.end(case=case, representative=row, by=request.actor)
        messages.success(request, "Sparat. Företrädaren läser inte längre på Min plan.")
        return redirect("consent:representatives", case.pk)
    return shown(request, case, "representatives_end", row=row)


@require_http_methods(["GET", "POST"])
@door("consent.represent")
def exception(request, case):
    form = AgeExceptionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            ages.make_exception(case=case, by=request.actor, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, "Undantaget är sparat.")
            return redirect("consent:representatives", case.pk)
    return shown(request, case, "representatives_exception", form=form)


@require_POST
@door("consent.represent")
def end_exception(request, case, number):
    row = AgeException.objects.filter(case=case, pk=number, ended_at=None).first()
    if row is None:
        raise Http404
    ages.end_exception(case=case, exception=row, by=request.actor)
    messages.success(request, "Åldersgränsen gäller igen.")
    return redirect("consent:representatives", case.pk)
