"""Collects what was done in a scope, and writes it as the transaction's last statements.

A page about one person gives one row on that person's chain; a list gives one row on the unit's chain with
the persons shown (HSLF-FS 2016:40 4:9, PDL 4:3). Only `audit_append()` in the database can insert.
"""

import json
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field

from django.db import connection, connections

READ, WRITE, SIGN, PRINT, REFUSED, LOGIN = "Läsa", "Skriva", "Signera", "Utskrift", "Nekad", "Inloggning"
ERASE, EMERGENCY = "Radera", "Nödöppning"
# Reading behind a protection mark is a choice of its own, and replaces the page's ordinary row.
REVEAL = "Läsa skyddat"


class NotCollecting(RuntimeError):
    """Something was recorded outside a scope, where nobody would write it."""


@dataclass
class Entry:
    """One log row to be: what was done (`event`, `action`), to which case, person or persons."""

    event: str
    action: str
    case_id: str | None = None
    person_id: int | None = None
    persons: list[int] = field(default_factory=list)
    object_type: str = ""
    object_id: str = ""
    legal_basis: str = ""
    level: str = ""
    details: dict = field(default_factory=dict)


_entries: ContextVar[list[Entry] | None] = ContextVar("sip_audit_entries", default=None)


@contextmanager
def collecting():
    """Start a new collection and yield its list."""
    entries: list[Entry] = []
    token = _entries.set(entries)
    try:
        yield entries
    finally:
        _entries.reset(token)


def record(event: str, *, action: str = WRITE, **values) -> None:
    """Remember that `event` happened; the scope writes it. Raises NotCollecting outside a scope.

    A second reading of the same person in one request adds nothing: one page, one row.
    """
    entries = _entries.get()
    if entries is None:
        raise NotCollecting(event)
    entry = Entry(event=event, action=action, **values)
    entry.case_id = str(entry.case_id) if entry.case_id else None
    if action == READ:
        if any(e.action == READ and e.person_id == entry.person_id for e in entries if entry.person_id):
            return
    entries.append(entry)


def chain_of(entry: Entry, actor) -> str:
    if entry.person_id:
        return f"person:{entry.person_id}"
    if actor.unit_id:
        return f"unit:{actor.unit_id}"
    return f"{actor.kind}:{actor.user_id or actor.name}"


def write(entries: list[Entry], actor) -> None:
    """Insert the rows in order of chain, so that two requests never wait for each other crosswise.

    What was written about a person also tells that the person's page was read: no second row for that.
    """
    written = {e.person_id for e in entries if e.action != READ}
    entries = [e for e in entries if e.action != READ or not e.person_id or e.person_id not in written]
    rows = [json.dumps({**asdict(e), "chain": chain_of(e, actor), **_who(actor)}, ensure_ascii=False) for e in entries]
    if not rows:
        return
    rows.sort(key=lambda row: json.loads(row)["chain"])
    with connection.cursor() as cursor:
        cursor.execute("select audit_append(row) from unnest(%s::text[]::jsonb[]) with ordinality t(row, n)", [rows])


def append_unscoped(
    event: str, *, action: str = LOGIN, user_id=None, unit_id=None, details=None, name="", using="default"
) -> None:
    """Write one row outside any scope: login, logout, switch of assignment, an operator's command."""
    row = {
        "event": event,
        "action": action,
        "chain": f"user:{user_id}" if user_id else "login",
        "user_id": user_id,
        "own_unit_id": unit_id,
        "actor_kind": "login",
        "actor_name": name,
        "details": details or {},
        "persons": [],
    }
    with connections[using].cursor() as cursor:
        cursor.execute("select audit_append(%s::jsonb)", [json.dumps(row, ensure_ascii=False)])


def _who(actor) -> dict:
    return {
        "actor_kind": actor.kind,
        "actor_name": actor.name,
        "actor_title": actor.title,
        "user_id": actor.user_id,
        "staff_id": actor.staff_id,
        "assignment_id": actor.assignment_id,
        "own_unit_id": actor.unit_id,
        "organisation_id": actor.organisation_id,
        "role": actor.role,
        "purpose": actor.purpose,
    }
