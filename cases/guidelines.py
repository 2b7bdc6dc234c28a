"""What the county's agreement says about who may start and who has the duty to take part (GUI-2, KAL-3)."""

from cases.enums import Obligation
from organisations.enums import OrganisationKind
from organisations.models import Guideline, Unit

PRIVATE = "private"


def guideline_for(unit: Unit, day) -> Guideline:
    """The agreement of the county that the unit acts in, else the law alone."""
    county = unit.acts_for.county_code if unit.acts_for_id else ""
    return Guideline.objects.for_county(county, day)


def belongs_to(unit: Unit, sectors) -> bool:
    """Whether one of `sectors` names the unit; a private provider also needs to be named as such."""
    if unit.organisation.kind == OrganisationKind.PRIVATE and PRIVATE not in sectors:
        return False
    return unit.sector in sectors


def why_not_start(unit: Unit, guideline: Guideline) -> str:
    """The sentence that says why the unit does not start a SIP itself, or an empty string (INI-1)."""
    starters = guideline.starters
    if belongs_to(unit, starters["sectors"]) and unit.kind in starters["unit_kinds"]:
        return ""
    return (
        f"Enligt riktlinjen ”{guideline.name}” startar {unit.name} inte själv en SIP. "
        "Berätta för kommunen eller regionen att en SIP behövs, så startar de den."
    )


def obligation_of(unit: Unit, guideline: Guideline) -> str:
    """Called with duty or merely invited, as the agreement says (KAL-3)."""
    return Obligation.DUTY if belongs_to(unit, guideline.duty_sectors) else Obligation.INVITED
