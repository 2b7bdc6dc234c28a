"""Samtycke: every answer, limit and withdrawal as a row of its own (SAM-1 to SAM-8), and what was disclosed."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.models import Case
from cases.text_models import WithTexts
from cases.topics import ALL
from consent.content_models import ConsentExemption, ConsentText, ConsentTextKey
from consent.correction_models import Recall, RecallKind
from consent.representative_models import (
    AgeException,
    AgeExceptionKind,
    AgeRule,
    Ground,
    Representative,
    RepresentativeContact,
)
from organisations.models import Assignment, Unit

__all__ = [
    "AgeException", "AgeExceptionKind", "AgeRule", "Answer", "Consent", "ConsentExemption", "ConsentGiver",
    "ConsentText", "ConsentUnit", "Disclosure", "EmergencyAccess", "Form", "GiverAnswer", "GiverKind", "Ground",
    "LegalGround", "ReceivedVersion", "Recall", "RecallKind", "Representative", "RepresentativeContact", "Waiver",
]  # fmt: skip


class Answer(models.TextChoices):
    YES = "yes", "Ja"
    NO = "no", "Nej"
    UNAVAILABLE = "unavailable", "Går inte att få svar"


# Of several who must answer, somebody has not: what the consent as a whole then says.
WAITING = "waiting"
OVERALL = [*Answer.choices, (WAITING, "Väntar på fler svar")]


class GiverAnswer(models.TextChoices):
    """What one of several has answered; revoking is a day on the row, since the answer stays as it was (SAM-8)."""

    MISSING = "missing", "Har inte svarat"
    YES = "yes", "Ja"
    NO = "no", "Nej"
    UNAVAILABLE = "unavailable", "Går inte att få svar"
    WAIVED = "waived", "Behövs inte"


class Waiver(models.TextChoices):
    """Why the answer of a guardian is not needed (FB 6:13, 6:13 a)."""

    ABSENT = "absent", "Borta eller sjuk, och beslutet kan inte vänta (FB 6 kap. 13 § andra stycket)"
    BOARD = "board", "Socialnämnden har beslutat (FB 6 kap. 13 a §)"
    OTHER = "other", "Annat stöd i lag"


class Form(models.TextChoices):
    """How the answer was given (SAM-2)."""

    WRITTEN = "written", "Skriftligt"
    SPOKEN = "spoken", "Muntligt"
    GESTURE = "gesture", "Med en gest, till exempel en nick"
    PRESUMED = "presumed", "Presumerat: informerad och inga tecken på att säga nej"


class GiverKind(models.TextChoices):
    PERSON = "person", "Personen själv"
    GUARDIAN = "guardian", "Vårdnadshavare"
    REPRESENTATIVE = "representative", "Ställföreträdare"


class Consent(WithTexts, models.Model):
    """One recorded answer; a later one supersedes it, a withdrawal ends it, nothing is overwritten (SAM-8)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="consents", verbose_name="ärende")
    share_answer = models.CharField("dela uppgifter", max_length=12, choices=OVERALL)
    planning_answer = models.CharField("planera tillsammans", max_length=12, choices=OVERALL)
    form = models.CharField("form", max_length=10, choices=Form)
    given_on = models.DateField("lämnat")
    valid_to = models.DateField("gäller till", null=True, blank=True)
    may_tell_other_sip = models.BooleanField("får berätta att det finns en annan SIP", default=False)
    child_mature = models.BooleanField("barnet är moget att svara själv", null=True)
    recorded_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="dokumenterat av")
    recorded_at = models.DateTimeField("dokumenterat", default=timezone.now)
    superseded_at = models.DateTimeField("ersatt", null=True)
    withdrawn_at = models.DateTimeField("återkallat", null=True)
    withdrawn_form = models.CharField("återkallat hur", max_length=10, choices=Form, blank=True)
    withdrawn_by = models.ForeignKey(
        Assignment, models.PROTECT, null=True, related_name="+", verbose_name="återkallelse dokumenterad av"
    )
    withdrawn_who = models.CharField("vem som återkallade", max_length=20, choices=GiverKind, blank=True)

    class Meta:
        verbose_name = "samtycke"
        verbose_name_plural = "samtycken"
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(superseded_at=None), name="consent_one_current"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("given_on")), name="consent_dates"
            ),
        ]
        indexes = [
            models.Index(fields=["valid_to"], condition=Q(superseded_at=None, withdrawn_at=None), name="consent_ends")
        ]

    def __str__(self):
        return f"Samtycke {self.given_on}"

    @property
    def informed_how(self) -> str:
        return self.said(ConsentTextKey.INFORMED_HOW)

    @property
    def excluded_note(self) -> str:
        """What the person wants kept; nothing to one who does not steer or does not see all."""
        return self.said(ConsentTextKey.EXCLUDED_NOTE)

    @property
    def child_view(self) -> str:
        return self.said(ConsentTextKey.CHILD_VIEW)

    @property
    def maturity_note(self) -> str:
        """How mature the child was found to be, and by whom."""
        return self.said(ConsentTextKey.MATURITY_NOTE)

    @property
    def both_yes(self) -> bool:
        return self.share_answer == self.planning_answer == Answer.YES and self.withdrawn_at is None

    def lapsed(self, today) -> bool:
        return self.valid_to is not None and self.valid_to < today

    @property
    def days_left(self) -> int | None:
        """Days until it runs out, or None without an end; the last day itself is 0."""
        return (self.valid_to - timezone.localdate()).days if self.valid_to else None

    @property
    def is_lapsed(self) -> bool:
        return self.lapsed(timezone.localdate())


class ConsentUnit(models.Model):
    """A unit that the person agreed to share with; `whole_tree`: also the units below it."""

    consent = models.ForeignKey(Consent, models.CASCADE, related_name="units", verbose_name="samtycke")
    case = models.ForeignKey(Case, models.CASCADE, related_name="+", verbose_name="ärende")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="enhet")
    whole_tree = models.BooleanField("även underliggande enheter", default=False)

    class Meta:
        verbose_name = "enhet i samtycket"
        verbose_name_plural = "enheter i samtycket"
        constraints = [models.UniqueConstraint(fields=["consent", "unit"], name="consent_unit_once")]

    def __str__(self):
        return f"{self.unit}"


class ConsentGiver(models.Model):
    """What one of those who must answer has said: the person, or each representative (SAM-6)."""

    consent = models.ForeignKey(Consent, models.CASCADE, related_name="givers", verbose_name="samtycke")
    case = models.ForeignKey(Case, models.CASCADE, related_name="+", verbose_name="ärende")
    kind = models.CharField("vem", max_length=20, choices=GiverKind)
    name = models.CharField("namn", max_length=150)
    representative = models.ForeignKey(
        Representative, models.PROTECT, null=True, related_name="+", verbose_name="företrädare"
    )
    share_answer = models.CharField("dela uppgifter", max_length=12, choices=GiverAnswer)
    planning_answer = models.CharField("planera tillsammans", max_length=12, choices=GiverAnswer)
    answered_on = models.DateField("svarade", null=True)
    form = models.CharField("form", max_length=10, choices=Form, blank=True)
    waiver = models.CharField("varför svaret inte behövs", max_length=10, choices=Waiver, blank=True)
    waiver_reason = models.TextField("skäl", blank=True)
    decided_on = models.DateField("beslutsdatum", null=True)
    decided_scope = models.CharField("vad beslutet gäller", max_length=300, blank=True)
    revoked_at = models.DateTimeField("återkallat", null=True)

    class Meta:
        verbose_name = "den som samtycker"
        verbose_name_plural = "de som samtycker"
        constraints = [
            models.CheckConstraint(
                condition=(Q(share_answer=GiverAnswer.WAIVED) & Q(planning_answer=GiverAnswer.WAIVED)) ^ Q(waiver=""),
                name="giver_waiver_named",
            ),
            models.CheckConstraint(condition=Q(waiver="") | ~Q(waiver_reason=""), name="giver_waiver_says_why"),
            models.CheckConstraint(
                condition=~Q(waiver=Waiver.BOARD) | (Q(decided_on__isnull=False) & ~Q(decided_scope="")),
                name="giver_board_decision_dated",
            ),
        ]

    def __str__(self):
        return self.get_kind_display()

    @property
    def state(self) -> str:
        """One word for both answers: missing, yes, no, unavailable, waived or revoked."""
        if self.revoked_at:
            return "revoked"
        said = {self.share_answer, self.planning_answer}
        order = (GiverAnswer.NO, GiverAnswer.MISSING, GiverAnswer.UNAVAILABLE, GiverAnswer.WAIVED, GiverAnswer.YES)
        return next(answer for answer in order if answer in said)


class LegalGround(models.Model):
    """Sharing without consent on a ground in law, for one named party and named topics (OSL 25:12, 26:9).

    It takes the place of the answer about sharing for that party, never of the answer about planning.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="legal_grounds", verbose_name="ärende")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="enhet")
    statute = models.CharField("stöd i lag", max_length=100)
    topics = models.BigIntegerField("ämnen")
    facts = models.TextField("vilka uppgifter")
    reason = models.TextField("varför det behövs")
    from_on = models.DateField("från", default=timezone.localdate)
    valid_to = models.DateField("till")
    recorded_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="beslutat av")
    recorded_at = models.DateTimeField("dokumenterat", default=timezone.now)
    ended_at = models.DateTimeField("upphävt", null=True)
    ended_by = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="+", verbose_name="upphävt av")

    class Meta:
        verbose_name = "annan rättslig grund"
        verbose_name_plural = "andra rättsliga grunder"
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__gte=models.F("from_on")), name="legal_ground_dates"),
            models.CheckConstraint(condition=Q(topics__gt=0), name="legal_ground_names_topics"),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(facts=""), name="legal_ground_says_why"),
        ]

    def __str__(self):
        return self.statute


class EmergencyAccess(models.Model):
    """Breaking the glass: one person's reading of the plan in force for a short time, with the reason."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="emergencies", verbose_name="ärende")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="enhet")
    assignment = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="öppnat av")
    reason = models.TextField("varför")
    started_at = models.DateTimeField("från", default=timezone.now)
    ends_at = models.DateTimeField("till")
    ended_at = models.DateTimeField("avslutad", null=True)

    class Meta:
        verbose_name = "nödöppning"
        verbose_name_plural = "nödöppningar"
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="emergency_has_reason"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("started_at"))
                & Q(ends_at__lte=models.F("started_at") + timedelta(days=7)),
                name="emergency_at_most_a_week",
            ),
        ]

    def __str__(self):
        return f"Nödöppning {self.started_at:%Y-%m-%d}"


class ReceivedVersion(models.Model):
    """What a unit had when something was sent to it: its own record, owned by it (SAM-5, PDL 3:17).

    Plain ids: it outlives the unit's access to the case. Inserted only by the function `deliver_version`.
    """

    KINDS = {
        "call": "Kallelse",
        "approved": "Plan godkänd",
        "corrected": "Plan rättad",
        "follow_up": "Uppföljning",
        "access_ended": "När er insyn upphörde",
        "closed": "När SIP:en avslutades",
    }

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="enhet")
    case_id = models.UUIDField("ärende")
    reference = models.CharField("ärendenummer", max_length=20)
    person_id = models.BigIntegerField("person")
    kind = models.CharField("vid", max_length=20)
    content = models.JSONField("innehåll")
    received_at = models.DateTimeField("mottagen", default=timezone.now)

    class Meta:
        verbose_name = "mottagen version"
        verbose_name_plural = "mottagna versioner"
        indexes = [models.Index(fields=["unit", "-received_at"], name="received_unit_latest")]

    def __str__(self):
        return f"{self.reference} {self.kind}"

    @property
    def kind_text(self) -> str:
        return self.KINDS.get(self.kind, self.kind)


class Disclosure(models.Model):
    """To whom, what, when, how and on which basis something was given out (PDL 3:11)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="disclosures", verbose_name="ärende")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name="till enhet")
    recipient = models.CharField("till", max_length=200)
    what = models.CharField("vad", max_length=200)
    how = models.CharField("hur", max_length=60)
    legal_basis = models.CharField("rättslig grund", max_length=100)
    topics = models.BigIntegerField("ämnen", default=ALL, db_default=ALL)
    at = models.DateTimeField("när", default=timezone.now)
    by = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="+", verbose_name="av")

    class Meta:
        verbose_name = "utlämnande"
        verbose_name_plural = "utlämnanden"

    def __str__(self):
        return self.what
