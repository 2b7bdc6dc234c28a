"""The catalogue of what an administrator with all triggers off could do to the log, and what verify_audit says."""

import uuid
from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from audit import verify
from tests import database

# The rest of the chain as it would have been without the rows after number 3.
CUT = (
    "delete from audit_event where chain = CHAIN and seq > 3",
    "delete from audit_link where chain = CHAIN and seq > 3",
)
HEAD = (
    "update audit_chain set (seq, hash) = (select seq, hash from audit_link where chain = CHAIN order by seq desc"
    " limit 1) where chain = CHAIN"
)
FORGED = (
    "insert into audit_link (at, chain, seq, payload_digest, prev_hash, hash) select now(), chain, seq, payload_digest,"
    " prev_hash, hash from audit_link where chain = CHAIN and seq = 2"
)
DAMAGE = {
    "the time of a row": (["update audit_link set at = at + interval '1 second' where chain = CHAIN and seq = 2",
                           "update audit_event set at = at + interval '1 second' where chain = CHAIN and seq = 2"],
                          {"row changed"}),
    "what a row says": (["update audit_event set actor_name = 'Annan' where chain = CHAIN and seq = 2"],
                        {"payload changed"}),
    "whom a row is about": (["update audit_event set persons = '{7}' where chain = CHAIN and seq = 2"],
                            {"payload changed"}),
    "what a row says, with its digest": (
        ["update audit_event set actor_name = 'Annan' where chain = CHAIN and seq = 2",
         "update audit_link l set payload_digest = sha256(e.salt || convert_to(audit_payload(e), 'UTF8'))"
         " from audit_event e where e.id = l.id and l.chain = CHAIN and l.seq = 2"], {"row changed"}),
    "a row out of the middle": (["delete from audit_event where chain = CHAIN and seq = 2",
                                 "delete from audit_link where chain = CHAIN and seq = 2"], {"rows missing"}),
    "what a row in the middle said": (["delete from audit_event where chain = CHAIN and seq = 2"], {"payload gone"}),
    "two rows change places": (
        ["update audit_link set seq = 5 - seq where chain = CHAIN and seq in (2, 3)",
         "update audit_event set seq = 5 - seq where chain = CHAIN and seq in (2, 3)"],
        {"wrong order", "row changed", "payload changed"}),
    "two payloads change places": (
        ["update audit_event set id = -id where chain = CHAIN and seq in (2, 3)",
         "update audit_event e set id = l.id, at = l.at from audit_link l where e.chain = CHAIN and e.id < 0"
         " and l.chain = CHAIN and l.seq = 5 - e.seq and e.seq in (2, 3)"], {"payload changed"}),
    "a forged row in the chain": ([FORGED], {"row twice", "row changed", "payload gone"}),
    "a forged row beside the chain": (
        ["insert into audit_event select (e).* from (select jsonb_populate_record(e, '{\"id\": -1}') e from audit_event"
         " e where chain = CHAIN and seq = 2) x"], {"loose row"}),
    "the end of a chain": (list(CUT), {"wrong end", "anchored row gone"}),
    "the end of a chain, and the head to match": ([*CUT, HEAD], {"anchored row gone"}),
    "a whole chain": (["delete from audit_event where chain = CHAIN", "delete from audit_link where chain = CHAIN"],
                      {"chain gone", "anchored chain gone"}),
    "a whole chain and its head": (
        ["delete from audit_event where chain = CHAIN", "delete from audit_link where chain = CHAIN",
         "delete from audit_chain where chain = CHAIN"], {"anchored chain gone"}),
    "a head": (["delete from audit_chain where chain = CHAIN"], {"head gone"}),
}  # fmt: skip


@pytest.mark.parametrize("what", DAMAGE)
def test_what_was_done_is_found_by_name(book, what):
    statements, expected = DAMAGE[what]
    book.superuser(*statements)
    assert book.found() == expected


def test_a_chain_that_is_written_anew_differs_from_what_the_anchors_saw(book):
    """Every hash fits the next, only the anchor remembers another one."""
    book.superuser(
        "update audit_event set actor_name = 'Annan' where chain = CHAIN and seq = 2",
        "update audit_link l set payload_digest = sha256(e.salt || convert_to(audit_payload(e), 'UTF8'))"
        " from audit_event e where e.id = l.id and l.chain = CHAIN",
    )
    for (seq,) in book.sql("select seq from audit_link where chain = %s order by seq", book.chain):
        book.superuser(
            "update audit_link l set prev_hash = p.hash from audit_link p where l.chain = CHAIN and p.chain = CHAIN"
            f" and l.seq = {seq} and p.seq = {seq} - 1",
            "update audit_link set hash = sha256(prev_hash || convert_to(seq::text || '|' || (extract(epoch from at) *"
            f" 1000000)::bigint::text, 'UTF8') || payload_digest) where chain = CHAIN and seq = {seq}",
        )
    book.superuser(HEAD)
    assert book.found(anchored=False) == set()
    assert book.found() == {"anchor differs"}


def test_the_end_and_the_head_are_not_missed_without_an_anchor(book):
    """Why there are anchors at all."""
    book.superuser(*CUT, HEAD)
    assert book.found(anchored=False) == set()


def alter(place, *, at: int) -> None:
    content = bytearray(place.read_bytes())
    content[at] ^= 1
    place.write_bytes(bytes(content))


@pytest.mark.parametrize("at", [12, -1])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_an_altered_anchor_is_found(book, number, at):
    """In the signed line, and among the records."""
    alter(book.folder / f"anchor-{number:08d}.bin", at=at)
    assert "anchor changed" in book.found()


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_removed_anchor_is_found(book, number):
    (book.folder / f"anchor-{number:08d}.bin").unlink()
    assert "anchor gone" in book.found()


def test_an_anchor_signed_by_another_key_is_found(book, settings, tmp_path):
    other = tmp_path / "other.key"
    settings.SIP_ANCHOR_PEM = other
    settings.SIP_PROCESS = "worker"
    call_command("anchor_audit", "--make-key", stdout=StringIO())
    call_command("anchor_audit", stdout=StringIO())
    assert book.found() == {"anchor changed"}


def test_a_clean_log_has_no_findings(book):
    report = book.verify()
    assert report.findings == []
    assert (report.anchors, report.chains) == (3, len(book.sql("select 1 from audit_chain")))
    assert report.rows == report.readable == book.sql("select count(*) from audit_link")[0][0]


@pytest.mark.parametrize("setting", ["TimeZone = 'Pacific/Auckland'", "DateStyle = 'German, DMY'",
                                     "bytea_output = 'escape'", "extra_float_digits = -15"])  # fmt: skip
def test_how_the_session_writes_things_does_not_matter(book, setting):
    book.sql(f"set {setting}")
    try:
        book.read(book.cases[0])
        assert book.found() == set()
    finally:
        book.sql(f"reset {setting.split(' = ')[0]}")


def test_dumped_and_restored_it_is_still_whole(book):
    copy = f"sip_copy_{uuid.uuid4().hex[:8]}"
    database.clone(copy)
    try:
        with psycopg.connect(database.admin_url(copy), autocommit=True) as connection:
            restore(book, connection)
            report = verify.run(connection, folder=book.folder, key=book.public_key)
        assert (report.findings, report.rows) == ([], book.verify().rows)
    finally:
        database.drop(copy)


def restore(book, into) -> None:
    """Every table of the log as text into another database, as a dump and a restore would have it."""
    with connections["admin"].cursor() as source, into.cursor() as target:
        target.execute("set session_replication_role = replica")
        for table in ("audit_event", "audit_link", "audit_chain", "audit_anchor", "audit_rule"):
            target.execute(f"delete from {table}")
            with source.copy(f"copy (select * from {table}) to stdout") as out:
                text = b"".join(out)
            with target.copy(f"copy {table} from stdin") as back:
                back.write(text)


def test_the_command_says_what_is_wrong_in_swedish_and_fails(book):
    said = StringIO()
    call_command("verify_audit", anchors=book.folder, stdout=said)
    assert "Loggen är hel." in said.getvalue()
    book.superuser("update audit_event set actor_name = 'Annan' where chain = CHAIN and seq = 2")
    said = StringIO()
    with pytest.raises(CommandError, match="Loggen är inte hel: 1 fel"):
        call_command("verify_audit", anchors=book.folder, stdout=said)
    assert f"FEL  Kedjan {book.chain}, rad 2: det som står i raden är ändrat." in said.getvalue()


def test_the_command_wants_a_login_that_sees_everything_and_a_key(book, tmp_path):
    with pytest.raises(CommandError, match="DATABASE_URL"):
        call_command("verify_audit", database="default", stdout=StringIO())
    with pytest.raises(CommandError, match="finns inte"):
        call_command("verify_audit", anchors=tmp_path / "nowhere", stdout=StringIO())
    with pytest.raises(CommandError, match="publika nyckeln"):
        call_command("verify_audit", anchors=book.folder, key=tmp_path / "none.pub", stdout=StringIO())
