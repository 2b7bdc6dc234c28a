"""A case with a row in every table that belongs to one: stopped, exported, erased, and dated by its entries alone."""

import json
import zipfile
from datetime import timedelta

import pytest
from django.db import connection

from organisations.actors import Actor
from organisations.models import Unit
from organisations.scope import acting_for
from retention import jobs
from tests.isolation.full_case import FullCase
from tests.isolation.test_table_matrix import TABLES
from tests.retention import past
from tests.retention.test_erasing import SIX_YEARS, left

# Read by nobody, or no content of the case.
BESIDES = {"guests_guestkey"}


@pytest.fixture
def full(own_database, settings, tmp_path):
    settings.SIP_EXPORT_DIR = tmp_path / "export"
    found = FullCase()
    past.sql("update cases_person set number = %s where id = %s", past.ORDINARY, found.process.person)
    past.sql("update retention_retentionexemption set valid_to = '2000-01-01'")
    found.world.close(found.process, mistake=False)
    return found


def as_admin(full, statement, *params):
    org = Unit.objects.using("admin").get(pk=full.owner).organisation_id
    admin = Actor(
        kind="staff", user_id=1, assignment_id=full.world.assignment.pk, organisation_id=org, role="org_admin"
    )
    with acting_for(admin), connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchone()[0]


def last_entry(full):
    return past.one("select last_on from retention_last_entries(array[%s::uuid])", str(full.pk))


def test_every_table_is_held_then_exported_and_emptied(full, settings):
    before = {name for name, n in left(full).items() if n}
    assert set(TABLES) | BESIDES <= before | {"cases_case"}
    past.travel(past.TODAY() + SIX_YEARS)
    assert as_admin(full, "select retention_prepare(500)") is None, "the party's stop holds the case"
    past.sql("update retention_retentionhold set to_on = current_date where case_id = %s", full.pk)
    batch = as_admin(full, "select retention_prepare(500)")
    as_admin(full, "select retention_decide(%s, true)::text", batch)
    assert jobs.carry_out() >= 1
    assert past.sql("select state, last_error from retention_retentionbatch where id = %s", batch) == [("done", "")]
    [place] = settings.SIP_EXPORT_DIR.iterdir()
    with zipfile.ZipFile(place) as archive:
        parts = [json.loads(archive.read(name))["tables"] for name in archive.namelist() if name.endswith(".json")]
    exported = {name for tables in parts for name, rows in tables.items() if rows}
    assert set(TABLES) | BESIDES <= exported
    assert left(full) == {"cases_case": 0}


@pytest.mark.parametrize(
    "statement",
    [
        "update meetingroom_consultation set offered_for = %s where case_id = %s",
        "update meetingroom_room set closes_at = %s where case_id = %s",
        "update guests_guestkey set visit_until = %s where case_id = %s",
        "update papers_paper set created_at = %s where case_id = %s",
        "update plans_partyexport set created_at = %s where case_id = %s",
    ],
    ids=["a time that was offered", "the end of a meeting", "the end of a visit", "a printed paper", "own measures"],
)
def test_what_is_no_entry_moves_no_day(full, statement):
    """Social services erase within a year after the time is out: printing or a day to come must not stop them."""
    before = last_entry(full)
    past.sql(statement, past.TODAY() + timedelta(days=400), full.pk)
    assert last_entry(full) == before
