"""Samtycke: every answer, limit and withdrawal as a row of its own (SAM-1 to SAM-8), and what was disclosed."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

from cases.models import Case
from organisations.models import Assignment, Unit


class Answer(models.TextChoices):
    YES = "yes", "Ja"
    NO = "no", "Nej"
    UNAVAILABLE = "unavailable", "Går inte att få svar"


class Form(models.TextChoices):
    """How the answer was given (SAM-2)."""

    WRITTEN = "written", "Skriftligt"
    SPOKEN = "spoken", "Muntligt"
    GESTURE = "gesture", "Med en gest, till exempel en nick"
    PRESUMED = "presumed", "Presumerat: informerad och inga tecken på att säga nej"


class GiverKind(models.TextChoices):
    PERSON = "person", "Personen själv"
    GUARDIAN = "guardian", "Vårdnadshavare"


class Consent(models.Model):
    """One recorded answer; a later one supersedes it, a withdrawal ends it, nothing is overwritten (SAM-8)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="consents", verbose_name="ärende")
    share_answer = models.CharField("dela uppgifter", max_length=12, choices=Answer)
    planning_answer = models.CharField("planera tillsammans", max_length=12, choices=Answer)
    form = models.CharField("form", max_length=10, choices=Form)
    informed_how = models.TextField("så informerades personen", blank=True)
    given_on = models.DateField("lämnat")
    valid_to = models.DateField("gäller till", null=True, blank=True)
    excluded_note = models.TextField("det här får inte delas", blank=True)
    may_tell_other_sip = models.BooleanField("får berätta att det finns en annan SIP", default=False)
    child_view = models.TextField("barnets syn", blank=True)
    recorded_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="dokumenterat av")
    recorded_at = models.DateTimeField("dokumenterat", default=timezone.now)
    superseded_at = models.DateTimeField("ersatt", null=True)
    withdrawn_at = models.DateTimeField("återkallat", null=True)
    withdrawn_form = models.CharField("återkallat hur", max_length=10, choices=Form, blank=True)
    withdrawn_by = models.ForeignKey(
        Assignment, models.PROTECT, null=True, related_name="+", verbose_name="återkallelse dokumenterad av"
    )

    class Meta:
        verbose_name = "samtycke"
        verbose_name_plural = "samtycken"
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(superseded_at=None), name="consent_one_current"),
            models.CheckConstraint(
                condition=Q(form__in=[Form.WRITTEN, Form.GESTURE]) | ~Q(informed_how=""), name="consent_informed_how"
            ),
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
    def both_yes(self) -> bool:
        return self.share_answer == self.planning_answer == Answer.YES and self.withdrawn_at is None

    def lapsed(self, today) -> bool:
        return self.valid_to is not None and self.valid_to < today

    @property
    def is_lapsed(self) -> bool:
        return self.lapsed(timezone.localdate())


class ConsentUnit(models.Model):
    """A unit that the person agreed to share with; `whole_tree`: also the units below it."""

    consent = models.ForeignKey(Consent, models.CASCADE, related_name="units", verbose_name="samtycke")
    case = models.ForeignKey(Case, models.CASCADE, related_name="+", verbose_name="ärende")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="enhet")
    whole_tree = models.BooleanField("även underliggande enheter", default=False)
    hidden_topics = models.BigIntegerField("delas inte", default=0, db_default=0)

    class Meta:
        verbose_name = "enhet i samtycket"
        verbose_name_plural = "enheter i samtycket"
        constraints = [models.UniqueConstraint(fields=["consent", "unit"], name="consent_unit_once")]

    def __str__(self):
        return f"{self.unit}"


class ConsentGiver(models.Model):
    """Who answered what: the person, or under 18 every guardian by name (SAM-6)."""

    consent = models.ForeignKey(Consent, models.CASCADE, related_name="givers", verbose_name="samtycke")
    case = models.ForeignKey(Case, models.CASCADE, related_name="+", verbose_name="ärende")
    kind = models.CharField("vem", max_length=10, choices=GiverKind)
    name = models.CharField("namn", max_length=150)
    share_answer = models.CharField("dela uppgifter", max_length=12, choices=Answer)
    planning_answer = models.CharField("planera tillsammans", max_length=12, choices=Answer)

    class Meta:
        verbose_name = "den som samtycker"
        verbose_name_plural = "de som samtycker"

    def __str__(self):
        return self.get_kind_display()


class LegalGround(models.Model):
    """Sharing without consent on a ground in law, for one named party and named topics (OSL 25:12, 26:9).

    It takes the place of the answer about sharing for that party, never of the answer about planning.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="legal_grounds", verbose_name="ärende")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="enhet")
    statute = models.CharField("stöd i lag", max_length=40)
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
    at = models.DateTimeField("när", default=timezone.now)
    by = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="+", verbose_name="av")

    class Meta:
        verbose_name = "utlämnande"
        verbose_name_plural = "utlämnanden"

    def __str__(self):
        return self.what
