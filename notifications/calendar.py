"""A meeting as a calendar entry (RFC 5545, RFC 5546): when it is, and not whose, where or about what (trust.md 6).

Anybody may look into a calendar, so title, organiser and attendee are the same for all; place and link are read after
logging in.
"""

from datetime import UTC, datetime
from email.utils import parseaddr
from zoneinfo import ZoneInfo

from django.conf import settings
from icalendar import Calendar, Event, Timezone, vCalAddress

FILE_NAME = "mote.ics"
REQUEST, CANCEL = "REQUEST", "CANCEL"
SUMMARY = "Möte"
PLACE = "Logga in för att läsa"
STOCKHOLM = ZoneInfo("Europe/Stockholm")
# Summer time in the European Union as rules, without end: a list of days would run out. Each begins at the local time
# before the change.
ZONE = """BEGIN:VTIMEZONE
TZID:Europe/Stockholm
BEGIN:DAYLIGHT
DTSTART:19810329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
"""


def entry(told: dict) -> bytes:
    """The file, of what the database's calendar_of() tells: method, uid, sequence, starts, ends and stamp."""
    whole = Calendar()
    whole.add("prodid", f"-//{settings.MESSAGE_ID_DOMAIN}//SV")
    whole.add("version", "2.0")
    whole.add("calscale", "GREGORIAN")
    whole.add("method", told["method"])
    whole.add_component(Timezone.from_ical(ZONE))
    whole.add_component(event(told))
    return whole.to_ical()


def event(told: dict) -> Event:
    found = Event()
    found.add("uid", f"{told['uid']}@{settings.MESSAGE_ID_DOMAIN}")
    found.add("sequence", told["sequence"])
    found.add("dtstamp", moment(told["stamp"]).astimezone(UTC))
    found.add("dtstart", moment(told["starts"]))
    found.add("dtend", moment(told["ends"]))
    found.add("summary", SUMMARY)
    found.add("location", PLACE)
    found.add("organizer", vCalAddress(f"mailto:{parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}"))
    found.add("attendee", attendee())
    found.add("status", "CANCELLED" if told["method"] == CANCEL else "CONFIRMED")
    found.add("class", "PRIVATE")
    return found


def attendee() -> vCalAddress:
    """RFC 5546 wants one; the same for all, so that no entry tells who else is called. Answers are given inside."""
    found = vCalAddress(f"mailto:deltagare@{settings.MESSAGE_ID_DOMAIN}")
    found.params["RSVP"] = "FALSE"
    return found


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(STOCKHOLM)
