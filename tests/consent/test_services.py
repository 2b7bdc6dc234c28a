"""Consent by the services: what is recorded, who gets in, who is shut out (SAM)."""

from datetime import timedelta

import pytest

from cases import services as cases
from cases.models import Case, CaseEvent
from consent import coverage, services
from consent.models import Consent, Disclosure, ReceivedVersion
from notifications.models import InboxItem
from organisations.errors import Conflict, RuleBroken
from organisations.models import Unit
from organisations.scope import acting_for
from tests import build

YES = {"share_answer": "yes", "planning_answer": "yes"}


def sees(cast, who, case) -> bool:
    with cast.acting(who):
        return Case.objects.filter(pk=case.pk).exists()


def received(cast, who):
    with cast.acting(who):
        return list(ReceivedVersion.objects.order_by("pk"))


def inbox(cast, who):
    with cast.acting(who):
        return [item.kind for item in InboxItem.objects.order_by("pk")]


def test_both_yes_move_the_case_on_and_let_the_named_party_in(cast):
    case = build.case(cast)
    build.party(cast, case)
    assert not sees(cast, "party", case)
    build.consent(cast, case)
    assert build.reread(cast, case).state == "consented"
    assert sees(cast, "party", case)
    assert not sees(cast, "same_kommun", case)


def test_a_party_that_the_consent_does_not_name_sees_nothing(cast):
    case = build.case(cast)
    build.party(cast, case)
    build.party(cast, case, who="same_kommun")
    build.consent(cast, case, units=("party",))
    assert not sees(cast, "same_kommun", case)


def test_a_whole_tree_covers_the_parties_below_it(cast):
    case = build.case(cast)
    build.party(cast, case, who="same_kommun")
    build.consent(cast, case, units=(), trees=[cast.unit("same_kommun").parent])
    assert sees(cast, "same_kommun", case)
    with cast.acting("owner"):
        assert cast.unit("same_kommun").pk in coverage.covered_by(coverage.current(case))


def test_a_unit_found_while_recording_becomes_a_party_and_is_covered(cast):
    case = build.case(cast)
    build.consent(cast, case, units=(), new_units=[cast.unit("party")])
    assert sees(cast, "party", case)
    with cast.acting("owner"):
        assert case.participations.get().obligation == "duty"


def test_the_owner_unit_is_always_named(cast):
    case = build.consented(cast)
    with cast.acting("owner"):
        named = coverage.current(case).units.values_list("unit_id", flat=True)
        assert case.owner_unit_id in named


@pytest.mark.parametrize("answer", ["share_answer", "planning_answer"])
def test_a_no_before_any_kallelse_ends_the_case_as_declined(cast, answer):
    case = build.case(cast)
    build.consent(cast, case, reason="Vill klara sig själv.", **(YES | {answer: "no"}))
    case = build.reread(cast, case)
    assert (case.state, case.close_note, case.closed_on) == ("declined", "Vill klara sig själv.", build.today())
    with cast.acting("owner"):
        assert not case.deadlines.filter(met_at=None, cancelled_at=None).exists()


def test_a_no_after_a_yes_shuts_the_party_out_with_its_copy(cast):
    case = build.consented(cast)
    build.consent(cast, case, share_answer="no")
    assert not sees(cast, "party", case)
    assert [version.kind for version in received(cast, "party")] == ["access_ended"]
    assert inbox(cast, "party") == ["consent_ended"]


def test_no_answer_leaves_the_case_where_it_is(cast):
    case = build.case(cast)
    build.consent(cast, case, share_answer="unavailable", planning_answer="unavailable")
    assert build.reread(cast, case).state == "initiated"


def test_a_yes_is_not_undone_by_no_answer(cast):
    case = build.consented(cast)
    with pytest.raises(RuleBroken, match="redan ett ja"):
        build.consent(cast, case, share_answer="unavailable")


@pytest.mark.parametrize("form", ["spoken", "presumed"])
def test_spoken_and_presumed_need_how_the_person_was_informed(cast, form):
    case = build.case(cast)
    with pytest.raises(RuleBroken) as refused:
        build.consent(cast, case, form=form)
    assert refused.value.field == "informed_how"
    build.consent(cast, case, form=form, informed_how="Amira berättade vid hembesök.")
    assert build.reread(cast, case).state == "consented"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"given_on": build.today() + timedelta(days=1)}, "given_on"),
        ({"valid_to": build.today() - timedelta(days=1)}, "valid_to"),
        ({"share_answer": "perhaps"}, "share_answer"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(cast, values, field):
    case = build.case(cast)
    with pytest.raises(RuleBroken) as refused:
        build.consent(cast, case, **values)
    assert refused.value.field == field
    with cast.acting("owner"):
        assert not Consent.objects.exists()


def test_a_later_answer_replaces_and_overwrites_nothing(cast):
    case = build.consented(cast)
    build.consent(cast, case, valid_to=build.today() + timedelta(days=30))
    with cast.acting("owner"):
        first, second = Consent.objects.filter(case=case).order_by("pk")
        assert first.superseded_at is not None
        assert (first.share_answer, first.valid_to) == ("yes", None)
        assert second.superseded_at is None
    assert sees(cast, "party", case)


def test_an_answer_to_a_page_that_is_no_longer_true_is_a_conflict(cast):
    case = build.consented(cast)
    with pytest.raises(Conflict):
        build.consent(cast, case, seen=None)
    with cast.acting("owner"):
        assert Consent.objects.filter(case=case).count() == 1


def test_narrowing_ends_access_at_once_and_leaves_the_unit_its_own_copy(cast):
    case = build.consented(cast, parties=("party", "same_kommun"))
    build.consent(cast, case, units=("party",))
    assert sees(cast, "party", case)
    assert not sees(cast, "same_kommun", case)
    (version,) = received(cast, "same_kommun")
    assert version.content["sections"][0]["heading"] == "Ärendet"
    assert received(cast, "party") == []
    assert inbox(cast, "same_kommun") == ["consent_ended"]
    with cast.acting("owner"):
        assert Disclosure.objects.get(case=case).unit_id == cast.unit("same_kommun").pk
        assert Case.objects.get(pk=case.pk).state == "consented"


def test_a_consent_that_has_run_out_shuts_others_out_and_keeps_the_state(cast):
    case = build.consented(cast)
    build.lapsed(cast, case)
    assert not sees(cast, "party", case)
    case = build.reread(cast, case)
    assert case.state == "consented"
    with cast.acting("owner"):
        assert coverage.why_no_call(coverage.current(case)).startswith("Samtycket har gått ut")
    build.consent(cast, case)
    assert sees(cast, "party", case)


def test_the_case_of_a_run_out_consent_gives_no_copy_at_withdrawal(cast):
    case = build.consented(cast)
    build.lapsed(cast, case)
    withdraw(cast, case, "owner")
    assert received(cast, "party") == []
    assert inbox(cast, "party") == ["consent_ended"]


def withdraw(cast, case, who):
    with cast.acting(who):
        return services.withdraw(case=Case.objects.with_names().get(pk=case.pk), form="spoken", by=cast.actor(who))


def test_a_party_records_the_withdrawal_and_loses_its_own_access(cast):
    case = build.consented(cast, parties=("party", "same_kommun"))
    assert withdraw(cast, case, "party") == case.reference
    for who in ("party", "same_kommun"):
        assert not sees(cast, who, case)
        assert [version.kind for version in received(cast, who)] == ["access_ended"]
        assert inbox(cast, who) == ["consent_ended"]
    assert inbox(cast, "owner") == ["consent_ended"]
    case = build.reread(cast, case)
    assert (case.state, case.close_reason) == ("closed", "withdrawn")
    with cast.acting("owner"):
        said = CaseEvent.objects.filter(case=case).order_by("-pk")[0]
        assert (said.kind, said.detail) == ("consent_withdrawn", "")
        now = coverage.current(case)
        assert (now.withdrawn_form, now.withdrawn_by_id) == ("spoken", cast.party.assignment_id)


def test_nothing_to_withdraw_is_said(cast):
    case = build.case(cast)
    with pytest.raises(RuleBroken, match="inget samtycke"):
        withdraw(cast, case, "owner")


def test_a_second_withdrawal_is_said(cast):
    case = build.consented(cast)
    withdraw(cast, case, "owner")
    with pytest.raises(RuleBroken):
        withdraw(cast, case, "owner")


def test_a_party_leaves_with_its_copy_and_the_owner_is_told(cast):
    case = build.consented(cast)
    with cast.acting("party"):
        services.leave(case=Case.objects.with_names().get(pk=case.pk), why="Utskriven från oss.", by=cast.party)
    assert not sees(cast, "party", case)
    assert [version.kind for version in received(cast, "party")] == ["access_ended"]
    assert inbox(cast, "owner") == ["left"]


def test_the_owner_does_not_leave(cast):
    case = build.consented(cast)
    with cast.acting("owner"), pytest.raises(RuleBroken, match="Lämna över"):
        services.leave(case=case, why="x", by=cast.owner)


def test_other_owners_learn_of_each_other_only_when_the_person_agreed(cast):
    mine, other = build.case(cast), build.case(cast, who="party")
    build.consent(cast, mine, units=())
    with cast.acting("owner"):
        assert services.other_sips(mine) == []
    build.consent(cast, mine, units=(), may_tell_other_sip=True)
    with cast.acting("owner"):
        assert [found["unit"] for found in services.other_sips(mine)] == [cast.unit("party").name]
    with cast.acting("party"):
        assert [found["unit"] for found in services.other_sips(other)] == [cast.unit("owner").name]
    assert inbox(cast, "owner") == inbox(cast, "party") == ["other_sip"]
    assert not sees(cast, "party", mine)


def test_a_huvudansvarig_unit_that_is_not_owner_renews_without_losing_its_access(cast):
    case = build.consented(cast, parties=("party",))
    with cast.acting("owner"):
        cases.name_lead(
            case=case, staff=cast.staff("party"), unit=cast.unit("party"),
            authority=cast.unit("party").acts_for, person_view="", by=cast.owner,
        )  # fmt: skip
    build.consent(cast, case, who="party", valid_to=build.today() + timedelta(days=90))
    assert sees(cast, "party", case)
    with pytest.raises(RuleBroken, match="egen enhet"):
        build.consent(cast, case, who="party", units=())


def test_the_copy_holds_no_name_of_a_protected_person(cast):
    case = build.consented(cast, parties=("party",), protection="marked")
    build.consent(cast, case, units=())
    (version,) = received(cast, "party")
    assert "Testholm" not in str(version.content)
    assert "8501" not in str(version.content)


def test_a_reader_and_a_non_steering_party_cannot_record(cast):
    case = build.consented(cast)
    for who in ("reader", "party"):
        with pytest.raises(Exception, match="steering unit|no access"), acting_for(cast.actor(who)):
            services.record(
                case=Case.objects.with_names().get(pk=case.pk), form="written", given_on=build.today(),
                by=cast.actor(who), units=list(Unit.objects.filter(pk=cast.unit("party").pk)), **YES,
            )  # fmt: skip
