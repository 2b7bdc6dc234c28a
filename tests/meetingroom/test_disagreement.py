"""Whose view differs, and on what: in plan, PDF and the person's page, and kept from who may not read it (MOT-4)."""

import pytest
from django.db import Error, connection, transaction

from cases.models import Case
from cases.topics import mask_of
from citizen import pages as citizen_pages
from organisations.errors import RuleBroken
from plans import disagreement, documents, snapshot
from plans import services as plans
from plans.models import Disagreement
from tests import build, build_meeting
from tests.meetingroom import pages


@pytest.fixture
def draft(cast):
    return build.drafted(cast, whole=True)


def mask(cast, code: str) -> int:
    with cast.acting("owner"):
        return mask_of([code])


def write(cast, plan, who="owner", about="general", **values):
    told = {"whose": "person", "view": "Jag vill ha hjälp oftare.", "topics": mask(cast, about)} | values
    with cast.acting(who):
        return disagreement.write(plan=plan, by=cast.actor(who), **told)


def context_of(cast, plan, who="owner"):
    with cast.acting(who):
        found = plans.with_content(Case.objects.get(pk=plan.case_id).plans.filter(pk=plan.pk)).get()
        found.case = Case.objects.with_names().get(pk=plan.case_id)
        return documents.context(found)


def test_it_is_said_in_plain_words_in_the_plan_and_its_pdf(cast, draft):
    with cast.acting("owner"):
        goal = draft.goals.first()
    write(cast, draft, goal=goal)
    write(cast, draft, whose="unit", unit_id=cast.unit("party").pk, view="Vi gör det redan.")
    write(cast, draft, whose="relative", name="Rut", view="Det går för fort.")
    assert context_of(cast, draft)["disagreements"] == [
        f"Du ser det på ett annat sätt, om målet ”{goal.text}”: Jag vill ha hjälp oftare.",
        f"{cast.unit('party').name} ser det på ett annat sätt, om planen: Vi gör det redan.",
        "Rut (närstående) ser det på ett annat sätt, om planen: Det går för fort.",
    ]


@pytest.mark.parametrize(
    ("values", "field"),
    [({"whose": "unit"}, "whose"), ({"whose": "relative"}, "name"), ({"whose": "other"}, "name")],
)
def test_nobody_sees_it_otherwise_without_being_named(cast, draft, values, field):
    with pytest.raises(RuleBroken) as refused:
        write(cast, draft, **values)
    assert refused.value.field == field


def test_it_stands_with_its_version_and_is_carried_to_the_next(cast, draft, browse):
    with cast.acting("owner"):
        goal = draft.goals.first()
    write(cast, draft, goal=goal)
    with cast.acting("owner"):
        draft = plans.draft_of(Case.objects.with_names().get(pk=draft.case_id))
        plan = build.approval.approve(plan=draft, agreed_how="Ja.", revision=draft.revision, by=cast.owner)
        row = Disagreement.objects.get(plan=plan)
        with pytest.raises(Error, match="does not change"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("delete from plans_disagreement where id = %s", [row.pk])
        following = plans.start_draft(case=Case.objects.with_names().get(pk=plan.case_id), by=cast.owner)
        carried = Disagreement.objects.select_related("goal__plan").get(plan=following)
        assert carried.view == row.view and carried.goal.plan_id == following.pk
        disagreement.remove(disagreement=carried, by=cast.owner)
        assert Disagreement.objects.filter(plan=following).count() == 0
        assert Disagreement.objects.filter(plan=plan).count() == 1
    shown = browse("amira.falun").get(f"/arenden/{plan.case_id}/plan/versioner/{plan.version}/").content.decode()
    assert "Jag vill ha hjälp oftare." in shown


def test_the_person_reads_it_when_the_plan_is_approved(cast, draft):
    write(cast, draft)
    with cast.acting("owner"):
        draft = plans.draft_of(Case.objects.with_names().get(pk=draft.case_id))
        plan = build.approval.approve(plan=draft, agreed_how="Ja.", revision=draft.revision, by=cast.owner)
        assert "Du ser det på ett annat sätt" in citizen_pages.version_content(plan)["disagreements"][0]


def test_who_may_not_read_of_a_topic_sees_neither_it_nor_a_copy_of_it(cast):
    case = build.case(cast)
    build.party(cast, case)
    build.consent(cast, case, exempted={cast.unit("party").pk: mask(cast, "health")})
    plan = build.drafted(cast, build.met(cast, build.reread(cast, case)), whole=False)
    write(cast, plan, about="health", view="Jag vill inte ha sprutor.")
    write(cast, plan, view="Tiderna passar inte.")
    assert len(context_of(cast, plan)["disagreements"]) == 2
    assert len(context_of(cast, plan, "party")["disagreements"]) == 1
    with cast.acting("party"):
        body = str(snapshot.plans_section(Case.objects.get(pk=case.pk)))
    assert "Tiderna" in body and "sprutor" not in body


def test_about_a_goal_that_is_hidden_nothing_is_read(cast):
    case = build.case(cast)
    build.party(cast, case)
    build.consent(cast, case, exempted={cast.unit("party").pk: mask(cast, "health")})
    plan = build.drafted(cast, build.met(cast, build.reread(cast, case)), whole=False)
    with cast.acting("owner"):
        goal = plans.add_goal(plan=plan, text="Du tar din medicin.", topics=mask_of(["health"]), by=cast.owner)
    row = write(cast, plan, goal=goal)
    assert row.topics & mask(cast, "health")
    assert context_of(cast, plan, "party")["disagreements"] == []


def test_by_the_pages_of_the_meeting(cast, browse):
    room = build_meeting.going_on(cast)
    at = pages.InRoom(browse("amira.falun"), room)
    url = f"{at.base}oenighet/"
    assert "Välj vem" in at.client.post(url, {"view": "Nej."}).content.decode()
    assert "Skriv namnet" in at.client.post(url, {"whose": "other", "view": "Nej."}).content.decode()
    unit = cast.unit("party")
    assert at.client.post(url, {"whose": f"unit:{unit.pk}", "view": "Vi ser det annorlunda."}).status_code == 302
    shown = at.get("oenighet/")
    assert "Vi ser det annorlunda." in shown and unit.name in shown
    assert "Vi ser det annorlunda." in at.get("del/4/")
    with cast.acting("owner"):
        row = Disagreement.objects.get(case_id=room.case_id)
    assert at.client.post(f"{url}{row.pk}/ta-bort/").status_code == 302
    assert "Vi ser det annorlunda." not in at.get("del/4/")
