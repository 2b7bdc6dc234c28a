"""What staff do with a case: one verb per intention, always inside a scope, always with `by`."""

import json
import uuid

from django.db import connection
from django.utils import timezone

from audit import log
from cases import deadlines, guidelines
from cases.enums import CloseReason, DeadlineKind, State
from cases.models import Case, CaseEvent, LeadTerm, OutsideParty, Participation
from cases.text_models import VIEW_OF_LEAD, CaseText, TextKey
from cases.topics import ALL, NO_TOPIC, NOT_SHARED, must_be_readable
from notifications import services as notifications
from organisations import swedish
from organisations.errors import RuleBroken
from organisations.models import Assignment, Unit

EDITABLE = (
    "given_name", "family_name", "phone", "address", "language", "interpreter", "inpatient", "ward_unit",
)  # fmt: skip
NEED = (TextKey.REASONS, TextKey.REASON_NOTE)


def note(case, *, kind: str, text: str, by, detail: str = "", topics: int | None = None) -> CaseEvent:
    """Write one line in the case's history; one with a free text is about all topics unless some are named (SAM-3).

    A line of the system's own words has no topic, and is seen by all parties.
    """
    if topics is None:
        topics = ALL if detail else NO_TOPIC
    return CaseEvent.objects.create(
        case=case, kind=kind, text=text, detail=detail, topics=topics, by_id=by.assignment_id
    )


def write_text(case, *, key: str, text: str, by, topics: int | None = None) -> CaseText:
    """Write one of the case's texts; a text that stands keeps its topics unless others are named (SAM-3).

    Raises RuleBroken when the writer could not read it afterwards.
    """
    kept = case.topics_of(key) if topics is None else topics
    must_be_readable(case.pk, kept, by=by)
    said = {"text": text, "topics": kept, "saved_at": timezone.now(), "saved_by_id": by.assignment_id}
    row, _ = CaseText.objects.update_or_create(case=case, key=key, defaults=said)
    case.forget_texts()
    return row


# close() has a parameter named `note`, as the case has a field for it.
_line = note


def own_open_case(*, number: str, by) -> Case | None:
    """The acting unit's visible open case for the person, to be offered before a new one is started."""
    case = Case.objects.open().with_names().filter(person__number=number).order_by("-opened_at").first()
    if case:
        log.record("cases.offered", action=log.READ, case_id=case.pk, person_id=case.person_id)
    return case


def why_not_start(*, by) -> str:
    """The sentence that says why the acting unit does not start a SIP itself, or an empty string (INI-1, GUI-2)."""
    unit = Unit.objects.with_names().get(pk=by.unit_id)
    return guidelines.why_not_start(unit, guidelines.guideline_for(unit, timezone.localdate()))


def start(
    *,
    number,
    id_kind,
    given_name,
    family_name,
    reasons,
    need_found_on,
    by,
    case_id=None,
    asked_by="staff",
    reason_note="",
    need_topics=ALL,
    phone="",
    address="",
    language="",
    interpreter=False,
    protection="none",
    inpatient=False,
    ward_unit=None,
    discharge_ready_at=None,
    previous_case=None,
) -> Case:
    """Start a SIP for a person (INI-1, INI-3, INI-4, INI-5, INI-9); `number` is canonical (cases.numbers).

    The same `case_id` again returns the case that stands. Raises RuleBroken when the agreement lets others start,
    the day lies ahead, no reason is given, or the case to link to is not closed.
    """
    today = timezone.localdate()
    unit = Unit.objects.with_names().get(pk=by.unit_id)
    guideline = guidelines.guideline_for(unit, today)
    if refusal := guidelines.why_not_start(unit, guideline):
        raise RuleBroken(refusal)
    if need_found_on > today:
        raise RuleBroken("Dagen då behovet upptäcktes kan inte ligga framåt i tiden.", field="need_found_on")
    if not reasons:
        raise RuleBroken("Välj minst ett skäl till att en SIP behövs.", field="reasons")
    if discharge_ready_at and discharge_ready_at > timezone.now():
        raise RuleBroken("Tiden har inte varit än. Ange när personen blev utskrivningsklar.", field="ready_at")
    if previous_case and previous_case.is_open:
        raise RuleBroken("Den tidigare SIP:en är inte avslutad. Fortsätt i den.")
    case_id = case_id or uuid.uuid4()
    values = {
        "id": str(case_id),
        "number": number,
        "id_kind": id_kind,
        "given_name": given_name,
        "family_name": family_name,
        "asked_by": asked_by,
        "reasons": list(reasons),
        "reason_note": reason_note,
        "need_topics": need_topics,
        "need_found_on": need_found_on.isoformat(),
        "phone": phone,
        "address": address,
        "language": language,
        "interpreter": interpreter,
        "protection": protection,
        "inpatient": inpatient,
        "ward_unit": ward_unit.pk if ward_unit else None,
        "discharge_ready_at": discharge_ready_at.isoformat() if discharge_ready_at else None,
        "previous_case": str(previous_case.pk) if previous_case else None,
        "guideline": guideline.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute("select open_case(%s::jsonb)", [json.dumps(values)])
    case = Case.objects.with_names().get(pk=case_id)
    if case.events.exists():
        # The same form, sent twice: the first has done it all.
        return case
    note(case, kind="started", text="En SIP startades", by=by)
    deadlines.refresh(case_id=case.pk)
    log.record("cases.started", case_id=case.pk, person_id=case.person_id)
    return case


def start_and_end(*, reason, by, other_plan="", **values) -> Case:
    """Record a need that another plan or a samordnad vårdplan meets: the case ends as it starts (INI-6, INI-7)."""
    case = start(by=by, **values)
    if case.is_open:
        close(case=case, reason=reason, note="", other_plan=other_plan, by=by)
    return case


def edit(*, case, by, need_topics: int | None = None, **values) -> list[str]:
    """Change contact, reasons and where the person is; returns the names of the fields that changed."""
    if "reasons" in values and not values["reasons"]:
        raise RuleBroken("Välj minst ett skäl till att en SIP behövs.", field="reasons")
    changed = [name for name in EDITABLE if name in values and getattr(case, name) != values[name]]
    written = changed_need(case, values, need_topics)
    if not changed and not written:
        return []
    if any(key not in case.rows for key in written):
        raise RuleBroken(f"{NOT_SHARED}: skälen till SIP:en.", field="reasons")
    for key, text in written.items():
        write_text(case, key=key, text=text, topics=need_topics, by=by)
    for name in changed:
        setattr(case, name, values[name])
    case.save()
    changed = [*changed, *(key.value for key in written)]
    note(case, kind="edited", text="Uppgifterna i ärendet ändrades", by=by)
    log.record("cases.edited", case_id=case.pk, person_id=case.person_id, details={"fields": changed})
    return changed


def changed_need(case, values: dict, topics: int | None) -> dict:
    """The texts of the need that get other words or other topics."""
    said = {TextKey.REASONS: " ".join(values.get("reasons", case.reasons)),
            TextKey.REASON_NOTE: values.get("reason_note", case.reason_note)}  # fmt: skip
    moved = topics is not None and any(key in case.rows and case.topics_of(key) != topics for key in NEED)
    return {key: text for key, text in said.items() if moved or text != case.said(key)}


def note_contact(*, case, whom, how, on, by, about="", topics=ALL) -> CaseEvent:
    """Record the first contact between the huvudmän; the deadline for it is met (INI-5, TID-1)."""
    if on > timezone.localdate():
        raise RuleBroken("Dagen har inte varit än. Ange när kontakten togs.", field="on")
    if on < case.need_found_on:
        raise RuleBroken("Kontakten kan inte vara före dagen då behovet upptäcktes.", field="on")
    detail = f"{swedish.short_date(on)}, {how.lower()}." + (f" {about}" if about else "")
    text = f"Kontakt mellan verksamheterna: {whom}"
    if case.events.filter(kind="contact", text=text, detail=detail).exists():
        raise RuleBroken("Den kontakten är redan antecknad.")
    must_be_readable(case.pk, topics, by=by)
    event = note(case, kind="contact", text=text, detail=detail, topics=topics, by=by)
    deadlines.meet(case=case, kind=DeadlineKind.FIRST_CONTACT)
    log.record("cases.contact_noted", case_id=case.pk, person_id=case.person_id)
    return event


def discharge_ready(*, case, at, by, ward_unit=None) -> None:
    """Tell when the person became utskrivningsklar: the clock of TID-2 starts (UTS-3, LUS 4:3).

    Any party's handler may; the steering unit is told. A changed time starts a new clock, the old one is cancelled.
    """
    if at > timezone.now():
        raise RuleBroken("Tiden har inte varit än. Ange när personen blev utskrivningsklar.", field="ready_at")
    ward = ward_unit or case.ward_unit
    if case.discharges.filter(state__in=["planning", "ready"]).exclude(ready_told_at=at).exists():
        raise RuleBroken("En utskrivning pågår i ärendet. Underrätta där i stället, på fliken Utskrivning.")
    if case.discharge_ready_at == at and case.inpatient and case.ward_unit == ward:
        return
    case.inpatient, case.ward_unit, case.discharge_ready_at = True, ward, at
    case.save()
    deadlines.refresh(case_id=case.pk)
    note(case, kind="discharge_ready", text=f"Utskrivningsklar {swedish.date_and_time(at)}", by=by)
    if by.unit_id != case.owner_unit_id:
        notifications.tell_unit(
            unit_id=case.owner_unit_id, case_id=case.pk, kind="deadline", key=f"ready:{case.pk}:{at.isoformat()}"
        )
    log.record("cases.discharge_ready", case_id=case.pk, person_id=case.person_id)


def units_with_access(case) -> set[int]:
    """The units that see the case today; the database tells it to those who see the case themselves."""
    with connection.cursor() as cursor:
        cursor.execute("select unit_id from units_with_access(%s)", [case.pk])
        return {row[0] for row in cursor.fetchall()}


def add_party(*, case, unit, by, obligation="") -> Participation:
    """Let a unit take part, with the duty that the agreement gives it; it sees the case once the consent covers it.

    (KAL-1, KAL-3.) Raises RuleBroken when the unit already takes part.
    """
    if case.participations.active().filter(unit=unit).exists() or unit.pk == case.owner_unit_id:
        raise RuleBroken(f"{unit.name} är redan med.", field="unit")
    obligation = obligation or guidelines.obligation_of(unit, case.guideline)
    party = Participation.objects.create(case=case, unit=unit, obligation=obligation, added_by_id=by.assignment_id)
    note(case, kind="party_added", text=f"{unit.name} lades till som aktör", by=by)
    log.record(
        "cases.party_added", case_id=case.pk, person_id=case.person_id, object_type="unit", object_id=str(unit.pk)
    )
    return party


def end_party(*, case, party, why, by, topics=ALL) -> None:
    """End a unit's part in the case; its access ends in the same statement (KAL-1).

    Why is a line of its own in the history, for those who may read of its topics (SAM-3).
    """
    if party.ended_on:
        raise RuleBroken(f"{party.unit.name} deltar redan inte längre.")
    if party.unit_id == case.lead_unit_id:
        raise RuleBroken("Huvudansvarig arbetar på den enheten. Byt huvudansvarig först.")
    must_be_readable(case.pk, topics, by=by)
    party.ended_on = timezone.localdate()
    party.save(update_fields=["ended_on"])
    note(case, kind="party_ended", text=f"{party.unit.name} deltar inte längre", by=by)
    if why:
        note(case, kind="party_ended", text="Varför en aktör slutade", detail=why, topics=topics, by=by)
    log.record("cases.party_ended", case_id=case.pk, person_id=case.person_id, object_id=str(party.unit_id))


def add_outside_party(*, case, kind, name, tell_by, by, relation="", phone="", address="") -> OutsideParty:
    """Note a relative or other participant without an account, told by letter or phone (MED-4)."""
    if case.outside_parties.present().filter(kind=kind, name=name, phone=phone).exists():
        raise RuleBroken("Den deltagaren finns redan.", field="name")
    party = OutsideParty.objects.create(
        case=case,
        kind=kind,
        name=name,
        relation=relation,
        phone=phone,
        address=address,
        tell_by=tell_by,
        added_by_id=by.assignment_id,
    )
    note(case, kind="outside_party_added", text="En deltagare utan konto lades till", by=by)
    log.record("cases.outside_party_added", case_id=case.pk, person_id=case.person_id, object_id=str(party.pk))
    return party


def remove_outside_party(*, case, party, by) -> None:
    """A relative or other no longer takes part, for instance because the person objects (MED-4)."""
    if party.removed_at:
        raise RuleBroken("Deltagaren är redan borttagen.")
    party.removed_at = timezone.now()
    party.save(update_fields=["removed_at"])
    note(case, kind="outside_party_removed", text="En deltagare utan konto togs bort", by=by)
    log.record("cases.outside_party_removed", case_id=case.pk, person_id=case.person_id, object_id=str(party.pk))


def possible_leads(case):
    """Assignments whose holder may be huvudansvarig: handlers of units with access that act for a huvudman."""
    handlers = Assignment.objects.valid_on(timezone.localdate()).with_names()
    return handlers.filter(unit_id__in=units_with_access(case), unit__acts_for__isnull=False, role="handler").order_by(
        "unit__name", "staff__name"
    )


def change_lead(*, case, assignment, person_view, by) -> LeadTerm:
    """Move huvudansvar to a party's handler, with the person's view; the case follows to that unit (UPP-2)."""
    if case.lead_unit_id is None:
        raise RuleBroken("Huvudansvarig utses när planen godkänns. Det går att byta när planen gäller.")
    if case.lead_staff_id == assignment.staff_id and case.lead_unit_id == assignment.unit_id:
        raise RuleBroken(f"{assignment.staff.name} är redan huvudansvarig.", field="assignment")
    if not possible_leads(case).filter(pk=assignment.pk).exists():
        raise RuleBroken("Välj någon som arbetar hos en aktör som ser ärendet.", field="assignment")
    term = name_lead(
        case=case,
        staff=assignment.staff,
        unit=assignment.unit,
        authority=assignment.unit.acts_for,
        person_view=person_view,
        by=by,
    )
    hand_over(case=case, unit=assignment.unit, by=by)
    return term


def name_lead(*, case, staff, unit, authority, person_view, by) -> LeadTerm:
    """Make somebody huvudansvarig from today, with the person's view (UPP-2); the earlier term ends."""
    today = timezone.localdate()
    case.lead_terms.filter(to_on=None).update(to_on=today)
    term = LeadTerm.objects.create(
        case=case, staff=staff, unit=unit, authority=authority, from_on=today, decided_by_id=by.assignment_id
    )
    if person_view:
        write_text(case, key=VIEW_OF_LEAD.format(term.pk), text=person_view, by=by)
    case.lead_staff, case.lead_unit, case.lead_authority = staff, unit, authority
    case.save()
    note(case, kind="lead_named", text=f"{staff.name} är huvudansvarig", by=by)
    log.record("cases.lead_named", case_id=case.pk, person_id=case.person_id, object_id=str(staff.pk))
    return term


def hand_over(*, case, unit, by) -> None:
    """Move ownership to a party's unit, logged; the old owner stays as a party under the consent.

    The acting unit may lose the case by it, so whatever else is to be written comes before.
    """
    if unit.pk == case.owner_unit_id:
        return
    note(case, kind="handed_over", text=f"{unit.name} har tagit över ansvaret för ärendet", by=by)
    notifications.tell_unit(
        unit_id=unit.pk, case_id=case.pk, kind="handed_over", key=f"{case.pk}:{timezone.now().isoformat()}"
    )
    log.record("cases.handed_over", case_id=case.pk, person_id=case.person_id, object_id=str(unit.pk))
    with connection.cursor() as cursor:
        cursor.execute("select hand_over(%s, %s)", [case.pk, unit.pk])
    case.owner_unit = unit


def close(*, case, reason, note, by, other_plan="", topics=ALL) -> None:
    """End a case with a reason; everyone who sees it is told, clocks and unsent messages stop (AVS-1, AVS-2, AVS-3).

    The case's own row is saved last: in a closed case the database refuses every write.
    """
    reason, note, other_plan = CloseReason(reason), note.strip(), other_plan.strip()
    if reason == CloseReason.WITHDRAWN:
        raise RuleBroken("När samtycket återkallas använder du sidan Samtycke.", field="reason")
    if reason == CloseReason.OTHER_PLAN and not other_plan:
        raise RuleBroken("Skriv vilken plan som räcker.", field="other_plan")
    if reason == CloseReason.REFUSED and (case.asked_by == "staff" or case.state != State.INITIATED):
        raise RuleBroken(
            "Ni kan bara säga nej till någon som har bett om en SIP, innan arbetet börjar.", field="reason"
        )
    if reason == CloseReason.REFUSED and not note:
        raise RuleBroken("Skriv varför ni säger nej. Den som bad om en SIP har rätt att få veta det.", field="note")
    deadlines.cancel(case=case)
    notifications.cancel(case_id=case.pk, key_prefix="")
    for unit_id in sorted(units_with_access(case) - {by.unit_id}):
        notifications.tell_unit(unit_id=unit_id, case_id=case.pk, kind="closed", key=str(case.pk))
    _line(case, kind="closed", text=f"Ärendet avslutades: {reason.label[0].lower()}{reason.label[1:]}", by=by)
    for key, text in ((TextKey.CLOSE_NOTE, note), (TextKey.OTHER_PLAN, other_plan)):
        if text:
            write_text(case, key=key, text=text, topics=topics, by=by)
    case.closed(on=timezone.localdate(), reason=reason)
    case.save()
    log.record("cases.closed", case_id=case.pk, person_id=case.person_id, details={"reason": reason.value})
