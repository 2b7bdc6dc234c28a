"""What the worker does for samordnade vårdplaner. The broker carries only ”look now”."""

from celery import shared_task

from discharge.drawing import QUEUE
from notifications.tasks import nudge as nudge_task


@shared_task(name="discharge.draw_due")
def draw_care_plans() -> int:
    """Draw all that waits; returns how many were tried."""
    return QUEUE.draw_due()


def nudge() -> None:
    """Ask the worker to look now; without a broker the next sweep does the same work."""
    nudge_task(draw_care_plans)
