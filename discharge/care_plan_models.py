"""Samordnad vårdplan at open compulsory care (LPT 7 a §, LRV 12 a §): no consent gate, own policies (INI-7)."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from cases.enums import IdKind
from cases.models import Person
from discharge.enums import CarePlanKind, CarePlanState
from organisations.models import Assignment, Unit
from plans.pdf_queue import Drawn


class CarePlan(ConcurrentTransitionMixin, models.Model):
    """Made by the unit that answers for the compulsory care; established once every named unit has adjusted it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField("löpnummer", max_length=20, unique=True)
    kind = models.CharField("slag", max_length=10, choices=CarePlanKind)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="person")
    id_kind = models.CharField("slag av nummer", max_length=20, choices=IdKind)
    number = models.CharField("nummer", max_length=12)
    given_name = models.CharField("förnamn", max_length=100)
    family_name = models.CharField("efternamn", max_length=100)
    protected = models.BooleanField("skyddade personuppgifter", default=False)
    maker_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="ansvarig enhet")
    physician = models.CharField("chefsöverläkare", max_length=150, blank=True)
    needs_region = models.TextField("bedömt behov av insatser från regionen", blank=True)
    needs_kommun = models.TextField("bedömt behov av insatser från kommunen", blank=True)
    patient_view = models.TextField("patientens inställning", blank=True)
    by_others = models.TextField("åtgärder av andra", blank=True)
    state = FSMField("läge", choices=CarePlanState.choices, default=CarePlanState.DRAFT, protected=True)
    revision = models.PositiveIntegerField("revision", default=1)
    made_at = models.DateTimeField("påbörjad", default=timezone.now)
    made_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="påbörjad av")
    established_at = models.DateTimeField("upprättad", null=True)
    ended_at = models.DateTimeField("avslutad", null=True)

    class Meta:
        verbose_name = "samordnad vårdplan"
        verbose_name_plural = "samordnade vårdplaner"
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="established") | Q(established_at__isnull=False), name="care_plan_established_at"
            )
        ]

    def __str__(self):
        return self.reference

    @property
    def is_draft(self) -> bool:
        return self.state == CarePlanState.DRAFT

    @property
    def shown_name(self) -> str:
        return "Skyddade personuppgifter" if self.protected else f"{self.given_name} {self.family_name}"

    @transition(field=state, source=CarePlanState.DRAFT, target=CarePlanState.ESTABLISHED)
    def established(self, *, at):
        """Every unit has adjusted it: ”upprättad när den har justerats av enheterna”."""
        self.established_at = at

    @transition(field=state, source=[CarePlanState.DRAFT, CarePlanState.ESTABLISHED], target=CarePlanState.ENDED)
    def ended(self, *, at):
        """The open compulsory care has ended, or it never came to be."""
        self.ended_at = at


class CarePlanUnit(models.Model):
    """A unit that takes part in the plan; its justering is for the revision that it read."""

    plan = models.ForeignKey(CarePlan, models.CASCADE, related_name="units", verbose_name="samordnad vårdplan")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="enhet")
    maker_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="ansvarig enhet")
    added_at = models.DateTimeField("tillagd", default=timezone.now)
    adjusted_at = models.DateTimeField("justerad", null=True)
    adjusted_by = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="+", verbose_name="justerad av")
    adjusted_revision = models.PositiveIntegerField("justerad revision", null=True)

    class Meta:
        verbose_name = "enhet som justerar"
        verbose_name_plural = "enheter som justerar"
        constraints = [models.UniqueConstraint(fields=["plan", "unit"], name="care_plan_unit_once")]

    def __str__(self):
        return f"{self.unit}"


class CarePlanMeasure(models.Model):
    """A decided measure, and which unit at region or kommun answers for it."""

    plan = models.ForeignKey(CarePlan, models.CASCADE, related_name="measures", verbose_name="samordnad vårdplan")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="ansvarig enhet")
    text = models.TextField("beslutad insats")
    written_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="skriven av")

    class Meta:
        verbose_name = "insats i samordnad vårdplan"
        verbose_name_plural = "insatser i samordnad vårdplan"

    def __str__(self):
        return f"{self.unit}"


class CarePlanDocument(Drawn):
    """The plan as a PDF, rendered by a worker from a frozen context; another for each text and each justering."""

    plan = models.ForeignKey(CarePlan, models.CASCADE, related_name="documents", verbose_name="samordnad vårdplan")
    shows = models.CharField("vad den visar", max_length=60)

    class Meta:
        verbose_name = "samordnad vårdplan som pdf"
        verbose_name_plural = "samordnade vårdplaner som pdf"
        constraints = [
            models.UniqueConstraint(fields=["plan", "shows"], name="care_plan_document_once"),
            models.CheckConstraint(condition=~Q(state="ready") | Q(pdf__isnull=False), name="care_plan_document_ready"),
        ]
        indexes = [models.Index(fields=["created_at"], condition=Q(state="queued"), name="care_plan_document_queue")]
