"""Unit × case × text × topic, broken glass and citizens, against a rule that shares nothing with the database.

10,000 probes in an ordinary run; `./run test-isolation` makes 100,000. A probe is one row that somebody either sees or
not: what is seen too much is a leak, what is seen too little a false denial, and both are counted.
"""

import os
from collections import Counter

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.models import Case, CaseEvent
from organisations.actors import Actor
from organisations.scope import acting_for
from plans.models import Plan, PlanBlock
from tests.isolation.wide_rows import PERSONS, STAFFS, shown
from tests.isolation.wide_world import WideWorld

# An assignment that never breaks any glass.
ORDINARY = 0
WANTED = int(os.environ.get("SIP_PROBES", "10000"))
# At the very least so many probes in each example: two looks at four cases.
EXAMPLES = max(12, WANTED // 1500)
MADE = Counter()
index, few = st.integers(0, 7), st.integers(0, 3)
masks = st.sampled_from([0, 1, 2, 3, 4])
days = st.sampled_from([None, 30, 0, -1])
agree = st.tuples(
    st.just("agree"), few, st.dictionaries(index, st.booleans(), min_size=2, max_size=6), days,
    st.sampled_from([(True, True), (True, True), (True, True), (False, True), (True, False)]),
)  # fmt: skip
operation = st.one_of(
    st.tuples(st.just("join"), few, index),
    st.tuples(st.just("part"), few, index),
    agree,
    st.tuples(st.just("exempt"), few, st.dictionaries(index, masks, max_size=5)),
    st.tuples(st.just("exempt"), few, st.dictionaries(index, masks, max_size=5)),
    st.tuples(st.just("ground"), few, index, st.sampled_from([1, 2, 3, 6]), st.sampled_from([-3, 0, 1]),
              st.sampled_from([-1, 0, 30])),
    st.tuples(st.just("end_ground"), few),
    st.tuples(st.just("break_glass"), few, index, st.integers(0, 1), st.sampled_from([24, 1, -1]), st.booleans()),
    st.tuples(st.just("break_glass"), few, index, st.integers(0, 1), st.just(24), st.just(False)),
    st.tuples(st.just("link"), few, few),
    st.tuples(st.just("guard"), few, few, st.sampled_from([-10, 0, 1]), st.sampled_from([None, 0, 9, 100]),
              st.booleans()),
    st.tuples(st.just("guard"), few, few, st.just(-10), st.none(), st.just(False)),
    st.tuples(st.just("withdraw"), few),
    st.tuples(st.just("close"), few, st.booleans()),
    st.tuples(st.just("take_over"), few, index),
    st.tuples(st.just("move_unit"), index, st.one_of(st.none(), index)),
)  # fmt: skip


@pytest.fixture(scope="module")
def world(module_database):
    return WideWorld()


def act(world, step):
    name, *rest = step
    if name == "move_unit":
        unit, below = rest
        world.move_unit(world.units[unit], None if below is None else world.units[below])
        return
    case, rest = world.cases[rest[0] % len(world.cases)], rest[1:]
    if name == "agree":
        units, until, (share, planning) = rest
        world.agree(
            case, {world.units[n]: tree for n, tree in units.items()}, days=until, share=share, planning=planning
        )
    elif name == "exempt":
        world.exempt(case, {world.units[n]: mask for n, mask in rest[0].items()})
    elif name == "close":
        world.close(case, mistake=rest[0])
    elif name in ("withdraw", "end_ground"):
        getattr(world, name)(case)
    elif name in ("link", "guard"):
        user = world.users[rest[0]]
        world.link(user, case) if name == "link" else world.guard(case, user, *rest[1:])
    else:
        getattr(world, name)(case, world.units[rest[0]], *rest[1:])


def compared(kind: str, wanted: set, seen: set, of: int) -> None:
    """Every row of the kind is one probe."""
    MADE[kind] += of
    assert seen - wanted == set(), ("leak", kind)
    assert wanted - seen == set(), ("false denial", kind)


def rows(world, *, beside: bool) -> dict:
    """What there is to see, with its case and topics; read as the administrator."""
    pks = [case.pk for case in world.cases]
    events = CaseEvent.objects.using("admin").filter(case_id__in=pks, kind="x").values_list("case_id", "pk", "topics")
    blocks = PlanBlock.objects.using("admin").filter(case_id__in=pks)
    return {
        "events": list(events),
        "blocks": list(blocks.values_list("case_id", "pk", "topics", "plan_id")),
        "plans": list(Plan.objects.using("admin").filter(case_id__in=pks).values_list("case_id", "pk")),
        "beside": [row for case in world.cases for row in case.beside] if beside else [],
    }


def seen_by(actor, pks, *, beside: bool) -> dict:
    with acting_for(actor):
        return {
            "cases": set(Case.objects.filter(pk__in=pks).values_list("pk", flat=True)),
            "events": set(CaseEvent.objects.filter(case_id__in=pks, kind="x").values_list("pk", flat=True))
            if actor.kind == "staff" else set(),
            "blocks": set(PlanBlock.objects.filter(case_id__in=pks).values_list("pk", flat=True)),
            "plans": set(Plan.objects.filter(case_id__in=pks).values_list("pk", flat=True)),
            "beside": shown(STAFFS if actor.kind == "staff" else PERSONS, pks) if beside else set(),
        }  # fmt: skip


def staff(unit, assignment=ORDINARY, role="handler") -> Actor:
    return Actor(kind="staff", user_id=1, unit_id=unit, organisation_id=1, role=role, assignment_id=assignment)


def wanted_by_staff(world, there, unit, assignment, today) -> dict:
    cases = {case.pk: case for case in world.cases}
    keys = {case.pk: world.keys_of(case, unit, today) for case in world.cases}
    glass = {case.pk: world.glass_hides(case, unit, assignment, today) for case in world.cases}

    def text(pk, topics):
        return any(topics & hidden == 0 for hidden in keys[pk])

    def through_glass(pk, topics, plan):
        return glass[pk] is not None and plan == cases[pk].in_force and topics & glass[pk] == 0

    def grounds(row):
        through = glass[row.case] if row.glass else None
        return keys[row.case] + ([] if through is None else [through])

    return {
        "cases": {pk for pk, found in keys.items() if found},
        "events": {row for pk, row, topics in there["events"] if text(pk, topics)},
        "blocks": {
            row for pk, row, topics, plan in there["blocks"] if text(pk, topics) or through_glass(pk, topics, plan)
        },
        "plans": {row for pk, row in there["plans"] if keys[pk] or through_glass(pk, 0, row)},
        "beside": {row.key for row in there["beside"] if row.seen_from(cases[row.case], unit, grounds(row))},
    }


def beside_of_citizen(world, there, user, today) -> set:
    reads = {case.pk: world.citizen_sees(case, user, today) for case in world.cases}
    itself = {case.pk: reads[case.pk] and world.is_itself(case, user, today) for case in world.cases}
    return {row.key for row in there["beside"] if row.seen_by(user, itself=itself[row.case], reads=reads[row.case])}


def check(world, *, beside: bool):
    today, there = timezone.localdate(), rows(world, beside=beside)
    pks = [case.pk for case in world.cases]
    size = {"cases": len(pks), **{kind: len(found) for kind, found in there.items()}}
    glass = {(one.unit, one.assignment) for case in world.cases for one in case.glass}
    for unit, assignment in [(unit, ORDINARY) for unit in world.units] + sorted(glass):
        wanted, seen = (
            wanted_by_staff(world, there, unit, assignment, today),
            seen_by(staff(unit, assignment), pks, beside=beside),
        )
        for kind in size:
            compared(f"glass {kind}" if assignment != ORDINARY else kind, wanted[kind], seen[kind], size[kind])
    for user in world.users[:4]:
        mine = {case.pk: case for case in world.cases if world.citizen_sees(case, user, today)}
        seen = seen_by(Actor(kind="citizen", user_id=user), pks, beside=beside)
        compared("citizen cases", set(mine), seen["cases"], size["cases"])
        in_force = {case.in_force for case in mine.values()}
        compared("citizen plans", in_force, seen["plans"], size["plans"])
        texts = {row for _, row, _, plan in there["blocks"] if plan in in_force}
        compared("citizen blocks", texts, seen["blocks"], size["blocks"])
        compared("citizen beside", beside_of_citizen(world, there, user, today), seen["beside"], size["beside"])
    for nobody in (staff(None), staff(world.units[0], role="org_admin")):
        seen = seen_by(nobody, pks, beside=beside)
        for kind in size:
            compared("nobody", set(), seen[kind], size[kind])


def test_each_row_is_seen_by_those_who_may_and_nobody_else(world):
    """The worlds and the count are one test, so that they stay together when tests are shared out."""

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        parties=st.lists(st.tuples(few, index), min_size=10, max_size=18),
        agreements=st.lists(agree, min_size=4, max_size=4),
        steps=st.lists(operation, min_size=6, max_size=18),
    )
    def in_each_world(parties, agreements, steps):
        world.start_over(4)
        for case, unit in parties:
            act(world, ("join", case, unit))
        for number, (name, _, *rest) in enumerate(agreements):
            act(world, (name, number, *rest))
        check(world, beside=False)
        for step in steps:
            act(world, step)
        check(world, beside=True)

    in_each_world()
    print(f"probes: {sum(MADE.values())}, leaks: 0, false denials: 0, {dict(MADE)}")
    assert sum(MADE.values()) >= WANTED
    kinds = ("cases", "events", "blocks", "glass blocks", "citizen blocks", "beside", "citizen beside", "nobody")
    assert min(MADE[kind] for kind in kinds) > 300
