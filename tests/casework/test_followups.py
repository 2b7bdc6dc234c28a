"""Follow-ups due and late, and measures that have not begun, for those who lead (UPP-2, UPP-5)."""

import pytest

from cases import deadlines
from cases.enums import DeadlineKind
from plans import services as plans
from plans.models import Measure
from tests import build
from tests.casework import walk
from tests.casework.test_worklist import text


@pytest.fixture
def late(cast):
    """An approved plan whose follow-up day has passed."""
    plan = build.planned(cast)
    with cast.acting("owner"):
        due_on = build.today() - build.timedelta(days=3)
        deadlines.agree(case=plan.case, kind=DeadlineKind.FOLLOW_UP, due_on=due_on, source="Bestämt i planen")
    return plan.case


def test_late_follow_ups_stand_first_and_are_counted_in_the_menu(cast, browse, late):
    build.planned(cast, build.met(cast, build.consented(cast, number=walk.numbers()[0])), follow_up_in=10)
    shown = text(browse("amira.falun").get("/uppfoljningar/"))
    assert shown.index("Försenat") < shown.index("3 dagar sen") < shown.index("Inom två veckor")
    assert "Att följa upp 2 snart eller försenade" in shown


def test_only_the_leading_unit_sees_them_as_its_own(cast, browse, late):
    link = f"/arenden/{late.pk}/"
    assert link in browse("johan.falun").get("/uppfoljningar/").content.decode()
    assert link not in browse("johan.falun").get("/uppfoljningar/?visa=mina").content.decode()
    assert link in browse("amira.falun").get("/uppfoljningar/?visa=mina").content.decode()
    for username in ("maria.falun", "linda.kalmar"):
        assert link not in browse(username).get("/uppfoljningar/").content.decode()


def test_a_measure_past_its_day_and_not_begun_is_listed_until_somebody_reports(cast, browse):
    draft = build.drafted(cast, whole=True)
    with cast.acting("owner"):
        measure = Measure.objects.filter(goal__plan=draft).order_by("position").first()
        past = {"starts_on": build.today() - build.timedelta(days=5), "ends_on": None, "ongoing": True}
        Measure.objects.filter(pk=measure.pk).update(**past)
    with cast.acting("owner"):
        draft = plans.draft_of(draft.case)
        build.approval.approve(
            plan=draft, agreed_how="Du sa ja på mötet.", revision=draft.revision, by=cast.actor("owner")
        )
    client = browse("amira.falun")
    assert measure.text in client.get("/uppfoljningar/").content.decode()
    with cast.acting("owner"):
        plans_reported(cast, measure)
    assert measure.text not in client.get("/uppfoljningar/").content.decode()


def plans_reported(cast, measure):
    known = Measure.objects.select_related("goal__plan__case").get(pk=measure.pk)
    build.followups.report(measure=known, status="ongoing", by=cast.owner)


@pytest.mark.parametrize("username", ["anders.falun", "helena.falun"])
def test_those_without_case_data_are_refused(cast, browse, username):
    assert browse(username).get("/uppfoljningar/").status_code == 403


def test_queries_are_constant_in_rows(cast, browse, late):
    client = browse("amira.falun")
    few = walk.queries(client, "/uppfoljningar/")
    for number in walk.numbers()[:4]:
        build.planned(cast, build.met(cast, build.consented(cast, number=number)), follow_up_in=10)
    assert len(few) == len(walk.queries(client, "/uppfoljningar/")) <= 12
