"""A party fetches its own measures for its own record: taking out, so behind a fresh login (PLA-8)."""

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from cases import frame
from cases.access import door
from organisations.middleware import polling
from organisations.stepup import fresh_login
from plans import export, services


def in_force(case):
    """The plan in force with its case, or None."""
    plan = services.in_force(case)
    if plan is not None:
        plan.case = case
    return plan


def with_measures(case, actor):
    """The plan in force, 404 when the unit has nothing in it."""
    plan = in_force(case)
    if plan is None or not export.own_goals(plan, actor.unit_id):
        raise Http404
    return plan


@polling
@require_http_methods(["GET", "POST"])
@door("plans.export")
@fresh_login
def overview(request, case):
    """What can be fetched; a POST orders the PDF."""
    if request.method == "POST":
        export.order(plan=with_measures(case, request.actor), by=request.actor)
        return redirect("plans:export", case.pk)
    shown = export.page(in_force(case), by=request.actor)
    response = render(request, "plans/export.html", frame.context(case, request.actor, here="plan") | shown)
    if shown["waiting"]:
        response.headers["Refresh"] = "3"
    return response


@require_safe
@door("plans.export")
@fresh_login
def as_text(request, case):
    plan = with_measures(case, request.actor)
    said = export.as_text(plan, by=request.actor)
    export.fetched(plan, kind="text")
    return attached(HttpResponse(said, content_type="text/plain; charset=utf-8"), "txt")


@require_safe
@door("plans.export")
@fresh_login
def as_json(request, case):
    plan = with_measures(case, request.actor)
    export.fetched(plan, kind="json")
    dump = {"ensure_ascii": False, "indent": 2}
    return attached(JsonResponse(export.facts(plan, by=request.actor), json_dumps_params=dump), "json")


@require_safe
@door("plans.export")
@fresh_login
def as_pdf(request, case):
    content = export.pdf_of(plan=with_measures(case, request.actor), by=request.actor)
    if content is None:
        raise Http404
    return attached(HttpResponse(content, content_type="application/pdf"), "pdf")


def attached(response, ending: str):
    """Under a name that tells nothing: the file may lie in a shared folder."""
    response.headers["Content-Disposition"] = f'attachment; filename="insatser.{ending}"'
    return response
