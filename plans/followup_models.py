"""How it goes with what was agreed: reports on measures and follow-ups, beside the plan (UPP)."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.models import Case
from cases.topics import ALL
from meetings.models import Meeting
from organisations.models import Assignment


class MeasureStatus(models.TextChoices):
    PLANNED = "planned", "Planerad"
    ONGOING = "ongoing", "Pågår"
    DONE = "done", "Klar"
    NOT_DONE = "not_done", "Blev inte av"


class MeasureReport(models.Model):
    """How it goes with a measure (UPP-5); beside the plan, so that the approved version never changes."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+", verbose_name="ärende")
    measure = models.ForeignKey("plans.Measure", models.CASCADE, related_name="reports", verbose_name="insats")
    status = models.CharField("status", max_length=10, choices=MeasureStatus)
    reason = models.TextField("orsak", blank=True)
    reported_at = models.DateTimeField("när", default=timezone.now)
    reported_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="av")

    class Meta:
        verbose_name = "lägesrapport"
        verbose_name_plural = "lägesrapporter"
        constraints = [
            models.CheckConstraint(condition=~Q(status="not_done") | ~Q(reason=""), name="measure_report_reason")
        ]
        indexes = [models.Index(fields=["measure", "-reported_at"], name="measure_report_latest")]

    def __str__(self):
        return self.get_status_display()


class FollowUp(models.Model):
    """What a follow-up found (UPP-3), and what it leads to."""

    OUTCOMES = [("continue", "Fortsätt som planerat"), ("revise", "Ändra planen"), ("close", "Avsluta")]

    case = models.ForeignKey(Case, models.CASCADE, related_name="follow_ups", verbose_name="ärende")
    plan = models.ForeignKey("plans.Plan", models.PROTECT, related_name="follow_ups", verbose_name="plan")
    meeting = models.ForeignKey(Meeting, models.PROTECT, null=True, related_name="+", verbose_name="möte")
    held_on = models.DateField("datum")
    how_it_went = models.TextField("hur har det gått?")
    helped = models.TextField("vad har hjälpt?", blank=True)
    hindered = models.TextField("vad har hindrat?", blank=True)
    new_circumstances = models.TextField("har något nytt hänt?", blank=True)
    effect = models.TextField("blev det som du ville?", blank=True)
    coordination_needed = models.BooleanField("behövs samordning fortfarande?", default=True)
    outcome = models.CharField("och nu?", max_length=10, choices=OUTCOMES)
    next_on = models.DateField("nästa uppföljning", null=True, blank=True)
    topics = models.BigIntegerField("ämnen", default=ALL)
    by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="skriven av")
    created_at = models.DateTimeField("skriven", default=timezone.now)

    class Meta:
        verbose_name = "uppföljning"
        verbose_name_plural = "uppföljningar"
        constraints = [
            models.CheckConstraint(condition=Q(outcome="close") | Q(next_on__isnull=False), name="follow_up_next_date")
        ]

    def __str__(self):
        return f"Uppföljning {self.held_on}"
