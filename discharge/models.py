"""Before any consent: an inpatient stay, its admission notice, who got it and who has acknowledged what (UTS-1).

No row here belongs to a case: the ward sees its own, a named receiver what it was sent, and nobody else anything.
"""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from cases.enums import CareType, IdKind
from cases.models import Person
from discharge.care_plan_models import CarePlan, CarePlanDocument, CarePlanMeasure, CarePlanUnit
from discharge.enums import AdmissionState, BreakReason, MessageKind, NoticeState
from discharge.payment_models import PaymentAmount
from discharge.process_models import CareContact, CareGap, Discharge
from organisations.models import Assignment, Unit

__all__ = [
    "Admission", "CareContact", "CareGap", "CarePlan", "CarePlanDocument", "CarePlanMeasure", "CarePlanUnit",
    "Discharge", "Notice", "NoticeMessage", "NoticeReceiver", "PaymentAmount",
]  # fmt: skip


class PersonFields(models.Model):
    """What the law lets a notice say of who it is (LUS 2:2)."""

    id_kind = models.CharField("slag av nummer", max_length=20, choices=IdKind)
    number = models.CharField("nummer", max_length=12)
    given_name = models.CharField("förnamn", max_length=100)
    family_name = models.CharField("efternamn", max_length=100)
    address = models.CharField("folkbokföringsadress", max_length=300)
    protected = models.BooleanField("skyddade personuppgifter", default=False)

    class Meta:
        abstract = True

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def shown_name(self) -> str:
        return "Skyddade personuppgifter" if self.protected else self.full_name


class Admission(ConcurrentTransitionMixin, PersonFields):
    """An inpatient stay as the ward knows it; seen by the ward alone. Made by `open_admission` only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField("löpnummer", max_length=20, unique=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="person")
    ward_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="vårdavdelning")
    care_type = models.CharField("slag av vård", max_length=20, choices=CareType)
    admitted_at = models.DateTimeField("inskriven")
    judged_at = models.DateTimeField("läkaren bedömde senare att insatser behövs", null=True)
    # Worked out by the clocks when it was registered, and kept with its rule: a changed rule rewrites nothing.
    due_at = models.DateTimeField("meddelandet ska vara skickat")
    rule = models.JSONField("regeln")
    source = models.CharField("källa", max_length=200)
    state = FSMField("läge", choices=AdmissionState.choices, default=AdmissionState.ADMITTED, protected=True)
    break_reason = models.CharField("skäl till avbrott", max_length=20, choices=BreakReason, blank=True)
    registered_at = models.DateTimeField("registrerad", default=timezone.now)
    registered_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="registrerad av")
    ended_at = models.DateTimeField("avslutad", null=True)

    class Meta:
        verbose_name = "inskrivning"
        verbose_name_plural = "inskrivningar"
        indexes = [models.Index(fields=["ward_unit", "state", "admitted_at"], name="admission_ward_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(judged_at=None) | Q(judged_at__gte=models.F("admitted_at")), name="admission_judged_after"
            ),
            models.CheckConstraint(condition=Q(state="broken") ^ Q(break_reason=""), name="admission_break_has_reason"),
        ]

    def __str__(self):
        return self.reference

    @property
    def starts_at(self):
        """The clock starts at the admission, or at the doctor's later judgement (LUS 2:3)."""
        return self.judged_at or self.admitted_at

    @property
    def is_open(self) -> bool:
        return self.state in (AdmissionState.ADMITTED, AdmissionState.NOTICED)

    @transition(field=state, source=AdmissionState.ADMITTED, target=AdmissionState.NOTICED)
    def noticed(self):
        """The admission notice has gone out."""

    @transition(field=state, source=AdmissionState.NOTICED, target=AdmissionState.HOME)
    def went_home(self, *, at):
        """The person has left the ward."""
        self.ended_at = at

    @transition(field=state, source=[AdmissionState.ADMITTED, AdmissionState.NOTICED], target=AdmissionState.BROKEN)
    def broken_off(self, *, at, reason):
        """The process stopped before the person went home."""
        self.ended_at, self.break_reason = at, reason


class Notice(ConcurrentTransitionMixin, PersonFields):
    """The admission notice: name, number, registered address, expected day, nothing more (LUS 2:2).

    Made by `send_notice` only.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    admission = models.OneToOneField(Admission, models.PROTECT, related_name="notice", verbose_name="inskrivning")
    reference = models.CharField("löpnummer", max_length=20)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="person")
    expected_on = models.DateField("beräknad utskrivningsdag")
    sender_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="från avdelning")
    state = FSMField("läge", choices=NoticeState.choices, default=NoticeState.ACTIVE, protected=True)
    sent_at = models.DateTimeField("skickat")
    sent_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="skickat av")
    ended_at = models.DateTimeField("avslutat", null=True)

    class Meta:
        verbose_name = "inskrivningsmeddelande"
        verbose_name_plural = "inskrivningsmeddelanden"

    def __str__(self):
        return self.reference

    @property
    def is_open(self) -> bool:
        return self.state == NoticeState.ACTIVE

    @transition(field=state, source=NoticeState.ACTIVE, target=NoticeState.ENDED)
    def ended(self, *, at):
        """Nothing more is to be planned from it."""
        self.ended_at = at

    @transition(field=state, source=NoticeState.ACTIVE, target=NoticeState.BROKEN)
    def broken_off(self, *, at):
        """The process stopped."""
        self.ended_at = at


class NoticeReceiver(models.Model):
    """One unit that was sent the notice; recalled when it was the wrong one (PLA-9), or handed back or on by it."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="receivers", verbose_name="inskrivningsmeddelande")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="till enhet")
    sender_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="från avdelning")
    reference = models.CharField("löpnummer", max_length=20)
    sent_at = models.DateTimeField("skickat")
    recalled_at = models.DateTimeField("återkallat", null=True)
    recalled_by = models.ForeignKey(
        Assignment, models.PROTECT, null=True, related_name="+", verbose_name="återkallat av"
    )
    recall_reason = models.CharField("vad som blev fel", max_length=300, blank=True)
    handed_on_to = models.ForeignKey(
        Unit, models.PROTECT, null=True, related_name="+", verbose_name="lämnat vidare till"
    )

    class Meta:
        verbose_name = "mottagare"
        verbose_name_plural = "mottagare"
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "unit"], condition=Q(recalled_at=None), name="notice_receiver_once"
            ),
            models.CheckConstraint(condition=Q(recalled_at=None) ^ ~Q(recall_reason=""), name="notice_recall_says_why"),
        ]
        indexes = [models.Index(fields=["unit", "-sent_at"], name="notice_receiver_unit")]

    def __str__(self):
        return f"{self.reference} till {self.unit}"

    @property
    def was_handed_back(self) -> bool:
        """The receiver said itself that it was the wrong one; with `handed_on_to` it knew the right one."""
        return self.recalled_at is not None and self.recalled_by.unit_id == self.unit_id


class NoticeMessage(models.Model):
    """One message to one receiver; each is acknowledged by somebody, at a time (kvittens)."""

    receiver = models.ForeignKey(NoticeReceiver, models.PROTECT, related_name="messages", verbose_name="mottagare")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="till enhet")
    sender_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="från avdelning")
    kind = models.CharField("slag", max_length=20, choices=MessageKind)
    expected_on = models.DateField("beräknad utskrivningsdag", null=True)
    sent_at = models.DateTimeField("skickat")
    acknowledged_at = models.DateTimeField("kvitterat", null=True)
    acknowledged_by = models.ForeignKey(
        Assignment, models.PROTECT, null=True, related_name="+", verbose_name="kvitterat av"
    )

    class Meta:
        verbose_name = "meddelande med kvittens"
        verbose_name_plural = "meddelanden med kvittens"
        indexes = [
            models.Index(fields=["unit"], condition=Q(acknowledged_at=None), name="notice_message_open"),
        ]

    def __str__(self):
        return self.get_kind_display()
