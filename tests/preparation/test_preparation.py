"""The preparation with the person: own words, the question, who comes; shared with the parties by topic (KAL-10)."""

import re
import threading

import pytest
from django.db import connection

from audit.models import AuditEvent
from cases.enums import Reason
from cases.models import Case
from cases.topics import ALL, mask_of
from consent.models import ReceivedVersion
from organisations.errors import RuleBroken
from plans.models import BlockKey
from preparation import selectors, services
from preparation.models import GuestWish, PreparationText
from tests import build
from tests.cast import Cast
from tests.preparation import prepared

WORDS = "Att få somna i min egen säng."
QUESTION = "Hur kan du bo kvar hemma när du har kommit hem?"


def text(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def at(case, rest="") -> str:
    return f"/arenden/{case.pk}/forberedelse/{rest}"


def test_staff_write_with_the_person_and_all_parties_read_it(cast, browse):
    case = build.consented(cast)
    client = browse("amira.falun")
    page = at(case, "skriv/viktigt/")
    assert "Vad är viktigt för dig?" in text(client.get(page))
    answer = client.post(page, {"what_matters": WORDS, "seen_what_matters": "0"})
    assert (answer.status_code, answer["Location"]) == (302, f"{at(case)}#viktigt")
    client.post(at(case, "skriv/fraga/"), {"question": QUESTION, "seen_question": "0"})
    for who in ("amira.falun", "hanna.dalarna"):
        shown = text(browse(who).get(at(case)))
        assert WORDS in shown and QUESTION in shown
        assert Reason.COORDINATION.label in shown
    assert QUESTION in text(browse("hanna.dalarna").get(f"/arenden/{case.pk}/"))
    with cast.acting("owner"):
        assert AuditEvent.objects.filter(event="preparation.written", case_id=case.pk).count() == 2


@pytest.mark.parametrize(("who", "code"), [
    ("hanna.dalarna", 403), ("mattias.falun", 403), ("maria.falun", 404), ("linda.kalmar", 404),
])  # fmt: skip
def test_nobody_else_writes(cast, browse, who, code):
    case = build.consented(cast)
    assert browse(who).post(at(case, "skriv/viktigt/"), {"what_matters": "x"}).status_code == code
    with cast.acting("owner"):
        assert not PreparationText.objects.filter(case=case).exists()


def test_the_same_form_twice_is_saved_once_and_huge_texts_are_refused_at_the_field(cast, browse):
    case = build.consented(cast)
    client, page = browse("amira.falun"), at(case, "skriv/viktigt/")
    for _ in range(2):
        assert client.post(page, {"what_matters": WORDS, "seen_what_matters": "0"}).status_code == 302
    with cast.acting("owner"):
        assert PreparationText.objects.get(case=case).revision == 1
    answer = client.post(page, {"what_matters": "x" * 4001, "seen_what_matters": "1"})
    assert answer.status_code == 200
    assert "Skriv högst" in text(answer)
    assert client.get(at(case, "skriv/hemligt/")).status_code == 404


def test_who_saves_on_top_of_somebody_elses_words_sees_both(cast, browse):
    case = build.consented(cast)
    prepared.said(cast, case, what_matters="Min hund.", who="colleague")
    answer = browse("amira.falun").post(
        at(case, "skriv/viktigt/"), {"what_matters": "Min katt.", "seen_what_matters": "0"}
    )
    shown = text(answer)
    assert answer.status_code == 200
    assert "Min hund." in shown and "Min katt." in shown
    with cast.acting("owner"):
        assert PreparationText.objects.get(case=case).text == "Min hund."
    # What was seen is what the next save stands on.
    assert 'name="seen_what_matters" value="1"' in answer.content.decode()
    both = {"what_matters": "Min hund och min katt.", "seen_what_matters": "1"}
    assert browse("amira.falun").post(at(case, "skriv/viktigt/"), both).status_code == 302


def test_each_text_that_was_overtaken_is_shown_before_the_next_save_takes_its_place(cast, browse):
    case, client = build.consented(cast), browse("amira.falun")
    page = at(case, "skriv/anpassningar/")
    with cast.acting("owner"):
        narrow = mask_of(["health"])
    prepared.said(cast, case, who="colleague", topics=narrow, age="Paus", place="Hemma")
    typed = {"age": "Kort möte", "place": "Hos oss", "language": "Bilder"}
    shown = text(client.post(page, typed | {f"seen_{key}": "0" for key in typed}))
    for words in ("Paus", "Hemma", "Kort möte", "Hos oss", "Bilder", "Ämnena är också ändrade"):
        assert words in shown
    assert client.post(page, typed | {"seen_age": "1", "seen_place": "1", "seen_language": "0"}).status_code == 302


def test_a_party_does_not_read_what_is_about_an_exempted_topic(cast, browse):
    case = build.case(cast)
    build.party(cast, case)
    with cast.acting("owner"):
        hidden = mask_of(["health"])
    build.consent(cast, case, exempted={cast.unit("party").pk: hidden})
    case = build.reread(cast, case)
    prepared.said(cast, case, topics=hidden, question="Psykiatrin?", what_matters="Medicinen.")
    prepared.wish(cast, case, wanted=True, name="Psykologen", topics=hidden)
    page = text(browse("hanna.dalarna").get(at(case)))
    for secret in ("Psykiatrin?", "Medicinen.", "Psykologen"):
        assert secret not in page
    assert "Delas inte med er" in page
    assert "Psykiatrin?" not in text(browse("hanna.dalarna").get(f"/arenden/{case.pk}/"))
    build.send_copy(cast, case)
    with cast.acting("party"):
        copy = str(ReceivedVersion.objects.filter(case_id=case.pk).latest("pk").content)
    assert "Psykiatrin?" not in copy and "Psykologen" not in copy


def test_a_copy_holds_what_the_unit_read(cast):
    case = build.consented(cast)
    prepared.said(cast, case, question=QUESTION)
    prepared.wish(cast, case, wanted=False, name="Min bror")
    build.send_copy(cast, case)
    with cast.acting("party"):
        copy = str(ReceivedVersion.objects.filter(case_id=case.pk).latest("pk").content)
    assert QUESTION in copy
    assert "Min bror" not in copy


def test_only_those_who_call_read_who_shall_not_come(cast, browse):
    case = build.consented(cast)
    client = browse("amira.falun")
    client.post(at(case, "vilka/"), {"wanted": "no", "unit": cast.unit("party").pk, "name": ""})
    client.post(at(case, "vilka/"), {"wanted": "yes", "unit": "", "name": "Min syster Provanna"})
    own, theirs = text(client.get(at(case))), text(browse("hanna.dalarna").get(at(case)))
    assert "Ska inte komma" in own and "Min syster Provanna" in own
    assert "Min syster Provanna" in theirs
    assert "Ska inte komma" not in theirs
    with cast.acting("party"):
        assert not GuestWish.objects.filter(wanted=False).exists()


def test_a_kallelse_to_somebody_unwanted_warns_and_goes_out(cast, browse):
    case = build.consented(cast)
    prepared.wish(cast, case, unit="party")
    client = browse("amira.falun")
    page = f"/arenden/{case.pk}/moten/kalla/"
    assert "Personen vill inte att de här kommer" in text(client.get(page))
    staff = cast.staff("owner").pk
    answer = client.post(page, {
        "day": f"{build.today().year + 1}-03-03", "starts": "9.00", "ends": "10.00", "form": "physical", "place": "Här",
        "agenda": "Planen", "units": [cast.unit("party").pk], "chair": staff, "writer": staff,
    }, follow=True)  # fmt: skip
    shown = text(answer)
    assert "Kallelsen är skickad." in shown
    assert f"Personen har sagt att {cast.unit('party').name} inte ska komma" in shown


@pytest.mark.parametrize(("wish", "called", "warned"), [
    ("vårdcentralen", "Vårdcentralen Norslund", True),
    ("Bo", "Vårdcentralen Borlänge", False),
    ("hemtjänst", "Provskolan", False),
])  # fmt: skip
def test_a_name_or_a_role_is_recognised(cast, wish, called, warned):
    case = build.consented(cast)
    prepared.wish(cast, case, name=wish)
    with cast.acting("owner"):
        assert bool(selectors.unwanted(case, names=[called])) == warned


def test_a_wish_is_noted_once_and_can_be_taken_back(cast, browse):
    case = build.consented(cast)
    row = prepared.wish(cast, case, name="Min bror")
    with pytest.raises(RuleBroken, match="inte ska komma"):
        prepared.wish(cast, case, wanted=True, name="min BROR")
    with pytest.raises(RuleBroken, match="Välj en enhet"):
        prepared.wish(cast, case, wanted=True)
    client = browse("amira.falun")
    assert client.post(at(case, f"vilka/{row.pk}/ta-bort/")).status_code == 302
    assert client.post(at(case, f"vilka/{row.pk}/ta-bort/")).status_code == 409
    prepared.wish(cast, case, wanted=True, name="Min bror")


def test_the_plan_begins_with_what_the_person_said(cast):
    case = build.consented(cast)
    with cast.acting("owner"):
        about = mask_of(["housing"])
    prepared.said(cast, case, topics=about, what_matters=WORDS, strengths="Du lagar maten själv.")
    prepared.held(cast, case, notes="Kommunen betalar.", outcome="Vi delar.")
    draft = build.drafted(cast, build.met(cast, case), whole=False)
    with cast.acting("owner"):
        rows = {row.key: row for row in draft.blocks.all()}
    assert (rows[BlockKey.WHAT_MATTERS].text, rows[BlockKey.WHAT_MATTERS].topics) == (WORDS, about)
    assert rows[BlockKey.STRENGTHS].text == "Du lagar maten själv."
    assert rows[BlockKey.SITUATION].text == ""


def test_after_the_case_has_ended_it_is_read_and_not_written(cast, browse):
    case = build.consented(cast)
    prepared.said(cast, case, what_matters=WORDS)
    with cast.acting("owner"):
        build.cases.close(case=Case.objects.get(pk=case.pk), reason="not_needed", note="", by=cast.owner)
    client = browse("amira.falun")
    assert WORDS in text(client.get(at(case)))
    assert client.post(at(case, "skriv/viktigt/"), {"what_matters": "Nytt"}).status_code == 403
    with cast.acting("owner"), pytest.raises(Exception, match="row-level security|preparation"):
        services.write(case=Case.objects.get(pk=case.pk), texts={"strengths": "x"}, topics=-1, seen={}, by=cast.owner)


def test_two_who_write_the_first_words_at_once(own_database):
    """Each in a connection of its own: one is saved, and the other is shown what stands there."""
    cast, gate, told = Cast(), threading.Barrier(2), []
    case = build.consented(cast)

    def go(who):
        try:
            with cast.acting(who):
                found = prepared.again(case)
                gate.wait(timeout=10)
                said = {"texts": {"question": who}, "topics": ALL, "seen": {}}
                services.write(case=found, by=cast.actor(who), **said)
            told.append("saved")
        except services.Overtaken:
            told.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=[who]) for who in ("owner", "colleague")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(told) == ["saved", "told"]
