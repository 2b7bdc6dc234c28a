"""Papers of a case, and the empty forms that need no case (DOK)."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases import frame
from cases.access import door
from organisations.access import allowed
from organisations.errors import shown_on
from organisations.middleware import polling
from papers import pages, possible, services
from papers.forms import HandOutForm


@require_safe
@door("papers.view")
def listing(request, case):
    return render(request, "papers/list.html", pages.listing(case, request.actor))


@require_POST
@door("papers.view")
def order(request, case, name):
    chosen = pages.kind_of(name, among=possible.BUILD)
    about = pages.number_of(request.POST.get("about", "0"))
    paper = services.order(case=case, kind=chosen, about=about, by=request.actor)
    return redirect("papers:paper", case.pk, paper.pk)


@polling
@require_safe
@door("papers.view")
def paper(request, case, paper):
    context = pages.one(case, request.actor, pages.paper_of(case, request.actor, paper))
    return waiting(render(request, "papers/paper.html", context), context)


def waiting(response, context):
    """The browser asks again by itself, also without JavaScript."""
    if context["waiting"]:
        response.headers["Refresh"] = "3"
    return response


@require_safe
@door("papers.view")
def file(request, case, paper):
    found = pages.paper_of(case, request.actor, paper, state="ready")
    return pages.as_file(services.fetch(paper=found, case=case, by=request.actor), found.kind)


@require_http_methods(["GET", "POST"])
@door("papers.hand_out")
def hand_out(request, case, paper):
    found = pages.paper_of(case, request.actor, paper, state="ready")
    form = HandOutForm(request.POST or None, initial={"given_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            services.hand_out(paper=found, case=case, by=request.actor, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, "Antecknat att pappret är lämnat.")
            return redirect("papers:list", case.pk)
    shown = {"form": form, "paper": found, "name": found.get_kind_display()}
    return render(request, "papers/hand_out.html", frame.context(case, request.actor, here="papers") | shown)


@require_safe
@allowed("papers.blank")
def blanks(request):
    return render(request, "papers/blanks.html", pages.blanks())


@polling
@require_http_methods(["GET", "POST"])
@allowed("papers.blank")
def blank(request, name):
    chosen = pages.kind_of(name)
    if request.method == "POST":
        services.order_blank(kind=chosen)
        return redirect("papers:blank", name)
    context = pages.blank(chosen)
    return waiting(render(request, "papers/blank.html", context), context)


@require_safe
@allowed("papers.blank")
def blank_file(request, name):
    chosen = pages.kind_of(name)
    found = services.blank(chosen)
    if found is None or found.state != "ready":
        raise Http404
    return pages.as_file(bytes(found.pdf), chosen)
