"""The receiving units' pages: what wards have sent, kvittens, and the case that is opened from it (UTS-1, LUS 2:6)."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from discharge import lists, notices, pages, process
from discharge.doors import door, form_page
from discharge.forms import HandBackForm
from discharge.models import Notice, NoticeMessage
from organisations.access import allowed


@require_safe
@allowed("discharge.notices")
def received(request):
    choice = "klara" if request.GET.get("visa") == "klara" else ""
    shown = lists.notices_page(request.actor, choice=choice, number=request.GET.get("sida", "1"))
    rights = {"may_acknowledge": request.actor.may("discharge.acknowledge")}
    recalled = {"recalled": lists.recalled_page(request.actor)}
    return render(request, "discharge/notices.html", shown | rights | recalled)


@require_safe
@door(Notice, "discharge.notices")
def notice(request, notice):
    return render(request, "discharge/notice.html", pages.notice(notice, request.actor))


@require_POST
@door(Notice, "discharge.notices")
def reveal(request, notice):
    """Who it is behind a protection mark, on this answer alone, by a choice that is logged."""
    pages.note_reveal(notice)
    return render(request, "discharge/notice.html", pages.notice(notice, request.actor, revealed=True))


@require_http_methods(["GET", "POST"])
@door(Notice, "discharge.hand_back")
def hand_back(request, notice):
    """Not for us: back to the ward, or on to the right unit of the own huvudman."""
    form = HandBackForm(request.POST or None, possible=pages.units_of_own(request.actor, notice))

    def act(form):
        notices.hand_back(notice=notice, by=request.actor, **form.cleaned_data)

    shown = {"notice": notice, "who": pages.who(notice, revealed=False)}
    done = "Meddelandet är lämnat ifrån er. Förstör det ni har skrivit av."
    return form_page(
        request, "discharge/hand_back.html", form, act, done=done, to=("discharge:notices",), context=shown
    )


@require_POST
@allowed("discharge.acknowledge")
def acknowledge(request, message):
    found = get_object_or_404(NoticeMessage.objects.select_related("receiver"), pk=message, unit=request.actor.unit_id)
    notices.acknowledge(message=found, by=request.actor)
    messages.success(request, "Kvitterat.")
    return redirect("discharge:notices")


@require_POST
@door(Notice, "discharge.follow")
def follow(request, notice):
    """The receiver opens the case; what follows needs consent or a recorded basis."""
    made = process.open_case(notice=notice, by=request.actor)
    messages.success(request, "Ärendet är öppnat. Fråga personen om samtycke.")
    return redirect("discharge:overview", made.case_id)
