"""The manager's pages: review the unit's log, and give the person the unit's part of it on paper."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit import log
from cases import frame
from cases.access import door
from logbook import pages, review
from logbook.forms import FinishForm, PeriodForm, VerdictForm
from logbook.models import LogExtract, LogReview, ReviewPick
from organisations.access import allowed
from organisations.errors import shown_on
from organisations.middleware import polling
from organisations.stepup import fresh_login


@require_http_methods(["GET", "POST"])
@allowed("logbook.review")
def reviews(request):
    """All reviews of the unit, and the start of a new one."""
    form = PeriodForm(request.POST or None, days=30)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            started = review.start(by=request.actor, **form.cleaned_data)
    if form.is_bound and form.is_valid():
        return redirect("logbook:review", started.pk)
    own = LogReview.objects.filter(unit_id=request.actor.unit_id).order_by("-started_at")
    shown = {"form": form, "waiting": review.waiting_emergencies(request.actor)}
    return render(request, "logbook/reviews.html", shown | pages.reviews(Paginator(own, 25), request.GET.get("sida")))


@require_safe
@allowed("logbook.review")
def one_review(request, number):
    found = get_object_or_404(LogReview.objects.select_related("started_by__staff", "finished_by__staff"), pk=number)
    return render(request, "logbook/review.html", pages.review_page(found) | {"form": FinishForm()})


@require_http_methods(["GET", "POST"])
@allowed("logbook.review")
def judge(request, number, pick):
    found = get_object_or_404(ReviewPick.objects.select_related("review"), pk=pick, review_id=number)
    start = {"verdict": found.verdict, "note": found.note}
    form = VerdictForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            review.judge(pick=found, by=request.actor, **form.cleaned_data)
    if form.is_bound and form.is_valid():
        return redirect("logbook:review", number)
    return render(request, "logbook/judge.html", pages.judge_page(found) | {"form": form})


@require_POST
@allowed("logbook.review")
def finish(request, number):
    found = get_object_or_404(LogReview, pk=number)
    form = FinishForm(request.POST)
    if form.is_valid():
        with shown_on(form):
            review.finish(review=found, by=request.actor, **form.cleaned_data)
    if form.is_valid():
        messages.success(request, "Granskningen är avslutad och sparad.")
        return redirect("logbook:reviews")
    return render(request, "logbook/review.html", pages.review_page(found) | {"form": form})


@require_http_methods(["GET", "POST"])
@door("logbook.extract")
@fresh_login
def extract(request, case):
    """Order the unit's part of the person's log as a PDF, and fetch earlier ones."""
    form = PeriodForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with shown_on(form):
            pages.order_for_unit(case, by=request.actor, **form.cleaned_data)
    if form.is_bound and form.is_valid():
        messages.success(request, "Listan görs nu. Den ligger här om en liten stund.")
        return redirect("logbook:extract", case.pk)
    earlier = pages.extracts(case, view="logbook:download", unit_id=request.actor.unit_id)
    shown = {"form": form, "extracts": earlier}
    return render(request, "logbook/extract.html", frame.context(case, request.actor, here="log") | shown)


@polling
@require_safe
@door("logbook.extract")
@fresh_login
def download(request, case, extract):
    own = LogExtract.objects.filter(person_id=case.person_id, unit_id=request.actor.unit_id, state="ready")
    found = get_object_or_404(own, pk=extract)
    log.record("logbook.printed", action=log.PRINT, case_id=case.pk, person_id=case.person_id)
    return as_file(found)


def as_file(extract) -> HttpResponse:
    """The finished list as a download, named after nobody."""
    response = HttpResponse(bytes(extract.pdf), content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="loggutdrag.pdf"'
    return response
