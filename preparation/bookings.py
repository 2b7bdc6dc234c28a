"""Interpreter and adaptations: who books, and where it stands (KAL-6, UTS-6)."""

from django.db.models import prefetch_related_objects

from audit import log
from cases import services as cases
from organisations.errors import RuleBroken
from organisations.models import Unit
from preparation.models import ADAPTATIONS, Booking, BookingKind, BookingState

ORDERED = (BookingState.BOOKED, BookingState.CONFIRMED)
SAVED = ["state", "language", "form", "reference", "booked_by", "booked_at", "confirmed_at"]
WORDS = {
    BookingKind.INTERPRETER: {
        "needed": "Tolk behövs till mötet", "booked": "Tolk är bokad till mötet",
        "confirmed": "Tolken är bekräftad", "not_needed": "Tolk behövs inte till mötet",
        "lost": "Tolken behöver bokas på nytt",
    },
    BookingKind.ADAPTATION: {
        "needed": "Anpassningar behövs till mötet", "booked": "Anpassningarna till mötet är beställda",
        "confirmed": "Anpassningarna till mötet är klara", "not_needed": "Inga anpassningar behövs till mötet",
        "lost": "Anpassningarna behöver ordnas på nytt",
    },
}  # fmt: skip


def fetch(case):
    """Read the texts and the bookings of the case once for a whole page; returns the case."""
    prefetch_related_objects([case], "preparation_texts", "bookings")
    return case


def find(case, kind: str) -> Booking | None:
    """The booking as it stands; no query of its own when `fetch` was called, or they came with the case."""
    return next((row for row in case.bookings.all() if row.kind == kind), None)


def state_of(case, kind: str, row: Booking | None) -> BookingState:
    """Where it stands: what is ordered, else what the case says is needed."""
    if row is not None and row.state in ORDERED:
        return BookingState(row.state)
    if kind == BookingKind.INTERPRETER:
        return BookingState.NEEDED if case.interpreter else BookingState.NOT_NEEDED
    if row is not None:
        return BookingState(row.state)
    wanted = any(text.text for text in case.preparation_texts.all() if text.key in ADAPTATIONS)
    return BookingState.NEEDED if wanted else BookingState.NOT_NEEDED


def ward_books(case) -> bool:
    """The person lies on a ward that takes part: it books as long as that lasts."""
    if not case.inpatient or case.ward_unit_id is None:
        return False
    steering = case.ward_unit_id in {case.owner_unit_id, case.lead_unit_id}
    return steering or case.participations.active().filter(unit_id=case.ward_unit_id).exists()


def who_books(case) -> Unit:
    """The unit that books by the guideline: the ward of an inpatient, else the one that calls."""
    if ward_books(case):
        return Unit.objects.with_names().get(pk=case.ward_unit_id)
    return case.lead_unit or case.owner_unit


def must_book(case, by) -> None:
    """Refuse all but the unit that books and those that steer, who answer for the meeting."""
    booker = who_books(case)
    if by.unit_id not in {booker.pk, case.owner_unit_id, case.lead_unit_id}:
        raise RuleBroken(f"{booker.name} bokar. Skriv ett meddelande till enheten om något är fel.")


def get(case, kind: str) -> Booking:
    row = Booking.objects.filter(case=case, kind=kind).first()
    return row or Booking(case=case, kind=kind, language=spoken(case) if kind == BookingKind.INTERPRETER else "")


def spoken(case) -> str:
    """The language that an interpreter would speak; nothing when the case only says Swedish."""
    return "" if case.language.strip().lower() == "svenska" else case.language


def save(row: Booking) -> None:
    row.save(update_fields=SAVED if row.pk else None)


def need(*, case, kind: str, by, needed: bool = True) -> Booking:
    """Say that it is needed, or that the person does without it; the case's own mark follows."""
    must_book(case, by)
    row = get(case, kind)
    if needed:
        row.needed()
    elif row.state != BookingState.NOT_NEEDED:
        row.not_needed()
    save(row)
    if kind == BookingKind.INTERPRETER and case.interpreter != needed:
        case.interpreter = needed
        case.save()
    told(case, row, "needed" if needed else "not_needed", by)
    return row


def book(*, case, kind: str, by, language: str = "", form: str = "", reference: str = "") -> Booking:
    """Note that it has been ordered: an interpreter in which language and how. Raises RuleBroken without them."""
    must_book(case, by)
    if kind == BookingKind.INTERPRETER and not language:
        raise RuleBroken("Skriv vilket språk tolken talar.", field="language")
    if kind == BookingKind.INTERPRETER and not form:
        raise RuleBroken("Välj hur tolken är med.", field="form")
    row = get(case, kind)
    if row.state == BookingState.NOT_NEEDED:
        row.needed()
    row.booked(by=by, language=language, form=form, reference=reference)
    save(row)
    if kind == BookingKind.INTERPRETER and not case.interpreter:
        case.interpreter = True
        case.save()
    told(case, row, "booked", by)
    return row


def ward_has_booked(*, case, by) -> None:
    """The ward has told so on the page of the discharge, without which language and how (UTS-6)."""
    row = get(case, BookingKind.INTERPRETER)
    if row.state in ORDERED:
        return
    row.needed()
    row.booked(by=by, language=case.language)
    save(row)
    log.record("preparation.booked", case_id=case.pk, person_id=case.person_id, object_id=row.kind)


def confirm(*, case, kind: str, by) -> Booking:
    """Whoever it was ordered from has said yes."""
    must_book(case, by)
    row = get(case, kind)
    row.confirmed()
    save(row)
    told(case, row, "confirmed", by)
    return row


def lose(*, case, kind: str, by) -> Booking:
    """The booking no longer holds and must be made anew."""
    must_book(case, by)
    return lost(case, get(case, kind), by)


def meeting_changed(*, case, by) -> list[Booking]:
    """The meeting was moved or cancelled: what was ordered was for that time alone. Returns what was lost."""
    return [lost(case, row, by) for row in ordered(case)]


def meeting_over(*, case) -> None:
    """The meeting was held: the next one is booked anew, and of this one there is no more to do."""
    for row in ordered(case):
        row.lost()
        save(row)


def ordered(case):
    return Booking.objects.filter(case=case, state__in=ORDERED).order_by("pk")


def lost(case, row: Booking, by) -> Booking:
    row.lost()
    save(row)
    told(case, row, "lost", by)
    return row


def told(case, row: Booking, what: str, by) -> None:
    cases.note(case, kind="booking", text=WORDS[row.kind][what], by=by)
    log.record(f"preparation.{what}", case_id=case.pk, person_id=case.person_id, object_id=row.kind)
