"""The förmöte: planned with the person's yes, held by the parties about costs and responsibility (KAL-8)."""

from django.utils import timezone

from audit import log
from cases import services as cases
from cases.topics import ALL, must_be_readable
from consent import coverage
from notifications import services as notifications
from organisations import swedish
from organisations.errors import RuleBroken
from organisations.models import Unit
from preparation.models import PreMeeting, PreMeetingKey, PreMeetingState, PreMeetingText, PreMeetingUnit

ALREADY = "Utfallet är redan taget med."


def bases(case) -> dict[int, str]:
    """The units that may take part, and on what ground each may know of the person."""
    consent = coverage.current(case)
    reached = coverage.reached_by(consent)
    shared = coverage.covered_by(consent)
    grounds = {ground.unit_id: ground.statute for ground in coverage.standing_grounds(case)}
    parties = case.participations.active().values_list("unit_id", flat=True)
    found = {unit: "Personens samtycke" if unit in shared else grounds[unit] for unit in parties if unit in reached}
    return found | {case.owner_unit_id: "Ansvarig enhet"}


def choices(case, by):
    """The other units that can be asked."""
    return Unit.objects.with_names().filter(pk__in=bases(case).keys() - {by.unit_id}).order_by("name")


def plan(
    *, case, units, starts_at, place: str, costs: bool, responsibility: bool, consent_form: str, consent_on, by
) -> PreMeeting:
    """Agree on a pre-meeting with other parties. Raises RuleBroken without the person's yes, or with nobody to meet."""
    allowed = bases(case)
    refusal = coverage.why_no_call(coverage.current(case))
    if refusal:
        raise RuleBroken(refusal)
    if consent_on > timezone.localdate():
        raise RuleBroken("Dagen har inte varit än. Fråga personen först.", field="consent_on")
    if consent_on < case.need_found_on:
        raise RuleBroken("Dagen kan inte vara före den dag då behovet upptäcktes.", field="consent_on")
    if timezone.localdate(starts_at) < consent_on:
        raise RuleBroken("Förmötet kan inte vara före personens ja.", field="day")
    if not (costs or responsibility):
        raise RuleBroken("Ett förmöte handlar om kostnader eller ansvar. Välj minst ett.", field="about")
    others = [unit for unit in units if unit.pk != by.unit_id]
    if not others:
        raise RuleBroken("Välj minst en annan enhet.", field="units")
    if outside := [unit.name for unit in others if unit.pk not in allowed]:
        raise RuleBroken(f"{outside[0]} ingår inte i samtycket. Fråga personen först.", field="units")
    if PreMeeting.objects.filter(case=case, state=PreMeetingState.PLANNED).exists():
        raise RuleBroken("Ett förmöte är redan bestämt. Ställ in det eller skriv in hur det blev först.")
    ids = [by.unit_id, *(unit.pk for unit in others)]
    found = PreMeeting.objects.create(
        case=case, starts_at=starts_at, place=place, about_costs=costs, about_responsibility=responsibility,
        consent_form=consent_form, consent_on=consent_on, units=ids, made_by_id=by.assignment_id,
    )  # fmt: skip
    PreMeetingUnit.objects.bulk_create(
        PreMeetingUnit(case=case, premeeting=found, unit_id=pk, basis=allowed.get(pk, "Ansvarig enhet")) for pk in ids
    )
    record("planned", found)
    for unit in others:
        notifications.tell_unit(unit_id=unit.pk, case_id=case.pk, kind="premeeting", key=str(found.pk))
    return found


def hold(*, premeeting, notes: str, by, outcome: str = "", topics: int = ALL) -> None:
    """Write in what was said, for the units that took part; the person's log tells that it was held.

    Raises RuleBroken before its day, by a unit that was not there, or when the person's yes no longer stands.
    """
    case = premeeting.case
    if by.unit_id not in premeeting.units:
        raise RuleBroken("En enhet som var med skriver in hur förmötet blev. Ni kan ställa in det.")
    if premeeting.starts_at > timezone.now():
        raise RuleBroken("Förmötet har inte varit än.")
    if refusal := coverage.why_no_call(coverage.current(case)):
        raise RuleBroken(refusal)
    must_be_readable(case.pk, topics, by=by)
    premeeting.held()
    premeeting.save(update_fields=["state"])
    texts = {PreMeetingKey.NOTES: notes, PreMeetingKey.OUTCOME: outcome}
    PreMeetingText.objects.bulk_create(
        PreMeetingText(case=case, premeeting=premeeting, key=key, text=text, topics=topics)
        for key, text in texts.items() if text
    )  # fmt: skip
    premeeting.forget_texts()
    # The parties' history tells it too, as the person's log does: when, and nothing of what was said.
    cases.note(case, kind="premeeting", text=f"Förmöte {swedish.date_and_time(premeeting.starts_at)} hölls", by=by)
    record("held", premeeting)


def cancel(*, premeeting, by) -> None:
    """It will not be; the units that were asked are told."""
    premeeting.cancelled()
    premeeting.save(update_fields=["state"])
    record("cancelled", premeeting)
    for unit_id in sorted(set(premeeting.units) - {by.unit_id}):
        notifications.tell_unit(
            unit_id=unit_id, case_id=premeeting.case_id, kind="cancelled", key=f"premeeting:{premeeting.pk}"
        )


def outcome(premeeting) -> tuple[str, int]:
    """The line that may be carried over, with its topics. Raises RuleBroken when there is none to carry."""
    text = premeeting.said(PreMeetingKey.OUTCOME)
    if premeeting.state != PreMeetingState.HELD or not text:
        raise RuleBroken("Det finns inget utfall att ta med.")
    return text, premeeting.topics_of(PreMeetingKey.OUTCOME)


def carried(*, premeeting, to: str, by) -> None:
    """Note that the outcome was taken along; `to` is agenda or plan. Raises RuleBroken the second time."""
    field, now = f"{to}_at", timezone.now()
    # In the row itself: of two who press at the same time one carries it.
    if not PreMeeting.objects.filter(pk=premeeting.pk, **{field: None}).update(**{field: now}):
        raise RuleBroken(ALREADY)
    setattr(premeeting, field, now)
    case = premeeting.case
    cases.note(case, kind="premeeting", text="Utfallet av förmötet togs med " + CARRIED[to], by=by)
    record("carried", premeeting, to=to)


CARRIED = {"agenda": "till mötet", "plan": "i planen"}


def record(verb: str, premeeting, **details) -> None:
    case = premeeting.case
    log.record(
        f"premeetings.{verb}", case_id=case.pk, person_id=case.person_id, object_id=str(premeeting.pk), details=details
    )
