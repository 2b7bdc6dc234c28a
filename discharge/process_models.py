"""After the notice, in a case and under its consent or basis: who coordinates, ready, decision, going home."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from cases import payment
from cases.enums import CareType
from cases.models import Case
from discharge.enums import Decision, DischargeState, WhyNone
from organisations import swedish
from organisations.models import Assignment, Staff, Unit


class Discharge(ConcurrentTransitionMixin, models.Model):
    """The planning of one discharge, in a case that was opened from the notice."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="discharges", verbose_name="ärende")
    notice = models.ForeignKey(
        "discharge.Notice", models.PROTECT, related_name="+", verbose_name="inskrivningsmeddelande"
    )
    reference = models.CharField("löpnummer", max_length=20, blank=True)
    ward_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="vårdavdelning")
    care_type = models.CharField("slag av vård", max_length=20, choices=CareType, blank=True)
    # Copied by the database: when the person was admitted is the ward's own, and not in the notice. Care type and
    # whether it was in time only once the ward, which sees the case, has told that the person is utskrivningsklar.
    notice_sent_at = models.DateTimeField("inskrivningsmeddelandet skickades", null=True)
    notice_in_time = models.BooleanField("inom 24 timmar", null=True)
    expected_on = models.DateField("beräknad utskrivningsdag", null=True)
    state = FSMField("läge", choices=DischargeState.choices, default=DischargeState.PLANNING, protected=True)
    started_at = models.DateTimeField("påbörjad", default=timezone.now)
    started_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="påbörjad av")
    ready_at = models.DateTimeField("utskrivningsklar", null=True)
    ready_told_at = models.DateTimeField("underrättelsen skickades", null=True)
    both_needed = models.BooleanField("insatser behövs från båda", null=True)
    decision = models.CharField("beslut om SIP", max_length=10, choices=Decision, blank=True)
    why_none = models.CharField("varför ingen SIP", max_length=20, choices=WhyNone, blank=True)
    decided_at = models.DateTimeField("beslutat", null=True)
    interpreter_booked_at = models.DateTimeField("tolk bokad av avdelningen", null=True)
    transferred_at = models.DateTimeField("informationen överförd", null=True)
    home_at = models.DateTimeField("hemma", null=True)

    class Meta:
        verbose_name = "utskrivning"
        verbose_name_plural = "utskrivningar"
        constraints = [
            models.UniqueConstraint(fields=["case", "notice"], name="discharge_notice_once"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(state__in=["planning", "ready"]), name="discharge_one_open"
            ),
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(ready_told_at__isnull=False), name="discharge_ready_told"
            ),
            models.CheckConstraint(condition=~Q(state="home") | Q(home_at__isnull=False), name="discharge_home_at"),
            models.CheckConstraint(condition=Q(decision="none") ^ Q(why_none=""), name="discharge_none_says_why"),
        ]

    def __str__(self):
        return self.reference

    @property
    def is_open(self) -> bool:
        return self.state in (DischargeState.PLANNING, DischargeState.READY)

    @property
    def call_is_due(self) -> bool:
        """A kallelse is due after utskrivningsklar unless it was decided that there is no SIP (LUS 4:3)."""
        return self.decision != Decision.NONE

    def called_at(self):
        """When the unit of a fast vårdkontakt called to the SIP, if it has (LUS 4:3)."""
        units = [contact.unit_id for contact in self.contacts.all()]
        found = self.case.meetings.filter(called_by__unit_id__in=units, called_at__gte=self.started_at)
        return found.order_by("called_at").values_list("called_at", flat=True).first()

    def stay(self) -> payment.Discharge:
        """What has been sent and said, as payment is worked out from it."""
        return payment.Discharge(
            ready_sent_at=self.ready_told_at,
            notice_sent_at=self.notice_sent_at,
            call_sent_at=self.called_at(),
            notice_late=self.notice_in_time is False,
            sip_due=self.call_is_due,
            gaps=tuple((gap.from_on, gap.to_on) for gap in self.gaps.all()),
            home_on=swedish.as_date(self.home_at) if self.home_at else None,
            broken=self.state == DischargeState.BROKEN,
        )

    def liability(self, rule) -> payment.Liability:
        """From when a kommun may have to pay, by the rule that the case's clock keeps (LUS 5:3–5:5)."""
        model = self.case.guideline.settings.get("payment_model", payment.INDIVIDUAL)
        return payment.liability(rule, self.stay(), model=model)

    @transition(field=state, source=[DischargeState.PLANNING, DischargeState.READY], target=DischargeState.READY)
    def told_ready(self, *, ready_at, at):
        """The ward has told that the person is ready for discharge (LUS 3:1)."""
        self.ready_at, self.ready_told_at = ready_at, at

    @transition(field=state, source=DischargeState.READY, target=DischargeState.PLANNING)
    def not_ready(self):
        """Ill again: the clocks that started have never run."""
        self.ready_at = self.ready_told_at = None

    @transition(field=state, source=[DischargeState.PLANNING, DischargeState.READY], target=DischargeState.HOME)
    def went_home(self, *, at, transferred_at):
        """The person is at home, and whether the information went the same day (LUS 3:2)."""
        self.home_at, self.transferred_at = at, transferred_at

    @transition(field=state, source=[DischargeState.PLANNING, DischargeState.READY], target=DischargeState.BROKEN)
    def broken_off(self):
        """The process stopped before the person went home."""


class CareContact(models.Model):
    """A fast vårdkontakt named by regional open care; one of several has the coordination (LUS 2:5, UTS-2)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="care_contacts", verbose_name="ärende")
    discharge = models.ForeignKey(Discharge, models.CASCADE, related_name="contacts", verbose_name="utskrivning")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="enhet")
    staff = models.ForeignKey(Staff, models.PROTECT, related_name="+", verbose_name="fast vårdkontakt")
    coordinates = models.BooleanField("samordnar", default=False)
    named_at = models.DateTimeField("utsedd", default=timezone.now)
    named_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="utsedd av")
    ended_at = models.DateTimeField("upphörde", null=True)

    class Meta:
        verbose_name = "fast vårdkontakt"
        verbose_name_plural = "fasta vårdkontakter"
        constraints = [
            models.UniqueConstraint(
                fields=["discharge"], condition=Q(coordinates=True, ended_at=None), name="care_contact_one_coordinates"
            ),
            models.UniqueConstraint(
                fields=["discharge", "staff"], condition=Q(ended_at=None), name="care_contact_once"
            ),
        ]

    def __str__(self):
        return f"{self.staff}, {self.unit}"


class CareGap(models.Model):
    """Days when open care was not there or not clear: no payment is due for them (LUS 5:5)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="care_gaps", verbose_name="ärende")
    discharge = models.ForeignKey(Discharge, models.CASCADE, related_name="gaps", verbose_name="utskrivning")
    from_on = models.DateField("från")
    to_on = models.DateField("till och med", null=True)
    noted_by = models.ForeignKey(Assignment, models.PROTECT, related_name="+", verbose_name="antecknat av")

    class Meta:
        verbose_name = "öppenvård saknas"
        verbose_name_plural = "perioder då öppenvård saknas"
        constraints = [
            models.CheckConstraint(condition=Q(to_on=None) | Q(to_on__gte=models.F("from_on")), name="care_gap_dates"),
            models.UniqueConstraint(fields=["discharge"], condition=Q(to_on=None), name="care_gap_one_open"),
        ]

    def __str__(self):
        return f"{self.from_on}"
