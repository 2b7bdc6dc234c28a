"""The person's log extract: a list frozen when it is asked for, drawn by the worker, gone after 30 days (PDL 8:5)."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from audit import log
from logbook.models import LogExtract
from logbook.tasks import nudge
from organisations import swedish
from organisations.errors import RuleBroken

MAX_ROWS = 500
# Somebody who orders again and again gets the worker to do nothing else.
PER_DAY = 20


def order(*, person_id: int, name: str, rows: list[dict], total: int, from_on, to_on, place: str, by) -> LogExtract:
    """Freeze the rows ({at, who, where, what, why} in words, newest first) and queue the drawing.

    Raises RuleBroken when there is nothing to show, too much for one list, or too many lists in a day.
    """
    if not total:
        raise RuleBroken("Ingen har läst under den tiden.", field="from_on")
    if total > MAX_ROWS:
        raise RuleBroken(f"Listan skulle bli {total} rader. Välj en kortare tid.", field="from_on")
    own = {"unit_id": by.unit_id} if by.is_staff else {"user_id": by.user_id}
    since = timezone.now() - timedelta(days=1)
    if LogExtract.objects.filter(**own, created_at__gte=since).count() >= PER_DAY:
        raise RuleBroken("Du har hämtat många listor i dag. Försök igen i morgon.")
    context = {
        "person": {"name": name},
        "period": f"{swedish.short_date(from_on)} – {swedish.short_date(to_on)}",
        "place": place,
        "written_on": timezone.localdate().isoformat(),
        "rows": rows,
    }
    made = LogExtract(person_id=person_id, from_on=from_on, to_on=to_on, rows=total, context=context, **own)
    made.requested_by_id = by.assignment_id
    made.save(force_insert=True)
    log.record("logbook.extract", action=log.PRINT, person_id=person_id, object_id=str(made.pk))
    transaction.on_commit(nudge)
    return made
