"""Draws the plans that wait for their PDF, one at a time, in a process of its own with a ceiling for time and memory.

Counting the attempt is a transaction of its own: what kills the worker itself is given up after three times.
"""

import logging

from django.db.models import F
from django.utils import timezone

from organisations.actors import worker_actor
from organisations.scope import acting_for
from plans.models import PlanDocument
from plans.pdf import PdfFailed, render_plan

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
# Together below the task's own limit.
MAX_AT_ONCE = 3
SECONDS_EACH = 25


def draw_due() -> int:
    """Draw what waits; returns how many documents were tried."""
    tried = 0
    while tried < MAX_AT_ONCE and (pk := claim()):
        draw(pk)
        tried += 1
    return tried


def claim() -> int | None:
    """Count one attempt on the oldest waiting document that nobody else holds, and return its id."""
    with acting_for(worker_actor("plans.render_due")):
        queued = PlanDocument.objects.filter(state="queued").order_by("attempts", "created_at")
        queued.filter(attempts__gte=MAX_ATTEMPTS).update(state="failed", finished_at=timezone.now())
        pk = queued.select_for_update(skip_locked=True).values_list("pk", flat=True).first()
        if pk:
            PlanDocument.objects.filter(pk=pk).update(attempts=F("attempts") + 1)
        return pk


def draw(pk: int) -> None:
    """Draw one document and keep it, or leave it for another try; a third failure is the last."""
    with acting_for(worker_actor("plans.render_due")):
        waiting = PlanDocument.objects.select_for_update(skip_locked=True).filter(pk=pk, state="queued")
        found = waiting.values_list("context", "attempts").first()
        if found is None:
            return
        context, attempts = found
        try:
            changes = {"state": "ready", "pdf": render_plan(context, timeout=SECONDS_EACH)}
        except PdfFailed as error:
            logger.warning("document %s not drawn, attempt %s: %s", pk, attempts, error)
            changes = {"state": "failed" if attempts >= MAX_ATTEMPTS else "queued"}
        if changes["state"] != "queued":
            changes["finished_at"] = timezone.now()
        PlanDocument.objects.filter(pk=pk).update(**changes)
