"""Who sees it differently, and on what, is written outside the meeting too; nobody speaks for another (MOT-4)."""

import pytest

from cases.models import Case
from cases.topics import mask_of
from citizen import pages as citizen_pages
from organisations.errors import RuleBroken
from plans import disagreement, documents
from plans import services as plans
from plans.models import Disagreement
from tests import build
from tests.meetingroom.pages import queries


@pytest.fixture
def draft(cast):
    return build.drafted(cast)


def url(plan, page="") -> str:
    return f"/arenden/{plan.case_id}/plan/oenighet/{page}"


def rows(cast, plan) -> list:
    with cast.acting("owner"):
        return list(Disagreement.objects.filter(plan=plan).order_by("pk"))


def seen(client, plan, *pages) -> list[str]:
    return [client.get(f"/arenden/{plan.case_id}/{page}").content.decode() for page in pages]


def test_plan_editor_and_follow_up_lead_to_the_page(cast, browse, draft):
    client = browse("amira.falun")
    for shown in seen(client, draft, "plan/", "plan/skriv/"):
        assert f'href="{url(draft)}"' in shown
    with cast.acting("owner"):
        now = plans.draft_of(Case.objects.with_names().get(pk=draft.case_id))
        build.approval.approve(plan=now, agreed_how="Ja.", revision=now.revision, by=cast.owner)
    [follow_up] = seen(client, draft, "uppfoljning/")
    assert f'href="{url(draft)}"' in follow_up
    # A version in force never changes: the page says that a new one is begun.
    assert "ny version" in client.get(url(draft)).content.decode()
    assert (
        f'href="{url(draft)}"'
        not in browse("mattias.falun").get(f"/arenden/{draft.case_id}/uppfoljning/").content.decode()
    )


def test_what_is_written_stands_in_plan_pdf_and_the_persons_page(cast, browse, draft):
    client = browse("amira.falun")
    with cast.acting("owner"):
        goal = draft.goals.first()
    sent = {"whose": "person", "goal": goal.pk, "view": "Jag vill ha hjälp oftare."}
    assert client.post(url(draft), sent)["Location"] == url(draft)
    line = f"Du ser det på ett annat sätt, om målet ”{goal.text}”: Jag vill ha hjälp oftare."
    assert "Jag vill ha hjälp oftare." in client.get(url(draft)).content.decode()
    for shown in seen(client, draft, "plan/skriv/", "plan/som-personen-ser-den/"):
        assert "Jag vill ha hjälp oftare." in shown
    with cast.acting("owner"):
        now = plans.draft_of(Case.objects.with_names().get(pk=draft.case_id))
        plan = build.approval.approve(plan=now, agreed_how="Ja.", revision=now.revision, by=cast.owner)
        # The PDF is drawn from this.
        assert line in documents.mine(plan, by=cast.owner).get().context["disagreements"]
        assert citizen_pages.version_content(plan)["disagreements"] == [line]
    assert line in seen(client, draft, "plan/")[0]


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"view": "Nej."}, "Välj vem som ser det"),
        ({"whose": "person"}, "Skriv hur den ser på saken"),
        ({"whose": "other", "view": "Nej."}, "Skriv namnet"),
        ({"whose": "person", "goal": "0", "view": "Nej."}, "view"),
        ({"whose": "unit:0", "view": "Nej."}, "view"),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_nothing_is_written(cast, browse, draft, sent, says):
    answer = browse("amira.falun").post(url(draft), sent)
    assert answer.status_code == 200 and says in answer.content.decode()
    assert rows(cast, draft) == []


def test_a_party_writes_its_own_view_and_the_persons_but_nobody_elses(cast, browse, draft):
    hanna, own, other = browse("hanna.dalarna"), cast.unit("party"), cast.unit("owner")
    shown = hanna.get(url(draft)).content.decode()
    assert f"unit:{own.pk}" in shown and f"unit:{other.pk}" not in shown
    assert hanna.post(url(draft), {"whose": f"unit:{own.pk}", "view": "Vi ser det annorlunda."}).status_code == 302
    assert hanna.post(url(draft), {"whose": "person", "view": "Jag vill inte."}).status_code == 302
    assert hanna.post(url(draft), {"whose": f"unit:{other.pk}", "view": "De vill inte."}).status_code == 200
    with cast.acting("party"), pytest.raises(RuleBroken, match="egen syn"):
        about = {"whose": "unit", "unit_id": other.pk, "view": "De vill inte.", "topics": mask_of(["general"])}
        disagreement.write(plan=draft, by=cast.party, **about)
    assert [row.view for row in rows(cast, draft)] == ["Vi ser det annorlunda.", "Jag vill inte."]


def test_sent_twice_it_stands_there_once(cast, browse, draft):
    for _ in range(2):
        sent = {"whose": "person", "view": "Jag vill inte."}
        assert browse("amira.falun").post(url(draft), sent).status_code == 302
    assert len(rows(cast, draft)) == 1


def test_nobody_takes_away_what_another_sees_differently(cast, browse, draft):
    amira, hanna = browse("amira.falun"), browse("hanna.dalarna")
    amira.post(url(draft), {"whose": "person", "view": "Jag vill inte."})
    hanna.post(url(draft), {"whose": f"unit:{cast.unit('party').pk}", "view": "Vi ser det annorlunda."})
    persons, partys = rows(cast, draft)
    shown = hanna.get(url(draft)).content.decode()
    assert url(draft, f"{partys.pk}/ta-bort/") in shown and url(draft, f"{persons.pk}/ta-bort/") not in shown
    assert hanna.post(url(draft, f"{persons.pk}/ta-bort/")).status_code == 409
    assert len(rows(cast, draft)) == 2
    assert hanna.post(url(draft, f"{partys.pk}/ta-bort/")).status_code == 302
    # Those who lead the case write what all agreed on.
    assert amira.post(url(draft, f"{persons.pk}/ta-bort/")).status_code == 302
    assert rows(cast, draft) == []
    assert amira.post(url(draft, f"{persons.pk}/ta-bort/")).status_code == 404


def test_of_a_topic_or_a_goal_that_is_not_shared_nothing_is_seen(cast, browse):
    case = build.case(cast)
    build.party(cast, case)
    with cast.acting("owner"):
        health = mask_of(["health"])
    build.consent(cast, case, exempted={cast.unit("party").pk: health})
    plan = build.drafted(cast, build.met(cast, build.reread(cast, case)), whole=False)
    with cast.acting("owner"):
        goal = plans.add_goal(plan=plan, text="Du tar din medicin.", topics=mask_of(["general"]), by=cast.owner)
    client = browse("amira.falun")
    client.post(url(plan), {"whose": "person", "view": "Inga sprutor.", "topics": ["health"]})
    client.post(url(plan), {"whose": "person", "goal": goal.pk, "view": "Inga tabletter.", "topics": ["general"]})
    hanna = browse("hanna.dalarna")
    shown = hanna.get(url(plan)).content.decode()
    assert "Inga tabletter." in shown and "Du tar din medicin." in shown and "Inga sprutor." not in shown
    hidden, _ = rows(cast, plan)
    assert hanna.post(url(plan, f"{hidden.pk}/ta-bort/")).status_code == 404
    # The goal turns out to be about health: what is said of it goes with it, on every page.
    with cast.acting("owner"):
        values = {"text": goal.text, "horizon": "short", "how_noticed": "", "topics": health}
        plans.change_goal(goal=goal, values=values, revision=goal.revision, by=cast.owner)
    for page in ("plan/oenighet/", "plan/skriv/", "plan/som-personen-ser-den/", "plan/"):
        answer = hanna.get(f"/arenden/{plan.case_id}/{page}")
        assert answer.status_code == 200, page
        assert "Inga tabletter." not in answer.content.decode() and "medicin" not in answer.content.decode(), page


def test_only_those_who_write_the_plan_get_in(cast, browse, draft):
    for who in ("mattias.falun", "maria.falun", "linda.kalmar", "helena.falun"):
        assert browse(who).get(url(draft)).status_code in (403, 404), who
        assert browse(who).post(url(draft), {"whose": "person", "view": "x"}).status_code in (403, 404), who
    assert browse("elsa.medborgare").get(url(draft)).status_code == 404
    assert rows(cast, draft) == []


def test_as_many_queries_for_three_as_for_twenty(cast, browse, draft):
    class At:
        client, base = browse("amira.falun"), url(draft)

        def get(self, page):
            return self.client.get(self.base + page)

    def write(number):
        with cast.acting("owner"):
            about = {"view": f"Syn {number}.", "topics": mask_of(["general"])}
            unit = {"whose": "unit", "unit_id": cast.unit("party").pk}
            disagreement.write(plan=draft, by=cast.owner, goal=draft.goals.first(), **unit, **about)

    for number in range(3):
        write(number)
    few = queries(At(), "")
    for number in range(3, 20):
        write(number)
    assert queries(At(), "") == few
    with pytest.raises(RuleBroken, match="högst 20"):
        write(21)
