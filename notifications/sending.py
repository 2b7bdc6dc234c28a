"""Takes due deliveries and sends them: lease, send with a stable Message-ID, mark. Safe to kill at any moment.

Each step is a transaction of its own, none is open while the mail server is talked to. A killed sender's row comes
back when its lease has run out, so a message may go twice (with the same Message-ID) but is never lost.
"""

import logging
import secrets
import smtplib
import time
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import connection

from notifications.templates import render
from organisations.actors import worker_actor
from organisations.jobs import must_see
from organisations.scope import acting_for

logger = logging.getLogger(__name__)

ATTEMPTS = 6
BACKOFF_MINUTES = (1, 5, 15, 60, 60)
SWEEP_SECONDS = 60

EXPIRE = """
update notifications_delivery set state = 'expired', lease_until = null
where due_at <= now() and expires_at <= now() and (state = 'due' or (state = 'sending' and lease_until < now()))
"""
CLAIM = """
update notifications_delivery d
set state = 'sending', attempts = d.attempts + 1, lease_until = now() + make_interval(secs => %(lease)s)
from organisations_unit u
where u.id = d.unit_id and d.id = (
  select id from notifications_delivery
  where due_at <= now() and (expires_at is null or expires_at > now())
    and (state = 'due' or (state = 'sending' and lease_until < now()))
  order by due_at limit 1 for update skip locked)
returning d.id, d.attempts, d.template, u.email
"""
# `attempts` fences: a sender that was thought dead and woke up again changes nothing.
MARK = """
update notifications_delivery
set state = %(state)s, last_error = %(error)s, lease_until = null,
    sent_at = case when %(state)s = 'sent' then now() end,
    due_at = case when %(state)s = 'due' then now() + make_interval(secs => %(wait)s) else due_at end
where id = %(id)s and state = 'sending' and attempts = %(attempts)s
"""
BLIND = """
select oldest_due_delivery() is not null and not exists (
  select 1 from notifications_delivery where due_at <= now() and state in ('due', 'sending'))
"""


class ServerUnreachable(Exception):
    """The mail server did not open for us; this says nothing about the row."""


class Refused(Exception):
    """The message will never be accepted; trying again is no use."""


@dataclass(frozen=True)
class Claimed:
    """One leased row: what must be known to send it and to mark it."""

    id: UUID
    attempts: int
    template: str
    address: str


def send_due(*, seconds: float = SWEEP_SECONDS) -> int:
    """Send what is due, one row at a time, for at most about `seconds`; returns how many were tried.

    Raises BlindSweep when the worker's role does not see the rows that wait.
    """
    until, tried = time.monotonic() + seconds, 0
    with acting_for(worker_actor("deliver")), connection.cursor() as cursor:
        cursor.execute(EXPIRE)
        must_see(cursor, BLIND, "the deliveries that are due")
    server = get_connection()
    try:
        while time.monotonic() < until and (row := claim()):
            tried += 1
            if not deliver(row, server):
                break
    finally:
        server.close()
    return tried


def claim() -> Claimed | None:
    """Lease the row that has waited longest, or None when nothing is due."""
    with acting_for(worker_actor("deliver")), connection.cursor() as cursor:
        cursor.execute(CLAIM, {"lease": settings.DELIVERY_LEASE_SECONDS})
        found = cursor.fetchone()
    return Claimed(*found) if found else None


def deliver(row: Claimed, server) -> bool:
    """Send one leased row and mark how it went; False when the mail server itself is away."""
    if row.attempts > ATTEMPTS:
        mark(row, "failed", error="gave up")
        return True
    try:
        send(row, server)
    except Refused as error:
        mark(row, "failed", error=str(error))
    except ServerUnreachable as error:
        postpone(row, str(error))
        return False
    except (smtplib.SMTPException, OSError) as error:
        server.close()
        postpone(row, describe(error))
    else:
        mark(row, "sent")
    return True


def send(row: Claimed, server) -> None:
    """Hand the message to the mail server. Raises Refused, ServerUnreachable, SMTPException or OSError."""
    if not row.address:
        raise Refused("no mailbox")
    try:
        message = letter(row)
    except KeyError:
        raise Refused("unknown template") from None
    try:
        server.open()
    except (smtplib.SMTPException, OSError) as error:
        server.close()
        raise ServerUnreachable(describe(error)) from error
    try:
        server.send_messages([message])
    except ValueError:
        raise Refused("not an address") from None
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        if all(code >= 500 for code in codes):
            raise Refused(f"recipient refused {max(codes)}") from None
        raise
    except smtplib.SMTPDataError as error:
        if error.smtp_code >= 500:
            raise Refused(f"message refused {error.smtp_code}") from None
        raise


def letter(row: Claimed) -> EmailMessage:
    message = render(row.template, url=settings.SIP_PUBLIC_URL)
    headers = {"Message-ID": f"<{row.id}@{settings.MESSAGE_ID_DOMAIN}>", "Auto-Submitted": "auto-generated"}
    return EmailMessage(message.subject, message.body, to=[row.address], headers=headers)


def postpone(row: Claimed, error: str) -> None:
    """Try again later, or give up and make it a task for people when it has failed too often."""
    if row.attempts >= ATTEMPTS:
        mark(row, "failed", error=error)
        return
    seconds = BACKOFF_MINUTES[row.attempts - 1] * 60
    # Jitter: rows that failed together do not all come back in the same second.
    mark(row, "due", error=error, wait=seconds * (90 + secrets.randbelow(21)) / 100)


def mark(row: Claimed, state: str, *, error: str = "", wait: float = 0) -> None:
    """Write how it went, if the row is still ours; what failed for good goes to the owner's inbox."""
    values = {"id": row.id, "attempts": row.attempts, "state": state, "error": error, "wait": wait}
    with acting_for(worker_actor("deliver")), connection.cursor() as cursor:
        cursor.execute(MARK, values)
        if not cursor.rowcount:
            logger.warning("delivery %s was taken over while it was sent", row.id)
            return
        if state == "failed":
            cursor.execute("select tell_of_failed_delivery(%s)", [row.id])
    if error:
        logger.warning("delivery %s: %s (%s, attempt %s)", row.id, error, state, row.attempts)


def describe(error: Exception) -> str:
    """Class and code only: a server's own words may hold an address."""
    return f"{type(error).__name__} {getattr(error, 'smtp_code', '')}".strip()
