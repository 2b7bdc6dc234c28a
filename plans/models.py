"""The plan in versions: goals, measures, crisis part, follow-up; written to the person as ”du” (PLA)."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from cases.models import Case
from meetings.models import Meeting
from organisations.models import Assignment, Authority, Staff, Unit


class PlanState(models.TextChoices):
    DRAFT = "draft", "Utkast"
    APPROVED = "approved", "Gäller"
    SUPERSEDED = "superseded", "Ersatt"


class Plan(ConcurrentTransitionMixin, models.Model):
    """One version of the plan (PLA-2); once approved its content can never change (PLA-5)."""

    CONTENT = [
        "what_matters", "why", "strengths", "situation", "long_term_goal", "own_measures", "relatives_measures",
        "others_measures", "others_nobody", "crisis_signs", "crisis_self", "crisis_call", "crisis_we_do",
        "person_opinion", "disagreement", "lead_staff", "lead_unit", "lead_authority", "follow_up_on",
        "follow_up_time", "follow_up_place", "follow_up_caller", "copies_to",
    ]  # fmt: skip

    case = models.ForeignKey(Case, models.CASCADE, related_name="plans", verbose_name="ärende")
    version = models.PositiveSmallIntegerField("version")
    state = FSMField("läge", choices=PlanState.choices, default=PlanState.DRAFT, protected=True)
    based_on = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", verbose_name="bygger på")
    meeting = models.ForeignKey(Meeting, models.PROTECT, null=True, related_name="+", verbose_name="möte")
    revision = models.PositiveIntegerField("revision", default=1)
    what_matters = models.TextField("vad är viktigt för dig?", blank=True)
    why = models.TextField("varför du har en SIP", blank=True)
    strengths = models.TextField("det som fungerar bra", blank=True)
    situation = models.TextField("så är det nu och det här behöver du", blank=True)
    long_term_goal = models.TextField("huvudmål", blank=True)
    own_measures = models.TextField("det här gör du själv", blank=True)
    relatives_measures = models.TextField("det här gör dina närstående", blank=True)
    others_measures = models.TextField("det här gör andra än kommunen och regionen", blank=True)
    others_nobody = models.BooleanField("ingen annan gör något", default=False)
    crisis_signs = models.TextField("tecken att se upp med", blank=True)
    crisis_self = models.TextField("det här kan du göra själv", blank=True)
    crisis_call = models.TextField("ring först", blank=True)
    crisis_we_do = models.TextField("det här gör vi", blank=True)
    person_opinion = models.TextField("vad du tycker om planen", blank=True)
    disagreement = models.TextField("det här är vi inte överens om", blank=True)
    lead_staff = models.ForeignKey(
        Staff, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="huvudansvarig"
    )
    lead_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="huvudansvarigs enhet"
    )
    lead_authority = models.ForeignKey(
        Authority,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="huvudman med övergripande ansvar",
    )
    follow_up_on = models.DateField("uppföljning", null=True, blank=True)
    follow_up_time = models.TimeField("klockslag", null=True, blank=True)
    follow_up_place = models.CharField("plats", max_length=300, blank=True)
    follow_up_caller = models.CharField("vem som kallar", max_length=150, blank=True)
    copies_to = models.TextField("vilka som får planen", blank=True)
    created_at = models.DateTimeField("skapad", default=timezone.now)
    created_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="skapad av")
    saved_at = models.DateTimeField("sparad", default=timezone.now)
    saved_by = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="+", verbose_name="sparad av")
    approved_at = models.DateTimeField("godkänd", null=True)
    approved_by = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="+", verbose_name="godkänd av")
    person_agrees = models.BooleanField("personen är med på planen", default=False)
    agreed_how = models.CharField("hur personen sa ja", max_length=300, blank=True)

    class Meta:
        verbose_name = "plan"
        verbose_name_plural = "planer"
        constraints = [
            models.UniqueConstraint(fields=["case", "version"], name="plan_version_once"),
            models.UniqueConstraint(fields=["case"], condition=Q(state="draft"), name="plan_one_draft"),
            models.UniqueConstraint(fields=["case"], condition=Q(state="approved"), name="plan_one_in_force"),
            # PLA-3, UPP-1: what the law and the guideline demand of an approved plan, as far as one row can tell.
            models.CheckConstraint(
                condition=Q(state="draft")
                | Q(
                    lead_staff__isnull=False,
                    lead_unit__isnull=False,
                    lead_authority__isnull=False,
                    follow_up_on__isnull=False,
                    approved_at__isnull=False,
                    approved_by__isnull=False,
                    person_agrees=True,
                ),
                name="plan_approved_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(others_nobody=True) | ~Q(others_measures=""), name="plan_others_said"
            ),
        ]

    def __str__(self):
        return f"Version {self.version}"

    @property
    def is_draft(self) -> bool:
        return self.state == PlanState.DRAFT

    @transition(field=state, source=PlanState.DRAFT, target=PlanState.APPROVED)
    def approved(self, *, at, by, agreed_how):
        """The person and the caller agreed on this version."""
        self.approved_at, self.approved_by_id = at, by.assignment_id
        self.person_agrees, self.agreed_how = True, agreed_how

    @transition(field=state, source=PlanState.APPROVED, target=PlanState.SUPERSEDED)
    def superseded(self):
        """A newer version is in force."""


class Goal(models.Model):
    """A part goal, to the person; the measures below it lead there."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+", verbose_name="ärende")
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="goals", verbose_name="plan")
    position = models.PositiveSmallIntegerField("ordning")
    text = models.TextField("mål")
    horizon = models.CharField(
        "sikt", max_length=5, choices=[("short", "Kort sikt"), ("long", "Lång sikt")], default="short"
    )
    how_noticed = models.TextField("så märker du det", blank=True)
    revision = models.PositiveIntegerField("revision", default=1)

    class Meta:
        verbose_name = "mål"
        verbose_name_plural = "mål"
        constraints = [models.UniqueConstraint(fields=["plan", "position"], name="goal_position_once")]

    def __str__(self):
        return self.text[:60]


class Doer(models.TextChoices):
    """Who does a measure; only kommun and region can be responsible as huvudman."""

    UNIT = "unit", "En enhet"
    SELF = "self", "Du själv"
    RELATIVE = "relative", "Närstående"
    OTHER = "other", "Någon annan"


class Measure(models.Model):
    """An insats: what, who, which huvudman, when, how often, where (PLA-2, PLA-3)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+", verbose_name="ärende")
    goal = models.ForeignKey(Goal, models.CASCADE, related_name="measures", verbose_name="mål")
    position = models.PositiveSmallIntegerField("ordning")
    text = models.TextField("vad")
    doer = models.CharField("vem", max_length=10, choices=Doer)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="enhet")
    authority = models.ForeignKey(
        Authority, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="huvudman"
    )
    doer_name = models.CharField("namn och roll", max_length=200, blank=True)
    starts_on = models.DateField("börjar", null=True, blank=True)
    ends_on = models.DateField("klart senast", null=True, blank=True)
    ongoing = models.BooleanField("tills vidare", default=False)
    frequency = models.CharField("hur ofta", max_length=200, blank=True)
    place = models.CharField("var", max_length=200, blank=True)
    carried_from = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", verbose_name="fortsätter från"
    )
    revision = models.PositiveIntegerField("revision", default=1)
    written_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="skriven av")

    class Meta:
        verbose_name = "insats"
        verbose_name_plural = "insatser"
        constraints = [
            models.CheckConstraint(condition=~Q(doer="unit") | Q(unit__isnull=False), name="measure_unit_named"),
            models.CheckConstraint(
                condition=Q(doer="unit") | Q(unit__isnull=True, authority__isnull=True), name="measure_no_unit"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=models.F("starts_on")),
                name="measure_dates",
            ),
            models.CheckConstraint(condition=Q(ongoing=False) | Q(ends_on=None), name="measure_ongoing_no_end"),
        ]

    def __str__(self):
        return self.text[:60]


class MeasureStatus(models.TextChoices):
    PLANNED = "planned", "Planerad"
    ONGOING = "ongoing", "Pågår"
    DONE = "done", "Klar"
    NOT_DONE = "not_done", "Blev inte av"


class MeasureReport(models.Model):
    """How it goes with a measure (UPP-5); beside the plan, so that the approved version never changes."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+", verbose_name="ärende")
    measure = models.ForeignKey(Measure, models.CASCADE, related_name="reports", verbose_name="insats")
    status = models.CharField("status", max_length=10, choices=MeasureStatus)
    reason = models.TextField("orsak", blank=True)
    reported_at = models.DateTimeField("när", default=timezone.now)
    reported_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="av")

    class Meta:
        verbose_name = "lägesrapport"
        verbose_name_plural = "lägesrapporter"
        constraints = [
            models.CheckConstraint(condition=~Q(status="not_done") | ~Q(reason=""), name="measure_report_reason")
        ]
        indexes = [models.Index(fields=["measure", "-reported_at"], name="measure_report_latest")]

    def __str__(self):
        return self.get_status_display()


class FollowUp(models.Model):
    """What a follow-up found (UPP-3), and what it leads to."""

    OUTCOMES = [("continue", "Fortsätt som planerat"), ("revise", "Ändra planen"), ("close", "Avsluta")]

    case = models.ForeignKey(Case, models.CASCADE, related_name="follow_ups", verbose_name="ärende")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="follow_ups", verbose_name="plan")
    meeting = models.ForeignKey(Meeting, models.PROTECT, null=True, related_name="+", verbose_name="möte")
    held_on = models.DateField("datum")
    how_it_went = models.TextField("hur har det gått?")
    helped = models.TextField("vad har hjälpt?", blank=True)
    hindered = models.TextField("vad har hindrat?", blank=True)
    new_circumstances = models.TextField("har något nytt hänt?", blank=True)
    effect = models.TextField("blev det som du ville?", blank=True)
    coordination_needed = models.BooleanField("behövs samordning fortfarande?", default=True)
    outcome = models.CharField("och nu?", max_length=10, choices=OUTCOMES)
    next_on = models.DateField("nästa uppföljning", null=True, blank=True)
    by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="skriven av")
    created_at = models.DateTimeField("skriven", default=timezone.now)

    class Meta:
        verbose_name = "uppföljning"
        verbose_name_plural = "uppföljningar"
        constraints = [
            models.CheckConstraint(condition=Q(outcome="close") | Q(next_on__isnull=False), name="follow_up_next_date")
        ]

    def __str__(self):
        return f"Uppföljning {self.held_on}"


class PlanDocument(models.Model):
    """The plan as a PDF, rendered by a worker from a frozen context and kept under row security (PLA-6)."""

    STATES = [("queued", "Väntar"), ("ready", "Klar"), ("failed", "Misslyckades")]

    case = models.ForeignKey(Case, models.CASCADE, related_name="+", verbose_name="ärende")
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="documents", verbose_name="plan")
    revision = models.PositiveIntegerField("planens revision")
    context = models.JSONField("innehåll")
    state = models.CharField("läge", max_length=10, choices=STATES, default="queued")
    pdf = models.BinaryField("pdf", null=True)
    attempts = models.PositiveSmallIntegerField("försök", default=0)
    created_at = models.DateTimeField("beställd", default=timezone.now)
    finished_at = models.DateTimeField("klar", null=True)

    class Meta:
        verbose_name = "plan som pdf"
        verbose_name_plural = "planer som pdf"
        constraints = [
            models.UniqueConstraint(fields=["plan", "revision"], name="plan_document_once"),
            models.CheckConstraint(condition=~Q(state="ready") | Q(pdf__isnull=False), name="plan_document_ready"),
        ]
        indexes = [models.Index(fields=["created_at"], condition=Q(state="queued"), name="plan_document_queue")]

    def __str__(self):
        return self.get_state_display()


class HandedOutCopy(models.Model):
    """Who was given the plan on paper or otherwise, and how (PLA-6)."""

    HOW = [
        ("by_hand", "Överlämnad"),
        ("letter", "Brev"),
        ("citizen_view", "Läser i Min plan"),
        ("read_aloud", "Uppläst"),
    ]

    case = models.ForeignKey(Case, models.CASCADE, related_name="+", verbose_name="ärende")
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="copies", verbose_name="plan")
    recipient = models.CharField("till", max_length=150)
    how = models.CharField("hur", max_length=15, choices=HOW)
    given_on = models.DateField("när")
    by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="av")

    class Meta:
        verbose_name = "utlämnad kopia"
        verbose_name_plural = "utlämnade kopior"

    def __str__(self):
        return self.recipient
