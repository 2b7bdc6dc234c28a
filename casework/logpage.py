"""The log tab: what the own unit has done and read in the case, in plain Swedish (TRU-4)."""

from django.core.paginator import Paginator
from django.db.models import Q

from audit.labels import label
from audit.models import AuditEvent

PAGE = 50


def page(case, actor, *, number: str) -> dict:
    """One page of the unit's own rows about the case, and of lists where the person was shown."""
    about = Q(case_id=case.pk) | Q(persons__contains=[case.person_id])
    rows = AuditEvent.objects.filter(about, unit_id=actor.unit_id).order_by("-at", "-id")
    shown = Paginator(rows, PAGE).get_page(number)
    return {"shown": shown, "rows": [log_row(row) for row in shown]}


def log_row(row: AuditEvent) -> dict:
    return {
        "at": row.at,
        "what": label(row.event),
        "who": row.actor_name or "Automatiskt",
        "title": row.actor_title,
        "purpose": row.purpose,
        "case_wide": row.case_id is not None,
    }
