"""The pages that correct a disclosure: void a case, recall what reached the wrong receiver (PLA-9)."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from cases import frame
from cases.access import door
from consent import corrections
from consent.correction_forms import MistakeForm
from organisations.errors import shown_on

page_or_form = require_http_methods(["GET", "POST"])


@page_or_form
@door("cases.void")
def void(request, case):
    form = MistakeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            corrections.void(case=case, by=request.actor, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, "Ärendet är makulerat. Bara er enhet ser det nu.")
            return redirect("casework:case", case.pk)
    return render(request, "consent/void.html", frame.context(case, request.actor, here="overview") | {"form": form})


@page_or_form
@door("consent.recall")
def recall(request, case, disclosure):
    found = get_object_or_404(case.disclosures, pk=disclosure)
    form = MistakeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            corrections.recall(disclosure=found, by=request.actor, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, "Återkallat och antecknat som felaktigt utlämnande.")
            return redirect("consent:history", case.pk)
    shown = {"form": form, "disclosure": found}
    return render(request, "consent/recall.html", frame.context(case, request.actor, here="consent") | shown)
