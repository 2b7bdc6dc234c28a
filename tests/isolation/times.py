"""A standing time and a call about a meeting, for the addresses that need one."""

from datetime import time

from django.utils import timezone

from meetings.models import CancellationCall
from slots.models import SlotWindow


def of_times(atlas) -> dict[str, int]:
    today, case = timezone.localdate(), atlas.cases["invited"]
    window = SlotWindow.objects.using("admin").create(
        unit=atlas.cast.unit("owner"), weekday=2, from_on=today, to_on=today, starts=time(13), minutes=60,
        form="phone", created_by=atlas.cast.assignment("owner"),
    )  # fmt: skip
    call = CancellationCall.objects.using("admin").create(
        case=case, meeting_id=atlas.meeting("invited"), callee="person"
    )
    return {"window": window.pk, "call": call.pk}
