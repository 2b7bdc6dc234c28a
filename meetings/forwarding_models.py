"""A kallelse on its way inside a huvudman, and the other times that parties ask for (KAL-4, KAL-5)."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from organisations.models import Assignment, Unit


class HandReason(models.TextChoices):
    """Why a kallelse was handed on: our own words, since a unit outside the consent reads them too."""

    OTHER_UNIT = "other_unit", "Personen hör till en annan enhet"
    OTHER_TASK = "other_task", "Frågan hör till en annan verksamhet"
    OTHER_PROFESSION = "other_profession", "Ett annat yrke behövs"
    LISTED = "listed", "Personen är listad på en annan vårdcentral"
    RECEPTION = "reception", "Mottagningen fördelar kallelser"
    RULE = "rule", "Mottagningens regel"


class HandOn(models.Model):
    """One step of a kallelse from a unit to another of the same huvudman; never changed, so that the trail stands."""

    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="+", verbose_name="ärende")
    invitation = models.ForeignKey(
        "meetings.Invitation", models.CASCADE, related_name="hand_ons", verbose_name="kallelse"
    )
    # Known also to those on the trail who do not see the case.
    reference = models.CharField("ärendenummer", max_length=20)
    from_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="från")
    to_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="till")
    reason = models.CharField("varför", max_length=20, choices=HandReason)
    rule = models.CharField("regel", max_length=600, blank=True)
    at = models.DateTimeField("tid", default=timezone.now)
    by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="av")

    class Meta:
        verbose_name = "vidarelämnad kallelse"
        verbose_name_plural = "vidarelämnade kallelser"
        constraints = [
            # A unit has a kallelse once and hands it on once: two at the same time cannot both be right.
            models.UniqueConstraint(fields=["invitation", "from_unit"], name="hand_on_from_once"),
            models.UniqueConstraint(fields=["invitation", "to_unit"], name="hand_on_to_once"),
            models.CheckConstraint(condition=~Q(from_unit=F("to_unit")), name="hand_on_goes_on"),
            models.CheckConstraint(condition=Q(reason=HandReason.RULE) ^ Q(rule=""), name="hand_on_rule"),
        ]

    def __str__(self):
        return f"{self.from_unit} – {self.to_unit}"


class TimeProposal(models.Model):
    """Another time that a party can, for the caller to move the meeting to."""

    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="+", verbose_name="ärende")
    invitation = models.ForeignKey(
        "meetings.Invitation", models.CASCADE, related_name="proposals", verbose_name="kallelse"
    )
    starts_at = models.DateTimeField("börjar")
    ends_at = models.DateTimeField("slutar")
    at = models.DateTimeField("föreslaget", default=timezone.now)
    by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="av")

    class Meta:
        verbose_name = "förslag på tid"
        verbose_name_plural = "förslag på tid"
        constraints = [
            models.UniqueConstraint(fields=["invitation", "starts_at"], name="time_proposal_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="time_proposal_ends_after_start"),
        ]

    def __str__(self):
        return f"{self.starts_at:%Y-%m-%d %H:%M}"
