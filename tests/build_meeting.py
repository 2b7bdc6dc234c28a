"""A meeting in meeting mode, walked through the services."""

from cases.models import Case
from meetingroom import services
from tests import build


def opened(cast, case=None, *, minutes=60, who="owner", **values):
    """A case with a meeting today that has begun in meeting mode; returns the room."""
    found = case or build.called(cast)
    with cast.acting(who):
        now = Case.objects.with_names().get(pk=found.pk)
        meeting = now.meetings.get(state="called")
        return services.open_room(case=now, meeting=meeting, minutes=minutes, by=cast.actor(who), **values)


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
