"""What the worker does for the log: the months' partitions before they are needed, and an anchor each quarter."""

from contextlib import contextmanager
from pathlib import Path

from celery import shared_task
from django.conf import settings
from django.db import connection, transaction

from audit import anchors

# The clock asks each minute, so that an anchor is not late after a night when nothing ran.
ANCHOR_EVERY_SECONDS = 870
_CLOCK = """
select extract(epoch from now() - audit_anchor_at()),
       to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
"""


@contextmanager
def alone(job: str):
    """A transaction as the worker; gives a cursor, or None when another process does the same job just now."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local role sip_worker")
        cursor.execute("select pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"sip.job.{job}"])
        yield cursor if cursor.fetchone()[0] else None
        # Inside an outer transaction (tests) the role would stay.
        cursor.execute("reset role")


@shared_task(name="audit.keep_partitions")
def keep_partitions() -> int:
    """Make the partitions that are missing; returns how many. Two at once: the second makes none."""
    with alone("partitions") as cursor:
        if cursor is None:
            return 0
        cursor.execute("select audit_keep_partitions()")
        return cursor.fetchone()[0]


@shared_task(name="audit.anchor")
def anchor() -> int:
    """Write an anchor if the last one is a quarter old; returns its number, or 0 when none was due."""
    return write_anchor(older_than=ANCHOR_EVERY_SECONDS)


def write_anchor(*, older_than: int = 0) -> int:
    """Write an anchor unless the last one is younger than that many seconds, or another process writes one."""
    with alone("anchor") as cursor:
        if cursor is None:
            return 0
        cursor.execute(_CLOCK)
        age, now = cursor.fetchone()
        if age is not None and age < older_than:
            return 0
        key = anchors.private_key(_key())
        with connection.chunked_cursor() as heads:
            made = anchors.write(anchors.current_heads(heads), folder=settings.SIP_ANCHOR_DIR, key=key, at=now)
        # The file first: a note without its file would look like a file that somebody took away.
        cursor.execute("select audit_anchored(%s, decode(%s, 'hex'))", [made.number, made.digest])
        return made.number


def _key() -> Path:
    if settings.DEMO and not settings.SIP_ANCHOR_PEM.exists():
        anchors.make_key(settings.SIP_ANCHOR_PEM)
    return settings.SIP_ANCHOR_PEM
