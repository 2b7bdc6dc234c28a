"""Papers on their way: what was known when one was asked for, and the PDF that a worker draws of it (DOK)."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from cases.models import Case
from organisations.models import Assignment, Unit
from plans.models import nothing_hidden
from plans.pdf_queue import Drawn


class Kind(models.TextChoices):
    """The papers, in the order of the work."""

    LEAFLET = "leaflet", "Informationsblad om SIP"
    CONSENT = "consent", "Samtyckesblankett"
    CALL = "call", "Kallelse till den som är skyldig att delta"
    INVITATION = "invitation", "Inbjudan"
    CIRCLE = "circle", "Mötescirkel"
    PACK = "pack", "Mötespaket utan nät"
    PLAN = "plan", "Plan"
    FOLLOW_UP = "follow_up", "Uppföljning"
    CLOSURE = "closure", "Besked om avslut"


class Paper(Drawn):
    """One paper with what the one who asked may read: a unit's, or the person's own; thrown away after 30 days.

    `hidden_topics` are the masks, one per ground, of the unit that ordered it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+", verbose_name="ärende")
    kind = models.CharField("slag", max_length=12, choices=Kind)
    about = models.BigIntegerField("till vem", default=0)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name="enhet")
    requested_by = models.ForeignKey(
        Assignment, models.PROTECT, null=True, related_name="+", verbose_name="beställt av"
    )
    citizen_id = models.BigIntegerField("beställt av invånaren", null=True)
    hidden_topics = ArrayField(models.BigIntegerField(), default=nothing_hidden, verbose_name="delas inte")
    digest = models.CharField("innehållets kontrollsumma", max_length=64)

    class Meta:
        verbose_name = "papper"
        verbose_name_plural = "papper"
        constraints = [
            # The same again is the same paper.
            models.UniqueConstraint(
                fields=["case", "kind", "about", "unit", "citizen_id", "hidden_topics", "digest"],
                nulls_distinct=False,
                name="paper_once",
            ),
            models.CheckConstraint(condition=Q(unit__isnull=True) ^ Q(citizen_id__isnull=True), name="paper_one_asker"),
            models.CheckConstraint(condition=Q(hidden_topics__len__gt=0), name="paper_for_somebody"),
            models.CheckConstraint(condition=~Q(state="ready") | Q(pdf__isnull=False), name="paper_ready"),
        ]
        indexes = [
            models.Index(fields=["created_at"], condition=Q(state="queued"), name="paper_queue"),
            models.Index(fields=["case", "unit", "-created_at"], name="paper_latest"),
        ]


class BlankPaper(Drawn):
    """An empty form, the same for all: drawn once a day at most, since its words follow the release."""

    kind = models.CharField("slag", max_length=12, choices=Kind)
    language = models.CharField("språk", max_length=10, default="sv")

    class Meta:
        verbose_name = "tom blankett"
        verbose_name_plural = "tomma blanketter"
        constraints = [
            models.UniqueConstraint(fields=["kind", "language"], name="blank_paper_once"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="blank_paper_kind"),
            models.CheckConstraint(condition=~Q(state="ready") | Q(pdf__isnull=False), name="blank_paper_ready"),
        ]
        indexes = [models.Index(fields=["created_at"], condition=Q(state="queued"), name="blank_paper_queue")]
