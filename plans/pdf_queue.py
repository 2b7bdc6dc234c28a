"""Rows that wait to be drawn as PDF, and the one way in which a worker draws them.

Counting the attempt is a transaction of its own: what kills the worker itself is given up after three times.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.db import models
from django.db.models import F
from django.utils import timezone

from organisations.actors import worker_actor
from organisations.scope import acting_for
from plans.pdf import PdfFailed

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 3


class Drawn(models.Model):
    """A PDF to be: the frozen context that it is drawn from, how far it has come, and at last the file."""

    STATES = [("queued", "Väntar"), ("ready", "Klar"), ("failed", "Misslyckades")]

    context = models.JSONField("innehåll")
    state = models.CharField("läge", max_length=10, choices=STATES, default="queued")
    pdf = models.BinaryField("pdf", null=True)
    attempts = models.PositiveSmallIntegerField("försök", default=0)
    created_at = models.DateTimeField("beställd", default=timezone.now)
    finished_at = models.DateTimeField("klar", null=True)

    class Meta:
        abstract = True

    def __str__(self):
        return self.get_state_display()


@dataclass
class PdfQueue:
    """One kind of `Drawn` rows and how they are drawn.

    `job` names the worker in the log; `at_once` rows of `seconds_each` shall fit within the task's own limit.
    """

    model: type[Drawn]
    job: str
    render: Callable[..., bytes]
    at_once: int
    seconds_each: int

    def draw_due(self) -> int:
        """Draw what waits; returns how many were tried."""
        tried = 0
        while tried < self.at_once and (pk := self.claim()):
            self.draw(pk)
            tried += 1
        return tried

    def claim(self):
        """Count one attempt on the oldest waiting row that nobody else holds, and return its id, or None."""
        with acting_for(worker_actor(self.job)):
            queued = self.model.objects.filter(state="queued").order_by("attempts", "created_at")
            queued.filter(attempts__gte=MAX_ATTEMPTS).update(state="failed", finished_at=timezone.now())
            pk = queued.select_for_update(skip_locked=True).values_list("pk", flat=True).first()
            if pk:
                self.model.objects.filter(pk=pk).update(attempts=F("attempts") + 1)
            return pk

    def draw(self, pk) -> None:
        """Draw one row and keep it, or leave it for another try; a third failure is the last."""
        with acting_for(worker_actor(self.job)):
            waiting = self.model.objects.select_for_update(skip_locked=True).filter(pk=pk, state="queued")
            found = waiting.values_list("context", "attempts").first()
            if found is None:
                return
            context, attempts = found
            try:
                changes = {"state": "ready", "pdf": self.render(context, timeout=self.seconds_each)}
            except PdfFailed as error:
                logger.warning("%s %s not drawn, attempt %s: %s", self.model._meta.model_name, pk, attempts, error)
                changes = {"state": "failed" if attempts >= MAX_ATTEMPTS else "queued"}
            if changes["state"] != "queued":
                changes["finished_at"] = timezone.now()
            self.model.objects.filter(pk=pk).update(**changes)
