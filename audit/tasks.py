"""What the worker does for the log: next months' partitions are there before they are needed."""

from celery import shared_task
from django.db import connection, transaction


@shared_task(name="audit.keep_partitions")
def keep_partitions() -> int:
    """Make the partitions that are missing; returns how many. Two at once: the second makes none."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local role sip_worker")
        cursor.execute("select pg_try_advisory_xact_lock(hashtextextended('sip.job.partitions', 0))")
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute("select audit_keep_partitions()")
        return cursor.fetchone()[0]
