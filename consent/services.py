"""Record, renew, narrow and withdraw the person's consent: nothing is overwritten (SAM-1 to SAM-8)."""

import json
from dataclasses import asdict, dataclass
from datetime import date

from django.db import connection, transaction
from django.utils import timezone

from audit import log
from cases import deadlines, guidelines
from cases import services as cases
from cases.enums import State
from cases.numbers import is_minor as under_age
from consent import coverage, rules, snapshot
from consent.handing_over import call, disclose, send_off
from consent.models import Answer, Consent, GiverKind
from notifications import services as notifications
from notifications.tasks import nudge
from organisations.errors import RuleBroken
from organisations.models import Unit

# "Whatever is recorded now" for callers that have not shown an earlier answer to anybody.
LATEST = object()
BEFORE_KALLELSE = {State.INITIATED, State.CONSENTED}


@dataclass(frozen=True)
class Given:
    """How an answer was given and its limits (SAM-2, SAM-4)."""

    form: str
    given_on: date
    informed_how: str = ""
    valid_to: date | None = None
    excluded_note: str = ""
    may_tell_other_sip: bool = False
    child_view: str = ""


@dataclass(frozen=True)
class Giver:
    """One who answers: the person, or a guardian by name (SAM-6)."""

    name: str
    share_answer: str
    planning_answer: str
    kind: str = GiverKind.GUARDIAN


def today() -> date:
    """Sweden's date now."""
    return timezone.localdate()


def receipt_text(consent) -> str:
    """What the one who recorded an answer is told."""
    if Answer.NO in (consent.share_answer, consent.planning_answer):
        return "Personens nej är sparat och ärendet är avslutat. Var och en planerar själv."
    if not consent.both_yes:
        return "Svaret är sparat. Ingen kallelse kan skickas förrän båda svaren är ja."
    return "Samtycket är sparat. Nu kan ni kalla till möte."


def is_minor(case) -> bool:
    """Guardians answer for the person (SAM-6)."""
    return under_age(case.person.number, today())


def record(
    *,
    case,
    form: str,
    given_on,
    by,
    share_answer: str = "",
    planning_answer: str = "",
    units=(),
    trees=(),
    new_units=(),
    guardians: list[Giver] = (),
    reason: str = "",
    seen=LATEST,
    **details,
) -> Consent | None:
    """Record the two answers, whom they cover and until when; a later answer replaces the earlier (SAM-8).

    Under 18 the guardians' answers decide (SAM-6). A no ends the case: as declined before anybody was called
    (SAM-7), else as a withdrawal, and then nothing is returned. Units that are no longer covered get their copy
    first. `details` are the other fields of Consent. Raises RuleBroken; Conflict when another answer than `seen`
    has been recorded.
    """
    before = coverage.current(case)
    answer = Given(form=form, given_on=given_on, **details)
    givers = list(guardians)
    if not is_minor(case):
        givers = [Giver(case.full_name, share_answer, planning_answer, GiverKind.PERSON)]
    rules.check_givers(case, givers, answer.child_view, minor=is_minor(case))
    share, planning = rules.together(g.share_answer for g in givers), rules.together(g.planning_answer for g in givers)
    rules.check_answer(before, (share, planning), answer)
    if Answer.NO in (share, planning) and case.state not in BEFORE_KALLELSE:
        withdraw(case=case, form=form, by=by)
        return None
    covers = {"units": [], "trees": []}
    if share == planning == Answer.YES:
        covers = {"units": [*units, *new_units], "trees": list(trees)}
        rules.check_own_unit(case, by=by, before=before, **covers)
        for unit in new_units:
            add_if_new(case=case, unit=unit, by=by)
    new = send_off_dropped(case=case, before=before, by=by, **covers)
    consent = replace(
        case=case, before=before, seen=seen, answer=answer, share=share, planning=planning, givers=givers, **covers
    )
    cases.note(case, kind="consent_recorded", text=event_text(before, consent), by=by)
    log.record("consent.recorded", case_id=case.pk, person_id=case.person_id, object_id=str(consent.pk))
    if Answer.NO in (share, planning):
        decline(case=case, reason=reason)
    elif consent.both_yes:
        after_yes(case=case, consent=consent, new=new)
    return consent


def send_off_dropped(*, case, before, units, trees, by) -> list[Unit]:
    """Send off the parties that the new answer no longer covers (SAM-3); returns those it newly covers."""
    had, will = coverage.covered_by(before), coverage.covered_ids(units, trees)
    parties = [p.unit for p in case.participations.active().with_names() if p.unit_id != case.owner_unit_id]
    dropped = [unit for unit in parties if unit.pk in had - will]
    body = snapshot.build(case) if dropped else {}
    for unit in dropped:
        send_off(case=case, unit=unit, by=by, body=body, key=f"narrowed:{before.pk}")
    return [unit for unit in parties if unit.pk in will - had]


def replace(*, case, before, seen, answer, share, planning, units, trees, givers) -> Consent:
    """Put the new answer in the place of the one that was seen, in one step (SAM-8)."""
    both_yes = share == planning == Answer.YES
    values = {
        "seen": (before.pk if before else None) if seen is LATEST else seen,
        "share_answer": share,
        "planning_answer": planning,
        **asdict(answer),
        "given_on": answer.given_on.isoformat(),
        "valid_to": answer.valid_to.isoformat() if answer.valid_to else None,
        "may_tell_other_sip": answer.may_tell_other_sip and both_yes,
        "units": scope(case, units, trees) if both_yes else [],
        "givers": [asdict(giver) for giver in givers],
    }
    return Consent.objects.get(pk=call("select replace_consent(%s, %s::jsonb)", [case.pk, json.dumps(values)]))


def scope(case, units, trees) -> list[dict]:
    """The rows of ConsentUnit; the owner's unit is always named, since it holds the case."""
    whole = {unit.pk for unit in trees}
    ids = dict.fromkeys([case.owner_unit_id, *(unit.pk for unit in units)])
    single = [{"unit": pk, "whole_tree": False} for pk in ids if pk not in whole]
    return single + [{"unit": pk, "whole_tree": True} for pk in sorted(whole)]


def add_if_new(*, case, unit, by) -> None:
    """Let a unit that was found while recording consent take part."""
    taken = case.participations.active().filter(unit=unit).exists()
    if not taken and unit.pk != case.owner_unit_id:
        cases.add_party(case=case, unit=unit, obligation=guidelines.obligation_of(unit, case.guideline), by=by)


def event_text(before, consent) -> str:
    if Answer.NO in (consent.share_answer, consent.planning_answer):
        return "Personen sa nej till en SIP"
    if not consent.both_yes:
        return "Det gick inte att få svar på frågan om samtycke"
    if before and before.both_yes:
        return "Samtycket ändrades"
    return "Samtycke till att dela uppgifter och planera tillsammans"


def decline(*, case, reason: str) -> None:
    """The person said no: each service plans by itself, and the case ends (SAM-7)."""
    deadlines.cancel(case=case)
    case.close_note = reason
    case.declined(on=timezone.localdate())
    case.save()
    log.record("consent.declined", case_id=case.pk, person_id=case.person_id)


def after_yes(*, case, consent, new) -> None:
    """Move the case on, tell those who came in late, and other owners if the person allowed it."""
    if case.state in BEFORE_KALLELSE:
        case.consent_given()
        case.save()
    else:
        for unit in new:
            notifications.tell_unit(unit_id=unit.pk, case_id=case.pk, kind="party", key=f"consent:{consent.pk}")
    if consent.may_tell_other_sip:
        call("select tell_other_owners(%s)::text", [case.pk])
        transaction.on_commit(nudge)


def withdraw(*, case, form: str, by) -> str:
    """Record that the person takes back the consent, by any handler of any party (SAM-5); the case reference.

    Ends the live case for all others at once; the acting unit may no longer see it afterwards.
    """
    now = coverage.current(case)
    if now is None or now.withdrawn_at is not None:
        raise RuleBroken("Det finns inget samtycke att återkalla.")
    body = json.dumps(snapshot.build(case))
    reference = call("select withdraw_consent(%s, %s, %s::jsonb)", [case.pk, form, body])
    log.record("consent.withdrawn", case_id=case.pk, person_id=case.person_id, object_id=str(now.pk))
    transaction.on_commit(nudge)
    return reference


def leave(*, case, why: str, by) -> str:
    """End the acting unit's own part: its copy first, the steering units told, then its access ends."""
    if by.unit_id in {case.owner_unit_id, case.lead_unit_id}:
        raise RuleBroken("Den ansvariga enheten och huvudansvarigs enhet kan inte lämna. Lämna över ansvaret först.")
    unit = Unit.objects.get(pk=by.unit_id)
    disclose(case=case, unit=unit, what="Enhetens egna uppgifter när den lämnade", by=by)
    for steering in {case.owner_unit_id, case.lead_unit_id} - {None}:
        key = f"{case.pk}:{timezone.localdate():%Y%m%d}:{by.unit_id}"
        notifications.tell_unit(unit_id=steering, case_id=case.pk, kind="left", key=key)
    log.record("cases.left", case_id=case.pk, person_id=case.person_id, object_id=str(by.unit_id))
    body = json.dumps(snapshot.build(case))
    return call("select leave_case(%s, %s, %s::jsonb)", [case.pk, why, body])


def other_sips(case) -> list[dict]:
    """Units with another open SIP for the person, and their phone: known when the person has agreed to it."""
    with connection.cursor() as cursor:
        cursor.execute("select unit_name, phone from other_open_cases(%s)", [case.pk])
        return [{"unit": name, "phone": phone} for name, phone in cursor.fetchall()]
