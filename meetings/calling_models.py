"""Whom to phone when a meeting is called off on the very day, and how each call went (KAL-7)."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.models import Case
from consent.models import Representative
from organisations.models import Assignment


class Callee(models.TextChoices):
    INVITED = "invited", "Kallad eller inbjuden"
    PERSON = "person", "Personen"
    REPRESENTATIVE = "representative", "Företrädare"
    INTERPRETER = "interpreter", "Tolk"


class CancellationCall(models.Model):
    """One whom the caller must phone; it is over when somebody was reached, or was tried until the hour was past."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+", verbose_name="ärende")
    meeting = models.ForeignKey("meetings.Meeting", models.CASCADE, related_name="calls", verbose_name="möte")
    callee = models.CharField("vem", max_length=15, choices=Callee)
    invitation = models.ForeignKey(
        "meetings.Invitation", models.CASCADE, null=True, related_name="+", verbose_name="kallelse"
    )
    representative = models.ForeignKey(
        Representative, models.CASCADE, null=True, related_name="+", verbose_name="företrädare"
    )
    listed_at = models.DateTimeField("ska ringas från", default=timezone.now)
    tries = models.PositiveSmallIntegerField("försök", default=0)
    tried_at = models.DateTimeField("senaste försök", null=True)
    reached_at = models.DateTimeField("nådd", null=True)
    reached_name = models.CharField("vem som nåddes", max_length=150, blank=True)
    recorded_by = models.ForeignKey(
        Assignment, models.PROTECT, null=True, related_name="+", verbose_name="dokumenterat av"
    )

    class Meta:
        verbose_name = "samtal om inställt möte"
        verbose_name_plural = "samtal om inställda möten"
        indexes = [models.Index(fields=["case"], condition=Q(reached_at=None), name="call_not_reached")]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "callee", "invitation", "representative"], nulls_distinct=False, name="call_once"
            ),
            models.CheckConstraint(
                condition=Q(reached_at=None, reached_name="") | (Q(reached_at__isnull=False) & ~Q(reached_name="")),
                name="call_says_who_was_reached",
            ),
            models.CheckConstraint(
                condition=Q(callee__in=["person", "interpreter"], invitation=None, representative=None)
                | Q(callee="invited", invitation__isnull=False, representative=None)
                | Q(callee="representative", invitation=None, representative__isnull=False),
                name="call_names_one",
            ),
        ]

    def __str__(self):
        return self.get_callee_display()
