"""What the worker does: send what is due. The broker carries no ids at all, only ”look now”."""

import logging
import time

from celery import shared_task

from notifications import escalation
from notifications.sending import send_due

logger = logging.getLogger(__name__)

# A page asks the broker once, without patience: what is due stands in the database (architecture, Messages and clocks).
HURRY = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
    "socket_connect_timeout": 0.4,
    "socket_timeout": 0.4,
    "retry_on_timeout": False,
}
QUIET_SECONDS = 10


class Broker:
    """Whether the broker is worth asking: after a failure no page waits for it for a while."""

    asked_again_at = 0.0


@shared_task(name="notifications.deliver_due")
def deliver_due() -> int:
    """Send all that is due; returns how many were tried. Safe to run twice at once: each row is leased to one."""
    return send_due()


@shared_task(name="notifications.escalate")
def escalate() -> int:
    """Bring up what nobody has read in time; returns how many rows. Two at once do the work of one."""
    return escalation.escalate()


def nudge(task=deliver_due) -> None:
    """Ask the worker to look now; without a broker the next sweep does the same work. Never raises."""
    if time.monotonic() < Broker.asked_again_at:
        return
    try:
        with task.app.connection_for_write(transport_options=HURRY) as connection:
            task.apply_async(connection=connection, ignore_result=True, expires=60)
    except Exception as error:  # the event is committed; whatever ails the broker is no reason to fail its page
        Broker.asked_again_at = time.monotonic() + QUIET_SECONDS
        logger.warning("broker not reached, the next sweep sends: %s", type(error).__name__)
