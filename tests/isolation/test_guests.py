"""A guest's scope: no table at all, five functions, and through them one invitation and no other (KAL-3)."""

import os
import random

import pytest
from django.db import Error, connection, connections, transaction

from guests import visits
from organisations.actors import guest_actor
from organisations.scope import acting_for
from tests import build, build_guests
from tests.cast import Cast
from tests.isolation.test_table_matrix import FullCase, actor

FUNCTIONS = {"guest_salt", "guest_enter", "guest_invitation", "guest_answer", "guest_leave"}
# What a guest may be told, and no more.
TOLD = {
    "starts_at", "ends_at", "form", "place", "link", "chair", "chair_title", "caller", "caller_title", "caller_unit",
    "caller_phone", "answer", "attendee_name", "attendee_title", "until", "agenda",
}  # fmt: skip
PROBES = int(os.environ.get("SIP_GUEST_PROBES", "300"))


@pytest.fixture(scope="module")
def full(module_database):
    return FullCase()


@pytest.fixture
def catalogue(module_database):
    def rows(query, *params):
        with connections["admin"].cursor() as cursor:
            cursor.execute(query, params)
            return cursor.fetchall()

    return rows


def refused(statement, *values) -> bool:
    try:
        with acting_for(guest_actor()), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
    except Error as error:
        return error.__cause__.sqlstate == "42501"
    return False


def fault(statement, *values) -> str:
    """What the database says to the one who acts now; empty when it did as it was told."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
    except Error as error:
        return str(error)
    return ""


def test_the_role_has_no_right_to_any_table_and_to_five_functions_alone(catalogue):
    rights = "select table_name, privilege_type from information_schema.{} where grantee = 'sip_guest'"
    assert catalogue(rights.format("table_privileges")) == []
    assert catalogue(rights.format("column_privileges")) == []
    callable_by_guest = catalogue("""
        select p.proname from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef
          and has_function_privilege('sip_guest', p.oid, 'execute')""")
    assert {name for (name,) in callable_by_guest} == FUNCTIONS
    member = catalogue("""
        select g.rolname from pg_auth_members m join pg_roles g on g.oid = m.roleid
          join pg_roles r on r.oid = m.member where r.rolname = 'sip_guest'""")
    assert member == []


def test_each_table_refuses_the_guest_each_command(full, catalogue):
    tables = catalogue(
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
    )
    assert len(tables) > 60
    for (table,) in tables:
        for statement in (f"select 1 from {table}", f"delete from {table}", f"insert into {table} default values"):
            assert refused(statement), statement


def test_what_the_inner_functions_know_is_for_no_role(full):
    for statement in (
        "select guest_alive(gen_random_uuid())",
        "select guest_visit('x')",
        "select guest_log(null, '', '')",
    ):
        assert refused(statement)
        for who in ("owner", "stranger"):
            with acting_for(actor(full, who)), pytest.raises(Error, match="permission denied"), transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute(statement)


def test_nobody_reads_the_keys_and_only_the_steering_unit_makes_one(full, catalogue):
    [(link,)] = catalogue("select id from guests_guestlink where case_id = %s", full.pk)
    made = "insert into guests_guestkey (link_id, case_id, salt, code, wrong) values (%s, %s, 's', 'c', 0)"
    for who in ("owner", "party", "covered", "stranger", "reader", "administrator"):
        with acting_for(actor(full, who)):
            for statement in (
                "select 1 from guests_guestkey", "delete from guests_guestkey", "select 1 from guests_guesttry",
                "update guests_guestkey set wrong = 0",
            ):  # fmt: skip
                assert "permission denied" in fault(statement)
            wanted = "guests_guestkey_pkey" if who == "owner" else "row-level security"
            assert wanted in fault(made, link, full.pk)


def test_only_the_steering_unit_has_a_link_mailed(full, catalogue):
    [(link,)] = catalogue("select id from guests_guestlink where case_id = %s", full.pk)
    for who in ("party", "covered", "stranger", "reader", "owner"):
        # The owner's own has ended.
        with acting_for(actor(full, who)), pytest.raises(Error, match="not a link"), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("select queue_guest_mail(%s)", [link])


class Links:
    """Ten links in ten cases, some of them ended in one way each; which ones stand is known here alone."""

    ENDS = {
        "revoked": "update guests_guestlink set revoked_at = now() where id = %s",
        "locked": "update guests_guestlink set locked_at = now() where id = %s",
        "late": "update guests_guestlink set expires_at = now() where id = %s",
        "moved": "update meetings_meeting m set state = 'moved' from meetings_invitation i, guests_guestlink l"
                 " where m.id = i.meeting_id and i.id = l.invitation_id and l.id = %s",
        "withdrawn": "update consent_consent k set withdrawn_at = now(), withdrawn_form = 'spoken'"
                     " from guests_guestlink l where k.case_id = l.case_id and l.id = %s",
    }  # fmt: skip

    def __init__(self, rows, links):
        self.made, self.visits, self.stands = links, {}, {}
        for number, made in enumerate(links):
            with acting_for(guest_actor()):
                self.visits[number] = visits.enter(secret=made.secret, code=made.code, address="192.0.2.1")
            assert self.visits[number]
        for number, (end, made) in enumerate(zip([None, *self.ENDS] * 2, links, strict=False)):
            self.stands[number] = end is None
            if end:
                rows(self.ENDS[end] + " returning 1", made.link.pk)


@pytest.fixture(scope="module")
def ten(module_database):
    cast = Cast()

    def rows(query, *params):
        with connections["admin"].cursor() as cursor:
            cursor.execute(query, params)
            return cursor.fetchall()

    found = []
    for number in range(10):
        invited = build_guests.invited(cast, found=build.consented(cast), place=f"Plats nummer {number}")
        found.append(build_guests.linked(cast, invited))
    return Links(rows, found)


def test_any_link_with_any_code_and_any_visit_opens_its_own_and_only_while_it_stands(ten):
    """Random pairs of link and code, and of visits, against what is known here; 300 unless SIP_GUEST_PROBES says."""
    chance, opened, entries, wrong = random.Random(20261122), 0, 0, [0] * len(ten.made)
    for probe in range(PROBES):
        one = chance.randrange(len(ten.made))
        other = chance.choice([one, one, one, chance.randrange(len(ten.made))])
        with acting_for(guest_actor()):
            if probe % 3 == 0:
                right = one == other
                entered = visits.enter(
                    secret=ten.made[one].secret, code=ten.made[other].code, address=f"198.51.100.{probe}"
                )
                assert bool(entered) == (right and ten.stands[one])
                entries += bool(entered)
                ten.visits[one] = entered or ten.visits[one]
                wrong[one] = 0 if right else wrong[one] + 1
                ten.stands[one] = ten.stands[one] and wrong[one] < 5
            told = visits.invitation(chance.choice([ten.visits[one], ten.visits[one][:-1], ""]))
        if told is not None:
            opened += 1
            assert ten.stands[one] and told.place == f"Plats nummer {one}"
            assert set(vars(told)) == TOLD
    assert opened > PROBES // 50 and entries > PROBES // 50
