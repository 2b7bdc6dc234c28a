"""The counts of the main menu and of the own notices, read in one statement and only inside a scope."""

from django.db import connection
from django.utils import timezone

from cases.enums import DeadlineKind
from casework.followups import SOON
from notifications.escalation import WAITS
from organisations.scope import current_actor

COUNTS = f"""
select (select count(*) from notifications_inboxitem i where i.unit_id = %(unit)s and {WAITS}),
       (select count(*) from case_access a join cases_deadline d on d.case_id = a.case_id
          join cases_case c on c.id = a.case_id
          where a.unit_id = %(unit)s and a.is_open and a.open_deadline <= %(until)s and d.kind = %(kind)s
            and d.met_at is null and d.cancelled_at is null and d.due_on <= %(until)s and c.lead_unit_id = %(unit)s),
       (select count(*) from notifications_delivery
          where channel = 'in_app' and assignment_id = %(me)s and state = 'sent' and read_at is null)
"""  # noqa: S608 - our own words


def nav(request) -> dict:
    """How much waits, for the menu; nothing outside a scope or for those without case data."""
    actor = current_actor()
    if actor is None or not actor.is_staff or not actor.may("notifications.own"):
        return {}
    today = timezone.localdate()
    values = {
        "unit": actor.unit_id, "today": today, "until": today + SOON, "kind": DeadlineKind.FOLLOW_UP,
        "me": actor.assignment_id,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, values)
        inbox, followups, notices = cursor.fetchone()
    return {"nav_counts": {"inbox": inbox, "followups": followups, "notices": notices}}
