"""”Det här är nytt sedan förra planen”, in plain words (PLA-5)."""

from datetime import timedelta

import pytest

from cases.models import Case
from citizen import news
from plans import approval, followups, services
from plans.models import Measure
from tests import build


@pytest.fixture
def second(cast):
    """Two versions: a goal is changed, one is new, a measure is done and another has another day."""
    first = build.planned(cast)
    with cast.acting("owner"):
        case = Case.objects.with_names().get(pk=first.case_id)
        done, ongoing, _ = Measure.objects.filter(goal__plan=first).order_by("position")
        followups.report(measure=done, status="done", by=cast.owner)
        draft = services.start_draft(case=case, by=cast.owner)
        goal = draft.goals.get()
        services.change_goal(
            goal=goal, revision=1, by=cast.owner,
            values={"text": "Du rör dig ute utan att ramla.", "horizon": "short", "how_noticed": ""},
        )  # fmt: skip
        carried = Measure.objects.get(goal=goal, carried_from=ongoing)
        values = {name: getattr(carried, name) for name in services.MEASURE_TEXTS} | {"frequency": "Fredagar"}
        services.change_measure(measure=carried, values=values, revision=1, by=cast.owner)
        services.add_goal(plan=draft, text="Du sover hela natten.", by=cast.owner)
    build.confirmed(cast, draft)
    with cast.acting("owner"):
        draft = services.draft_of(case)
        values = {"follow_up_on": build.today() + timedelta(days=90), "strengths": "Du är envis.", "copies_to": ""}
        services.save_block(plan=draft, values=values, revision=draft.revision, by=cast.owner)
        draft = services.draft_of(case)
        return approval.approve(plan=draft, agreed_how="Du sa ja.", revision=draft.revision, by=cast.owner)


def since(cast, plan):
    with cast.acting("owner"):
        before, now = (services.with_content(plan.case.plans.filter(version=number)).get() for number in (1, 2))
        return [(item.word, item.text) for item in news.since(before, now)]


def test_what_is_new_is_told_in_plain_words(cast, second):
    said = since(cast, second)
    assert ("Ändrat", "Ett mål. Nu står det: Du rör dig ute utan att ramla.") in said
    assert ("Nytt", "Ett mål: Du sover hela natten.") in said
    assert ("Klart", "Vi tränar balans hemma hos dig.") in said
    assert any(word == "Ändrat" and "Fredagar" in text and "läkemedel" in text for word, text in said)
    assert ("Nytt", "Det som fungerar bra: Du är envis.") in said
    assert any("Nästa uppföljning är" in text for _, text in said)
    assert not any("tre övningar" in text for _, text in said)


def test_the_first_plan_has_no_news(cast):
    plan = build.planned(cast)
    with cast.acting("owner"):
        now = services.with_content(plan.case.plans.filter(version=1)).get()
        assert news.since(now, now) == []
