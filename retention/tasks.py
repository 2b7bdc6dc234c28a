"""What the worker does for retention: carries out what a person has approved."""

from celery import shared_task

from retention import jobs


@shared_task(name="retention.carry_out")
def carry_out() -> int:
    """Returns how many records were erased."""
    return jobs.carry_out()
