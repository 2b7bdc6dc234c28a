"""”Min plan”: what the person, or a child's guardian, reads about the own plan (MED-1, MED-2)."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from audit import log
from citizen import extracts, pages, reading
from citizen import readers as reader_pages
from citizen.door import mine, own_cases
from logbook import pages as log_pages
from logbook.forms import PeriodForm
from logbook.models import LogExtract
from logbook.views import as_file
from meetings.calling_views import as_file as as_entry
from organisations.errors import shown_on
from organisations.middleware import polling


@require_safe
def plan(request):
    """The way in: the only plan, or the only one that is open, else a choice."""
    chosen = pages.only_one(list(own_cases()))
    return redirect("citizen:case", chosen.pk) if chosen else choose(request)


@require_safe
def choose(request):
    """All plans that the citizen may read; none at all is said in words."""
    cases = list(own_cases())
    log.record("citizen.listed", action=log.READ, persons=sorted({case.person_id for case in cases}))
    return render(request, "citizen/choose.html", {"cases": cases, "has_log": reader_pages.has_log()})


@require_safe
@mine
def case(request, case):
    return render(request, "citizen/plan.html", pages.plan_page(case, request.actor))


@require_safe
@mine
def version(request, case, number):
    found = next((plan for plan in reading.plans_of(case) if plan.version == number), None)
    if found is None:
        raise Http404
    return render(request, "citizen/version.html", pages.version_page(case, found))


@require_safe
@mine
def calendar_file(request, case):
    """The meeting that is called, or that was cancelled, as an entry for the own calendar: it says only when."""
    meeting = reading.meeting_for_calendar(case)
    if meeting is None:
        raise Http404
    return as_entry(meeting)


@require_safe
@mine
def consents(request, case):
    return render(request, "citizen/consents.html", pages.consents_page(case))


@require_safe
@mine
def copies(request, case):
    return render(request, "citizen/copies.html", pages.frame(case) | {"rows": reading.copies_of(case)})


@require_safe
@mine
def readers(request, case):
    """Who has read; one's own readings on request, since they would fill the page."""
    own = request.GET.get("egna") == "1"
    rows, page = reader_pages.page_of(case.person_id, request.actor.user_id, request.GET.get("sida"), own=own)
    return render(request, "citizen/readers.html", pages.frame(case) | {"rows": rows, "page": page, "own": own})


@require_safe
def all_readers(request):
    """The same when there is no case to read: after a mistake, or when all has been erased (PDL 8:5)."""
    own, person_id = request.GET.get("egna") == "1", reader_pages.myself()
    rows, page = reader_pages.page_of(person_id, request.actor.user_id, request.GET.get("sida"), own=own)
    log.record("citizen.readers", action=log.READ, person_id=person_id)
    return render(request, "citizen/all_readers.html", {"rows": rows, "page": page, "own": own})


@require_http_methods(["GET", "POST"])
@mine
def extract(request, case):
    """Who has read, as a PDF to keep: ordered here, fetched from the same page (PDL 8:5)."""
    form = PeriodForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            extracts.order(case, by=request.actor, **form.cleaned_data)
    if form.is_bound and form.is_valid():
        return redirect("citizen:extract", case.pk)
    earlier = log_pages.extracts(case, view="citizen:extract_pdf", user_id=request.actor.user_id)
    return render(request, "citizen/extract.html", pages.frame(case) | {"form": form, "extracts": earlier})


@require_safe
@mine
def extract_pdf(request, case, extract):
    own = LogExtract.objects.filter(person_id=case.person_id, user_id=request.actor.user_id, state="ready")
    found = get_object_or_404(own, pk=extract)
    log.record("citizen.extract", action=log.PRINT, case_id=case.pk, person_id=case.person_id)
    return as_file(found)


@polling
@require_safe
@mine
def pdf(request, case):
    """The approved plan as a file; while it is being made a page that looks again by itself."""
    document = reading.document_of(case)
    if document is None or document.state != "ready":
        return waiting(request, case, document)
    log.record("citizen.pdf", action=log.PRINT, case_id=case.pk, person_id=case.person_id)
    response = HttpResponse(bytes(document.pdf), content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="min-plan.pdf"'
    return response


def waiting(request, case, document):
    """Say that the file is being made; the browser asks again, also without JavaScript."""
    response = render(request, "citizen/waiting.html", pages.frame(case) | {"document": document})
    if document is not None and document.state == "queued":
        response["Refresh"] = "5"
    return response


@require_safe
def about(request):
    return render(request, "citizen/about.html")
