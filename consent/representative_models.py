"""Who may answer for somebody else (SAM-6), what they are reached by, and the ages at which that changes."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from cases.models import Case
from organisations.models import Assignment


class Ground(models.TextChoices):
    """By what right somebody speaks for the person; what each may is in `consent.representatives`."""

    GUARDIAN = "guardian", "Vårdnadshavare"
    FORVALTARE = "forvaltare", "Förvaltare"
    GOD_MAN = "god_man", "God man"
    FUTURE_POWER = "future_power", "Framtidsfullmakt"
    POWER = "power", "Fullmakt"
    OMBUD = "ombud", "Personligt ombud"


class Representative(models.Model):
    """One who may speak for the person, as known at one time; a change is a new row of the same `line` (SAM-8)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="representatives", verbose_name="ärende")
    line = models.UUIDField("samma företrädare", default=uuid.uuid4)
    ground = models.CharField("med vilken rätt", max_length=20, choices=Ground)
    name = models.CharField("namn", max_length=150)
    relation = models.CharField("relation", max_length=100, blank=True)
    scope = models.TextField("omfattning", blank=True)
    evidence = models.CharField("underlag", max_length=300)
    evidence_on = models.DateField("underlaget sett")
    evidence_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="underlaget sett av")
    understands_note = models.TextField("personen förstår fullmakten", blank=True)
    understands_on = models.DateField("bedömt", null=True)
    from_on = models.DateField("från")
    to_on = models.DateField("till", null=True)
    contact_hidden = models.BooleanField("kontaktuppgifter döljs för andra", default=False)
    recorded_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="dokumenterat av")
    recorded_at = models.DateTimeField("dokumenterat", default=timezone.now)
    ended_at = models.DateTimeField("inte längre", null=True)
    ended_by = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="+", verbose_name="avslutat av")

    class Meta:
        verbose_name = "företrädare"
        verbose_name_plural = "företrädare"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "line"], condition=Q(ended_at=None), name="representative_one_current"
            ),
            models.CheckConstraint(condition=Q(to_on=None) | Q(to_on__gte=F("from_on")), name="representative_dates"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(evidence=""), name="representative_is_evident"),
        ]

    def __str__(self):
        return self.get_ground_display()

    def holds_on(self, day) -> bool:
        """The right is in force that day and has not been ended here."""
        return self.ended_at is None and self.from_on <= day and (self.to_on is None or day <= self.to_on)


class RepresentativeContact(models.Model):
    """Number, telephone and address: a row of its own, so that the database can keep it from other representatives."""

    representative = models.OneToOneField(
        Representative, models.CASCADE, related_name="contact", verbose_name="företrädare"
    )
    case = models.ForeignKey(Case, models.CASCADE, related_name="+", verbose_name="ärende")
    number = models.CharField("personnummer", max_length=12, blank=True)
    phone = models.CharField("telefon", max_length=40, blank=True)
    address = models.CharField("adress", max_length=300, blank=True)
    no_sharing = models.TextField("visas ingenting, därför att", blank=True)
    # The logins that have proved the number; kept by `link_citizen` and a trigger alone.
    user_ids = ArrayField(models.BigIntegerField(), default=list, verbose_name="inloggningar")

    class Meta:
        verbose_name = "företrädares kontaktuppgifter"
        verbose_name_plural = "företrädares kontaktuppgifter"
        indexes = [models.Index(fields=["number"], condition=~Q(number=""), name="representative_number")]

    def __str__(self):
        return f"{self.representative_id}"


class AgeRule(models.Model):
    """What changes at an age, while the rule is in force; loaded from data/age_rules.json."""

    key = models.CharField("regel", max_length=30)
    age = models.PositiveSmallIntegerField("ålder")
    valid_from = models.DateField("gäller från")
    valid_to = models.DateField("gäller till", null=True)
    source = models.CharField("källa", max_length=200)
    effect = models.TextField("vad som ändras")
    task = models.CharField("att göra", max_length=300)

    class Meta:
        verbose_name = "åldersregel"
        verbose_name_plural = "åldersregler"
        constraints = [models.UniqueConstraint(fields=["key", "valid_from"], name="age_rule_once")]

    def __str__(self):
        return self.key


class AgeExceptionKind(models.TextChoices):
    EXTEND = "extend", "Vårdnadshavare får läsa längre"
    BLOCK = "block", "Vårdnadshavare får inte läsa"
    EARLY = "early", "Barnet får läsa tidigare"


class AgeException(models.Model):
    """A departure from the ages in one case, decided with a reason; ended, never removed."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="age_exceptions", verbose_name="ärende")
    kind = models.CharField("undantag", max_length=10, choices=AgeExceptionKind)
    day = models.DateField("datum")
    reason = models.TextField("varför")
    recorded_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="beslutat av")
    recorded_at = models.DateTimeField("dokumenterat", default=timezone.now)
    ended_at = models.DateTimeField("upphävt", null=True)
    ended_by = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="+", verbose_name="upphävt av")

    class Meta:
        verbose_name = "undantag från åldersgräns"
        verbose_name_plural = "undantag från åldersgränser"
        constraints = [
            models.UniqueConstraint(fields=["case", "kind"], condition=Q(ended_at=None), name="age_exception_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="age_exception_says_why"),
        ]

    def __str__(self):
        return self.get_kind_display()
