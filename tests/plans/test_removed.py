"""Taking back what was taken out of a draft: with its children and topics, once, and by those who may (PLA-4)."""

from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from organisations.errors import Conflict, RuleBroken
from plans import disagreement, own_parts, removed, restoring, services
from plans.models import Disagreement, Goal, Measure, MeasureState, PlanStep
from tests import build


def url(name, plan, *args):
    return reverse(f"plans:{name}", args=[plan.case_id, *args])


def text_of(response) -> str:
    return unescape(response.content.decode())


@pytest.fixture
def draft(cast):
    return build.drafted(cast)


def goal_of(draft) -> Goal:
    return Goal.objects.select_related("plan").get(plan=draft)


def own_measure(cast, draft, who="owner") -> Measure:
    found = Measure.objects.select_related("goal__plan", "unit")
    return found.get(goal__plan=draft, unit_id=cast.unit(who).pk)


def stands(draft) -> tuple:
    """All that a reader can tell of the draft's goals and measures."""
    goals = Goal.objects.filter(plan=draft).order_by("position").values_list("pk", *services.GOAL_TEXTS, "position")
    measures = Measure.objects.filter(goal__plan=draft).order_by("goal__position", "position", "pk")
    differ = Disagreement.objects.filter(plan=draft).order_by("pk").values_list("pk", "view", "goal_id", "topics")
    return list(goals), list(measures.values_list("pk", *services.MEASURE_TEXTS, "position")), list(differ)


def last_step(draft) -> PlanStep:
    return removed.heads(removed.of_plan(draft))[0]


def put_back(cast, draft, step, who="owner") -> None:
    with cast.acting(who):
        restoring.put_back(plan=services.draft_of(draft.case), step=step, by=cast.actor(who))


def test_a_goal_comes_back_with_all_that_hung_on_it(cast, browse, draft):
    amira = browse("amira.falun")
    with cast.acting("owner"):
        goal = goal_of(draft)
        about = {"whose": "person", "view": "Jag vill vara ute mer.", "topics": 1, "goal": goal}
        disagreement.write(plan=draft, by=cast.owner, **about)
        services.add_measure(goal=goal, text="Du vilar.", doer="self", topics=6, place="Hemma", by=cast.owner)
        before = stands(draft)
    page = amira.get(url("delete_goal", draft, goal.pk))
    assert "Du vilar." in text_of(page) and "Jag vill vara ute mer." in text_of(page)
    assert (
        amira.post(url("delete_goal", draft, goal.pk), {"seen": page.context["form"]["seen"].value()}).status_code
        == 302
    )
    page = amira.get(url("edit", draft))
    assert f"Du tog bort ”{goal.text}”." in text_of(page)
    assert goal.text not in text_of(browse("hanna.dalarna").get(url("edit", draft)))
    step = page.context["taken_away"]
    assert amira.post(url("put_back", draft, step.pk)).status_code == 302
    with cast.acting("owner"):
        assert stands(draft) == before
        states = {m.unit_id: m.state for m in Measure.objects.filter(goal=goal, doer="unit")}
        assert Goal.objects.get(pk=goal.pk).revision == goal.revision + 1
    # One's own yes stands; what another unit had agreed to is asked anew.
    yes, asked = MeasureState.CONFIRMED, MeasureState.PROPOSED
    assert states == {cast.owner.unit_id: yes, cast.party.unit_id: asked}
    # Once is enough.
    assert amira.post(url("put_back", draft, step.pk)).status_code == 409
    assert "Du tog bort" not in text_of(amira.get(url("edit", draft)))


def test_a_measure_comes_back_from_the_list_of_changes_also_by_another(cast, browse, draft):
    johan = browse("johan.falun")
    with cast.acting("owner"):
        measure = own_measure(cast, draft)
        before = stands(draft)
        removed.delete_measure(measure=measure, by=cast.owner)
    assert "Du tog bort" not in text_of(johan.get(url("edit", draft)))
    page = johan.get(url("changes", draft))
    assert "Borttagen insats" in text_of(page) and measure.text in text_of(page)
    step = next(row["step"] for row in page.context["changes"] if row["step"].removed)
    assert johan.post(url("put_back", draft, step.pk)).status_code == 302
    with cast.acting("owner"):
        assert stands(draft) == before
    assert "Borttagen insats" not in text_of(johan.get(url("changes", draft)))


def test_a_measure_does_not_come_back_before_its_goal(cast, draft):
    with cast.acting("owner"):
        removed.delete_measure(measure=own_measure(cast, draft), by=cast.owner)
        step = last_step(draft)
        removed.delete_goal(goal=goal_of(draft), by=cast.owner)
        whole = last_step(draft)
    with pytest.raises(RuleBroken, match="Ta tillbaka målet först"):
        put_back(cast, draft, step)
    put_back(cast, draft, whole)
    put_back(cast, draft, step)
    with cast.acting("owner"):
        assert Measure.objects.filter(goal__plan=draft).count() == 3


def test_what_was_changed_and_removed_again_comes_back_as_it_was_last(cast, draft):
    with cast.acting("owner"):
        removed.delete_goal(goal=goal_of(draft), by=cast.owner)
        old = last_step(draft)
    put_back(cast, draft, old)
    with cast.acting("owner"):
        goal = goal_of(draft)
        values = {"text": "Nytt", "horizon": "long", "how_noticed": ""}
        services.change_goal(goal=goal, values=values, revision=goal.revision, by=cast.owner)
        removed.delete_goal(goal=goal_of(draft), by=cast.owner)
        new = last_step(draft)
        assert [step.pk for step in removed.still_gone(list(removed.of_plan(draft))) if step.removed == "goal"] == [
            new.pk
        ]
    with pytest.raises(Conflict, match="tagits bort igen"):
        put_back(cast, draft, old)
    put_back(cast, draft, new)
    with cast.acting("owner"):
        assert goal_of(draft).text == "Nytt"


def test_a_goal_whose_place_is_taken_comes_last(cast, draft):
    with cast.acting("owner"):
        goal = goal_of(draft)
        removed.delete_goal(goal=goal, by=cast.owner)
        services.add_goal(plan=draft, text="Ett annat", by=cast.owner)
        step = last_step(draft)
    put_back(cast, draft, step)
    with cast.acting("owner"):
        assert list(Goal.objects.filter(plan=draft).order_by("position").values_list("text", flat=True))[1] == goal.text


def test_nothing_is_removed_that_has_changed_since_it_was_read(cast, browse, draft):
    amira = browse("amira.falun")
    with cast.acting("owner"):
        goal, measure = goal_of(draft), own_measure(cast, draft, "party")
    addresses = [url("delete_goal", draft, goal.pk), url("delete_measure", draft, measure.pk)]
    seen = [amira.get(address).context["form"]["seen"].value() for address in addresses]
    with cast.acting("party"):
        said = {name: getattr(measure, name) for name in services.MEASURE_TEXTS} | {
            "text": "Vi kommer också på helger."
        }
        services.change_measure(measure=measure, values=said, revision=measure.revision, by=cast.party)
    for address, mark in zip(addresses, seen, strict=True):
        page = amira.post(address, {"seen": mark})
        assert page.status_code == 409 and "Läs igen innan du tar bort" in text_of(page)
    with cast.acting("owner"):
        removed.delete_goal(goal=goal, by=cast.owner)
        with pytest.raises(Conflict, match="redan borttagen"):
            removed.delete_goal(goal=goal, by=cast.owner)


def test_a_party_puts_back_its_own_and_not_anothers(cast, draft):
    with cast.acting("owner"):
        removed.delete_measure(measure=own_measure(cast, draft), by=cast.owner)
        step = last_step(draft)
    with pytest.raises(RuleBroken, match="kan skriva den insatsen"):
        put_back(cast, draft, step, "party")
    with cast.acting("party"):
        removed.delete_measure(measure=own_measure(cast, draft, "party"), by=cast.party)
        step = last_step(draft)
    put_back(cast, draft, step, "party")
    with cast.acting("owner"):
        assert own_measure(cast, draft, "party").state == MeasureState.CONFIRMED


def test_a_party_takes_no_goal_away_with_what_another_sees_differently_in_it(cast, draft):
    with cast.acting("owner"):
        goal = services.add_goal(plan=draft, text="Du går ut.", by=cast.owner)
        disagreement.write(plan=draft, goal=goal, whose="person", view="Jag vill inte.", topics=-1, by=cast.owner)
    with cast.acting("party"), pytest.raises(RuleBroken, match="ser det på ett annat sätt"):
        removed.delete_goal(goal=goal, by=cast.party)


def test_an_approved_plan_keeps_nothing_of_what_was_removed(cast, draft):
    with cast.acting("owner"):
        removed.delete_measure(measure=Measure.objects.select_related("goal__plan").get(doer="self"), by=cast.owner)
        step = last_step(draft)
        now = services.draft_of(draft.case)
        build.approval.approve(plan=now, agreed_how="Ja", revision=now.revision, by=cast.owner)
        assert not PlanStep.objects.filter(plan=draft).exists()
        with pytest.raises(RuleBroken):
            restoring.put_back(plan=now, step=step, by=cast.owner)


def test_what_goes_on_from_the_version_before_comes_back_with_its_yes(cast):
    plan = build.planned(cast)
    build.followed_up(cast, plan, outcome="revise")
    with cast.acting("owner"):
        draft = services.draft_of(plan.case) or services.start_draft(case=plan.case, by=cast.owner)
        removed.delete_goal(goal=goal_of(draft), by=cast.owner)
        step = last_step(draft)
    put_back(cast, draft, step)
    with cast.acting("owner"):
        assert own_measure(cast, draft, "party").state == MeasureState.CONFIRMED
        assert not own_parts.waiting_for(cast.party.unit_id, draft).exists()


def test_the_lists_cost_the_same_however_much_was_removed(cast, browse, draft):
    amira, counts = browse("amira.falun"), {"edit": [], "changes": []}
    for many in (3, 27):
        with cast.acting("owner"):
            goal = goal_of(draft)
            for number in range(many):
                extra = services.add_measure(goal=goal, text=f"Nr {number}", doer="self", by=cast.owner)
                removed.delete_measure(measure=extra, by=cast.owner)
        for name, found in counts.items():
            with CaptureQueriesContext(connection) as queries:
                amira.get(url(name, draft))
            found.append(len(queries))
    assert all(first == second for first, second in counts.values()), counts
