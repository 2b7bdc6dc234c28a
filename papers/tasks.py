"""What the worker does for papers. The broker carries only ”look now”."""

from celery import shared_task

from notifications.tasks import nudge as nudge_task
from papers.drawing import draw_due


@shared_task(name="papers.draw_due")
def draw_papers() -> int:
    """Draw all that waits; returns how many were tried."""
    return draw_due()


def nudge() -> None:
    """Ask the worker to look now; without a broker the next sweep does the same work."""
    nudge_task(draw_papers)
