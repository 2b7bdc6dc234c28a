"""One's own notices and the choice of them, and a unit's routine for what comes."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from notifications import attention
from notifications.forms import ChoiceForm, RoutineForm
from organisations.access import allowed
from organisations.enums import Role
from organisations.errors import shown_on
from organisations.models import Unit

PAGE = 25


@require_safe
@allowed("notifications.own")
def notices(request):
    shown = Paginator(attention.notices(request.actor), PAGE).get_page(request.GET.get("sida", "1"))
    items = attention.items_of(shown)
    units = Unit.objects.in_bulk({row.unit_id for row in shown})
    rows = [{"notice": row, "item": items.get(row.item_id), "unit": units.get(row.unit_id)} for row in shown]
    return render(request, "notifications/notices.html", {"rows": rows, "shown": shown})


@require_POST
@allowed("notifications.own")
def read(request):
    attention.read_all(by=request.actor)
    return redirect("notifications:notices")


@require_http_methods(["GET", "POST"])
@allowed("notifications.own")
def choices(request):
    now = attention.choice_of(request.actor)
    hours = {"quiet_from": now.quiet_from, "quiet_to": now.quiet_to}
    form = ChoiceForm(request.POST or None, present=now.channels, initial=hours)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            attention.choose(by=request.actor, **form.values())
        if form.is_valid():
            messages.success(request, "Dina val är sparade.")
            return redirect("notifications:choices")
    return render(request, "notifications/choices.html", {"form": form, "staff": request.acting.staff})


def own_unit(number, by) -> Unit:
    """A unit whose routine is the actor's to decide: the manager's own, or any in the administrator's organisation."""
    found = get_object_or_404(Unit.objects.select_related("parent"), pk=number, organisation_id=by.organisation_id)
    if by.role == Role.MANAGER and found.pk != by.unit_id:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
@allowed("notifications.routine")
def routine(request, number):
    unit = own_unit(number, request.actor)
    now = attention.routine_of(unit)
    form = RoutineForm(request.POST or None, watchers=attention.may_watch(unit), initial=now)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            attention.set_routine(unit=unit, seen=request.POST.get("seen", ""), by=request.actor, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, "Rutinen är sparad och gäller från och med nu.")
            return redirect("notifications:routine", unit.pk)
    return render(request, "notifications/routine.html", {"form": form, "unit": unit, "now": now})
