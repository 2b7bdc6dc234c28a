"""Goals, measures and disagreements written at the meeting, in the mode's own pages."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from cases import topics
from cases.access import door
from meetingroom import pages
from meetingroom.door import in_draft
from meetingroom.forms import DisagreeForm
from meetingroom.views import page_or_form, show
from organisations.errors import shown_on
from plans import disagreement, editor, services
from plans.disagreement_models import Disagreement
from plans.forms import GoalForm, MeasureForm, kept
from plans.parties import Choices

GOALS = 3


def back(room, text: str, request):
    messages.success(request, text)
    return redirect(pages.address(room, "part", GOALS))


@page_or_form
@door("meetings.hold")
@in_draft
def goal_new(request, case, room, plan):
    form = GoalForm(request.POST or None, topics=topics.active())
    if request.method == "POST" and form.is_valid():
        with kept(form):
            services.add_goal(plan=plan, by=request.actor, **form.values())
        if form.is_valid():
            return back(room, "Målet är sparat.", request)
    return show(request, "goal", pages.writing(request, case, room, form, heading="Nytt mål"))


@page_or_form
@door("meetings.hold")
@in_draft
def goal(request, case, room, plan, goal):
    found = editor.goal_of(plan, goal)
    form = GoalForm(request.POST or None, goal=found, topics=topics.active())
    if request.method == "POST" and form.is_valid():
        with kept(form):
            services.change_goal(goal=found, values=form.values(), by=request.actor, **form.opened_on())
        if form.is_valid():
            return back(room, "Målet är sparat.", request)
    return show(request, "goal", pages.writing(request, case, room, form, heading="Ändra målet"))


@page_or_form
@door("meetings.hold")
@in_draft
def measure_new(request, case, room, plan, goal):
    found = editor.goal_of(plan, goal)
    form = MeasureForm(request.POST or None, choices=Choices(case), goal=found, topics=topics.active())
    if request.method == "POST" and form.is_valid():
        with kept(form):
            services.add_measure(goal=found, by=request.actor, **form.values())
        if form.is_valid():
            return back(room, "Insatsen är sparad.", request)
    return show(request, "measure", pages.writing(request, case, room, form, heading="Ny insats", goal=found))


@page_or_form
@door("meetings.hold")
@in_draft
def measure(request, case, room, plan, measure):
    found = editor.measure_of(plan, measure)
    form = editor.measure_form(request, case, found)
    if request.method == "POST" and form.is_valid():
        with kept(form):
            services.change_measure(measure=found, values=form.values(), by=request.actor, **form.opened_on())
        if form.is_valid():
            return back(room, "Insatsen är sparad.", request)
    shown = pages.writing(request, case, room, form, heading="Ändra insatsen", goal=found.goal)
    return show(request, "measure", shown)


@page_or_form
@door("meetings.hold")
@in_draft
def disagree(request, case, room, plan):
    """Whose view differs, and on what (MOT-4)."""
    form = DisagreeForm(request.POST or None, **pages.parties(case, plan))
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            disagreement.write(plan=plan, by=request.actor, **form.values())
        if form.is_valid():
            messages.success(request, "Det står nu i planen att ni inte är överens.")
            return redirect(pages.address(room, "disagree"))
    return show(request, "disagree", pages.disagreeing(request, case, room, plan, form))


@require_POST
@door("meetings.hold")
@in_draft
def agree(request, case, room, plan, number):
    """They agree now: the disagreement leaves the draft."""
    row = get_object_or_404(Disagreement.objects.select_related("plan"), pk=number, plan=plan)
    disagreement.remove(disagreement=row, by=request.actor)
    messages.success(request, "Oenigheten är borttagen ur utkastet.")
    return redirect(pages.address(room, "disagree"))
