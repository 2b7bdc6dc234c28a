"""From due to gone: prepared, approved by a person, exported, read back, erased; and everything that must stop it."""

import json
import stat
import zipfile
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import Error, connection, transaction

from organisations.actors import worker_actor
from organisations.scope import acting_for
from retention import jobs, package
from tests.cast import Cast
from tests.retention import past

SIX_YEARS = timedelta(days=366 * 6)


@pytest.fixture
def cast(own_database, settings, tmp_path):
    settings.SIP_EXPORT_DIR = tmp_path / "export"
    return Cast()


@pytest.fixture
def later():
    past.travel(past.TODAY() + SIX_YEARS)


def left(case) -> dict[str, int]:
    """How many rows of the case stand in each table."""
    names = past.sql("select name from retention_case_tables() union select name from retention_copy_tables()")
    found = {name: past.one(f"select count(*) from {name} where case_id = %s", case.pk) for (name,) in names}
    return {name: n for name, n in found.items() if n} | {
        "cases_case": past.one("select count(*) from cases_case where id = %s", case.pk)
    }


def test_a_closed_case_goes_and_the_other_huvudmans_copies_stay(cast, later):
    case, unit = past.closed(cast), cast.unit("party").pk
    before = past.sql("select * from consent_receivedversion where unit_id = %s order by id", unit)
    assert left(case)["plans_measure"] and before
    past.approved(cast)
    assert jobs.carry_out() >= 1
    rest = left(case)
    assert rest.pop("cases_case") == 0
    assert set(rest) <= {"consent_receivedversion", "notifications_inboxitem", "notifications_delivery"}
    assert past.sql("select * from consent_receivedversion where unit_id = %s order by id", unit) == before
    own = cast.unit("owner").pk
    for name in rest:
        assert past.one(f"select count(*) from {name} where unit_id = %s", own) == 0
    assert past.one("select state from retention_retentionbatch") == "done"


def test_the_package_is_whole_private_and_names_nobody(cast, later, settings):
    case = past.closed(cast, given_name="Zebulina", family_name="Hemlighetsson")
    batch = past.approved(cast)
    jobs.carry_out()
    [place] = settings.SIP_EXPORT_DIR.iterdir()
    assert stat.S_IMODE(place.stat().st_mode) == 0o600 and place.name == f"gallring-{batch}.zip"
    with zipfile.ZipFile(place) as archive:
        names = archive.namelist()
        content = json.loads(archive.read("poster/00001.json"))["tables"]
        page, manifest = archive.read("poster/00001.html").decode(), archive.read("paket.xml").decode()
        sums = archive.read("SHA256SUMS").decode()
    assert content["cases_case"][0]["family_name"] == "Hemlighetsson" and content["plans_measure"]
    assert "Hemlighetsson" in page and past.ORDINARY in page and "Ärenden" in page
    assert case.reference in manifest and "Zebulina" not in manifest + " ".join(names)
    for name in names:
        assert name == "SHA256SUMS" or f"  {name}\n" in sums
    assert past.one("select export_digest from retention_retentionbatch") == package.digest_of(place)


def test_the_ledger_tells_what_and_by_whom_and_never_changes(cast, later):
    case = past.started(cast)
    past.approved(cast)
    jobs.carry_out()
    [row] = past.sql("select kind, rows, years, reference_hash, legal_source, approved_by_id, export_digest"
                     " from retention_retentionledger where kind = 'case'")  # fmt: skip
    assert row[0] == "case" and row[1] > 1 and row[2] == 5 and "SoL" in row[4]
    assert row[5] == cast.assignment("admin").pk and len(row[6]) == 64
    assert str(case.pk) not in row[3] and len(row[3]) == 64
    for statement in (
        "update retention_retentionledger set rows = 0", "delete from retention_retentionledger",
        "truncate retention_retentionledger",
    ):  # fmt: skip
        with pytest.raises(Error, match="only grows"):
            past.sql(statement)
    with cast.acting("admin"):
        for statement in ("delete from retention_retentionledger", "update retention_retentionledger set rows = 0"):
            with pytest.raises(Error, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)


def test_a_dry_run_counts_and_changes_nothing(cast, later):
    case = past.started(cast)
    before, out = past.fingerprint(), StringIO()
    call_command("retention", "--dry-run", stdout=out)
    assert past.fingerprint() == before
    rows = [line.split("\t") for line in out.getvalue().splitlines()]
    assert ["Avslutat ärende", "Socialtjänst (5 år)", "Ska gallras", "", "1"] in [row[3:] for row in rows]
    for private in (case.reference, "Astrid", "Testholm", past.ORDINARY, str(case.pk)):
        assert private not in out.getvalue()


def test_the_command_carries_out_only_what_a_person_approved(cast, later):
    case, org, out = past.started(cast), past.organisation(cast, "owner"), StringIO()
    call_command("retention", "--apply", organisation=org, stdout=out)
    assert "Inget är godkänt" in out.getvalue()
    past.prepared(cast)
    call_command("retention", "--apply", organisation=org, stdout=out)
    assert left(case)["cases_case"] == 1
    with pytest.raises(CommandError, match="Ange --organisation"):
        call_command("retention", "--apply")


def spoil(monkeypatch, change):
    """The disk hands back something else than was written."""
    write = package.write

    def broken(*args):
        place = write(*args)
        place.write_bytes(change(place.read_bytes()))
        return place

    monkeypatch.setattr(package, "write", broken)


@pytest.mark.parametrize(
    "change",
    [lambda b: b[: len(b) // 2], lambda b: b"", lambda b: b[:60] + bytes([b[60] ^ 255]) + b[61:]],
    ids=["cut", "empty", "one byte"],
)
def test_a_corrupt_export_erases_nothing_and_the_next_run_makes_it_again(cast, later, monkeypatch, change):
    case = past.started(cast)
    past.approved(cast)
    before = left(case)
    with monkeypatch.context() as patch:
        spoil(patch, change)
        assert jobs.carry_out() == 0
    assert left(case) == before
    assert past.sql("select state, last_error from retention_retentionbatch") == [
        ("approved", "Exportfilen saknas eller är skadad. Inget mer gallrades.")
    ]
    assert jobs.carry_out() >= 1 and left(case)["cases_case"] == 0


def test_an_export_that_says_something_else_than_the_database_erases_nothing(cast, later, monkeypatch):
    case = past.started(cast)
    past.approved(cast)
    read_back = package.read_back
    with monkeypatch.context() as patch:
        patch.setattr(package, "read_back", lambda *a: dict.fromkeys(read_back(*a), "0" * 64))
        assert jobs.carry_out() == 0
    assert left(case)["cases_case"] == 1


def test_a_file_that_is_gone_before_erasing_stops_it(cast, later, settings, monkeypatch):
    case = past.started(cast)
    batch = past.approved(cast)
    jobs.export(batch)
    [place] = settings.SIP_EXPORT_DIR.iterdir()
    kept = place.read_bytes()
    place.unlink()
    assert jobs.carry_out() == 0 and left(case)["cases_case"] == 1
    place.write_bytes(kept)
    assert jobs.carry_out() >= 1 and left(case)["cases_case"] == 0


def test_a_crash_in_the_middle_leaves_whole_records_and_a_rerun_finishes(cast, later, monkeypatch):
    cases = [past.started(cast), past.started(cast, number="199002222397"), past.started(cast, number="194201077098")]
    past.approved(cast)
    erase_one, done = jobs.erase_one, []

    def killed(item):
        if done:
            raise KeyboardInterrupt
        done.append(item)
        return erase_one(item)

    with monkeypatch.context() as patch:
        patch.setattr(jobs, "erase_one", killed)
        with pytest.raises(KeyboardInterrupt):
            jobs.carry_out()
    assert sorted(left(case)["cases_case"] for case in cases) == [0, 1, 1]
    whole = [case for case in cases if left(case)["cases_case"]]
    assert all(left(case)["cases_caseevent"] for case in whole)
    assert past.one("select count(*) from retention_retentionledger where kind = 'case'") == 1
    jobs.carry_out()
    assert [left(case)["cases_case"] for case in cases] == [0, 0, 0]
    assert past.one("select count(*) from retention_retentionledger where kind = 'case'") == 3
    assert past.one("select state from retention_retentionbatch") == "done"


def as_worker(statement, *params):
    with acting_for(worker_actor("prov")), connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchone()[0]


def exported(cast) -> tuple[int, int]:
    """A batch whose file has been registered, and its first record."""
    batch = past.approved(cast)
    jobs.export(batch)
    return batch, past.one("select min(id) from retention_retentionitem where kind = 'case'")


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("waiting", "create or replace function sip_today() returns date stable language sql as 'select current_date'"),
        ("placed", "insert into retention_retentionhold (unit_id, case_id, reference, kind, reason, from_on,"
                   " recorded_by_id, recorded_at, end_note) select owner_unit_id, id, reference, 'placed', 'x',"
                   " '2020-01-01', opened_by_id, now(), '' from cases_case"),
        ("research_birthday", "update retention_retentionexemption set birth_days = '{1}'"
                              " where slug = 'research_birthday'"),
        ("research_area", "update retention_retentionexemption set county_codes = '{20}'"
                          " where slug = 'research_area'"),
        ("open", "update cases_case set state = 'initiated', close_reason = '', closed_on = null"),
        ("no_rule", "update retention_retentionprofile set valid_to = '2026-01-01' where record = 'social'"
                    " and valid_to is null"),
        ("changed", "update cases_case set phone = '070-174 06 05'"),
    ],
)  # fmt: skip
def test_the_database_refuses_what_is_no_longer_due(cast, later, what, change):
    """Called straight, past every check in Python."""
    case = past.started(cast)
    _, item = exported(cast)
    past.sql(change)
    assert as_worker("select retention_erase(%s)", item) == "refused"
    assert past.one("select reason from retention_retentionitem where id = %s", item) == what
    assert left(case)["cases_case"] == 1 and past.one("select count(*) from retention_retentionledger") == 0


def test_the_database_refuses_what_nobody_approved_or_exported(cast, later):
    case = past.started(cast)
    batch = past.prepared(cast)
    item = past.one("select min(id) from retention_retentionitem")
    for statement, value in (
        ("select retention_erase(%s)", item), ("select count(*) from retention_export(%s)", batch),
        ("select 1 from retention_exported(%s, 'x', repeat('0', 64), '{}')", batch),
    ):  # fmt: skip
        with pytest.raises(Error, match="not approved"):
            as_worker(statement, value)
    # An item planted beside the rules by somebody with all rights is asked about like any other.
    past.sql("update retention_retentionbatch set state = 'exported', approved_by_id = prepared_by_id")
    past.sql("update retention_retentionitem set state = 'exported', digest = 'x'")
    assert as_worker("select retention_erase(%s)", item) == "refused"
    assert left(case)["cases_case"] == 1


def test_only_the_job_erases_and_only_an_administrator_decides(cast, later):
    past.started(cast)
    _, item = exported(cast)
    for who in ("owner", "manager", "admin", "party"):
        with cast.acting(who), connection.cursor() as cursor:
            with pytest.raises(Error, match="permission denied"), transaction.atomic():
                cursor.execute("select retention_erase(%s)", [item])
            with pytest.raises(Error, match="permission denied"), transaction.atomic():
                cursor.execute("delete from cases_case")
    for who in ("owner", "manager", "coordinator"):
        with cast.acting(who), connection.cursor() as cursor:
            with pytest.raises(Error, match="only an administrator"), transaction.atomic():
                cursor.execute("select retention_prepare(10)")
    with pytest.raises(Error, match="permission denied"):
        as_worker("select retention_prepare(10)")


def test_another_organisations_administrator_neither_sees_nor_decides(cast, later):
    past.started(cast)
    batch = past.prepared(cast)
    with cast.acting("stina.dalarna"), connection.cursor() as cursor:
        for table in ("batch", "item", "ledger"):
            cursor.execute(f"select count(id) from retention_retention{table}")
            assert cursor.fetchone()[0] == 0
        for statement, value in (
            ("select retention_decide(%s, true)", batch), ("select retention_decide(%s, false)", batch),
            ("select * from retention_overview(%s)", past.organisation(cast, "owner")),
            ("select * from retention_list(%s, 'due')", past.organisation(cast, "owner")),
        ):  # fmt: skip
            with pytest.raises(Error, match="organisation"), transaction.atomic():
                cursor.execute(statement, [value])


def test_a_later_case_stays_when_the_one_before_it_goes(cast, later):
    """The link to the earlier case is let go; a case that still goes on holds the person's social file."""
    first = past.started(cast)
    second = past.started(cast)
    past.sql("update cases_case set previous_case_id = %s where id = %s", first.pk, second.pk)
    past.sql("update cases_case set state = 'initiated', close_reason = '', closed_on = null where id = %s", second.pk)
    assert past.prepared(cast) is None
    past.sql("update cases_case set state = 'closed', close_reason = 'not_needed', closed_on = current_date"
             " where id = %s", second.pk)  # fmt: skip
    past.approved(cast)
    jobs.carry_out()
    assert past.one("select count(*) from cases_case") == 0


def test_a_persons_number_stays_as_long_as_anybody_has_a_record_or_a_log_row(cast, later):
    past.started(cast)
    past.approved(cast)
    jobs.carry_out()
    assert past.one("select count(*) from cases_case") == 0
    assert past.one("select count(*) from cases_person where number = %s", past.ORDINARY) == 1


def test_every_table_of_a_case_is_found_and_empties(cast):
    """A table added by any app hangs on the case by its own case_id, or the case cannot be erased."""
    hanging = {name for (name,) in past.sql("""
        with recursive hang as (
          select c.conrelid as oid from pg_constraint c where c.contype = 'f' and c.confrelid = 'cases_case'::regclass
          union select c.conrelid from pg_constraint c join hang h on c.confrelid = h.oid where c.contype = 'f')
        select distinct oid::regclass::text from hang""")}  # fmt: skip
    found = {name for (name,) in past.sql("select name from retention_case_tables()")}
    assert hanging - {"cases_case"} == found
    copies = {name for (name,) in past.sql("select name from retention_copy_tables()")}
    assert {"consent_receivedversion", "notifications_inboxitem", "notifications_delivery"} <= copies
    assert not copies & found
