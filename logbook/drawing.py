"""The log extracts that wait for their PDF, and those that have been kept long enough."""

from datetime import timedelta

from django.utils import timezone

from logbook.models import LogExtract
from organisations.actors import worker_actor
from organisations.scope import acting_for
from plans.pdf import render_log
from plans.pdf_queue import PdfQueue

QUEUE = PdfQueue(model=LogExtract, job="logbook.draw_due", render=render_log, at_once=1, seconds_each=75)
KEPT_DAYS = 30


def draw_due() -> int:
    """Throw away what is old and draw what waits; returns how many were tried."""
    with acting_for(worker_actor(QUEUE.job)):
        LogExtract.objects.filter(created_at__lt=timezone.now() - timedelta(days=KEPT_DAYS)).delete()
    return QUEUE.draw_due()
