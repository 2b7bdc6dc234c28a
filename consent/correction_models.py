"""What was sent to the wrong receiver, and taken back (PLA-9)."""

from django.db import models
from django.utils import timezone

from cases.topics import ALL


class RecallKind(models.TextChoices):
    WRONG_RECEIVER = "wrong", "Skickat till fel mottagare"
    VOIDED = "voided", "Ärendet var öppnat på fel person"


class Recall(models.Model):
    """A wrongful disclosure: all that one receiver has been sent in a case is taken back, with the reason.

    Made by functions alone, since another unit's received versions can no longer be read from then on.
    """

    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="recalls", verbose_name="ärende")
    unit = models.ForeignKey("organisations.Unit", models.PROTECT, null=True, related_name="+", verbose_name="enhet")
    recipient = models.CharField("mottagare", max_length=200)
    kind = models.CharField("slag", max_length=10, choices=RecallKind)
    reason = models.TextField("varför")
    topics = models.BigIntegerField("ämnen", default=ALL, db_default=ALL)
    at = models.DateTimeField("när", default=timezone.now)
    by = models.ForeignKey("organisations.Assignment", models.PROTECT, related_name="+", verbose_name="av")

    class Meta:
        verbose_name = "återkallat utlämnande"
        verbose_name_plural = "återkallade utlämnanden"
        constraints = [models.CheckConstraint(condition=~models.Q(reason=""), name="recall_says_why")]
        indexes = [models.Index(fields=["unit", "case"], name="recall_unit_case")]

    def __str__(self):
        return self.get_kind_display()
