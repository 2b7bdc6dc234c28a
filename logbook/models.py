"""What people do with the log: extracts for the person, and the unit's recurring review (HSLF-FS 2016:40 4:9)."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from organisations.models import Assignment, Unit
from plans.pdf_queue import Drawn


class LogExtract(Drawn):
    """A list of who has read about a person, frozen and drawn as a PDF by the worker (PDL 8:5).

    Plain ids, as in the log: ordered by a citizen (all units) or by a unit's manager (the own unit's part).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person_id = models.BigIntegerField("person")
    user_id = models.BigIntegerField("beställd av invånaren", null=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name="enhet")
    requested_by = models.ForeignKey(
        Assignment, models.PROTECT, null=True, related_name="+", verbose_name="beställd av"
    )
    from_on = models.DateField("från")
    to_on = models.DateField("till")
    rows = models.PositiveIntegerField("rader")

    class Meta:
        verbose_name = "loggutdrag"
        verbose_name_plural = "loggutdrag"
        constraints = [
            models.CheckConstraint(condition=Q(user_id__isnull=True) ^ Q(unit__isnull=True), name="extract_one_asker"),
            models.CheckConstraint(condition=~Q(state="ready") | Q(pdf__isnull=False), name="extract_ready"),
            models.CheckConstraint(condition=Q(to_on__gte=models.F("from_on")), name="extract_dates"),
        ]
        indexes = [models.Index(fields=["created_at"], name="extract_queue")]


class LogReview(models.Model):
    """One review of a unit's own log: picks at random and by rule, each with a verdict; then finished for good."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="enhet")
    from_on = models.DateField("från")
    to_on = models.DateField("till")
    started_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="startad av")
    started_at = models.DateTimeField("startad", default=timezone.now)
    looked_through = models.PositiveIntegerField("rader i perioden")
    finished_at = models.DateTimeField("klar", null=True)
    finished_by = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="+", verbose_name="avslutad av")
    summary = models.TextField("sammanfattning", blank=True)

    class Meta:
        verbose_name = "logggranskning"
        verbose_name_plural = "logggranskningar"
        constraints = [models.CheckConstraint(condition=Q(to_on__gte=models.F("from_on")), name="review_dates")]
        indexes = [models.Index(fields=["unit", "-started_at"], name="review_latest")]

    def __str__(self):
        return f"Granskning {self.started_at:%Y-%m-%d}"


class ReviewPick(models.Model):
    """A row of the log to judge: why it was picked, and what the manager found."""

    RULES = [
        ("emergency", "Nödöppning"),
        ("revealed", "Skyddade uppgifter öppnades"),
        ("refused", "Försök som nekades"),
        ("own_name", "Samma efternamn som personen"),
        ("closed", "Läst länge efter avslut"),
        ("night", "Läst mellan klockan 22 och 6"),
        ("many", "Många personer på en dag"),
        ("random", "Slumpvis"),
    ]
    VERDICTS = [("ok", "Befogad"), ("explained", "Frågad och förklarad"), ("breach", "Inte befogad")]

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="enhet")
    review = models.ForeignKey(LogReview, models.CASCADE, related_name="picks", verbose_name="granskning")
    log_id = models.UUIDField("loggrad")
    rule = models.CharField("varför den valdes", max_length=10, choices=RULES)
    verdict = models.CharField("bedömning", max_length=10, choices=VERDICTS, blank=True)
    note = models.TextField("kommentar", blank=True)
    decided_by = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="+", verbose_name="bedömd av")
    decided_at = models.DateTimeField("bedömd", null=True)

    class Meta:
        verbose_name = "vald loggrad"
        verbose_name_plural = "valda loggrader"
        constraints = [
            models.UniqueConstraint(fields=["unit", "log_id"], name="pick_once"),
            models.CheckConstraint(condition=Q(verdict__in=["", "ok"]) | ~Q(note=""), name="pick_says_why"),
        ]

    def __str__(self):
        return self.get_rule_display()
