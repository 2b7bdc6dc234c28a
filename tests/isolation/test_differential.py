"""Random worlds: what the database shows each unit is what an independent Python rule says (≥ 10,000 probes)."""

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.models import Case, CaseEvent, Participation, Person
from consent.models import Consent
from organisations.actors import Actor
from organisations.scope import acting_for
from tests.isolation.world import World

# The last test counts what the one before it made.
pytestmark = pytest.mark.xdist_group("differential")
PROBES = {"made": 0}
WANTED = 10_000
index = st.integers(0, 7)
operation = st.one_of(
    st.tuples(st.just("join"), index, index),
    st.tuples(st.just("part"), index, index),
    st.tuples(
        st.just("agree"), index, st.dictionaries(index, st.booleans(), max_size=5), st.sampled_from([None, 30, 0, -1]),
        st.sampled_from([(True, True), (True, True), (True, False), (False, True)]),
    ),
    st.tuples(st.just("withdraw"), index),
    st.tuples(st.just("close"), index, st.booleans()),
    st.tuples(st.just("take_over"), index, index),
    st.tuples(st.just("move_unit"), index, st.one_of(st.none(), index)),
)  # fmt: skip


@pytest.fixture(scope="module")
def world(module_database):
    return World()


def act(world, step):
    name, *rest = step
    if name == "move_unit":
        unit, below = rest
        world.move_unit(world.units[unit], None if below is None else world.units[below])
        return
    case = world.cases[rest[0] % len(world.cases)]
    if name == "agree":
        units = {world.units[n]: tree for n, tree in rest[1].items()}
        world.agree(case, units, days=rest[2], share=rest[3][0], planning=rest[3][1])
    elif name == "close":
        world.close(case, mistake=rest[1])
    elif name == "withdraw":
        world.withdraw(case)
    else:
        getattr(world, name)(case, world.units[rest[1]])


def unit_actor(unit: int) -> Actor:
    return Actor(kind="staff", user_id=1, unit_id=unit, organisation_id=1, role="handler", assignment_id=1)


def check(world):
    """Every unit × case × table: seen or not, as the rule says."""
    today = timezone.localdate()
    pks = [case.pk for case in world.cases]
    for unit in world.units:
        expected = {case.pk for case in world.cases if world.may_see(case, unit, today)}
        with acting_for(unit_actor(unit)):
            seen = set(Case.objects.filter(pk__in=pks).values_list("pk", flat=True))
            assert seen == expected
            for model in (Participation, Consent, CaseEvent):
                assert set(model.objects.filter(case_id__in=pks).values_list("case_id", flat=True)) <= expected
            with_consent = {case.pk for case in world.cases if case.consents}
            assert (
                set(Consent.objects.filter(case_id__in=pks).values_list("case_id", flat=True))
                == expected & with_consent
            )
            persons = {case.person for case in world.cases if case.pk in expected}
            all_persons = [case.person for case in world.cases]
            assert set(Person.objects.filter(pk__in=all_persons).values_list("pk", flat=True)) == persons
        PROBES["made"] += len(world.cases) * 3


agreement = st.tuples(
    st.just("agree"), st.dictionaries(index, st.booleans(), min_size=2, max_size=6), st.sampled_from([None, 30, 0]),
    st.just((True, True)),
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    parties=st.lists(st.tuples(index, index), min_size=8, max_size=16),
    agreements=st.lists(agreement, min_size=4, max_size=4),
    steps=st.lists(operation, min_size=2, max_size=8),
)
def test_each_unit_sees_what_the_rule_says(world, parties, agreements, steps):
    world.start_over(4)
    for case, unit in parties:
        act(world, ("join", case, unit))
    for number, (name, *rest) in enumerate(agreements):
        act(world, (name, number, *rest))
    check(world)
    for step in steps:
        act(world, step)
    check(world)


def test_enough_was_probed(world):
    assert PROBES["made"] >= WANTED
