"""The room stays open without idle time-out, and nothing else does: bound to user, meeting and end (MOT-2, V7.3)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from cases.models import Case
from consent import services as consents
from meetingroom import services
from meetingroom.models import Room
from organisations import session_window
from plans import services as plans
from tests import build, build_meeting
from tests.meetingroom import pages

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
MINUTE, HOUR = 60, 3600
# Sixty minutes and thirty more.
END = 90 * MINUTE
STATUS = "/inloggning/tid/"


@pytest.fixture
def at(db):
    """Return a function that moves the clock to so many seconds after the meeting began."""
    with time_machine.travel(START, tick=False) as clock:
        yield lambda seconds: clock.move_to(START + timedelta(seconds=seconds))


@pytest.fixture
def room(cast, at):
    return build_meeting.going_on(cast)


@pytest.fixture
def inside(room, browse):
    """The owner's browser, which has entered the room."""
    found = pages.InRoom(browse("amira.falun"), room)
    found.get("del/2/")
    return found


def is_out(client, page: str) -> bool:
    answer = client.get(page)
    return answer.status_code == 302 and answer["Location"].startswith("/logga-in/")


def test_the_room_outlives_the_idle_limit_to_its_last_second(inside, at):
    at(END)
    inside.get("del/2/")
    at(END + 1)
    assert is_out(inside.client, f"{inside.base}del/2/")


def test_notes_are_saved_long_after_the_idle_limit(cast, room, inside, at):
    at(80 * MINUTE)
    inside.write(2, what_matters="Att få bo kvar.", go="stay")
    with cast.acting("owner"):
        assert plans.draft_of(Case.objects.get(pk=room.case_id)).words["what_matters"] == "Att få bo kvar."


def test_every_other_page_is_closed_once_the_idle_limit_has_passed(cast, room, inside, at):
    other = build.case(cast, number="199002222397")
    closed = ("/arenden/", f"/arenden/{other.pk}/", f"/arenden/{room.case_id}/", f"/arenden/{room.case_id}/plan/skriv/",
              f"/arenden/{room.case_id}/moten/")  # fmt: skip
    at(20 * MINUTE)
    assert inside.client.get(closed[0]).status_code == 200
    at(40 * MINUTE + 1)
    for page in closed:
        answer = inside.client.get(page)
        assert answer.status_code == 403 and "Bara mötet är öppet" in answer.content.decode(), page
        assert "Testholm" not in answer.content.decode()
    # And the meeting goes on.
    inside.get("del/3/")


def test_what_is_done_in_the_room_does_not_open_the_rest_again(inside, at):
    at(30 * MINUTE)
    inside.write(2, what_matters="Att få bo kvar.", go="stay")
    inside.get("del/3/")
    assert inside.client.get("/arenden/").status_code == 403
    assert inside.client.post("/inloggning/forlang/").status_code == 403
    # That was the ordinary end of the session: somebody tried to go on outside of the room.
    assert is_out(inside.client, f"{inside.base}del/2/")


def test_a_form_that_is_sent_elsewhere_too_late_ends_the_session(room, inside, at):
    at(30 * MINUTE)
    assert inside.client.post(f"/arenden/{room.case_id}/avvikelser/ny/", {"text": "x"}).status_code == 403
    assert is_out(inside.client, f"{inside.base}del/2/")


def test_within_the_idle_limit_the_room_counts_as_anything_else(inside, at):
    for minute in (15, 30, 45):
        at(minute * MINUTE)
        inside.get("del/2/")
    at(60 * MINUTE)
    assert inside.client.get("/arenden/").status_code == 200


def test_the_absolute_limit_stands(cast, at, browse):
    client = browse("amira.falun")
    for part in range(1, 60):
        at(part * 10 * MINUTE)
        client.get("/hjalp/")
    room = build_meeting.going_on(cast)
    inside = pages.InRoom(client, room)
    inside.get("del/2/")
    at(10 * HOUR)
    inside.get("del/2/")
    at(10 * HOUR + 1)
    assert is_out(client, f"{inside.base}del/2/")


def test_when_the_meeting_has_ended_the_window_is_closed(cast, room, inside, at):
    at(30 * MINUTE)
    day = build.today() + timedelta(days=30)
    inside.write(5, follow_up_on=day.isoformat(), go="end")
    assert session_window.KEY not in inside.client.session
    assert is_out(inside.client, f"{inside.base}del/2/")


def test_somebody_else_ends_the_meeting_and_nothing_more_is_shown(cast, room, inside, browse, at):
    at(30 * MINUTE)
    colleague = pages.InRoom(browse("johan.falun"), room)
    colleague.write(5, follow_up_on=(build.today() + timedelta(days=30)).isoformat(), go="end")
    assert inside.client.get(f"{inside.base}del/2/")["Location"] == f"/arenden/{room.case_id}/plan/"
    assert is_out(inside.client, f"/arenden/{room.case_id}/plan/")


def test_another_user_gets_no_window_from_it(room, inside, browse, at):
    at(0)
    colleague = browse("johan.falun")
    at(20 * MINUTE + 1)
    assert is_out(colleague, f"{inside.base}del/2/")


def test_a_window_of_another_assignment_or_user_opens_nothing(room, inside, at):
    for change in ({"user": 0}, {"assignment": 0}):
        session = inside.client.session
        kept = session[session_window.KEY]
        session[session_window.KEY] = kept | change
        session.save()
        at(30 * MINUTE)
        answer = inside.client.get(f"{inside.base}del/2/")
        assert answer.status_code == 302 and answer["Location"].startswith("/logga-in/"), change
        at(0)
        inside.client.post("/logga-in/", {"username": "amira.falun", "password": "prova-sip-2026"})
        inside.get("del/2/")


def test_another_meeting_is_not_in_the_window(cast, room, inside, at):
    answer = inside.base.replace(f"/{room.meeting_id}/", f"/{room.meeting_id}1/")
    at(30 * MINUTE)
    assert inside.client.get(f"{answer}del/2/").status_code == 403


def test_a_meeting_that_is_written_in_afterwards_gets_no_window(cast, at, browse):
    room = build_meeting.opened(cast, afterwards=True)
    build_meeting.attended(cast, room)
    inside = pages.InRoom(browse("amira.falun"), room)
    inside.get("del/2/")
    at(20 * MINUTE + 1)
    assert is_out(inside.client, f"{inside.base}del/2/")


def test_the_page_says_how_long_it_is_open_and_others_their_own_time(inside, at):
    at(10 * MINUTE)
    assert inside.client.get(f"{STATUS}?i=1").json()["left"] == END - 10 * MINUTE
    assert inside.client.get(STATUS).json()["left"] == 10 * MINUTE
    at(30 * MINUTE)
    assert inside.client.get(f"{STATUS}?i=1").json() | {"token": ""} == {
        "left": END - 30 * MINUTE, "limit": "absolute", "who": inside.client.get(f"{STATUS}?i=1").json()["who"],
        "token": "",
    }  # fmt: skip
    assert inside.client.get(STATUS).status_code == 403


def test_a_fresh_login_is_asked_for_as_always(room, inside, at):
    """The window gives no right to what asks for a new login (V7.5.3)."""
    at(6 * MINUTE)
    answer = inside.client.get(f"/arenden/{room.case_id}/logg/utdrag/")
    assert answer.status_code in {302, 403, 404}
    assert inside.client.session["auth_time"] == int(START.timestamp())


def test_logging_out_ends_the_meeting_too(inside, at):
    at(30 * MINUTE)
    assert inside.client.post("/logga-ut/").status_code == 302
    assert is_out(inside.client, f"{inside.base}del/2/")


def test_the_window_is_never_moved_by_what_is_done_in_it(room, inside, at):
    until = inside.client.session[session_window.KEY]["until"]
    for minute in (10, 30, 60, 89):
        at(minute * MINUTE)
        inside.client.post(inside.base, {"minutes": "240", "when": "now"})
        inside.write(2, what_matters=f"Text {minute}.", go="stay")
        inside.client.post(f"{inside.base}del/2/", inside.form(2), headers={"X-Autosave": "1"})
        assert inside.client.session[session_window.KEY]["until"] == until


def test_a_new_meeting_after_radrum_opens_no_new_window(cast, room, inside, at):
    at(30 * MINUTE)
    begins = START + timedelta(minutes=50)
    with cast.acting("owner"):
        case = Case.objects.with_names().get(pk=room.case_id)
        new = services.respite(
            case=case, room=room, by=cast.owner, units=[cast.unit("party")], starts_at=begins,
            ends_at=begins + timedelta(hours=1), form="physical", place="Provgatan 4 B", agenda="Insatserna",
            chair=cast.staff("owner"), writer=cast.staff("owner"),
        )  # fmt: skip
    answer = inside.client.post(f"/arenden/{room.case_id}/moten/{new.pk}/mote/", {"minutes": "240", "when": "now"})
    assert answer.status_code == 403
    assert is_out(inside.client, f"{inside.base}del/2/")
    with cast.acting("owner"):
        assert not Room.objects.filter(meeting=new).exists()


def test_when_the_person_withdraws_the_window_shows_nothing(cast, room, inside, at):
    at(30 * MINUTE)
    with cast.acting("owner"):
        consents.withdraw(case=Case.objects.with_names().get(pk=room.case_id), form="spoken", by=cast.owner)
    for page in ("", "del/2/", "del/4/", "oenighet/"):
        assert inside.client.get(inside.base + page).status_code in (403, 404), page


def test_a_meeting_that_is_moved_closes_the_window(cast, at, browse):
    room = build_meeting.opened(cast)
    inside = pages.InRoom(browse("amira.falun"), room)
    inside.get("del/1/")
    at(30 * MINUTE)
    inside.get("del/1/")
    build_meeting.moved(cast, room.case)
    assert inside.client.get(f"{inside.base}del/1/").status_code == 302
    assert session_window.KEY not in inside.client.session
    assert is_out(inside.client, f"{inside.base}del/1/")
