"""The print queue: neutral letters to persons, as PDF, until somebody says that they are posted."""

from django.core.paginator import Paginator
from django.db import connection
from django.http import Http404
from django.utils import timezone

from audit import log
from cases import protection
from cases.models import Case
from notifications.models import Channel, Delivery, DeliveryState
from notifications.templates import PERSON, render
from organisations.errors import RuleBroken
from organisations.models import Assignment
from plans.pdf import PdfFailed, render_notice

PAGE = 25
NO_ADDRESS = "Adressen saknas i ärendet. Fråga personen, skriv in den och hämta sedan brevet."
SECONDS = 25
SHOWN = ("id", "case_id", "unit_id", "state", "created_at", "posted_on", "posted_by_id")


def own(by):
    """The unit's letters, in the columns that the database shows."""
    return Delivery.objects.filter(channel=Channel.LETTER, unit_id=by.unit_id).only(*SHOWN)


def page(by, *, posted: bool, number: str) -> dict:
    """One page of those that wait, or of those that were posted; one row in the log with the persons shown."""
    state = DeliveryState.SENT if posted else DeliveryState.TO_POST
    shown = Paginator(own(by).filter(state=state).order_by("-created_at", "-pk"), PAGE).get_page(number)
    cases = Case.objects.in_bulk({row.case_id for row in shown})
    who = Assignment.objects.select_related("staff").in_bulk({row.posted_by_id for row in shown if row.posted_by_id})
    log.record("letters.listed", action=log.READ, persons=sorted({case.person_id for case in cases.values()}))
    rows = [
        {"letter": row, "case": cases.get(row.case_id), "by": who.get(row.posted_by_id),
         "care": care(cases[row.case_id]) if row.case_id in cases else ""}
        for row in shown
    ]  # fmt: skip
    return {"rows": rows, "shown": shown, "posted": posted}


def care(case) -> str:
    """What whoever posts it must think of."""
    return protection.letters(case) or ("" if case.address else NO_ADDRESS)


def letter(pk, by) -> tuple[Delivery, Case]:
    """One of the unit's own letters with its case. Raises Http404 for others, and when the case is not seen."""
    found = own(by).filter(pk=pk).first()
    case = Case.objects.with_names().filter(pk=found.case_id).first() if found else None
    if case is None:
        raise Http404
    return found, case


def pdf(case, *, url: str, citizen_url: str) -> bytes:
    """The letter on one page; name and address for the window, and with protected identity neither.

    Raises RuleBroken when it cannot be drawn.
    """
    lines = [] if case.is_protected else [case.full_name, *case.address.split("\n")]
    message = render(PERSON, url=url, citizen_url=citizen_url)
    context = {"address": lines, "written_on": timezone.localdate().isoformat(), "text": message.body}
    log.record("letters.printed", action=log.PRINT, case_id=case.pk, person_id=case.person_id)
    try:
        return render_notice(context, timeout=SECONDS)
    except PdfFailed:
        raise RuleBroken("Brevet gick inte att göra just nu. Försök igen om en stund.") from None


def posted(*, letter: Delivery, case, on, by) -> None:
    """Note that it has been posted, and by whom. Raises RuleBroken for a day when it cannot have been, or once more."""
    if on > timezone.localdate():
        raise RuleBroken("Dagen har inte varit än.", field="on")
    if on < timezone.localdate(letter.created_at):
        raise RuleBroken("Brevet fanns inte den dagen. Skriv dagen då det postades.", field="on")
    with connection.cursor() as cursor:
        cursor.execute("select post_letter(%s, %s)", [letter.pk, on])
        if not cursor.fetchone()[0]:
            raise RuleBroken("Brevet väntar inte längre på att postas.")
    log.record("letters.posted", case_id=case.pk, person_id=case.person_id, object_id=str(letter.pk))
