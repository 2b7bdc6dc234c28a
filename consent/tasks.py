"""What the worker does for consents: tells in time that one runs out (TID-5)."""

from celery import shared_task

from consent import lapse


@shared_task(name="consent.sweep_lapses")
def sweep_lapses() -> int:
    """Returns how many reminders were made."""
    return lapse.sweep()
