"""The world with all that can decide who reads: topics, dates, other grounds, broken glass, guardians by age.

The rule is Python over plain records, written from the requirements (SAM-3 to SAM-6, the emergency's terms, the age
limits) and shares nothing with the database's functions.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from django.utils import timezone

from cases.models import CaseEvent
from consent.content_models import ConsentExemption
from consent.models import EmergencyAccess, LegalGround
from consent.representative_models import Representative, RepresentativeContact
from organisations.models import Assignment, Staff, Unit, User
from plans.models import BlockKey, Plan, PlanBlock
from tests.isolation.wide_rows import MASKS, Filler, Row
from tests.isolation.world import CLOSED, Process, World

KEYS = [key for key in BlockKey.values][: len(MASKS)]
ADULT, GUARDIANS_READ, CHILD_READS = 18, 13, 16


@dataclass
class Ground:
    pk: int
    unit: int
    topics: int
    from_on: date
    valid_to: date
    ended: bool = False


@dataclass
class Glass:
    unit: int
    assignment: int
    runs: bool


@dataclass
class Guardian:
    user: int
    number: str
    from_on: date
    to_on: date | None
    no_sharing: bool
    ended: bool = False


@dataclass
class Wide(Process):
    """A case with its grounds, broken glass and guardians; `born` is the person's day of birth."""

    born: date = date(1950, 1, 1)
    grounds: list[Ground] = field(default_factory=list)
    glass: list[Glass] = field(default_factory=list)
    guardians: list[Guardian] = field(default_factory=list)
    exempt: dict[int, dict[int, int]] = field(default_factory=dict)  # consent → unit → topics
    in_force: int = 0
    draft: int = 0
    beside: list[Row] = field(default_factory=list)


def years_after(born: date, years: int) -> date:
    """The birthday; nobody in this world is born on a leap day."""
    return born.replace(year=born.year + years)


class WideWorld(World):
    """Cases with a row for each mask in the history, in the plan in force and in the draft."""

    def __init__(self, seed: int = 1):
        self.random = Random(seed)
        self.staff = Staff.objects.using("admin").first()
        self.users = list(
            User.objects.using("admin").filter(kind="citizen").order_by("pk").values_list("pk", flat=True)
        )
        super().__init__(cases=0)
        others = Assignment.objects.using("admin").exclude(pk=self.assignment.pk).order_by("pk")
        self.glass_assignments = tuple(others.values_list("pk", flat=True)[:2])

    def start_over(self, cases: int = 4) -> None:
        super().start_over(cases)
        # The rows beside the plan are many: half of the cases have them.
        self.cases = [self.widened(case, beside=number < 2) for number, case in enumerate(self.cases)]

    def widened(self, case: Process, *, beside: bool) -> Wide:
        today = timezone.localdate()
        born = self.random.choice([
            date(1950, 1, 2), years_after(today, -5), years_after(today, -14),
            *(years_after(today - timedelta(days=days), -age) for age in (13, 16, 18) for days in (-1, 0, 1)),
        ])  # fmt: skip
        wide = Wide(case.pk, case.person, case.owner, born=born)
        while True:
            number = f"{born:%Y%m%d}{self.random.randrange(10_000):04d}"
            if not self.sql("select 1 from cases_person where number = %s", number):
                break
        self.sql("update cases_person set number = %s where id = %s", number, case.person)
        self.sql("delete from person_access where person_id = %s", case.person)
        self.fill(wide, beside=beside)
        return wide

    def fill(self, case: Wide, *, beside: bool) -> None:
        for mask in MASKS:
            CaseEvent(case_id=case.pk, kind="x", text="x", topics=mask, by=self.assignment).save(using="admin")
        unit = Unit.objects.using("admin").get(pk=case.owner)
        whole = {
            "state": "approved", "lead_staff": self.staff, "lead_unit": unit, "lead_authority_id": unit.acts_for_id,
            "follow_up_on": timezone.localdate(), "approved_at": timezone.now(), "approved_by": self.assignment,
            "person_agrees": True, "others_nobody": True,
        }  # fmt: skip
        self.sql("set session_replication_role = replica")
        for version, values in ((1, whole), (2, {})):
            plan = Plan(case_id=case.pk, version=version, created_by=self.assignment, **values)
            plan.save(using="admin", force_insert=True)
            for key, mask in zip(KEYS, MASKS, strict=True):
                PlanBlock(case_id=case.pk, plan=plan, key=key, text="x", topics=mask).save(using="admin")
            setattr(case, "in_force" if values else "draft", plan.pk)
        case.beside = Filler(self, case).fill() if beside else []
        self.sql("set session_replication_role = origin")

    # What the administrator writes

    def exempt(self, case: Wide, topics: dict[int, int]) -> None:
        """The person exempts topics for some of the units that the present consent names."""
        if not case.consents or case.consents[-1].superseded:
            return
        consent = case.consents[-1]
        for unit, mask in topics.items():
            if unit in consent.units and mask and unit not in case.exempt.setdefault(consent.pk, {}):
                case.exempt[consent.pk][unit] = mask
                row = ConsentExemption(consent_id=consent.pk, case_id=case.pk, unit_id=unit, topics=mask)
                row.save(using="admin")

    def ground(self, case: Wide, unit: int, topics: int, starts: int, ends: int) -> None:
        today = timezone.localdate()
        first, last = today + timedelta(days=min(starts, ends)), today + timedelta(days=ends)
        row = LegalGround(
            case_id=case.pk, unit_id=unit, statute="OSL 25:12", topics=topics, facts="x", reason="x",
            from_on=first, valid_to=last, recorded_by=self.assignment,
        )  # fmt: skip
        row.save(using="admin")
        case.grounds.append(Ground(row.pk, unit, topics, first, last))

    def end_ground(self, case: Wide) -> None:
        for ground in case.grounds[:1]:
            ground.ended = True
            self.sql("update consent_legalground set ended_at = now() where id = %s", ground.pk)

    def break_glass(self, case: Wide, unit: int, who: int, hours: int, ended: bool) -> None:
        """An emergency of so many hours; negative: it ended so long ago."""
        now = timezone.now()
        start = now if hours > 0 else now + timedelta(hours=hours - 1)
        assignment = self.glass_assignments[who]
        EmergencyAccess(
            case_id=case.pk, unit_id=unit, assignment_id=assignment, reason="x", started_at=start,
            ends_at=start + timedelta(hours=max(hours, 1)), ended_at=now if ended else None,
        ).save(using="admin")  # fmt: skip
        case.glass.append(Glass(unit, assignment, runs=hours > 0 and not ended))

    def link(self, user: int, case: Wide) -> None:
        """The login has proved the person's own number; it reads nobody else as itself."""
        self.sql("delete from person_access where user_id = %s and relation = 'self'", user)
        self.sql("select link_citizen(%s, (select number from cases_person where id = %s))", user, case.person)
        for other in self.cases:
            other.linked = getattr(other, "linked", set()) - {user}
        case.linked = getattr(case, "linked", set()) | {user}

    def guard(self, case: Wide, user: int, starts: int, ends: int | None, no_sharing: bool) -> None:
        """A guardian whose login has proved the number that staff wrote in."""
        today = timezone.localdate()
        number = f"19800101{user % 10_000:04d}"
        first = today + timedelta(days=starts)
        last = None if ends is None else first + timedelta(days=ends)
        row = Representative(
            case_id=case.pk, ground="guardian", name="V", evidence="x", evidence_on=today, from_on=first, to_on=last,
            evidence_by=self.assignment, recorded_by=self.assignment,
        )  # fmt: skip
        row.save(using="admin")
        RepresentativeContact(
            representative=row, case_id=case.pk, number=number, no_sharing="x" if no_sharing else ""
        ).save(using="admin")
        self.sql(
            "update consent_representativecontact set user_ids = array[%s::bigint] where representative_id = %s",
            user, row.pk,
        )  # fmt: skip
        case.guardians.append(Guardian(user, number, first, last, no_sharing))

    # The independent rule

    def hidden_paths(self, case: Wide, consent, unit: int) -> list[int]:
        """For each way in which the consent reaches the unit, the topics exempted along it."""
        exempt, found = case.exempt.get(consent.pk, {}), []
        path, above = exempt.get(unit, 0), unit
        if unit in consent.units:
            found.append(path)
        while (above := self.parents[above]) is not None:
            path |= exempt.get(above, 0)
            if consent.units.get(above):
                found.append(path)
        return found

    def keys_of(self, case: Wide, unit: int, today: date) -> list[int]:
        """What is hidden from the unit on each ground that it has; an empty list is no access at all."""
        if unit == case.owner:
            return [0]
        if case.mistake or not case.parties.get(unit):
            return []
        found = []
        for consent in case.consents:
            lapsed = consent.valid_to is not None and consent.valid_to < today
            if consent.withdrawn or consent.superseded or lapsed or not consent.planning:
                continue
            paths = self.hidden_paths(case, consent, unit)
            if consent.share and paths:
                found.append(self.together(paths))
            found += [
                ~ground.topics
                for ground in case.grounds
                if ground.unit == unit and not ground.ended and ground.from_on <= today <= ground.valid_to
            ]
        return found

    @staticmethod
    def together(masks) -> int:
        whole = 0
        for mask in masks:
            whole |= mask
        return whole

    def sees_text(self, case: Wide, unit: int, topics: int, today: date) -> bool:
        return any(topics & hidden == 0 for hidden in self.keys_of(case, unit, today))

    def glass_hides(self, case: Wide, unit: int, assignment: int, today: date) -> int | None:
        """What is hidden from one who has broken the glass, or None without a right to look."""
        if case.state in CLOSED:
            return None
        for consent in case.consents:
            if consent.stands(today) and any(
                glass.runs and (glass.unit, glass.assignment) == (unit, assignment) for glass in case.glass
            ):
                # All units of this world act for one huvudman: whatever is exempted for one of them is not shown.
                return self.together(path for one in self.units for path in self.hidden_paths(case, consent, one))
        return None

    def citizen_sees(self, case: Wide, user: int, today: date) -> bool:
        if case.mistake:
            return False
        return self.is_itself(case, user, today) or self.guardian_sees(case, user, today)

    def is_itself(self, case: Wide, user: int, today: date) -> bool:
        return user in getattr(case, "linked", set()) and today >= years_after(case.born, CHILD_READS)

    def guardian_sees(self, case: Wide, user: int, today: date) -> bool:
        if today >= years_after(case.born, GUARDIANS_READ) or today >= years_after(case.born, ADULT):
            return False
        mine = [guardian for guardian in case.guardians if guardian.user == user]
        if any(guardian.no_sharing for guardian in mine):
            return False
        return any(g.from_on <= today and (g.to_on is None or today <= g.to_on) for g in mine)
