"""The pages of the preparation: thin, the rules are in the services."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases import frame
from cases.access import door
from organisations.errors import shown_on
from preparation import bookings, pages, premeetings, selectors, services
from preparation.forms import (
    PARTS,
    HeldForm,
    InterpreterBookingForm,
    PartForm,
    PreMeetingForm,
    ReferenceForm,
    WishForm,
    kept,
)
from preparation.models import BookingKind, GuestWish

STEPS = {
    "behovs": (bookings.need, {}, "Sparat."),
    "behovs-inte": (bookings.need, {"needed": False}, "Sparat."),
    "bekraftad": (bookings.confirm, {}, "Bokningen är bekräftad."),
    "galler-inte": (bookings.lose, {}, "Sparat. Boka på nytt."),
}


def page(request, case, template: str, **values):
    shown = frame.context(case, request.actor, here="preparation") | values
    return render(request, f"preparation/{template}.html", shown)


def back(case, anchor: str):
    return redirect(f"{reverse('preparation:overview', args=[case.pk])}#{anchor}")


@require_safe
@door("preparation.view")
def overview(request, case):
    """Everything that is made ready before the meeting (KAL-10)."""
    return render(request, "preparation/overview.html", pages.overview(case, request.actor))


@require_http_methods(["GET", "POST"])
@door("preparation.write")
def write(request, case, name):
    """One part of it, written with the person; the rest of the page stays as it is."""
    if name not in PARTS:
        raise Http404
    form = PartForm(request.POST or None, part=PARTS[name], rows=selectors.texts_of(case))
    if request.method == "POST" and form.is_valid():
        with shown_on(form), kept(form):
            services.write(case=case, by=request.actor, **form.values())
        if form.is_valid():
            messages.success(request, "Sparat.")
            return back(case, name)
    shown = pages.overview(case, request.actor, form=form, editing=name)
    return render(request, "preparation/overview.html", shown)


@require_http_methods(["GET", "POST"])
@door("preparation.write")
def wish(request, case):
    """Who shall come and who shall not."""
    form = WishForm(request.POST or None, case=case)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            services.wish(case=case, by=request.actor, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, "Sparat.")
            return back(case, "vilka")
    return page(request, case, "wish", form=form)


@require_POST
@door("preparation.write")
def take_back(request, case, number):
    found = get_object_or_404(GuestWish, case=case, pk=number)
    services.take_back(case=case, wish=found, by=request.actor)
    messages.success(request, "Borttaget.")
    return back(case, "vilka")


@require_http_methods(["GET", "POST"])
@door("preparation.book")
def book(request, case, name):
    """Interpreter or adaptations, noted by the unit that books (KAL-6)."""
    kind = pages.kind_of(name)
    form_class = InterpreterBookingForm if kind == BookingKind.INTERPRETER else ReferenceForm
    form = form_class(request.POST if request.method == "POST" else None, initial={"language": bookings.spoken(case)})
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            bookings.book(case=case, kind=kind, by=request.actor, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, "Bokningen är sparad.")
            return back(case, "bokningar")
    return page(request, case, "book", form=form, booking=pages.booking(case, name, kind, request.actor))


@require_POST
@door("preparation.book")
def booking_step(request, case, name, way):
    kind = pages.kind_of(name)
    if way not in STEPS:
        raise Http404
    service, values, text = STEPS[way]
    service(case=case, kind=kind, by=request.actor, **values)
    messages.success(request, text)
    return back(case, "bokningar")


@require_http_methods(["GET", "POST"])
@door("preparation.hold_premeeting")
def plan_premeeting(request, case):
    """A pre-meeting, with the person's yes noted first (KAL-8)."""
    form = PreMeetingForm(request.POST or None, case=case, by=request.actor)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            found = premeetings.plan(case=case, by=request.actor, **form.values())
        if form.is_valid():
            messages.success(request, "Förmötet är bestämt. Enheterna har fått veta det.")
            return redirect("preparation:premeeting", case.pk, found.pk)
    return page(request, case, "premeeting_new", form=form)


@require_safe
@door("preparation.premeeting")
def premeeting(request, case, number):
    """One pre-meeting, for the units that take part in it."""
    found = pages.premeeting_of(case, number)
    return render(request, "preparation/premeeting.html", pages.premeeting(case, found, request.actor))


@require_http_methods(["GET", "POST"])
@door("preparation.hold_premeeting")
def hold_premeeting(request, case, number):
    """What was said, for those who were there."""
    found, form = pages.premeeting_of(case, number), HeldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            premeetings.hold(premeeting=found, by=request.actor, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, "Sparat. Personen ser i sin logg att förmötet hölls.")
            return redirect("preparation:premeeting", case.pk, found.pk)
    return page(request, case, "premeeting_held", form=form, row=found)


@require_POST
@door("preparation.hold_premeeting")
def cancel_premeeting(request, case, number):
    premeetings.cancel(premeeting=pages.premeeting_of(case, number), by=request.actor)
    messages.success(request, "Förmötet är inställt. Enheterna har fått veta det.")
    return redirect("preparation:premeeting", case.pk, number)
