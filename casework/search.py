"""Search a person by number, or a case by its reference; POST only, so that no number ends in an address (INI-8)."""

import re
from datetime import timedelta

from django.utils import timezone

from audit import log
from audit.models import AuditEvent
from cases.models import Case

EVENT = "cases.searched"
PER_MINUTE = 20
REFERENCE = re.compile(r"[0-9]{4}-[0-9]{4,}")


def is_throttled(actor) -> bool:
    """Too many searches in a minute by one user: the log itself is the counter."""
    since = timezone.now() - timedelta(minutes=1)
    own = AuditEvent.objects.filter(unit_id=actor.unit_id, user_id=actor.user_id, event=EVENT, at__gte=since)
    return own.count() >= PER_MINUTE


def find(*, reference: str = "", number: str = "", by) -> list[Case]:
    """The unit's cases with that reference or for that person, open first; logged with the persons shown."""
    cases = Case.objects.with_names()
    cases = cases.filter(reference=reference) if reference else cases.filter(person__number=number)
    found = list(cases.order_by("-opened_at")[:50])
    found.sort(key=lambda case: not case.is_open)
    log.record(
        EVENT,
        action=log.READ,
        persons=sorted({case.person_id for case in found}),
        details={"by": "reference" if reference else "number", "found": len(found)},
    )
    return found
