"""The pages of kallelse and meeting: thin, the rules are in the services."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit import log
from cases import frame
from cases.access import door
from cases.topics import sees_all
from meetings import calling, outcome, pages, rules, services
from meetings.forms import AnswerForm, CallForm, CancelForm, HoldForm, MoveForm
from meetings.models import Invitation, Meeting, MeetingKind
from organisations.errors import shown_on
from preparation.pages import premeeting_of


def meeting_of(case, pk) -> Meeting:
    """A meeting of this case, or 404."""
    found = Meeting.objects.select_related("chair", "writer", "called_by__staff", "called_by__unit")
    return get_object_or_404(found, pk=pk, case=case)


def invitation_of(case, meeting, **which) -> Invitation:
    """An invitation to a meeting of this case, or 404."""
    found = Invitation.objects.select_related("meeting__called_by", "unit", "outside_party")
    return get_object_or_404(found, case=case, meeting=meeting, **which)


def page(request, case, template: str, **values):
    return render(request, f"meetings/{template}.html", values | frame.context(case, request.actor, here="meetings"))


@require_safe
@door("cases.view")
def overview(request, case):
    """The present meeting and its answers at a glance (KAL-5)."""
    services.opened(case=case, by=request.actor)
    return page(request, case, "overview", **pages.overview(case, request.actor))


@require_http_methods(["GET", "POST"])
@door("meetings.call")
def call(request, case):
    """The kallelse; without both answers the page says what is missing (SAM-1)."""
    form = CallForm(request.POST or None, case=case, by=request.actor)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            services.call(case=case, by=request.actor, **form.values())
        if form.is_valid():
            return sent(request, case, form, "Kallelsen är skickad.")
    return page(request, case, "call", form=form, **pages.calling(case, form))


def sent(request, case, form, text, *, instead_of=None):
    messages.success(request, text)
    for warning in rules.warnings(case, form.values()["units"], request.actor, form.values()["outside"]):
        messages.warning(request, warning)
    return next_page(case, instead_of)


def next_page(case, off):
    """The list of calls while there are any to make about a meeting that is not to be, else the meetings."""
    if off is not None and off.calls.exists():
        return redirect("meetings:phone_list", case.pk, off.pk)
    return redirect("meetings:overview", case.pk)


@require_http_methods(["GET", "POST"])
@door("meetings.change")
def move(request, case, meeting):
    """Another time; all get a new kallelse."""
    found = meeting_of(case, meeting)
    form = MoveForm(request.POST or None, case=case, by=request.actor, meeting=found)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            services.move(case=case, meeting=found, by=request.actor, **form.values())
        if form.is_valid():
            return sent(request, case, form, "Mötet är flyttat. Enheterna har fått en ny kallelse.", instead_of=found)
    return page(request, case, "call", form=form, meeting=found, **pages.calling(case, form))


@require_http_methods(["GET", "POST"])
@door("meetings.answer")
def answer(request, case, meeting):
    """The own unit's answer (KAL-5)."""
    invitation = invitation_of(case, meeting, unit_id=request.actor.unit_id)
    services.opened(case=case, by=request.actor)
    form = AnswerForm(request.POST or None, case=case, invitation=invitation, by=request.actor)
    return answering(request, case, invitation, form)


@require_http_methods(["GET", "POST"])
@door("meetings.change")
def answer_for(request, case, meeting, invitation):
    """An answer that the caller got by phone or letter."""
    found = invitation_of(case, meeting, pk=invitation)
    return answering(request, case, found, AnswerForm(request.POST or None, case=case, invitation=found))


def answering(request, case, invitation, form):
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            services.answer(case=case, invitation=invitation, by=request.actor, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, "Svaret är sparat.")
            return redirect("meetings:overview", case.pk)
        form.stand_on_what_was_told()
    own = invitation.unit_id == request.actor.unit_id
    row = pages.row(case, invitation, request.actor)
    meeting = meeting_of(case, invitation.meeting_id)
    told = pages.told(case, meeting, whole=sees_all(case.pk, request.actor))
    return page(request, case, "answer", form=form, row=row, meeting=meeting, own=own, **told)


@require_POST
@door("meetings.change")
def told(request, case, meeting, invitation):
    """Told by letter or phone."""
    found = invitation_of(case, meeting, pk=invitation)
    services.told(case=case, invitation=found, by=request.actor)
    messages.success(request, "Noterat.")
    return redirect("meetings:overview", case.pk)


@require_POST
@door("meetings.remind")
def remind(request, case, meeting):
    """Remind the units that have not answered; once a day is enough."""
    count = services.remind(case=case, meeting=meeting_of(case, meeting), by=request.actor)
    if count:
        messages.success(request, "Påminnelsen är skickad. Den går ut högst en gång om dagen till var och en.")
    else:
        messages.info(request, "Alla enheter har redan svarat.")
    return redirect("meetings:overview", case.pk)


@require_http_methods(["GET", "POST"])
@door("meetings.change")
def cancel(request, case, meeting):
    """Call it off; on the very day everybody must be phoned (KAL-7)."""
    found, form = meeting_of(case, meeting), CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            told = services.cancel(case=case, meeting=found, by=request.actor, **form.cleaned_data)
        if form.is_valid():
            return cancelled(request, case, found, told)
    return page(request, case, "cancel", form=form, meeting=found)


def cancelled(request, case, meeting, told: bool):
    """Today everybody is on the list of calls; another day somebody must think of those whom nothing is sent to."""
    messages.success(request, "Mötet är inställt. Alla enheter har fått veta det.")
    count = meeting.invitations.filter(outside_party__isnull=False).count()
    who = ([] if told else ["personen"]) + ([f"{count} deltagare utan konto"] if count else [])
    if who and not calling.is_today(meeting):
        messages.warning(request, f"Hör själv av dig till {' och '.join(who)}. Systemet skickar inget besked dit.")
    return next_page(case, meeting)


@require_http_methods(["GET", "POST"])
@door("meetings.hold")
def hold(request, case, meeting):
    """Who came (MOT-3); then the plan, or the questions of the follow-up."""
    found = meeting_of(case, meeting)
    form = HoldForm(request.POST or None, meeting=found)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            services.hold(case=case, meeting=found, by=request.actor, **form.values())
        if form.is_valid():
            messages.success(request, "Närvaron är sparad.")
            return redirect("plans:follow_up" if found.kind == MeetingKind.FOLLOW_UP else "plans:plan", case.pk)
    return page(request, case, "hold", form=form, meeting=found)


@require_safe
@door("plans.print")
def letter(request, case, meeting):
    """The person's invitation, to print (KAL-10)."""
    found = meeting_of(case, meeting)
    log.record("meetings.letter", action=log.PRINT, case_id=case.pk, person_id=case.person_id, object_id=str(found.pk))
    return page(request, case, "letter", **pages.letter(case, found, request.actor))


@require_POST
@door("meetings.change")
def carry_outcome(request, case, number):
    """The outcome of a pre-meeting goes into the agenda, because somebody chose so."""
    found = premeeting_of(case, number)
    if outcome.carry(premeeting=found, by=request.actor):
        messages.success(request, "Utfallet står nu sist i det ni ska prata om.")
    else:
        messages.success(request, "Utfallet står i kallelsen när du skriver den.")
    return redirect("preparation:premeeting", case.pk, number)
