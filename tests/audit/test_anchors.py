"""An anchor is written whole or not at all, each quarter once, and says only what has moved."""

import hashlib
import os

import pytest
from django.db import connections

from audit import anchors, tasks

RECORDS = [anchors.RECORD.pack(bytes([n]) * 32, n + 1, bytes(32)) for n in range(7)]


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def root(leaves: list[bytes]) -> bytes:
    """RFC 6962's own definition: split at the largest power of two below the number of leaves."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return node(root(leaves[:half]), root(leaves[half:]))


@pytest.mark.parametrize("count", range(1, 8))
def test_the_root_is_that_of_the_standard(count):
    assert anchors.root_of(RECORDS[:count]) == root(RECORDS[:count]).hex()


def test_a_file_holds_only_what_has_moved(book):
    book.read(book.cases[2])
    number = tasks.write_anchor()
    made = anchors.read(book.folder / f"anchor-{number:08d}.bin")
    changed = {book.cases[n].person_id for n in (0, 1, 2)}
    names = {hashlib.sha256(f"person:{person}".encode()).digest() for person in changed}
    assert {record[: anchors.NAME] for record in made.heads()} == names
    assert made.says["chains"] == len(book.sql("select 1 from audit_chain where seq > 0"))
    assert book.found() == set()


def test_nothing_personal_stands_in_a_file_or_its_name(book):
    for place in book.folder.iterdir():
        assert b"person:" not in place.read_bytes()
        assert place.name in {".heads", *(f"anchor-{n:08d}.bin" for n in (1, 2, 3))}


@pytest.mark.parametrize("state", ["gone", "changed"])
def test_without_its_shortcut_the_next_anchor_is_the_same(book, state):
    shortcut = book.folder / ".heads"
    shortcut.unlink() if state == "gone" else shortcut.write_bytes(shortcut.read_bytes()[:-1] + b"x")
    number = tasks.write_anchor()
    made = anchors.read(book.folder / f"anchor-{number:08d}.bin")
    assert len(list(made.heads())) == 2
    assert book.found() == set()


def test_the_clock_asks_each_minute_and_gets_one_a_quarter(book, monkeypatch):
    assert tasks.anchor() == 0
    book.sql("update audit_anchor set at = now() - interval '14 minutes 31 seconds'")
    assert (tasks.anchor(), tasks.anchor()) == (4, 0)


def test_two_at_once_make_one(book):
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("select pg_advisory_lock(hashtextextended('sip.job.anchor', 0))")
        assert tasks.write_anchor() == 0
    finally:
        other.close()
    assert len(anchors.files(book.folder)) == 3


@pytest.mark.parametrize("call", ["fsync", "rename"])
def test_a_disk_that_fails_leaves_no_half_file_and_no_note(book, monkeypatch, call):
    def fail(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os if call == "fsync" else anchors.Path, call, fail)
    with pytest.raises(OSError, match="No space"):
        tasks.write_anchor()
    monkeypatch.undo()
    assert len(anchors.files(book.folder)) == 3
    assert book.sql("select number from audit_anchor") == [(3,)]
    assert (tasks.write_anchor(), book.found()) == (4, set())


def test_a_file_that_was_written_but_not_noted_is_followed_by_the_next(book):
    """The process died between the file and the commit."""
    tasks.write_anchor()
    book.sql("update audit_anchor set number = 3")
    assert (tasks.write_anchor(), book.found()) == (5, set())


def test_the_key_is_the_owners_alone_and_is_never_written_over(book, tmp_path):
    place = tmp_path / "keys" / "anchor.key"
    anchors.make_key(place)
    assert place.stat().st_mode & 0o077 == 0
    with pytest.raises(FileExistsError):
        anchors.make_key(place)


def test_in_production_no_key_is_made_in_passing(book, settings, tmp_path):
    settings.DEMO, settings.SIP_ANCHOR_PEM = False, tmp_path / "none.key"
    with pytest.raises(FileNotFoundError):
        tasks.write_anchor()
    assert not settings.SIP_ANCHOR_PEM.exists()


def test_an_anchor_that_keeps_a_moved_head_to_itself_is_found(book, monkeypatch):
    """Its root is over all heads, so it does not fit what the files together list."""
    listed = anchors._moved
    monkeypatch.setattr(anchors, "_moved", lambda *args: list(listed(*args))[1:])
    tasks.write_anchor()
    assert book.found() == {"anchor root"}
