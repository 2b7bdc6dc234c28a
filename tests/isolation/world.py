"""A small world written as the administrator, with an independent rule for who may see what.

The rule is Python over plain records and shares nothing with the database's functions.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID, uuid4

from django.db import connections
from django.utils import timezone

from cases.models import Case
from consent.models import Consent
from organisations.models import Assignment, Unit

CLOSED = {"closed", "declined"}


@dataclass
class Agreement:
    """A consent: which units, with or without those below, until when, both answers or not."""

    pk: int
    units: dict[int, bool]
    valid_to: date | None = None
    share: bool = True
    planning: bool = True
    withdrawn: bool = False
    superseded: bool = False

    def stands(self, today: date) -> bool:
        lapsed = self.valid_to is not None and self.valid_to < today
        return self.share and self.planning and not (self.withdrawn or self.superseded or lapsed)


@dataclass
class Process:
    """A case as the rule sees it."""

    pk: UUID
    person: int
    owner: int
    state: str = "consented"
    mistake: bool = False
    parties: dict[int, bool] = field(default_factory=dict)  # unit → still active
    consents: list[Agreement] = field(default_factory=list)


class World:
    """Units in a tree, cases, and the operations that change who sees them."""

    def __init__(self, units: int = 8, cases: int = 5):
        template = Unit.objects.using("admin").filter(acts_for__isnull=False).first()
        self.assignment = Assignment.objects.using("admin").filter(role="handler").first()
        self.parents: dict[int, int | None] = {}
        for number in range(units):
            unit = Unit(
                organisation_id=template.organisation_id,
                acts_for_id=template.acts_for_id,
                name=f"Prov {uuid4()}",
                short_name=f"P{number}",
                kind="home_care",
            )
            unit.save(using="admin")
            self.parents[unit.pk] = None
        self.units = list(self.parents)
        self.cases: list[Process] = []
        self.start_over(cases)

    def start_over(self, cases: int = 5) -> None:
        """New cases and a flat tree, so that each example can be repeated by itself."""
        for unit, above in self.parents.items():
            if above is not None:
                self.move_unit(unit, None)
        self.cases = [self._case(self.units[n % 3]) for n in range(cases)]

    # What the administrator writes

    def sql(self, statement: str, *params):
        with connections["admin"].cursor() as cursor:
            cursor.execute(statement, params)
            return cursor.fetchall() if cursor.description else []

    def _case(self, owner: int) -> Process:
        number = f"{uuid4().int % 10**12:012d}"
        [(person,)] = self.sql("insert into cases_person (id_kind, number) values ('reserve', %s) returning id", number)
        [(guideline,)] = self.sql("select min(id) from organisations_guideline")
        process = Process(uuid4(), person, owner)
        # bulk_create: save() writes only what an existing case may change.
        case = Case(
            id=process.pk,
            reference=str(process.pk)[:18],
            person_id=person,
            owner_unit_id=owner,
            guideline_id=guideline,
            state="consented",
            need_found_on=timezone.localdate(),
            opened_by=self.assignment,
            given_name="A",
            family_name="B",
        )
        Case.objects.using("admin").bulk_create([case])
        return process

    def join(self, case: Process, unit: int) -> None:
        if case.parties.get(unit):
            return
        case.parties[unit] = True
        self.sql(
            "insert into cases_participation (case_id, unit_id, obligation, started_on, added_by_id)"
            " values (%s, %s, 'duty', current_date - 1, %s)",
            case.pk, unit, self.assignment.pk,
        )  # fmt: skip

    def part(self, case: Process, unit: int) -> None:
        if unit in case.parties:
            case.parties[unit] = False
            self.sql(
                "update cases_participation set ended_on = current_date where case_id = %s and unit_id = %s",
                case.pk,
                unit,
            )

    def agree(self, case: Process, units: dict[int, bool], *, days: int | None, share=True, planning=True) -> None:
        """A new consent that replaces the one before; `days` from today, None without end, negative has run out."""
        today = timezone.localdate()
        valid_to = None if days is None else today + timedelta(days=days)
        for old in case.consents:
            old.superseded = True
        current = "update consent_consent set superseded_at = now() where case_id = %s and superseded_at is null"
        self.sql(current, case.pk)
        consent = Consent(
            case_id=case.pk,
            share_answer="yes" if share else "no",
            planning_answer="yes" if planning else "no",
            form="written",
            given_on=today - timedelta(days=400),
            valid_to=valid_to,
            recorded_by=self.assignment,
        )
        consent.save(using="admin")
        pk = consent.pk
        for unit, whole_tree in units.items():
            self.sql(
                "insert into consent_consentunit (consent_id, case_id, unit_id, whole_tree) values (%s, %s, %s, %s)",
                pk, case.pk, unit, whole_tree,
            )  # fmt: skip
        case.consents.append(Agreement(pk, dict(units), valid_to, share, planning))

    def withdraw(self, case: Process) -> None:
        for consent in case.consents:
            if not consent.superseded:
                consent.withdrawn = True
        self.sql(
            "update consent_consent set withdrawn_at = now() where case_id = %s and superseded_at is null", case.pk
        )

    def close(self, case: Process, *, mistake: bool) -> None:
        if case.state in CLOSED:
            return
        case.state, case.mistake = "closed", mistake
        self.sql(
            "update cases_case set state = 'closed', close_reason = %s, closed_on = current_date where id = %s",
            "mistake" if mistake else "goals_met",
            case.pk,
        )

    def take_over(self, case: Process, unit: int) -> None:
        case.owner = unit
        self.sql("update cases_case set owner_unit_id = %s where id = %s", unit, case.pk)

    def move_unit(self, unit: int, below: int | None) -> None:
        above = below
        while above is not None:
            if above == unit:
                return
            above = self.parents[above]
        self.parents[unit] = below
        self.sql("update organisations_unit set parent_id = %s where id = %s", below, unit)

    # The independent rule

    def covers(self, consent: Agreement, unit: int) -> bool:
        if unit in consent.units:
            return True
        above = self.parents[unit]
        while above is not None:
            if consent.units.get(above):
                return True
            above = self.parents[above]
        return False

    def may_see(self, case: Process, unit: int, today: date) -> bool:
        if unit == case.owner:
            return True
        if case.mistake or not case.parties.get(unit):
            return False
        return any(consent.stands(today) and self.covers(consent, unit) for consent in case.consents)
