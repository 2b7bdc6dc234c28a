"""A meeting begins, is held, and never ends without a date; rådrum keeps the draft and calls the same (MOT-2 to 4)."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from audit.models import AuditEvent
from cases.models import Case
from meetingroom import services
from meetingroom.models import Room
from meetings.models import Attendance, Meeting
from organisations.errors import RuleBroken
from plans import services as plans
from plans import versions
from tests import build, build_meeting


def now(room) -> Case:
    return Case.objects.with_names().get(pk=room.case_id)


def set_follow_up(cast, room, day):
    with cast.acting("owner"):
        draft = plans.draft_of(now(room))
        plans.save_block(plan=draft, values={"follow_up_on": day}, revision=draft.revision, by=cast.owner)


def test_a_meeting_is_open_for_its_length_and_half_an_hour(cast):
    room = build_meeting.opened(cast, minutes=45)
    assert room.closes_at - room.opened_at == timedelta(minutes=75)
    assert room.meeting.state == "called"


def test_a_meeting_that_is_not_today_does_not_begin(cast):
    with pytest.raises(RuleBroken, match="inte varit än"):
        build_meeting.opened(cast, build.called(cast, days_ahead=3))


def test_an_old_meeting_is_only_written_in_afterwards(cast):
    case = build.called(cast)
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        with pytest.raises(RuleBroken, match="en dag som har varit") as refused:
            build_meeting.opened(cast, case)
        assert refused.value.field == "when"
        assert build_meeting.opened(cast, case, afterwards=True).afterwards


def test_two_who_begin_at_the_same_time_come_to_the_same_room(cast):
    room = build_meeting.opened(cast)
    again = build_meeting.opened(cast, room.case, who="colleague", minutes=240)
    assert again.pk == room.pk and again.closes_at == room.closes_at


@pytest.mark.parametrize("minutes", [14, 241])
def test_a_length_out_of_bounds_is_refused(cast, minutes):
    with pytest.raises(RuleBroken) as refused:
        build_meeting.opened(cast, minutes=minutes)
    assert refused.value.field == "minutes"


def test_who_is_here_holds_the_meeting_and_begins_the_draft(cast):
    room = build_meeting.opened(cast)
    draft = build_meeting.attended(cast, room)
    with cast.acting("owner"):
        assert now(room).state == "met"
        assert draft.meeting_id == room.meeting_id
        assert Attendance.objects.filter(meeting=room.meeting, came=True).count() == 3


def test_no_meeting_ends_without_a_date_ahead(cast):
    room = build_meeting.going_on(cast)
    for day, words in ((None, "Bestäm en dag"), (build.today(), "har passerat")):
        set_follow_up(cast, room, day)
        with cast.acting("owner"), pytest.raises(RuleBroken, match=words) as refused:
            services.end(case=now(room), room=room, by=cast.owner)
        assert refused.value.field == "follow_up_on"
    day = build.today() + timedelta(days=40)
    set_follow_up(cast, room, day)
    with cast.acting("owner"):
        ended = services.end(case=now(room), room=room, by=cast.owner)
        assert ended.follow_up_on == day and not ended.is_open
        with pytest.raises(RuleBroken, match="redan avslutat"):
            services.end(case=now(room), room=room, by=cast.owner)
    with cast.acting("manager"):
        assert AuditEvent.objects.filter(event="meetingroom.ended", case_id=room.case_id).count() == 1


def test_no_meeting_ends_before_it_is_known_who_came(cast):
    room = build_meeting.opened(cast)
    with cast.acting("owner"), pytest.raises(RuleBroken, match="vilka som är här"):
        services.end(case=now(room), room=room, by=cast.owner)


def test_the_database_refuses_an_end_without_a_date(cast):
    room = build_meeting.going_on(cast)
    with cast.acting("owner"), pytest.raises(IntegrityError, match="room_never_ends_dateless"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "update meetingroom_room set ended_at = now(), ended_by_id = opened_by_id where id = %s", [room.pk]
            )


def test_a_party_does_not_lead_the_meeting(cast):
    room = build_meeting.opened(cast)
    with cast.acting("party"):
        assert Room.objects.filter(pk=room.pk).update(read_aloud_at=timezone.now()) == 0


def respite(cast, room, days=7, **values):
    begins = timezone.now() + timedelta(days=days)
    with cast.acting("owner"):
        details = {
            "units": [cast.unit("party")], "starts_at": begins, "ends_at": begins + timedelta(hours=1),
            "form": "physical", "place": "Provgatan 4 B", "agenda": "Insatserna", "chair": cast.staff("owner"),
            "writer": cast.staff("owner"),
        }  # fmt: skip
        return services.respite(case=now(room), room=room, by=cast.owner, **(details | values))


def test_radrum_calls_again_and_keeps_the_draft_and_those_who_came(cast):
    room = build_meeting.going_on(cast)
    with cast.acting("owner"):
        draft = plans.draft_of(now(room))
    new = respite(cast, room, days=0)
    with cast.acting("owner"):
        case = now(room)
        assert case.state == "called" and plans.draft_of(case).pk == draft.pk
        assert [row.unit_id for row in new.invitations.all()] == [cast.unit("party").pk]
        assert Attendance.objects.filter(meeting=room.meeting).count() == 3
        ended = Room.objects.get(pk=room.pk)
        assert ended.next_meeting_id == new.pk and ended.follow_up_on is None
    # The next meeting goes on in the same draft, which is now written at that meeting.
    again = build_meeting.going_on(cast, case)
    assert again.meeting_id == new.pk
    with cast.acting("owner"):
        assert plans.draft_of(now(room)).pk == draft.pk
        assert plans.draft_of(now(room)).meeting_id == new.pk


def test_radrum_waits_until_it_is_known_who_came(cast):
    room = build_meeting.opened(cast)
    with pytest.raises(RuleBroken, match="vilka som är här"):
        respite(cast, room)


def test_a_follow_up_meeting_writes_the_next_version(cast):
    plan = build.planned(cast)
    build.call(cast, plan.case)
    room = build_meeting.going_on(cast, plan.case)
    with cast.acting("owner"):
        draft = plans.draft_of(now(room))
        assert (draft.version, draft.meeting_id) == (2, room.meeting_id)


def test_a_meeting_written_in_afterwards_says_so_in_versions_and_log(cast, browse):
    room = build_meeting.opened(cast, afterwards=True)
    build_meeting.attended(cast, room)
    with cast.acting("owner"):
        meeting = Meeting.objects.get(pk=room.meeting_id)
        assert meeting.entered_at and meeting.entered_by_id == cast.owner.assignment_id
        assert versions.listed(now(room)).first().meeting.entered_at == meeting.entered_at
    client, base = browse("amira.falun"), f"/arenden/{room.case_id}/"
    for page in ("plan/versioner/", "moten/"):
        shown = client.get(base + page).content.decode()
        assert "Fört efter mötet" in shown and cast.staff("owner").name in shown, page
    assert "fört efter mötet" in client.get(f"{base}logg/").content.decode()


def test_a_meeting_held_in_time_carries_no_mark(cast, browse):
    room = build_meeting.going_on(cast)
    client, base = browse("amira.falun"), f"/arenden/{room.case_id}/"
    for page in ("plan/versioner/", "moten/", "logg/"):
        assert "fört efter mötet" not in client.get(base + page).content.decode().lower(), page


def test_somebody_who_comes_late_is_no_longer_away(cast, browse):
    room = build_meeting.opened(cast)
    build_meeting.attended(cast, room, came=False)
    with cast.acting("owner"):
        away = Attendance.objects.get(meeting=room.meeting, came=False)
    client, base = browse("amira.falun"), f"/arenden/{room.case_id}/moten/{room.meeting_id}/mote/"
    assert "Har kommit nu" in client.get(f"{base}del/1/").content.decode()
    assert client.post(f"{base}narvaro/{away.pk}/kom/").status_code == 302
    with cast.acting("owner"):
        assert Attendance.objects.get(pk=away.pk).came
    assert client.post(f"{base}narvaro/{away.pk}/kom/").status_code == 409
