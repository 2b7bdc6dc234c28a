"""The pages that end something: the person withdraws, a unit leaves or is no longer needed, the case is closed."""

from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cases import frame
from cases.access import door
from cases.forms import WhyForm
from cases.listing import subpage
from consent import services as consents
from consent.forms import WithdrawForm
from meetings import calling
from organisations.errors import shown_on
from plans import endings
from plans.forms_endings import CloseForm, LeaveForm


def to_phone(request, case, said: str = ""):
    """To the list of calls when today's meeting fell away with the case (KAL-7), and the unit still sees it."""
    meeting = calling.to_make(case)
    if meeting is None:
        return None
    if said:
        messages.success(request, said)
    return redirect("meetings:phone_list", case.pk, meeting)


@require_http_methods(["GET", "POST"])
@door("consent.withdraw")
def withdraw(request, case):
    """Any handler of any party records that the person takes back the consent (SAM-5)."""
    form = WithdrawForm(request.POST or None, case=case)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            consents.withdraw(case=case, by=request.actor, **form.values())
        if form.is_valid():
            # Not back to the case: the acting unit may have lost its own access.
            return to_phone(request, case, "Återkallelsen är sparad.") or redirect("consent:receipt")
    return render(request, "consent/withdraw.html", {"form": form} | frame.context(case, request.actor, here="consent"))


@require_http_methods(["GET", "POST"])
@door("cases.leave")
def leave(request, case):
    """The acting unit ends its own part."""
    form = LeaveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            consents.leave(case=case, by=request.actor, **form.cleaned_data)
        if form.is_valid():
            return redirect(f"{reverse('consent:receipt')}?{urlencode({'lamnat': 1})}")
    return render(request, "plans/leave.html", {"form": form} | frame.context(case, request.actor, here="consent"))


@require_http_methods(["GET", "POST"])
@door("cases.end_party")
def end_party(request, case, party):
    """The steering unit ends another unit's part, with why (KAL-1)."""
    party = get_object_or_404(case.participations.with_names(), pk=party)
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            endings.end_party(case=case, party=party, by=request.actor, **form.cleaned_data)
    if form.is_bound and form.is_valid():
        messages.success(request, f"{party.unit.name} deltar inte längre.")
        return redirect("cases:parties", case.pk)
    page = subpage(case, request.actor, "Avsluta enhetens medverkan") | {"form": form, "party": party}
    return render(request, "plans/end_party.html", page)


@require_http_methods(["GET", "POST"])
@door("cases.close")
def close(request, case):
    """Huvudansvarig's unit, else the owner, closes the case with a reason (AVS-1)."""
    form = CloseForm(request.POST or None, case=case)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            endings.close(case=case, by=request.actor, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, "SIP:en är avslutad. Det ligger i inkorgen hos enheterna som var med.")
            return to_phone(request, case) or redirect("casework:case", case.pk)
    return render(request, "plans/close.html", {"form": form} | frame.context(case, request.actor, here="follow_up"))
