"""Breaking the glass, reading the plan in force, and ending it; and who has done so, for those who take part."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases import frame
from cases.access import door, steers
from consent import emergency
from consent.emergency_forms import BreakGlassForm
from organisations.access import allowed
from organisations.errors import shown_on
from organisations.stepup import fresh_login
from plans import emergency_pages


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("number")
@allowed("consent.break_glass")
@fresh_login
def break_glass(request):
    most = emergency.longest(request.actor)
    form = BreakGlassForm(request.POST or None, most=most) if most else None
    if form and request.method == "POST" and form.is_valid():
        with shown_on(form):
            outcome, case_id = emergency.break_glass(by=request.actor, **form.values())
        if form.is_valid():
            return answered(request, form, outcome, case_id)
    return render(request, "plans/emergency/break_glass.html", {"form": form, "not_here": emergency.NOT_HERE})


def answered(request, form, outcome: str, case_id):
    """Lead to the plan, or say that there is nothing to read: in the same words whatever the cause."""
    if outcome == "opened":
        return redirect("plans:emergency", case_id)
    if outcome == "already":
        messages.info(request, "Din enhet är redan med i personens SIP. Ingen nödöppning behövdes.")
        return redirect("plans:plan", case_id)
    said = emergency.TOO_MANY if outcome == "throttled" else emergency.NOTHING
    return render(request, "plans/emergency/break_glass.html", {"form": form, "said": said})


@require_safe
@allowed("consent.break_glass")
def read(request, pk):
    found = emergency.opened(pk, by=request.actor)
    page = emergency_pages.page(pk, found, now=timezone.now()) if found else None
    if page is None:
        raise Http404
    return render(request, "plans/emergency/read.html", page)


@require_POST
@allowed("consent.break_glass")
def end(request, pk):
    emergency.end(case_id=pk, by=request.actor)
    messages.success(request, "Nödöppningen är avslutad. Planen går inte längre att läsa.")
    return redirect("casework:worklist")


@require_safe
@door("cases.view")
def of_case(request, case):
    shown = {"emergencies": emergency.of_case(case), "may_see_why": steers(case, request.actor)}
    return render(request, "plans/emergency/of_case.html", frame.context(case, request.actor, here="log") | shown)
