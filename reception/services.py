"""The reception function's rules: kept by the administrator, tried on every change, asked when a kallelse is sent."""

from dataclasses import dataclass
from types import SimpleNamespace

from django.db import connection
from django.utils import timezone

from audit import log
from organisations.errors import RuleBroken
from organisations.models import Unit
from reception.matching import Asked, first_met
from reception.models import RoutingRule
from reception.rules import check_rule, find, lock, own_rules, try_all

FIELDS = ("area", "profession", "listed_unit", "receiver", "sample_area", "sample_profession", "sample_listed")
MOST = 200


@dataclass(frozen=True)
class Route:
    """Where a kallelse lands, and by which rule, in words."""

    unit: Unit
    words: str


def resolve(*, unit, area="", profession="", listed_unit=None) -> Route | None:
    """The unit that a kallelse to this reception lands at; nothing when it stays there.

    The rules of another organisation are asked through a function: only where they lead is of use outside.
    """
    if not unit.is_reception:
        return None
    with connection.cursor() as cursor:
        cursor.execute("select number, area, profession, listed_unit_id, receiver_id, words from routing_rules_of(%s)",
                       [unit.pk])  # fmt: skip
        names = [column.name for column in cursor.description]
        rules = [SimpleNamespace(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]
    found = first_met(rules, Asked(area, profession, listed_unit.pk if listed_unit else None))
    if found is None or found.receiver_id == unit.pk:
        return None
    receiver = Unit.objects.with_names().get(pk=found.receiver_id)
    return Route(receiver, f"Regel {found.number}: {found.words}")


def save(*, by, rule=None, **values) -> RoutingRule:
    """Make a rule, last in order, or change one. Raises RuleBroken when a sample would not land where it should."""
    lock(by)
    rules = list(own_rules(by))
    new = rule is None
    if new and len(rules) >= MOST:
        raise RuleBroken(f"Ni har redan {MOST} regler. Avsluta någon först.")
    if new:
        rule = RoutingRule(organisation_id=by.organisation_id, added_by_id=by.assignment_id)
        rule.position = max((other.position for other in rules), default=0) + 1
        rules.append(rule)
    else:
        rule = find(rules, rule)
    changed = [name for name in FIELDS if getattr(rule, name, None) != values[name]] if not new else list(FIELDS)
    for name in FIELDS:
        setattr(rule, name, values[name])
    check_rule(rule, by)
    try_all(rules, about=rule)
    if changed:
        rule.save() if new else rule.save(update_fields=changed)
        note("rule_made" if new else "rule_changed", rule, fields=changed)
    return rule


def move(*, by, rule, up: bool) -> None:
    """Change places with the rule before or after. Raises RuleBroken when a sample would land somewhere else."""
    lock(by)
    rules = list(own_rules(by))
    here = rules.index(find(rules, rule))
    there = here - 1 if up else here + 1
    if not 0 <= there < len(rules):
        raise RuleBroken("Regeln ligger redan först." if up else "Regeln ligger redan sist.")
    rules[here], rules[there] = rules[there], rules[here]
    try_all(rules)
    for number, row in enumerate(rules, start=1):
        if row.position != number:
            row.position = number
            row.save(update_fields=["position"])
    note("rule_moved", rules[there], to=there + 1)


def end(*, by, rule) -> None:
    """The rule holds no longer; what it sent on stands as it was."""
    lock(by)
    rule = find(list(own_rules(by)), rule)
    rule.ended_at, rule.ended_by_id = timezone.now(), by.assignment_id
    rule.save(update_fields=["ended_at", "ended_by"])
    note("rule_ended", rule)


def note(event: str, rule, **details) -> None:
    shown = {"receiver": rule.receiver_id, "words": rule.words} | details
    log.record(f"reception.{event}", object_type="routing_rule", object_id=str(rule.pk), details=shown)
