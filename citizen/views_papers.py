"""The person's own papers: the consent form to read, the invitation, the notice of the end, and what a SIP is (DOK)."""

from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from citizen import pages
from citizen.door import mine
from organisations.middleware import polling
from papers import pages as paper_pages
from papers import possible, services
from papers.models import Kind


@require_http_methods(["GET", "POST"])
@mine
def papers(request, case):
    if request.method == "POST":
        kind = paper_pages.kind_of(request.POST.get("kind", ""), among=possible.OWN)
        made = services.order(case=case, kind=kind, by=request.actor)
        return redirect("citizen:paper", case.pk, made.pk)
    return render(request, "citizen/papers.html", pages.papers_page(case, request.actor))


@polling
@require_safe
@mine
def paper(request, case, paper):
    """The file; while it is being made a page that looks again by itself."""
    found = paper_pages.paper_of(case, request.actor, paper)
    if found.state == "ready":
        return paper_pages.as_file(services.fetch(paper=found, case=case, by=request.actor), found.kind)
    return waiting(request, "citizen/paper.html", pages.frame(case) | {"paper": found})


@polling
@require_http_methods(["GET", "POST"])
def leaflet(request):
    """What a SIP is, to print or to give to somebody."""
    if request.method == "POST":
        services.order_blank(kind=Kind.LEAFLET)
        return redirect("citizen:leaflet")
    found = services.blank(Kind.LEAFLET)
    if found is None:
        raise Http404
    if found.state == "ready":
        return paper_pages.as_file(bytes(found.pdf), found.kind)
    return waiting(request, "citizen/leaflet.html", {"paper": found})


def waiting(request, template, context):
    """The browser asks again by itself, also without JavaScript."""
    response = render(request, template, context)
    if context["paper"].state == "queued":
        response["Refresh"] = "5"
    return response
