"""Draws the log extracts that wait, in a process with a ceiling for time and memory, and throws old ones away."""

import logging
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from logbook.models import LogExtract
from organisations.actors import worker_actor
from organisations.scope import acting_for
from plans.pdf import PdfFailed, render_log

logger = logging.getLogger(__name__)

JOB = "logbook.draw_due"
MAX_ATTEMPTS, MAX_AT_ONCE, SECONDS_EACH = 3, 1, 75
KEPT_DAYS = 30


def draw_due() -> int:
    """Draw what waits and throw away what is old; returns how many were tried."""
    with acting_for(worker_actor(JOB)):
        LogExtract.objects.filter(created_at__lt=timezone.now() - timedelta(days=KEPT_DAYS)).delete()
    tried = 0
    while tried < MAX_AT_ONCE and (pk := claim()):
        draw(pk)
        tried += 1
    return tried


def claim():
    """Count one attempt on the oldest waiting extract that nobody else holds, and return its id."""
    with acting_for(worker_actor(JOB)):
        queued = LogExtract.objects.filter(state="queued").order_by("attempts", "created_at")
        queued.filter(attempts__gte=MAX_ATTEMPTS).update(state="failed", finished_at=timezone.now())
        pk = queued.select_for_update(skip_locked=True).values_list("pk", flat=True).first()
        if pk:
            LogExtract.objects.filter(pk=pk).update(attempts=F("attempts") + 1)
        return pk


def draw(pk) -> None:
    """Draw one extract and keep it, or leave it for another try; a third failure is the last."""
    with acting_for(worker_actor(JOB)):
        waiting = LogExtract.objects.select_for_update(skip_locked=True).filter(pk=pk, state="queued")
        found = waiting.values_list("context", "attempts").first()
        if found is None:
            return
        context, attempts = found
        try:
            changes = {"state": "ready", "pdf": render_log(context, timeout=SECONDS_EACH)}
        except PdfFailed as error:
            logger.warning("extract %s not drawn, attempt %s: %s", pk, attempts, error)
            changes = {"state": "failed" if attempts >= MAX_ATTEMPTS else "queued"}
        if changes["state"] != "queued":
            changes["finished_at"] = timezone.now()
        LogExtract.objects.filter(pk=pk).update(**changes)
