"""Writing down that somebody sees it differently, outside the meeting too (MOT-4)."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from cases import frame
from cases.access import door
from organisations import held
from plans import disagreement
from plans.editor import drafting
from plans.forms import kept
from plans.forms_disagreement import DisagreeForm
from plans.parties import units_of


@held.refills
@require_http_methods(["GET", "POST"])
@door("plans.edit")
@drafting
def disagreements(request, case, plan):
    form = form_of(request, case, plan)
    if request.method == "POST" and form.is_valid():
        with kept(form):
            disagreement.write(plan=plan, by=request.actor, **form.values())
        if form.is_valid():
            messages.success(request, "Det står nu i planen att ni inte är överens.")
            return redirect("plans:disagreements", case.pk)
    shown = frame.context(case, request.actor, here="plan") | {"form": form, "plan": plan}
    return render(request, "plans/disagreements.html", shown | {"views": disagreement.shown(plan, case, request.actor)})


@require_POST
@door("plans.edit")
@drafting
def agree(request, case, plan, number):
    """They agree now: the disagreement leaves the draft."""
    row = get_object_or_404(disagreement.to_change(plan), pk=number)
    disagreement.remove(disagreement=row, by=request.actor)
    messages.success(request, "Oenigheten är borttagen ur utkastet.")
    return redirect("plans:disagreements", case.pk)


def form_of(request, case, plan) -> DisagreeForm:
    """The form, with the goals that the reader sees and the units whose view it may write down."""
    units = disagreement.voices(case, units_of(case), by=request.actor)
    return DisagreeForm(request.POST or None, goals=list(plan.goals.all()), units=units)
