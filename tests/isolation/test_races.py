"""Two at once: a withdrawal and whatever would give access again; no stale grant stays, whoever comes last."""

import threading
import time

import psycopg
import pytest
from django.db import connections

from tests.database import admin_url
from tests.isolation.world import World


@pytest.fixture
def world(own_database):
    return World(units=3, cases=1)


def connect(name: str):
    return psycopg.connect(admin_url(name))


def race(name: str, first: list, second: list) -> None:
    """Run `first` and hold it uncommitted while `second` starts; then commit the first, then the second."""
    started, done = threading.Event(), threading.Event()

    def later():
        with connect(name) as connection:
            started.set()
            for statement, params in second:
                connection.execute(statement, params)
        done.set()

    with connect(name) as connection:
        for statement, params in first:
            connection.execute(statement, params)
        thread = threading.Thread(target=later)
        thread.start()
        started.wait(5)
        # The second must be waiting for the lock, or through already if it needs none.
        deadline = time.monotonic() + 0.4
        while not done.is_set() and time.monotonic() < deadline:
            done.wait(0.05)
    thread.join(10)
    assert done.is_set()


def access(world) -> set[int]:
    return {unit for (unit,) in world.sql("select unit_id from case_access where case_id = %s", world.cases[0].pk)}


JOIN = (
    "insert into cases_participation (case_id, unit_id, obligation, started_on, added_by_id)"
    " values (%s, %s, 'duty', current_date, %s)"
)
WITHDRAW = "update consent_consent set withdrawn_at = now() where case_id = %s"


@pytest.mark.parametrize("withdrawal_first", [True, False])
def test_adding_a_party_during_a_withdrawal_leaves_no_access(world, own_database, withdrawal_first):
    case, (owner, party, _) = world.cases[0], world.units
    world.agree(case, {owner: False, party: False}, days=30)
    withdrawal = [(WITHDRAW, [case.pk])]
    joining = [(JOIN, [case.pk, party, world.assignment.pk])]
    first, second = (withdrawal, joining) if withdrawal_first else (joining, withdrawal)
    race(own_database, first, second)
    assert access(world) == {owner}


def test_covering_a_unit_during_a_withdrawal_leaves_no_access(world, own_database):
    case, (owner, party, _) = world.cases[0], world.units
    world.agree(case, {owner: False}, days=30)
    world.join(case, party)
    cover = "insert into consent_consentunit (case_id, consent_id, unit_id, whole_tree) values (%s, %s, %s, false)"
    race(own_database, [(WITHDRAW, [case.pk])], [(cover, [case.pk, case.consents[-1].pk, party])])
    assert access(world) == {owner}


GROUND = (
    "insert into consent_legalground (case_id, unit_id, statute, topics, facts, reason, from_on, valid_to,"
    " recorded_by_id, recorded_at) values (%s, %s, 'OSL 25:12', 1, 'x', 'y', current_date, current_date + 1, %s, now())"
)
EXEMPT = "insert into consent_consentexemption (case_id, consent_id, unit_id, topics) values (%s, %s, %s, 4)"


@pytest.mark.parametrize("withdrawal_first", [True, False])
def test_a_ground_in_law_during_a_withdrawal_leaves_no_access(world, own_database, withdrawal_first):
    case, (owner, party, _) = world.cases[0], world.units
    world.agree(case, {owner: False}, days=30)
    world.join(case, party)
    withdrawal, ground = [(WITHDRAW, [case.pk])], [(GROUND, [case.pk, party, world.assignment.pk])]
    first, second = (withdrawal, ground) if withdrawal_first else (ground, withdrawal)
    race(own_database, first, second)
    assert access(world) == {owner}


@pytest.mark.parametrize("narrowing_first", [True, False])
def test_adding_a_party_during_a_narrowing_leaves_the_mask(world, own_database, narrowing_first):
    case, (owner, party, _) = world.cases[0], world.units
    world.agree(case, {owner: False, party: False}, days=30)
    narrowing = [(EXEMPT, [case.pk, case.consents[-1].pk, party])]
    joining = [(JOIN, [case.pk, party, world.assignment.pk])]
    first, second = (narrowing, joining) if narrowing_first else (joining, narrowing)
    race(own_database, first, second)
    masks = world.sql("select hidden_topics from case_access where case_id = %s and unit_id = %s", case.pk, party)
    assert masks == [(4,)]


def test_taking_over_during_a_withdrawal_leaves_one_owner(world, own_database):
    case, (owner, party, _) = world.cases[0], world.units
    world.join(case, party)
    world.agree(case, {owner: False, party: False}, days=30)
    take_over = ("update cases_case set owner_unit_id = %s where id = %s", [party, case.pk])
    race(own_database, [(WITHDRAW, [case.pk])], [take_over])
    assert access(world) == {party}


def test_a_rebuild_of_everything_changes_nothing(world, own_database):
    """Reconciliation: what the triggers keep is what a full rebuild would give."""
    case, (owner, party, other) = world.cases[0], world.units
    world.agree(case, {owner: True, party: False}, days=30)
    world.join(case, party)
    world.move_unit(other, owner)
    world.join(case, other)
    before = access(world)
    assert before == {owner, party, other}
    with connections["admin"].cursor() as cursor:
        cursor.execute("select rebuild_access(%s)", [case.pk])
    assert access(world) == before
