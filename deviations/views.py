"""Pages of deviations: in a case, and the unit's own list (AVV-1, AVV-2)."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit import log
from cases import frame
from cases.access import door, may
from cases.topics import ALL
from deviations import selectors, services
from deviations.forms import AbsenceForm, AnswerForm, CloseForm, ReportForm
from organisations.access import allowed
from organisations.errors import shown_on

PER_PAGE = 25


@require_safe
@allowed("deviations.view")
def unit_list(request):
    """What concerns the acting unit or was reported by it, without saying who the persons are."""
    page = Paginator(selectors.of_unit(request.actor.unit_id), PER_PAGE).get_page(request.GET.get("sida"))
    for row in page:
        row.step = selectors.next_step(row, request.actor.unit_id)
    waiting = list(selectors.to_decide(request.actor.unit_id)[:PER_PAGE])
    persons = {row.case.person_id for row in page} | {row.person for row in waiting}
    log.record("deviations.listed", action=log.READ, persons=sorted(persons))
    shown = {"page": page, "waiting": waiting, "may_decide": request.actor.may("deviations.decide")}
    return render(request, "deviations/unit_list.html", shown)


@require_safe
@door("deviations.view")
def case_list(request, case):
    rows = list(selectors.in_case(case))
    for row in rows:
        row.step = selectors.next_step(row, request.actor.unit_id)
    may_report = may(case, request.actor, "deviations.report")
    absences = selectors.absences(case, request.actor) if may_report else []
    shown = {"rows": rows, "absences": absences, "may_report": may_report, "dismissed": selectors.dismissed(case)}
    shown["may_decide"] = may(case, request.actor, "deviations.decide")
    return render(request, "deviations/case_list.html", frame.context(case, request.actor, here="deviations") | shown)


@require_http_methods(["GET", "POST"])
@door("deviations.report")
def report(request, case):
    start = selectors.suggestion(case, request.actor, request.GET.get("narvaro", ""))
    units = selectors.units_to_report(case, request.actor)
    form = ReportForm(request.POST or None, units=units, topics=start.pop("topics", ALL), initial=start)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            services.report(case=case, by=request.actor, **form.cleaned_data)
    if form.is_bound and form.is_valid():
        messages.success(request, "Avvikelsen är rapporterad. Enheten har fått den.")
        return redirect("deviations:list", case.pk)
    shown = frame.context(case, request.actor, here="deviations")
    return render(request, "deviations/report.html", shown | {"form": form})


@require_http_methods(["GET", "POST"])
@door("deviations.decide")
def decide(request, case, attendance):
    """A party with the duty stayed away: report it, or say why not (MOT-3)."""
    found = get_object_or_404(selectors.undecided(request.actor.unit_id).select_related("invitation"), pk=attendance,
                              case=case)  # fmt: skip
    start = selectors.suggestion(case, request.actor, str(attendance))
    form = AbsenceForm(request.POST or None, topics=start["topics"], initial={"text": start["text"]})
    if request.method == "POST" and form.is_valid():
        step = services.report_absence if form.reports else services.dismiss_absence
        with shown_on(form):
            step(case=case, attendance=found, by=request.actor, **form.values())
        if form.is_valid():
            messages.success(request, "Ditt beslut är sparat.")
            return redirect("deviations:list", case.pk)
    shown = frame.context(case, request.actor, here="deviations")
    return render(request, "deviations/decide.html", shown | {"form": form, "row": found})


@require_POST
@door("deviations.answer")
def receive(request, case, number):
    deviation = selectors.deviation_for(case, number, request.actor, "receive")
    services.receive(deviation=deviation, by=request.actor)
    messages.success(request, "Ni har tagit emot avvikelsen. Skriv ert svar när ni vet mer.")
    return redirect("deviations:list", case.pk)


@require_http_methods(["GET", "POST"])
@door("deviations.answer")
def answer(request, case, number):
    deviation = selectors.deviation_for(case, number, request.actor, "answer")
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            services.answer(deviation=deviation, by=request.actor, **form.cleaned_data)
    if form.is_bound and form.is_valid():
        messages.success(request, "Svaret är skickat.")
        return redirect("deviations:list", case.pk)
    shown = frame.context(case, request.actor, here="deviations")
    return render(request, "deviations/answer.html", shown | {"form": form, "row": deviation})


@require_http_methods(["GET", "POST"])
@door("deviations.report")
def close(request, case, number):
    deviation = selectors.deviation_for(case, number, request.actor, "close")
    form = CloseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            services.close(deviation=deviation, by=request.actor, **form.cleaned_data)
    if form.is_bound and form.is_valid():
        messages.success(request, "Avvikelsen är avslutad.")
        return redirect("deviations:list", case.pk)
    shown = frame.context(case, request.actor, here="deviations")
    return render(request, "deviations/close.html", shown | {"form": form, "row": deviation})
