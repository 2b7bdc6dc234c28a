"""The pages of other grounds in law than consent: decide one, end one."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from cases import frame
from cases.access import door
from consent import coverage, grounds
from consent.grounds_forms import GroundForm
from consent.models import LegalGround
from organisations import stepup
from organisations.errors import shown_on


@require_http_methods(["GET", "POST"])
@door("consent.ground")
@stepup.fresh_login
def new(request, case):
    """A new ground: it opens something, so the login must be fresh."""
    form = GroundForm(request.POST or None, case=case)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            grounds.record(case=case, by=request.actor, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, "Grunden är sparad. Aktören har fått veta att den är med.")
            return redirect("consent:history", case.pk)
    page = {"form": form, "planning": coverage.planning_stands(coverage.current(case))}
    return render(request, "consent/grounds_new.html", page | frame.context(case, request.actor, here="consent"))


@require_POST
@door("consent.ground")
def end(request, case, ground):
    """It ends at once; nothing stands in the way of that."""
    found = get_object_or_404(LegalGround.objects.select_related("unit"), pk=ground, case=case)
    grounds.end(case=case, ground=found, by=request.actor)
    messages.success(request, "Grunden är upphävd och gäller inte längre.")
    return redirect("consent:history", case.pk)
