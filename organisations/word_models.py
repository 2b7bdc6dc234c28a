"""An organisation's own words for the plain-language check; dated, ended and never deleted (PLA-1)."""

from django.db import models
from django.db.models import Q
from django.utils import timezone


class WordKind(models.TextChoices):
    """What a word is to the check; the values are those of `plainlanguage.words`."""

    JARGON = "jargon", "Svårt ord"
    ABBREVIATION = "abbreviation", "Förkortning"
    ASSESSMENT = "assessment", "Bedömning eller diagnos"
    ROLE = "role", "Ord om personen, i stället för du"
    ALLOWED = "allowed", "Tillåtet ord, ge inget tips"


class OwnWordQuerySet(models.QuerySet):
    def valid_on(self, day):
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)


class OwnWord(models.Model):
    """A word that an administrator has added to the built-in list, for the own organisation's writers."""

    organisation = models.ForeignKey("Organisation", models.PROTECT, related_name="+", verbose_name="organisation")
    kind = models.CharField("slag", max_length=15, choices=WordKind)
    pattern = models.CharField("ord", max_length=80)
    suggestion = models.CharField("skriv i stället", max_length=200, blank=True)
    valid_from = models.DateField("gäller från", default=timezone.localdate)
    # The first day on which it holds no longer.
    valid_to = models.DateField("slutade gälla", null=True, blank=True)
    added_by = models.ForeignKey("Assignment", models.PROTECT, related_name="+", verbose_name="tillagt av")
    added_at = models.DateTimeField("tillagt", default=timezone.now)
    ended_by = models.ForeignKey(
        "Assignment", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="avslutat av"
    )
    objects = OwnWordQuerySet.as_manager()

    class Meta:
        verbose_name = "eget ord i språkkollen"
        verbose_name_plural = "egna ord i språkkollen"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "pattern"], condition=Q(valid_to=None), name="own_word_once"
            ),
            models.CheckConstraint(condition=Q(valid_to=None) ^ Q(ended_by__isnull=False), name="own_word_ended_by"),
        ]

    def __str__(self):
        return self.pattern
