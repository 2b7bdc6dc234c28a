"""Which rules there are, where they may lead, and how they are tried: the sentences are shown as they are."""

from django.db import connection

from organisations.enums import UnitKind
from organisations.errors import RuleBroken
from organisations.models import Unit
from reception.matching import Asked, first_met, meets, never_met
from reception.models import RoutingRule

NOT_RECEIVING = (UnitKind.ADMINISTRATION, UnitKind.RECEPTION)


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
