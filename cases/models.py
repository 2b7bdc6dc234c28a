"""The person, the case and its lifecycle; who takes part."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from cases.access_models import CaseAccess, PersonAccess
from cases.clock_models import ClockEvent, Deadline, DeadlinePause
from cases.enums import (
    OPEN_STATES,
    STEP_OF,
    AskedBy,
    CloseReason,
    IdKind,
    Obligation,
    OutsideKind,
    Protection,
    State,
    TellBy,
)
from cases.text_models import VIEW_OF_LEAD, CaseText, TextKey, WithTexts
from cases.topics import ALL
from organisations.models import Assignment, Authority, Guideline, Staff, Unit

__all__ = [
    "Case", "CaseAccess", "CaseEvent", "CaseText", "ClockEvent", "Deadline", "DeadlinePause", "LeadTerm",
    "OutsideParty", "Participation", "Person", "PersonAccess",
]  # fmt: skip


class Person(models.Model):
    """Identity and number only; name and contact are kept per case."""

    id_kind = models.CharField("slag av nummer", max_length=20, choices=IdKind)
    number = models.CharField("nummer", max_length=12, unique=True)

    class Meta:
        verbose_name = "person"
        verbose_name_plural = "personer"

    def __str__(self):
        return f"Person {self.pk}"


class CaseQuerySet(models.QuerySet):
    def open(self):
        return self.filter(state__in=OPEN_STATES)

    def with_names(self):
        names = ("person", "owner_unit__organisation", "owner_unit__acts_for", "lead_unit", "lead_staff")
        return self.select_related(*names)


def no_plan_yet(case) -> bool:
    return case.lead_unit_id is None


def plan_in_force(case) -> bool:
    """A plan has been approved: huvudansvarig is named exactly then."""
    return case.lead_unit_id is not None


class Case(WithTexts, ConcurrentTransitionMixin, models.Model):
    """One SIP process for one person. Made by the database function `open_case` only."""

    # What save() writes: the owner moves by hand_over(), identity and number never change.
    SAVED = [
        "state", "discharge_ready_at", "inpatient", "ward_unit", "given_name", "family_name", "phone", "address",
        "language", "interpreter", "protection", "lead_unit", "lead_staff", "lead_authority", "closed_on",
        "close_reason", "updated_at",
    ]  # fmt: skip

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField("ärendenummer", max_length=20, unique=True)
    person = models.ForeignKey(Person, models.PROTECT, verbose_name="person")
    owner_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="ansvarig enhet")
    guideline = models.ForeignKey(Guideline, models.PROTECT, verbose_name="riktlinje")
    state = FSMField("läge", choices=State.choices, default=State.INITIATED, protected=True)
    need_found_on = models.DateField("behovet upptäcktes")
    opened_at = models.DateTimeField("öppnat", default=timezone.now)
    opened_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="öppnat av")
    updated_at = models.DateTimeField("ändrat", default=timezone.now)
    asked_by = models.CharField("vem bad om en SIP", max_length=10, choices=AskedBy, default=AskedBy.STAFF)
    inpatient = models.BooleanField("inlagd på sjukhus", default=False)
    ward_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name="vårdavdelning")
    discharge_ready_at = models.DateTimeField("utskrivningsklar", null=True)
    given_name = models.CharField("förnamn", max_length=100)
    family_name = models.CharField("efternamn", max_length=100)
    phone = models.CharField("telefon", max_length=40, blank=True)
    address = models.CharField("adress", max_length=300, blank=True)
    language = models.CharField("språk", max_length=60, blank=True)
    interpreter = models.BooleanField("tolk behövs", default=False)
    protection = models.CharField(
        "skyddade personuppgifter", max_length=10, choices=Protection, default=Protection.NONE
    )
    lead_unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, related_name="+", verbose_name="huvudansvarigs enhet"
    )
    lead_staff = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+", verbose_name="huvudansvarig")
    lead_authority = models.ForeignKey(
        Authority, models.PROTECT, null=True, related_name="+", verbose_name="huvudman med övergripande ansvar"
    )
    previous_case = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", verbose_name="tidigare ärende"
    )
    closed_on = models.DateField("avslutat", null=True)
    close_reason = models.CharField("skäl till avslut", max_length=20, choices=CloseReason, blank=True)
    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = "ärende"
        verbose_name_plural = "ärenden"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[State.CLOSED]) ^ Q(close_reason=""), name="case_closed_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(state__in=[State.CLOSED, State.DECLINED]), name="case_closed_on"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.PLANNED, State.FOLLOWING_UP]) | Q(lead_unit__isnull=False),
                name="case_planned_has_lead",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "opened_at"], name="case_person_opened"),
            # The sweep for missing deadlines walks only cases whose clocks may run, however many are closed.
            models.Index(
                fields=["id"],
                condition=Q(state__in=[State.INITIATED, State.CONSENTED, State.CALLED]),
                name="case_clock_runs",
            ),
            models.Index(
                fields=["id"],
                condition=Q(state__in=OPEN_STATES, discharge_ready_at__isnull=False),
                name="case_ready_open",
            ),
        ]

    def __str__(self):
        return self.reference

    def save(self, *args, **kwargs):
        kwargs.setdefault("update_fields", self.SAVED)
        self.updated_at = timezone.now()
        super().save(*args, **kwargs)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def step(self) -> int:
        return STEP_OF[self.state]

    @property
    def is_protected(self) -> bool:
        return self.protection != Protection.NONE

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def shown_name(self) -> str:
        """The name for lists and headings; a protection mark hides it everywhere."""
        return "Skyddade personuppgifter" if self.is_protected else self.full_name

    @property
    def reasons(self) -> list[str]:
        """The values of Reason; none when they are not shared with the reader."""
        return self.said(TextKey.REASONS).split()

    @property
    def reason_note(self) -> str:
        return self.said(TextKey.REASON_NOTE)

    @property
    def close_note(self) -> str:
        return self.said(TextKey.CLOSE_NOTE)

    @property
    def other_plan(self) -> str:
        return self.said(TextKey.OTHER_PLAN)

    # Transitions are past-tense facts; the services prove their conditions before.

    @transition(field=state, source=[State.INITIATED, State.CONSENTED], target=State.CONSENTED)
    def consent_given(self):
        """Both answers are yes (SAM-1)."""

    @transition(field=state, source=[State.INITIATED, State.CONSENTED], target=State.DECLINED)
    def declined(self, *, on):
        """The person said no; final, a new offer is a new linked case (SAM-7)."""
        self.closed_on = on

    @transition(
        field=state,
        source=[State.CONSENTED, State.CALLED, State.MET, State.PLANNED, State.FOLLOWING_UP],
        target=State.CALLED,
    )
    def meeting_called(self):
        """A kallelse has gone out: first meeting, rådrum (from met) or follow-up meeting."""

    @transition(field=state, source=State.CALLED, target=State.CONSENTED, conditions=[no_plan_yet])
    def meeting_cancelled(self):
        """The first meeting will not be; nothing has been agreed yet."""

    @transition(field=state, source=State.CALLED, target=State.FOLLOWING_UP, conditions=[plan_in_force])
    def follow_up_cancelled(self):
        """The follow-up meeting will not be; the plan in force stands."""

    @transition(field=state, source=State.CALLED, target=State.MET, conditions=[no_plan_yet])
    def meeting_held(self):
        """The first meeting took place."""

    @transition(
        field=state, source=[State.CALLED, State.PLANNED], target=State.FOLLOWING_UP, conditions=[plan_in_force]
    )
    def follow_up_held(self):
        """A follow-up took place; the plan in force stands until the next version is approved."""

    @transition(field=state, source=[State.MET, State.FOLLOWING_UP, State.PLANNED], target=State.PLANNED)
    def plan_adopted(self):
        """A plan version was approved together with the person."""

    @transition(field=state, source=list(OPEN_STATES), target=State.CLOSED)
    def closed(self, *, on, reason):
        """The case ended, always with a reason (AVS-1)."""
        self.closed_on = on
        self.close_reason = reason


class ParticipationQuerySet(models.QuerySet):
    def active(self):
        return self.filter(ended_on=None)

    def with_names(self):
        return self.select_related("unit__organisation", "unit__acts_for")


class Participation(models.Model):
    """A unit that takes part in a case; it gives access only together with a consent that covers the unit."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="participations", verbose_name="ärende")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="enhet")
    obligation = models.CharField("skyldighet", max_length=10, choices=Obligation)
    started_on = models.DateField("från", default=timezone.localdate)
    ended_on = models.DateField("till", null=True)
    added_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="tillagd av")
    contact_staff = models.ForeignKey(Staff, models.PROTECT, null=True, related_name="+", verbose_name="kontaktperson")
    objects = ParticipationQuerySet.as_manager()

    class Meta:
        verbose_name = "aktör"
        verbose_name_plural = "aktörer"
        constraints = [
            models.UniqueConstraint(fields=["case", "unit"], condition=Q(ended_on=None), name="participation_once"),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")), name="participation_dates"
            ),
        ]

    def __str__(self):
        return f"{self.unit}"


class OutsidePartyQuerySet(models.QuerySet):
    def present(self):
        return self.filter(removed_at=None).order_by("name", "pk")


class OutsideParty(models.Model):
    """A relative, guardian or other who takes part without an account; told by letter or phone (MED-4)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="outside_parties", verbose_name="ärende")
    kind = models.CharField("slag", max_length=20, choices=OutsideKind)
    name = models.CharField("namn", max_length=150)
    relation = models.CharField("relation eller roll", max_length=100, blank=True)
    phone = models.CharField("telefon", max_length=40, blank=True)
    address = models.CharField("adress", max_length=300, blank=True)
    tell_by = models.CharField("meddelas genom", max_length=10, choices=TellBy)
    added_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="tillagd av")
    added_at = models.DateTimeField("tillagd", default=timezone.now)
    removed_at = models.DateTimeField("borttagen", null=True)
    objects = OutsidePartyQuerySet.as_manager()

    class Meta:
        verbose_name = "närstående eller annan deltagare"
        verbose_name_plural = "närstående och andra deltagare"

    def __str__(self):
        return self.name


class LeadTerm(models.Model):
    """Who has been huvudansvarig, from when to when, with the person's view (UPP-2)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="lead_terms", verbose_name="ärende")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="huvudansvarig")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="enhet")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+", verbose_name="huvudman")
    from_on = models.DateField("från")
    to_on = models.DateField("till", null=True)
    decided_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="beslutat av")

    class Meta:
        verbose_name = "huvudansvar"
        verbose_name_plural = "huvudansvar"
        constraints = [models.UniqueConstraint(fields=["case"], condition=Q(to_on=None), name="lead_term_one_now")]

    def __str__(self):
        return f"{self.staff} {self.from_on}"

    @property
    def person_view(self) -> str:
        """What the person thought of it; nothing when that is not shared with the reader."""
        return self.case.said(VIEW_OF_LEAD.format(self.pk))


class CaseEvent(models.Model):
    """What has happened in the case, in words, for all who take part."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="events", verbose_name="ärende")
    at = models.DateTimeField("tid", default=timezone.now)
    kind = models.CharField("slag", max_length=30)
    text = models.CharField("händelse", max_length=300)
    detail = models.TextField("beskrivning", blank=True)
    topics = models.BigIntegerField("ämnen", default=ALL, db_default=ALL)
    by = models.ForeignKey(Assignment, models.PROTECT, null=True, related_name="+", verbose_name="av")

    class Meta:
        verbose_name = "händelse"
        verbose_name_plural = "händelser"
        indexes = [models.Index(fields=["case", "-at"], name="case_event_latest")]

    def __str__(self):
        return self.text
