"""Gallring: how long each kind of record is kept, what stops it, what was approved, and what is gone."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from organisations.models import Assignment, Organisation, Unit
from retention.enums import BatchState, CountedFrom, HoldKind, ItemState, Kind, Record


class RetentionProfile(models.Model):
    """How long a kind of record is kept, on dates; without organisation the law, else its own longer time."""

    record = models.CharField("slag av handling", max_length=10, choices=Record)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, verbose_name="organisation")
    years = models.PositiveSmallIntegerField("antal år")
    counted_from = models.CharField("räknas från", max_length=10, choices=CountedFrom)
    must_erase = models.BooleanField("ska gallras senast året efter", default=False)
    legal_source = models.CharField("källa", max_length=200)
    reason = models.CharField("skäl", max_length=300, blank=True)
    valid_from = models.DateField("gäller från")
    valid_to = models.DateField("gäller till", null=True)
    decided_by = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="+", verbose_name="beslutat av")
    decided_at = models.DateTimeField("beslutat", default=timezone.now)

    class Meta:
        verbose_name = "gallringsregel"
        verbose_name_plural = "gallringsregler"
        constraints = [
            models.UniqueConstraint(
                fields=["record", "organisation", "valid_from"], name="profile_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="profile_dates"),
            models.CheckConstraint(condition=Q(years__gte=1, years__lte=200), name="profile_years"),
        ]

    def __str__(self):
        return f"{self.get_record_display()}, {self.years} år"


class RetentionExemption(models.Model):
    """What the law lets stay for good: areas, and days of birth (research)."""

    record = models.CharField("slag av handling", max_length=10, choices=Record)
    slug = models.SlugField("kod", max_length=30)
    text = models.CharField("undantag", max_length=200)
    county_codes = ArrayField(models.CharField(max_length=2), default=list, verbose_name="län")
    kommun_codes = ArrayField(models.CharField(max_length=4), default=list, verbose_name="kommuner")
    birth_days = ArrayField(models.PositiveSmallIntegerField(), default=list, verbose_name="födda den")
    legal_source = models.CharField("källa", max_length=200)
    valid_from = models.DateField("gäller från")
    valid_to = models.DateField("gäller till", null=True)

    class Meta:
        verbose_name = "undantag från gallring"
        verbose_name_plural = "undantag från gallring"
        constraints = [models.UniqueConstraint(fields=["slug", "valid_from"], name="exemption_once")]

    def __str__(self):
        return self.text


class RetentionHold(models.Model):
    """A unit's recorded reason for keeping a case or what it has received of it; plain ids, the unit's own row."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="enhet")
    case_id = models.UUIDField("ärende")
    reference = models.CharField("ärendenummer", max_length=20)
    person_id = models.BigIntegerField("person", null=True)
    kind = models.CharField("slag", max_length=20, choices=HoldKind)
    reason = models.CharField("skäl", max_length=300)
    from_on = models.DateField("från")
    to_on = models.DateField("till", null=True)
    recorded_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="infört av")
    recorded_at = models.DateTimeField("infört", default=timezone.now)
    ended_by = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="+", verbose_name="avslutat av")
    end_note = models.CharField("varför det avslutades", max_length=300, blank=True)

    class Meta:
        verbose_name = "gallringsstopp"
        verbose_name_plural = "gallringsstopp"
        indexes = [
            models.Index(fields=["case_id"], name="hold_case"),
            models.Index(fields=["person_id"], name="hold_person"),
        ]

    def __str__(self):
        return self.get_kind_display()


class RetentionBatch(models.Model):
    """What an organisation has prepared to erase, who approved it, and how far it has come."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name="organisation")
    state = models.CharField("läge", max_length=10, choices=BatchState, default=BatchState.PREPARED)
    prepared_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="förberedd av")
    prepared_at = models.DateTimeField("förberedd", default=timezone.now)
    approved_by = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="+", verbose_name="godkänd av")
    approved_at = models.DateTimeField("godkänd", null=True)
    exported_at = models.DateTimeField("exporterad", null=True)
    export_name = models.CharField("exportfil", max_length=100, blank=True)
    export_digest = models.CharField("exportens kontrollsumma", max_length=64, blank=True)
    ended_at = models.DateTimeField("avslutad", null=True)
    last_error = models.CharField("senaste fel", max_length=200, blank=True)

    class Meta:
        verbose_name = "gallringsomgång"
        verbose_name_plural = "gallringsomgångar"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(state__in=[BatchState.PREPARED, BatchState.APPROVED, BatchState.EXPORTED]),
                name="batch_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[BatchState.PREPARED, BatchState.CANCELLED]) | Q(approved_by__isnull=False),
                name="batch_approved_by_somebody",
            ),
        ]

    def __str__(self):
        return f"Omgång {self.pk}"


class RetentionItem(models.Model):
    """One record in a batch; the row goes when the record does, and the ledger tells instead."""

    batch = models.ForeignKey(RetentionBatch, models.CASCADE, related_name="items", verbose_name="gallringsomgång")
    kind = models.CharField("vad", max_length=10, choices=Kind)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="enhet")
    key = models.CharField("nyckel", max_length=40)
    reference = models.CharField("ärendenummer", max_length=20)
    profile = models.ForeignKey(RetentionProfile, models.PROTECT, related_name="+", verbose_name="gallringsregel")
    due_from = models.DateField("får gallras från")
    due_by = models.DateField("ska vara gallrad", null=True)
    state = models.CharField("läge", max_length=10, choices=ItemState, default=ItemState.PLANNED)
    digest = models.CharField("exportens kontrollsumma", max_length=64, blank=True)
    reason = models.CharField("skäl", max_length=40, blank=True)
    log_until = models.DateTimeField("loggens uppgifter före", null=True)

    class Meta:
        verbose_name = "post i gallringsomgång"
        verbose_name_plural = "poster i gallringsomgång"
        constraints = [models.UniqueConstraint(fields=["batch", "kind", "unit", "key"], name="item_once")]

    def __str__(self):
        return f"{self.get_kind_display()} {self.reference}"


class RetentionLedger(models.Model):
    """What was erased, under which rule, when and by whom; only ever added to, and names nobody."""

    batch = models.ForeignKey(RetentionBatch, models.PROTECT, related_name="ledger", verbose_name="gallringsomgång")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="organisation")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="enhet")
    kind = models.CharField("vad", max_length=10, choices=Kind)
    rows = models.PositiveIntegerField("antal rader")
    reference_hash = models.CharField("ärendets avtryck", max_length=64)
    profile = models.ForeignKey(RetentionProfile, models.PROTECT, related_name="+", verbose_name="gallringsregel")
    years = models.PositiveSmallIntegerField("antal år")
    legal_source = models.CharField("källa", max_length=200)
    due_from = models.DateField("fick gallras från")
    erased_at = models.DateTimeField("gallrad", default=timezone.now)
    approved_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="godkänd av")
    export_name = models.CharField("exportfil", max_length=100)
    export_digest = models.CharField("exportens kontrollsumma", max_length=64)
    content_digest = models.CharField("postens kontrollsumma", max_length=64)
    log_until = models.DateTimeField("loggens uppgifter före", null=True)

    class Meta:
        verbose_name = "rad i gallringsliggaren"
        verbose_name_plural = "rader i gallringsliggaren"
        indexes = [models.Index(fields=["organisation", "-erased_at"], name="ledger_latest")]

    def __str__(self):
        return f"{self.get_kind_display()} {self.erased_at:%Y-%m-%d}"
