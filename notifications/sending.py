"""Takes due deliveries and sends them by their channels: lease, send with a stable id, mark. Safe to kill any time.

Each step is a transaction of its own, none is open while another server is talked to. A killed sender's row comes
back when its lease has run out, so a message may go twice (with the same id) but is never lost.
"""

import json
import logging
import secrets
import time

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import connection

from notifications import links
from notifications.channels import OpenChannels, sdk
from notifications.channels.base import Answer, Claimed, Outcome, again
from notifications.templates import GUEST, TEXTS
from organisations.actors import worker_actor
from organisations.jobs import must_see
from organisations.scope import acting_for

logger = logging.getLogger(__name__)

ATTEMPTS = 6
BACKOFF_MINUTES = (1, 5, 15, 60, 60)
# With the slowest answer of a mail server below the task's own limit.
SWEEP_SECONDS = 30

# What was due when it was made stays due, and a lease longer than any lease has run out, when the clock is set back.
# Longer counts from this very moment: a sender that began later than we did may already hold the row.
FREE = """due_at <= greatest(now(), created_at) and (state = 'due' or (state = 'sending'
    and lease_until not between now() and clock_timestamp() + make_interval(secs => %(lease)s)))"""
EXPIRE = f"""
update notifications_delivery set state = 'expired', lease_until = null
where id in (select id from notifications_delivery where expires_at <= now() and {FREE} for update skip locked)
"""  # noqa: S608 - made of our own statements
CLAIM = f"""
update notifications_delivery d
set state = 'sending', attempts = d.attempts + 1, lease_until = now() + make_interval(secs => %(lease)s)
from organisations_unit u
where u.id = d.unit_id and d.id = (
  select id from notifications_delivery
  where {FREE} and (expires_at is null or expires_at > now()) and channel <> all(%(away)s)
  order by due_at limit 1 for update skip locked)
returning d.id, d.attempts, d.template, d.channel, case
    when d.assignment_id is null then case d.channel when 'sdk' then u.function_address else u.email end
    else (select case d.channel when 'sms' then s.mobile else s.email end from organisations_assignment a
      join organisations_staff s on s.id = a.staff_id where a.id = d.assignment_id) end, d.to_person,
    d.calendar::text
"""  # noqa: S608 - made of our own statements
# The person's own address is read when it is needed, by a function that gives none once the yes has ended.
ADDRESS = "select coalesce(person_address(%s), '')"
# A link's secret is made for the message that carries it: the database gets the digest, and gives the address.
GUEST_ADDRESS = "select coalesce(guest_address(%s, %s), '')"
# `attempts` fences: a sender that was thought dead and woke up again changes nothing.
MARK = """
update notifications_delivery
set state = %(state)s, last_error = %(error)s, lease_until = null,
    sent_at = case when %(state)s = 'sent' then now() end,
    due_at = case when %(state)s = 'due' then now() + make_interval(secs => %(wait)s) else due_at end
where id = %(id)s and state = 'sending' and attempts = %(attempts)s
"""
# A failed receipt is a failed message, once.
RECEIPT = """
update notifications_delivery set receipt_at = now(), state = case when %(arrived)s then state else 'failed' end
where id = %(id)s and channel = 'sdk' and state = 'sent' and receipt_at is null
"""
BLIND = """
select oldest_due_delivery() is not null and not exists (
  select 1 from notifications_delivery where due_at <= now() and state in ('due', 'sending'))
"""


def send_due(*, seconds: float = SWEEP_SECONDS) -> int:
    """Send what is due, one row at a time, for at most about `seconds`; returns how many were tried.

    A channel whose server is away is left alone for the rest of the sweep; the others go on. Raises BlindSweep when the
    worker's role does not see the rows that wait.
    """
    until, tried = time.monotonic() + seconds, 0
    with acting_for(worker_actor("deliver")), connection.cursor() as cursor:
        cursor.execute(EXPIRE, {"lease": settings.DELIVERY_LEASE_SECONDS})
        must_see(cursor, BLIND, "the deliveries that are due")
    take_receipts()
    channels, away = OpenChannels(), []
    try:
        while time.monotonic() < until and (row := claim(away=away)):
            tried += 1
            if not deliver(row, channels):
                away.append(row.channel)
    finally:
        channels.close()
    return tried


def claim(*, away=()) -> Claimed | None:
    """Lease the row that has waited longest, or None when nothing is due; `away` are channels to leave alone."""
    with acting_for(worker_actor("deliver")), connection.cursor() as cursor:
        cursor.execute(CLAIM, {"lease": settings.DELIVERY_LEASE_SECONDS, "away": list(away)})
        found = cursor.fetchone()
        if found is None:
            return None
        *values, address, to_person, calendar = found
        secret = links.new_secret() if values[2] == GUEST else ""
        if to_person:
            cursor.execute(ADDRESS, [values[0]])
            [address] = cursor.fetchone()
        elif secret:
            cursor.execute(GUEST_ADDRESS, [values[0], links.digest(secret)])
            [address] = cursor.fetchone()
    return Claimed(*values, address, secret, json.loads(calendar) if calendar else None)


def deliver(row: Claimed, channels: OpenChannels) -> bool:
    """Send one leased row and mark how it went; False when the channel itself is away."""
    if row.attempts > ATTEMPTS:
        mark(row, "failed", error="gave up")
        return True
    if row.template not in TEXTS:
        mark(row, "failed", error="unknown template")
        return True
    if row.secret and not row.address:
        # The link has ended, and the database has taken its message back.
        return True
    outcome = answer_of(row, channels)
    if outcome.answer in (Answer.AGAIN, Answer.AWAY):
        postpone(row, outcome.error)
    else:
        states = {Answer.SENT: "sent", Answer.TO_POST: "to_post", Answer.REFUSED: "failed"}
        mark(row, states[outcome.answer], error=outcome.error)
    return outcome.answer != Answer.AWAY


def answer_of(row: Claimed, channels: OpenChannels) -> Outcome:
    """The channel's answer; a row that makes its sender fail is tried again like any other and stops no other."""
    try:
        return channels[row.channel].send(row)
    except SoftTimeLimitExceeded:
        raise
    except Exception as error:
        logger.exception("delivery %s made its sender fail", row.id)
        return again(type(error).__name__)


def take_receipts() -> None:
    """Mark what arrived over SDK, make a task of what did not, and clear the receipts away."""
    for file, message, arrived in sdk.receipts():
        with acting_for(worker_actor("deliver")), connection.cursor() as cursor:
            cursor.execute(RECEIPT, {"id": message, "arrived": arrived})
            if cursor.rowcount and not arrived:
                cursor.execute("select tell_of_failed_delivery(%s)", [message])
        file.unlink(missing_ok=True)


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
