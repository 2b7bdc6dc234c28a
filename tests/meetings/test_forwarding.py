"""The way of a kallelse inside a huvudman (KAL-4): who may hand on to whom, what each sees, and what runs on."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from audit.models import AuditEvent
from cases.models import Case, CaseAccess, Deadline, Participation
from consent.models import Disclosure, ReceivedVersion
from meetings import forwarding, proposals, services
from meetings.models import HandOn, Invitation, TimeProposal
from notifications.models import InboxItem
from organisations.errors import Conflict, RuleBroken
from organisations.models import Unit
from tests import build
from tests import build_forwarding as way
from tests.cast import Cast

COMING = {"answer": "coming", "attendee_name": "Maria Testholm", "attendee_title": "undersköterska"}


def inbox(cast, who):
    with cast.acting(who):
        return [item.kind for item in InboxItem.objects.order_by("pk")]


def handed(cast, who, pk):
    with cast.acting(who):
        return forwarding.handed(invitation_id=pk)


def sees(cast, who, case) -> bool:
    with cast.acting(who):
        return Case.objects.filter(pk=case.pk).exists()


@pytest.fixture
def asked(cast):
    """The kallelse lies at the reception; the person has said yes to the reception alone."""
    case = way.consented(cast)
    return case, way.called(cast, case)


@pytest.fixture
def covered(cast):
    """The same with a yes to the whole of the kommun."""
    case = way.consented(cast, trees=("Falu kommun",))
    return case, way.called(cast, case)


def test_the_yes_that_reaches_the_receiver_gives_it_the_case(cast, covered):
    case, invitation = covered
    assert not sees(cast, "same_kommun", case)
    assert way.hand_on(cast, invitation.pk)
    assert sees(cast, "same_kommun", case)
    assert inbox(cast, "same_kommun") == ["call"] and inbox(cast, "party") == ["handed_on"]
    with cast.acting("same_kommun"):
        assert ReceivedVersion.objects.get().kind == "call"
        own = Invitation.objects.get(case=case)
        assert (own.unit_id, own.has_duty, own.answer) == (cast.unit("same_kommun").pk, True, "none")
    with cast.acting("party"):
        assert "lämnade vidare" in Disclosure.objects.filter(case=case).latest("pk").what


def test_without_the_yes_the_receiver_has_the_kallelse_and_nothing_more(cast, asked):
    case, invitation = asked
    assert not way.hand_on(cast, invitation.pk)
    assert inbox(cast, "same_kommun") == ["handed_call"]
    with cast.acting("same_kommun"):
        for model in (Case, Invitation, Participation, ReceivedVersion, CaseAccess):
            assert not model.objects.exists(), model
        assert HandOn.objects.get().reference == case.reference
    found = handed(cast, "same_kommun", invitation.pk)
    assert (found.place, found.caller_unit, found.has_duty, found.sees) == (
        "Provgatan 4 B", cast.unit("party").name, True, False
    )  # fmt: skip
    assert "Astrid" not in str(found) and "viktigt" not in str(found)


def test_the_yes_gives_the_case_at_once_when_it_is_recorded(cast, asked):
    case, invitation = asked
    way.hand_on(cast, invitation.pk)
    build.consent(cast, case, who="party", units=("same_kommun",))
    assert sees(cast, "same_kommun", case)
    assert handed(cast, "same_kommun", invitation.pk).sees


def test_the_one_that_hands_on_takes_no_part_any_more_and_keeps_the_trail(cast, asked):
    case, invitation = asked
    way.hand_on(cast, invitation.pk)
    assert not sees(cast, "reception", case)
    with cast.acting("reception"):
        assert [v.kind for v in ReceivedVersion.objects.order_by("pk")] == ["call", "access_ended"]
        (step,) = forwarding.trail(invitation.pk)
        assert (step.to_unit_id, step.reason, step.by.staff.name) == (
            cast.unit("same_kommun").pk, "other_unit", cast.staff("reception").name
        )  # fmt: skip
    told = handed(cast, "reception", invitation.pk)
    assert (told.place, told.caller, told.answer) == ("", "", "")


def test_with_a_plan_in_force_the_one_that_hands_on_stays_a_party(cast):
    plan = build.planned(cast, build.met(cast, build.consented(cast, parties=("party",))), party="party")
    case = build.called(cast, build.reread(cast, plan.case), days_ahead=5)
    with cast.acting("party"):
        invitation = Invitation.objects.get(case=case, meeting__state="called")
    way.hand_on(cast, invitation.pk, who="party", to=way.unit("Vuxenpsykiatrisk mottagning Falun"))
    assert sees(cast, "party", case)


def test_no_clock_is_touched(cast, asked):
    case, invitation = asked

    def clocks():
        with cast.acting("party"):
            return list(Deadline.objects.filter(case=case).order_by("pk").values())

    before = clocks()
    way.hand_on(cast, invitation.pk)
    assert clocks() == before != []


def test_the_duty_goes_with_the_kallelse_and_refuses_nothing(cast, asked):
    _, invitation = asked
    way.hand_on(cast, invitation.pk)
    with pytest.raises(RuleBroken, match="skyldig att delta"), cast.acting("same_kommun"):
        found = forwarding.handed(invitation_id=invitation.pk)
        forwarding.answer_handed(handed=found, answer="declined", by=cast.actor("same_kommun"))


def test_the_receiver_answers_without_seeing_the_case(cast, asked):
    case, invitation = asked
    way.hand_on(cast, invitation.pk)
    with cast.acting("same_kommun"):
        found = forwarding.handed(invitation_id=invitation.pk)
        forwarding.answer_handed(handed=found, by=cast.actor("same_kommun"), mandate="hemtjänst", **COMING)
    with cast.acting("party"):
        answered = Invitation.objects.get(pk=invitation.pk)
        assert (answered.answer, answered.mandate, answered.name_to_person) == ("coming", "hemtjänst", False)
        assert answered.read_at and answered.answered_by.unit_id == cast.unit("same_kommun").pk
        assert not Deadline.objects.filter(case=case, kind="answer", met_at=None).exists()
    assert inbox(cast, "party") == ["handed_on", "answer"]


def test_loops_are_refused(cast, covered):
    _, invitation = covered
    way.hand_on(cast, invitation.pk)
    way.hand_on(cast, invitation.pk, who="same_kommun", to=way.unit("Hemsjukvården Falun"))
    with pytest.raises(RuleBroken, match="inte redan har haft"):
        way.hand_on(cast, invitation.pk, who="sofia.falun", to="reception")
    with pytest.raises(Conflict), cast.acting("sofia.falun"):
        back = cast.unit("reception").pk
        forwarding.call("select hand_on(%s, %s, 'other_unit', null::jsonb)", [invitation.pk, back])


@pytest.mark.parametrize("to", ["party", "outsider", "owner", "Falu kommun", "Mottagning för kallelser, Falu kommun"])
def test_it_stays_inside_the_huvudman_and_goes_to_one_that_can_come(cast, to):
    """Not to the caller, another huvudman, the case's owner, a top of the tree, or oneself."""
    case = build.consented(cast, parties=("reception", "party"))
    meeting = build.call(cast, case, units=("reception",), days_ahead=5)
    with cast.acting("owner"):
        invitation = Invitation.objects.get(meeting=meeting)
    receiver = cast.unit(to) if to in ("party", "outsider", "owner") else way.unit(to)
    with pytest.raises(RuleBroken, match="samma huvudman"):
        way.hand_on(cast, invitation.pk, to=receiver)
    with pytest.raises(Exception, match="same huvudman"), cast.acting("reception"):
        forwarding.call("select hand_on(%s, %s, 'other_unit', null::jsonb)", [invitation.pk, receiver.pk])


@pytest.mark.parametrize("who", ["party", "owner", "outsider", "reader"])
def test_only_the_one_that_has_it_hands_it_on(cast, asked, who):
    _, invitation = asked
    with pytest.raises(Exception, match="not here"), cast.acting(who):
        forwarding.call(
            "select hand_on(%s, %s, 'other_unit', null::jsonb)", [invitation.pk, cast.unit("same_kommun").pk]
        )  # fmt: skip


def test_the_second_is_told(cast, asked):
    _, invitation = asked
    way.hand_on(cast, invitation.pk)
    with pytest.raises(Conflict), cast.acting("reception"):
        forwarding.call(
            "select hand_on(%s, %s, 'other_unit', null::jsonb)", [invitation.pk, way.unit("Kommunrehab Falun").pk]
        )  # fmt: skip
    assert inbox(cast, "sofia.falun") == []


def test_a_withdrawal_tells_the_one_that_has_the_kallelse_alone_and_takes_the_place_back(cast, asked):
    case, invitation = asked
    way.hand_on(cast, invitation.pk)
    with cast.acting("party"):
        services_case = Case.objects.with_names().get(pk=case.pk)
        build.consents.withdraw(case=services_case, form="spoken", by=cast.party)
    assert inbox(cast, "same_kommun") == ["handed_call", "cancelled"]
    told = handed(cast, "same_kommun", invitation.pk)
    assert (told.is_open, told.place, told.caller) == (False, "", "")
    with pytest.raises(Conflict), cast.acting("same_kommun"):
        forwarding.answer_handed(handed=told, by=cast.actor("same_kommun"), **COMING)


def test_a_cancelled_meeting_is_told_once(cast, asked):
    case, invitation = asked
    way.hand_on(cast, invitation.pk)
    with cast.acting("party"):
        again = Case.objects.with_names().get(pk=case.pk)
        meeting = again.meetings.get(state="called")
        services.cancel(case=again, meeting=meeting, why="Sjukdom", by=cast.party)
    assert inbox(cast, "same_kommun").count("cancelled") == 1


def test_a_protected_persons_place_is_not_told(cast):
    case = way.consented(cast, protection="secrecy")
    invitation = way.called(cast, case)
    way.hand_on(cast, invitation.pk)
    assert handed(cast, "same_kommun", invitation.pk).place == ""


def test_every_step_is_logged_for_the_person(cast, asked):
    case, invitation = asked
    way.hand_on(cast, invitation.pk)
    with cast.acting("reception"):
        row = AuditEvent.objects.get(event="meetings.handed_on")
    assert (row.case_id, row.person_id) == (case.pk, case.person_id)


# By a reception's rule


def test_a_rule_takes_the_kallelse_to_the_right_unit_at_once(cast):
    way.rule(cast, cast.unit("same_kommun").name, area="Grycksbo")
    case = way.consented(cast, trees=("Falu kommun",))
    invitation = way.called(cast, case, area="Grycksbo")
    assert invitation.unit_id == cast.unit("same_kommun").pk and invitation.has_duty
    assert inbox(cast, "same_kommun") == ["call"] and "call" not in inbox(cast, "reception")
    with cast.acting("same_kommun"):
        (step,) = forwarding.trail(invitation.pk)
        assert (step.from_unit_id, step.rule) == (cast.unit("reception").pk, "Regel 1: område Grycksbo")


def test_a_rule_to_a_unit_outside_the_consent_gives_it_the_kallelse_alone(cast):
    way.rule(cast, cast.unit("same_kommun").name, area="Grycksbo")
    case = way.consented(cast)
    invitation = way.called(cast, case, area="Grycksbo")
    assert inbox(cast, "same_kommun") == ["handed_call"] and not sees(cast, "same_kommun", case)
    with cast.acting("party"):
        meeting = Invitation.objects.get(pk=invitation.pk).meeting
        assert forwarding.alone(case, meeting) == {cast.unit("same_kommun").pk}


def test_a_moved_meeting_goes_to_the_one_that_has_the_kallelse_alone(cast, asked):
    """The duty lies where it did: the new kallelse is had alone too, and the way goes with it."""
    case, invitation = asked
    way.hand_on(cast, invitation.pk)
    with cast.acting("same_kommun"):
        found = forwarding.handed(invitation_id=invitation.pk)
        begins = found.starts_at + timedelta(days=1)
        proposals.propose_handed(
            handed=found, starts_at=begins, ends_at=begins + timedelta(hours=1), by=cast.actor("same_kommun")
        )
    with cast.acting("party"):
        again = Case.objects.with_names().get(pk=case.pk)
        proposal = TimeProposal.objects.select_related("invitation__unit").get()
        new = proposals.use(case=again, meeting=again.meetings.get(state="called"), proposal=proposal, by=cast.party)
        moved = new.invitations.get()
        assert (moved.unit_id, moved.has_duty, moved.answer) == (cast.unit("same_kommun").pk, True, "none")
    assert inbox(cast, "same_kommun") == ["handed_call", "handed_call"]
    assert handed(cast, "same_kommun", moved.pk).starts_at == begins
    with cast.acting("same_kommun"):
        assert [step.from_unit_id for step in forwarding.trail(moved.pk)] == [cast.unit("reception").pk]
    assert not sees(cast, "same_kommun", case)


def test_without_a_rule_that_is_met_the_reception_has_it(cast):
    way.rule(cast, cast.unit("same_kommun").name, area="Grycksbo")
    invitation = way.called(cast, way.consented(cast), area="Bjursås")
    assert invitation.unit_id == cast.unit("reception").pk
    assert inbox(cast, "reception") == ["call"]


def test_a_rule_to_one_that_is_called_already_calls_it_once(cast):
    way.rule(cast, cast.unit("same_kommun").name, area="Grycksbo")
    case = way.consented(cast, also=("same_kommun",))
    meeting = build.call(
        cast, case, who="party", units=("reception", "same_kommun"), days_ahead=5, area="Grycksbo"
    )  # fmt: skip
    with cast.acting("party"):
        (only,) = meeting.invitations.all()
        assert only.unit_id == cast.unit("same_kommun").pk
        assert [step.from_unit_id for step in forwarding.trail(only.pk)] == [cast.unit("reception").pk]
        assert case.events.filter(kind="handed_on").count() == 1
    assert inbox(cast, "same_kommun") == ["call"] and not sees(cast, "reception", case)


def test_a_reception_that_a_rule_passed_over_sees_the_case_no_longer(cast, browse):
    way.rule(cast, cast.unit("same_kommun").name, area="Grycksbo")
    case = way.consented(cast, trees=("Falu kommun",))
    assert sees(cast, "reception", case)
    invitation = way.called(cast, case, area="Grycksbo")
    assert not sees(cast, "reception", case)
    assert browse("bo.falun").get(f"/arenden/{case.pk}/").status_code == 404
    with cast.acting("reception"):
        for model in (Case, Invitation, Participation, ReceivedVersion, CaseAccess):
            assert not model.objects.exists(), model
        assert len(forwarding.trail(invitation.pk)) == 1
    assert "Astrid" not in str(handed(cast, "reception", invitation.pk))
    with cast.acting("party"):
        assert Participation.objects.get(case=case, unit=cast.unit("reception")).ended_on


def test_a_reception_that_was_called_before_keeps_its_copy_when_a_rule_passes_it_over(cast):
    way.rule(cast, cast.unit("same_kommun").name, area="Grycksbo")
    case = way.consented(cast, trees=("Falu kommun",))
    way.called(cast, case)
    with cast.acting("party"):
        again = Case.objects.with_names().get(pk=case.pk)
        services.cancel(case=again, meeting=again.meetings.get(), why="Sjukdom", by=cast.party)
    way.called(cast, build.reread(cast, case, who="party"), area="Grycksbo")
    with cast.acting("reception"):
        assert [v.kind for v in ReceivedVersion.objects.order_by("pk")] == ["call", "access_ended"]
    assert not sees(cast, "reception", case)


def test_with_a_plan_in_force_a_rule_takes_no_part_from_the_reception(cast):
    way.rule(cast, cast.unit("same_kommun").name, area="Grycksbo")
    case = build.consented(cast, parties=("reception", "party"))
    case = build.planned(cast, build.met(cast, case, parties=("reception", "party"))).case
    build.call(cast, case, units=("reception",), days_ahead=5, area="Grycksbo")
    assert sees(cast, "reception", case)


def test_the_duty_of_the_reception_goes_along_to_one_that_was_merely_invited(cast):
    way.rule(cast, cast.unit("same_kommun").name, area="Grycksbo")
    case = build.case(cast, who="party")
    for who, obligation in (("reception", "duty"), ("same_kommun", "invited")):
        with cast.acting("party"):
            build.cases.add_party(case=case, unit=cast.unit(who), by=cast.party, obligation=obligation)
    build.consent(cast, case, who="party", units=("reception", "same_kommun"))
    invitation = way.called(cast, build.reread(cast, case, who="party"), area="Grycksbo")
    assert (invitation.unit_id, invitation.has_duty) == (cast.unit("same_kommun").pk, True)


# Two at once


def test_an_answer_from_a_page_that_was_open_before_the_kallelse_went_on_is_told_so(cast, covered):
    case, invitation = covered
    with cast.acting("reception"):
        before = Invitation.objects.select_related("meeting__called_by", "unit").get(pk=invitation.pk)
    way.hand_on(cast, invitation.pk)
    with pytest.raises(Conflict, match="lämnad vidare"), cast.acting("reception"):
        services.answer(case=case, invitation=before, by=cast.actor("reception"), **COMING)
    with cast.acting("party"):
        assert Invitation.objects.get(pk=invitation.pk).answer == "none"


def test_two_who_hand_on_at_once(own_database, cast_of_database):
    """Each in a connection of its own: one step, and the other is told."""
    cast = cast_of_database
    case = way.consented(cast)
    invitation = way.called(cast, case)
    handed(cast, "reception", invitation.pk)  # read once, so that reading locks nothing
    gate, told = threading.Barrier(2), []

    def go(unit):
        try:
            with cast.acting("reception"):
                found = forwarding.handed(invitation_id=invitation.pk)
                again = Case.objects.with_names().get(pk=case.pk)
                gate.wait(timeout=10)
                forwarding.hand_on(
                    handed=found, case=again, unit=unit, reason="other_unit", by=cast.actor("reception")
                )  # fmt: skip
            told.append("handed")
        except Conflict:
            told.append("told")
        finally:
            connection.close()

    units = [cast.unit("same_kommun"), Unit.objects.get(name="Kommunrehab Falun")]
    threads = [threading.Thread(target=go, args=[unit]) for unit in units]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(told) == ["handed", "told"]
    with cast.acting("party"):
        assert HandOn.objects.filter(invitation=invitation).count() == 1


@pytest.fixture
def cast_of_database(own_database):
    return Cast()
