"""Approving: what the law demands, what follows, and what can never change again (PLA-3, PLA-4, PLA-5, UPP-1)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django_fsm import TransitionNotAllowed

from audit.models import AuditEvent
from cases import services as cases
from cases.models import Case, Deadline
from consent.models import Disclosure, ReceivedVersion
from notifications.models import InboxItem
from organisations.errors import RuleBroken
from organisations.models import Guideline, Unit
from plans import approval, services
from plans.models import Plan, PlanDocument
from plans.rules import NotReady
from tests import build


def approve(cast, plan, *, who="owner", **values):
    with cast.acting(who):
        now = Plan.objects.get(pk=plan.pk)
        return approval.approve(
            plan=now, by=cast.actor(who), **({"agreed_how": "Du sa ja.", "revision": now.revision} | values)
        )


def name_of(cast, who) -> str:
    """How one who saw the yes is named."""
    return f"{cast.staff(who).name}, {cast.unit(who).name}"


def refused(cast, plan, **values) -> str:
    with pytest.raises(RuleBroken) as error:
        approve(cast, plan, **values)
    return str(error.value)


def change(cast, plan, **values):
    with cast.acting("owner"):
        draft = services.draft_of(Case.objects.get(pk=plan.case_id))
        return services.save_block(plan=draft, values=values, revision=draft.revision, by=cast.owner)


def test_an_empty_draft_is_refused_with_every_part_named(cast):
    """PLA-3: the four statutory parts; UPP-1: the follow-up date; and huvudansvarig by name."""
    draft = build.drafted(cast, whole=False)
    with pytest.raises(NotReady) as error:
        approve(cast, draft)
    assert [item.part for item in error.value.missing] == ["measures", "others", "lead_authority", "lead", "follow_up"]
    for word in ("Insatser saknas", "andra än kommunen", "övergripande ansvaret", "Huvudansvarig", "uppföljning"):
        assert word in str(error.value)


@pytest.mark.parametrize(
    ("values", "part"),
    [
        ({"others_nobody": False}, "others"),
        ({"lead_authority_id": None}, "lead_authority"),
        ({"lead_staff_id": None}, "lead"),
        ({"follow_up_on": None}, "follow_up"),
        ({"follow_up_on": build.today()}, "follow_up"),
    ],
)
def test_each_missing_part_alone_stops_the_approval(cast, values, part):
    draft = build.drafted(cast)
    change(cast, draft, **values)
    with pytest.raises(NotReady) as error:
        approve(cast, draft)
    assert [item.part for item in error.value.missing] == [part]


def test_what_others_do_is_enough_without_the_word_nobody(cast):
    draft = build.drafted(cast)
    change(cast, draft, others_nobody=False, others_measures="Skolan ger extra tid.")
    assert approve(cast, draft).state == "approved"


def test_a_measure_of_a_unit_without_huvudman_is_named(cast):
    """PLA-3: the measure itself is named; agencies stand as ”någon annan”."""
    agency = Unit.objects.filter(acts_for=None, kind="agency").first()
    draft = build.drafted(cast)
    with cast.acting("owner"):
        goal = draft.goals.get()
        case = Case.objects.with_names().get(pk=draft.case_id)
        cases.add_party(case=case, unit=agency, by=cast.owner)
        services.add_measure(goal=goal, text="Rehabkoordinering", doer="unit", unit_id=agency.pk, by=cast.owner)
    said = refused(cast, draft)
    assert "Huvudman saknas för insatsen ”Rehabkoordinering”" in said


def test_huvudansvarig_must_see_the_case(cast):
    draft = build.drafted(cast)
    with cast.acting("owner"):
        stranger = cast.assignment("same_kommun")
    change(cast, draft, lead_staff_id=stranger.staff_id, lead_unit_id=stranger.unit_id)
    assert "kan inte vara huvudansvarig" in refused(cast, draft)


def test_the_person_says_yes_to_exactly_what_was_read(cast):
    draft = build.drafted(cast)
    revision = draft.revision
    change(cast, draft, why="Ny text")
    assert "ändrats sedan du öppnade" in refused(cast, draft, revision=revision)


def test_no_approval_without_a_standing_consent(cast):
    draft = build.drafted(cast)
    case = build.reread(cast, draft.case)
    build.lapsed(cast, case)
    assert "Samtycket gäller inte" in refused(cast, draft)


def test_approval_follows_through_in_one_transaction(cast):
    """PLA-4, TID-3, TID-4: state, huvudansvarig, clocks, copies, disclosure, notice, PDF order."""
    plan = build.planned(cast)
    with cast.acting("owner"):
        case = Case.objects.get(pk=plan.case_id)
        assert (case.state, case.lead_staff_id, case.lead_unit_id) == (
            "planned",
            cast.staff("owner").pk,
            cast.owner.unit_id,
        )
        open_clocks = Deadline.objects.filter(case=case, met_at=None, cancelled_at=None)
        assert [(d.kind, d.due_on) for d in open_clocks] == [("follow_up", plan.follow_up_on)]
        given = Disclosure.objects.filter(case=case, what__startswith="Planen, version 1")
        assert [row.unit_id for row in given] == [cast.party.unit_id]
        assert PlanDocument.objects.get(plan=plan).state == "queued"
        assert case.events.filter(kind="plan_approved").count() == 1
        signed = AuditEvent.objects.get(case_id=case.pk, event="plans.approved")
        assert (signed.action, signed.person_id) == ("Signera", case.person_id)
    with cast.acting("party"):
        assert ReceivedVersion.objects.filter(case_id=plan.case_id, kind="approved").count() == 1
        assert InboxItem.objects.filter(case_id=plan.case_id, kind="plan").count() == 1


def test_ownership_moves_to_huvudansvarigs_unit(cast):
    plan = build.planned(cast, lead="party")
    with cast.acting("party"):
        case = Case.objects.get(pk=plan.case_id)
        assert (case.owner_unit_id, case.lead_unit_id) == (cast.party.unit_id, cast.party.unit_id)
        assert case.participations.active().filter(unit_id=cast.owner.unit_id).exists()
        assert InboxItem.objects.filter(case_id=case.pk, kind="handed_over").exists()


def test_a_plan_is_approved_once(cast):
    draft = build.drafted(cast)
    approve(cast, draft)
    assert "godkänts medan du skrev" in refused(cast, draft)


def test_a_party_that_does_not_steer_cannot_approve(cast):
    draft = build.drafted(cast)
    assert "Bara den ansvariga enheten" in refused(cast, draft, who="party")


def test_a_plan_cannot_be_approved_while_a_new_meeting_is_called(cast):
    """MOT-4: at rådrum the case is called again, and nothing is approved before the next meeting."""
    draft = build.drafted(cast)
    build.called(cast, build.reread(cast, draft.case))
    assert "när mötet har hållits" in refused(cast, draft)


def test_the_plan_cannot_be_adopted_out_of_order(cast):
    case = build.consented(cast)
    with pytest.raises(TransitionNotAllowed):
        case.plan_adopted()


def raw(sql: str, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount


@pytest.mark.parametrize(
    "statement",
    [
        "update plans_planblock set text = 'x' where plan_id = %s",
        "update plans_planblock set topics = 1 where plan_id = %s",
        "insert into plans_planblock (case_id, plan_id, key, text, topics, revision, saved_at)"
        " select case_id, id, 'why', 'x', 0, 1, now() from plans_plan where id = %s",
        "update plans_plan set copies_to = 'x' where id = %s",
        "update plans_plan set follow_up_on = follow_up_on + 1 where id = %s",
        "update plans_plan set state = 'draft' where id = %s",
        "update plans_plan set state = 'superseded', agreed_how = 'x' where id = %s",
        "update plans_goal set text = 'x' where plan_id = %s",
        "update plans_measure set text = 'x' where goal_id in (select id from plans_goal where plan_id = %s)",
        "delete from plans_measure where goal_id in (select id from plans_goal where plan_id = %s)",
        "insert into plans_goal (case_id, plan_id, position, text, horizon, how_noticed, revision)"
        " select case_id, id, 9, 'x', 'short', '', 1 from plans_plan where id = %s",
    ],
)
def test_an_approved_plan_never_changes_not_even_by_hand(cast, statement):
    """PLA-5, as the real role sip_staff."""
    plan = build.planned(cast)
    with cast.acting("owner"), pytest.raises(IntegrityError, match="does not change"):
        raw(statement, plan.pk)


def test_an_approved_plan_cannot_be_deleted_by_hand(cast):
    plan = build.planned(cast)
    with cast.acting("owner"), pytest.raises(ProgrammingError, match="permission denied"):
        raw("delete from plans_plan where id = %s", plan.pk)


@pytest.mark.parametrize(
    ("also", "lacks"), [("", "what others do is not said"), (", others_nobody = true", "plan_approved_is_whole")]
)
def test_a_plan_lacking_a_part_cannot_be_approved_by_hand(cast, also, lacks):
    """PLA-3, as the real role sip_staff."""
    draft = build.drafted(cast, whole=False)
    with cast.acting("owner"), pytest.raises(IntegrityError, match=lacks):
        raw(f"update plans_plan set state = 'approved' {also} where id = %s", draft.pk)


def test_a_second_version_replaces_the_first(cast):
    first = build.planned(cast)
    with cast.acting("owner"):
        case = Case.objects.with_names().get(pk=first.case_id)
        draft = services.start_draft(case=case, by=cast.owner)
    change(cast, draft, follow_up_on=build.today() + timedelta(days=90))
    approve(cast, draft)
    with cast.acting("owner"):
        states = dict(Plan.objects.filter(case_id=first.case_id).values_list("version", "state"))
        assert states == {1: "superseded", 2: "approved"}
        clocks = Deadline.objects.filter(case_id=first.case_id, kind="follow_up", met_at=None, cancelled_at=None)
        assert [d.due_on for d in clocks] == [build.today() + timedelta(days=90)]
        assert Case.objects.get(pk=first.case_id).lead_terms.count() == 1


@pytest.mark.parametrize("form", ["said", "nod", "written"])
def test_how_the_yes_was_shown_and_who_saw_it_stand_in_the_plan(cast, form):
    """PLA-4; who saw it is one who was at the meeting, or the one who approves."""
    draft = build.drafted(cast)
    seen_by = [name_of(cast, "owner")]
    plan = approve(cast, draft, agreed_form=form, agreed_before=seen_by, agreed_how="Du höll upp tummen.")
    with cast.acting("owner"):
        now = services.with_content(Plan.objects.filter(pk=plan.pk)).get()
        told = approval.documents.context(now)["agreed"]
    assert told["before"] == seen_by and told["said"].endswith("Du höll upp tummen.")
    assert told["said"].startswith(approval.documents.SAID_YES[form])


def test_the_yes_is_not_half_told_and_not_seen_by_anybody_else(cast):
    draft = build.drafted(cast)
    assert "vilka som såg det" in refused(cast, draft, agreed_form="nod")
    assert "vilka som såg det" in refused(cast, draft, agreed_before=[name_of(cast, "owner")])
    assert "Välj bland dem" in refused(cast, draft, agreed_form="said", agreed_before=["Någon annan"])


@pytest.mark.parametrize(
    "half", ["agreed_form = 'nod'", "agreed_before = '{Bo}'", "agreed_form = 'x', agreed_before = '{Bo}'"]
)
def test_the_database_refuses_half_a_yes(cast, half):
    draft = build.drafted(cast)
    with pytest.raises(IntegrityError, match="plan_agreed_before_somebody"), cast.acting("owner"):
        raw(f"update plans_plan set {half}, agreed_how = 'x' where id = %s", draft.pk)  # noqa: S608 - words above


def test_an_older_version_without_witnesses_still_stands(cast):
    plan = approve(cast, build.drafted(cast))
    assert (plan.agreed_form, plan.agreed_before) == ("", [])


def test_the_page_asks_how_and_before_whom(cast, browse):
    draft = build.drafted(cast)
    amira = browse("amira.falun")
    address = f"/arenden/{draft.case_id}/plan/godkann/"
    sent = {"revision": draft.revision, "person_agrees": "on", "agreed_how": "Du sa ja."}
    page = amira.post(address, sent).content.decode()
    assert "Välj hur personen visade sitt ja" in page and "Välj minst en som såg" in page
    assert amira.post(address, sent | {"agreed_form": "said", "agreed_before": ["Någon annan"]}).status_code == 200
    assert (
        amira.post(address, sent | {"agreed_form": "said", "agreed_before": [name_of(cast, "owner")]}).status_code
        == 302
    )


def test_signatures_follow_the_guideline(cast):
    draft = build.drafted(cast)
    with cast.acting("owner"):
        plan = services.with_content(Plan.objects.filter(pk=draft.pk)).get()
        wanted = Guideline.objects.get(pk=plan.case.guideline_id).signatures != "none"
        assert approval.documents.context(plan)["signatures"] is wanted


@pytest.fixture
def inpatient(cast):
    """A patient in hospital in a county where the ward approves before discharge; the ward takes part (UTS-6)."""
    people = ("agneta.regionkalmar", "freja.kalmar", "emelie.regionkalmar")
    with cast.acting("linda.kalmar"):
        ward = cast.unit("agneta.regionkalmar")
    case = build.case(cast, who="linda.kalmar", inpatient=True, ward_unit=ward)
    for who in people:
        build.party(cast, case, who=who, by="linda.kalmar")
    build.consent(cast, case, who="linda.kalmar", units=people)
    with cast.acting("linda.kalmar"):
        case = Case.objects.with_names().get(pk=case.pk)
    build.call(cast, case, who="linda.kalmar", units=people)
    with cast.acting("linda.kalmar"):
        now = Case.objects.with_names().get(pk=case.pk)
        meeting = now.meetings.get()
        build.meetings.hold(case=now, meeting=meeting, came=[], person_came=True, by=cast.actor("linda.kalmar"))
    return case


def test_before_discharge_the_ward_approves_where_the_county_says_so(cast, browse, inpatient):
    """UTS-6, GUI-2: the ward does not steer the case, and still approves; the owner does not."""
    draft = build.drafted(cast, inpatient, who="linda.kalmar", party="emelie.regionkalmar", lead="freja.kalmar")
    said = refused(cast, draft, who="linda.kalmar")
    assert "som godkänner planen" in said
    ward = browse("agneta.regionkalmar")
    address = f"/arenden/{inpatient.pk}/plan/godkann/"
    assert ward.get(address).status_code == 200
    assert browse("emelie.regionkalmar").get(address).status_code == 403
    sent = {"revision": draft.revision, "person_agrees": "on", "agreed_how": "Du sa ja på avdelningen."}
    sent |= {"agreed_form": "said", "agreed_before": [name_of(cast, "agneta.regionkalmar")]}
    assert ward.post(address, sent).status_code == 302
    lead = cast.unit("freja.kalmar").pk
    with cast.acting("freja.kalmar"):
        case = Case.objects.get(pk=inpatient.pk)
        assert (case.state, case.owner_unit_id, case.lead_unit_id) == ("planned", lead, lead)
        assert case.lead_terms.get(to_on=None).unit_id == lead
        assert InboxItem.objects.filter(case_id=case.pk, kind="handed_over").count() == 1
    with cast.acting("linda.kalmar"):
        assert Case.objects.filter(pk=inpatient.pk).exists()


def test_the_ward_adopts_only_what_it_has_approved_itself(cast, inpatient):
    draft = build.drafted(cast, inpatient, who="linda.kalmar", party="emelie.regionkalmar", lead="freja.kalmar")
    for who in ("agneta.regionkalmar", "emelie.regionkalmar", "linda.kalmar"):
        with pytest.raises(ProgrammingError, match="only the ward"), cast.acting(who):
            raw("select adopt_plan_of_ward(%s, %s, '')", inpatient.pk, draft.pk)


def test_one_whose_name_only_begins_alike_may_have_seen_it(cast, monkeypatch):
    """The one who approves stands once; Eva Bergman is not Eva Berg (PLA-4)."""
    draft = build.drafted(cast)
    me = cast.staff("owner").name
    came = [{"name": f"{me}sson, läkare", "unit": "Vårdcentralen"}, {"name": f"{me}, kurator", "unit": "Kommunen"}]
    monkeypatch.setattr(approval.documents, "participants", lambda meeting: came)
    with cast.acting("owner"):
        assert approval.witnesses(draft, by=cast.owner) == [
            name_of(cast, "owner"), f"{me}sson, läkare, Vårdcentralen",
        ]  # fmt: skip
