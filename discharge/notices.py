"""The ward's side before any consent: register, send, change the day, recall, break off, end (UTS-1, LUS 2:1-4)."""

import json
import uuid

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from audit import log
from cases import clocks, guidelines
from cases.enums import DeadlineKind
from discharge.enums import AdmissionState, MessageKind
from discharge.models import Admission, Discharge, Notice, NoticeMessage, NoticeReceiver
from notifications.tasks import nudge
from organisations import swedish
from organisations.enums import Sector, UnitKind
from organisations.errors import Conflict, RuleBroken
from organisations.models import DeadlineRule, Unit

WRONGFUL = "Felaktigt utlämnande"
# The kommun's own health care: when it is needed, regional open care gets the notice too (LUS 2:1).
KOMMUN_HEALTH_CARE = {UnitKind.HOME_NURSING, UnitKind.REHAB}
ONLY_WARDS = "Bara en vårdavdelning skriver in och skickar inskrivningsmeddelanden."
OPEN_CARE_TOO = (
    "Regionens öppenvård ska också få meddelandet när kommunens hälso- och sjukvård behövs (LUS 2 kap. 1 §). "
    "Välj till exempel vårdcentralen."
)


def call(statement: str, values: list):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0]


def is_open_care(unit) -> bool:
    """Regional care outside the hospital's wards."""
    return unit.sector == Sector.REGION and unit.kind not in {UnitKind.WARD, UnitKind.ADMINISTRATION}


def may_receive(unit) -> bool:
    """Socialtjänst, the kommun's health care and regional open care (LUS 2:1)."""
    return is_open_care(unit) or (unit.sector == Sector.KOMMUN and unit.kind != UnitKind.ADMINISTRATION)


def why_not_admit(*, by) -> str:
    """The sentence that says why the acting unit registers no admissions, or an empty string."""
    ward = Unit.objects.filter(pk=by.unit_id, kind=UnitKind.WARD).exists()
    return "" if ward else ONLY_WARDS


def clock(starts_at, *, by) -> dict:
    """By when the notice must go, by the rule of the ward's county that day: the clocks' own arithmetic (TID-8)."""
    day = swedish.as_date(starts_at)
    guideline = guidelines.guideline_for(Unit.objects.with_names().get(pk=by.unit_id), day)
    row = DeadlineRule.objects.valid_on(day).get(guideline=guideline, kind=DeadlineKind.ADMISSION_NOTICE)
    rule = clocks.Rule.of(row)
    return {"due_at": clocks.due(rule, starts_at), "rule": rule.as_json(), "source": row.legal_source}


def why(admission) -> str:
    """Why the notice must go by then, in one sentence."""
    return clocks.why(clocks.Rule.frozen(admission.rule), admission.starts_at)


def note(event: str, about, **details) -> None:
    """One row on the person's chain of the log."""
    log.record(
        f"discharge.{event}", person_id=about.person_id, object_type="admission", object_id=about.reference,
        details=details,
    )  # fmt: skip


def admit(
    *, number, given_name, family_name, address, care_type, admitted_at, by, judged_at=None, protected=False,
    admission_id=None,
) -> Admission:  # fmt: skip
    """Register an inpatient whom the doctor judges to need measures afterwards; the 24 hours run (LUS 2:3).

    `number` is a cases.numbers.Number. A SIP in force is told of it (UPP-4). The same id again changes nothing.
    """
    now = timezone.now()
    if refusal := why_not_admit(by=by):
        raise RuleBroken(refusal)
    if admitted_at > now:
        raise RuleBroken("Tiden har inte varit än. Ange när personen skrevs in.", field="admitted_on")
    if judged_at and not admitted_at <= judged_at <= now:
        raise RuleBroken("Bedömningen ska ligga efter inskrivningen och inte framåt i tiden.", field="judged_on")
    timed = clock(judged_at or admitted_at, by=by)
    values = timed | {
        "due_at": timed["due_at"].isoformat(), "id": str(admission_id or uuid.uuid4()),
        "id_kind": number.kind, "number": number.canonical,
        "given_name": given_name, "family_name": family_name, "address": address, "protected": protected,
        "care_type": care_type, "admitted_at": admitted_at.isoformat(), "at": now.isoformat(),
        "judged_at": judged_at.isoformat() if judged_at else None,
    }  # fmt: skip
    pk = call("select open_admission(%s::jsonb)", [json.dumps(values)])
    admission = Admission.objects.get(pk=pk)
    with connection.cursor() as cursor:
        cursor.execute("select tell_of_admission(%s)", [pk])
    transaction.on_commit(nudge)
    note("admitted", admission)
    return admission


def judged(*, admission, at, by) -> None:
    """The doctor judged later that measures may be needed: the 24 hours run from then (LUS 2:3)."""
    must_be_open(admission)
    if admission.state != AdmissionState.ADMITTED:
        raise Conflict("Inskrivningsmeddelandet är redan skickat.")
    if not admission.admitted_at <= at <= timezone.now():
        raise RuleBroken("Bedömningen ska ligga efter inskrivningen och inte framåt i tiden.", field="judged_on")
    before = admission.starts_at
    admission.judged_at = at
    for name, value in clock(at, by=by).items():
        setattr(admission, name, value)
    admission.save(update_fields=["judged_at", "due_at", "rule", "source"])
    note("judged", admission, before=swedish.date_and_time(before), after=swedish.date_and_time(at))


def must_be_open(admission: Admission) -> None:
    if not admission.is_open:
        raise RuleBroken(f"Inskrivningen är redan {admission.get_state_display().lower()}.")


def notice_of(admission: Admission) -> Notice:
    """The notice that has been sent. Raises RuleBroken when none has."""
    notice = Notice.objects.filter(admission=admission).first()
    if notice is None:
        raise RuleBroken("Inskrivningsmeddelandet är inte skickat än.")
    return notice


def check_receivers(units, *, home_health: bool, already=()) -> None:
    """Who may get a notice, and regional open care when the kommun's health care is needed (LUS 2:1)."""
    if not units:
        raise RuleBroken("Välj minst en mottagare.", field="units")
    for unit in units:
        if not may_receive(unit):
            raise RuleBroken(f"{unit.name} tar inte emot inskrivningsmeddelanden.", field="units")
    everybody = [*units, *already]
    needed = home_health or any(u.sector == Sector.KOMMUN and u.kind in KOMMUN_HEALTH_CARE for u in everybody)
    if needed and not any(is_open_care(unit) for unit in everybody):
        raise RuleBroken(OPEN_CARE_TOO, field="units")


def send(*, admission, expected_on, units, by, home_health=False) -> Notice:
    """Send the admission notice; no consent is needed, and nothing but the law's four facts is in it (LUS 2:2)."""
    must_be_open(admission)
    if admission.state != AdmissionState.ADMITTED:
        raise Conflict("Inskrivningsmeddelandet är redan skickat.")
    if expected_on < timezone.localdate(admission.admitted_at):
        raise RuleBroken("Utskrivningsdagen kan inte vara före inskrivningen.", field="expected_on")
    check_receivers(units, home_health=home_health)
    now, pk = timezone.now(), uuid.uuid4()
    ids = sorted({unit.pk for unit in units})
    call("select send_notice(%s, %s, %s, %s, %s)::text", [admission.pk, pk, expected_on, ids, now])
    admission.noticed()
    admission.save(update_fields=["state"])
    transaction.on_commit(nudge)
    note("notice_sent", admission, units=ids, in_time=now <= admission.due_at)
    return Notice.objects.get(pk=pk)


def tell(notice: Notice, kind: str, *, units=None, day=None) -> None:
    """One message to each receiver that has not been recalled, or to `units`."""
    if units is None:
        found = NoticeReceiver.objects.filter(notice=notice, recalled_at=None)
        units = sorted(found.values_list("unit_id", flat=True))
    call("select notice_message(%s, %s, %s, %s, %s)", [notice.pk, list(units), kind, day, timezone.now()])
    transaction.on_commit(nudge)


def add_receivers(*, admission, units, by, home_health=False) -> None:
    """Send the notice to more units, for instance the right one after a wrong one."""
    must_be_open(admission)
    notice = notice_of(admission)
    standing = NoticeReceiver.objects.filter(notice=notice, recalled_at=None)
    already = [r.unit for r in standing.select_related("unit__acts_for", "unit__organisation")]
    for unit in units:
        if unit.pk in {u.pk for u in already}:
            raise RuleBroken(f"{unit.name} har redan fått meddelandet.", field="units")
    check_receivers(units, home_health=home_health, already=already)
    ids = sorted({unit.pk for unit in units})
    tell(notice, MessageKind.ADMISSION, units=ids, day=notice.expected_on)
    note("notice_sent", admission, units=ids)


def new_day(*, admission, expected_on, by) -> None:
    """Another expected day is told as soon as possible (LUS 2:4)."""
    must_be_open(admission)
    notice = notice_of(admission)
    if expected_on == notice.expected_on:
        raise RuleBroken("Det är redan den dagen.", field="expected_on")
    if expected_on < timezone.localdate():
        raise RuleBroken("Dagen har redan varit.", field="expected_on")
    notice.expected_on = expected_on
    notice.save(update_fields=["expected_on"])
    tell(notice, MessageKind.NEW_DAY, day=expected_on)
    note("new_day", admission, day=swedish.short_date(expected_on))


def recall(*, receiver, reason, by) -> None:
    """The wrong unit got the notice: it can no longer read it, is told so, and it is a wrongful disclosure (PLA-9)."""
    if receiver.recalled_at is not None:
        raise Conflict("Meddelandet är redan återkallat.")
    receiver.recalled_at, receiver.recalled_by_id, receiver.recall_reason = timezone.now(), by.assignment_id, reason
    receiver.save(update_fields=["recalled_at", "recalled_by", "recall_reason"])
    notice = receiver.notice
    tell(notice, MessageKind.RECALLED, units=[receiver.unit_id])
    log.record(
        "discharge.recalled", person_id=notice.person_id, object_type=WRONGFUL, object_id=notice.reference,
        details={"unit": receiver.unit_id, "reason": reason},
    )  # fmt: skip


def hand_back(*, notice, reason, by, unit=None) -> None:
    """The wrong receiver says so, and on to whom when it knows the right unit of its own huvudman; the ward sees both.

    Afterwards it reads the notice no longer. Handed back it was a wrongful disclosure (PLA-9).
    """
    receiver = NoticeReceiver.objects.filter(notice=notice, unit_id=by.unit_id, recalled_at=None).first()
    if receiver is None:
        raise Conflict("Meddelandet är redan lämnat tillbaka.")
    if Discharge.objects.filter(notice=notice).exists():
        raise RuleBroken("Ett ärende är redan öppnat från meddelandet. Lämna ärendet i stället.")
    if unit is not None:
        if not notice.is_open:
            raise RuleBroken("Processen är avslutad.")
        if not may_receive(unit):
            raise RuleBroken(f"{unit.name} tar inte emot inskrivningsmeddelanden.", field="unit")
    other = unit.pk if unit else None
    try:
        call("select hand_back_notice(%s, %s, %s, %s)::text", [receiver.pk, reason, other, timezone.now()])
    except IntegrityError as error:
        raise Conflict(f"{unit.name} har redan fått meddelandet.") from error
    transaction.on_commit(nudge)
    log.record(
        "discharge.handed_on" if unit else "discharge.handed_back", person_id=notice.person_id,
        object_type=MessageKind.ADMISSION if unit else WRONGFUL, object_id=notice.reference,
        details={"reason": reason, "to": other},
    )  # fmt: skip


def break_off(*, admission, reason, by) -> None:
    """The process stops; receivers are told that, not why."""
    must_be_open(admission)
    now = timezone.now()
    if admission.state == AdmissionState.NOTICED:
        notice = notice_of(admission)
        notice.broken_off(at=now)
        notice.save(update_fields=["state", "ended_at"])
        tell(notice, MessageKind.BROKEN)
    admission.broken_off(at=now, reason=reason)
    admission.save(update_fields=["state", "ended_at", "break_reason"])
    note("broken_off", admission, reason=str(reason))


def end(*, admission, at, by) -> None:
    """The person has left the ward; receivers are told that the process is over."""
    must_be_open(admission)
    if not admission.admitted_at <= at <= timezone.now():
        raise RuleBroken("Tiden ska ligga efter inskrivningen och inte framåt i tiden.", field="home_on")
    notice = notice_of(admission)
    notice.ended(at=at)
    notice.save(update_fields=["state", "ended_at"])
    admission.went_home(at=at)
    admission.save(update_fields=["state", "ended_at"])
    tell(notice, MessageKind.ENDED)
    note("went_home", admission)


def acknowledge(*, message: NoticeMessage, by) -> None:
    """Kvittera: somebody at the receiving unit has taken the message in hand; once."""
    now = timezone.now()
    mine = NoticeMessage.objects.filter(pk=message.pk, unit_id=by.unit_id, acknowledged_at=None)
    if not mine.update(acknowledged_at=now, acknowledged_by=by.assignment_id):
        raise Conflict("Meddelandet är redan kvitterat.")
    receiver = message.receiver
    notice = Notice.objects.filter(pk=receiver.notice_id).first()
    log.record(
        "discharge.acknowledged", person_id=notice.person_id if notice else None, object_type=message.kind,
        object_id=receiver.reference,
    )  # fmt: skip
