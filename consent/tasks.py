"""What the worker does for consents: tells in time that one runs out (TID-5), and on birthdays what changes (SAM-6)."""

from celery import shared_task

from consent import ages, lapse


@shared_task(name="consent.sweep_lapses")
def sweep_lapses() -> int:
    """Returns how many reminders were made."""
    return lapse.sweep()


@shared_task(name="consent.sweep_ages")
def sweep_ages() -> int:
    """Returns how many tasks were made."""
    return ages.sweep()
