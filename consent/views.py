"""The pages of consent: its history, a new answer, and the unit's own received versions."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from audit import log
from cases import frame
from cases.access import door
from consent import pages, received_pages, services
from consent.forms import ConsentForm, ReasonForm
from consent.models import ReceivedVersion
from organisations import held, stepup
from organisations.access import allowed
from organisations.errors import shown_on

PAGE_SIZE = 25


@require_safe
@door("cases.view")
def history(request, case):
    """Every answer with its limits, newest first, and what was disclosed to whom (SAM-8)."""
    page = pages.history(case, request.actor)
    return render(request, "consent/history.html", page | frame.context(case, request.actor, here="consent"))


@require_http_methods(["GET", "POST"])
@door("consent.record")
@held.refills
def record(request, case):
    """A new answer: the first, a renewal, a narrower one, or a no (SAM-1, SAM-3, SAM-7)."""
    form = ConsentForm(request.POST or None, case=case)
    if request.method == "POST" and form.is_valid():
        if services.widens(case, **form.values()):
            stepup.require(request)
        with shown_on(form):
            consent = services.record(case=case, by=request.actor, **form.values())
        if form.is_valid():
            return recorded(request, case, consent)
    page = {"form": form, "lead_may_be_narrowed": case.lead_unit_id not in {None, case.owner_unit_id}}
    return render(request, "consent/record.html", page | frame.context(case, request.actor, here="consent"))


def recorded(request, case, consent):
    if consent is None:
        return redirect("consent:receipt")
    messages.success(request, services.receipt_text(consent))
    if services.lead_is_narrowed(case, consent):
        messages.warning(request, services.CHANGE_LEAD)
    return redirect("consent:history", case.pk)


@require_safe
@allowed("cases.view")
def receipt(request):
    """After a withdrawal or a leave: no personal data, since the unit may no longer see the case."""
    return render(request, "consent/receipt.html", {"left": "lamnat" in request.GET})


@require_safe
@allowed("cases.view")
def received(request):
    """The unit's own record of what it has been sent, without content."""
    rows = ReceivedVersion.objects.defer("content").order_by("-received_at", "-pk")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("sida"))
    log.record("consent.received_listed", action=log.READ, persons=[row.person_id for row in page])
    return render(request, "consent/received.html", {"page": page})


@require_http_methods(["GET", "POST"])
@allowed("cases.view")
def received_one(request, pk):
    """One received version, opened with a stated reason that is logged (SAM-5)."""
    version = ReceivedVersion.objects.filter(pk=pk).first()
    if version is None:
        raise Http404
    form = ReasonForm(request.POST or None)
    opened = request.method == "POST" and form.is_valid()
    event, details = ("opened", {"reason": form.cleaned_data["reason"]}) if opened else ("asked_for", {})
    log.record(f"consent.received_{event}", action=log.READ, case_id=version.case_id, person_id=version.person_id,
               object_id=str(pk), details=details)  # fmt: skip
    shown = received_pages.opened(version, form) if opened else {}
    return render(request, "consent/received_one.html", {"version": version, "form": form, "opened": opened} | shown)
