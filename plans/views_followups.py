"""Following up the plan, and telling how it goes with a measure in between."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cases import topics
from cases.access import door
from plans import followup_pages as pages
from plans import followups
from plans.forms import FollowUpForm, ReportForm, kept


@require_safe
@door("plans.view")
def follow_ups(request, case):
    return render(request, "plans/follow_ups.html", pages.overview(request.actor, case))


@require_http_methods(["GET", "POST"])
@door("plans.follow_up")
def follow_up(request, case):
    plan, measures, meetings = pages.subject(case)
    asked = {"measures": measures, "meetings": meetings, "today": timezone.localdate(), "topics": topics.active()}
    form = FollowUpForm(request.POST or None, **asked)
    if request.method == "POST" and form.is_valid():
        with kept(form):
            found = followups.follow_up(case=case, by=request.actor, **form.values())
        if form.is_valid():
            messages.success(request, "Uppföljningen är sparad.")
            return redirect(pages.after(case, found))
    return render(request, "plans/follow_up.html", pages.writing(request.actor, case, plan, form))


@require_http_methods(["GET", "POST"])
@door("plans.report")
def report(request, case, measure):
    found = pages.measure_of(case, measure)
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with kept(form):
            followups.report_on_own(measure=found, by=request.actor, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, "Det är sparat hur det går med insatsen.")
            return redirect("plans:follow_ups", case.pk)
    return render(request, "plans/report.html", pages.reporting(request.actor, case, found, form))
