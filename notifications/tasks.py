"""What the worker does: send what is due. The broker carries no ids of persons, only ”look now”."""

import logging

from celery import shared_task
from kombu.exceptions import OperationalError

from notifications.sending import send_due

logger = logging.getLogger(__name__)


@shared_task(name="notifications.deliver_due")
def deliver_due() -> int:
    """Send all that is due; returns how many were tried."""
    return send_due()


def nudge() -> None:
    """Ask the worker to look now; without a broker the next sweep does the same work."""
    try:
        deliver_due.apply_async(ignore_result=True, expires=60)
    except (OperationalError, OSError) as error:
        logger.warning("broker not reached, the next sweep sends: %s", type(error).__name__)
