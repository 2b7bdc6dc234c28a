"""After the notice, in a case: who coordinates, utskrivningsklar, the decision, going home (UTS-2 to UTS-6)."""

from django.utils import timezone

from audit import log
from cases import deadlines
from cases import services as cases
from cases.access import steers
from cases.enums import OPEN_STATES, ClockEventKind, DeadlineKind
from cases.models import Case
from cases.topics import ALL
from discharge import notices
from discharge.enums import AdmissionState, Decision, DischargeState, WhyNone
from discharge.models import Admission, CareContact, CareGap, Discharge, Notice, NoticeReceiver
from notifications import services as notifications
from organisations import swedish
from organisations.errors import Conflict, RuleBroken
from organisations.models import Assignment, Unit
from preparation import bookings

OPEN = (DischargeState.PLANNING, DischargeState.READY)
REASON_KEY = "discharge:{}"


def current(case) -> Discharge | None:
    """The discharge that goes on in the case, else the latest."""
    found = case.discharges.select_related("ward_unit", "case")
    return found.order_by("home_at", "-started_at").filter(state__in=OPEN).first() or found.order_by("-pk").first()


def goes_on(case) -> bool:
    """Whether a discharge is being planned in the case."""
    return case.discharges.filter(state__in=OPEN).exists()


def must_be_open(discharge: Discharge) -> None:
    if not discharge.is_open:
        raise RuleBroken(f"Utskrivningen är redan {discharge.get_state_display().lower()}.")


def record(event: str, discharge: Discharge, **details) -> None:
    case = discharge.case
    log.record(
        f"discharge.{event}", case_id=case.pk, person_id=case.person_id, object_type="discharge",
        object_id=discharge.reference, details=details,
    )  # fmt: skip


def open_case(*, notice: Notice, by) -> Discharge:
    """The answer to a notice: a case for the planning, opened by the ward or a receiver, or the one that is open.

    What follows needs consent or a recorded basis, as in every case. The ward brings the receivers as parties, a
    receiver the ward; nobody sees anything before the person has said yes.
    """
    if not notice.is_open:
        raise RuleBroken("Processen är avslutad.")
    case = cases.own_open_case(number=notice.number, by=by)
    if case and (mine := case.discharges.filter(notice_id=notice.pk).first()):
        return mine
    if case and case.discharges.filter(state__in=OPEN).exists():
        raise RuleBroken("En annan utskrivning pågår redan i ärendet.")
    case = case or start(notice, by=by)
    if not case.inpatient or case.ward_unit_id != notice.sender_unit_id:
        case.inpatient, case.ward_unit, case.discharge_ready_at = True, notice.sender_unit, None
        case.save()
        deadlines.refresh(case_id=case.pk)
    made = Discharge(case=case, notice=notice, ward_unit=notice.sender_unit, started_at=timezone.now(),
                     started_by_id=by.assignment_id)  # fmt: skip
    made.save()
    # The database fills in what the case may know of the notice.
    made.refresh_from_db()
    made.case = case
    invite(made, notice, by=by)
    sent = swedish.date_and_time(made.notice_sent_at)
    cases.note(case, kind="notice_sent", text=f"Inskrivningsmeddelandet skickades {sent}", by=by)
    record("opened", made)
    return made


def start(notice: Notice, *, by) -> Case:
    return cases.start(
        number=notice.number,
        id_kind=notice.id_kind,
        given_name=notice.given_name,
        family_name=notice.family_name,
        address=notice.address,
        reasons=["after_inpatient"],
        need_found_on=timezone.localdate(),
        protection="marked" if notice.protected else "none",
        inpatient=True,
        ward_unit=notice.sender_unit,
        by=by,
    )


def invite(discharge: Discharge, notice: Notice, *, by) -> None:
    """The other end of the notice takes part, when the acting unit steers the case."""
    case = discharge.case
    if not steers(case, by):
        return
    if by.unit_id == notice.sender_unit_id:
        ids = NoticeReceiver.objects.filter(notice=notice, recalled_at=None).values_list("unit_id", flat=True)
    else:
        ids = [notice.sender_unit_id]
    taking_part = set(case.participations.active().values_list("unit_id", flat=True)) | {case.owner_unit_id}
    for unit in Unit.objects.with_names().filter(pk__in=set(ids) - taking_part).order_by("pk"):
        cases.add_party(case=case, unit=unit, by=by)


def possible_contacts(by):
    """Those who work as handlers at the acting unit today."""
    found = Assignment.objects.valid_on(timezone.localdate()).with_names().filter(unit_id=by.unit_id, role="handler")
    return found.order_by("staff__name")


def why_not_name(discharge: Discharge, by) -> str:
    """The sentence that says why the acting unit names no fast vårdkontakt, or an empty string (LUS 2:5, UTS-2)."""
    unit = Unit.objects.with_names().get(pk=by.unit_id)
    if not notices.is_open_care(unit):
        return "Den fasta vårdkontakten utses av regionens öppenvård."
    if not Notice.objects.filter(pk=discharge.notice_id).exists():
        return "Den enhet i öppenvården som har fått inskrivningsmeddelandet utser den fasta vårdkontakten."
    return ""


def name_contact(*, discharge, assignment, by, coordinates=False) -> CareContact:
    """Name a fast vårdkontakt; the first coordinates, and one of several always does. Its unit gets the case."""
    must_be_open(discharge)
    if refusal := why_not_name(discharge, by):
        raise RuleBroken(refusal)
    if not possible_contacts(by).filter(pk=assignment.pk).exists():
        raise RuleBroken("Välj någon som arbetar på enheten.", field="assignment")
    standing = discharge.contacts.filter(ended_at=None)
    if standing.filter(staff=assignment.staff_id).exists():
        raise RuleBroken(f"{assignment.staff.name} är redan fast vårdkontakt.", field="assignment")
    before = standing.filter(coordinates=True).first()
    coordinates = coordinates or before is None
    if coordinates and before:
        before.coordinates = False
        before.save(update_fields=["coordinates"])
    case = discharge.case
    contact = CareContact.objects.create(
        case=case, discharge=discharge, unit_id=by.unit_id, staff_id=assignment.staff_id, coordinates=coordinates,
        named_at=timezone.now(), named_by_id=by.assignment_id,
    )  # fmt: skip
    duty = ", samordnar" if coordinates else ""
    cases.note(case, kind="care_contact", text=f"{assignment.staff.name} är fast vårdkontakt{duty}", by=by)
    record("contact_named", discharge, staff=assignment.staff_id)
    if coordinates and notices.call("select take_over_discharge(%s)", [discharge.pk]):
        cases.note(case, kind="handed_over", text=f"{assignment.unit.name} har tagit över ansvaret för ärendet", by=by)
    for unit_id in {discharge.ward_unit_id, case.owner_unit_id} & cases.units_with_access(case) - {by.unit_id}:
        notifications.tell_unit(unit_id=unit_id, case_id=case.pk, kind="party", key=f"contact:{contact.pk}")
    return contact


def end_contact(*, contact, by) -> None:
    """Somebody is no longer fast vårdkontakt; the one who coordinates is replaced first."""
    if contact.unit_id != by.unit_id:
        raise RuleBroken("Bara den enhet som utsåg vårdkontakten kan avsluta uppdraget.")
    if contact.ended_at:
        raise Conflict("Uppdraget är redan avslutat.")
    if contact.coordinates and contact.discharge.is_open:
        raise RuleBroken("Utse först någon annan som samordnar.")
    contact.ended_at = timezone.now()
    contact.save(update_fields=["ended_at"])
    cases.note(contact.case, kind="care_contact", text=f"{contact.staff.name} är inte längre fast vårdkontakt", by=by)
    record("contact_ended", contact.discharge, staff=contact.staff_id)


def must_be_wards(discharge: Discharge, by) -> None:
    """What the ward decides is said by the ward, or noted for it by the unit that steers the case."""
    if by.unit_id != discharge.ward_unit_id and not steers(discharge.case, by):
        raise RuleBroken("Det här gör avdelningen, eller den ansvariga enheten åt avdelningen.")


def ready(*, discharge, at, by) -> None:
    """The underrättelse that the person is utskrivningsklar (LUS 3:1).

    From when it is sent the days to the kallelse and to payment run (LUS 4:3, 5:4). Another time of the doctor's
    judgement corrects that alone: the underrättelse was sent when it was sent.
    """
    must_be_open(discharge)
    must_be_wards(discharge, by)
    now = timezone.now()
    if at > now:
        raise RuleBroken("Tiden har inte varit än. Ange när personen blev utskrivningsklar.", field="ready_on")
    admission = Admission.objects.filter(notice=discharge.notice_id).first()
    if admission and at < admission.admitted_at:
        raise RuleBroken("Personen kan inte vara utskrivningsklar före inskrivningen.", field="ready_on")
    if discharge.state == DischargeState.READY:
        return corrected(discharge, at=at, by=by)
    case = discharge.case
    discharge.told_ready(ready_at=at, at=now)
    discharge.save(update_fields=["state", "ready_at", "ready_told_at"])
    # The database tells the kind of care, which the county's days may differ by.
    discharge.refresh_from_db(fields=["care_type", "notice_in_time"])
    care = {"care_type": discharge.care_type} if discharge.care_type else {}
    deadlines.happened(case=case, event=ClockEventKind.NOTICE_SENT, at=discharge.notice_sent_at, by=by, **care)
    cases.discharge_ready(case=case, at=now, by=by, ward_unit=discharge.ward_unit)
    if not discharge.call_is_due:
        deadlines.meet(case=case, kind=DeadlineKind.CALL_AFTER_READY)
    units = set(discharge.contacts.filter(ended_at=None).values_list("unit_id", flat=True))
    for unit_id in sorted(units - {by.unit_id, case.owner_unit_id}):
        notifications.tell_unit(
            unit_id=unit_id, case_id=case.pk, kind="deadline", key=f"ready:{discharge.pk}:{now.isoformat()}"
        )
    record("ready", discharge)


def corrected(discharge: Discharge, *, at, by) -> None:
    """The doctor's judgement was at another time; sent twice, nothing changes."""
    if discharge.ready_at == at:
        return
    discharge.ready_at = at
    discharge.save(update_fields=["ready_at"])
    text = f"Utskrivningsklar rättades till {swedish.date_and_time(at)}"
    cases.note(discharge.case, kind="discharge_ready", text=text, by=by)
    record("ready_corrected", discharge)


def not_ready(*, discharge, by) -> None:
    """Ill again: the underrättelse is taken back, and its clocks with it."""
    if discharge.state != DischargeState.READY:
        raise RuleBroken("Personen är inte utskrivningsklar.")
    must_be_wards(discharge, by)
    discharge.not_ready()
    discharge.save(update_fields=["state", "ready_at", "ready_told_at"])
    case = discharge.case
    case.discharge_ready_at = None
    case.save()
    deadlines.refresh(case_id=case.pk)
    cases.note(case, kind="not_ready", text="Personen är inte längre utskrivningsklar", by=by)
    units = {case.owner_unit_id, *discharge.contacts.filter(ended_at=None).values_list("unit_id", flat=True)}
    for unit_id in sorted(units & cases.units_with_access(case) - {by.unit_id}):
        notifications.tell_unit(
            unit_id=unit_id, case_id=case.pk, kind="party", key=f"not_ready:{discharge.pk}:{timezone.now().isoformat()}"
        )
    record("not_ready", discharge)


def decide(*, discharge, both_needed, decision, by, before=(), why_none="", why="", topics=ALL) -> None:
    """Decide when the SIP is held: before, at home after, or none with a reason (UTS-4, UTS-5).

    Who will have measures from both is always offered one. Reasons are about health, so they have topics (SAM-3).
    """
    if discharge.state == DischargeState.BROKEN:
        raise RuleBroken("Processen är avbruten.")
    if not steers(discharge.case, by):
        raise RuleBroken("Bara den ansvariga enheten eller huvudansvarigs enhet kan göra det här.")
    decision = Decision(decision)
    if decision == Decision.BEFORE and not before:
        raise RuleBroken("Välj varför mötet behöver hållas före utskrivningen.", field="before")
    if decision == Decision.BEFORE and discharge.state == DischargeState.HOME:
        raise RuleBroken("Personen är redan hemma.", field="decision")
    if decision == Decision.NONE and not why_none:
        raise RuleBroken("Välj varför det inte blir någon SIP.", field="why_none")
    if decision == Decision.NONE and both_needed == (why_none == WhyNone.ONE_SIDE):
        raise RuleBroken(
            "Den som behöver insatser från båda ska alltid erbjudas en SIP. Välj ett annat skäl."
            if both_needed
            else "Välj att insatser bara behövs från en huvudman, eller ändra svaret om båda.",
            field="why_none",
        )
    said = "\n".join(part for part in (" ".join(before) if decision == Decision.BEFORE else "", why) if part)
    cases.write_text(discharge.case, key=REASON_KEY.format(discharge.pk), text=said, topics=topics, by=by)
    discharge.both_needed, discharge.decision = both_needed, decision
    discharge.why_none = why_none if decision == Decision.NONE else ""
    discharge.decided_at = timezone.now()
    discharge.save(update_fields=["both_needed", "decision", "why_none", "decided_at"])
    if not discharge.call_is_due:
        deadlines.meet(case=discharge.case, kind=DeadlineKind.CALL_AFTER_READY)
    elif not discharge.called_at():
        deadlines.reopen(case=discharge.case, kind=DeadlineKind.CALL_AFTER_READY)
    cases.note(discharge.case, kind="sip_decision", text=f"Beslut: {decision.label}", by=by)
    record("decided", discharge, decision=decision.value)


def open_care_missing(*, discharge, from_on, by) -> CareGap:
    """Open care is not there or not clear: no payment from that day (LUS 5:5)."""
    must_be_open(discharge)
    if from_on > timezone.localdate():
        raise RuleBroken("Dagen har inte varit än.", field="from_on")
    if discharge.gaps.filter(to_on=None).exists():
        raise Conflict("Det är redan antecknat att öppenvården saknas.")
    gap = CareGap.objects.create(
        case=discharge.case, discharge=discharge, from_on=from_on, noted_by_id=by.assignment_id
    )
    cases.note(discharge.case, kind="care_gap", text="Öppenvårdens insatser saknas eller är oklara", by=by)
    record("care_missing", discharge)
    return gap


def open_care_there(*, gap, to_on, by) -> None:
    """Open care is in place again; the last day without it is said."""
    if gap.to_on:
        raise Conflict("Perioden är redan avslutad.")
    if not gap.from_on <= to_on <= timezone.localdate():
        raise RuleBroken("Dagen ska ligga efter den första och inte framåt i tiden.", field="to_on")
    gap.to_on = to_on
    gap.save(update_fields=["to_on"])
    cases.note(gap.case, kind="care_gap", text="Öppenvårdens insatser finns på plats", by=by)
    record("care_there", gap.discharge)


def interpreter_booked(*, discharge, by) -> None:
    """The ward books the interpreter while the person is an inpatient (UTS-6, KAL-6)."""
    must_be_open(discharge)
    if by.unit_id != discharge.ward_unit_id:
        raise RuleBroken("Avdelningen bokar tolk så länge personen är inlagd.")
    if discharge.interpreter_booked_at:
        raise Conflict("Tolk är redan bokad.")
    discharge.interpreter_booked_at = timezone.now()
    discharge.save(update_fields=["interpreter_booked_at"])
    bookings.ward_has_booked(case=discharge.case, by=by)
    cases.note(discharge.case, kind="interpreter", text="Avdelningen har bokat tolk", by=by)
    record("interpreter_booked", discharge)


def home(*, discharge, at, transferred: bool, by) -> None:
    """The person is at home: the process ends, and whether the information went the same day is noted (LUS 3:2)."""
    must_be_open(discharge)
    must_be_wards(discharge, by)
    if at > timezone.now():
        raise RuleBroken("Tiden har inte varit än. Ange när personen åkte hem.", field="home_on")
    if discharge.ready_at and at < discharge.ready_at:
        raise RuleBroken("Personen kan inte åka hem innan hon eller han är utskrivningsklar.", field="home_on")
    case = discharge.case
    admission = Admission.objects.filter(notice=discharge.notice_id).first()
    if admission is None and at < discharge.notice_sent_at:
        raise RuleBroken("Personen kan inte åka hem innan inskrivningsmeddelandet skickades.", field="home_on")
    if admission and admission.is_open:
        notices.end(admission=admission, at=at, by=by)
    discharge.went_home(at=at, transferred_at=at if transferred else None)
    discharge.save(update_fields=["state", "home_at", "transferred_at"])
    case.inpatient = False
    case.save()
    deadlines.happened(case=case, event=ClockEventKind.WENT_HOME, at=at, by=by)
    cases.note(case, kind="went_home", text=f"Hemma {swedish.date_and_time(at)}", by=by)
    same_day = "samma dag" if transferred else "inte samma dag"
    cases.note(case, kind="transferred", text=f"Informationen överfördes {same_day}", by=by)
    units = {case.owner_unit_id, *discharge.contacts.filter(ended_at=None).values_list("unit_id", flat=True)}
    for unit_id in sorted(units & cases.units_with_access(case) - {by.unit_id}):
        notifications.tell_unit(unit_id=unit_id, case_id=case.pk, kind="party", key=f"home:{discharge.pk}")
    record("went_home", discharge, transferred=transferred)


def of_admission(admission):
    """The discharges that go on from the ward's notice, in open cases that the ward sees."""
    found = Discharge.objects.filter(notice__admission=admission, state__in=OPEN, case__state__in=OPEN_STATES)
    return found.select_related("case", "ward_unit").order_by("pk")


def break_off(*, admission, reason, by) -> None:
    """The ward breaks off: its notice, and the discharge in each case that it sees."""
    notices.must_be_open(admission)
    for discharge in of_admission(admission):
        case = discharge.case
        discharge.broken_off()
        discharge.save(update_fields=["state"])
        case.inpatient, case.discharge_ready_at = False, None
        case.save()
        deadlines.refresh(case_id=case.pk)
        cases.note(case, kind="broken_off", text="Utskrivningsprocessen avbröts", by=by)
        record("broken_off", discharge)
    # The database ends it in the cases that the ward does not see.
    notices.break_off(admission=admission, reason=reason, by=by)


def end(*, admission, at, transferred, by) -> None:
    """The person left the ward: through the discharge that the ward sees, else the notice alone."""
    if admission.state != AdmissionState.NOTICED:
        raise RuleBroken("Skicka inskrivningsmeddelandet, eller avbryt.")
    seen = of_admission(admission).first()
    if seen is None:
        notices.end(admission=admission, at=at, by=by)
    else:
        home(discharge=seen, at=at, transferred=transferred, by=by)
