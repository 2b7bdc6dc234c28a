"""Which notices of a meeting carry its calendar entry, and the entry as a file (RFC 5546, KAL-7)."""

import json

from django.db import connection

from notifications import calendar

# The notices of one meeting, by the beginning of their keys; the person's too.
NOTICES = ("call", "moved", "call_reminder", "person:call")


def goes_on(replaces) -> dict:
    """A meeting that takes another's place is the same entry, changed; else it is a new one."""
    if replaces is None:
        return {}
    return {"calendar_uid": replaces.calendar_uid, "sequence": replaces.sequence + 1}


def attach(*, case, meeting) -> None:
    """Let what waits to be mailed about the meeting carry its entry: a call while it is called, else that it is off."""
    keys = [f"{prefix}:{meeting.pk}:" for prefix in (*NOTICES, "cancelled", "person:cancelled")]
    with connection.cursor() as cursor:
        cursor.execute("select attach_calendar(%s, %s, %s)", [case.pk, meeting.pk, keys])


def file_of(meeting) -> bytes:
    """The entry of a meeting, as the present reader may see it."""
    with connection.cursor() as cursor:
        cursor.execute("select calendar_of(m)::text from meetings_meeting m where m.id = %s", [meeting.pk])
        return calendar.entry(json.loads(cursor.fetchone()[0]))
