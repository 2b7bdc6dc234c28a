"""The four parts of the law as one meter, on the editor, the case page and the approval (PLA-3)."""

import pytest

from cases.models import Case
from organisations.models import Topic
from plans import approval, rules, services
from plans.models import Plan
from tests import build
from tests.casework.walk import queries


def meter(cast, plan):
    with cast.acting("owner"):
        now = services.draft_of(Case.objects.get(pk=plan.case_id))
        now.case = Case.objects.with_names().get(pk=plan.case_id)
        return rules.meter(now, approval.missing(now, now.case))


def test_every_part_that_can_be_missing_has_its_place():
    """One list: what refuses an approval is what the screens show."""
    assert [part.slug for part in rules.PARTS if part.statutory] == [
        "measures",
        "authority",
        "others",
        "lead_authority",
    ]
    assert {part.slug for part in rules.PARTS} >= {"lead", "follow_up"}


def test_an_empty_draft_lacks_what_the_law_demands_and_a_whole_one_nothing(cast):
    draft = build.drafted(cast, whole=False)
    empty = meter(cast, draft)
    # With no measure there is nobody who answers for one: that part is not said to be ready.
    assert [part.slug for part in empty.parts if part.lacks] == ["measures", "authority", "others", "lead_authority"]
    assert (empty.done, empty.whole) == (0, False)
    whole = meter(cast, build.written(cast, draft))
    assert (whole.done, whole.whole) == (4, True)


def test_what_is_not_shared_is_neither_done_nor_missing(cast):
    draft = build.drafted(cast, whole=False)
    draft.seen_whole, draft.__dict__["rows"] = False, {}
    with cast.acting("owner"):
        found = {part.slug: part for part in rules.checklist(draft, [])}
    assert found["measures"].unseen and found["others"].unseen and not found["measures"].done


def test_not_everything_is_said_to_be_there_to_one_who_does_not_see_it(cast, browse):
    """The party cannot know; the owner can (PLA-4, SAM-3)."""
    draft = build.drafted(cast)
    with cast.acting("owner"):
        bit = Topic.objects.get(code="health").bit
    build.consent(cast, draft.case, units=("party",), exempted={cast.unit("party").pk: 1 << bit})
    address = f"/arenden/{draft.case_id}/plan/skriv/"
    assert "Allt som måste finnas är skrivet" in browse("amira.falun").get(address).content.decode()
    said = browse("hanna.dalarna").get(address).content.decode()
    assert "Allt som måste finnas är skrivet" not in said


@pytest.mark.parametrize("page", ["", "plan/skriv/", "plan/godkann/"])
def test_the_screens_name_what_is_missing_and_lead_there(cast, browse, page):
    draft = build.drafted(cast, whole=False)
    said = browse("amira.falun").get(f"/arenden/{draft.case_id}/{page}").content.decode()
    assert "Vad andra än kommunen och regionen gör" in said and "Saknas" in said
    assert "#andra" in said and "#ansvar" in said


def test_a_reader_sees_the_meter_without_ways_to_write(cast, browse):
    draft = build.drafted(cast, whole=False)
    said = browse("mattias.falun").get(f"/arenden/{draft.case_id}/").content.decode()
    assert "av 4</strong> delar som lagen kräver" in said and "plan/skriv/#andra" not in said


def test_the_case_page_asks_no_more_for_a_larger_plan(cast, browse):
    draft = build.drafted(cast)
    amira = browse("amira.falun")
    few = queries(amira, f"/arenden/{draft.case_id}/")
    with cast.acting("owner"):
        for number in range(15):
            goal = services.add_goal(plan=Plan.objects.get(pk=draft.pk), text=f"Mål {number}", by=cast.owner)
            services.add_measure(goal=goal, text="Vi ringer.", doer="self", by=cast.owner)
    assert len(queries(amira, f"/arenden/{draft.case_id}/")) == len(few)
