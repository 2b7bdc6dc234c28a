"""The pages of a kallelse on its way inside a huvudman, and of other times (KAL-4, KAL-5)."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from audit import log
from cases.access import case_by, door
from consent import coverage
from meetings import forwarding, forwarding_pages, proposals
from meetings.forwarding_forms import HandedAnswerForm, HandOnForm, ProposalForm
from meetings.forwarding_models import TimeProposal
from meetings.views import invitation_of, meeting_of, page
from organisations.access import allowed
from organisations.errors import Conflict, shown_on

HANDED = "Kallelsen är lämnad vidare. Svarstiden är densamma, och den som kallar ser vem som har den nu."
page_or_form = require_http_methods(["GET", "POST"])


@require_safe
@allowed("meetings.handed")
def handed_list(request):
    """All kallelser that the unit has had on their way."""
    rows = forwarding_pages.handed_list(request.actor)
    log.record("meetings.handed_listed", action=log.READ, persons=forwarding_pages.persons_of(rows))
    return render(request, "meetings/handed_list.html", {"rows": rows})


def handed_of(request, pk, *, here=False, logs=True):
    """The kallelse alone, for a unit on its way; `here`: only for the one that has it, while it can be acted on.

    Not `logs`: the view reads the case too when the unit sees it, and that reading is the one that is logged.
    """
    found = forwarding.handed(invitation_id=pk)
    if found is None:
        raise Http404
    if logs or not found.sees:
        log.record(
            "meetings.handed_read", action=log.READ, case_id=found.case_id, person_id=found.person_id, object_id=str(pk)
        )
    if here and not forwarding_pages.handed(found, request.actor)["open_now"]:
        if request.method == "POST":
            raise Conflict("Kallelsen är redan lämnad vidare, eller mötet är inte längre kallat. Ladda om sidan.")
        raise PermissionDenied("Kallelsen ligger inte hos er längre.")
    return found


@require_safe
@allowed("meetings.handed")
def handed(request, pk):
    """When, where and who calls; how the kallelse came here. Nothing of the case."""
    found = handed_of(request, pk)
    return render(request, "meetings/handed.html", forwarding_pages.handed(found, request.actor))


@page_or_form
@allowed("meetings.answer")
def handed_answer(request, pk):
    """Who comes, from a unit that has the kallelse alone."""
    found = handed_of(request, pk, here=True)
    if found.sees:
        return redirect("meetings:answer", found.case_id, found.meeting_id)
    form = HandedAnswerForm(request.POST or None, handed=found, by=request.actor)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            forwarding.answer_handed(handed=found, by=request.actor, **form.cleaned_data)
    return handed_done(request, found, form, "handed_answer", "Svaret är sparat.")


@page_or_form
@allowed("meetings.hand_on")
def handed_on(request, pk):
    """Wrong receiver: on to the right unit of the own huvudman, whether the own unit sees the case or not."""
    found = handed_of(request, pk, here=True, logs=False)
    case = case_by(request.actor, found.case_id, to="meetings.hand_on") if found.sees else None
    reached = coverage.reached_by(coverage.current(case)) if case else None
    form = HandOnForm(request.POST or None, possible=forwarding.possible_units(handed=found, by=request.actor),
                      reached=reached)  # fmt: skip
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            forwarding.hand_on(handed=found, case=case, by=request.actor, **form.cleaned_data)
    return handed_done(request, found, form, "handed_on", HANDED)


@page_or_form
@allowed("meetings.answer")
def handed_propose(request, pk):
    found = handed_of(request, pk, here=True)
    form = ProposalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            proposals.propose_handed(handed=found, by=request.actor, **form.values())
    return handed_done(request, found, form, "handed_propose", "Förslaget är skickat till den som kallar.")


def handed_done(request, found, form, template: str, text: str):
    if form.is_bound and form.is_valid():
        messages.success(request, text)
        return redirect("meetings:handed", found.pk)
    shown = forwarding_pages.handed(found, request.actor) | {"form": form}
    return render(request, f"meetings/{template}.html", shown)


@page_or_form
@door("meetings.answer")
def propose(request, case, meeting):
    """Another time that the own unit can."""
    found = invitation_of(case, meeting, unit_id=request.actor.unit_id)
    form = ProposalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            proposals.propose(case=case, invitation=found, by=request.actor, **form.values())
        if form.is_valid():
            messages.success(request, "Förslaget är skickat. Mötet ligger kvar tills den som kallar flyttar det.")
            return redirect("meetings:overview", case.pk)
    return page(request, case, "propose", form=form, meeting=meeting_of(case, meeting))


@page_or_form
@door("meetings.change")
def use_time(request, case, meeting, proposal):
    """Move the meeting to a proposed time, everything else as it was."""
    found = meeting_of(case, meeting)
    rows = TimeProposal.objects.select_related("invitation__unit", "invitation__outside_party")
    chosen = get_object_or_404(rows, pk=proposal, case=case, invitation__meeting=found)
    if request.method == "POST":
        proposals.use(case=case, meeting=found, proposal=chosen, by=request.actor)
        messages.success(request, "Mötet är flyttat. Enheterna har fått en ny kallelse.")
        return redirect("meetings:overview", case.pk)
    return page(request, case, "use_time", meeting=found, proposal=chosen)
