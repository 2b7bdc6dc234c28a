"""Kallelse and meeting by the services (KAL, MOT): who may be called, who answers what, what happens then."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_fsm import TransitionNotAllowed

from cases import services as cases
from cases.models import Case
from consent.models import Disclosure, ReceivedVersion
from meetings import rules, services
from meetings.models import Attendance, Invitation, Meeting
from notifications.models import InboxItem
from organisations.errors import Conflict, RuleBroken
from organisations.models import Unit
from tests import build

LATER = timezone.now() + timedelta(days=7)


def inbox(cast, who):
    with cast.acting(who):
        return [item.kind for item in InboxItem.objects.order_by("pk")]


def invitation(cast, case, who="party") -> Invitation:
    found = Invitation.objects.select_related("meeting__called_by", "unit", "outside_party")
    return found.get(case=case, unit=cast.unit(who), meeting__state="called")


def answer(cast, case, *, who="party", acting=None, **said):
    with cast.acting(acting or who):
        services.answer(
            case=Case.objects.with_names().get(pk=case.pk),
            invitation=invitation(cast, case, who),
            by=cast.actor(acting or who),
            **said,
        )


COMING = {"answer": "coming", "attendee_name": "Hanna Utkastlind", "attendee_title": "läkare"}


def test_a_kallelse_gives_the_party_inbox_copy_and_disclosure(cast):
    case = build.called(cast)
    assert case.state == "called"
    assert inbox(cast, "party") == ["call"]
    with cast.acting("party"):
        version = ReceivedVersion.objects.get()
        assert version.kind == "call"
        assert "Provgatan 4 B" in str(version.content)
        assert invitation(cast, case).has_duty
    with cast.acting("owner"):
        assert Disclosure.objects.get(case=case).what.startswith("Kallelse till SIP-möte")


def test_a_kallelse_meets_first_contact_and_call_after_ready(cast):
    case = build.consented(cast, inpatient=True, discharge_ready_at=timezone.now())
    build.call(cast, case)
    with cast.acting("owner"):
        met = set(case.deadlines.exclude(met_at=None).values_list("kind", flat=True))
    assert met == {"first_contact", "call_after_ready"}


@pytest.mark.parametrize(
    "answers", [None, {"share_answer": "unavailable"}, {"planning_answer": "unavailable"}], ids=["none", "one", "two"]
)
def test_no_kallelse_before_both_answers(cast, answers):
    case = build.case(cast)
    build.party(cast, case)
    if answers:
        build.consent(cast, case, **answers)
    with pytest.raises(RuleBroken, match="ingen kallelse"):
        build.call(cast, case)
    with cast.acting("owner"):
        assert not Meeting.objects.filter(case=case).exists()


def test_no_kallelse_when_the_consent_has_run_out(cast):
    case = build.consented(cast)
    build.lapsed(cast, case)
    with pytest.raises(RuleBroken, match="gått ut"):
        build.call(cast, case)


def test_only_parties_that_the_consent_covers_are_called(cast):
    case = build.consented(cast, parties=("party",))
    build.party(cast, case, who="same_kommun")
    with pytest.raises(RuleBroken) as refused:
        build.call(cast, case, units=("party", "same_kommun"))
    assert refused.value.field == "units"
    with pytest.raises(RuleBroken):
        build.call(cast, case, units=("outsider",))


def test_somebody_must_be_called(cast):
    case = build.consented(cast)
    with pytest.raises(RuleBroken, match="Välj minst en"):
        build.call(cast, case, units=())


@pytest.mark.parametrize(
    ("form", "given", "field"),
    [("physical", {"place": "", "link": "x"}, "place"), ("digital", {"link": ""}, "link"),
     ("hybrid", {"link": ""}, "link"), ("phone", {"link": ""}, "link")],
)  # fmt: skip
def test_the_form_says_what_is_needed(cast, form, given, field):
    case = build.consented(cast)
    with pytest.raises(RuleBroken) as refused:
        build.call(cast, case, form=form, **given)
    assert refused.value.field == field


def test_it_ends_after_it_begins(cast):
    case = build.consented(cast)
    with pytest.raises(RuleBroken) as refused:
        build.call(cast, case, starts_at=LATER, ends_at=LATER)
    assert refused.value.field == "ends"


def test_two_meetings_are_never_called_at_once(cast):
    case = build.called(cast)
    with pytest.raises(Conflict, match="redan kallat"):
        build.call(cast, case)


def test_a_missing_huvudman_is_a_warning(cast):
    case = build.consented(cast, parties=("party", "same_kommun"))
    with cast.acting("owner"):
        assert rules.warnings(case, [cast.unit("same_kommun")], cast.owner) == [
            "Ingen från regionen är kallad. Behövs den huvudmannen kan du flytta mötet och lägga till en enhet."
        ]
        assert rules.warnings(case, [cast.unit("party")], cast.owner) == []


def test_after_hospital_regional_open_care_comes_when_home_nursing_does(cast):
    """LUS 4:1."""
    case = build.case(cast, inpatient=True)
    nursing = Unit.objects.get(name="Hemsjukvården Falun")
    ward = Unit.objects.get(name="Medicinavdelning 901, Falun")
    build.consent(cast, case, units=("party",), new_units=[nursing, ward, cast.unit("party")])
    with pytest.raises(RuleBroken, match="öppenvård"):
        call_units(cast, case, [nursing, ward])
    call_units(cast, case, [nursing, cast.unit("party")])


def call_units(cast, case, units):
    with cast.acting("owner"):
        return services.call(
            case=Case.objects.with_names().get(pk=case.pk), units=units, by=cast.owner, starts_at=LATER,
            ends_at=LATER + timedelta(hours=1), form="phone", link="08-465 004 00", agenda="Hemgång",
            chair=cast.staff("owner"), writer=cast.staff("owner"),
        )  # fmt: skip


def test_the_party_answers_and_the_caller_is_told(cast):
    case = build.called(cast)
    answer(cast, case, **COMING)
    assert inbox(cast, "owner") == ["answer"]
    with cast.acting("owner"):
        found = invitation(cast, case)
        assert (found.answer, found.attendee_name, found.attendee_title) == ("coming", "Hanna Utkastlind", "läkare")
        assert found.read_at is not None


def test_the_same_answer_again_tells_nobody_twice(cast):
    case = build.called(cast)
    answer(cast, case, **COMING)
    answer(cast, case, **COMING)
    assert inbox(cast, "owner") == ["answer"]


@pytest.mark.parametrize(
    ("said", "field"),
    [({"answer": "declined"}, "answer"), ({"answer": "coming"}, "attendee_name"), ({"answer": "none"}, "answer"),
     ({"answer": "delegate", "attendee_name": "Olof"}, "attendee_title")],
)  # fmt: skip
def test_a_party_with_the_duty_names_who_comes(cast, said, field):
    """KAL-4: it can never just refuse."""
    case = build.called(cast)
    with pytest.raises(RuleBroken) as refused:
        answer(cast, case, **said)
    assert refused.value.field == field


def test_an_invited_party_may_decline_with_a_note(cast):
    case = build.case(cast)
    build.consent(cast, case, units=(), new_units=[Unit.objects.get(name="Bridge för alla, Falun")])
    with cast.acting("owner"):
        case = Case.objects.with_names().get(pk=case.pk)
    call_units(cast, case, [Unit.objects.get(name="Bridge för alla, Falun")])
    with cast.acting("owner"):
        case = Case.objects.with_names().get(pk=case.pk)
        found = Invitation.objects.select_related("meeting__called_by", "unit").get(case=case)
        assert not found.has_duty
        services.answer(case=case, invitation=found, answer="declined", note="Vi ses på torsdagar.", by=cast.owner)
        assert Invitation.objects.get(pk=found.pk).answer_note == "Vi ses på torsdagar."


def test_the_caller_writes_an_answer_taken_by_phone(cast):
    case = build.called(cast)
    answer(cast, case, acting="owner", **COMING)
    assert inbox(cast, "owner") == []
    with cast.acting("owner"):
        assert invitation(cast, case).answered_by_id == cast.owner.assignment_id


def test_another_party_cannot_answer_for_it(cast):
    case = build.called(cast, units=("party", "same_kommun"))
    with pytest.raises(Conflict, match="en annan enhet"):
        answer(cast, case, acting="same_kommun", **COMING)


def test_reading_leaves_a_mark_once_and_only_for_the_own_unit(cast):
    case = build.called(cast, units=("party", "same_kommun"))
    with cast.acting("owner"):
        services.opened(case=Case.objects.get(pk=case.pk), by=cast.owner)
        assert invitation(cast, case).read_at is None
    with cast.acting("party"):
        services.opened(case=Case.objects.get(pk=case.pk), by=cast.party)
        first = invitation(cast, case).read_at
        services.opened(case=Case.objects.get(pk=case.pk), by=cast.party)
        assert invitation(cast, case).read_at == first is not None
        assert invitation(cast, case, "same_kommun").read_at is None


def test_reminding_goes_to_the_silent_once_a_day(cast):
    case = build.called(cast, units=("party", "same_kommun"))
    answer(cast, case, **COMING)
    for _ in range(2):
        with cast.acting("owner"):
            now = Case.objects.with_names().get(pk=case.pk)
            assert services.remind(case=now, meeting=now.meetings.get(), by=cast.owner) == 1
    assert inbox(cast, "same_kommun") == ["call", "call_reminder"]
    assert inbox(cast, "party") == ["call"]


def move(cast, case, units, **changed):
    with cast.acting("owner"):
        now = Case.objects.with_names().get(pk=case.pk)
        old = now.meetings.select_related("called_by").get(state="called")
        details = {name: getattr(old, name) for name in ("form", "place", "agenda", "chair", "writer")}
        times = {"starts_at": LATER, "ends_at": LATER + timedelta(hours=1)}
        return services.move(case=now, meeting=old, why="Läkaren är sjuk.", by=cast.owner,
                             units=[cast.unit(who) for who in units], **(details | times | changed))  # fmt: skip


def test_moving_replaces_the_meeting_and_tells_all(cast):
    case = build.called(cast, units=("party", "same_kommun"))
    new = move(cast, case, ("party",))
    with cast.acting("owner"):
        old = Meeting.objects.get(pk=new.replaces_id)
        assert (old.state, old.ended_note, new.state) == ("moved", "Läkaren är sjuk.", "called")
        assert old.starts_at != new.starts_at
        assert Case.objects.get(pk=case.pk).state == "called"
    assert inbox(cast, "party") == ["call", "moved"]
    assert inbox(cast, "same_kommun") == ["call", "cancelled"]


def cancel(cast, case):
    with cast.acting("owner"):
        now = Case.objects.with_names().get(pk=case.pk)
        services.cancel(case=now, meeting=now.meetings.get(state="called"), why="Personen är sjuk.", by=cast.owner)
        return now


def test_cancelling_steps_back_and_tells_all(cast):
    case = cancel(cast, build.called(cast))
    assert case.state == "consented"
    assert inbox(cast, "party") == ["call", "cancelled"]
    with pytest.raises(TransitionNotAllowed):
        cancel_again(cast, case)


def cancel_again(cast, case):
    with cast.acting("owner"):
        now = Case.objects.with_names().get(pk=case.pk)
        now.meeting_cancelled()


def test_a_meeting_is_cancelled_once(cast):
    case = cancel(cast, build.called(cast))
    with cast.acting("owner"), pytest.raises(RuleBroken, match="redan inställt"):
        services.cancel(case=case, meeting=case.meetings.get(), why="x", by=cast.owner)


def test_holding_records_who_came_and_meets_the_deadline(cast):
    case = build.called(cast, units=("party", "same_kommun"))
    answer(cast, case, **COMING)
    with cast.acting("owner"):
        came = [invitation(cast, case).pk]
    case = build.held(cast, case, came=came, person_came=True, others=["Ingrid, dotter"])
    assert case.state == "met"
    with cast.acting("owner"):
        rows = {row.name: row.came for row in Attendance.objects.filter(case=case)}
        assert rows == {
            "Personen själv": True, "Amira Övningsdal": True, "Hanna Utkastlind": True,
            cast.unit("same_kommun").name: False, "Ingrid, dotter": True,
        }  # fmt: skip
        assert case.deadlines.get(kind="meeting").met_at is not None


def test_a_meeting_that_lies_ahead_is_not_held(cast):
    case = build.called(cast, days_ahead=2)
    with pytest.raises(RuleBroken, match="inte varit än"):
        build.held(cast, case)


def test_radrum_is_a_new_meeting(cast):
    """MOT-4."""
    case = build.held(cast)
    build.call(cast, case, days_ahead=7)
    assert build.reread(cast, case).state == "called"


def test_a_relative_is_told_by_phone_and_that_is_noted(cast):
    """MED-4."""
    case = build.consented(cast)
    with cast.acting("owner"):
        daughter = cases.add_outside_party(case=case, kind="relative", name="Ingrid", tell_by="phone", by=cast.owner)
    build.call(cast, case, outside=[daughter])
    with cast.acting("owner"):
        found = Invitation.objects.select_related("meeting", "outside_party").get(outside_party=daughter)
        assert (found.sent_by, found.told_at) == ("phone", None)
        services.told(case=case, invitation=found, by=cast.owner)
        assert Invitation.objects.get(pk=found.pk).told_at is not None


def test_a_follow_up_meeting_is_called_and_held_with_the_plan_in_force(cast):
    case = build.held(cast)
    with cast.acting("owner"):
        now = Case.objects.with_names().get(pk=case.pk)
        now.plan_adopted()
        cases.name_lead(case=now, staff=cast.staff("owner"), unit=cast.unit("owner"),
                        authority=cast.unit("owner").acts_for, person_view="", by=cast.owner)  # fmt: skip
    meeting = build.call(cast, case)
    assert meeting.kind == "follow_up"
    assert build.held(cast, case).state == "following_up"
    build.call(cast, case)
    cancel(cast, case)
    assert build.reread(cast, case).state == "following_up"


def test_withdrawal_cancels_the_called_meeting(cast):
    case = build.called(cast)
    build.consent(cast, case, share_answer="no")
    case = build.reread(cast, case)
    assert (case.state, case.close_reason) == ("closed", "withdrawn")
    with cast.acting("owner"):
        assert Meeting.objects.get(case=case).state == "cancelled"


def test_an_answer_that_came_while_this_one_waited_for_the_row_is_not_overwritten(cast):
    case = build.called(cast)
    with cast.acting("party"):
        read_before = invitation(cast, case)
    answer(cast, case, **COMING)
    with cast.acting("party"), pytest.raises(RuleBroken, match="svarade kl"):
        services.answer(
            case=Case.objects.with_names().get(pk=case.pk), invitation=read_before, by=cast.party, seen="",
            answer="delegate", attendee_name="Demo Provsson", attendee_title="läkare",
        )  # fmt: skip
    with cast.acting("party"):
        assert invitation(cast, case).attendee_name == "Hanna Utkastlind"
