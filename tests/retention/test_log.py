"""The log's payload: five years, never before the records it speaks of, and the chain still verifies."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from cases.access import case_by
from organisations.models import Unit
from retention import jobs, services
from tests import build
from tests.cast import Cast
from tests.retention import past

YEARS = timedelta(days=366)


@pytest.fixture
def cast(own_database, settings, tmp_path):
    settings.SIP_EXPORT_DIR, settings.SIP_ANCHOR_DIR = tmp_path / "export", tmp_path / "anchors"
    return Cast()


def payload(person: int) -> int:
    return past.one(
        "select count(*) from audit_event where (person_id = %s or persons @> array[%s::bigint])"
        " and event not in ('audit.erased', 'retention.erased')", person, person,
    )  # fmt: skip


def person_of(case) -> int:
    return past.one("select person_id from cases_case where id = %s", case.pk)


def carried_out(cast, admin="admin") -> int:
    past.approved(cast, admin=admin)
    return jobs.carry_out()


def verified() -> str:
    out = StringIO()
    call_command("verify_audit", stdout=out)
    return out.getvalue()


def test_the_log_outlives_the_record_and_goes_five_years_later(cast):
    case = past.started(cast)
    person = person_of(case)
    past.travel(past.TODAY() + 4 * YEARS)
    assert past.prepared(cast) is None
    past.travel(past.TODAY() + 6 * YEARS)
    before = payload(person)
    assert before > 1
    past.approved(cast)
    # The chain is due, but the case still stands when the batch is made: it is not in it.
    assert past.sql("select kind from retention_retentionitem where key = %s", f"person:{person}") == []
    jobs.carry_out()
    assert payload(person) >= before and past.one("select count(*) from cases_case") == 0
    past.sql(
        "insert into logbook_logextract (id, person_id, user_id, from_on, to_on, rows, context, state, attempts,"
        " created_at) values (gen_random_uuid(), %s, 1, '2026-01-01', '2026-01-02', 1, '{}', 'queued', 0, now())",
        person,
    )  # fmt: skip
    carried_out(cast)
    assert payload(person) == 0
    assert past.one("select count(*) from logbook_logextract") == 0
    assert past.one("select count(*) from retention_retentionledger where kind = 'log'") >= 1
    verified()


def test_a_chain_written_by_two_huvudman_goes_when_both_have_given_up_their_part(cast):
    case = past.closed(cast)
    with cast.acting("party"):
        case_by(cast.party, case.pk, to="cases.view")
    person, chain = person_of(case), f"person:{person_of(case)}"
    past.travel(past.TODAY() + 11 * YEARS)
    carried_out(cast)
    assert past.one("select count(*) from consent_receivedversion where case_id = %s", case.pk)
    past.prepared(cast)
    # The region still has its copies: the log that speaks of them stays.
    assert past.sql("select 1 from retention_retentionitem where key = %s", chain) == []
    cancel(cast)
    carried_out(cast, admin="stina.dalarna")
    assert not past.one("select count(*) from consent_receivedversion where case_id = %s", case.pk)
    before = payload(person)
    carried_out(cast)
    # What came before the region's first row is the owner's alone; the rest waits for the region.
    assert 0 < payload(person) < before
    assert past.one("select count(*) from retention_retentionledger where kind = 'log'") >= 1
    carried_out(cast, admin="stina.dalarna")
    assert payload(person) == 0
    verified()


def cancel(cast):
    with cast.acting("admin"):
        services.cancel(batch=services.batches().get(state="prepared"), by=cast.actor("admin"))


def test_a_row_of_the_log_that_speaks_of_a_kept_record_stops_what_comes_after_it(cast):
    """The unit's own chain: lists that showed persons."""
    kept = past.started(cast)
    unit = cast.unit("owner").pk
    chain = f"unit:{unit}"
    for persons in ([], [person_of(kept)], []):
        with connection.cursor() as cursor:
            cursor.execute(
                "select audit_append(jsonb_build_object('chain', %s::text, 'event', 'cases.listed', 'action', 'Läsa',"
                " 'actor_kind', 'staff', 'own_unit_id', %s::bigint, 'persons', %s::jsonb))",
                [chain, unit, str(persons)],
            )
    past.travel(past.TODAY() + 6 * YEARS)
    org = past.organisation(cast, "owner")
    [until] = past.sql("select until from retention_log_chains(%s, sip_today(), %s)", org, chain)
    shown = past.one("select min(at) from audit_event where chain = %s and persons <> '{}'", chain)
    assert until[0] == shown


def test_the_log_is_never_erased_earlier_than_the_law_says(cast):
    """Even when every other check has been fooled, the log itself refuses."""
    past.started(cast)
    past.travel(past.TODAY() + 6 * YEARS)
    past.approved(cast)
    jobs.carry_out()
    batch = past.approved(cast)
    past.sql("update audit_rule set keep = '5 years'")
    events = past.one("select count(*) from audit_event")
    assert jobs.carry_out() == 0
    assert past.one("select count(*) from audit_event") >= events
    assert past.one("select last_error from retention_retentionbatch where id = %s", batch)


def test_care_copies_go_after_ten_years_and_the_owners_case_is_nobodys_else(cast):
    case = past.closed(cast)
    region = past.organisation(cast, "party")
    past.travel(past.TODAY() + 6 * YEARS)
    assert set(past.records(region, past.one("select sip_today()"), case=case).values()) == {("waiting", "")}
    past.travel(past.TODAY() + 11 * YEARS)
    carried_out(cast, admin="stina.dalarna")
    assert past.one("select count(*) from cases_case where id = %s", case.pk) == 1
    assert past.one("select count(*) from consent_receivedversion where case_id = %s", case.pk) == 0
    region_units = Unit.objects.filter(organisation_id=region).values_list("pk", flat=True)
    assert past.one("select count(*) from notifications_inboxitem where case_id = %s and unit_id = any(%s)",
                    case.pk, list(region_units)) == 0  # fmt: skip


def test_a_stop_set_by_a_handler_is_logged_and_seen_by_the_own_unit_only(cast):
    case = past.closed(cast)
    with cast.acting("party"):
        services.hold(case_id=case.pk, person_id=None, by=cast.party, kind="adoption", reason="Beslut")
    with cast.acting("owner"):
        assert list(services.holds_of(case.pk)) == []
        services.hold(case_id=case.pk, person_id=None, by=cast.owner, kind="placed", reason="Beslut")
        [hold] = services.holds_of(case.pk)
    assert past.one("select count(*) from audit_event where event = 'retention.held'") == 2
    past.travel(past.TODAY() + 6 * YEARS)
    org, today = past.organisation(cast, "owner"), past.one("select sip_today()")
    assert past.records(org, today, case=case)[("case", cast.unit("owner").pk)] == ("held", "adoption")
    past.sql("delete from retention_retentionhold where kind = 'adoption'")
    assert past.records(org, today, case=case)[("case", cast.unit("owner").pk)] == ("held", "placed")
    with cast.acting("owner"):
        services.end_hold(hold=hold, by=cast.owner, note="Fel barn")
    assert past.records(org, today, case=case)[("case", cast.unit("owner").pk)] == ("due", "")


def test_only_a_unit_with_a_record_of_the_case_sets_a_stop(cast):
    case = build.case(cast)
    for who in ("outsider", "same_kommun", "reader", "manager", "admin"):
        with pytest.raises(Exception, match="no record"), cast.acting(who):
            services.hold(case_id=case.pk, person_id=None, by=cast.actor(who), kind="placed", reason="Beslut")
