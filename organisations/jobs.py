"""Jobs of the worker: one run at a time, in a scope of its own, however many clocks ask for it."""

from contextlib import contextmanager

from django.db import connection

from organisations.actors import worker_actor
from organisations.scope import acting_for


@contextmanager
def alone(job: str):
    """A scope for the named job; gives a cursor, or None when another process does the same job just now.

    The lock is the transaction's, so that a killed worker never leaves it behind.
    """
    with acting_for(worker_actor(job)), connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"sip.job.{job}"])
        yield cursor if cursor.fetchone()[0] else None
