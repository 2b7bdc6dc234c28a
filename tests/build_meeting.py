"""A meeting in meeting mode, walked through the services."""

from datetime import timedelta

from django.utils import timezone

from cases.models import Case
from meetingroom import consultation, services
from meetingroom.models import Room
from meetings import services as meetings
from meetings.models import Attendance, Invitation
from tests import build


def opened(cast, case=None, *, minutes=60, who="owner", **values):
    """A case with a meeting today that has begun in meeting mode; returns the room."""
    found = case or build.called(cast)
    with cast.acting(who):
        now = Case.objects.with_names().get(pk=found.pk)
        meeting = now.meetings.get(state="called")
        return services.open_room(case=now, meeting=meeting, minutes=minutes, by=cast.actor(who), **values)


def moved(cast, case, who="owner"):
    """The meeting that is called is moved to another day; returns the new one."""
    begins = timezone.now() + timedelta(days=4)
    with cast.acting(who):
        now = Case.objects.with_names().get(pk=case.pk)
        meeting = now.meetings.get(state="called")
        details = {
            "starts_at": begins, "ends_at": begins + timedelta(hours=1), "form": "physical", "place": "Provgatan 4 B",
            "agenda": "Insatserna", "chair": cast.staff(who), "writer": cast.staff(who), "units": [cast.unit("party")],
        }  # fmt: skip
        return meetings.move(case=now, meeting=meeting, why="Sjukdom", by=cast.actor(who), **details)


def attended(cast, room, *, came=True, who="owner", **values):
    """It is known who is here, and the draft has begun; returns the draft."""
    with cast.acting(who):
        case = Case.objects.with_names().get(pk=room.case_id)
        here = [row.pk for row in room.meeting.invitations.all()] if came else []
        return services.attend(case=case, room=room, came=here, by=cast.actor(who), **({"person_came": True} | values))


def going_on(cast, case=None, **values):
    """A room in which the plan can be written."""
    room = opened(cast, case)
    attended(cast, room, **values)
    return room


def for_matrix(cast, case):
    """A meeting of the case that still goes on, one who was there and one who was away, and samråd; committed."""
    by, now = cast.assignment("owner"), timezone.now()
    call = Invitation.objects.using("admin").filter(case_id=case.pk, unit=cast.unit("party")).order_by("pk").first()
    room = Room(
        case_id=case.pk, meeting_id=call.meeting_id, minutes=60, opened_at=now, opened_by=by,
        closes_at=now + timedelta(hours=9),
    )  # fmt: skip
    room.save(using="admin")
    here = Attendance.objects.using("admin").filter(meeting_id=call.meeting_id, came=True).first()
    away = Attendance(
        case_id=case.pk, meeting_id=call.meeting_id, invitation_id=call.pk, unit=cast.unit("party"), name="A",
        came=False,
    )  # fmt: skip
    away.save(using="admin")
    with cast.acting("owner"):
        again = Case.objects.with_names().get(pk=case.pk)
        asked = consultation.ask(case=again, about="Tiderna.", by=cast.owner)
    return room, here.pk, away.pk, asked.pk
