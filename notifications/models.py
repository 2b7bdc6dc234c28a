"""What must reach somebody: deliveries (outbox and reminder in one table) and the units' inboxes."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from organisations.models import Unit


class Channel(models.TextChoices):
    EMAIL = "email", "E-post"


class DeliveryState(models.TextChoices):
    DUE = "due", "Ska skickas"
    SENDING = "sending", "Skickas"
    SENT = "sent", "Skickad"
    FAILED = "failed", "Misslyckades"
    CANCELLED = "cancelled", "Inställd"
    EXPIRED = "expired", "För sen"


class Delivery(models.Model):
    """One message to one unit's function mailbox; the row is the truth, the broker only hurries.

    A plain case id, no foreign key, and no personal data: the text is fixed per template.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dedupe_key = models.CharField("nyckel", max_length=200, unique=True)
    channel = models.CharField("kanal", max_length=10, choices=Channel, default=Channel.EMAIL)
    template = models.CharField("mall", max_length=40)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="till enhet")
    case_id = models.UUIDField("ärende", null=True)
    state = models.CharField("läge", max_length=10, choices=DeliveryState, default=DeliveryState.DUE)
    due_at = models.DateTimeField("ska skickas", default=timezone.now)
    expires_at = models.DateTimeField("för sent efter", null=True)
    lease_until = models.DateTimeField("upptagen till", null=True)
    attempts = models.PositiveSmallIntegerField("försök", default=0)
    last_error = models.CharField("senaste fel", max_length=200, blank=True)
    created_at = models.DateTimeField("skapad", default=timezone.now)
    sent_at = models.DateTimeField("skickad", null=True)

    class Meta:
        verbose_name = "utskick"
        verbose_name_plural = "utskick"
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state__in=["due", "sending"]), name="delivery_due"),
            models.Index(fields=["case_id"], condition=Q(state="due"), name="delivery_case_due"),
        ]

    def __str__(self):
        return f"{self.template} {self.state}"


class InboxItem(models.Model):
    """Something that has come to a unit; inserted for another unit only by the function `put_in_inbox`."""

    KINDS = [
        ("call", "Kallelse"),
        ("moved", "Ny mötestid"),
        ("cancelled", "Möte inställt"),
        ("answer", "Svar på kallelse"),
        ("plan", "Plan godkänd"),
        ("handed_over", "Ni har tagit över ärendet"),
        ("consent_ended", "Samordningen är avslutad"),
        ("closed", "SIP avslutad"),
        ("deviation", "Avvikelse"),
        ("deadline", "Tidsgräns"),
        ("deadline_manager", "Tidsgränsen har passerat. Enhetschefen behöver agera"),
        ("consent_lapses", "Samtycket går snart ut"),
        ("consent_lapsed", "Samtycket har gått ut"),
        ("delivery_failed", "E-post kom inte fram. Ring i stället"),
        ("party", "Ni är aktör i en SIP"),
        ("call_reminder", "Svara på kallelsen"),
        ("left", "En aktör har lämnat"),
        ("other_sip", "Personen har en SIP till"),
        ("consent_changed", "Samtycket har ändrats"),
        ("glass_broken", "Planen är nödöppnad"),
        ("birthday", "Barnet har fyllt år. Läs vad som ändras"),
        ("adult", "Har fyllt 18. Fråga den vuxna om samtycke"),
        ("corrected", "Planen är rättad"),
        ("voided", "Ett ärende är makulerat"),
        ("recalled", "Återkallat. Förstör papperskopior"),
        ("protection", "Skyddade personuppgifter har ändrats"),
        ("admitted", "Inlagd på sjukhus. Följ upp eller börja om"),
    ]

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="enhet")
    case_id = models.UUIDField("ärende")
    reference = models.CharField("ärendenummer", max_length=20)
    kind = models.CharField("slag", max_length=20, choices=KINDS)
    dedupe_key = models.CharField("nyckel", max_length=200, unique=True)
    created_at = models.DateTimeField("kom", default=timezone.now)
    read_at = models.DateTimeField("läst", null=True)
    read_by = models.BigIntegerField("läst av uppdrag", null=True)
    done_at = models.DateTimeField("hanterad", null=True)

    class Meta:
        verbose_name = "inkommet"
        verbose_name_plural = "inkommet"
        indexes = [models.Index(fields=["unit", "-created_at"], name="inbox_unit_latest")]

    def __str__(self):
        return f"{self.get_kind_display()} {self.reference}"
