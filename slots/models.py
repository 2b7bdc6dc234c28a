"""Standing times (KAL-9): a unit's recurring windows, the days they fall on, and which are taken.

The rows belong to the unit and say nothing of any case: what takes a time is a number that only the meeting knows.
"""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from organisations.models import Assignment, Unit

WEEKDAYS = [(1, "måndag"), (2, "tisdag"), (3, "onsdag"), (4, "torsdag"), (5, "fredag")]


class SlotForm(models.TextChoices):
    """How the unit can meet at that time; the values are those of a meeting's form."""

    PHYSICAL = "physical", "På plats"
    DIGITAL = "digital", "Video"
    HYBRID = "hybrid", "På plats och video"
    PHONE = "phone", "Telefon"


class SlotWindow(models.Model):
    """A time that comes back: a weekday every so many weeks; what is not taken is given back some days before."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="enhet")
    weekday = models.PositiveSmallIntegerField("veckodag", choices=WEEKDAYS)
    every_weeks = models.PositiveSmallIntegerField("antal veckor emellan", default=1)
    from_on = models.DateField("från")
    to_on = models.DateField("till")
    starts = models.TimeField("börjar")
    minutes = models.PositiveSmallIntegerField("längd i minuter")
    form = models.CharField("hur", max_length=10, choices=SlotForm)
    place = models.CharField("plats", max_length=300, blank=True)
    release_days = models.PositiveSmallIntegerField("släpps dagar före", default=3)
    created_at = models.DateTimeField("skapad", default=timezone.now)
    created_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="skapad av")
    ended_at = models.DateTimeField("avslutad", null=True)

    class Meta:
        verbose_name = "stående tid"
        verbose_name_plural = "stående tider"
        constraints = [
            models.CheckConstraint(condition=Q(weekday__gte=1, weekday__lte=5), name="slot_window_weekday"),
            models.CheckConstraint(condition=Q(every_weeks__gte=1, every_weeks__lte=12), name="slot_window_weeks"),
            models.CheckConstraint(condition=Q(to_on__gte=F("from_on")), name="slot_window_dates"),
            models.CheckConstraint(condition=Q(minutes__gte=30, minutes__lte=480), name="slot_window_minutes"),
            models.CheckConstraint(condition=Q(release_days__lte=60), name="slot_window_release"),
        ]

    def __str__(self):
        return f"{self.get_weekday_display()} {self.starts:%H.%M}"


class Slot(models.Model):
    """One day of a window; it is offered to callers until it is given back to the unit."""

    window = models.ForeignKey(SlotWindow, models.CASCADE, related_name="slots", verbose_name="stående tid")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="enhet")
    starts_at = models.DateTimeField("börjar")
    ends_at = models.DateTimeField("slutar")
    offered_until = models.DateTimeField("erbjuds till")

    class Meta:
        verbose_name = "tillfälle"
        verbose_name_plural = "tillfällen"
        constraints = [
            models.UniqueConstraint(fields=["window", "starts_at"], name="slot_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="slot_ends_after_start"),
        ]
        indexes = [models.Index(fields=["unit", "starts_at"], name="slot_unit_starts")]

    def __str__(self):
        return f"{self.starts_at:%Y-%m-%d %H.%M}"


class SlotBooking(models.Model):
    """A time that is taken; the database lets no unit be taken twice at once (0002_isolation: slot_taken_once)."""

    # The database refuses to take a day away that is taken; the unit may not read by what, so Django does not look.
    slot = models.OneToOneField(Slot, models.DO_NOTHING, related_name="booking", verbose_name="tillfälle")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="enhet")
    starts_at = models.DateTimeField("börjar")
    ends_at = models.DateTimeField("slutar")
    reservation = models.UUIDField("tagen av")
    taken_at = models.DateTimeField("tagen", default=timezone.now)

    class Meta:
        verbose_name = "tagen tid"
        verbose_name_plural = "tagna tider"
        indexes = [models.Index(fields=["reservation"], name="slot_reservation")]

    def __str__(self):
        return f"{self.starts_at:%Y-%m-%d %H.%M}"
