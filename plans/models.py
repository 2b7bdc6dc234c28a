"""The plan in versions: goals, measures, crisis part, follow-up; written to the person as ”du” (PLA)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from cases.models import Case
from cases.topics import ALL
from meetings.models import Meeting
from organisations.models import Assignment, Authority, Staff, Unit
from plans.correction_models import PlanCorrection as PlanCorrection
from plans.disagreement_models import Disagreement as Disagreement
from plans.export_models import PartyExport as PartyExport
from plans.followup_models import FollowUp as FollowUp
from plans.followup_models import MeasureReport as MeasureReport
from plans.followup_models import MeasureStatus as MeasureStatus
from plans.pdf_queue import Drawn
from plans.step_models import PartDone as PartDone
from plans.step_models import PlanStep as PlanStep


class PlanState(models.TextChoices):
    DRAFT = "draft", "Utkast"
    APPROVED = "approved", "Gäller"
    SUPERSEDED = "superseded", "Ersatt"


class AgreedForm(models.TextChoices):
    """How the person showed a yes to the plan (PLA-4)."""

    SAID = "said", "Sa ja"
    NOD = "nod", "Visade ja utan ord"
    WRITTEN = "written", "Skrev ja"


class Plan(ConcurrentTransitionMixin, models.Model):
    """One version of the plan (PLA-2); once approved its content can never change (PLA-5)."""

    # What a version says beside its texts, which are rows of their own (PlanBlock).
    CONTENT = [
        "others_nobody", "lead_staff", "lead_unit", "lead_authority", "follow_up_on", "follow_up_time",
        "follow_up_place", "follow_up_caller", "copies_to",
    ]  # fmt: skip

    # What approving writes.
    APPROVAL = [
        "state", "revision", "approved_at", "approved_by", "person_agrees", "agreed_how", "agreed_form",
        "agreed_before",
    ]  # fmt: skip

    case = models.ForeignKey(Case, models.CASCADE, related_name="plans", verbose_name="ärende")
    version = models.PositiveSmallIntegerField("version")
    state = FSMField("läge", choices=PlanState.choices, default=PlanState.DRAFT, protected=True)
    based_on = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", verbose_name="bygger på")
    meeting = models.ForeignKey(Meeting, models.PROTECT, null=True, related_name="+", verbose_name="möte")
    revision = models.PositiveIntegerField("revision", default=1)
    others_nobody = models.BooleanField("ingen annan gör något", default=False)
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
    agreed_form = models.CharField("hur personen visade ja", max_length=8, choices=AgreedForm, blank=True)
    agreed_how = models.CharField("hur personen sa ja", max_length=300, blank=True)
    agreed_before = ArrayField(models.CharField(max_length=250), default=list, verbose_name="vilka som såg det")

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
            # PLA-4: a yes whose form is known also says how it was given and who saw it; older versions lack all three.
            models.CheckConstraint(
                condition=Q(agreed_form="", agreed_before__len=0)
                | (Q(agreed_form__in=["said", "nod", "written"], agreed_before__len__gt=0) & ~Q(agreed_how="")),
                name="plan_agreed_before_somebody",
            ),
        ]

    def __str__(self):
        return f"Version {self.version}"

    @property
    def is_draft(self) -> bool:
        return self.state == PlanState.DRAFT

    @cached_property
    def rows(self) -> dict:
        """The texts that the reader may see, by key."""
        return {row.key: row for row in self.blocks.all()}

    @property
    def words(self) -> dict[str, str]:
        """Key and text of what the reader may see; a key that is not there is not shared with the reader."""
        return {key: row.text for key, row in self.rows.items()}

    @property
    def hidden(self) -> list[str]:
        """The keys of the texts that are not shared with the reader, whatever they say."""
        return [key for key in BlockKey.values if key not in self.rows]

    @transition(field=state, source=PlanState.DRAFT, target=PlanState.APPROVED)
    def approved(self, *, at, by, agreed_how, agreed_form="", agreed_before=()):
        """The person and the caller agreed on this version."""
        self.approved_at, self.approved_by_id = at, by.assignment_id
        self.person_agrees, self.agreed_how = True, agreed_how
        self.agreed_form, self.agreed_before = agreed_form, list(agreed_before)

    @transition(field=state, source=PlanState.APPROVED, target=PlanState.SUPERSEDED)
    def superseded(self):
        """A newer version is in force."""


class BlockKey(models.TextChoices):
    """The texts of a plan, in the order of its page."""

    WHAT_MATTERS = "what_matters", "Vad är viktigt för dig?"
    WHY = "why", "Varför du har en SIP"
    STRENGTHS = "strengths", "Det som fungerar bra"
    SITUATION = "situation", "Så är det nu och det här behöver du"
    LONG_TERM_GOAL = "long_term_goal", "Huvudmål"
    OWN_MEASURES = "own_measures", "Det här gör du själv"
    RELATIVES_MEASURES = "relatives_measures", "Det här gör dina närstående"
    OTHERS_MEASURES = "others_measures", "Det här gör andra än kommunen och regionen"
    CRISIS_GREEN_SIGNS = "crisis_green_signs", "Så märks det att du mår bra"
    CRISIS_GREEN_SELF = "crisis_green_self", "Det här gör du för att må bra"
    CRISIS_GREEN_CALL = "crisis_green_call", "Hit ringer du när du undrar något"
    CRISIS_GREEN_WE_DO = "crisis_green_we_do", "Det här gör vi när du mår bra"
    CRISIS_SIGNS = "crisis_signs", "Tecken att se upp med"
    CRISIS_SELF = "crisis_self", "Det här kan du göra själv"
    CRISIS_CALL = "crisis_call", "Ring först"
    CRISIS_WE_DO = "crisis_we_do", "Det här gör vi"
    CRISIS_RED_SIGNS = "crisis_red_signs", "Tecken på att det är akut"
    CRISIS_RED_SELF = "crisis_red_self", "Det här kan du göra när det är akut"
    CRISIS_RED_CALL = "crisis_red_call", "Ring direkt"
    CRISIS_RED_WE_DO = "crisis_red_we_do", "Det här gör vi när det är akut"
    PERSON_OPINION = "person_opinion", "Vad du tycker om planen"
    DISAGREEMENT = "disagreement", "Det här är vi inte överens om"


class PlanBlock(models.Model):
    """One text of a version with its topics; a row that cannot be read is not shared, never empty (SAM-3)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+", verbose_name="ärende")
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="blocks", verbose_name="plan")
    key = models.CharField("del", max_length=20, choices=BlockKey)
    text = models.TextField("text", blank=True)
    topics = models.BigIntegerField("ämnen", default=ALL)
    revision = models.PositiveIntegerField("revision", default=1)
    saved_at = models.DateTimeField("sparad", default=timezone.now)
    saved_by = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="+", verbose_name="sparad av")

    class Meta:
        verbose_name = "text i planen"
        verbose_name_plural = "texter i planen"
        constraints = [models.UniqueConstraint(fields=["plan", "key"], name="plan_block_once")]

    def __str__(self):
        return self.get_key_display()


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
    topics = models.BigIntegerField("ämnen", default=ALL)
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


class MeasureState(models.TextChoices):
    PROPOSED = "proposed", "Föreslagen"
    CONFIRMED = "confirmed", "Bekräftad"
    DECLINED = "declined", "Nekad"


class Measure(ConcurrentTransitionMixin, models.Model):
    """An insats: what, who, which huvudman, when, how often, where (PLA-2, PLA-3).

    One that another unit is to do is proposed until a handler of that unit has confirmed it, or declined (PLA-4).
    """

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
    topics = models.BigIntegerField("ämnen", default=ALL)
    carried_from = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", verbose_name="fortsätter från"
    )
    revision = models.PositiveIntegerField("revision", default=1)
    written_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="skriven av")
    state = FSMField("läge", choices=MeasureState.choices, default=MeasureState.PROPOSED, protected=True)
    confirmed_at = models.DateTimeField("bekräftad", null=True)
    confirmed_by = models.ForeignKey(
        Assignment, models.PROTECT, null=True, related_name="+", verbose_name="bekräftad av"
    )
    declined_why = models.CharField("varför den är nekad", max_length=300, blank=True)

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
            models.CheckConstraint(
                condition=~Q(doer="unit", state="confirmed")
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="measure_confirmed_by_somebody",
            ),
            models.CheckConstraint(
                condition=(Q(state="declined") & ~Q(declined_why="")) | (~Q(state="declined") & Q(declined_why="")),
                name="measure_declined_says_why",
            ),
        ]
        # The sweep of the measures' own dates (TID-7).
        indexes = [
            models.Index(fields=["starts_on"], condition=Q(starts_on__isnull=False), name="measure_starts"),
            models.Index(fields=["ends_on"], condition=Q(ends_on__isnull=False), name="measure_ends"),
        ]

    def __str__(self):
        return self.text[:60]

    @property
    def waits(self) -> bool:
        """The unit that is to do it has not said yes."""
        return self.doer == Doer.UNIT and self.state == MeasureState.PROPOSED

    @transition(field=state, source=[MeasureState.PROPOSED, MeasureState.DECLINED], target=MeasureState.CONFIRMED)
    def confirmed(self, *, at, by):
        """The unit that is to do it says yes; its own words need no other yes."""
        self.confirmed_at, self.confirmed_by_id, self.declined_why = at, by.assignment_id, ""

    @transition(field=state, source=MeasureState.PROPOSED, target=MeasureState.DECLINED)
    def declined(self, *, why):
        """The unit that was to do it says no, and why; it is for those who lead the case to write another."""
        self.declined_why = why

    @transition(field=state, source=[MeasureState.CONFIRMED, MeasureState.DECLINED], target=MeasureState.PROPOSED)
    def reopened(self):
        """It says something else than what was answered."""
        self.confirmed_at, self.confirmed_by_id, self.declined_why = None, None, ""


def nothing_hidden() -> list[int]:
    return [0]


class PlanDocument(Drawn):
    """The plan as a PDF, rendered by a worker from a frozen context and kept under row security (PLA-6).

    One for each way of seeing the plan: `hidden_topics` are the masks, one per ground, of the unit that ordered it.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="+", verbose_name="ärende")
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="documents", verbose_name="plan")
    revision = models.PositiveIntegerField("planens revision")
    hidden_topics = ArrayField(models.BigIntegerField(), default=nothing_hidden, verbose_name="delas inte")

    class Meta:
        verbose_name = "plan som pdf"
        verbose_name_plural = "planer som pdf"
        constraints = [
            models.UniqueConstraint(fields=["plan", "revision", "hidden_topics"], name="plan_document_once"),
            # Without any mask nothing would say for whom it was made.
            models.CheckConstraint(condition=Q(hidden_topics__len__gt=0), name="plan_document_for_somebody"),
            models.CheckConstraint(condition=~Q(state="ready") | Q(pdf__isnull=False), name="plan_document_ready"),
        ]
        indexes = [models.Index(fields=["created_at"], condition=Q(state="queued"), name="plan_document_queue")]


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
