"""What the worker does for cases: deadlines that are missing, and reminders of those that come (TID-1 to TID-4)."""

from celery import shared_task

from cases import deadlines


@shared_task(name="cases.sweep_deadlines")
def sweep_deadlines() -> int:
    """Asks what is due and never what time it is, so that a missed run costs nothing; returns how many rows it made."""
    return deadlines.sweep()
