"""What the parties write to each other in a case, and by which channels the person wants to be told (KAL-11)."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.utils import timezone

from cases.models import Case
from cases.topics import ALL
from notifications.models import Channel
from organisations.models import Assignment, Unit

MAX_TEXT = 1000
# What the person may say yes to; a letter needs no yes, and the own pages no notice.
PERSON_CHANNELS = [(value, Channel(value).label) for value in (Channel.EMAIL, Channel.SMS, Channel.LETTER)]
FORMS = [("self", "I Min plan"), ("spoken", "Muntligt"), ("written", "Skriftligt"), ("guard", "Skyddade uppgifter")]

models.TextField.register_lookup(Length)


class CaseMessage(models.Model):
    """A short message from one party to the others, or to chosen ones; never changed, never taken away."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="messages", verbose_name="ärende")
    text = models.TextField("meddelande")
    topics = models.BigIntegerField("ämnen", default=ALL, db_default=ALL)
    # Empty: to all who take part, also those who come later.
    to_units = ArrayField(models.BigIntegerField(), default=list, verbose_name="till enheter")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="från enhet")
    by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="skrivet av")
    at = models.DateTimeField("skrivet", default=timezone.now)

    class Meta:
        verbose_name = "meddelande i ärendet"
        verbose_name_plural = "meddelanden i ärendet"
        indexes = [models.Index(fields=["case", "-at"], name="message_case_latest")]
        constraints = [
            models.CheckConstraint(condition=~Q(text="") & Q(text__length__lte=MAX_TEXT), name="message_is_short")
        ]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M}"


class MessageReading(models.Model):
    """That a unit has read a message: who did it, and when; once for each unit."""

    message = models.ForeignKey(CaseMessage, models.CASCADE, related_name="readings", verbose_name="meddelande")
    case = models.ForeignKey(Case, models.CASCADE, related_name="+", verbose_name="ärende")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="enhet")
    by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="läst av")
    read_at = models.DateTimeField("läst", default=timezone.now)

    class Meta:
        verbose_name = "läst meddelande"
        verbose_name_plural = "lästa meddelanden"
        constraints = [models.UniqueConstraint(fields=["message", "unit"], name="message_read_once")]

    def __str__(self):
        return f"{self.unit_id}"


class ChannelConsent(models.Model):
    """The person's yes to being told by one channel (trust.md 6); off until there is one, and ended at once."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="channels", verbose_name="ärende")
    channel = models.CharField("kanal", max_length=10, choices=PERSON_CHANNELS)
    address = models.CharField("nummer eller adress", max_length=254, blank=True)
    given_form = models.CharField("hur", max_length=10, choices=FORMS)
    given_at = models.DateTimeField("från", default=timezone.now)
    given_by = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="+", verbose_name="skrivet av")
    ended_at = models.DateTimeField("till", null=True)
    ended_form = models.CharField("hur det togs tillbaka", max_length=10, choices=FORMS, blank=True)
    ended_by = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="+", verbose_name="avslutat av")

    class Meta:
        verbose_name = "ja till en kontaktväg"
        verbose_name_plural = "ja till kontaktvägar"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "channel"], condition=Q(ended_at=None), name="channel_consent_once"
            ),
            models.CheckConstraint(condition=Q(ended_at=None) | Q(ended_at__gte=F("given_at")), name="channel_ends"),
        ]

    def __str__(self):
        return self.channel
