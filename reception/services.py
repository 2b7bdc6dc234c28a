"""The reception function's rules: kept by the administrator, tried on every change, asked when a kallelse is sent."""

from dataclasses import dataclass
from types import SimpleNamespace

from django.db import connection
from django.utils import timezone

from audit import log
from organisations.enums import UnitKind
from organisations.errors import RuleBroken
from organisations.models import Unit
from reception.matching import Asked, first_met, meets, never_met
from reception.models import RoutingRule

FIELDS = ("area", "profession", "listed_unit", "receiver", "sample_area", "sample_profession", "sample_listed")
MOST = 200
NOT_RECEIVING = (UnitKind.ADMINISTRATION, UnitKind.RECEPTION)


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


def own_rules(by):
    """The rules that hold, in order."""
    found = RoutingRule.objects.filter(organisation_id=by.organisation_id, ended_at=None)
    names = ("listed_unit", "receiver__organisation", "receiver__acts_for", "sample_listed", "added_by__staff")
    return found.select_related(*names).order_by("position", "pk")


def receivers(by):
    """Own active units that can be given a kallelse: a rule never leads to another reception."""
    own = Unit.objects.active().with_names().filter(organisation_id=by.organisation_id, acts_for__isnull=False)
    return own.exclude(kind__in=NOT_RECEIVING).exclude(is_reception=True).order_by("name")


def listing_units(by):
    """Where people can be listed: the vårdcentraler of the own units' counties."""
    counties = Unit.objects.filter(organisation_id=by.organisation_id).values("acts_for__county_code")
    found = Unit.objects.active().with_names().filter(kind=UnitKind.PRIMARY_CARE)
    return found.filter(acts_for__county_code__in=counties).order_by("name")


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


def lock(by) -> None:
    """One change at a time in an organisation: two at once could both pass the test and fail together."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('routing_rules:' || %s, 0))",
                       [by.organisation_id])  # fmt: skip


def find(rules, rule) -> RoutingRule:
    found = next((row for row in rules if row.pk == rule.pk), None)
    if found is None:
        raise RuleBroken("Regeln är redan avslutad.")
    return found


def check_rule(rule, by) -> None:
    if not (rule.area or rule.profession or rule.listed_unit_id):
        raise RuleBroken("Skriv ett område eller ett yrke, eller välj en vårdcentral.", field="area")
    if not receivers(by).filter(pk=rule.receiver_id).exists():
        raise RuleBroken("Välj en egen enhet som är aktiv och inte själv är en mottagning.", field="receiver")


def sample_of(rule) -> Asked:
    return Asked(rule.sample_area, rule.sample_profession, rule.sample_listed_id)


def try_all(rules, about=None) -> None:
    """Every rule can be met and takes its own sample. Raises RuleBroken at the first that does not."""
    for huvudman in {rule.receiver.acts_for_id for rule in rules}:
        try_each([rule for rule in rules if rule.receiver.acts_for_id == huvudman], rules, about)


def try_each(group, rules, about) -> None:
    """Only rules that lead to the same huvudman meet the same kallelser."""
    for rule in group:
        number = rules.index(rule) + 1
        which = "Regeln" if rule is about else f"Regel {number} ({rule.words})"
        taker = never_met(group, rule)
        if taker is not None:
            text = f"{which} skulle aldrig användas: regel {rules.index(taker) + 1} ({taker.words}) kommer före."
            raise RuleBroken(f"{text} Ändra villkoren eller ordningen.", field="area" if rule is about else None)
        landed = first_met(group, sample_of(rule))
        if landed is rule:
            continue
        if not meets(rule, sample_of(rule)):
            raise RuleBroken("Exemplet stämmer inte med regelns villkor.", field="sample_area")
        taken = f"regel {rules.index(landed) + 1} till {landed.receiver.name}"
        raise RuleBroken(f"{which}: exemplet går genom {taken}.", field="sample_area" if rule is about else None)


def note(event: str, rule, **details) -> None:
    shown = {"receiver": rule.receiver_id, "words": rule.words} | details
    log.record(f"reception.{event}", object_type="routing_rule", object_id=str(rule.pk), details=shown)
