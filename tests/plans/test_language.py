"""Language hints in the editor, while writing, and the score: advice that stops nobody and tells no name (PLA-1)."""

from html import unescape

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from cases import protection
from cases.models import Case
from plans import services
from plans.language import MOST_SHOWN
from plans.models import PlanBlock
from tests import build

LIVE = "/sprakkoll/"
TOLD = "Skriv till personen, inte om personen."


def url(name, plan, *args):
    return reverse(f"plans:{name}", args=[plan.case_id, *args])


def text_of(response) -> str:
    assert response.status_code == 200
    return unescape(response.content.decode())


def stored(cast, plan) -> str:
    with cast.acting("owner"):
        return PlanBlock.objects.get(plan=plan, key="situation").text


def logged(cast) -> int:
    with cast.acting("owner"):
        return AuditEvent.objects.count()


def save(client, plan, name, **values):
    page = client.get(url("block", plan, name))
    form = page.context["form"]
    hidden = {key: form[key].value() for key in ("revision", "seen")}
    return client.post(url("block", plan, name), hidden | values)


@pytest.fixture
def draft(cast):
    return build.drafted(cast)


@pytest.fixture
def amira(browse):
    return browse("amira.falun")


@pytest.fixture
def clock(amira):
    """After the login; moved by hand."""
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


def test_saved_text_gives_hints_at_its_block_and_is_saved_all_the_same(cast, amira, draft):
    assert save(amira, draft, "nulage", situation="Patienten behöver hjälp med ADL.").status_code == 302
    assert stored(cast, draft) == "Patienten behöver hjälp med ADL."
    page = text_of(amira.get(url("edit", draft)))
    block = page.split('id="nulage"')[1].split("</section>")[0]
    assert "2 språktips" in block and TOLD in block and "Du behöver hjälp med ADL." in block
    assert "det du gör varje dag" in block
    assert TOLD in text_of(amira.get(url("block", draft, "nulage")))


def test_the_persons_own_words_are_not_rewritten(amira, draft):
    said = "Mötet bokas utan mig."
    assert save(amira, draft, "viktigt", what_matters=said).status_code == 302
    assert "språktips" not in text_of(amira.get(url("edit", draft))).split('id="viktigt"')[1].split("</section>")[0]
    assert save(amira, draft, "nulage", situation=said).status_code == 302
    assert "språktips" in text_of(amira.get(url("edit", draft))).split('id="nulage"')[1].split("</section>")[0]


def test_goals_and_measures_have_hints_and_fields_say_who_and_when(cast, amira, draft):
    with cast.acting("owner"):
        plan = services.draft_of(Case.objects.get(pk=draft.case_id))
        goal = services.add_goal(plan=plan, text="Brukaren går själv.", by=cast.owner)
        services.add_measure(goal=goal, text="Uppföljning av vikt", doer="other", by=cast.owner)
    found = text_of(amira.get(url("edit", draft))).split(f'id="mal-{goal.pk}"')[1]
    assert TOLD in found and "Det står inte vem som gör det." in found and "Det står inte när." in found
    with cast.acting("owner"):
        measure = goal.measures.get()
        services.change_measure(
            measure=measure, revision=measure.revision, by=cast.owner,
            values={"text": measure.text, "doer": "other", "unit_id": None, "doer_name": "Lena", "starts_on": None,
                    "ends_on": None, "ongoing": True, "frequency": "", "place": "", "topics": measure.topics},
        )  # fmt: skip
    found = text_of(amira.get(url("edit", draft))).split(f'id="mal-{goal.pk}"')[1]
    assert "Det står inte" not in found


def test_what_is_typed_and_refused_is_looked_at_too(amira, draft):
    page = amira.post(url("block", draft, "nulage"), {"situation": "Patienten " + "vill " * 1000})
    assert page.context["form"].errors and TOLD in text_of(page)


def test_the_score_stands_in_the_editor_and_on_the_plans_page_for_writers(browse, amira, draft):
    for address in (url("edit", draft), url("plan", draft)):
        assert "av meningarna är utan språktips" in text_of(amira.get(address))
    assert "språktips" not in text_of(browse("mattias.falun").get(url("plan", draft)))
    assert "språktips" not in text_of(amira.get(url("preview", draft)))


def test_the_own_name_is_hinted_at_but_never_of_a_protected_person(cast, amira, draft):
    with cast.acting("owner"):
        case = Case.objects.get(pk=draft.case_id)
    assert save(amira, draft, "nulage", situation=f"{case.given_name} bor ensam.").status_code == 302
    assert TOLD in text_of(amira.get(url("edit", draft)))
    with cast.acting("owner"):
        protection.change(case=Case.objects.get(pk=draft.case_id), protection="marked", reason="Beslut", by=cast.owner)
    assert TOLD not in text_of(amira.get(url("edit", draft)))
    live = amira.post(LIVE, {"field": "situation", "situation": f"{case.given_name} bor ensam."})
    assert TOLD not in text_of(live)


def test_while_writing_nothing_is_logged_and_nothing_stored(cast, amira, draft):
    amira.get(url("block", draft, "nulage"))
    before = logged(cast), stored(cast, draft)
    assert before[0] > 0
    page = amira.post(LIVE, {"field": "situation", "situation": "Patienten trivs."})
    assert TOLD in text_of(page) and "<html" not in text_of(page)
    assert (logged(cast), stored(cast, draft)) == before
    assert text_of(amira.post(LIVE, {"field": "situation", "situation": "Du trivs."})).strip() == ""


@pytest.mark.parametrize("data", [{}, {"field": "csrfmiddlewaretoken"}, {"field": "topics"}])
def test_an_unknown_field_is_refused(amira, data):
    assert amira.post(LIVE, data).status_code == 400


@pytest.mark.parametrize("text", ["\0" * 9000, "ADL " * 250_000, "e\u0301" * 9000])
def test_hostile_text_is_answered(amira, text):
    page = text_of(amira.post(LIVE, {"field": "text", "text": text}))
    assert page.count("<li>") <= MOST_SHOWN


def test_what_was_typed_is_shown_as_text(amira):
    answer = amira.post(LIVE, {"field": "text", "text": "<script>han</script> ADL<b> bokas"})
    assert b"<script" not in answer.content and b"<b>" not in answer.content and b"ADL" in answer.content


def test_what_is_typed_does_not_wait_when_the_session_has_ended(amira, clock):
    clock.shift(21 * 60)
    assert amira.post(LIVE, {"field": "situation", "situation": "Patienten trivs inte alls hemma."}).status_code == 403
    assert "held_form" not in amira.session


def test_only_writers_have_the_check(browse, amira):
    assert amira.get(LIVE).status_code == 405
    assert browse("mattias.falun").post(LIVE, {"field": "text"}).status_code == 403
