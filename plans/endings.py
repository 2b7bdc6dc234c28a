"""Closing a case: everyone gets the last version first, then the case becomes read-only (AVS-1 to AVS-3)."""

from cases import services as cases
from cases.enums import CloseReason
from consent import snapshot
from consent.handing_over import send_version
from meetings.models import MeetingState
from organisations.models import Unit


def close(*, case, reason, by, note="", other_plan="") -> None:
    """Close the case with a reason; each party that sees it gets its own copy before.

    A case opened by mistake gives nobody a copy: it was about the wrong person. Raises RuleBroken.
    """
    if reason != CloseReason.MISTAKE:
        send_last_versions(case=case, by=by)
    for meeting in case.meetings.filter(state=MeetingState.CALLED):
        meeting.cancelled(note="Ärendet avslutades.")
        meeting.save(update_fields=["state", "ended_note"])
    cases.close(case=case, reason=reason, note=note, other_plan=other_plan, by=by)


def send_last_versions(*, case, by) -> None:
    others = Unit.objects.filter(pk__in=cases.units_with_access(case) - {by.unit_id}).order_by("pk")
    body = snapshot.build(case) if others else {}
    for unit in others:
        send_version(case=case, unit=unit, kind="closed", what="Ärendet när det avslutades", by=by, body=body)
