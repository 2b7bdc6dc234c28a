"""Something did not work: one side reports, the other receives and answers, the reporter closes (AVV-1, AVV-2)."""

from django.utils import timezone

from audit import log
from cases.services import note
from cases.topics import ALL, must_be_readable, readable_by
from deviations.models import AbsenceDecision, AbsenceOutcome, Deviation
from notifications import services as notifications
from organisations.errors import RuleBroken

# What the database lets a side write in a report that stands.
STEP_COLUMNS = [
    "state", "received_by", "received_at", "answer", "answered_by", "answered_at", "closed_by", "closed_at",
    "closing_note",
]  # fmt: skip
ONLY_CONCERNED = "Bara den enhet som avvikelsen gäller kan göra det här."
ONLY_REPORTER = "Bara den enhet som rapporterade avvikelsen kan avsluta den."


NOT_READABLE = "Enheten får inte läsa om de ämnena. Välj bara ämnen som delas med den."


def report(*, case, kind, concerns_unit, text, by, topics=ALL) -> Deviation:
    """Report what did not work to the unit it concerns, also after the case has been closed.

    Raises RuleBroken when the unit takes no part, is one's own, may not read of the topics (SAM-3), or has the same
    report already.
    """
    if concerns_unit.pk == by.unit_id:
        raise RuleBroken("Välj en annan enhet än din egen.", field="concerns_unit")
    parties = set(case.participations.active().values_list("unit_id", flat=True)) | {case.owner_unit_id}
    if concerns_unit.pk not in parties:
        raise RuleBroken(f"{concerns_unit.name} är inte med i ärendet.", field="concerns_unit")
    must_be_readable(case.pk, topics, by=by)
    if not readable_by(case.pk, concerns_unit.pk, topics):
        raise RuleBroken(NOT_READABLE, field="topics")
    same = Deviation.objects.filter(case=case, kind=kind, concerns_unit=concerns_unit, reported_unit_id=by.unit_id)
    if same.filter(text=text).exists():
        raise RuleBroken("Den här avvikelsen är redan rapporterad.", field="text")
    deviation = Deviation.objects.create(
        case=case,
        kind=kind,
        concerns_unit=concerns_unit,
        text=text,
        topics=topics,
        reported_unit_id=by.unit_id,
        reported_by_id=by.assignment_id,
    )
    _tell(deviation, "reported", f"En avvikelse rapporterades till {concerns_unit.name}", by=by)
    return deviation


def report_absence(*, case, attendance, text, by, topics=ALL) -> Deviation:
    """Confirm that a party with the duty stayed away: the ready-made report goes to it (MOT-3)."""
    _must_be_undecided(attendance)
    made = report(case=case, kind="absent", concerns_unit=attendance.unit, text=text, topics=topics, by=by)
    AbsenceDecision.objects.create(
        case=case, attendance=attendance, outcome=AbsenceOutcome.REPORTED, deviation=made,
        decided_by_id=by.assignment_id,
    )  # fmt: skip
    return made


def dismiss_absence(*, case, attendance, reason: str, by, topics=ALL) -> AbsenceDecision:
    """Do not report that a party stayed away, and say why; decided once (MOT-3)."""
    _must_be_undecided(attendance)
    if not reason.strip():
        raise RuleBroken("Skriv varför frånvaron inte rapporteras.", field="reason")
    must_be_readable(case.pk, topics, by=by)
    made = AbsenceDecision.objects.create(
        case=case, attendance=attendance, outcome=AbsenceOutcome.DISMISSED, reason=reason.strip(), topics=topics,
        decided_by_id=by.assignment_id,
    )  # fmt: skip
    note(case, kind="absence_dismissed", text=f"Att {attendance.unit.name} inte kom rapporterades inte", by=by)
    log.record("deviations.absence_dismissed", case_id=case.pk, person_id=case.person_id, object_id=str(attendance.pk))
    return made


def _must_be_undecided(attendance) -> None:
    if attendance.came or attendance.unit_id is None or not attendance.invitation.has_duty:
        raise RuleBroken("Det finns ingen frånvaro att ta ställning till.")
    if AbsenceDecision.objects.filter(attendance=attendance).exists():
        raise RuleBroken("Det är redan bestämt om frånvaron ska rapporteras.")


def receive(*, deviation, by) -> None:
    """The unit it concerns takes the report in hand."""
    _must_be(by, deviation.concerns_unit_id, ONLY_CONCERNED)
    deviation.received(at=timezone.now(), by=by)
    deviation.save(update_fields=STEP_COLUMNS)
    _tell(deviation, "received", "En avvikelse är mottagen", by=by)


def answer(*, deviation, answer, by) -> None:
    """The unit it concerns says what it has found and does about it."""
    _must_be(by, deviation.concerns_unit_id, ONLY_CONCERNED)
    deviation.answered(at=timezone.now(), by=by, answer=answer)
    deviation.save(update_fields=STEP_COLUMNS)
    _tell(deviation, "answered", "En avvikelse är besvarad", by=by)


def close(*, deviation, by, closing_note="") -> None:
    """The reporting unit ends it once it has read the answer."""
    _must_be(by, deviation.reported_unit_id, ONLY_REPORTER)
    deviation.closed(at=timezone.now(), by=by, note=closing_note)
    deviation.save(update_fields=STEP_COLUMNS)
    _tell(deviation, "closed", "En avvikelse är avslutad", by=by)


def _must_be(by, unit_id, sentence) -> None:
    if by.unit_id != unit_id:
        raise RuleBroken(sentence)


def _tell(deviation, step, text, *, by) -> None:
    """History, log, and the other side's inbox."""
    case = deviation.case
    note(case, kind=f"deviation_{step}", text=text, by=by)
    log.record(
        f"deviations.{step}",
        case_id=case.pk,
        person_id=case.person_id,
        object_type="deviation",
        object_id=str(deviation.pk),
    )
    ours = by.unit_id == deviation.concerns_unit_id
    other = deviation.reported_unit_id if ours else deviation.concerns_unit_id
    notifications.tell_unit(unit_id=other, case_id=case.pk, kind="deviation", key=f"{deviation.pk}:{step}")
