"""Samråd (MOT-4): asked by a person who is not content, offered without delay, and how it went is written down."""

from django.utils import timezone

from audit import log
from cases import deadlines
from cases import services as cases
from cases.enums import ClockEventKind, DeadlineKind
from cases.topics import ALL, must_be_readable
from meetingroom.models import Consultation, ConsultationResult
from notifications import services as notifications
from organisations import swedish
from organisations.errors import RuleBroken


def of_case(case):
    """The case's samråd that the reader may see, latest first."""
    people = ("unit", "asked_by__staff", "offered_by__staff", "ended_by__staff")
    return Consultation.objects.filter(case=case).select_related(*people).order_by("-asked_at", "-pk")


def not_offered(case_id):
    """A person has asked and no time has been offered; `case_id` may be of an outer query."""
    return Consultation.objects.filter(case_id=case_id, ended_at=None, offered_at=None)


def ask(*, case, about: str, by, topics: int = ALL, meeting=None) -> Consultation:
    """The person is not content and wants samråd; the unit that steers the case must offer a time (its clock starts).

    An open request is superseded by the new one, with its clock. Raises RuleBroken for topics one cannot read.
    """
    if not about.strip():
        raise RuleBroken("Skriv vad personen inte är nöjd med.", field="about")
    must_be_readable(case.pk, topics, by=by)
    now = timezone.now()
    waiting = Consultation.objects.filter(case=case, ended_at=None)
    if same := waiting.filter(about=about.strip(), topics=topics).first():
        # Sent twice: the clock goes on from the first time.
        return same
    for earlier in waiting:
        _end(earlier, result=ConsultationResult.SUPERSEDED, by=by)
    found = Consultation.objects.create(
        case=case, meeting=meeting, unit_id=case.lead_unit_id or case.owner_unit_id, about=about.strip(),
        topics=topics, asked_at=now, asked_by_id=by.assignment_id,
    )  # fmt: skip
    deadlines.happened(case=case, event=ClockEventKind.CONSULTATION_ASKED, at=now, by=by)
    record("asked", found, case, "Personen bad om samråd", by=by)
    if found.unit_id != by.unit_id:
        notifications.tell_unit(unit_id=found.unit_id, case_id=case.pk, kind="plan", key=f"consultation:{found.pk}")
    return found


def offer(*, case, consultation: Consultation, at, by) -> None:
    """A time is offered to the person: the clock is met. Another time may be offered later."""
    must_be_open(consultation := locked(consultation))
    if at <= timezone.now():
        raise RuleBroken("Tiden har passerat. Välj en tid som inte har varit än.", field="day")
    consultation.offered_for, consultation.offered_at = at, timezone.now()
    consultation.offered_by_id = by.assignment_id
    consultation.save(update_fields=["offered_for", "offered_at", "offered_by"])
    deadlines.meet(case=case, kind=DeadlineKind.CONSULTATION)
    record("offered", consultation, case, f"Samråd erbjöds {swedish.date_and_time(at)}", by=by)


def finish(*, case, consultation: Consultation, result: str, by, outcome: str = "") -> None:
    """Write how it went, or that the person did not want it any longer."""
    must_be_open(consultation := locked(consultation))
    result = ConsultationResult(result)
    if result == ConsultationResult.DONE and not outcome.strip():
        raise RuleBroken("Skriv vad ni kom fram till.", field="outcome")
    if result == ConsultationResult.SUPERSEDED:
        raise RuleBroken("Välj hur samrådet blev.", field="result")
    _end(consultation, result=result, outcome=outcome.strip(), by=by)
    if result == ConsultationResult.DONE:
        deadlines.meet(case=case, kind=DeadlineKind.CONSULTATION)
    else:
        deadlines.cancel(case=case, kind=DeadlineKind.CONSULTATION)
    record("ended", consultation, case, f"Samråd: {result.label.lower()}", by=by)


def locked(found: Consultation) -> Consultation:
    """The samråd as it stands now: one that somebody has just ended gets no new time."""
    return Consultation.objects.select_for_update(no_key=True, of=("self",)).get(pk=found.pk)


def must_be_open(consultation: Consultation) -> None:
    if not consultation.is_open:
        raise RuleBroken("Det samrådet är redan avslutat.")


def _end(found: Consultation, *, result, by, outcome: str = "") -> None:
    found.result, found.outcome = result, outcome
    found.ended_at, found.ended_by_id = timezone.now(), by.assignment_id
    found.save(update_fields=["result", "outcome", "ended_at", "ended_by"])


def record(what: str, found: Consultation, case, text: str, *, by) -> None:
    cases.note(case, kind="consultation", text=text, by=by)
    log.record(f"meetingroom.consultation_{what}", case_id=case.pk, person_id=case.person_id, object_id=str(found.pk))
