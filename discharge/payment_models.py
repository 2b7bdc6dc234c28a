"""When payment liability starts, per county, and what a day costs, per year: data, never code (LUS 4:5, 5:4, 5:6)."""

from django.db import models

from discharge.enums import CareType, PaymentModel


class PaymentRule(models.Model):
    """How many days after the underrättelse the liability starts; `county_code` empty is the law's own."""

    county_code = models.CharField("länskod", max_length=2, blank=True)
    care_type = models.CharField("slag av vård", max_length=20, choices=CareType, blank=True)
    days = models.PositiveSmallIntegerField("inträder så här många dagar efter underrättelsen")
    cutoff_time = models.TimeField("en dag senare om den skickades efter", null=True)
    model = models.CharField("modell", max_length=20, choices=PaymentModel, default=PaymentModel.INDIVIDUAL)
    valid_from = models.DateField("gäller från")
    valid_to = models.DateField("gäller till", null=True)
    source = models.CharField("källa", max_length=300)

    class Meta:
        verbose_name = "betalningsregel"
        verbose_name_plural = "betalningsregler"
        constraints = [
            models.UniqueConstraint(fields=["county_code", "care_type", "valid_from"], name="payment_rule_once")
        ]

    def __str__(self):
        return f"{self.county_code or 'lagen'} {self.days}"


class PaymentAmount(models.Model):
    """What a day in hospital costs in a year; a year that is not known is left empty, never guessed."""

    county_code = models.CharField("länskod", max_length=2, blank=True)
    year = models.PositiveSmallIntegerField("år")
    kronor = models.PositiveIntegerField("belopp per dygn", null=True)
    source = models.CharField("källa", max_length=300, blank=True)

    class Meta:
        verbose_name = "belopp per dygn"
        verbose_name_plural = "belopp per dygn"
        constraints = [models.UniqueConstraint(fields=["county_code", "year"], name="payment_amount_once")]

    def __str__(self):
        return f"{self.year}"
