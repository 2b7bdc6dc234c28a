"""A log with some chains in it, anchored, that tests may damage as a superuser and put back."""

from pathlib import Path

import pytest
from django.db import connections

from audit import anchors, log, tasks, verify
from tests import build
from tests.cast import Cast

TABLES = ("audit_event", "audit_link", "audit_chain", "audit_anchor")


class Book:
    """One database's log and its anchors. `superuser` works with all triggers off."""

    def __init__(self, cast: Cast, folder: Path, key: Path):
        self.cast, self.folder, self.key = cast, folder, key
        self.cases = [build.case(cast, number=number) for number in ("198501012382", "199002222397", "194201077098")]
        self.read(*self.cases * 3)
        self.kept = {}

    @property
    def chain(self) -> str:
        """The chain that the tests damage: five rows, the last two of them not anchored."""
        return f"person:{self.cases[0].person_id}"

    def read(self, *cases) -> None:
        for case in cases:
            with self.cast.acting("owner"):
                log.record("cases.read", action=log.READ, case_id=case.pk, person_id=case.person_id)

    def sql(self, statement, *params):
        with connections["admin"].cursor() as cursor:
            cursor.execute(statement, params or None)
            return cursor.fetchall() if cursor.description else []

    def superuser(self, *statements) -> None:
        for statement in ("set session_replication_role = replica", *statements):
            self.sql(statement.replace("CHAIN", f"'{self.chain}'") if "CHAIN" in statement else statement)
        self.sql("set session_replication_role = origin")

    def keep(self) -> None:
        self.superuser(*(f"create table kept_{table} as table {table}" for table in TABLES))
        self.kept = {place: place.read_bytes() for place in self.folder.iterdir()}

    def restore(self) -> None:
        for table in TABLES:
            self.superuser(f"delete from {table}", f"insert into {table} overriding system value table kept_{table}")
        for place in self.folder.iterdir():
            place.unlink()
        for place, content in self.kept.items():
            place.write_bytes(content)

    def verify(self, *, anchored=True) -> verify.Report:
        connections["admin"].ensure_connection()
        folder = self.folder if anchored else None
        return verify.run(connections["admin"].connection, folder=folder, key=self.public_key)

    @property
    def public_key(self):
        return anchors.public_key(anchors.public_path(self.key))

    def found(self, **how) -> set[str]:
        return {finding.kind for finding in self.verify(**how).findings}


@pytest.fixture(scope="module")
def anchor_place(tmp_path_factory):
    """Settings that lead to a folder and a key of the module's own."""
    with pytest.MonkeyPatch.context() as patch:
        place = tmp_path_factory.mktemp("log")
        patch.setattr(tasks.settings, "SIP_ANCHOR_DIR", place / "anchors")
        patch.setattr(tasks.settings, "SIP_ANCHOR_PEM", place / "anchor.key")
        yield place


@pytest.fixture(scope="module")
def kept_book(module_database, anchor_place):
    made = Book(Cast(), anchor_place / "anchors", anchor_place / "anchor.key")
    tasks.write_anchor()
    made.read(made.cases[1], made.cases[2])
    tasks.write_anchor()
    made.read(made.cases[0])
    tasks.write_anchor()
    made.read(made.cases[0], made.cases[0], made.cases[1])
    made.keep()
    return made


@pytest.fixture
def book(kept_book):
    yield kept_book
    kept_book.restore()
