"""Jobs of the worker: one run at a time, in a scope of its own, however many clocks ask for it."""

from contextlib import contextmanager

from django.db import connection

from organisations.actors import worker_actor
from organisations.scope import acting_for


class BlindSweep(RuntimeError):
    """A job sees no rows where there are some: a policy or a grant is missing, which is otherwise silent."""


@contextmanager
def alone(job: str):
    """A scope for the named job; gives a cursor, or None when another process does the same job just now.

    The lock is the transaction's, so that a killed worker never leaves it behind.
    """
    with acting_for(worker_actor(job)), connection.cursor() as cursor:
        # How many rows are due cannot be guessed, and compiling a statement takes longer than running it.
        cursor.execute("set local jit = off")
        cursor.execute("select pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"sip.job.{job}"])
        yield cursor if cursor.fetchone()[0] else None


def must_see(cursor, blind: str, what: str) -> None:
    """Raise BlindSweep when the query `blind` says that rows exist which the job's role does not see."""
    cursor.execute(blind)
    if cursor.fetchone()[0]:
        raise BlindSweep(f"the worker's role does not see {what}")
