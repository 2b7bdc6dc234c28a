"""One case with a row in every table that belongs to a case, written as the administrator."""

from datetime import date, timedelta

from django.utils import timezone

from cases import models as cases
from consent import models as consent
from correspondence.models import CaseMessage, ChannelConsent, MessageReading
from deviations.models import AbsenceDecision, Deviation
from discharge import models as discharge
from guests.models import GuestKey, GuestLink
from meetingroom.models import Consultation, Room
from meetings import models as meetings
from notifications.models import InboxItem
from organisations.models import Assignment, Staff, Unit, User
from papers.models import Paper
from plans import models as plans
from preparation import models as preparation
from retention.models import RetentionHold
from tests.isolation.world import World


class FullCase:
    """Owner, a party, a unit that the consent covers without taking part, and a stranger; one row per table."""

    def __init__(self):
        self.world = world = World(units=4, cases=1)
        self.owner, self.party, self.covered, self.stranger = world.units
        self.process = world.cases[0]
        self.pk = self.process.pk
        self.other = world._case(self.stranger)
        self.users = list(User.objects.using("admin").filter(kind="citizen").order_by("pk")[:2])
        world.join(self.process, self.party)
        self.consent_for_all()
        self.fill()

    def consent_for_all(self, days: int | None = 30) -> None:
        units = {self.owner: False, self.party: False, self.covered: False}
        self.world.agree(self.process, units, days=days)

    def fill(self) -> None:
        now, today = timezone.now(), date.today()
        by = self.world.assignment
        somebody = Assignment.objects.using("admin").exclude(pk=by.pk).first()
        staff = Staff.objects.using("admin").first()
        unit = Unit.objects.using("admin").select_related("acts_for").get(pk=self.party)
        for user, person in zip(self.users, (self.process.person, self.other.person), strict=True):
            self.add(cases.PersonAccess, user_id=user.pk, person_id=person, valid_to=date(9999, 12, 31))
        case = {"case_id": self.pk}
        outside = self.add(cases.OutsideParty, **case, kind="relative", name="Anna", tell_by="phone", added_by=by)
        clock = self.add(cases.Deadline, **case, kind="meeting", due_on=today, started_at=now, source="prov")
        self.add(cases.DeadlinePause, **case, deadline=clock, reason="radrum", from_on=today, paused_by=by)
        self.add(cases.ClockEvent, **case, event="admission", at=now, recorded_by=by)
        self.add(cases.LeadTerm, **case, staff=staff, unit=unit, authority=unit.acts_for, from_on=today, decided_by=by)
        self.add(cases.CaseEvent, **case, kind="started", text="En SIP startades", by=by)
        self.add(cases.CaseText, **case, key="reason_note", text="Flera hjälper till.")
        given = consent.Consent.objects.using("admin").get(case_id=self.pk, superseded_at=None)
        self.add(
            consent.ConsentGiver,
            **case,
            consent=given,
            kind="person",
            name="A",
            share_answer="yes",
            planning_answer="yes",
        )
        speaks = self.add(
            consent.Representative, **case, ground="ombud", name="Rut", evidence="Beslut", evidence_on=today,
            evidence_by=by, from_on=today, recorded_by=by,
        )  # fmt: skip
        self.add(consent.RepresentativeContact, **case, representative=speaks, phone="08-465 004 90")
        self.add(consent.AgeException, **case, kind="block", day=today, reason="Beslut", recorded_by=by)
        self.add(consent.ConsentText, **case, consent=given, key="informed_how", text="Vi pratade hemma.")
        # Of a unit that takes no part, so that the party sees as much as before.
        self.add(consent.ConsentExemption, **case, consent=given, unit_id=self.covered, topics=1)
        self.add(
            consent.Disclosure,
            **case,
            unit=unit,
            recipient="P",
            what="Kallelse",
            how="Systemet",
            legal_basis="OSL",
            by=by,
        )
        # Over, so that neither gives any access.
        self.add(
            consent.LegalGround, **case, unit=unit, statute="OSL 25:12", topics=1, facts="Tider", reason="Barn",
            valid_to=today, recorded_by=by, ended_at=now,
        )  # fmt: skip
        self.add(consent.Recall, **case, recipient="Fel enhet", kind="wrong", reason="Felsänt", topics=0, by=by)
        self.add(
            consent.EmergencyAccess, **case, unit=unit, assignment=somebody, reason="Medvetslös", started_at=now,
            ends_at=now + timedelta(hours=1), ended_at=now,
        )  # fmt: skip
        self.add(
            consent.ReceivedVersion, unit=unit, case_id=self.pk, reference="x", person_id=self.process.person,
            kind="call", content={},
        )  # fmt: skip
        self.add(
            RetentionHold, unit=unit, case_id=self.pk, reference="x", kind="placed", reason="Beslut", from_on=today,
            recorded_by=by,
        )  # fmt: skip
        self.add(InboxItem, unit=unit, case_id=self.pk, reference="x", kind="call", dedupe_key="full-case")
        self.add(InboxItem, unit=unit, case_id=None, reference="x", kind="notice", dedupe_key="full-case-notice")
        self.prepare(case, by)
        meeting = self.add(
            meetings.Meeting, **case, kind="first", starts_at=now, ends_at=now + timedelta(hours=1), form="physical",
            place="Hemma", chair=staff, writer=staff, called_by=by,
        )  # fmt: skip
        self.add(meetings.MeetingText, **case, meeting=meeting, key="agenda", text="Planen")
        call = self.add(meetings.Invitation, **case, meeting=meeting, unit=unit, has_duty=True, sent_by="system")
        self.add(meetings.TimeProposal, **case, invitation=call, starts_at=now, ends_at=now + timedelta(hours=1), by=by)
        # Between units that are nobody in the matrix: the ones on the way have a policy, and tests, of their own.
        elsewhere = Unit.objects.using("admin").exclude(pk__in=self.world.units)[:2]
        self.add(
            meetings.HandOn, **case, invitation=call, reference="x", from_unit=elsewhere[0], to_unit=elsewhere[1],
            reason="other_unit", by=by,
        )  # fmt: skip
        guest = self.add(
            meetings.Invitation, **case, meeting=meeting, outside_party=outside, has_duty=False, sent_by="phone"
        )
        link = self.add(GuestLink, **case, invitation=guest, way="letter", expires_at=now, made_by=by, revoked_at=now)
        self.add(GuestKey, **case, link=link, salt=b"s", code=b"c")
        away = self.add(meetings.Attendance, **case, meeting=meeting, invitation=call, name="Bo", came=False)
        self.add(AbsenceDecision, **case, attendance=away, outcome="dismissed", reason="Snöstorm", decided_by=by)
        self.add(Room, **case, meeting=meeting, minutes=60, opened_by=by, closes_at=now + timedelta(minutes=90))
        self.add(
            Consultation, **case, meeting=meeting, unit_id=self.owner, about="Tiderna", asked_by=by,
        )  # fmt: skip
        plan = self.add(plans.Plan, **case, version=1, created_by=by)
        self.add(plans.PlanBlock, **case, plan=plan, key="why", text="Flera hjälper dig.")
        step = {"plan": plan, "save_number": 1, "before": {}, "topics": -1, "by": by}
        self.add(plans.PlanStep, **case, **step, revision=1)
        self.add(plans.PartDone, **case, plan=plan, unit_id=self.owner, by=by)
        self.add(plans.PlanCorrection, **case, plan=plan, corrects=plan, kind="wrong", by=by)
        goal = self.add(plans.Goal, **case, plan=plan, position=1, text="Du sover gott.")
        measure = self.add(plans.Measure, **case, goal=goal, position=1, text="Vi ringer.", doer="self", written_by=by)
        self.add(plans.Disagreement, **case, plan=plan, goal=goal, whose="person", view="Jag vill mer.", written_by=by)
        self.add(plans.MeasureReport, **case, measure=measure, status="ongoing", reported_by=by)
        self.add(plans.FollowUp, **case, plan=plan, held_on=today, how_it_went="Bra", outcome="close", by=by)
        self.add(plans.PlanDocument, **case, plan=plan, revision=1, context={})
        self.add(Paper, **case, kind="consent", unit_id=self.owner, requested_by=by, context={})
        self.add(plans.PartyExport, **case, plan=plan, unit_id=self.owner, hidden_topics=[0], context={}, by=by)
        self.add(plans.HandedOutCopy, **case, plan=plan, recipient="Du", how="by_hand", given_on=today, by=by)
        self.discharge(case, by, staff)
        said = self.add(CaseMessage, **case, text="Hej", unit_id=self.owner, by=by)
        self.add(MessageReading, **case, message=said, unit_id=self.owner, by=by)
        self.add(ChannelConsent, **case, channel="sms", address="070-174 06 05", given_form="spoken", given_by=by)
        self.add(
            Deviation, **case, kind="absent", text="Ingen kom.", concerns_unit=unit,
            reported_unit_id=self.owner, reported_by=by,
        )  # fmt: skip

    def prepare(self, case, by) -> None:
        """What the person said, and a pre-meeting of the owner with the party."""
        self.add(preparation.PreparationText, **case, key="what_matters", text="Att sova gott.", saved_by=by)
        self.add(preparation.GuestWish, **case, wanted=True, name="Min syster", said_by=by)
        self.add(preparation.Booking, **case, kind="interpreter")
        before = self.add(
            preparation.PreMeeting, **case, starts_at=timezone.now(), place="Hos oss", about_costs=True,
            about_responsibility=False, consent_form="spoken", consent_on=date.today(), made_by=by,
            units=[self.owner, self.party], state="held",
        )  # fmt: skip
        self.add(preparation.PreMeetingUnit, **case, premeeting=before, unit_id=self.party, basis="Samtycke")
        self.add(preparation.PreMeetingText, **case, premeeting=before, key="notes", text="Kommunen betalar.")

    def discharge(self, case, by, staff) -> None:
        """Admitted at the owner's unit, and nobody but it sees the notice."""
        now, owner = timezone.now(), {"given_name": "A", "family_name": "B", "address": "C", "number": "1"}
        about = owner | {"id_kind": "reserve", "person_id": self.process.person, "reference": "U1"}
        stay = self.add(
            discharge.Admission, **about, ward_unit_id=self.owner, care_type="somatic", admitted_at=now,
            due_at=now, rule={}, registered_by=by,
        )  # fmt: skip
        notice = self.add(
            discharge.Notice, **about, admission=stay, expected_on=date.today(), sender_unit_id=self.owner, sent_at=now,
            sent_by=by,
        )  # fmt: skip
        found = self.add(discharge.Discharge, **case, notice=notice, ward_unit_id=self.owner, started_by=by)
        one = {"discharge": found} | case
        self.add(discharge.CareContact, **one, unit_id=self.owner, staff=staff, named_by=by)
        self.add(discharge.CareGap, **one, from_on=date.today(), noted_by=by)

    def add(self, model, **values):
        row = model(**values)
        row.save(using="admin")
        return row
