"""Whose view differs, and on what (MOT-4); written into the plan, where it stays with its version."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.topics import ALL


class Dissenter(models.TextChoices):
    """Whose view it is that differs."""

    PERSON = "person", "Personen själv"
    RELATIVE = "relative", "En närstående"
    UNIT = "unit", "En verksamhet"
    OTHER = "other", "Någon annan"


class Disagreement(models.Model):
    """One view that differs from what the plan says, of one goal or of the whole plan."""

    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="+", verbose_name="ärende")
    plan = models.ForeignKey("plans.Plan", models.CASCADE, related_name="disagreements", verbose_name="plan")
    goal = models.ForeignKey("plans.Goal", models.CASCADE, null=True, related_name="+", verbose_name="mål")
    whose = models.CharField("vems syn", max_length=10, choices=Dissenter)
    unit = models.ForeignKey("organisations.Unit", models.PROTECT, null=True, related_name="+", verbose_name="enhet")
    name = models.CharField("namn", max_length=150, blank=True)
    view = models.TextField("så ser den på saken")
    topics = models.BigIntegerField("ämnen", default=ALL)
    written_at = models.DateTimeField("skriven", default=timezone.now)
    written_by = models.ForeignKey(
        "organisations.Assignment", models.PROTECT, related_name="+", verbose_name="skriven av"
    )

    class Meta:
        verbose_name = "oenighet"
        verbose_name_plural = "oenigheter"
        constraints = [
            models.CheckConstraint(
                condition=Q(whose="unit", unit__isnull=False) | (~Q(whose="unit") & Q(unit=None)),
                name="disagreement_unit_named",
            ),
            models.CheckConstraint(
                condition=~Q(whose__in=["relative", "other"]) | ~Q(name=""), name="disagreement_names_who"
            ),
            models.CheckConstraint(condition=~Q(view=""), name="disagreement_says_what"),
        ]

    def __str__(self):
        return self.get_whose_display()
