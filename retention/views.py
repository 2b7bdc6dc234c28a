"""The pages of retention: an administrator prepares and approves in numbers, a handler stops."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit import log
from cases import frame
from cases.access import door
from consent.models import ReceivedVersion
from organisations.access import allowed
from organisations.errors import shown_on
from organisations.stepup import fresh_login
from retention import pages, services
from retention.forms import EndForm, HoldForm, RuleForm
from retention.models import RetentionHold

PER_PAGE = 50
page_or_form = require_http_methods(["GET", "POST"])


@require_safe
@allowed("retention.administer")
def overview(request):
    log.record("retention.listed", action=log.READ)
    return render(request, "retention/overview.html", pages.overview(request.actor))


@require_safe
@allowed("retention.administer")
def records(request, name):
    """References of what is due, exempt, stopped or without a rule."""
    if name not in pages.LISTED:
        raise Http404
    log.record("retention.listed", action=log.READ, details={"list": name})
    page = Paginator(pages.listed(request.actor, name), PER_PAGE).get_page(request.GET.get("sida"))
    return render(request, "retention/records.html", {"page": page, "name": name})


@require_POST
@allowed("retention.administer")
def prepare(request):
    made = services.prepare(by=request.actor)
    if made is None:
        messages.info(request, "Det finns inget att gallra nu.")
        return redirect("retention:overview")
    return redirect("retention:batch", made)


@require_safe
@allowed("retention.administer")
def batch(request, number):
    found = get_object_or_404(services.batches(), pk=number)
    log.record("retention.listed", action=log.READ, object_type="batch", object_id=str(number))
    return render(request, "retention/batch.html", pages.batch(found))


@page_or_form
@allowed("retention.administer")
@fresh_login
def approve(request, number):
    """A person approves; the export and the erasing are the job's."""
    found = get_object_or_404(services.batches(), pk=number)
    if request.method == "POST":
        services.approve(batch=found, by=request.actor)
        messages.success(request, "Omgången är godkänd. Den exporteras och gallras inom kort.")
        return redirect("retention:batch", number)
    return render(request, "retention/approve.html", pages.batch(found))


@page_or_form
@allowed("retention.administer")
def cancel(request, number):
    found = get_object_or_404(services.batches(), pk=number)
    if request.method == "POST":
        services.cancel(batch=found, by=request.actor)
        messages.success(request, "Omgången är avbruten. Inget har gallrats.")
        return redirect("retention:overview")
    return render(request, "retention/cancel.html", {"batch": found})


@require_safe
@allowed("retention.administer")
def ledger(request):
    page = Paginator(services.own_ledger(), PER_PAGE).get_page(request.GET.get("sida"))
    return render(request, "retention/ledger.html", {"page": page})


@page_or_form
@allowed("retention.administer")
def rules(request):
    """The law's rules, and the organisation's own longer times."""
    form = RuleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            services.set_rule(by=request.actor, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, "Regeln gäller från i dag.")
            return redirect("retention:rules")
    return render(request, "retention/rules.html", {"form": form} | pages.rules(request.actor))


@page_or_form
@door("retention.hold")
def case_holds(request, case):
    """The unit's own stops for a case that it has."""
    page = {"holds": services.holds_of(case.pk), "reference": case.reference}
    page |= frame.context(case, request.actor, here="retention")
    return holds(request, case.pk, case.person_id, page, "retention/case_holds.html")


@page_or_form
@allowed("retention.hold")
def received_holds(request, pk):
    """The same for what the unit has received; the content is not shown."""
    version = ReceivedVersion.objects.defer("content").filter(pk=pk).first()
    if version is None:
        raise Http404
    page = {"holds": services.holds_of(version.case_id), "reference": version.reference, "version": version}
    log.record("retention.holds_read", action=log.READ, case_id=version.case_id, person_id=version.person_id)
    return holds(request, version.case_id, version.person_id, page, "retention/received_holds.html")


def holds(request, case_id, person_id, page, template):
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            services.hold(case_id=case_id, person_id=person_id, by=request.actor, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, "Uppgifterna gallras inte.")
            return redirect(request.path)
    return render(request, template, page | {"form": form})


@page_or_form
@allowed("retention.hold")
def end_hold(request, number):
    """The reason no longer stands."""
    found = get_object_or_404(RetentionHold, pk=number)
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.end_hold(hold=found, by=request.actor, note=form.cleaned_data["note"])
        messages.success(request, "Stoppet är avslutat.")
        return redirect("casework:worklist")
    return render(request, "retention/end_hold.html", {"form": form, "hold": found})
