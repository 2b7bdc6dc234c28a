"""What must reach somebody: deliveries (outbox and reminder in one table) and the units' inboxes."""

import uuid
from datetime import time

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from organisations.models import Assignment, Unit

QUIET_FROM, QUIET_TO = time(18), time(8)


class Channel(models.TextChoices):
    EMAIL = "email", "E-post"
    SMS = "sms", "Sms"
    LETTER = "letter", "Brev"
    IN_APP = "in_app", "I systemet"
    SDK = "sdk", "Säker digital kommunikation"


class DeliveryState(models.TextChoices):
    DUE = "due", "Ska skickas"
    TO_POST = "to_post", "Ska postas"
    SENDING = "sending", "Skickas"
    SENT = "sent", "Skickad"
    FAILED = "failed", "Misslyckades"
    CANCELLED = "cancelled", "Inställd"
    EXPIRED = "expired", "För sen"


class Delivery(models.Model):
    """One message to a unit's function mailbox, a staff member or the person; the row is the truth.

    A plain case id, no foreign key, and no personal data: the text is fixed per template, and the address is looked up
    when it is sent. `assignment`: to that staff member. `to_person`: to the person, and `unit` answers for it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dedupe_key = models.CharField("nyckel", max_length=200, unique=True)
    channel = models.CharField("kanal", max_length=10, choices=Channel, default=Channel.EMAIL)
    template = models.CharField("mall", max_length=40)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="till enhet")
    assignment = models.ForeignKey(
        Assignment, models.PROTECT, null=True, related_name="+", verbose_name="till medarbetare"
    )
    to_person = models.BooleanField("till personen", default=False, db_default=False)
    case_id = models.UUIDField("ärende", null=True)
    item_id = models.BigIntegerField("inkommet", null=True)
    state = models.CharField("läge", max_length=10, choices=DeliveryState, default=DeliveryState.DUE)
    due_at = models.DateTimeField("ska skickas", default=timezone.now)
    expires_at = models.DateTimeField("för sent efter", null=True)
    lease_until = models.DateTimeField("upptagen till", null=True)
    attempts = models.PositiveSmallIntegerField("försök", default=0)
    last_error = models.CharField("senaste fel", max_length=200, blank=True)
    created_at = models.DateTimeField("skapad", default=timezone.now)
    sent_at = models.DateTimeField("skickad", null=True)
    read_at = models.DateTimeField("läst", null=True)
    receipt_at = models.DateTimeField("kvitto", null=True)
    posted_on = models.DateField("postat", null=True)
    posted_by = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="+", verbose_name="postat av")
    # When a meeting is, for an e-mail that carries a calendar entry (`notifications.calendar`); nothing else about it.
    calendar = models.JSONField("kalenderpost", null=True)

    class Meta:
        verbose_name = "utskick"
        verbose_name_plural = "utskick"
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state__in=["due", "sending"]), name="delivery_due"),
            models.Index(fields=["case_id"], condition=Q(state="due"), name="delivery_case_due"),
            models.Index(fields=["unit", "-created_at"], condition=Q(channel="letter"), name="delivery_letters"),
            models.Index(fields=["assignment", "-created_at"], condition=Q(channel="in_app"), name="delivery_notices"),
        ]

    def __str__(self):
        return f"{self.template} {self.state}"


class InboxItem(models.Model):
    """Something that has come to a unit; inserted for another unit only by functions of the database.

    Without a case: an admission notice and what follows on it, which need no consent; the row says nothing of whom.
    """

    KINDS = [
        ("call", "Kallelse"),
        ("moved", "Ny mötestid"),
        ("cancelled", "Möte inställt"),
        ("calls", "Mötet i dag är inställt. Ring dem som skulle ha kommit"),
        ("answer", "Svar på kallelse"),
        ("handed_call", "Kallelse, lämnad vidare till er"),
        ("handed_on", "Kallelsen är lämnad vidare"),
        ("plan", "Plan godkänd"),
        ("proposed", "Insatser att svara på"),
        ("answered_part", "Svar på insatser i planen"),
        ("handed_over", "Ni har tagit över ärendet"),
        ("consent_ended", "Samordningen är avslutad"),
        ("closed", "SIP avslutad"),
        ("deviation", "Avvikelse"),
        ("deadline", "Tidsgräns"),
        ("deadline_manager", "Tidsgränsen har passerat. Enhetschefen behöver agera"),
        ("consent_lapses", "Samtycket går snart ut"),
        ("consent_lapsed", "Samtycket har gått ut"),
        ("delivery_failed", "Ett meddelande kom inte fram. Ring i stället"),
        ("message", "Meddelande i ärendet"),
        ("party", "Ni är aktör i en SIP"),
        ("call_reminder", "Svara på kallelsen"),
        ("premeeting", "Inbjudan till förmöte"),
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
        ("letter", "Ett brev att posta"),
        ("notice", "Inskrivningsmeddelande"),
        ("notice_changed", "Nytt om en inskrivning"),
    ]
    CASELESS = ("notice", "notice_changed")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="enhet")
    case_id = models.UUIDField("ärende", null=True)
    reference = models.CharField("ärendenummer", max_length=20)
    kind = models.CharField("slag", max_length=20, choices=KINDS)
    dedupe_key = models.CharField("nyckel", max_length=200, unique=True)
    created_at = models.DateTimeField("kom", default=timezone.now)
    read_at = models.DateTimeField("läst", null=True)
    read_by = models.BigIntegerField("läst av uppdrag", null=True)
    done_at = models.DateTimeField("kvitterad", null=True)
    done_by = models.BigIntegerField("kvitterad av uppdrag", null=True)
    # How far an unread row has been brought up (GUI-3), and the first watch time that it passed unread.
    escalated = models.PositiveSmallIntegerField("bevakning", default=0, db_default=0)
    passed_at = models.DateTimeField("passerat", null=True)

    class Meta:
        verbose_name = "inkommet"
        verbose_name_plural = "inkommet"
        indexes = [
            models.Index(fields=["unit", "-created_at"], name="inbox_unit_latest"),
            models.Index(fields=["created_at"], condition=Q(read_at=None, done_at=None), name="inbox_unread"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(case_id=None) ^ ~Q(kind__in=["notice", "notice_changed"]), name="inbox_has_case"
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.reference}"


class InboxRoutine(models.Model):
    """When a unit looks at what has come (GUI-3); a unit without a row follows its county's guideline."""

    unit = models.OneToOneField(Unit, models.CASCADE, related_name="+", verbose_name="enhet")
    weekdays = ArrayField(models.PositiveSmallIntegerField(), verbose_name="veckodagar, måndag är 1")
    times = ArrayField(models.TimeField(), verbose_name="klockslag")
    saved_at = models.DateTimeField("sparad", default=timezone.now)
    saved_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="sparad av")

    class Meta:
        verbose_name = "rutin för bevakning"
        verbose_name_plural = "rutiner för bevakning"
        constraints = [
            models.CheckConstraint(
                condition=Q(weekdays__len__gte=1, weekdays__len__lte=7, times__len__gte=1, times__len__lte=12),
                name="inbox_routine_watches",
            )
        ]

    def __str__(self):
        return f"{self.unit_id}"


class InboxWatcher(models.Model):
    """One who looks at what has come to the unit; without any, all who handle cases there do."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+", verbose_name="enhet")
    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="+", verbose_name="uppdrag")

    class Meta:
        verbose_name = "bevakar inkommet"
        verbose_name_plural = "bevakar inkommet"
        constraints = [models.UniqueConstraint(fields=["unit", "assignment"], name="inbox_watcher_once")]

    def __str__(self):
        return f"{self.assignment_id}"


class NoticeChoice(models.Model):
    """Which notices one staff member wants, in one assignment: channels per group, and hours of rest."""

    assignment = models.OneToOneField(Assignment, models.CASCADE, related_name="+", verbose_name="uppdrag")
    channels = models.JSONField("kanaler", default=dict)
    quiet_from = models.TimeField("tyst från", default=QUIET_FROM)
    quiet_to = models.TimeField("tyst till", default=QUIET_TO)
    saved_at = models.DateTimeField("sparad", default=timezone.now)

    class Meta:
        verbose_name = "val av aviseringar"
        verbose_name_plural = "val av aviseringar"

    def __str__(self):
        return f"{self.assignment_id}"
