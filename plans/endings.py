"""Ends that take access away: everyone gets the last version first (AVS-1 to AVS-3, KAL-1)."""

from cases import services as cases
from cases.enums import CloseReason
from cases.topics import ALL
from consent import snapshot
from consent.handing_over import send_off, send_version
from meetings.models import MeetingState
from organisations.models import Unit


def close(*, case, reason, by, note="", other_plan="", topics=ALL) -> None:
    """Close the case with a reason; each party that sees it gets its own copy before.

    A case opened by mistake gives nobody a copy: it was about the wrong person. Raises RuleBroken.
    """
    if reason != CloseReason.MISTAKE:
        send_last_versions(case=case, by=by)
    for meeting in case.meetings.filter(state=MeetingState.CALLED):
        meeting.cancelled()
        meeting.save(update_fields=["state"])
    cases.close(case=case, reason=reason, note=note, other_plan=other_plan, topics=topics, by=by)


def send_last_versions(*, case, by) -> None:
    others = Unit.objects.filter(pk__in=cases.units_with_access(case) - {by.unit_id}).order_by("pk")
    body = snapshot.build(case) if others else {}
    for unit in others:
        send_version(case=case, unit=unit, kind="closed", what="Ärendet när det avslutades", by=by, body=body)


def end_party(*, case, party, why, by, topics=ALL) -> None:
    """End a unit's part; if it sees the case it keeps its own copy and is told that, not why (KAL-1, PDL 3:17)."""
    if party.ended_on is None and party.unit_id in cases.units_with_access(case):
        send_off(case=case, unit=party.unit, by=by, body=snapshot.build(case), key=f"party_ended:{party.pk}")
    cases.end_party(case=case, party=party, why=why, topics=topics, by=by)
