"""What staff see of a link: how it went out, whether it is used, and why it no longer stands."""

from django.utils import timezone

from guests import services
from guests.models import GuestLink
from meetings.models import MeetingState


def link_of(invitation) -> GuestLink | None:
    """The latest link to an invitation, also when it has ended."""
    found = GuestLink.objects.filter(invitation=invitation).select_related("made_by__staff", "code_given_by__staff")
    return found.order_by("-made_at").first()


def page(case, invitation) -> dict:
    link = link_of(invitation)
    called = invitation.meeting.state == MeetingState.CALLED
    refusal = services.why_no_link(case, invitation) if called else "Mötet är inte längre kallat."
    stands = link is not None and not refusal and not ended(link)
    return {
        "invitation": invitation,
        "link": link,
        "stands": stands,
        "tag": tag(link, refusal) if link else None,
        "refusal": refusal,
    }


def ended(link: GuestLink) -> bool:
    return bool(link.revoked_at or link.locked_at or link.expires_at <= timezone.now())


def tag(link: GuestLink, refusal: str) -> dict:
    if link.revoked_at:
        return {"text": "Spärrad", "kind": "", "icon": "x"}
    if link.locked_at:
        return {"text": "Låst efter fem fel", "kind": "danger", "icon": "lock"}
    if refusal or link.expires_at <= timezone.now():
        return {"text": "Gäller inte längre", "kind": "", "icon": "x"}
    if link.opened_at:
        return {"text": "Öppnad", "kind": "success", "icon": "check"}
    return {"text": "Inte öppnad än", "kind": "warn", "icon": "clock"}
