"""A kallelse finds its way inside a huvudman: by a reception's rule, or handed on by hand (KAL-4)."""

import json
from dataclasses import dataclass
from types import SimpleNamespace

from django.db import connection, transaction
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q

from audit import log
from cases import services as cases
from cases.enums import Obligation
from consent import snapshot
from consent.handing_over import call, send_off
from consent.models import Consent
from meetings.forwarding_models import HandOn, HandReason
from meetings.models import AnswerKind, Invitation, MeetingForm, MeetingKind, MeetingState
from notifications.tasks import nudge
from organisations.enums import UnitKind
from organisations.errors import RuleBroken
from organisations.models import Unit
from reception.services import resolve

BY_HAND = [choice for choice in HandReason.choices if choice[0] != HandReason.RULE]
NOT_WITHIN = "Välj en enhet hos samma huvudman som inte redan har haft kallelsen."
NAMED = {AnswerKind.COMING, AnswerKind.DELEGATE}
DUTY = "Er huvudman är skyldig att delta. Skriv vem som kommer, eller lämna kallelsen vidare till rätt enhet."


@dataclass(frozen=True)
class Landing:
    """Where a kallelse lands; with the reception that it was addressed to, when a rule took it on from there."""

    unit: Unit
    reception: Unit | None = None
    rule: str = ""
    # The duty of the reception goes on with the kallelse.
    has_duty: bool = False


def landings(*, case, units, details, by) -> list[Landing]:
    """Where the kallelse to each unit lands; several may land at the same unit.

    A unit that a rule leads to becomes a party with the reception's duty; the reception itself takes no part then.
    """
    parties = {party.unit_id: party for party in case.participations.active().select_related("unit")}
    found = []
    for unit in units:
        route = resolve(
            unit=unit, area=details.area, profession=details.professions, listed_unit=details.listed_unit
        )  # fmt: skip
        if route is None or route.unit.pk in (case.owner_unit_id, by.unit_id):
            found.append(Landing(unit))
            continue
        passed = parties.get(unit.pk)
        if route.unit.pk not in parties:
            obligation = passed.obligation if passed else ""
            parties[route.unit.pk] = cases.add_party(case=case, unit=route.unit, by=by, obligation=obligation)
        has_duty = passed is not None and passed.obligation == Obligation.DUTY
        found.append(Landing(route.unit, unit, route.words, has_duty))
        end_part(case=case, party=passed, by=by)
    return found


def end_part(*, case, party, by) -> None:
    """A reception that was passed over has nothing to do in the case, and sees it no longer.

    It keeps a copy only if it has been called before. With a plan in force it may have a part in that, and stays.
    """
    if party is None or case.lead_unit_id is not None:
        return
    had = Invitation.objects.filter(case=case, unit_id=party.unit_id).exists()
    if had and party.unit_id in cases.units_with_access(case):
        send_off(case=case, unit=party.unit, by=by, body=snapshot.build(case), key=f"party_ended:{party.pk}")
    cases.end_party(case=case, party=party, why="", by=by)


def note_landings(*, case, meeting, found, by) -> None:
    """The first step of the way, for each kallelse that a rule has taken on."""
    routed: dict[int, list[Landing]] = {}
    for landing in found:
        if landing.reception:
            routed.setdefault(landing.unit.pk, []).append(landing)
    for invitation in meeting.invitations.filter(unit_id__in=routed):
        first, *more = routed[invitation.unit_id]
        HandOn.objects.create(
            case=case, invitation=invitation, reference=case.reference, from_unit=first.reception,
            to_unit=first.unit, reason=HandReason.RULE, rule=first.rule, by_id=by.assignment_id,
        )  # fmt: skip
        for landing in (first, *more):
            text = f"Kallelsen till {landing.reception.name} gick direkt till {landing.unit.name}, enligt deras regel"
            cases.note(case, kind="handed_on", text=text[:300], by=by)


def unasked(case_id):
    """The steps by which a kallelse lies at a unit outside the consent that the person has not been asked about since.

    `case_id` may be of an outer query.
    """
    since = Consent.objects.filter(case_id=OuterRef("case_id"), superseded_at=None, recorded_at__gt=OuterRef("at"))
    here = HandOn.objects.filter(
        case_id=case_id, invitation__meeting__state=MeetingState.CALLED, to_unit_id=F("invitation__unit_id")
    )
    return here.filter(~Exists(since), ~Q(Sees(F("invitation__unit_id"), F("case_id"))))


class Sees(Func):
    """Whether a unit sees a case today, for one that sees it itself."""

    template = "(%(expressions)s) s))"
    arg_joiner = " in (select s.unit_id from units_with_access("
    output_field = BooleanField()


def alone(case, meeting) -> set[int]:
    """The units that have the kallelse alone: handed on to them, and not reached by the person's yes."""
    asked = Invitation.objects.filter(meeting=meeting, unit__isnull=False, hand_ons__isnull=False)
    return set(asked.values_list("unit_id", flat=True)) - cases.units_with_access(case)


def carry(*, meeting) -> None:
    """A meeting that was moved keeps the way of each kallelse: the duty lies where it did."""
    invited = dict(meeting.invitations.filter(unit__isnull=False, hand_ons=None).values_list("unit_id", "pk"))
    steps = HandOn.objects.filter(invitation__meeting_id=meeting.replaces_id, invitation__unit_id__in=invited)
    for step in steps.select_related("invitation").order_by("at", "pk"):
        step.pk, step.invitation_id = None, invited[step.invitation.unit_id]
        step.save(force_insert=True)


def possible_units(*, handed, by):
    """Units that the acting unit can hand the kallelse on to: its own huvudman's, and none that has had it (KAL-4).

    Nor the one that calls or the case's own, which come anyway.
    """
    own = Unit.objects.get(pk=by.unit_id)
    inside = Q(acts_for_id=own.acts_for_id) if own.acts_for_id else Q(acts_for=None, organisation=own.organisation_id)
    way = HandOn.objects.filter(invitation_id=handed.pk)
    asked = Invitation.objects.filter(meeting__invitations=handed.pk, unit__isnull=False)
    found = Unit.objects.active().with_names().filter(inside).exclude(kind=UnitKind.ADMINISTRATION)
    found = found.exclude(pk__in=way.values("from_unit")).exclude(pk__in=way.values("to_unit"))
    found = found.exclude(pk__in=[own.pk, *handed.hosts])
    return found.exclude(pk__in=asked.values("unit_id")).order_by("name", "pk")


def hand_on(*, handed, unit, reason, by, case=None) -> bool:
    """Hand the kallelse on; True when the person's yes reaches the receiver already. The clocks run on.

    `case` is given by those who see it: the receiver then gets its copy at once. Raises Conflict for one who comes
    too late.
    """
    if reason not in dict(BY_HAND):
        raise RuleBroken("Välj varför kallelsen är fel hos er.", field="reason")
    if not possible_units(handed=handed, by=by).filter(pk=unit.pk).exists():
        raise RuleBroken(NOT_WITHIN, field="unit")
    body = json.dumps(snapshot.build(case)) if case else None
    covered = call("select hand_on(%s, %s, %s, %s::jsonb)", [handed.pk, unit.pk, reason, body])
    transaction.on_commit(nudge)
    details = {"to": unit.pk, "reason": reason, "covered": covered}
    log.record(
        "meetings.handed_on", case_id=handed.case_id, person_id=handed.person_id, object_id=str(handed.pk),
        details=details,
    )  # fmt: skip
    return covered


def trail(invitation_id) -> list[HandOn]:
    """The way of a kallelse, first step first."""
    found = HandOn.objects.filter(invitation_id=invitation_id).select_related("from_unit", "to_unit", "by__staff")
    return list(found.order_by("at", "pk"))


def handed(*, invitation_id) -> SimpleNamespace | None:
    """The kallelse as such, for a unit on its way; nothing for any other."""
    with connection.cursor() as cursor:
        cursor.execute("select * from handed_invitation(%s)", [invitation_id])
        names, row = [column.name for column in cursor.description], cursor.fetchone()
    if row is None:
        return None
    found = SimpleNamespace(pk=invitation_id, **dict(zip(names, row, strict=True)))
    found.kind_label, found.state_label = MeetingKind(found.kind).label, MeetingState(found.state).label
    found.form_label = MeetingForm(found.form).label if found.form else ""
    return found


def answer_handed(*, handed, answer, by, attendee_name="", attendee_title="", mandate="", name_to_person=False) -> None:
    """The answer of a unit that has the kallelse alone (KAL-5): who comes, and what that person may decide."""
    check_answer(answer, handed.has_duty, attendee_name, attendee_title)
    if answer == AnswerKind.DECLINED:
        attendee_name = attendee_title = mandate = ""
    said = {
        "answer": answer, "attendee_name": attendee_name, "attendee_title": attendee_title, "mandate": mandate,
        "name_to_person": bool(attendee_name and name_to_person), "said": AnswerKind(answer).label.lower(),
    }  # fmt: skip
    call("select answer_handed(%s, %s::jsonb)::text", [handed.pk, json.dumps(said)])
    transaction.on_commit(nudge)
    log.record(
        "meetings.answered", case_id=handed.case_id, person_id=handed.person_id, object_id=str(handed.pk)
    )  # fmt: skip


def check_answer(answer, has_duty: bool, name: str, title: str) -> None:
    """Raises RuleBroken: somebody is named, and a party with the duty never just refuses (KAL-4)."""
    if answer not in {*NAMED, AnswerKind.DECLINED}:
        raise RuleBroken("Välj ett svar.", field="answer")
    if answer == AnswerKind.DECLINED and has_duty:
        raise RuleBroken(DUTY, field="answer")
    if answer in NAMED and not name:
        raise RuleBroken("Skriv namnet på den som kommer.", field="attendee_name")
    if answer in NAMED and not title:
        raise RuleBroken("Skriv yrke eller roll för den som kommer.", field="attendee_title")
