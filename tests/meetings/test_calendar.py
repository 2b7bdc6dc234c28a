"""The meeting's calendar entry: who gets which, that it follows the meeting, and that it tells nothing (RFC 5546)."""

import re
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse
from icalendar import Calendar

from cases import services as cases
from cases.models import Case
from consent import corrections
from consent import services as consents
from correspondence import channels
from meetings import services
from meetings.models import Meeting
from notifications import calendar
from notifications.channels.base import Claimed
from notifications.channels.mail import letter
from notifications.models import Delivery
from plans import endings
from tests import build
from tests import build_forwarding as way

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def told(**values) -> dict:
    start = values.pop("starts", datetime(2027, 1, 12, 12, 0, tzinfo=UTC))
    return {
        "method": "REQUEST", "uid": str(uuid4()), "sequence": 0, "starts": start.isoformat(),
        "ends": (start + timedelta(hours=1)).isoformat(), "stamp": "2026-11-22T15:00:00+00:00",
    } | values  # fmt: skip


def read(content: bytes):
    """The only event of a file, and the file."""
    whole = Calendar.from_ical(content)
    [event] = whole.walk("VEVENT")
    return event, whole


def mails(cast) -> list[tuple[str, str, dict | None]]:
    """Key, state and entry of all mail of the test, as the sender sees it; what ends with the transaction is done."""
    with cast.acting("worker"):
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
            cursor.execute("set constraints all deferred")
        return list(
            Delivery.objects.order_by("created_at", "dedupe_key").values_list("dedupe_key", "state", "calendar")
        )


@pytest.mark.parametrize("starts", [
    datetime(2026, 10, 24, 12, 0, tzinfo=UTC), datetime(2026, 10, 25, 12, 0, tzinfo=UTC),
    datetime(2027, 3, 27, 13, 0, tzinfo=UTC), datetime(2027, 3, 28, 0, 30, tzinfo=UTC),
    datetime(2027, 3, 28, 1, 0, tzinfo=UTC), datetime(2027, 3, 28, 12, 0, tzinfo=UTC),
    datetime(2027, 10, 30, 12, 0, tzinfo=UTC), datetime(2027, 10, 31, 2, 0, tzinfo=UTC),
    datetime(2027, 10, 31, 12, 0, tzinfo=UTC), datetime(2045, 6, 1, 12, 0, tzinfo=UTC),
])  # fmt: skip
def test_an_entry_read_back_is_the_same_moment_on_both_sides_of_the_change(starts):
    event, whole = read(calendar.entry(told(starts=starts)))
    wall = starts.astimezone(STOCKHOLM)
    assert event.start.replace(tzinfo=None) == wall.replace(tzinfo=None)
    assert event["dtstart"].params["TZID"] == event["dtend"].params["TZID"] == "Europe/Stockholm"
    assert event.end.astimezone(UTC) - event.start.astimezone(UTC) == timedelta(hours=1)


def test_the_zone_in_the_file_is_stockholms_own():
    """Every hour around each change for thirty years, by the file's rules alone."""
    [zone] = Calendar.from_ical(calendar.entry(told())).walk("VTIMEZONE")
    own = zone.to_tz(lookup_tzid=False)
    for year in range(2024, 2054):
        for month in (3, 10):
            day = datetime(year, month, 24, tzinfo=UTC)
            for hour in range(0, 24 * 9):
                at = day + timedelta(hours=hour)
                wall = at.astimezone(STOCKHOLM).replace(tzinfo=None)
                if at.astimezone(STOCKHOLM).fold or (at + timedelta(hours=1)).astimezone(STOCKHOLM).fold:
                    continue  # the hour that comes twice
                assert wall.replace(tzinfo=own).utcoffset() == at.astimezone(STOCKHOLM).utcoffset(), (at, wall)


def test_an_entry_says_when_and_nothing_else():
    content = calendar.entry(told(method="CANCEL", sequence=3))
    event, whole = read(content)
    assert (whole["method"], event["sequence"], event["status"]) == ("CANCEL", 3, "CANCELLED")
    assert (event["summary"], event["location"], event["class"]) == ("Möte", "Logga in för att läsa", "PRIVATE")
    assert event["organizer"] == "mailto:meddelande@tjanst.example"
    assert event["uid"].endswith(f"@{settings.MESSAGE_ID_DOMAIN}")
    assert set(event) == {"UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "LOCATION", "ORGANIZER",
                          "ATTENDEE", "STATUS", "CLASS"}  # fmt: skip
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert not re.search(rb"sip|plan|samordn|kommun|region", content, re.IGNORECASE)


def test_the_mail_carries_the_entry_under_a_name_that_says_nothing():
    row = Claimed(uuid4(), 1, "new_message", "email", "enheten@tjanst.example", calendar=told())
    mail = message_from_bytes(letter(row).message().as_bytes())
    body, part = mail.get_payload()
    assert body.get_content_type() == "text/plain"
    assert (part.get_content_type(), part.get_param("method"), part.get_filename()) == (
        "text/calendar", "REQUEST", "mote.ics")  # fmt: skip
    event, _ = read(part.get_payload(decode=True))
    assert event["summary"] == "Möte"
    plain = Claimed(uuid4(), 1, "new_message", "email", "enheten@tjanst.example")
    assert not letter(plain).message().is_multipart()


def entries(cast, prefix) -> dict[str, tuple]:
    """Method, sequence and state of the entries whose notice has such a key, by the end of the key."""
    return {
        key.rsplit(":", 1)[1]: (entry["method"], entry["sequence"], state)
        for key, state, entry in mails(cast) if key.startswith(prefix) and entry
    }  # fmt: skip


def now(case):
    return Case.objects.with_names().get(pk=case.pk)


def move(cast, case, *, units, days):
    with cast.acting("owner"):
        old = Meeting.objects.get(case=case, state="called")
        starts = old.starts_at + timedelta(days=days)
        return services.move(
            case=now(case), meeting=old, why="Läkaren är sjuk.", units=[cast.unit(name) for name in units],
            by=cast.owner, starts_at=starts, ends_at=starts + timedelta(hours=1), form="physical", place="Sal 2",
            agenda="Hemgång", chair=old.chair, writer=old.writer,
        )  # fmt: skip


def cancel(cast, case):
    with cast.acting("owner"):
        meeting = Meeting.objects.get(case=case, state="called")
        services.cancel(case=now(case), meeting=meeting, why="Sjuk", by=cast.owner)
    return meeting


def test_a_moved_meeting_is_the_same_entry_and_one_who_is_left_out_gets_it_taken_back(cast):
    case = build.called(cast, units=("party", "same_kommun"), days_ahead=9)
    party, other = str(cast.unit("party").pk), str(cast.unit("same_kommun").pk)
    with cast.acting("owner"):
        first = Meeting.objects.get(case=case)
    assert entries(cast, f"call:{first.pk}:") == {party: ("REQUEST", 0, "due"), other: ("REQUEST", 0, "due")}
    second = move(cast, case, units=("party",), days=1)
    assert (second.calendar_uid, second.sequence) == (first.calendar_uid, 1)
    assert {state for _, _, state in entries(cast, f"call:{first.pk}:").values()} == {"cancelled"}
    assert entries(cast, f"moved:{second.pk}:") == {party: ("REQUEST", 1, "due")}
    assert entries(cast, f"cancelled:{first.pk}:") == {other: ("CANCEL", 1, "due")}
    third = move(cast, case, units=("party", "same_kommun"), days=1)
    assert entries(cast, f"moved:{second.pk}:") == {party: ("REQUEST", 1, "cancelled")}
    assert entries(cast, f"call:{third.pk}:") == {other: ("REQUEST", 2, "due")}
    cancel(cast, case)
    assert entries(cast, f"cancelled:{third.pk}:") == {party: ("CANCEL", 3, "due"), other: ("CANCEL", 3, "due")}
    uids = {entry["uid"] for _, _, entry in mails(cast) if entry}
    assert uids == {str(first.calendar_uid)}
    assert not any(key.startswith("moved") and state == "due" for key, state, _ in mails(cast))


def test_another_meeting_after_one_that_was_cancelled_is_another_entry(cast):
    case = build.called(cast, days_ahead=9)
    first = cancel(cast, case)
    again = build.call(cast, case, days_ahead=10)
    assert again.calendar_uid != first.calendar_uid and again.sequence == 0


def test_cancelling_tells_each_unit_once(cast):
    case = build.called(cast, days_ahead=9)
    meeting = cancel(cast, case)
    waiting = [key for key, state, _ in mails(cast) if state == "due"]
    assert waiting == [f"cancelled:{meeting.pk}:{cast.unit('party').pk}"]


def test_the_person_gets_the_entry_by_the_own_channel(cast):
    case = build.consented(cast)
    with cast.acting("owner"):
        channels.choose(case=now(case), channel="email", address="astrid@brev.example", form="spoken", by=cast.owner)
    build.call(cast, case, days_ahead=9)
    with cast.acting("owner"):
        meeting = Meeting.objects.get(case=case)
    assert entries(cast, f"person:call:{meeting.pk}:") == {"email": ("REQUEST", 0, "due")}
    cancel(cast, case)
    assert entries(cast, f"person:cancelled:{meeting.pk}:") == {"email": ("CANCEL", 1, "due")}


def test_a_withdrawal_takes_the_entry_back_with_the_notice_about_it(cast):
    case = build.called(cast, days_ahead=9)
    with cast.acting("owner"):
        consents.withdraw(case=now(case), form="spoken", by=cast.owner)
    party = str(cast.unit("party").pk)
    assert entries(cast, "consent_ended:") == {party: ("CANCEL", 1, "due")}
    assert entries(cast, "cancelled:") == {}


def close(cast, case):
    with cast.acting("owner"):
        endings.close(case=now(case), reason="moved", by=cast.owner)


def withdraw(cast, case):
    with cast.acting("owner"):
        consents.withdraw(case=now(case), form="spoken", by=cast.owner)


def void(cast, case):
    with cast.acting("owner"):
        corrections.void(case=now(case), reason="Fel person.", by=cast.owner)


@pytest.mark.parametrize("end", [close, void])
def test_a_case_that_ends_takes_its_meeting_out_of_the_calendars(cast, end):
    """All else that waits is stopped."""
    case = build.called(cast, days_ahead=9)
    end(cast, case)
    party = str(cast.unit("party").pk)
    assert entries(cast, "cancelled:") == {party: ("CANCEL", 1, "due")}
    assert {state for _, _, state in entries(cast, "call:").values()} == {"cancelled"}


@pytest.mark.parametrize("end", [close, withdraw, void])
def test_what_takes_an_earlier_meeting_back_is_sent_though_the_case_ends_meanwhile(cast, end):
    case = build.called(cast, days_ahead=9)
    meeting = cancel(cast, case)
    end(cast, case)
    assert entries(cast, f"cancelled:{meeting.pk}:") == {str(cast.unit("party").pk): ("CANCEL", 1, "due")}


def test_what_takes_an_earlier_meeting_back_is_sent_though_the_unit_leaves_meanwhile(cast):
    case = build.called(cast, days_ahead=9)
    first = cancel(cast, case)
    build.call(cast, case, days_ahead=10)
    with cast.acting("owner"):
        gone = case.participations.get(unit=cast.unit("party"))
        cases.end_party(case=now(case), party=gone, why="", by=cast.owner)
    party = str(cast.unit("party").pk)
    assert entries(cast, f"cancelled:{first.pk}:") == {party: ("CANCEL", 1, "due")}
    assert entries(cast, "uncalled:") == {party: ("CANCEL", 1, "due")}


def test_a_call_that_is_just_being_sent_when_the_case_is_void_is_not_tried_again(cast):
    case = build.called(cast, days_ahead=9)
    with cast.acting("worker"):
        assert Delivery.objects.filter(dedupe_key__startswith="call:").update(state="sending") == 1
    void(cast, case)
    with cast.acting("worker"):
        assert Delivery.objects.filter(dedupe_key__startswith="call:", expires_at__isnull=False).count() == 1


def test_a_party_that_no_longer_takes_part_gets_it_taken_back_alone(cast):
    case = build.called(cast, units=("party", "same_kommun"), days_ahead=9)
    with cast.acting("owner"):
        gone = case.participations.get(unit=cast.unit("party"))
        cases.end_party(case=now(case), party=gone, why="", by=cast.owner)
    with cast.acting("owner"):
        meeting = Meeting.objects.get(case=case)
    party, other = str(cast.unit("party").pk), str(cast.unit("same_kommun").pk)
    found = entries(cast, "uncalled:")
    assert found == {party: ("CANCEL", 1, "due")}
    assert entries(cast, f"call:{meeting.pk}:") == {
        party: ("REQUEST", 0, "cancelled"), other: ("REQUEST", 0, "due")}  # fmt: skip
    again = move(cast, case, units=("same_kommun",), days=1)
    assert again.sequence == 2, "higher than what the one who left has seen"


def test_a_kallelse_that_is_handed_on_changes_calendars(cast):
    """KAL-4: out of the one that had it, into the one that has it now."""
    way.hand_on(cast, way.called(cast, way.consented(cast)).pk)
    before, after = str(cast.unit(way.RECEPTION).pk), str(cast.unit(way.FINAL).pk)
    found = {key.rsplit(":", 1)[1]: (entry["method"], state) for key, state, entry in mails(cast) if entry}
    assert found[after] == ("REQUEST", "due")
    assert entries(cast, "uncalled:") == {before: ("CANCEL", 1, "due")}


def test_access_that_only_changes_its_ground_takes_nothing_back(cast):
    case = build.called(cast, days_ahead=9)
    build.ground(cast, case)
    build.consent(cast, case, units=(), exempted={})
    assert entries(cast, "uncalled:") == {}


def test_staff_fetch_the_file_and_it_takes_back_what_was_cancelled(cast, browse):
    case = build.called(cast, days_ahead=9)
    with cast.acting("owner"):
        meeting = Meeting.objects.get(case=case)
    page = reverse("meetings:calendar", args=[case.pk, meeting.pk])
    for who in ("amira.falun", "hanna.dalarna", "mattias.falun"):
        response = browse(who).get(page)
        assert response["Content-Type"].startswith("text/calendar")
        assert response["Content-Disposition"] == 'attachment; filename="mote.ics"'
        event, whole = read(response.content)
        assert whole["method"] == "REQUEST" and event.start == meeting.starts_at.replace(microsecond=0)
    assert browse("linda.kalmar").get(page).status_code == 404
    move(cast, case, units=("party",), days=1)
    assert browse("amira.falun").get(page).status_code == 404, "the later meeting's entry takes its place"
    last = cancel(cast, case)
    _, whole = read(browse("amira.falun").get(page.replace(f"/{meeting.pk}/", f"/{last.pk}/")).content)
    assert whole["method"] == "CANCEL"
