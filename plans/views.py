"""Reading the plan and its versions, approving it, its PDF and its copies."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cases.access import door
from organisations.middleware import polling
from plans import approval, documents, pages, versions
from plans.editor import drafting
from plans.forms import CompareForm, HandOutForm, kept
from plans.forms_approval import ApproveForm

APPROVED = "Planen är godkänd. Enheterna som är med kan läsa den. Pdf:en till personen görs nu."


@require_safe
@door("plans.view")
def plan(request, case):
    return render(request, "plans/plan.html", pages.overview(request.actor, case))


@require_safe
@door("plans.view")
@drafting
def preview(request, case, plan):
    return render(request, "plans/preview.html", pages.preview(request.actor, case, plan))


@require_safe
@door("plans.view")
def version_list(request, case):
    form = CompareForm(request.GET if "newer" in request.GET else None, plans=versions.listed(case))
    if form.is_bound and form.is_valid():
        return redirect("plans:compare", pk=case.pk, **form.chosen())
    return render(request, "plans/versions.html", pages.version_list(request.actor, case, form))


@require_safe
@door("plans.view")
def version(request, case, version):
    return render(request, "plans/version.html", pages.reading(request.actor, case, pages.plan_of(case, version)))


@require_safe
@door("plans.view")
def compare(request, case, older, newer):
    pair = pages.plan_of(case, older), pages.plan_of(case, newer)
    return render(request, "plans/compare.html", pages.comparing(request.actor, case, *pair))


@require_http_methods(["GET", "POST"])
@door("plans.approve")
@drafting
def approve(request, case, plan):
    seen_by = approval.witnesses(plan, by=request.actor)
    form = ApproveForm(request.POST or None, revision=plan.revision, witnesses=seen_by)
    if request.method == "POST" and form.is_valid():
        with kept(form):
            approval.approve(plan=plan, by=request.actor, **form.values())
        if form.is_valid():
            messages.success(request, APPROVED)
            return redirect(pages.after_approval(request.actor, case))
    return render(request, "plans/approve.html", pages.approving(request.actor, case, plan, form))


@polling
@require_http_methods(["GET", "POST"])
@door("plans.print")
def pdf(request, case, version=None):
    plan = pages.plan_of(case, version)
    if request.method == "POST":
        documents.order(plan=plan, by=request.actor)
        return redirect("plans:pdf", case.pk, plan.version)
    context = pages.document(request.actor, case, plan)
    response = render(request, "plans/pdf.html", context)
    if context["waiting"]:
        response.headers["Refresh"] = "3"
    return response


@require_safe
@door("plans.print")
def download(request, case, version):
    content = documents.pdf_of(plan=pages.plan_of(case, version), by=request.actor)
    if content is None:
        raise Http404
    # A neutral name: the file may lie in a shared folder.
    headers = {"Content-Disposition": 'attachment; filename="plan.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@require_http_methods(["GET", "POST"])
@door("plans.hand_out")
def hand_out(request, case, version):
    plan = pages.approved_of(case, version)
    form = HandOutForm(request.POST or None, initial={"given_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        with kept(form):
            documents.hand_out(plan=plan, by=request.actor, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, "Antecknat att planen är lämnad.")
            return redirect("plans:plan", case.pk)
    return render(request, "plans/hand_out.html", pages.handing_out(request.actor, case, plan, form))
