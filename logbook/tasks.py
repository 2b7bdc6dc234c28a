"""What the worker does for the log's extracts. The broker carries only ”look now”."""

from celery import shared_task

from logbook.drawing import draw_due
from notifications.tasks import nudge as nudge_task


@shared_task(name="logbook.draw_due")
def draw_extracts() -> int:
    """Draw all that waits; returns how many were tried."""
    return draw_due()


def nudge() -> None:
    """Ask the worker to look now; without a broker the next sweep does the same work."""
    nudge_task(draw_extracts)
