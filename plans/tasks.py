"""What the worker does for plans: draw the PDFs that wait. The broker carries only ”look now”."""

from celery import shared_task

from notifications.tasks import nudge as nudge_task
from plans.drawing import QUEUE


@shared_task(name="plans.render_due")
def render_due() -> int:
    """Draw all that waits; returns how many documents were tried."""
    return QUEUE.draw_due()


def nudge() -> None:
    """Ask the worker to look now; without a broker the next sweep does the same work."""
    nudge_task(render_due)
