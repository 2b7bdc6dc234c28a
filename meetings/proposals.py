"""Another time: parties say what they can, the caller moves the meeting there (KAL-5)."""

from django.db import transaction
from django.utils import timezone

from audit import log
from cases import services as cases
from cases.topics import NO_TOPIC
from consent.handing_over import call
from meetings import services
from meetings.forwarding_models import TimeProposal
from meetings.models import MeetingTextKey
from notifications.tasks import nudge
from organisations import swedish
from organisations.errors import RuleBroken

MOST = 3
KEPT = ("form", "agenda", "chair", "writer", "place", "link", "professions", "connection_help")


def check(*, meeting, starts_at, ends_at) -> None:
    """Raises RuleBroken for a time that nobody can come to."""
    if starts_at < timezone.now():
        raise RuleBroken("Tiden har passerat. Skriv en tid som inte har varit än.", field="starts")
    if ends_at <= starts_at:
        raise RuleBroken("Mötet måste sluta efter att det börjar.", field="ends")
    if (starts_at, ends_at) == (meeting.starts_at, meeting.ends_at):
        raise RuleBroken("Mötet är redan den tiden.", field="starts")


def propose(*, case, invitation, starts_at, ends_at, by) -> TimeProposal:
    """Say a time that the own unit can, or that the caller was told on the phone; at most three from each."""
    services.must_be_called(invitation.meeting)
    check(meeting=invitation.meeting, starts_at=starts_at, ends_at=ends_at)
    own = TimeProposal.objects.filter(invitation=invitation)
    if own.filter(starts_at=starts_at).exists():
        raise RuleBroken("Den tiden är redan föreslagen.", field="starts")
    if own.count() >= MOST:
        raise RuleBroken("Ni har redan föreslagit tre tider. Ring den som kallar om ingen av dem passar.")
    made = TimeProposal.objects.create(
        case=case, invitation=invitation, starts_at=starts_at, ends_at=ends_at, by_id=by.assignment_id
    )
    cases.note(case, kind="proposed", text=f"Förslag på ny tid: {swedish.span(starts_at, ends_at)}", by=by)
    log.record("meetings.proposed", case_id=case.pk, person_id=case.person_id, object_id=str(made.pk))
    caller = invitation.meeting.called_by.unit_id
    if by.unit_id != caller:
        services.tell(case, invitation.meeting, caller, "answer", key=f"{invitation.pk}:tid:{made.pk}")
    return made


def propose_handed(*, handed, starts_at, ends_at, by) -> None:
    """The same for a unit that has the kallelse alone."""
    check(meeting=handed, starts_at=starts_at, ends_at=ends_at)
    call("select propose_handed(%s, %s, %s)::text", [handed.pk, starts_at, ends_at])
    transaction.on_commit(nudge)
    log.record("meetings.proposed", case_id=handed.case_id, person_id=handed.person_id, object_id=str(handed.pk))


def of_meeting(meeting) -> list[TimeProposal]:
    """What has been proposed, the earliest time first."""
    found = TimeProposal.objects.filter(invitation__meeting=meeting)
    found = found.select_related("invitation__unit", "invitation__outside_party", "by__staff")
    return list(found.order_by("starts_at", "pk"))


def use(*, case, meeting, proposal, by):
    """Move the meeting to a time that was proposed; all else is as it was, and all get a new kallelse.

    Raises RuleBroken for a time that has been.
    """
    check(meeting=meeting, starts_at=proposal.starts_at, ends_at=proposal.ends_at)
    invited = list(meeting.invitations.select_related("unit__organisation", "unit__acts_for", "outside_party"))
    who = proposal.invitation.unit or proposal.invitation.outside_party.get_kind_display().lower()
    return services.move(
        case=case, meeting=meeting, by=by, why=f"Ny tid efter förslag från {who}.",
        units=[row.unit for row in invited if row.unit_id],
        outside=[row.outside_party for row in invited if row.outside_party_id],
        starts_at=proposal.starts_at, ends_at=proposal.ends_at,
        topics=meeting.topics_of(MeetingTextKey.AGENDA), why_topics=NO_TOPIC,
        **{name: getattr(meeting, name) for name in KEPT},
    )  # fmt: skip
