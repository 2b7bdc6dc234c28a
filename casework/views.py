"""Worklist, case page, inbox, follow-ups, search and help: what staff look at; the rules lie beneath."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases import clock_pages, protection
from cases.access import door
from cases.frame import context
from cases.models import Case
from casework import average as average_report
from casework import casepage, guidance, logpage
from casework import followups as followup_list
from casework import inbox as inbox_list
from casework import search as searching
from casework import worklist as lists
from casework.forms import SearchForm
from consent import emergency, lapse
from correspondence import services as correspondence
from meetings import services as meetings
from organisations.access import allowed
from plans import measure_clocks


@require_safe
@allowed("cases.list")
def worklist(request):
    found = lists.page(request.actor, lists.wanted(request.GET))
    rights = {"may_start": request.actor.may("cases.start"), "may_search": request.actor.may("cases.search")}
    return render(request, "casework/worklist.html", found | rights | {"search": SearchForm(hint=False)})


@require_safe
@door("cases.view")
def case(request, case):
    return render(request, "casework/case.html", casepage.page(case, request.actor))


@require_POST
@door("cases.view")
def reveal(request, case):
    """Protected details are shown once, on this answer, by a choice that is logged."""
    if not case.is_protected:
        return redirect("casework:case", case.pk)
    protection.reveal(case)
    return render(request, "casework/case.html", casepage.page(case, request.actor, revealed=True))


@require_safe
@door("cases.view")
def events(request, case):
    shown = casepage.all_events(case, request.actor, number=request.GET.get("sida", "1"))
    return render(request, "casework/events.html", context(case, request.actor, "overview") | shown)


@require_safe
@door("cases.view")
def clocks(request, case):
    today = timezone.localdate()
    others = [*lapse.open_clocks(case, today), *measure_clocks.open_clocks(case, today)]
    page = context(case, request.actor, here="clocks") | clock_pages.page(case, request.actor, others)
    return render(request, "cases/clocks.html", page)


@require_safe
@door("cases.log")
def log(request, case):
    shown = logpage.page(case, request.actor, number=request.GET.get("sida", "1"))
    return render(request, "casework/log.html", context(case, request.actor, "log") | shown)


@require_safe
@allowed("casework.inbox")
def inbox(request):
    choice, number = request.GET.get("visa", ""), request.GET.get("sida", "1")
    return render(request, "casework/inbox.html", inbox_list.page(request.actor, choice=choice, number=number))


@require_POST
@allowed("casework.handle_inbox")
def open_item(request, item):
    opened = inbox_list.opened(item_id=item, by=request.actor)
    case = Case.objects.filter(pk=opened.case_id).first()
    if case is not None:
        meetings.opened(case=case, by=request.actor)
        if opened.kind == "message":
            correspondence.read(case=case, by=request.actor)
    if to := inbox_list.leads_to(opened, case):
        return redirect(*to)
    messages.info(request, "Din enhet har inte tillgång till det ärendet. Meddelandet är markerat som läst.")
    return redirect("casework:inbox")


@require_POST
@allowed("casework.handle_inbox")
def finish_item(request, item):
    inbox_list.finished(item_id=item, by=request.actor)
    messages.success(request, "Meddelandet är kvitterat.")
    return redirect("casework:inbox")


@require_safe
@allowed("casework.followups")
def followups(request):
    mine = request.GET.get("visa") == "mina"
    return render(request, "casework/followups.html", followup_list.page(request.actor, mine=mine))


def ways_on(actor, found) -> dict:
    """What was found, and else where to go from there."""
    may_break = not found and emergency.longest(actor) is not None
    return {"found": found, "may_start": actor.may("cases.start"), "may_break_glass": may_break}


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("q")
@allowed("cases.search")
def search(request):
    form = SearchForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if searching.is_throttled(request.actor):
            return render(request, "casework/throttled.html", status=429)
        found = searching.find(**form.cleaned_data["q"], by=request.actor)
        return render(request, "casework/search.html", {"form": form, "searched": True} | ways_on(request.actor, found))
    return render(request, "casework/search.html", {"form": form})


@require_safe
@allowed("casework.help")
def help_page(request):
    return render(request, "casework/help.html", guidance.page(request.acting.unit))


@require_safe
@allowed("discharge.payment")
def average(request):
    return render(request, "casework/average.html", average_report.page(request.GET.get("ar", "")))
