"""Retention takes away what rows say; the chain still verifies, and what was taken otherwise is still found."""

import pytest
from django.db import ProgrammingError, connection, transaction

from audit.models import AuditEvent
from organisations.actors import worker_actor
from organisations.scope import acting_for

NOW = "now()"


@pytest.fixture
def no_minimum(book):
    book.sql("update audit_rule set keep = '0'")
    yield
    book.sql("update audit_rule set keep = '5 years'")


def as_worker(statement, *params):
    with acting_for(worker_actor("retention")), connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall()


def erase(book, *chains) -> int:
    [(rows,)] = as_worker("select audit_erase(now(), %s, 'Gallring enligt profil')", list(chains))
    return rows


def readable(book) -> list[tuple]:
    return book.sql("select seq, event, action from audit_event where chain = %s order by seq", book.chain)


def test_the_payload_is_gone_and_the_chain_is_whole(book, no_minimum):
    before = len(readable(book))
    assert book.chain in {chain for (chain,) in as_worker("select audit_chains_before(now(), 100)")}
    assert erase(book, book.chain) == before
    assert readable(book) == [(before + 1, "audit.erased", "Radera")]
    report = book.verify()
    assert (report.findings, report.erased) == ([], before)
    assert book.chain not in {chain for (chain,) in as_worker("select audit_chains_before(now(), 100)")}


def test_a_second_erasure_hands_on_what_the_first_one_covered(book, no_minimum):
    erase(book, book.chain)
    book.read(book.cases[0])
    erase(book, book.chain)
    assert [row[1] for row in readable(book)] == ["audit.erased"]
    assert book.found() == set()


def test_nothing_left_to_erase_writes_no_row(book, no_minimum):
    erase(book, book.chain)
    rows = readable(book)
    assert (erase(book, book.chain), readable(book)) == (0, rows)


def test_what_was_taken_in_another_way_is_not_covered_by_a_later_erasure(book, no_minimum):
    book.superuser("delete from audit_event where chain = CHAIN and seq = 2")
    erase(book, book.chain)
    assert book.found() == {"payload gone"}


def test_rows_are_kept_at_least_five_years(book):
    """HSLF-FS 2016:40 4:9: the floor is the database's and not the job's."""
    with pytest.raises(ProgrammingError, match="kept longer"), transaction.atomic():
        erase(book, book.chain)
    [(rows,)] = as_worker("select audit_erase(now() - interval '5 years', %s, '')", [book.chain])
    assert rows == 0


@pytest.mark.parametrize("who", ["owner", "citizen", "admin"])
def test_only_the_worker_erases(book, no_minimum, who):
    for statement in ("select audit_erase(now(), '{}', '')", "select audit_chains_before(now(), 1)"):
        with pytest.raises(ProgrammingError, match="permission denied"), book.cast.acting(who):
            AuditEvent.objects.none()
            with connection.cursor() as cursor:
                cursor.execute(statement)
