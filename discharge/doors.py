"""The doors to what lies outside cases: 404 when the acting unit does not see it, 403 when it may not act."""

from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render

from audit import log
from discharge.models import Admission, CarePlan, Notice
from organisations.errors import shown_on

FOUND = {
    Admission: Admission.objects.select_related("ward_unit"),
    Notice: Notice.objects.select_related("sender_unit"),
    CarePlan: CarePlan.objects.select_related("maker_unit"),
}


def door(model, action: str):
    """Decorate a view: it gets the row instead of `pk`, or nobody gets in; the reading is logged."""

    def decorate(view):
        @wraps(view)
        def behind_door(request, pk, *args, **kwargs):
            if not request.actor.may(action):
                raise PermissionDenied("Ditt uppdrag ger inte rätt till det här.")
            found = FOUND[model].filter(pk=pk).first()
            if found is None:
                raise Http404
            log.record(
                "discharge.read", action=log.READ, person_id=found.person_id, object_type=action,
                object_id=found.reference,
            )  # fmt: skip
            return view(request, found, *args, **kwargs)

        behind_door.action = action
        return behind_door

    return decorate


def form_page(request, template: str, form, act, *, done: str, to: tuple, context: dict | None = None):
    """One form page: run `act` on a valid form and go on to `to`, else show the form with what is wrong."""
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            act(form)
    if form.is_bound and form.is_valid():
        messages.success(request, done)
        return redirect(*to)
    return render(request, template, {"form": form} | (context or {}))
