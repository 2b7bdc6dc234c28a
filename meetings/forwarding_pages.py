"""What the pages show of a kallelse's way: the steps, who waits for the person's yes, the times that were proposed."""

from django.db.models import Q
from django.utils import timezone

from cases import access
from cases import services as cases
from cases.models import Case
from meetings import forwarding, proposals
from meetings.forwarding_models import HandOn, HandReason
from meetings.models import AnswerKind, MeetingState
from organisations.models import Unit

MOST = 100


def at_a_glance(case, meeting, rows, actor) -> dict:
    """What the overview adds to the answers: in four queries, however many are invited (KAL-4, KAL-5)."""
    seen = cases.units_with_access(case)
    steps: dict[int, list] = {}
    ids = [row["invitation"].pk for row in rows]
    found = HandOn.objects.filter(invitation_id__in=ids).select_related("from_unit", "to_unit", "by__staff")
    for step in found.order_by("at", "pk"):
        steps.setdefault(step.invitation_id, []).append(told(step))
    for row in rows:
        row["trail"] = steps.get(row["invitation"].pk, [])
        row["waits"] = row["is_unit"] and row["invitation"].unit_id not in seen
    own = next((row for row in rows if row["is_own"]), None)
    return {
        "proposals": [proposed(one) for one in proposals.of_meeting(meeting)],
        "may_consent": access.may(case, actor, "consent.record"),
        "may_hand_on": own is not None and access.may(case, actor, "meetings.hand_on"),
        "landed": own["trail"] if own else [],
    }


def told(step) -> dict:
    """One step in words; a rule's own words are shown to the one that it chose."""
    by_rule = step.reason == HandReason.RULE
    return {
        "from": step.from_unit.name,
        "to": step.to_unit.name,
        "at": step.at,
        "why": step.rule if by_rule else step.get_reason_display(),
        "who": "" if by_rule else step.by.staff.name,
        "by_rule": by_rule,
    }


def proposed(one) -> dict:
    invitation = one.invitation
    who = invitation.unit.name if invitation.unit_id else invitation.outside_party.get_kind_display()
    return {
        "pk": one.pk, "starts_at": one.starts_at, "ends_at": one.ends_at, "who": who, "by": one.by.staff.name,
        "passed": one.starts_at <= timezone.now(),
    }  # fmt: skip


def handed_list(actor) -> list[dict]:
    """The kallelser that the unit has had on their way, the latest first; one row for each."""
    mine = HandOn.objects.filter(Q(from_unit_id=actor.unit_id) | Q(to_unit_id=actor.unit_id))
    rows: dict[int, dict] = {}
    for step in mine.select_related("from_unit", "to_unit").order_by("-at", "-pk")[:MOST]:
        kept = rows.setdefault(step.invitation_id, {"pk": step.invitation_id, "step": step, "had": False})
        kept["had"] = kept["had"] or step.from_unit_id == actor.unit_id
    return list(rows.values())


def persons_of(rows) -> list[int]:
    """The persons of the cases that the unit sees; of the others it knows a number alone."""
    seen = Case.objects.filter(pk__in={row["step"].case_id for row in rows})
    return sorted(set(seen.values_list("person_id", flat=True)))


def handed(found, actor) -> dict:
    """The kallelse alone: what it says, how it came here, and what the unit may do."""
    mine = found.unit_id == actor.unit_id
    open_now = mine and found.is_open and found.state == MeetingState.CALLED
    way = [told(step) for step in forwarding.trail(found.pk)]
    return {
        "handed": found,
        "mine": mine,
        "open_now": open_now,
        "trail": way,
        "now_at": Unit.objects.filter(pk=found.unit_id).values_list("name", flat=True).first(),
        "answered": "" if found.answer in ("", AnswerKind.NONE) else AnswerKind(found.answer).label,
        "may_answer": open_now and actor.may("meetings.answer"),
        "may_hand_on": open_now and actor.may("meetings.hand_on"),
    }
