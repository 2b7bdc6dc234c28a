"""What a kallelse must hold before it goes out; the sentences are shown as they are."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cases.enums import Obligation
from cases.models import plan_in_force
from cases.topics import ALL
from consent import coverage, representatives
from meetings.models import MeetingForm
from organisations.enums import Sector, UnitKind
from organisations.errors import RuleBroken
from organisations.models import Staff, Unit
from preparation.selectors import unwanted

NEEDS_PLACE = {MeetingForm.PHYSICAL, MeetingForm.HYBRID}
NEEDS_LINK = {MeetingForm.DIGITAL, MeetingForm.HYBRID, MeetingForm.PHONE}
# The kommun's own health care: when it takes part after inpatient care, regional open care must too (LUS 4:1).
KOMMUN_HEALTH_CARE = {UnitKind.HOME_NURSING, UnitKind.REHAB}
NOBODY = "Välj minst en som ska kallas eller bjudas in."


@dataclass(frozen=True)
class Details:
    """What a kallelse says (KAL-2)."""

    starts_at: datetime
    ends_at: datetime
    form: str
    agenda: str
    chair: Staff
    writer: Staff
    place: str = ""
    link: str = ""
    professions: str = ""
    connection_help: str = ""
    topics: int = ALL
    reservation: UUID | None = None
    # What a reception's rules ask for (KAL-4).
    area: str = ""
    listed_unit: Unit | None = None


@dataclass(frozen=True)
class Guest:
    """A unit that can be called, and whether the consent lets it."""

    unit: Unit
    obligation: str
    covered: bool

    @property
    def has_duty(self) -> bool:
        return self.obligation == Obligation.DUTY


def guests(case, by, consent) -> list[Guest]:
    """The parties except the caller's own unit; the owner too, when huvudansvarig's unit calls."""
    reached = coverage.reached_by(consent)
    found = [
        Guest(party.unit, party.obligation, party.unit_id in reached)
        for party in case.participations.active().with_names().order_by("unit__name")
        if party.unit_id != by.unit_id
    ]
    if by.unit_id != case.owner_unit_id and case.owner_unit_id not in {guest.unit.pk for guest in found}:
        found.append(Guest(case.owner_unit, Obligation.DUTY, covered=True))
    return found


def missing_where(form: str, place: str, link: str) -> dict[str, str]:
    """What is missing of place and link for that form, by field (KAL-2)."""
    missing = {}
    if form in NEEDS_PLACE and not place:
        missing["place"] = "Skriv var mötet ska vara."
    if form in NEEDS_LINK and not link:
        missing["link"] = "Skriv länken eller numret till mötet."
    return missing


def check_call(case, *, consent, units, outside, by, details: Details, alone=frozenset()) -> None:
    """Raises RuleBroken for the first thing that stops the kallelse; `alone` have one outside the consent (KAL-4)."""
    refusal = coverage.why_no_call(consent)
    if refusal:
        raise RuleBroken(refusal)
    if not units and not outside:
        raise RuleBroken(NOBODY, field="units")
    allowed = {guest.unit.pk for guest in guests(case, by, consent) if guest.covered} | alone
    for unit in units:
        if unit.pk not in allowed:
            raise RuleBroken(f"{unit.name} ingår inte i samtycket. Fråga personen innan enheten kallas.", field="units")
    for party in outside:
        if party.case_id != case.pk or party.removed_at is not None:
            raise RuleBroken("En av deltagarna är inte längre med.", field="outside")
    representatives.check_may_be_told(case, [party.name for party in outside])
    if details.ends_at <= details.starts_at:
        raise RuleBroken("Mötet måste sluta efter att det börjar.", field="ends")
    for field, sentence in missing_where(details.form, details.place, details.link).items():
        raise RuleBroken(sentence, field=field)
    if needs_open_care(case, units, by):
        raise RuleBroken(
            "Regionens öppenvård ska vara med när kommunens hälso- och sjukvård deltar efter vård på sjukhus "
            "(LUS 4 kap. 1 §). Lägg till till exempel vårdcentralen.",
            field="units",
        )


def around_table(case, units, by) -> list[Unit]:
    """Those called and the caller's own unit."""
    own = case.owner_unit if by.unit_id == case.owner_unit_id else Unit.objects.with_names().get(pk=by.unit_id)
    return [own, *units]


def needs_open_care(case, units, by) -> bool:
    """True when the law demands regional open care and nobody from there is called (LUS 4:1)."""
    if plan_in_force(case) or not (case.inpatient or case.discharge_ready_at):
        return False
    table = around_table(case, units, by)
    nursing = any(u.sector == Sector.KOMMUN and u.kind in KOMMUN_HEALTH_CARE for u in table)
    return nursing and not any(u.sector == Sector.REGION and u.kind != UnitKind.WARD for u in table)


def warnings(case, units, by, outside=()) -> list[str]:
    """What may be an oversight but never stops: a huvudman is missing, or somebody whom the person does not want."""
    present = {unit.sector for unit in around_table(case, units, by)}
    return unwanted(case, units=units, names=[party.name for party in outside]) + [
        f"Ingen från {word} är kallad. Behövs den huvudmannen kan du flytta mötet och lägga till en enhet."
        for sector, word in ((Sector.KOMMUN, "kommunen"), (Sector.REGION, "regionen"))
        if sector not in present
    ]


def is_elsewhen(old, new) -> bool:
    """The time, or where it is, has changed: what was booked for it no longer holds."""
    return must_know_today(old, new) or old.ends_at != new.ends_at


def must_know_today(old, new) -> bool:
    """The time, or where they would go, has changed: what else a kallelse says can wait till it is read."""
    return any(getattr(old, name) != getattr(new, name) for name in ("starts_at", "form", "place", "link"))
