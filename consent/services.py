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
from cases.text_models import TextKey
from cases.topics import ALL, must_see_all
from consent import coverage, givers, rules, snapshot
from consent.givers import Giver
from consent.handing_over import call, disclose, send_off
from consent.models import WAITING, Answer, Consent, GiverKind
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
    child_mature: bool | None = None
    maturity_note: str = ""


def today() -> date:
    """Sweden's date now."""
    return timezone.localdate()


def receipt_text(consent) -> str:
    """What the one who recorded an answer is told."""
    if coverage.planning_stands(consent) and consent.case.is_open and not consent.both_yes:
        return "Svaret är sparat. Ingen kallas förrän båda svaren är ja, eller en annan rättslig grund är inskriven."
    if Answer.NO in (consent.share_answer, consent.planning_answer):
        return "Personens nej är sparat och ärendet är avslutat. Var och en planerar själv."
    if waiting := coverage.not_answered(consent):
        return f"Svaret är sparat. Svar saknas från {' och '.join(waiting)}. Ingen kallelse kan skickas än."
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
    exempted: dict[int, int] | None = None,
    guardians: list[Giver] = (),
    answered_by: int | None = None,
    person_agrees: bool = False,
    reason: str = "",
    other_ground: bool = False,
    seen=LATEST,
    **details,
) -> Consent | None:
    """Record the two answers, whom they cover and until when; a later answer replaces the earlier (SAM-8).

    `exempted`: the topics that a unit may not see, a mask by its id (SAM-3); None keeps what is exempted now.

    Under 18 the guardians' answers decide, each given on a day of its own, and the mature child's; for an adult
    `answered_by` may be a representative's id (SAM-6). A no ends the case: as declined before anybody was called
    (SAM-7), else as a withdrawal, and then nothing is returned. With `other_ground` a no to sharing alone ends nothing:
    a ground in law takes its place for the parties that it names. Units that are no longer covered get their copy
    first. `details` are the other fields of Consent. Raises RuleBroken; Conflict when another answer than `seen`
    has been recorded.
    """
    before = coverage.current(case)
    must_see_all(case.pk, by=by)
    answer = Given(form=form, given_on=given_on, **details)
    said = givers.Said(share_answer, planning_answer, tuple(guardians), answered_by, person_agrees)
    who = givers.gather(case, before=before, answer=answer, said=said, minor=is_minor(case))
    share, planning = givers.together(g.share_answer for g in who), givers.together(g.planning_answer for g in who)
    rules.check_answer(before, (share, planning), answer)
    is_no = planning == Answer.NO or (share == Answer.NO and not other_ground)
    if is_no and case.state not in BEFORE_KALLELSE:
        withdraw(case=case, form=form, by=by, giver=givers.who_said_no(before, who))
        return None
    covers = {"units": [], "trees": [], "exempted": {}}
    if {share, planning} <= {Answer.YES, WAITING}:
        kept = coverage.exempted_by(before) if exempted is None else exempted
        covers = {"units": [*units, *new_units], "trees": list(trees), "exempted": only_others(case, kept)}
        givers.check_not_wider(before, said, who, answer=answer, **covers)
        rules.check_own_unit(case, by=by, before=before, units=covers["units"], trees=covers["trees"])
        for unit in new_units:
            add_if_new(case=case, unit=unit, by=by)
    new = end_for_those_who_lose(case=case, before=before, by=by, **covers)
    consent = replace(
        case=case, before=before, seen=seen, answer=answer, share=share, planning=planning, who=who, **covers
    )
    cases.note(case, kind="consent_recorded", text=event_text(before, consent), by=by)
    event = "consent.renewed" if renews(before, consent) else "consent.recorded"
    log.record(event, case_id=case.pk, person_id=case.person_id, object_id=str(consent.pk))
    if is_no:
        decline(case=case, reason=reason, by=by)
    elif coverage.may_go_on(consent):
        after_yes(case=case, consent=consent, new=new)
    return consent


def only_others(case, exempted: dict[int, int]) -> dict[int, int]:
    """Without the owner's unit, which holds the case and sees all of it."""
    return {unit_id: mask for unit_id, mask in exempted.items() if mask and unit_id != case.owner_unit_id}


def end_for_those_who_lose(*, case, before, units, trees, exempted, by) -> list[Unit]:
    """Send off the parties that the new answer no longer covers, and tell those that see less (SAM-3).

    Who only sees less keeps what it has been sent, gets nothing new, and is told that and not why. Returns the
    parties that the answer newly covers.
    """
    had, will = coverage.masks_by(before), coverage.covered_masks(units, trees, exempted)
    parties = [p.unit for p in case.participations.active().with_names() if p.unit_id != case.owner_unit_id]
    dropped = [unit for unit in parties if unit.pk in had and unit.pk not in will]
    on_ground = {ground.unit_id for ground in coverage.standing_grounds(case)}
    told = [unit for unit in dropped if unit.pk in on_ground]
    dropped = [unit for unit in dropped if unit.pk not in on_ground]
    body = snapshot.build(case) if dropped else {}
    for unit in dropped:
        send_off(case=case, unit=unit, by=by, body=body, key=f"narrowed:{before.pk}")
    for unit in parties:
        if unit in told or (unit.pk in had and will.get(unit.pk, 0) & ~had[unit.pk]):
            cases.note(
                case, kind="topics_ended", text=f"{unit.name} ser färre ämnen från och med nu", topics=ALL, by=by
            )
            notifications.tell_unit(
                unit_id=unit.pk, case_id=case.pk, kind="consent_changed", key=f"narrowed:{before.pk}"
            )
    return [unit for unit in parties if unit.pk in will and unit.pk not in had]


def widens(case, *, share_answer="", planning_answer="", guardians=(), units=(), trees=(), new_units=(),
           exempted=None, valid_to=None, may_tell_other_sip=False, **_) -> bool:  # fmt: skip
    """Whether the answer opens more than the one that stands: a first yes, more units or topics, or a longer time.

    Only that asks for a fresh login; a no or a narrowing never does.
    """
    said = [(g.share_answer, g.planning_answer) for g in guardians] or [(share_answer, planning_answer)]
    if any(Answer.NO in answers for answers in said):
        return False
    before = coverage.current(case)
    if not coverage.stands(before):
        return any(Answer.YES in answers for answers in said)
    kept = coverage.exempted_by(before) if exempted is None else exempted
    will = coverage.covered_masks([*units, *new_units], list(trees), only_others(case, kept))
    had = coverage.masks_by(before)
    longer = before.valid_to is not None and (valid_to is None or valid_to > before.valid_to)
    opened = any(unit not in had or had[unit] & ~mask for unit, mask in will.items() if unit != case.owner_unit_id)
    return opened or longer or (may_tell_other_sip and not before.may_tell_other_sip)


CHANGE_LEAD = "Huvudansvarigs enhet ser inte längre hela planen. Byt huvudansvarig innan planen godkänns nästa gång."


def lead_is_narrowed(case, consent) -> bool:
    """Huvudansvarig works where not all may be seen: no plan can be approved so."""
    if case.lead_unit_id in {None, case.owner_unit_id}:
        return False
    return coverage.masks_by(consent).get(case.lead_unit_id, 0) != 0


def replace(*, case, before, seen, answer, share, planning, units, trees, who, exempted=None) -> Consent:
    """Put the new answer in the place of the one that was seen, in one step (SAM-8)."""
    both_yes = share == planning == Answer.YES
    # While somebody has not answered the limits are kept too: the next answer is about the same.
    limits = {share, planning} <= {Answer.YES, WAITING}
    values = {
        "seen": (before.pk if before else None) if seen is LATEST else seen,
        "share_answer": share,
        "planning_answer": planning,
        **asdict(answer),
        "given_on": answer.given_on.isoformat(),
        "valid_to": answer.valid_to.isoformat() if answer.valid_to else None,
        "may_tell_other_sip": answer.may_tell_other_sip and both_yes,
        "units": scope(case, units, trees) if limits else [],
        "exemptions": [{"unit": pk, "topics": mask} for pk, mask in (exempted or {}).items()] if limits else [],
        "givers": [giver.as_json() for giver in who],
    }
    consent = Consent.objects.get(pk=call("select replace_consent(%s, %s::jsonb)", [case.pk, json.dumps(values)]))
    consent.case = case
    return consent


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
    if consent.planning_answer == Answer.YES and consent.share_answer == Answer.NO:
        return "Personen sa ja till att planera tillsammans men nej till att dela uppgifter"
    if Answer.NO in (consent.share_answer, consent.planning_answer):
        return "Personen sa nej till en SIP"
    if WAITING in (consent.share_answer, consent.planning_answer):
        return "Ett svar om samtycke skrevs in. Fler behöver svara"
    if not consent.both_yes:
        return "Det gick inte att få svar på frågan om samtycke"
    if before and before.both_yes:
        return "Samtycket förnyades" if renews(before, consent) else "Samtycket ändrades"
    return "Samtycke till att dela uppgifter och planera tillsammans"


def renews(before, consent) -> bool:
    """A yes with an end has got a later one (SAM-4)."""
    if not (before and before.both_yes and before.valid_to and consent.both_yes):
        return False
    return consent.valid_to is None or consent.valid_to > before.valid_to


def decline(*, case, reason: str, by) -> None:
    """The person said no: each service plans by itself, and the case ends (SAM-7)."""
    deadlines.cancel(case=case)
    if reason:
        cases.write_text(case, key=TextKey.CLOSE_NOTE, text=reason, by=by)
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


def withdraw(*, case, form: str, by, who: str = GiverKind.PERSON, giver=None) -> str:
    """Record that the person takes back the consent, by any handler of any party (SAM-5); the case reference.

    `who` said it: the person or somebody for the person, then `giver` among those who answered.

    Ends the live case for all others at once; the acting unit may no longer see it afterwards.
    """
    now = coverage.current(case)
    if now is None or now.withdrawn_at is not None:
        raise RuleBroken("Det finns inget samtycke att återkalla.")
    body = json.dumps(snapshot.build(case))
    who = giver.kind if giver else who
    values = [case.pk, form, who, giver.pk if giver else None, body]
    reference = call("select withdraw_consent(%s, %s, %s, %s, %s::jsonb)", values)
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
