"""A guest's side of a link: one visit, that begins with link and code and shows one invitation (KAL-3).

The role in which this runs reads no table: each function of the database asks anew whether the link still stands.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from guests import codes
from meetings.models import MeetingForm
from notifications import links
from notifications.tasks import nudge

VISIT_BYTES = 32


@dataclass(frozen=True)
class Invited:
    """What a guest may read: the invitation, who called, and the own answer."""

    starts_at: datetime
    ends_at: datetime
    form: str
    place: str
    link: str
    chair: str
    chair_title: str
    caller: str
    caller_title: str
    caller_unit: str
    caller_phone: str
    answer: str
    attendee_name: str
    attendee_title: str
    until: datetime
    agenda: str | None = field(default=None)

    @property
    def form_label(self) -> str:
        return MeetingForm(self.form).label


def one(statement: str, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0]


def digest(visit: str) -> bytes:
    return hashlib.sha256(visit.encode()).digest()


def place(address: str) -> bytes:
    """A mark of where a try came from; with the application's own key, since addresses are few enough to be tried."""
    return salted_hmac("guests.address", address, algorithm="sha256").digest()


def enter(*, secret: str, code: str, address: str) -> str:
    """Begin a visit, and return what the guest's cookie holds; empty for every kind of no, after the same work."""
    known = links.digest(secret)
    said = codes.digest(code, bytes(one("select guest_salt(%s)", known)))
    visit = secrets.token_urlsafe(VISIT_BYTES)
    begun = one("select guest_enter(%s, %s, %s, %s)", known, said, digest(visit), place(address))
    return visit if begun else ""


def invitation(visit: str) -> Invited | None:
    """The invitation of a visit that is going on; the reading is logged in the same statement."""
    found = one("select guest_invitation(%s)::text", digest(visit)) if visit else None
    if found is None:
        return None
    told = json.loads(found)
    times = {name: datetime.fromisoformat(told[name]) for name in ("starts_at", "ends_at", "until")}
    return Invited(**(told | times))


def answer(visit: str, *, answer: str, attendee_name: str = "", attendee_title: str = "") -> bool:
    """Write the guest's answer; False when the visit is over or the link no longer stands."""
    if not visit:
        return False
    written = one("select guest_answer(%s, %s, %s, %s)", digest(visit), answer, attendee_name, attendee_title)
    if written:
        transaction.on_commit(nudge)
    return written


def leave(visit: str) -> None:
    """End the visit in the database; the cookie alone is nothing."""
    if visit:
        one("select guest_leave(%s)", digest(visit))
