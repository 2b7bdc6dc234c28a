"""Versions side by side (PLA-5)."""

from html import unescape

import pytest
from django.urls import reverse

from cases.models import Case
from plans import approval, services, versions
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
