"""What a day costs, per year: data, never code (LUS 4:5, 5:6). When liability begins is a rule of the guideline."""

from django.db import models


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
