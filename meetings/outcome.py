"""The one line of a pre-meeting that may come along to the meeting with the person (KAL-8)."""

from cases.topics import ALL, must_see_all
from meetings import services
from meetings.models import Meeting, MeetingState, MeetingTextKey
from preparation import premeetings
from preparation.models import PreMeeting, PreMeetingKey


def carry(*, premeeting: PreMeeting, by) -> Meeting | None:
    """Put the outcome last in the agenda of the called meeting; without one it waits for the next kallelse.

    Raises RuleBroken when there is no outcome, or when it was taken along before.
    """
    case = premeeting.case
    must_see_all(case.pk, by=by)
    text, about = premeetings.outcome(premeeting)
    premeetings.carried(premeeting=premeeting, to="agenda", by=by)
    meeting = case.meetings.filter(state=MeetingState.CALLED).first()
    if meeting:
        said = "\n".join(filter(None, [meeting.agenda, text]))
        topics = meeting.topics_of(MeetingTextKey.AGENDA) | about
        services.write_text(meeting, key=MeetingTextKey.AGENDA, text=said, topics=topics, by=by)
    return meeting


def waiting(case) -> tuple[str, int]:
    """The outcomes that were taken along since the last kallelse, with their topics: the new agenda begins so."""
    last = case.meetings.order_by("-called_at").values_list("called_at", flat=True).first()
    found = PreMeeting.objects.filter(case=case, agenda_at__isnull=False).order_by("agenda_at")
    rows = list((found.filter(agenda_at__gt=last) if last else found).prefetch_related("texts"))
    lines = [row for row in rows if row.said(PreMeetingKey.OUTCOME)]
    topics = 0
    for row in lines:
        topics |= row.topics_of(PreMeetingKey.OUTCOME)
    return "\n".join(row.said(PreMeetingKey.OUTCOME) for row in lines), topics if lines else ALL
