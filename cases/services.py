"""What staff do with a case and its parties: one verb per intention, always inside a scope, always with `by`."""

import json

from django.db import connection
from django.utils import timezone

from audit import log
from cases import deadlines
from cases.models import Case, CaseEvent, LeadTerm, OutsideParty, Participation
from notifications import services as notifications
from organisations.errors import RuleBroken
from organisations.models import Guideline, Unit


def note(case, *, kind: str, text: str, by, detail: str = "") -> CaseEvent:
    """Write one line in the case's history, seen by all parties."""
    return CaseEvent.objects.create(case=case, kind=kind, text=text, detail=detail, by_id=by.assignment_id)


def own_open_case(*, number: str, by) -> Case | None:
    """The acting unit's visible open case for the person, to be offered before a new one is started."""
    return Case.objects.open().with_names().filter(person__number=number).order_by("-opened_at").first()


def start(
    *,
    number,
    id_kind,
    given_name,
    family_name,
    reasons,
    need_found_on,
    by,
    reason_note="",
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

    Raises RuleBroken when the day lies ahead or no reason is given.
    """
    if need_found_on > timezone.localdate():
        raise RuleBroken("Dagen då behovet upptäcktes kan inte ligga framåt i tiden.", field="need_found_on")
    if not reasons:
        raise RuleBroken("Välj minst ett skäl till att en SIP behövs.", field="reasons")
    unit = Unit.objects.with_names().get(pk=by.unit_id)
    county = unit.acts_for.county_code if unit.acts_for_id else ""
    guideline = Guideline.objects.for_county(county, timezone.localdate())
    values = {
        "number": number,
        "id_kind": id_kind,
        "given_name": given_name,
        "family_name": family_name,
        "reasons": list(reasons),
        "reason_note": reason_note,
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
        case = Case.objects.with_names().get(pk=cursor.fetchone()[0])
    note(case, kind="started", text="En SIP startades", by=by)
    deadlines.refresh(case_id=case.pk)
    log.record("cases.started", case_id=case.pk, person_id=case.person_id)
    return case


def add_party(*, case, unit, obligation, by) -> Participation:
    """Let a unit take part; it sees the case only once the consent covers it (KAL-1, KAL-3)."""
    if case.participations.active().filter(unit=unit).exists() or unit.pk == case.owner_unit_id:
        raise RuleBroken(f"{unit.name} är redan med.", field="unit")
    party = Participation.objects.create(case=case, unit=unit, obligation=obligation, added_by_id=by.assignment_id)
    note(case, kind="party_added", text=f"{unit.name} lades till som aktör", by=by)
    log.record("cases.party_added", case_id=case.pk, person_id=case.person_id, object_type="unit", object_id=str(unit.pk))
    return party


def end_party(*, case, party, why, by) -> None:
    """End a unit's part in the case; its access ends in the same statement."""
    party.ended_on, party.end_note = timezone.localdate(), why
    party.save(update_fields=["ended_on", "end_note"])
    note(case, kind="party_ended", text=f"{party.unit.name} deltar inte längre", by=by)
    log.record("cases.party_ended", case_id=case.pk, person_id=case.person_id, object_id=str(party.unit_id))


def add_outside_party(*, case, kind, name, tell_by, by, relation="", phone="", address="") -> OutsideParty:
    """Note a relative or other participant without an account, told by letter or phone (MED-4)."""
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


def name_lead(*, case, staff, unit, authority, person_view, by) -> LeadTerm:
    """Make somebody huvudansvarig from today, with the person's view (UPP-2); the earlier term ends."""
    today = timezone.localdate()
    case.lead_terms.filter(to_on=None).update(to_on=today)
    term = LeadTerm.objects.create(
        case=case, staff=staff, unit=unit, authority=authority, from_on=today, person_view=person_view,
        decided_by_id=by.assignment_id,
    )  # fmt: skip
    case.lead_staff, case.lead_unit, case.lead_authority = staff, unit, authority
    case.person_view_of_lead = person_view
    case.save()
    note(case, kind="lead_named", text=f"{staff.name} är huvudansvarig", by=by)
    log.record("cases.lead_named", case_id=case.pk, person_id=case.person_id, object_id=str(staff.pk))
    return term


def hand_over(*, case, unit, by) -> None:
    """Move ownership to a party's unit, logged; the old owner stays as a party under the consent."""
    if unit.pk == case.owner_unit_id:
        return
    with connection.cursor() as cursor:
        cursor.execute("select hand_over(%s, %s)", [case.pk, unit.pk])
    case.refresh_from_db()
    note(case, kind="handed_over", text=f"{unit.name} har tagit över ansvaret för ärendet", by=by)
    notifications.tell_unit(unit_id=unit.pk, case_id=case.pk, kind="handed_over", key=f"{case.pk}:{case.updated_at:%s}")
    log.record("cases.handed_over", case_id=case.pk, person_id=case.person_id, object_id=str(unit.pk))
