"""Goals, measures and disagreements written at the meeting, in the mode's own pages."""

from functools import partial

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from cases import topics
from cases.access import door
from meetingroom import pages, saving
from meetingroom.door import in_draft
from meetingroom.views import page_or_form, show
from organisations import held
from organisations.errors import shown_on
from plans import clash, disagreement, editor, services
from plans.forms import GoalForm, MeasureForm, kept
from plans.parties import Choices
from plans.views_disagreement import form_of
from plans.writing import KEPT_THEIRS, sent

GOALS = 3


def back(room, text: str, request):
    messages.success(request, text)
    return redirect(pages.address(room, "part", GOALS))


def written(request, case, room, form, *, save, page: str, **shown):
    """Save the sent form once: on to the goals, the page again, or JSON to a page that saves by itself."""
    posted = request.method == "POST"
    if posted and clash.theirs_chosen(request.POST):
        return back(room, KEPT_THEIRS, request)
    saved = None
    if posted and form.is_valid():
        with kept(form):
            saved = save(form)
    if posted and saving.by_itself(request):
        return saving.form_saved(request, case, form, saved)
    if saved is not None and form.is_valid():
        return back(room, "Målet är sparat." if page == "goal" else "Insatsen är sparad.", request)
    return show(request, page, pages.writing(request, case, room, form, **shown))


@held.refills
@page_or_form
@door("meetings.hold")
@in_draft
def goal_new(request, case, room, plan):
    form = GoalForm(request.POST or None, topics=topics.active())
    save = partial(services.add_goal, plan=plan, by=request.actor)
    shown = {"page": "goal", "heading": "Nytt mål"}
    return written(request, case, room, form, save=lambda f: save(**f.values()), **shown)


@held.refills
@page_or_form
@door("meetings.hold")
@in_draft
def goal(request, case, room, plan, goal):
    found = editor.goal_of(plan, goal)
    form = GoalForm(sent(request), goal=found, topics=topics.active())
    save = partial(services.change_goal, goal=found, by=request.actor, by_itself=saving.by_itself(request))
    shown = {"page": "goal", "heading": "Ändra målet", "old": True}
    return written(request, case, room, form, save=lambda f: save(values=f.values(), **f.opened_on()), **shown)


@held.refills
@page_or_form
@door("meetings.hold")
@in_draft
def measure_new(request, case, room, plan, goal):
    found = editor.goal_of(plan, goal)
    form = MeasureForm(request.POST or None, choices=Choices(case), goal=found, topics=topics.active())
    save = partial(services.add_measure, goal=found, by=request.actor)
    shown = {"page": "measure", "heading": "Ny insats", "goal": found}
    return written(request, case, room, form, save=lambda f: save(**f.values()), **shown)


@held.refills
@page_or_form
@door("meetings.hold")
@in_draft
def measure(request, case, room, plan, measure):
    found = editor.measure_of(plan, measure)
    form = editor.measure_form(request, case, found)
    save = partial(services.change_measure, measure=found, by=request.actor, by_itself=saving.by_itself(request))
    shown = {"page": "measure", "heading": "Ändra insatsen", "goal": found.goal, "old": True}
    return written(request, case, room, form, save=lambda f: save(values=f.values(), **f.opened_on()), **shown)


@held.refills
@page_or_form
@door("meetings.hold")
@in_draft
def disagree(request, case, room, plan):
    """Whose view differs, and on what (MOT-4)."""
    form = form_of(request, case, plan)
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
    row = get_object_or_404(disagreement.to_change(plan), pk=number)
    disagreement.remove(disagreement=row, by=request.actor)
    messages.success(request, "Oenigheten är borttagen ur utkastet.")
    return redirect(pages.address(room, "disagree"))
