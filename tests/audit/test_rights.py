"""No login of the product can change the log, and not even its owner does it by mistake."""

import json

import pytest
from django.db import Error, connection, connections, transaction

from organisations.actors import worker_actor
from organisations.scope import acting_for

FORBIDDEN = {
    "update": "update audit_event set actor_name = 'Annan'",
    "delete": "delete from audit_event",
    "truncate": "truncate audit_event",
    "drop": "drop table audit_event",
    "disable trigger": "alter table audit_event disable trigger all",
    "replica role": "set session_replication_role = replica",
    "head": "update audit_chain set seq = 0",
    "function": "create or replace function audit_append(r jsonb) returns bigint language sql as 'select 1::bigint'",
    "row level security": "alter table audit_event disable row level security",
    "insert": "insert into audit_event select * from audit_event",
    "link": "update audit_link set seq = 0",
    "link delete": "delete from audit_link",
    "new head": "insert into audit_chain values ('x', 1, '')",
    "floor": "update audit_rule set keep = '0'",
    "anchor": "update audit_anchor set number = 0",
    "become owner": "set role sip_owner",
    "become definer": "set role sip_def",
}
BY_TRIGGER = [
    f"{command} {table}{rest}"
    for table in ("audit_event", "audit_link", "audit_chain")
    for command, rest in (("delete from", ""), ("update", " set seq = seq"), ("truncate", ""))
]


@pytest.mark.parametrize("what", FORBIDDEN)
@pytest.mark.parametrize("who", ["owner", "citizen", "worker"])
def test_a_role_of_the_product_is_refused(book, who, what):
    with pytest.raises(Error) as refused, acting_for(book.cast.actor(who)), connection.cursor() as cursor:
        cursor.execute(FORBIDDEN[what])
    assert refused.value.__cause__.sqlstate == "42501"


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_bare_login_is_refused(book, what):
    with pytest.raises(Error) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FORBIDDEN[what])
    assert refused.value.__cause__.sqlstate == "42501"


@pytest.mark.parametrize("statement", [*BY_TRIGGER, "truncate audit_event_default", "truncate audit_link_default"])
def test_the_triggers_stop_even_the_administrator(book, statement):
    """A superuser who forgets; one who means it turns them off, and is found by verify_audit."""
    with pytest.raises(Error, match="the log only grows"), transaction.atomic("admin"):
        with connections["admin"].cursor() as cursor:
            cursor.execute(statement)


def test_every_partition_has_its_triggers(book):
    """Those for rows come with the table, the one against emptying must be made for each partition."""
    found = book.sql("""
        select c.relname, array_agg(t.tgname::text order by t.tgname) from pg_inherits i
        join pg_class c on c.oid = i.inhrelid left join pg_trigger t on t.tgrelid = c.oid
        where i.inhparent in ('audit_event'::regclass, 'audit_link'::regclass) group by 1""")
    assert len(found) == 10
    event, link = ["never_emptied", "only_erased", "only_grows"], ["never_emptied", "only_grows"]
    assert [name for name, triggers in found if triggers != (event if "event" in name else link)] == []


def test_a_row_is_what_the_database_knows_and_not_what_the_caller_says(book):
    """Number, hash, unit, name and time in the call are not even read."""
    told = {"chain": "person:1", "event": "x", "action": "Läsa", "actor_kind": "staff", "seq": 99, "hash": "00"}
    told |= {"own_unit_id": 1, "actor_name": "Annan", "assignment_id": 1, "unit_name": "Annan", "at": "2020-01-01"}
    with book.cast.acting("owner"), connection.cursor() as cursor:
        cursor.execute("select audit_append(%s::jsonb)", [json.dumps(told)])
        number = cursor.fetchone()[0]
    [row] = book.sql("select seq, unit_id, actor_name, unit_name, assignment_id, at > now() - interval '1 minute'"
                     " from audit_event where id = %s", number)  # fmt: skip
    owner, unit = book.cast.owner, book.cast.unit("owner")
    assert row[1:] == (unit.pk, owner.name, unit.name, owner.assignment_id, True)
    assert row[0] != 99
    assert book.found() == set()


def test_an_action_that_no_log_service_knows_is_refused(book):
    with pytest.raises(Error, match="violates check"), acting_for(worker_actor("x")), connection.cursor() as cursor:
        cursor.execute("""select audit_append('{"chain": "x", "event": "x", "action": "Titta", "actor_kind": "x"}')""")
