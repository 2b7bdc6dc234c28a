"""Kallelse and meeting: who is called to what, what they answered, who came (KAL, MOT)."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from cases.models import Case, OutsideParty
from cases.text_models import WithTexts
from cases.topics import ALL
from meetings.forwarding_models import HandOn as HandOn
from meetings.forwarding_models import TimeProposal as TimeProposal
from organisations.models import Assignment, Staff, Unit


class MeetingKind(models.TextChoices):
    FIRST = "first", "SIP-möte"
    FOLLOW_UP = "follow_up", "Uppföljningsmöte"


class MeetingForm(models.TextChoices):
    PHYSICAL = "physical", "På plats"
    DIGITAL = "digital", "Video"
    HYBRID = "hybrid", "På plats och video"
    PHONE = "phone", "Telefon"


class MeetingState(models.TextChoices):
    CALLED = "called", "Kallat"
    HELD = "held", "Hållet"
    CANCELLED = "cancelled", "Inställt"
    MOVED = "moved", "Flyttat"


class MeetingTextKey(models.TextChoices):
    AGENDA = "agenda", "Det här ska vi prata om"
    PROFESSIONS = "professions", "Yrken som behövs"
    ENDED_NOTE = "ended_note", "Varför det ställdes in eller flyttades"
    HELD_NOTE = "held_note", "Anteckning från mötet"
    ANSWER_NOTE = "answer_note", "Kommentar till svaret"
    TODAY = "today", "Det här gör vi i dag"


OF_ANSWER = (MeetingTextKey.ANSWER_NOTE, MeetingTextKey.TODAY)


class Meeting(WithTexts, ConcurrentTransitionMixin, models.Model):
    """One meeting; moving it makes a new one that replaces it, so that what was sent stays as it was.

    The row says when, where and who, for all who are called; what is to be talked about lies in MeetingText.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="meetings", verbose_name="ärende")
    kind = models.CharField("slag", max_length=10, choices=MeetingKind)
    state = FSMField("läge", choices=MeetingState.choices, default=MeetingState.CALLED, protected=True)
    starts_at = models.DateTimeField("börjar")
    ends_at = models.DateTimeField("slutar")
    form = models.CharField("form", max_length=10, choices=MeetingForm)
    place = models.CharField("plats", max_length=300, blank=True)
    link = models.CharField("länk eller nummer", max_length=300, blank=True)
    connection_help = models.TextField("hjälp med uppkopplingen", blank=True)
    chair = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="leder mötet")
    writer = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="skriver")
    called_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="kallat av")
    called_at = models.DateTimeField("kallat", default=timezone.now)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="replaced_by", verbose_name="ersätter"
    )
    # Held without the system and written in afterwards: when, and by whom.
    entered_at = models.DateTimeField("fört efter mötet", null=True)
    entered_by = models.ForeignKey(
        Assignment, models.PROTECT, null=True, related_name="+", verbose_name="fört efter mötet av"
    )

    class Meta:
        verbose_name = "möte"
        verbose_name_plural = "möten"
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="meeting_ends_after_start"),
            models.CheckConstraint(condition=~Q(place="") | ~Q(link=""), name="meeting_has_place"),
            models.UniqueConstraint(fields=["case"], condition=Q(state="called"), name="meeting_one_called"),
            models.CheckConstraint(
                condition=Q(entered_at=None, entered_by=None)
                | Q(entered_at__isnull=False, entered_by__isnull=False, state="held"),
                name="meeting_entered_afterwards",
            ),
        ]
        indexes = [models.Index(fields=["case", "-starts_at"], name="meeting_case_latest")]

    def __str__(self):
        return f"{self.get_kind_display()} {self.starts_at:%Y-%m-%d}"

    @property
    def agenda(self) -> str:
        return self.said(MeetingTextKey.AGENDA)

    @property
    def professions(self) -> str:
        return self.said(MeetingTextKey.PROFESSIONS)

    @property
    def ended_note(self) -> str:
        return self.said(MeetingTextKey.ENDED_NOTE)

    @property
    def held_note(self) -> str:
        return self.said(MeetingTextKey.HELD_NOTE)

    @transition(field=state, source=MeetingState.CALLED, target=MeetingState.HELD)
    def held(self, *, entered_at=None, by=None):
        """The meeting took place; `entered_at` when it is written in afterwards."""
        if entered_at:
            self.entered_at, self.entered_by_id = entered_at, by.assignment_id

    @transition(field=state, source=MeetingState.CALLED, target=MeetingState.CANCELLED)
    def cancelled(self):
        """The meeting will not be."""

    @transition(field=state, source=MeetingState.CALLED, target=MeetingState.MOVED)
    def moved(self):
        """Another meeting replaces this one."""


class AnswerKind(models.TextChoices):
    NONE = "none", "Har inte svarat"
    COMING = "coming", "Kommer"
    DELEGATE = "delegate", "Någon annan kommer"
    DECLINED = "declined", "Kommer inte"


class SentBy(models.TextChoices):
    SYSTEM = "system", "I systemet"
    LETTER = "letter", "Brev"
    PHONE = "phone", "Telefon"


class AnsweredHow(models.TextChoices):
    PHONE = "phone", "Telefon"
    LETTER = "letter", "Brev"
    LINK = "link", "Länk och kod"


class Invitation(WithTexts, models.Model):
    """One party's kallelse (duty) or inbjudan to one meeting, and its answer (KAL-3, KAL-5)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+", verbose_name="ärende")
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="invitations", verbose_name="möte")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name="enhet")
    outside_party = models.ForeignKey(
        OutsideParty, models.PROTECT, null=True, related_name="invitations", verbose_name="deltagare utan konto"
    )
    has_duty = models.BooleanField("skyldig att delta", default=False)
    sent_by = models.CharField("skickad", max_length=10, choices=SentBy)
    sent_at = models.DateTimeField("skickad", default=timezone.now)
    told_at = models.DateTimeField("meddelad", null=True)
    read_at = models.DateTimeField("läst", null=True)
    answer = models.CharField("svar", max_length=10, choices=AnswerKind, default=AnswerKind.NONE)
    answered_at = models.DateTimeField("svarade", null=True)
    answered_by = models.ForeignKey(
        Assignment, models.PROTECT, null=True, related_name="+", verbose_name="svar skrivet av"
    )
    # Empty when the party answered for itself in the system.
    answered_how = models.CharField("svarade genom", max_length=10, choices=AnsweredHow, blank=True)
    attendee_name = models.CharField("vem som kommer", max_length=150, blank=True)
    attendee_title = models.CharField("yrke eller roll", max_length=100, blank=True)
    mandate = models.CharField("får besluta om", max_length=200, blank=True, default="", db_default="")
    # The person reads who comes; the name only when it was given for that.
    name_to_person = models.BooleanField("namnet visas för personen", default=False, db_default=False)

    class Meta:
        verbose_name = "kallelse"
        verbose_name_plural = "kallelser"
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=True) ^ Q(outside_party__isnull=True), name="invitation_one_receiver"
            ),
            models.UniqueConstraint(
                fields=["meeting", "unit"], condition=Q(unit__isnull=False), name="invitation_unit_once"
            ),
            models.UniqueConstraint(
                fields=["meeting", "outside_party"],
                condition=Q(outside_party__isnull=False),
                name="invitation_outside_once",
            ),
            # KAL-4: the duty rests on the huvudman; it can name somebody else but never just refuse.
            models.CheckConstraint(
                condition=Q(has_duty=False) | ~Q(answer="declined"), name="invitation_duty_no_refusal"
            ),
            models.CheckConstraint(
                condition=~Q(answer__in=["coming", "delegate"]) | ~Q(attendee_name=""), name="invitation_names_who"
            ),
        ]

    def __str__(self):
        return f"{self.unit or self.outside_party}"

    @property
    def answer_note(self) -> str:
        return self.said(MeetingTextKey.ANSWER_NOTE)

    @property
    def today(self) -> str:
        """What a party that does not come does for the person today."""
        return self.said(MeetingTextKey.TODAY)


class MeetingText(models.Model):
    """One text about a meeting with its topics (SAM-3): a narrowed party is called, and reads what it may."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+", verbose_name="ärende")
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="texts", verbose_name="möte")
    invitation = models.ForeignKey(
        Invitation, models.CASCADE, null=True, related_name="texts", verbose_name="svar på kallelse"
    )
    key = models.CharField("text", max_length=20, choices=MeetingTextKey)
    text = models.TextField("innehåll", blank=True)
    topics = models.BigIntegerField("ämnen", default=ALL, db_default=ALL)

    class Meta:
        verbose_name = "text om möte"
        verbose_name_plural = "texter om möten"
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "key", "invitation"], nulls_distinct=False, name="meeting_text_once"
            ),
            models.CheckConstraint(condition=Q(invitation=None) ^ Q(key__in=OF_ANSWER), name="meeting_text_of_answer"),
        ]

    def __str__(self):
        return self.get_key_display()


class Attendance(models.Model):
    """Who came to a meeting that was held (MOT-3)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+", verbose_name="ärende")
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendances", verbose_name="möte")
    invitation = models.ForeignKey(Invitation, models.PROTECT, null=True, related_name="+", verbose_name="kallelse")
    is_person = models.BooleanField("personen själv", default=False)
    name = models.CharField("namn", max_length=150)
    title = models.CharField("yrke eller roll", max_length=150, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name="enhet")
    came = models.BooleanField("kom")

    class Meta:
        verbose_name = "närvaro"
        verbose_name_plural = "närvaro"

    def __str__(self):
        return self.name
