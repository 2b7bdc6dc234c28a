"""What a consent says in words and what it exempts: rows of their own, as each reveals what is not shared (SAM-3)."""

from django.db import models

from cases.topics import ALL
from organisations.models import Unit


class ConsentTextKey(models.TextChoices):
    INFORMED_HOW = "informed_how", "Så informerades personen"
    EXCLUDED_NOTE = "excluded_note", "Det här får inte delas"
    CHILD_VIEW = "child_view", "Barnets syn"
    MATURITY_NOTE = "maturity_note", "Bedömning av mognad"


class ConsentText(models.Model):
    """One free text of an answer; what may not be shared is for the steering units alone."""

    consent = models.ForeignKey("consent.Consent", models.CASCADE, related_name="texts", verbose_name="samtycke")
    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="+", verbose_name="ärende")
    key = models.CharField("text", max_length=20, choices=ConsentTextKey)
    text = models.TextField("innehåll")
    topics = models.BigIntegerField("ämnen", default=ALL, db_default=ALL)

    class Meta:
        verbose_name = "text i samtycket"
        verbose_name_plural = "texter i samtycket"
        constraints = [models.UniqueConstraint(fields=["consent", "key"], name="consent_text_once")]

    def __str__(self):
        return self.get_key_display()


class ConsentExemption(models.Model):
    """The topics that the person exempted for a unit (SAM-3); a unit never sees the row about what it may not see."""

    consent = models.ForeignKey("consent.Consent", models.CASCADE, related_name="exemptions", verbose_name="samtycke")
    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="+", verbose_name="ärende")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="enhet")
    topics = models.BigIntegerField("ämnen som inte delas")

    class Meta:
        verbose_name = "ämnen som en enhet inte får se"
        verbose_name_plural = "ämnen som enheter inte får se"
        constraints = [
            models.UniqueConstraint(fields=["consent", "unit"], name="consent_exemption_once"),
            models.CheckConstraint(condition=models.Q(topics__gt=0), name="consent_exemption_names_topics"),
        ]

    def __str__(self):
        return f"{self.unit}"
