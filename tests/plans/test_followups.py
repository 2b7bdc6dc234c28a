"""Following up, status per measure, and the next version (UPP-1, UPP-2, UPP-3, UPP-5)."""

from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.models import Case, Deadline
from consent.models import Disclosure, ReceivedVersion
from notifications.models import InboxItem
from organisations.errors import RuleBroken
from plans import approval, followups, services
from plans.models import FollowUp, Goal, Measure, MeasureReport, Plan
from tests import build


@pytest.fixture
def plan(cast):
    return build.planned(cast)


@pytest.fixture
def amira(browse):
    return browse("amira.falun")


def url(name, plan, *args):
    return reverse(f"plans:{name}", args=[plan.case_id, *args])


def own_measures(cast, plan) -> dict:
    with cast.acting("owner"):
        found = Measure.objects.filter(goal__plan_id=plan.pk)
        return {m.unit_id or m.doer: m for m in found}


def answers(cast, plan, **values) -> dict:
    """What is sent when everything goes on as planned."""
    sent = {
        "held_on": build.today().isoformat(),
        "how_it_went": "Det går bra.",
        "coordination_needed": "yes",
        "outcome": "continue",
        "next_on": (build.today() + timedelta(days=40)).isoformat(),
    }
    sent |= {f"status_{m.pk}": "ongoing" for m in own_measures(cast, plan).values()}
    return sent | values


def test_a_follow_up_goes_on_with_a_new_date(cast, amira, plan):
    """UPP-1, UPP-3, TID-4."""
    page = amira.get(url("follow_up", plan))
    assert "Vad har hindrat?" in unescape(page.content.decode())
    response = amira.post(url("follow_up", plan), answers(cast, plan, helped="Träningen"))
    assert response["Location"] == url("follow_ups", plan)
    with cast.acting("owner"):
        case = Case.objects.get(pk=plan.case_id)
        found = FollowUp.objects.get(case=case)
        assert (case.state, found.outcome, found.helped) == ("following_up", "continue", "Träningen")
        assert MeasureReport.objects.filter(case=case, status="ongoing").count() == 3
        clocks = Deadline.objects.filter(case=case, kind="follow_up")
        assert [(bool(d.met_at), d.due_on) for d in clocks.order_by("pk")] == [
            (True, plan.follow_up_on),
            (False, build.today() + timedelta(days=40)),
        ]
        assert Disclosure.objects.filter(case=case, what__startswith="Uppföljningen").count() == 1
    with cast.acting("party"):
        assert ReceivedVersion.objects.filter(case_id=plan.case_id, kind="follow_up").count() == 1
    assert "Träningen" in amira.get(url("follow_ups", plan)).content.decode()


def test_a_measure_that_was_not_carried_out_needs_its_reason(cast, amira, plan):
    """UPP-5."""
    measure = own_measures(cast, plan)[cast.party.unit_id]
    sent = answers(cast, plan, **{f"status_{measure.pk}": "not_done"})
    page = amira.post(url("follow_up", plan), sent)
    assert "Skriv varför insatsen" in unescape(page.content.decode())
    assert amira.post(url("follow_up", plan), {**sent, f"reason_{measure.pk}": "Ingen tid"}).status_code == 302
    with cast.acting("owner"):
        assert MeasureReport.objects.get(measure=measure).reason == "Ingen tid"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"how_it_went": ""}, "Skriv hur det har gått."),
        ({"outcome": ""}, "Välj vad ni gör nu."),
        ({"coordination_needed": ""}, "Svara på om samordning fortfarande behövs."),
        ({"next_on": ""}, "Skriv när nästa uppföljning är."),
        ({"next_on": build.today().isoformat()}, "ligger framåt i tiden"),
        ({"held_on": "2099-01-01"}, "inte varit än"),
        ({"held_on": (build.today() - timedelta(days=9)).isoformat()}, "inte vara före dagen då planen godkändes"),
    ],
)
def test_a_follow_up_that_lacks_something_is_explained(cast, amira, plan, values, message):
    page = amira.post(url("follow_up", plan), answers(cast, plan, **values))
    assert page.status_code == 200 and message in unescape(page.content.decode())
    with cast.acting("owner"):
        assert Case.objects.get(pk=plan.case_id).state == "planned"


def test_the_same_follow_up_is_not_written_twice(cast, amira, plan):
    assert amira.post(url("follow_up", plan), answers(cast, plan)).status_code == 302
    page = amira.post(url("follow_up", plan), answers(cast, plan))
    assert "redan en uppföljning den dagen" in page.content.decode()


def test_a_follow_up_leads_to_a_second_version(cast, amira, plan):
    """PLA-5, UPP-3: carried forward, editable, approved like the first."""
    done = own_measures(cast, plan)["self"]
    sent = answers(cast, plan, outcome="revise", **{f"status_{done.pk}": "done"})
    assert amira.post(url("follow_up", plan), sent)["Location"] == url("edit", plan)
    with cast.acting("owner"):
        draft = services.draft_of(Case.objects.get(pk=plan.case_id))
        assert (draft.version, draft.based_on_id) == (2, plan.pk)
        assert draft.words["what_matters"] == plan.words["what_matters"] != ""
        assert draft.follow_up_on == build.today() + timedelta(days=40)
        assert draft.words["person_opinion"] == "" and draft.lead_staff_id == plan.lead_staff_id
        carried = [m for goal in draft.goals.all() for m in goal.measures.all()]
        assert {m.carried_from_id for m in carried} == {m.pk for m in own_ids(plan)} - {done.pk}
        assert services.in_force(draft.case).pk == plan.pk
        approved = approval.approve(plan=draft, agreed_how="Du sa ja.", revision=draft.revision, by=cast.owner)
        assert (approved.version, approved.case.state) == (2, "planned")
        assert Plan.objects.get(pk=plan.pk).state == "superseded"


def own_ids(plan):
    return Measure.objects.filter(goal__plan_id=plan.pk)


def test_a_follow_up_that_ends_it_leads_to_the_closing_page(cast, amira, plan):
    sent = answers(cast, plan, outcome="close", next_on="", coordination_needed="no")
    assert amira.post(url("follow_up", plan), sent)["Location"] == url("close", plan)
    with cast.acting("owner"):
        found = FollowUp.objects.get(case_id=plan.case_id)
        assert (found.next_on, found.coordination_needed) == (None, False)
        assert not Deadline.objects.filter(case_id=plan.case_id, met_at=None, cancelled_at=None).exists()


def test_a_follow_up_at_a_meeting_is_linked_to_it(cast, amira, plan):
    """UPP-1: the meeting is held first; no follow-up is written while it is only called."""
    build.called(cast, build.reread(cast, plan.case))
    page = amira.post(url("follow_up", plan), answers(cast, plan))
    assert "Ett möte är kallat" in page.content.decode()
    build.held(cast, build.reread(cast, plan.case))
    form = amira.get(url("follow_up", plan)).context["form"]
    meeting = form["meeting"].value()
    assert meeting
    assert amira.post(url("follow_up", plan), answers(cast, plan, meeting=meeting)).status_code == 302
    with cast.acting("owner"):
        assert FollowUp.objects.get(case_id=plan.case_id).meeting_id == meeting


def test_nothing_to_follow_up_before_a_plan_is_in_force(cast, amira):
    draft = build.drafted(cast)
    page = amira.post(url("follow_up", draft), answers(cast, draft))
    assert "ingen godkänd plan" in page.content.decode()
    with cast.acting("owner"), pytest.raises(RuleBroken, match="ingen godkänd plan"):
        case = Case.objects.get(pk=draft.case_id)
        followups.follow_up(case=case, held_on=build.today(), how_it_went="x", outcome="close", by=cast.owner)


def test_a_party_tells_how_its_own_measure_goes(cast, browse, plan):
    """UPP-2, UPP-5: the steering unit is told when one was not carried out."""
    hanna = browse("hanna.dalarna")
    measures = own_measures(cast, plan)
    own, theirs = measures[cast.party.unit_id], measures[cast.owner.unit_id]
    page = unescape(hanna.get(url("follow_ups", plan)).content.decode())
    assert page.count("Skriv hur det går") == 2
    assert hanna.post(url("report", plan, own.pk), {"status": "done", "reason": ""}).status_code == 302
    assert "Skriv varför" in hanna.post(url("report", plan, own.pk), {"status": "not_done"}).content.decode()
    assert hanna.post(url("report", plan, own.pk), {"status": "not_done", "reason": "Sjukdom"}).status_code == 302
    refused = hanna.post(url("report", plan, theirs.pk), {"status": "done"})
    assert refused.status_code == 200 and "Bara enheten som gör insatsen" in refused.content.decode()
    with cast.acting("owner"):
        assert [r.status for r in MeasureReport.objects.filter(measure=own).order_by("pk")] == ["done", "not_done"]
        assert InboxItem.objects.filter(case_id=plan.case_id, kind="plan").count() == 1
    assert "Blev inte av" in browse("amira.falun").get(url("follow_ups", plan)).content.decode()


def test_a_report_on_a_measure_of_a_draft_or_another_case_is_not_found(cast, browse, plan):
    other = build.drafted(cast, build.met(cast, build.consented(cast, number="199002222397")))
    foreign = own_measures(cast, other)["self"]
    amira = browse("amira.falun")
    assert amira.get(url("report", plan, foreign.pk)).status_code == 404
    assert amira.get(url("report", other, foreign.pk)).status_code == 404


def test_an_agreed_measure_past_its_date_is_shown(cast, amira, monkeypatch, plan):
    """UPP-5."""
    late = build.today() + timedelta(days=51)
    monkeypatch.setattr("plans.followup_pages.timezone.localdate", lambda *_: late)
    assert "Tiden har gått" in unescape(amira.get(url("follow_ups", plan)).content.decode())


def test_the_next_version_can_be_begun_without_a_follow_up(cast, amira, plan):
    assert "Börja på nästa version" in unescape(amira.get(url("plan", plan)).content.decode())
    assert amira.post(url("start", plan)).status_code == 302
    with cast.acting("owner"):
        assert services.draft_of(Case.objects.get(pk=plan.case_id)).version == 2


def test_who_may_follow_up(browse, plan):
    assert browse("hanna.dalarna").get(url("follow_up", plan)).status_code == 403
    assert browse("mattias.falun").get(url("follow_ups", plan)).status_code == 200
    assert browse("mattias.falun").get(url("follow_up", plan)).status_code == 403
    assert browse("maria.falun").get(url("follow_ups", plan)).status_code == 404


def count(client, address) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return sum("SAVEPOINT" not in query["sql"] for query in found.captured_queries)


def test_the_number_of_queries_does_not_grow_with_the_measures(cast, amira):
    small = build.planned(cast)
    draft = build.drafted(cast, build.met(cast, build.consented(cast, number="199002222397")))
    with cast.acting("owner"):
        goal = Goal.objects.get(plan=draft)
        for step in range(27):
            services.add_measure(goal=goal, text=f"Insats {step}", doer="self", by=cast.owner)
        draft = services.draft_of(Case.objects.get(pk=draft.case_id))
        large = approval.approve(plan=draft, agreed_how="Ja", revision=draft.revision, by=cast.owner)
    for plan in (small, large):
        with cast.acting("owner"):
            for measure in Measure.objects.filter(goal__plan_id=plan.pk).select_related("goal__plan__case"):
                followups.report(measure=measure, status="ongoing", by=cast.owner)
    for name in ("plan", "follow_ups", "follow_up"):
        few, many = count(amira, url(name, small)), count(amira, url(name, large))
        assert few == many, name
        assert many <= 22, name
