"""Writing the draft: one small form per block, goal and measure; each works without JavaScript."""

from functools import partial

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases import topics
from cases.access import door
from organisations import held
from plans import editor, outcome, pages, removed, services, writing
from plans.editor import drafting
from plans.forms import GoalForm, MeasureForm
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


@held.refills
@require_http_methods(["GET", "POST"])
@door("plans.edit")
@drafting
def block(request, case, plan, name):
    form = editor.block_form(request, case, plan, editor.block_of(name))
    about = {"plan": plan, "by": request.actor, "by_itself": editor.by_itself(request)}
    save = partial(services.save_block, **about)
    return writing.answer(request, case, plan, form, save=lambda f: save(**f.to_save()), editing=name)


@held.refills
@require_http_methods(["GET", "POST"])
@door("plans.edit")
@drafting
def add_goal(request, case, plan):
    form = GoalForm(request.POST or None, topics=topics.active())
    save = partial(services.add_goal, plan=plan, by=request.actor)
    shown = {"editing": "goal:new", "anchor": "mal"}
    return writing.answer(request, case, plan, form, save=lambda f: save(**f.values()), **shown)


@held.refills
@require_http_methods(["GET", "POST"])
@door("plans.edit")
@drafting
def goal(request, case, plan, goal):
    found = editor.goal_of(plan, goal)
    form = GoalForm(writing.sent(request), goal=found, topics=topics.active())
    save = partial(services.change_goal, goal=found, by=request.actor, by_itself=editor.by_itself(request))
    shown = {"editing": f"goal:{found.pk}", "anchor": f"mal-{found.pk}"}
    return writing.answer(request, case, plan, form, save=lambda f: save(values=f.values(), **f.opened_on()), **shown)


@require_http_methods(["GET", "POST"])
@door("plans.edit")
@drafting
def delete_goal(request, case, plan, goal):
    found = editor.goal_of(plan, goal)
    if request.method == "POST":
        removed.delete_goal(goal=found, by=request.actor, seen=request.POST.get("seen", ""))
        messages.success(request, "Målet är borttaget. Under Mål och insatser kan du ta tillbaka det.")
        return editor.back(case, "mal")
    return render(request, "plans/delete.html", pages.deleting(request.actor, case, found, "målet och dess insatser"))


@require_POST
@door("plans.edit")
@drafting
def move_goal(request, case, plan, goal, way):
    services.move(item=editor.goal_of(plan, goal), up=way == "upp", by=request.actor)
    return editor.back(case, f"mal-{goal}")


@held.refills
@require_http_methods(["GET", "POST"])
@door("plans.edit")
@drafting
def add_measure(request, case, plan, goal):
    found = editor.goal_of(plan, goal)
    form = MeasureForm(request.POST or None, choices=Choices(case), goal=found, topics=topics.active())
    save = partial(services.add_measure, goal=found, by=request.actor)
    shown = {"editing": f"new:{found.pk}", "anchor": f"mal-{found.pk}"}
    return writing.answer(request, case, plan, form, save=lambda f: save(**f.values()), **shown)


@held.refills
@require_http_methods(["GET", "POST"])
@door("plans.edit")
@drafting
def measure(request, case, plan, measure):
    found = editor.measure_of(plan, measure)
    form = editor.measure_form(request, case, found)
    save = partial(services.change_measure, measure=found, by=request.actor, by_itself=editor.by_itself(request))
    shown = {"editing": f"measure:{found.pk}", "anchor": f"mal-{found.goal_id}"}
    return writing.answer(request, case, plan, form, save=lambda f: save(values=f.values(), **f.opened_on()), **shown)


@require_http_methods(["GET", "POST"])
@door("plans.edit")
@drafting
def delete_measure(request, case, plan, measure):
    found = editor.measure_of(plan, measure)
    if request.method == "POST":
        removed.delete_measure(measure=found, by=request.actor, seen=request.POST.get("seen", ""))
        messages.success(request, "Insatsen är borttagen. Under Mål och insatser kan du ta tillbaka den.")
        return editor.back(case, "mal")
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
