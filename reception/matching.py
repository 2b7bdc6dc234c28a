"""Which rule a kallelse meets, and whether a rule can be met at all: over plain values, without the database."""

from dataclasses import dataclass
from itertools import product

# Stands for all areas and professions that no rule names.
ANOTHER = "\0"


@dataclass(frozen=True)
class Asked:
    """What is known when a kallelse goes to a reception."""

    area: str = ""
    profession: str = ""
    listed: int | None = None


def names(text: str) -> frozenset[str]:
    """The names in a line, between commas; capitals and blanks make no difference."""
    parts = (" ".join(part.split()).casefold() for part in text.split(","))
    return frozenset(part for part in parts if part)


def meets(rule, asked: Asked) -> bool:
    """All that the rule asks for is so; of several names one is enough."""
    areas, professions = names(rule.area), names(rule.profession)
    return (
        (not areas or bool(areas & names(asked.area)))
        and (not professions or bool(professions & names(asked.profession)))
        and (rule.listed_unit_id is None or rule.listed_unit_id == asked.listed)
    )


def first_met(rules, asked: Asked):
    """The first rule in order that is met; nothing when none is."""
    return next((rule for rule in rules if meets(rule, asked)), None)


def never_met(rules, rule):
    """The first of the earlier rules that together take all that `rule` could take; nothing when it can be met."""
    earlier = rules[: rules.index(rule)]
    areas, professions = names(rule.area) or {ANOTHER}, names(rule.profession) or {ANOTHER}
    takers = [first_met(earlier, Asked(area, job, rule.listed_unit_id)) for area, job in product(areas, professions)]
    return min(takers, key=rules.index) if all(takers) else None
