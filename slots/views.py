"""A unit's standing times, for those who work there and for the organisation's administrator."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from organisations.access import allowed
from organisations.enums import Role
from organisations.errors import shown_on
from organisations.models import Unit
from slots import pages, services
from slots.forms import WindowForm
from slots.models import SlotWindow


def own_unit(number, by) -> Unit:
    """The own unit, or for the administrator any in the organisation."""
    found = get_object_or_404(Unit, pk=number, organisation_id=by.organisation_id)
    if by.role != Role.ORG_ADMIN and found.pk != by.unit_id:
        raise Http404
    return found


@require_safe
@allowed("slots.own")
def unit(request, number):
    found = own_unit(number, request.actor)
    shown = pages.standing_times(found, number=request.GET.get("sida", "1"))
    return render(request, "slots/unit.html", shown | {"unit": found})


@require_http_methods(["GET", "POST"])
@allowed("slots.own")
def new(request, number):
    found = own_unit(number, request.actor)
    form = WindowForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            services.publish(unit=found, window=form.window(), by=request.actor)
        if form.is_valid():
            messages.success(request, "Den stående tiden är upplagd.")
            return redirect("slots:unit", found.pk)
    return render(request, "slots/new.html", {"form": form, "unit": found})


@require_http_methods(["GET", "POST"])
@allowed("slots.own")
def end(request, number, window):
    found = own_unit(number, request.actor)
    row = get_object_or_404(SlotWindow, pk=window, unit=found)
    if request.method == "POST":
        services.end(window=row, by=request.actor)
        messages.success(request, "Den stående tiden är avslutad. Tider som är tagna ligger kvar.")
        return redirect("slots:unit", found.pk)
    return render(request, "slots/end.html", {"unit": found, **pages.told(row)})
