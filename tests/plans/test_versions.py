"""Versions side by side (PLA-5)."""

from html import unescape

import pytest
from django.urls import reverse

from cases.models import Case
from organisations.models import Topic
from plans import approval, matching, services, versions
from plans.models import Measure
from tests import build


@pytest.fixture
def second(cast):
    """A case with two approved versions; the second has another goal text and a measure more."""
    first = build.planned(cast)
    with cast.acting("owner"):
        draft = services.start_draft(case=Case.objects.with_names().get(pk=first.case_id), by=cast.owner)
        goal = draft.goals.get()
        services.change_goal(
            goal=goal, revision=1, by=cast.owner,
            values={"text": "Du rör dig ute utan att ramla.", "horizon": "long", "how_noticed": ""},
        )  # fmt: skip
        services.add_measure(goal=goal, text="Din dotter kör dig hem.", doer="relative", by=cast.owner)
        values = {"follow_up_on": build.today() + build.timedelta(days=90), "person_opinion": "<b>Bra</b>"}
        draft = services.draft_of(draft.case)
        services.save_block(plan=draft, values=values, revision=draft.revision, by=cast.owner)
        draft = services.draft_of(draft.case)
        return approval.approve(plan=draft, agreed_how="Du sa ja.", revision=draft.revision, by=cast.owner)


def url(name, plan, *args):
    return reverse(f"plans:{name}", args=[plan.case_id, *args])


def test_versions_are_listed_and_read(browse, second):
    amira = browse("mattias.falun")
    page = unescape(amira.get(url("versions", second)).content.decode())
    assert "Version 2, gäller sedan" in page and "Version 1, godkänd" in page and "ersatt" in page
    assert "Du rör dig hemma" in amira.get(url("version", second, 1)).content.decode()
    assert "Du rör dig ute" in amira.get(url("version", second, 2)).content.decode()
    assert amira.get(url("version", second, 3)).status_code == 404


def test_two_versions_side_by_side_mark_what_changed(browse, second):
    page = unescape(browse("amira.falun").get(url("compare", second, 1, 2)).content.decode())
    assert '<del><span class="vh">Borttaget: </span>hemma' in page
    assert '<ins><span class="vh">Nytt: </span>ute' in page
    assert "Din dotter kör dig hem." in page
    assert "&lt;b&gt;Bra" in browse("amira.falun").get(url("compare", second, 1, 2)).content.decode()


def test_a_changed_goal_is_one_changed_goal_with_its_measures(cast, second):
    """PLA-5: by what the measures come from; what is new, gone and changed is said in a word for each."""
    with cast.acting("owner"):
        one, two = versions.one(second.case, 1), versions.one(second.case, 2)
        one.case = two.case = second.case
        goal = next(section for section in versions.compare(one, two) if section.heading == "Mål 1")
    said = [(row.name, row.word[0]) for row in goal.rows]
    assert said[:3] == [("Mål", "Ändrat"), ("Sikt", "Ändrat"), ("Så märker du det", "Borttaget")]
    assert said.count(("Insats", "Lika")) == 3 and said[-1] == ("Insats", "Tillagt")


class Thing:
    def __init__(self, pk, text="", carried_from_id=None, measures=()):
        self.pk, self.text, self.carried_from_id, self.measures = pk, text, carried_from_id, measures


def test_measures_are_followed_through_the_versions_between():
    carried = {1: None, 2: 1, 3: 2, 4: None, 5: 99}
    assert matching.origins(carried) == {1: 1, 2: 1, 3: 1, 4: 4, 5: 99}
    assert matching.origins({1: 2, 2: 1}) is not None  # a ring would not hang


def test_goals_are_paired_by_measures_then_words_then_likeness():
    older = [
        Thing(1, "Du går ut.", measures=[Thing(11)]),
        Thing(2, "Du sover gott."),
        Thing(3, "Du lagar mat själv hemma."),
    ]
    newer = [
        Thing(4, "Du lagar mat själv hemma varje dag."), Thing(5, "Helt andra ord.", measures=[Thing(15, "", 11)]),
        Thing(6, "Du sover gott."), Thing(7, "Något nytt."),
    ]  # fmt: skip
    origin = matching.origins({11: None, 15: 11})
    pairs = matching.goal_pairs(older, newer, lambda goal: goal.measures, origin)
    assert [(old and old.pk, new and new.pk) for old, new in pairs] == [(3, 4), (1, 5), (2, 6), (None, 7)]
    gone = matching.goal_pairs(older, [], lambda goal: goal.measures, origin)
    assert [(old.pk, new) for old, new in gone] == [(1, None), (2, None), (3, None)]


def test_what_is_not_shared_is_not_told_by_the_comparison(cast, browse, second):
    """SAM-3: a text that is kept from the reader is the same on both sides."""
    with cast.acting("owner"):
        bit = Topic.objects.get(code="health").bit
    build.consent(cast, second.case, units=("party",), exempted={cast.unit("party").pk: 1 << bit})
    page = unescape(browse("hanna.dalarna").get(url("compare", second, 1, 2)).content.decode())
    assert "Delas inte med er" in page
    assert "Din dotter kör dig hem" not in page and "rör dig ute" not in page


def test_two_versions_are_chosen_in_a_form(browse, second):
    amira = browse("amira.falun")
    chosen = amira.get(url("versions", second), {"older": "2", "newer": "1"})
    assert chosen["Location"] == url("compare", second, 1, 2)
    assert "Välj två olika versioner" in unescape(
        amira.get(url("versions", second), {"older": "2", "newer": "2"}).content.decode()
    )


def test_unlike_lines_are_marked_whole_and_like_words_one_by_one():
    row = versions.words("Vi tränar balans hemma hos dig.", "Vi tränar balans ute hos dig.")
    assert [p.text.strip() for p in row.left if p.mark == "gone"] == ["hemma"]
    assert [p.text.strip() for p in row.right if p.mark == "new"] == ["ute"]
    row = versions.words("Helt annat", "Ingenting lika alls här")
    assert row.left[0].mark == "gone" and row.right[0].mark == "new"
    long = versions.words("a " * 3000, "b " * 3000)
    assert len(long.left) == len(long.right) == 1


def test_what_is_carried_forward_knows_where_it_came_from(cast, second):
    with cast.acting("owner"):
        carried = Measure.objects.filter(goal__plan=second, carried_from__isnull=False)
        assert carried.count() == 3
