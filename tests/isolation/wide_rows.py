"""Rows of what is written before, at and after a meeting, each with what the requirements say of who reads it.

The rules are Python over what was put in (SAM-3, KAL-3, KAL-4, KAL-8, KAL-10, MOT-4, PLA-4, PLA-8, DOK) and share
nothing with the database's policies.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.utils import timezone

from deviations.models import AbsenceDecision
from guests.models import GuestLink
from meetingroom.models import Consultation, Room
from meetings.models import (
    Attendance,
    CancellationCall,
    HandOn,
    Invitation,
    Meeting,
    MeetingText,
    MeetingTextKey,
    TimeProposal,
)
from papers.models import Paper
from plans.models import Disagreement, Goal, Measure, PartDone, PartyExport, PlanBlock, PlanStep
from preparation.models import (
    Booking,
    GuestWish,
    PreMeeting,
    PreMeetingText,
    PreMeetingUnit,
    PreparationKey,
    PreparationText,
)

# Nothing in particular, everything, one topic or two.
MASKS = (0, -1, 1, 2, 4, 3)
# What was hidden from a unit when a paper was made: one mask for each ground that it had.
MADE_UNDER = ((0,), (1,), (1, 2), (6,), (0, 4))
ALL, SELF, OWN = "all who read", "the person itself", "who ordered it"
STAFFS = (
    PreparationText, GuestWish, Booking, PreMeeting, PreMeetingUnit, PreMeetingText, Meeting, MeetingText, Invitation,
    HandOn, TimeProposal, CancellationCall, GuestLink, Attendance, AbsenceDecision, Room, Consultation, Goal, Measure,
    Disagreement, PlanStep, PartDone, Paper, PartyExport,
)  # fmt: skip
PERSONS = (
    PreparationText, Booking, Meeting, MeetingText, Invitation, HandOn, TimeProposal, Attendance, Consultation, Goal,
    Measure, Disagreement, Paper,
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One row: the topics along its way, and what else narrows or widens who reads it."""

    table: str
    pk: str
    case: UUID
    topics: tuple[int, ...] = ()
    units: frozenset[int] | None = None  # these alone
    steers: bool = False  # those who call alone
    or_steers: bool = False  # those who call besides the units
    made_under: tuple[int, ...] = ()
    trail: frozenset[int] = frozenset()  # these too, whatever they see of the case
    person: str = ""
    user: int = 0
    glass: bool = False  # the plan in force is what one who has broken the glass reads

    @property
    def key(self) -> tuple[str, str]:
        return self.table, self.pk

    def seen_from(self, case, unit: int, grounds: list[int]) -> bool:
        """Whether a unit reads it; `grounds` is what is hidden from the unit on each ground that it has."""
        if unit in self.trail:
            return True
        calls = unit == case.owner
        named = self.units is None or unit in self.units or (self.or_steers and calls)
        if not grounds or not named or (self.steers and not calls):
            return False
        readable = all(any(about & hidden == 0 for hidden in grounds) for about in self.topics)
        return readable and all(any(within(hidden, then) for hidden in grounds) for then in self.made_under)

    def seen_by(self, user: int, *, itself: bool, reads: bool) -> bool:
        return {ALL: reads, SELF: itself, OWN: reads and user == self.user, "": False}[self.person]


def within(hidden: int, other: int) -> bool:
    """Every topic of the one is among those of the other."""
    return all((other >> bit) & 1 for bit in range(64) if (hidden >> bit) & 1)


class Filler:
    """Writes the rows of one case as the administrator, and remembers the rule of each."""

    def __init__(self, world, case):
        self.world, self.case, self.rows = world, case, []
        self.by, self.now = world.assignment, timezone.now()

    def fill(self) -> list[Row]:
        self.prepare()
        self.meet()
        for plan in (self.case.in_force, self.case.draft):
            self.plan(plan)
        self.fetch()
        return self.rows

    def add(self, made: list[tuple]) -> list:
        """Save rows of one model with their rules."""
        objects = [row for row, _ in made]
        model = type(objects[0])
        model.objects.using("admin").bulk_create(objects)
        self.rows += [Row(model._meta.db_table, str(row.pk), self.case.pk, **rule) for row, rule in made]
        return objects

    def prepare(self) -> None:
        of, by = {"case_id": self.case.pk}, self.by
        self.add([
            (PreparationText(**of, key=key, text="x", topics=mask, saved_by=by),
             {"topics": (mask,), "person": ALL if key == PreparationKey.QUESTION else SELF})
            for key, mask in zip(PreparationKey, MASKS, strict=False)
        ])  # fmt: skip
        self.add([
            (GuestWish(**of, wanted=wanted, name=f"{mask} {wanted}", topics=mask, said_by=by),
             {"topics": (mask,), "steers": not wanted})
            for mask in MASKS for wanted in (True, False)
        ])  # fmt: skip
        self.add([(Booking(**of, kind=kind), {"person": ALL}) for kind in ("interpreter", "adaptation")])
        about = {"place": "x", "about_costs": True, "about_responsibility": False, "starts_at": self.now}
        about |= {"consent_form": "spoken", "consent_on": self.now.date(), "made_by": by}
        for masks in (MASKS[:2], MASKS[2:4], MASKS[4:]):
            units = frozenset({self.case.owner, *self.world.random.sample(self.world.units, 3)})
            [held] = self.add([(PreMeeting(**of, **about, units=sorted(units), state="held"), {"units": units})])
            self.add([(PreMeetingUnit(**of, premeeting=held, unit_id=self.case.owner, basis="x"), {"units": units})])
            self.add([
                (PreMeetingText(**of, premeeting=held, key=key, text="x", topics=mask),
                 {"topics": (mask,), "units": units})
                for key, mask in zip(("notes", "outcome"), masks, strict=True)
            ])  # fmt: skip
        # One that is only planned, by units that may not steer any more: somebody must be able to call it off.
        units = frozenset(self.world.random.sample(self.world.units, 2))
        planned = PreMeeting(**of, **about, units=sorted(units))
        self.add([(planned, {"units": units, "or_steers": True})])

    def meet(self) -> None:
        of, by, later = {"case_id": self.case.pk}, self.by, self.now + timedelta(hours=1)
        *_, called, away, back = self.world.units
        people = {"chair": self.world.staff, "writer": self.world.staff, "called_by": by}
        [meeting] = self.add([(Meeting(
            **of, kind="first", starts_at=self.now, ends_at=later, form="phone", link="x", state="held", **people
        ), {"person": ALL})])  # fmt: skip
        at = of | {"meeting": meeting}
        [call] = self.add([(Invitation(**at, unit_id=called, sent_by="system"), {"person": ALL})])
        self.add([
            (MeetingText(**at, key=key, text="x", topics=mask, invitation=call if answers else None),
             {"topics": (mask,), "person": "" if answers else ALL})
            for key, mask in zip(MeetingTextKey, MASKS, strict=True)
            for answers in [key in (MeetingTextKey.ANSWER_NOTE, MeetingTextKey.TODAY)]
        ])  # fmt: skip
        way = {"from_unit_id": away, "to_unit_id": back, "reason": "reception"}
        step = HandOn(**of, invitation=call, reference="x", by=by, **way)
        self.add([(step, {"person": ALL, "trail": frozenset({away, back})})])
        self.add([(TimeProposal(**of, invitation=call, starts_at=self.now, ends_at=later, by=by), {"person": ALL})])
        self.add([(CancellationCall(**at, callee="invited", invitation=call), {})])
        link = GuestLink(**of, invitation=call, way="letter", expires_at=later, made_by=by)
        self.add([(link, {"steers": True})])
        came = self.add([(Attendance(**at, name="x", came=False), {"person": ALL}) for _ in MASKS])
        self.add([
            (AbsenceDecision(**of, attendance=row, outcome="dismissed", reason="x", topics=mask, decided_by=by),
             {"topics": (mask,)})
            for row, mask in zip(came, MASKS, strict=True)
        ])  # fmt: skip
        self.add([(Room(**at, minutes=60, opened_at=self.now, opened_by=by, closes_at=later), {})])
        ended = {"ended_at": self.now, "ended_by": by, "result": "not_wanted"}
        self.add([
            (Consultation(**of, unit_id=self.case.owner, about="x", topics=mask, asked_by=by, **ended),
             {"topics": (mask,), "person": ALL})
            for mask in MASKS
        ])  # fmt: skip

    def plan(self, pk: int) -> None:
        """Goals with measures and differing views in a version, and in the draft the changes of each part."""
        of, by = {"case_id": self.case.pk, "plan_id": pk}, self.by
        person = {"person": ALL} if pk == self.case.in_force else {}
        known = person | {"glass": bool(person)}
        goals = self.add([
            (Goal(**of, position=n, text="x", topics=mask), {"topics": (mask,)} | known)
            for n, mask in enumerate((0, 2, -1), start=1)
        ])  # fmt: skip
        measures = self.add([
            (Measure(case_id=self.case.pk, goal=goal, position=n, text="x", doer="self", written_by=by, topics=mask),
             {"topics": (mask, goal.topics)} | known)
            for goal in goals for n, mask in enumerate((0, 1), start=1)
        ])  # fmt: skip
        self.add([
            (Disagreement(**of, goal=goal, whose="person", view="x", topics=mask, written_by=by),
             {"topics": (mask, goal.topics) if goal else (mask,)} | person)
            for mask, goal in zip(MASKS, [None, *goals] * 2, strict=False)
        ])  # fmt: skip
        if pk == self.case.draft:
            self.changes(of, goals, measures)

    def changes(self, of, goals, measures) -> None:
        step = of | {"save_number": 1, "revision": 1, "before": {}, "by": self.by}
        blocks = list(PlanBlock.objects.using("admin").filter(plan_id=of["plan_id"]).order_by("pk"))
        about = [({"block": row}, (row.topics,)) for row in blocks] + [({"goal": row}, (row.topics,)) for row in goals]
        about += [({"measure": row}, (row.topics, row.goal.topics)) for row in measures] + [({}, ())]
        self.add([
            (PlanStep(**step, **where, topics=mask), {"topics": (mask, *along)})
            for (where, along), mask in zip(about, (MASKS[1:] + MASKS[:1]) * 3, strict=False)
        ])  # fmt: skip
        self.add([(PartDone(**of, unit_id=self.case.owner, by=self.by), {})])

    def fetch(self) -> None:
        """What units and citizens have had drawn for themselves."""
        of, choose = {"case_id": self.case.pk, "context": {}}, self.world.random.choice
        mine = [choose([self.case.owner, *self.world.units]) for _ in MADE_UNDER]
        asked = list(enumerate(zip(mine, MADE_UNDER, strict=True)))
        self.add([
            (Paper(**of, kind="pack", unit_id=unit, requested_by=self.by, hidden_topics=list(masks), digest=str(n)),
             {"units": frozenset({unit}), "made_under": masks})
            for n, (unit, masks) in asked
        ])  # fmt: skip
        self.add([
            (Paper(**of, kind="consent", citizen_id=user), {"units": frozenset(), "person": OWN, "user": user})
            for user in self.world.users[:2]
        ])  # fmt: skip
        self.add([
            (PartyExport(**of, plan_id=self.case.in_force, unit_id=unit, hidden_topics=list(masks), by=self.by),
             {"units": frozenset({unit}), "made_under": masks})
            for _, (unit, masks) in asked
        ])  # fmt: skip


def shown(models, pks) -> set[tuple[str, str]]:
    """What the present scope reads of these cases, in one statement."""
    tables = [model._meta.db_table for model in models]
    each = [f"select '{name}', id::text from {name} where case_id = any(%(pks)s)" for name in tables]
    with connection.cursor() as cursor:
        cursor.execute(" union all ".join(each), {"pks": list(pks)})
        return set(cursor.fetchall())
