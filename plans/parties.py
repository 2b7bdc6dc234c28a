"""Whom a plan can name: the case's units, their staff and their huvudmän."""

from itertools import groupby

from django.db.models import Q

from cases import services as cases
from organisations.models import Unit


def ids_of(case) -> set[int]:
    """The owner's unit and every unit that takes part now, by id."""
    return {case.owner_unit_id, *case.participations.active().values_list("unit_id", flat=True)}


def units_of(case) -> list[Unit]:
    """The owner's unit and every unit that takes part now."""
    taking_part = case.participations.active().values("unit_id")
    return list(Unit.objects.with_names().filter(Q(pk=case.owner_unit_id) | Q(pk__in=taking_part)).order_by("name"))


class Choices:
    """What the editor's forms offer; read once per page."""

    def __init__(self, case):
        self.units = units_of(case)
        self.leads = list(cases.possible_leads(case))

    def leads_by_unit(self) -> list[tuple]:
        groups = groupby(self.leads, key=lambda a: a.unit.name)
        return [(name, [(a.pk, f"{a.staff.name}, {a.staff.title}") for a in members]) for name, members in groups]

    def authorities(self) -> list[tuple]:
        found = {unit.acts_for_id: unit.acts_for.name for unit in self.units if unit.acts_for_id}
        return sorted(found.items(), key=lambda row: row[1])

    def for_measure(self, present: Unit | None = None) -> list[tuple]:
        """Units that act for a huvudman; also the one that stands there now, though it may have left."""
        offered = [unit for unit in self.units if unit.acts_for_id or (present and unit.pk == present.pk)]
        if present is not None and present.pk not in {unit.pk for unit in offered}:
            offered.append(present)
        return [
            (f"unit:{unit.pk}", f"{unit.name} ({unit.acts_for.name})" if unit.acts_for_id else unit.name)
            for unit in offered
        ]
