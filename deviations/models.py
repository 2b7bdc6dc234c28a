"""Deviations: what did not go as the guideline or the plan said (AVV-1)."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from cases.models import Case
from cases.topics import ALL
from meetings.models import Attendance
from organisations.models import Assignment, Unit


class DeviationState(models.TextChoices):
    REPORTED = "reported", "Rapporterad"
    RECEIVED = "received", "Mottagen"
    ANSWERED = "answered", "Besvarad"
    CLOSED = "closed", "Avslutad"


class Deviation(ConcurrentTransitionMixin, models.Model):
    """A report in a case about a unit, its answer, and its end; both sides' texts stay."""

    KINDS = [
        ("absent", "En aktör kom inte till mötet"),
        ("guideline", "Riktlinjen följdes inte"),
        ("measure", "En överenskommen insats blev inte av"),
        ("coordination", "Aktörerna samordnade sig inte"),
    ]

    case = models.ForeignKey(Case, models.CASCADE, related_name="deviations", verbose_name="ärende")
    kind = models.CharField("slag", max_length=20, choices=KINDS)
    state = FSMField("läge", choices=DeviationState.choices, default=DeviationState.REPORTED, protected=True)
    text = models.TextField("det här fungerade inte")
    topics = models.BigIntegerField("ämnen", default=ALL, db_default=ALL)
    concerns_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="gäller enhet")
    reported_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="rapporterad av enhet")
    reported_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="rapporterad av")
    reported_at = models.DateTimeField("rapporterad", default=timezone.now)
    received_by = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="+", verbose_name="mottagen av")
    received_at = models.DateTimeField("mottagen", null=True)
    answer = models.TextField("svar", blank=True)
    answered_by = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="+", verbose_name="besvarad av")
    answered_at = models.DateTimeField("besvarad", null=True)
    closed_by = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="+", verbose_name="avslutad av")
    closed_at = models.DateTimeField("avslutad", null=True)
    closing_note = models.TextField("slutkommentar", blank=True)

    class Meta:
        verbose_name = "avvikelse"
        verbose_name_plural = "avvikelser"
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["answered", "closed"]) | ~Q(answer=""), name="deviation_answered_has_answer"
            )
        ]

    def __str__(self):
        return self.get_kind_display()

    @transition(field=state, source=DeviationState.REPORTED, target=DeviationState.RECEIVED)
    def received(self, *, at, by):
        """The unit that it concerns has taken it in hand."""
        self.received_at, self.received_by_id = at, by.assignment_id

    @transition(field=state, source=DeviationState.RECEIVED, target=DeviationState.ANSWERED)
    def answered(self, *, at, by, answer):
        """The unit that it concerns has said what it found and does."""
        self.answered_at, self.answered_by_id, self.answer = at, by.assignment_id, answer

    @transition(field=state, source=DeviationState.ANSWERED, target=DeviationState.CLOSED)
    def closed(self, *, at, by, note=""):
        """The reporting unit is content with the answer."""
        self.closed_at, self.closed_by_id, self.closing_note = at, by.assignment_id, note


class AbsenceOutcome(models.TextChoices):
    REPORTED = "reported", "Rapporterades"
    DISMISSED = "dismissed", "Rapporterades inte"


class AbsenceDecision(models.Model):
    """What was decided of a party with the duty that did not come to the meeting: once, with a reason for a no."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+", verbose_name="ärende")
    attendance = models.OneToOneField(
        Attendance, models.CASCADE, related_name="absence_decision", verbose_name="närvaro"
    )
    outcome = models.CharField("beslut", max_length=10, choices=AbsenceOutcome)
    deviation = models.OneToOneField(Deviation, models.CASCADE, null=True, related_name="+", verbose_name="avvikelse")
    reason = models.TextField("skäl", blank=True)
    topics = models.BigIntegerField("ämnen", default=ALL, db_default=ALL)
    decided_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="beslutat av")
    decided_at = models.DateTimeField("beslutat", default=timezone.now)

    class Meta:
        verbose_name = "ställningstagande till frånvaro"
        verbose_name_plural = "ställningstaganden till frånvaro"
        constraints = [
            models.CheckConstraint(
                condition=(Q(outcome="reported", deviation__isnull=False, reason=""))
                | (Q(outcome="dismissed", deviation=None) & ~Q(reason="")),
                name="absence_decision_has_reason",
            )
        ]

    def __str__(self):
        return self.get_outcome_display()
