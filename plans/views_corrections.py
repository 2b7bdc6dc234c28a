"""Starting and finishing a correction of the plan (PLA-9)."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from cases import frame
from cases.access import door
from organisations.errors import shown_on
from plans import corrections, documents, pages
from plans.correction_forms import CorrectionForm, RevisionForm
from plans.editor import drafting

page_or_form = require_http_methods(["GET", "POST"])


@page_or_form
@door("plans.correct")
def correct(request, case):
    form = CorrectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            corrections.start(case=case, by=request.actor, **form.cleaned_data)
        if form.is_valid():
            return redirect("plans:edit", case.pk)
    shown = {"form": form, "refusal": corrections.why_not(case, by=request.actor)}
    return render(request, "plans/correct.html", frame.context(case, request.actor, here="plan") | shown)


@page_or_form
@door("plans.correct")
@drafting
def finish(request, case, plan):
    if getattr(plan, "correction", None) is None:
        raise Http404
    form = RevisionForm(request.POST or None, initial={"revision": plan.revision})
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            corrections.approve(plan=plan, by=request.actor, **form.cleaned_data)
        if form.is_valid():
            messages.success(
                request, "Rättelsen gäller. Enheterna som är med har fått den rättade planen. Pdf:en görs nu."
            )
            return redirect("plans:plan", case.pk)
    shown = {"form": form, "missing": corrections.missing(plan), "sheet": documents.context(plan)}
    return render(request, "plans/finish_correction.html", pages.reading(request.actor, case, plan) | shown)
