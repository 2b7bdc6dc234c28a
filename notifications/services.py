"""Tell a unit that something has come: an inbox row and a neutral e-mail, in the transaction of the event."""

from django.db import connection, transaction

from notifications.tasks import nudge
from notifications.templates import NEW_MESSAGE


def put_in_inbox(*, unit_id: int, case_id, kind: str, key: str) -> None:
    """Put a row in another unit's inbox; the same key again does nothing."""
    with connection.cursor() as cursor:
        cursor.execute("select put_in_inbox(%s, %s, %s, %s)", [unit_id, case_id, kind, key])


def queue_mail(*, unit_id: int, case_id, key: str, template: str = NEW_MESSAGE, due_at=None, expires_at=None) -> None:
    """Queue a neutral e-mail to a unit's function mailbox; the broker is nudged once the event is committed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select queue_delivery(%s, %s, %s, %s, %s, %s)", [unit_id, case_id, template, key, due_at, expires_at]
        )
    if due_at is None:
        transaction.on_commit(nudge)


def tell_unit(*, unit_id: int, case_id, kind: str, key: str) -> None:
    """Inbox row and e-mail for one event; `key` names the event, so that a repeated event tells nobody twice."""
    put_in_inbox(unit_id=unit_id, case_id=case_id, kind=kind, key=f"{kind}:{key}:{unit_id}")
    queue_mail(unit_id=unit_id, case_id=case_id, key=f"{kind}:{key}:{unit_id}")


def cancel(*, case_id, key_prefix: str) -> int:
    """Cancel what has not been sent of the deliveries whose key starts with `key_prefix`; the number cancelled."""
    with connection.cursor() as cursor:
        cursor.execute("select cancel_deliveries(%s, %s)", [case_id, key_prefix])
        return cursor.fetchone()[0]


def tell_person(*, case_id, key: str) -> int:
    """Tell the person that there is something, by the channels said yes to; how many notices were queued.

    `key` names the event. The rules are those of the function, which `correspondence` makes.
    """
    with connection.cursor() as cursor:
        cursor.execute("select tell_person(%s, %s)", [case_id, key])
        queued = cursor.fetchone()[0]
    if queued:
        transaction.on_commit(nudge)
    return queued
