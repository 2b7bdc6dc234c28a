"""What must happen by when: the events that start clocks, the deadlines and their pauses (TID)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.enums import CareType, ClockEventKind, DeadlineKind, PauseReason
from organisations.models import Assignment


class ClockEvent(models.Model):
    """Something that has happened and starts, meets or moves clocks; a correction is a new row, the old one stays."""

    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="clock_events", verbose_name="ärende")
    event = models.CharField("händelse", max_length=30, choices=ClockEventKind)
    at = models.DateTimeField("när")
    care_type = models.CharField("vårdform", max_length=12, choices=CareType, default=CareType.SOMATIC)
    recorded_at = models.DateTimeField("inskrivet", default=timezone.now)
    recorded_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="inskrivet av")
    superseded_at = models.DateTimeField("ersatt", null=True)

    class Meta:
        verbose_name = "händelse som startar en klocka"
        verbose_name_plural = "händelser som startar klockor"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "event"], condition=Q(superseded_at=None), name="clock_event_one_now"
            )
        ]

    def __str__(self):
        return f"{self.get_event_display()} {self.at:%Y-%m-%d %H:%M}"


class Deadline(models.Model):
    """A clock: something that must happen by a day; keeps the rule as it stood when it started (TID-1 to TID-8)."""

    # The key (case, id) that pauses refer to is its index too.
    case = models.ForeignKey(
        "cases.Case", models.CASCADE, related_name="deadlines", db_index=False, verbose_name="ärende"
    )
    kind = models.CharField("tidsgräns", max_length=30, choices=DeadlineKind)
    # What started it; empty for a day that people agreed on.
    event = models.CharField("startad av", max_length=30, blank=True)
    due_on = models.DateField("senast")
    # For rules in hours, where the day is not enough.
    due_at = models.DateTimeField("senast klockan", null=True)
    started_at = models.DateTimeField("räknas från")
    statutory = models.BooleanField("lagstadgad", default=False)
    source = models.CharField("källa", max_length=200)
    warn_before_days = ArrayField(models.PositiveSmallIntegerField(), default=list, verbose_name="påminn dagar före")
    escalate_after_days = models.PositiveSmallIntegerField("till enhetschefen efter dagar", null=True)
    # cases.clocks.Rule as JSON, and the day when a day counted backwards became known.
    rule = models.JSONField("regeln som gällde", default=dict)
    known_on = models.DateField("känd från", null=True)
    paused_on = models.DateField("pausad från", null=True)
    paused_days = models.PositiveSmallIntegerField("pausade dagar", default=0)
    met_at = models.DateTimeField("uppfylld", null=True)
    cancelled_at = models.DateTimeField("upphävd", null=True)

    class Meta:
        verbose_name = "tidsgräns"
        verbose_name_plural = "tidsgränser"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind", "started_at"], condition=Q(cancelled_at=None), name="deadline_once"
            ),
            models.CheckConstraint(
                condition=Q(statutory=False) | Q(paused_on=None, paused_days=0), name="deadline_law_never_pauses"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on", "case"], condition=Q(met_at=None, cancelled_at=None), name="deadline_open_due"
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.due_on}"

    @property
    def is_open(self) -> bool:
        return self.met_at is None and self.cancelled_at is None


class DeadlinePause(models.Model):
    """Why a clock stood still, from when to when and by whom; never for what the law says."""

    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="+", verbose_name="ärende")
    deadline = models.ForeignKey(Deadline, models.CASCADE, related_name="pauses", verbose_name="tidsgräns")
    reason = models.CharField("skäl", max_length=20, choices=PauseReason)
    from_on = models.DateField("från")
    paused_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="pausad av")
    to_on = models.DateField("till", null=True)
    resumed_by = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="+", verbose_name="startad av")

    class Meta:
        verbose_name = "paus i en tidsgräns"
        verbose_name_plural = "pauser i tidsgränser"
        constraints = [
            models.UniqueConstraint(fields=["deadline"], condition=Q(to_on=None), name="deadline_pause_one_now")
        ]

    def __str__(self):
        return f"{self.get_reason_display()} {self.from_on}"
