"""Finding units to invite: the public directory, asked without anything about the person."""

from django.db.models import Q

from organisations.enums import UnitKind
from organisations.models import Unit

FOUND_AT_MOST = 20
WORDS_AT_MOST = 6


def search_units(*, case, words: str = "", kind: str = ""):
    """Units that may be added to the case; without a question, the reception functions of its county (KAL-4)."""
    taken = case.participations.active().values("unit_id")
    units = Unit.objects.active().with_names().exclude(pk=case.owner_unit_id).exclude(pk__in=taken)
    if kind:
        units = units.filter(kind=kind)
    for word in words.split()[:WORDS_AT_MOST]:
        units = units.filter(
            Q(name__icontains=word) | Q(acts_for__name__icontains=word) | Q(organisation__name__icontains=word)
        )
    if not words.split() and not kind and case.owner_unit.acts_for_id:
        units = units.filter(is_reception=True, acts_for__county_code=case.owner_unit.acts_for.county_code)
    return units.order_by("name", "pk")[:FOUND_AT_MOST]


def wards():
    """Hospital wards, those of one region together."""
    return Unit.objects.active().with_names().filter(kind=UnitKind.WARD).order_by("acts_for__name", "name", "pk")
