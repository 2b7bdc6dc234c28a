"""What is given to a unit: a frozen version, a disclosure row and a notice, in that order (PDL 3:11)."""

import json

from django.db import DatabaseError, connection

from cases.topics import NO_TOPIC
from consent import snapshot
from consent.models import Disclosure
from notifications import services as notifications
from organisations.errors import ALREADY, Conflict

LEGAL_BASIS = "Samtycke (OSL 10:1)"
IN_SYSTEM = "I systemet"


def call(statement: str, values: list):
    """Run a database function; P0002 is its way of saying that somebody else was first."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchone()[0]
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", None) == "P0002":
            raise Conflict(ALREADY) from error
        raise


def basis_of(case, unit=None) -> str:
    """On which basis the unit sees the case now; without a unit, the person's own yes."""
    return (call("select basis_for(%s, %s)", [case.pk, unit.pk]) if unit else "") or LEGAL_BASIS


def disclose(
    *, case, what: str, by, unit=None, recipient: str = "", how: str = IN_SYSTEM, basis: str = "", topics=NO_TOPIC
) -> Disclosure:
    """Note to whom what was given, when, how and on which basis (PDL 3:11); the words in `what` are our own."""
    return Disclosure.objects.create(
        case=case,
        unit=unit,
        recipient=recipient or unit.name,
        what=what,
        how=how,
        legal_basis=basis or basis_of(case, unit),
        topics=topics,
        by_id=by.assignment_id,
    )


def send_version(*, case, unit, kind: str, what: str, by, body: dict | None = None) -> None:
    """Give a party its frozen copy (`kind`: call, approved, follow_up, access_ended, closed) and note the disclosure.

    `body` is `snapshot.build(case)`, made once when several units get the same.
    """
    body = snapshot.build(case) if body is None else body
    call("select deliver_version(%s, %s, %s, %s::jsonb)::text", [unit.pk, case.pk, kind, json.dumps(body)])
    disclose(case=case, unit=unit, what=what, by=by)


def send_off(*, case, unit, by, body: dict, key: str) -> None:
    """The last copy and the notice to a unit whose access is about to end; it is told that, not why (SAM-5)."""
    what = "Enhetens egna uppgifter när åtkomsten upphörde"
    send_version(case=case, unit=unit, kind="access_ended", what=what, by=by, body=body)
    notifications.tell_unit(unit_id=unit.pk, case_id=case.pk, kind="consent_ended", key=key)
