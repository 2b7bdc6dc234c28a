"""The ward's worklist, the receiving units' list, and who can be chosen as receiver; a fixed number of queries."""

from django.core.paginator import Paginator
from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils import timezone

from audit import log
from cases.enums import OPEN_STATES, State
from cases.models import Case
from discharge.enums import AdmissionState, DischargeState, MessageKind, NoticeState
from discharge.models import Admission, CarePlan, CarePlanUnit, Discharge, NoticeMessage, NoticeReceiver
from discharge.notices import is_open_care
from organisations import swedish
from organisations.enums import Sector, UnitKind
from organisations.models import Unit

PAGE = 25
FOUND_AT_MOST = 40
OPEN_ADMISSIONS = (AdmissionState.ADMITTED, AdmissionState.NOTICED)
NOT_CALLED = (State.INITIATED, State.CONSENTED)


def to_choose(ward, words: str):
    """Units of the ward's county that may receive; without a question, receptions and regional open care."""
    units = Unit.objects.active().with_names().exclude(kind__in=[UnitKind.WARD, UnitKind.ADMINISTRATION])
    units = units.filter(
        acts_for__county_code=ward.acts_for.county_code, acts_for__sector__in=[Sector.KOMMUN, Sector.REGION]
    ).exclude(kind__in=[UnitKind.SCHOOL, UnitKind.SCHOOL_HEALTH])
    for word in words.split()[:6]:
        units = units.filter(Q(name__icontains=word) | Q(acts_for__name__icontains=word))
    if not words.split():
        units = units.filter(Q(is_reception=True) | Q(kind=UnitKind.PRIMARY_CARE))
    return units.order_by("acts_for__sector", "acts_for__name", "name", "pk")[:FOUND_AT_MOST]


def ward_page(actor, *, choice: str, number: str) -> dict:
    """The ward's inpatients: the 24 hours, who has acknowledged, the day, and what to do next."""
    now, today = timezone.now(), timezone.localdate()
    found = Admission.objects.filter(ward_unit_id=actor.unit_id).select_related("notice")
    found = found.exclude(state__in=OPEN_ADMISSIONS) if choice else found.filter(state__in=OPEN_ADMISSIONS)
    not_recalled = Q(notice__receivers__recalled_at=None, notice__receivers__isnull=False)
    found = found.annotate(receivers=Count("notice__receivers", filter=not_recalled, distinct=True))
    open_messages = Q(notice__receivers__messages__acknowledged_at=None, notice__receivers__messages__isnull=False)
    found = found.annotate(
        waiting=Count("notice__receivers__messages", filter=open_messages & not_recalled, distinct=True)
    )
    # Those whose notice has not gone come first, the one whose 24 hours end first at the top.
    shown = Paginator(found.order_by("state", "notice__expected_on", "admitted_at", "pk"), PAGE).get_page(number)
    discharges = by_notice([row.notice.pk for row in shown if hasattr(row, "notice")])
    rows = [ward_row(row, discharges, now=now, today=today) for row in shown]
    log.record("discharge.listed", action=log.READ, persons=sorted({row.person_id for row in shown}))
    return {"rows": rows, "shown": shown, "choice": choice, "extra": "visa=klara&" if choice else ""}


def by_notice(ids) -> dict:
    """The discharges that the reader sees, by notice."""
    found = Discharge.objects.filter(notice_id__in=ids, case__state__in=OPEN_STATES).select_related("case")
    return {row.notice_id: row for row in found.order_by("pk")}


def ward_row(admission, discharges, *, now, today) -> dict:
    notice = getattr(admission, "notice", None)
    discharge = discharges.get(notice.pk) if notice else None
    late = notice is None and now > admission.due_at
    return {
        "admission": admission,
        "notice": notice,
        "discharge": discharge,
        "late": late,
        "waiting": admission.waiting,
        "clock": swedish.when(admission.due_at, today),
        "next": ward_next(admission, discharge, late=late, gone=notice is not None and not admission.receivers),
    }


def ward_next(admission, discharge, *, late: bool, gone: bool) -> str:
    """What the ward does next."""
    if not admission.is_open:
        return ""
    if admission.state == AdmissionState.ADMITTED:
        return "Skicka inskrivningsmeddelandet nu, tiden har gått ut" if late else "Skicka inskrivningsmeddelandet"
    if gone:
        return "Ingen mottagare är kvar. Skicka till rätt enhet"
    if discharge is None:
        return "Vänta på svar, eller öppna ett ärende"
    if discharge.state == DischargeState.PLANNING:
        return "Underrätta när personen är utskrivningsklar"
    return "Skriv in när personen åker hem"


def notices_page(actor, *, choice: str, number: str) -> dict:
    """What wards have sent to the own unit, what is not acknowledged first; a recalled notice is not there to join."""
    today = timezone.localdate()
    waiting = NoticeMessage.objects.filter(receiver=OuterRef("pk"), acknowledged_at=None)
    found = NoticeReceiver.objects.filter(unit_id=actor.unit_id).annotate(waiting=Exists(waiting))
    active = Q(notice__state=NoticeState.ACTIVE)
    found = found.exclude(Q(waiting=True) | active) if choice else found.filter(Q(waiting=True) | active)
    found = found.select_related("notice", "sender_unit")
    shown = Paginator(found.order_by("-waiting", F("notice__expected_on").asc(), "pk"), PAGE).get_page(number)
    discharges = by_notice([row.notice_id for row in shown])
    messages = open_messages_of([row.pk for row in shown])
    calls = is_open_care(Unit.objects.with_names().get(pk=actor.unit_id))
    rows = [notice_row(row, discharges, messages, today=today, calls=calls) for row in shown]
    log.record("discharge.listed", action=log.READ, persons=sorted({row.notice.person_id for row in shown}))
    return {"rows": rows, "shown": shown, "choice": choice, "extra": "visa=klara&" if choice else ""}


def open_messages_of(ids) -> dict:
    found = {}
    for message in NoticeMessage.objects.filter(receiver_id__in=ids, acknowledged_at=None).order_by("sent_at", "pk"):
        found.setdefault(message.receiver_id, []).append(message)
    return found


def notice_row(receiver, discharges, messages, *, today, calls: bool) -> dict:
    discharge = discharges.get(receiver.notice_id)
    waiting = messages.get(receiver.pk, [])
    return {
        "receiver": receiver,
        "notice": receiver.notice,
        "discharge": discharge,
        "waiting": waiting,
        "day": swedish.due(receiver.notice.expected_on, today),
        "next": receiver_next(receiver.notice, discharge, waiting, calls=calls),
    }


def receiver_next(notice, discharge, waiting, *, calls: bool) -> str:
    """What the receiving unit does next (LUS 2:6: planning begins on receipt); `calls`: it is open care (LUS 4:3)."""
    if waiting:
        return f"Kvittera: {waiting[0].get_kind_display().lower()}"
    if not notice.is_open:
        return ""
    if discharge is None:
        return "Öppna ett ärende och fråga om samtycke"
    if discharge.state == DischargeState.READY and discharge.call_is_due and discharge.case.state in NOT_CALLED:
        return "Kalla till SIP inom tre dagar" if calls else "Vänta på kallelsen från öppenvården"
    return "Planera i ärendet"


def recalled_page(actor) -> list:
    """Notices that were sent here by mistake: only that they were, and what to do."""
    found = NoticeMessage.objects.filter(unit_id=actor.unit_id, kind=MessageKind.RECALLED)
    return list(
        found.select_related("receiver", "sender_unit").order_by(F("acknowledged_at").desc(nulls_first=True), "-pk")[
            :PAGE
        ]
    )


def in_force_of(admission):
    """The person's open cases that the ward sees itself (UPP-4)."""
    found = Case.objects.open().filter(person_id=admission.person_id)
    return list(found.order_by("-opened_at"))


def plans_page(actor, number: str) -> dict:
    """The samordnade vårdplaner of the unit, its own justering beside."""
    found = CarePlan.objects.select_related("maker_unit").annotate(
        all_units=Count("units", distinct=True),
        adjusted=Count("units", filter=Q(units__adjusted_revision=F("revision")), distinct=True),
        mine=Exists(
            CarePlanUnit.objects.filter(
                plan=OuterRef("pk"), unit_id=actor.unit_id, adjusted_revision=OuterRef("revision")
            )
        ),
    )
    shown = Paginator(found.order_by("state", "-made_at", "pk"), PAGE).get_page(number)
    log.record("discharge.listed", action=log.READ, persons=sorted({plan.person_id for plan in shown}))
    return {"shown": shown}
