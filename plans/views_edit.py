"""Writing the draft: one small form per block, goal and measure; each works without JavaScript."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases import topics
from cases.access import door
from plans import editor, outcome, pages, services
from plans.editor import drafting
from plans.forms import GoalForm, MeasureForm, kept
from plans.parties import Choices
from preparation.pages import premeeting_of


@require_POST
@door("plans.start")
def start(request, case):
    services.start_draft(case=case, by=request.actor)
    return redirect("plans:edit", case.pk)


@require_safe
@door("plans.edit")
@drafting
def edit(request, case, plan):
    return editor.show(request, case, plan)


@require_http_methods(["GET", "POST"])
@door("plans.edit")
@drafting
def block(request, case, plan, name):
    found = editor.block_of(name)
    form = editor.block_form(request, case, plan, found)
    if request.method == "POST" and form.is_valid():
        with kept(form):
            services.save_block(plan=plan, by=request.actor, **form.to_save())
        if form.is_valid():
            return editor.back(case, name)
    return editor.show(request, case, plan, form=form, editing=name)


@require_http_methods(["GET", "POST"])
@door("plans.edit")
@drafting
def add_goal(request, case, plan):
    form = GoalForm(request.POST or None, topics=topics.active())
    if request.method == "POST" and form.is_valid():
        with kept(form):
            services.add_goal(plan=plan, by=request.actor, **form.values())
        if form.is_valid():
            return editor.back(case, "mal")
    return editor.show(request, case, plan, form=form, editing="goal:new")


@require_http_methods(["GET", "POST"])
@door("plans.edit")
@drafting
def goal(request, case, plan, goal):
    found = editor.goal_of(plan, goal)
    form = GoalForm(request.POST or None, goal=found, topics=topics.active())
    if request.method == "POST" and form.is_valid():
        with kept(form):
            services.change_goal(goal=found, values=form.values(), by=request.actor, **form.opened_on())
        if form.is_valid():
            return editor.back(case, f"mal-{found.pk}")
    return editor.show(request, case, plan, form=form, editing=f"goal:{found.pk}")


@require_http_methods(["GET", "POST"])
@door("plans.edit")
@drafting
def delete_goal(request, case, plan, goal):
    found = editor.goal_of(plan, goal)
    if request.method == "POST":
        services.delete_goal(goal=found, by=request.actor)
        messages.success(request, "Målet är borttaget.")
        return editor.back(case, "mal")
    return render(request, "plans/delete.html", pages.deleting(request.actor, case, found, "målet och dess insatser"))


@require_POST
@door("plans.edit")
@drafting
def move_goal(request, case, plan, goal, way):
    services.move(item=editor.goal_of(plan, goal), up=way == "upp", by=request.actor)
    return editor.back(case, f"mal-{goal}")


@require_http_methods(["GET", "POST"])
@door("plans.edit")
@drafting
def add_measure(request, case, plan, goal):
    found = editor.goal_of(plan, goal)
    form = MeasureForm(request.POST or None, choices=Choices(case), goal=found, topics=topics.active())
    if request.method == "POST" and form.is_valid():
        with kept(form):
            services.add_measure(goal=found, by=request.actor, **form.values())
        if form.is_valid():
            return editor.back(case, f"mal-{found.pk}")
    return editor.show(request, case, plan, form=form, editing=f"new:{found.pk}")


@require_http_methods(["GET", "POST"])
@door("plans.edit")
@drafting
def measure(request, case, plan, measure):
    found = editor.measure_of(plan, measure)
    form = editor.measure_form(request, case, found)
    if request.method == "POST" and form.is_valid():
        with kept(form):
            services.change_measure(measure=found, values=form.values(), by=request.actor, **form.opened_on())
        if form.is_valid():
            return editor.back(case, f"mal-{found.goal_id}")
    return editor.show(request, case, plan, form=form, editing=f"measure:{found.pk}")


@require_http_methods(["GET", "POST"])
@door("plans.edit")
@drafting
def delete_measure(request, case, plan, measure):
    found = editor.measure_of(plan, measure)
    if request.method == "POST":
        services.delete_measure(measure=found, by=request.actor)
        messages.success(request, "Insatsen är borttagen.")
        return editor.back(case, f"mal-{found.goal_id}")
    return render(request, "plans/delete.html", pages.deleting(request.actor, case, found, "insatsen"))


@require_POST
@door("plans.edit")
@drafting
def move_measure(request, case, plan, measure, way):
    found = editor.measure_of(plan, measure)
    services.move(item=found, up=way == "upp", by=request.actor)
    return editor.back(case, f"mal-{found.goal_id}")


@require_POST
@door("plans.start")
@drafting
def carry_outcome(request, case, plan, number):
    """The outcome of a pre-meeting goes into the draft, because somebody chose so."""
    outcome.carry(premeeting=premeeting_of(case, number), plan=plan, by=request.actor)
    messages.success(request, "Utfallet står nu sist i nuläget. Skriv om det så att det är till personen.")
    return editor.back(case, "nulage")
