"""Several in one draft: taking back, seeing who writes, confirming one's own measures, saying that a part is done."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.access import door
from organisations import held
from organisations.middleware import polling
from plans import changes, editor, own_parts, pages, undo
from plans.editor import drafting
from plans.forms_parts import DeclineForm
from plans.revision_forms import kept

UNDONE = "Din senaste ändring är ångrad."


@require_POST
@door("plans.edit")
@drafting
def undo_block(request, case, plan, name):
    undo.block(plan=plan, names=editor.block_of(name).form.columns, by=request.actor)
    messages.success(request, UNDONE)
    return editor.back(case, name)


@require_POST
@door("plans.edit")
@drafting
def undo_goal(request, case, plan, goal):
    undo.goal(goal=editor.goal_of(plan, goal), by=request.actor)
    messages.success(request, UNDONE)
    return editor.back(case, f"mal-{goal}")


@require_POST
@door("plans.edit")
@drafting
def undo_measure(request, case, plan, measure):
    found = editor.measure_of(plan, measure)
    undo.measure(measure=found, by=request.actor)
    messages.success(request, UNDONE)
    return editor.back(case, f"mal-{found.goal_id}")


@require_safe
@door("plans.edit")
@drafting
def list_changes(request, case, plan):
    return render(request, "plans/changes.html", changes.page(request.actor, case, plan))


@require_POST
@door("plans.edit")
@drafting
def put_back(request, case, plan, step):
    found = get_object_or_404(changes.of_plan(plan), pk=step)
    undo.put_back(plan=plan, step=found, seen=request.POST.get("seen", ""), by=request.actor)
    back = "Det borttagna står" if found.removed else "Den tidigare texten står"
    messages.success(request, f"{back} i planen igen.")
    return editor.back(case, changes.part_of(found)[0])


@polling
@require_safe
@door("plans.edit")
def now(request, case):
    return render(request, "plans/_now.html", editor.now(case, request.actor))


@require_POST
@door("plans.edit")
@drafting
def confirm(request, case, plan, measure):
    found = editor.measure_of(plan, measure)
    own_parts.confirm(measure=found, revision=editor.number(request.POST.get("revision")), by=request.actor)
    messages.success(request, "Insatsen är bekräftad.")
    return editor.back(case, f"mal-{found.goal_id}")


@held.refills
@require_http_methods(["GET", "POST"])
@door("plans.edit")
@drafting
def decline(request, case, plan, measure):
    found = editor.measure_of(plan, measure)
    form = DeclineForm(request.POST or None, initial={"revision": found.revision})
    if request.method == "POST" and form.is_valid():
        with kept(form):
            own_parts.decline(measure=found, by=request.actor, **form.cleaned_data)
    if request.method == "POST" and form.is_valid():
        messages.success(request, "Ditt nej är sparat. De som skrev insatsen får veta det.")
        return editor.back(case, f"mal-{found.goal_id}")
    return render(request, "plans/decline.html", pages.declining(request.actor, case, found, form))


@require_POST
@door("plans.edit")
@drafting
def part(request, case, plan):
    done = request.POST.get("done") == "yes"
    own_parts.mark(plan=plan, done=done, by=request.actor)
    messages.success(request, "Ni har sagt att er del är klar." if done else "Er del är inte längre klar.")
    return editor.back(case, "delar")
