"""What happens if the person gets worse, in three levels, and old plans as they were (PLA-2)."""

from html import unescape

import pytest
from django.db import connections

from cases.models import Case
from organisations.phones import pieces
from plans import crisis, documents, levels, services
from plans.models import BlockKey, Plan, PlanBlock
from tests import build
from tests.cast import Cast

NEW = [key for level in (crisis.GREEN, crisis.RED) for key in level.keys]
TEXTS = {
    "crisis_green_signs": "Du sover och äter.",
    "crisis_red_signs": "Du ser saker som inte finns.",
    "crisis_red_call": "Psykiatrisk mottagning, 08-465 004 14, dygnet runt.\nVid fara 112.",
}


@pytest.fixture
def strip(cast):
    """A draft with something on each level."""
    draft = build.drafted(cast)
    with cast.acting("owner"):
        services.save_block(plan=draft, values=TEXTS, revision=draft.revision, by=cast.owner)
        return services.draft_of(draft.case)


def test_only_the_middle_level_is_shown_as_before():
    (level,) = crisis.strip({"crisis_signs": "Du blir yr.", "crisis_call": "Ring"} | dict.fromkeys(NEW, ""))
    assert level["plain"] and [row["label"] for row in level["rows"]] == ["Tecken att se upp med", "Ring först"]


def test_every_level_is_said_in_words_and_has_a_sign_of_its_own():
    found = crisis.strip(dict.fromkeys(BlockKey.values, "x"))
    assert [level["heading"].split(":")[0] for level in found] == ["Grönt", "Gult", "Rött"]
    assert len({level["icon"] for level in found}) == 3 and not any(level["plain"] for level in found)


def test_what_is_not_shared_is_said_once_for_a_level():
    words = dict.fromkeys(BlockKey.values, "") | {"crisis_signs": "Du blir yr."}
    for key in crisis.RED.keys:
        del words[key]
    del words["crisis_call"]
    yellow, red = crisis.strip(words, instead="Delas inte med er.")
    assert not yellow["hidden"] and [row["hidden"] for row in yellow["rows"]] == [False, True]
    assert red["hidden"]
    assert [level["key"] for level in crisis.strip(words)] == ["yellow"]


def test_numbers_in_a_text_can_be_pressed():
    found = pieces("Ring 08-465 004 14 eller 1177, inte rum 1121.")
    assert [(p.text, p.tel) for p in found if p.tel] == [("08-465 004 14", "+46846500414"), ("1177", "1177")]
    assert "".join(p.text for p in found) == "Ring 08-465 004 14 eller 1177, inte rum 1121."


def test_staff_write_each_level_by_itself_and_read_the_strip(cast, browse, strip):
    amira = browse("amira.falun")
    address = f"/arenden/{strip.case_id}/plan/skriv/akut/"
    assert "Ring direkt" in amira.get(address).content.decode()
    page = unescape(amira.get(f"/arenden/{strip.case_id}/plan/som-personen-ser-den/").content.decode())
    for said in (
        "Grönt: du mår bra",
        "Gult: tidiga tecken",
        "Rött: det är akut",
        'href="tel:+46846500414"',
        'href="tel:112"',
    ):
        assert said in page


def test_the_person_reads_the_levels_with_numbers_to_press(cast, strip):
    from citizen.pages import worse_of  # noqa: PLC0415

    with cast.acting("owner"):
        red = next(level for level in worse_of(services.draft_of(strip.case)) if level["key"] == "red")
    assert [number.number for number in red["numbers"]] == ["08-465 004 14"]


def test_an_old_plan_gets_the_new_texts_empty_and_keeps_its_own(own_database):
    """The migration's own statement, on a version from before the levels; it may run again."""
    cast = Cast()
    plan = build.planned(cast)
    admin = connections["admin"]
    with admin.cursor() as cursor:
        cursor.execute("alter table plans_planblock disable trigger plan_is_immutable")
        keys = [str(key) for key in NEW]
        cursor.execute("delete from plans_planblock where plan_id = %s and key = any(%s)", [plan.pk, keys])
        cursor.execute("update plans_planblock set topics = 4 where plan_id = %s and key = 'crisis_call'", [plan.pk])
        cursor.execute("alter table plans_planblock enable trigger plan_is_immutable")
    with cast.acting("owner"):
        before = services.with_content(Plan.objects.filter(pk=plan.pk)).get()
        assert set(before.hidden) == set(keys)
    for _ in range(2):
        with admin.cursor() as cursor:
            cursor.execute(levels.SQL)
    with cast.acting("owner"):
        after = services.with_content(Plan.objects.filter(pk=plan.pk)).get()
        after.case = Case.objects.with_names().get(pk=plan.case_id)
        assert after.hidden == [] and {after.words[key] for key in keys} == {""}
        assert after.words["crisis_signs"] == before.words["crisis_signs"]
        assert PlanBlock.objects.get(plan=after, key="crisis_red_call").topics == 4
        (level,) = documents.context(after)["crisis"]["levels"]
        assert level["plain"]
