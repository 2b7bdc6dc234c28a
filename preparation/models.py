"""What is made ready before the meeting: the person's words, who shall come, interpreter, and the pre-meeting."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from cases.models import Case
from cases.text_models import WithTexts
from cases.topics import ALL
from organisations.models import Assignment, Unit


class PreparationKey(models.TextChoices):
    """The texts of a preparation, in the order of its page."""

    WHAT_MATTERS = "what_matters", "Vad är viktigt för dig?"
    STRENGTHS = "strengths", "Det som fungerar bra"
    QUESTION = "question", "Frågeställning"
    AGE = "age", "Med tanke på åldern"
    DISABILITY = "disability", "Med tanke på funktionsnedsättning"
    LANGUAGE = "language", "Språk och sätt att förstå"
    PLACE = "place", "Plats, resa och tid"
    RELATIVES = "relatives", "Närstående"


# What has to be arranged in the room, beside an interpreter.
ADAPTATIONS = (PreparationKey.AGE, PreparationKey.DISABILITY, PreparationKey.LANGUAGE, PreparationKey.PLACE)


class PreparationText(models.Model):
    """One text of the preparation with its topics (SAM-3); the revision tells two writers from each other."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="preparation_texts", verbose_name="ärende")
    key = models.CharField("text", max_length=20, choices=PreparationKey)
    text = models.TextField("innehåll", blank=True)
    topics = models.BigIntegerField("ämnen", default=ALL, db_default=ALL)
    revision = models.PositiveIntegerField("revision", default=1, db_default=1)
    saved_at = models.DateTimeField("sparad", default=timezone.now)
    saved_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="sparad av")

    class Meta:
        verbose_name = "text i förberedelsen"
        verbose_name_plural = "texter i förberedelsen"
        constraints = [models.UniqueConstraint(fields=["case", "key"], name="preparation_text_once")]

    def __str__(self):
        return self.get_key_display()


class GuestWish(models.Model):
    """Whom the person wants at the meeting, or does not want: a unit, or a name or role in words (KAL-10)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="guest_wishes", verbose_name="ärende")
    wanted = models.BooleanField("ska komma")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name="enhet")
    name = models.CharField("namn eller roll", max_length=150, blank=True)
    topics = models.BigIntegerField("ämnen", default=ALL, db_default=ALL)
    said_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="skrivet av")
    said_at = models.DateTimeField("skrivet", default=timezone.now)
    removed_at = models.DateTimeField("borttaget", null=True)

    class Meta:
        verbose_name = "önskemål om vem som kommer"
        verbose_name_plural = "önskemål om vilka som kommer"
        constraints = [
            models.CheckConstraint(condition=Q(unit__isnull=True) ^ Q(name=""), name="guest_wish_names_one"),
            models.UniqueConstraint(
                fields=["case", "unit"], condition=Q(removed_at=None, unit__isnull=False), name="guest_wish_unit_once"
            ),
            models.UniqueConstraint(
                fields=["case", "name"], condition=Q(removed_at=None) & ~Q(name=""), name="guest_wish_name_once"
            ),
        ]

    def __str__(self):
        return self.name or f"{self.unit}"


class BookingKind(models.TextChoices):
    INTERPRETER = "interpreter", "Tolk"
    ADAPTATION = "adaptation", "Anpassningar"


class BookingState(models.TextChoices):
    NEEDED = "needed", "Behövs"
    BOOKED = "booked", "Bokad"
    CONFIRMED = "confirmed", "Bekräftad"
    NOT_NEEDED = "not_needed", "Behövs inte"


class InterpreterForm(models.TextChoices):
    ON_SITE = "on_site", "På plats"
    PHONE = "phone", "Telefon"
    VIDEO = "video", "Video"


class Booking(ConcurrentTransitionMixin, models.Model):
    """The interpreter, or the adaptations, for the next meeting: needed, booked, confirmed (KAL-6).

    Seen by every party, so it says nothing of why.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="bookings", verbose_name="ärende")
    kind = models.CharField("slag", max_length=15, choices=BookingKind)
    state = FSMField("läge", choices=BookingState.choices, default=BookingState.NEEDED, protected=True)
    language = models.CharField("språk", max_length=60, blank=True)
    form = models.CharField("hur", max_length=10, choices=InterpreterForm, blank=True)
    reference = models.CharField("bokningsnummer", max_length=60, blank=True)
    booked_by = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="+", verbose_name="bokad av")
    booked_at = models.DateTimeField("bokad", null=True)
    confirmed_at = models.DateTimeField("bekräftad", null=True)

    class Meta:
        verbose_name = "bokning inför mötet"
        verbose_name_plural = "bokningar inför mötet"
        constraints = [
            models.UniqueConstraint(fields=["case", "kind"], name="booking_once"),
            models.CheckConstraint(
                condition=~Q(state__in=["booked", "confirmed"]) | Q(booked_at__isnull=False, booked_by__isnull=False),
                name="booking_says_who",
            ),
        ]

    def __str__(self):
        return self.get_kind_display()

    @transition(field=state, source=[BookingState.NEEDED, BookingState.NOT_NEEDED], target=BookingState.NEEDED)
    def needed(self):
        """Somebody has said that it is needed."""

    @transition(field=state, source=BookingState.NEEDED, target=BookingState.BOOKED)
    def booked(self, *, by, language="", form="", reference=""):
        """Ordered, by the unit that books."""
        self.language, self.form, self.reference = language, form, reference
        self.booked_by_id, self.booked_at, self.confirmed_at = by.assignment_id, timezone.now(), None

    @transition(field=state, source=BookingState.BOOKED, target=BookingState.CONFIRMED)
    def confirmed(self):
        """Whoever was ordered from has said yes."""
        self.confirmed_at = timezone.now()

    @transition(field=state, source=[BookingState.BOOKED, BookingState.CONFIRMED], target=BookingState.NEEDED)
    def lost(self):
        """It will not be: cancelled, or the meeting has another time. The next one is booked anew."""
        self.reference, self.booked_by, self.booked_at, self.confirmed_at = "", None, None, None

    @transition(
        field=state,
        source=[BookingState.NEEDED, BookingState.BOOKED, BookingState.CONFIRMED],
        target=BookingState.NOT_NEEDED,
    )
    def not_needed(self):
        """The person does without."""
        self.reference, self.booked_by, self.booked_at, self.confirmed_at = "", None, None, None


class PreMeetingState(models.TextChoices):
    PLANNED = "planned", "Bestämt"
    HELD = "held", "Hållet"
    CANCELLED = "cancelled", "Inställt"


class ConsentForm(models.TextChoices):
    SPOKEN = "spoken", "Muntligt"
    WRITTEN = "written", "Skriftligt"
    OTHER = "other", "På annat sätt, till exempel med bilder eller tecken"


class PreMeetingKey(models.TextChoices):
    NOTES = "notes", "Anteckningar från förmötet"
    OUTCOME = "outcome", "Utfall"


class PreMeeting(WithTexts, ConcurrentTransitionMixin, models.Model):
    """A förmöte without the person, with the person's consent, about costs and responsibility alone (KAL-8).

    Seen by the units that take part in it and by nobody else, but that those who steer may call off a planned one;
    the person's log tells that it was held.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="premeetings", verbose_name="ärende")
    state = FSMField("läge", choices=PreMeetingState.choices, default=PreMeetingState.PLANNED, protected=True)
    starts_at = models.DateTimeField("börjar")
    place = models.CharField("plats eller länk", max_length=300)
    about_costs = models.BooleanField("om kostnader")
    about_responsibility = models.BooleanField("om ansvar")
    consent_form = models.CharField("hur personen sa ja", max_length=10, choices=ConsentForm)
    consent_on = models.DateField("dag då personen sa ja")
    # The policies read it; PreMeetingUnit tells on what ground.
    units = ArrayField(models.BigIntegerField(), verbose_name="enheter")
    made_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="bestämt av")
    made_at = models.DateTimeField("bestämt", default=timezone.now)
    agenda_at = models.DateTimeField("utfallet till mötet", null=True)
    plan_at = models.DateTimeField("utfallet till planen", null=True)

    class Meta:
        verbose_name = "förmöte"
        verbose_name_plural = "förmöten"
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(state="planned"), name="premeeting_one_planned"),
            models.CheckConstraint(
                condition=Q(about_costs=True) | Q(about_responsibility=True), name="premeeting_is_about"
            ),
            models.CheckConstraint(
                condition=Q(state="held") | Q(agenda_at=None, plan_at=None), name="premeeting_held_before_outcome"
            ),
        ]

    def __str__(self):
        return f"{self.starts_at:%Y-%m-%d}"

    @transition(field=state, source=PreMeetingState.PLANNED, target=PreMeetingState.HELD)
    def held(self):
        """It took place."""

    @transition(field=state, source=PreMeetingState.PLANNED, target=PreMeetingState.CANCELLED)
    def cancelled(self):
        """It will not be, for instance because the person no longer says yes."""


class PreMeetingUnit(models.Model):
    """A unit that takes part in a pre-meeting, and on what ground it may know of the person."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+", verbose_name="ärende")
    premeeting = models.ForeignKey(PreMeeting, models.CASCADE, related_name="guests", verbose_name="förmöte")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="enhet")
    basis = models.CharField("grund", max_length=200)

    class Meta:
        verbose_name = "enhet på förmöte"
        verbose_name_plural = "enheter på förmöte"
        constraints = [models.UniqueConstraint(fields=["premeeting", "unit"], name="premeeting_unit_once")]

    def __str__(self):
        return f"{self.unit}"


class PreMeetingText(models.Model):
    """What was said at a pre-meeting, with its topics; no policy shows it to the person."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+", verbose_name="ärende")
    premeeting = models.ForeignKey(PreMeeting, models.CASCADE, related_name="texts", verbose_name="förmöte")
    key = models.CharField("text", max_length=10, choices=PreMeetingKey)
    text = models.TextField("innehåll")
    topics = models.BigIntegerField("ämnen", default=ALL, db_default=ALL)

    class Meta:
        verbose_name = "text från förmöte"
        verbose_name_plural = "texter från förmöten"
        constraints = [models.UniqueConstraint(fields=["premeeting", "key"], name="premeeting_text_once")]

    def __str__(self):
        return self.get_key_display()
