"""A version that corrects another (PDL 3:14, PLA-9)."""

from django.db import models
from django.utils import timezone


class CorrectionKind(models.TextChoices):
    """What was wrong, in words that every party may read; the reason itself is a text of the case."""

    WRONG = "wrong", "En uppgift var fel"
    MISSING = "missing", "En uppgift saknades"
    OTHER_PERSON = "other_person", "En uppgift gällde någon annan"
    WORDING = "wording", "Texten gick att missförstå"


# The reason stands among the case's texts under this key, about all topics.
REASON = "correction:{}"


class PlanCorrection(models.Model):
    """That a version corrects an earlier one: what kind of mistake, who and when. No meeting, nothing newly agreed."""

    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="+", verbose_name="ärende")
    plan = models.OneToOneField("plans.Plan", models.CASCADE, related_name="correction", verbose_name="rättad version")
    corrects = models.ForeignKey("plans.Plan", models.PROTECT, related_name="+", verbose_name="rättar version")
    kind = models.CharField("vad som var fel", max_length=15, choices=CorrectionKind)
    at = models.DateTimeField("när", default=timezone.now)
    by = models.ForeignKey("organisations.Assignment", models.PROTECT, related_name="+", verbose_name="av")

    class Meta:
        verbose_name = "rättelse av planen"
        verbose_name_plural = "rättelser av planen"

    def __str__(self):
        return f"Rättelse av version {self.corrects.version}"
