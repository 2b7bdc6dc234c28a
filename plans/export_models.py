"""A party's own measures as a PDF for its own record (PLA-8)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from cases.models import Case
from organisations.models import Assignment, Unit
from plans.pdf_queue import Drawn


class PartyExport(Drawn):
    """What one unit fetched of an approved version: frozen, seen by that unit alone, drawn by a worker."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+", verbose_name="ärende")
    plan = models.ForeignKey("plans.Plan", models.CASCADE, related_name="+", verbose_name="plan")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="enhet")
    hidden_topics = ArrayField(models.BigIntegerField(), verbose_name="delas inte")
    by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="hämtad av")

    class Meta:
        verbose_name = "egna insatser som pdf"
        verbose_name_plural = "egna insatser som pdf"
        constraints = [
            models.UniqueConstraint(fields=["plan", "unit", "hidden_topics"], name="party_export_once"),
            models.CheckConstraint(condition=Q(hidden_topics__len__gt=0), name="party_export_for_somebody"),
            models.CheckConstraint(condition=~Q(state="ready") | Q(pdf__isnull=False), name="party_export_ready"),
        ]
        indexes = [models.Index(fields=["created_at"], condition=Q(state="queued"), name="party_export_queue")]
