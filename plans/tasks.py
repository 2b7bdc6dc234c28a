"""What the worker does for plans: draw the PDFs that wait, and remind of the measures' dates.

The broker carries only ”look now”.
"""

from celery import shared_task

from notifications.tasks import nudge as nudge_task
from plans import measure_clocks
from plans.drawing import EXPORTS, QUEUE


@shared_task(name="plans.render_due")
def render_due() -> int:
    """Draw all that waits; returns how many documents were tried."""
    return QUEUE.draw_due()


@shared_task(name="plans.render_exports")
def render_exports() -> int:
    """Draw the parties' own measures that wait; returns how many were tried (PLA-8)."""
    return EXPORTS.draw_due()


@shared_task(name="plans.sweep_measures")
def sweep_measures() -> int:
    """Remind of the measures' own dates (TID-7); returns how many rows were made."""
    return measure_clocks.sweep()


def nudge() -> None:
    """Ask the worker to look now; without a broker the next sweep does the same work."""
    nudge_task(render_due)


def nudge_exports() -> None:
    """The same for the parties' own measures."""
    nudge_task(render_exports)
