"""The one place that opens a transaction and tells the database who acts.

Entered by the middleware, the Celery base task and command loops; services never open transactions.
"""

from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction

from audit import log
from organisations.actors import Actor

_actor: ContextVar[Actor | None] = ContextVar("sip_actor", default=None)

# One statement for context and role: set_config('role', …, true) is SET LOCAL ROLE.
_TELL = """
select set_config('role', %(db_role)s, true),
       set_config('sip.unit_id', %(unit)s, true), set_config('sip.own_unit_id', %(own_unit)s, true),
       set_config('sip.organisation_id', %(organisation)s, true), set_config('sip.role', %(role)s, true),
       set_config('sip.user_id', %(user)s, true), set_config('sip.assignment_id', %(assignment)s, true),
       set_config('sip.purpose', %(purpose)s, true)
"""


class NestedScope(RuntimeError):
    """A scope was opened inside another; one transaction has one actor."""


def current_actor() -> Actor | None:
    return _actor.get()


def _context(actor: Actor | None) -> dict[str, str]:
    def as_text(value):
        return "" if value is None else str(value)

    return {
        "db_role": actor.db_role if actor else "none",
        "unit": as_text(actor and actor.case_unit_id),
        "own_unit": as_text(actor and actor.unit_id),
        "organisation": as_text(actor and actor.organisation_id),
        "role": actor.role if actor else "",
        "user": as_text(actor and actor.user_id),
        "assignment": as_text(actor and actor.assignment_id),
        "purpose": actor.purpose if actor else "",
    }


@contextmanager
def acting_for(actor: Actor):
    """Open a transaction in which the database knows `actor`; the log rows are written last.

    Raises NestedScope inside another scope. Whatever is raised inside rolls everything back.
    """
    if _actor.get() is not None:
        raise NestedScope("one transaction, one actor")
    token = _actor.set(actor)
    try:
        with transaction.atomic(), log.collecting() as entries:
            with connection.cursor() as cursor:
                cursor.execute(_TELL, _context(actor))
            yield
            # A rollback, also of an inner savepoint, takes the context with it.
            if not connection.needs_rollback:
                # No log row, no data: this raises before anything has left the process.
                log.write(entries, actor)
                if connection.savepoint_ids:
                    # Inside an outer transaction (tests) a released savepoint would keep the context.
                    _forget()
    finally:
        _actor.reset(token)


def _forget() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_TELL, _context(None))
