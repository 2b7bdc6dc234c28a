"""A kallelse to a kommun's reception, handed on: caller, reception and receiver in browsers (KAL-4)."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.e2e.test_journey import path_of

pytestmark = [pytest.mark.timeout(900), pytest.mark.xdist_group("e2e")]
NUMBER = "19471029-2345"
RECEPTION, HOME_CARE = "Mottagning för kallelser, Falu kommun", "Hemtjänsten Falun Norra"


def start(hanna) -> str:
    hanna.follow("Starta ny SIP")
    hanna.fill(number=NUMBER)
    hanna.press("Fortsätt")
    hanna.pick(compulsory="no", has_plan="no", asked_by="staff", protection="none", reasons="coordination")
    hanna.fill(given_name="Astrid", family_name="Testholm", need_found_on="i går")
    hanna.press("Starta SIP")
    case = path_of(hanna)
    hanna.open(f"{case}aktorer/ny/")
    hanna.page.get_by_role("radio", name=re.compile(RECEPTION)).first.check()
    hanna.press("Lägg till enheten")
    return case


def say_yes(hanna, case: str) -> None:
    """All units that the page names, as Astrid said."""
    hanna.open(f"{case}samtycke/nytt/")
    hanna.pick(share_answer="yes", planning_answer="yes", form="written")
    hanna.fill(given_on="i dag")
    for box in hanna.page.locator("input[name='units']").all():
        box.check()
    hanna.press("Spara svaret")
    hanna.says("Samtycket är sparat")


def call(hanna, case: str) -> None:
    hanna.open(f"{case}moten/kalla/")
    hanna.says("Till mottagningen")
    hanna.look("kalla-mottagning")
    hanna.fill(day=(timezone.localdate() + timedelta(days=12)).isoformat(), starts="10.00", ends="11.00")
    hanna.pick(form="physical")
    hanna.fill(place="Provgatan 4 B", agenda="Hur får du hjälp hemma?", area="Okänd by")
    for box in hanna.page.locator("input[name='units']").all():
        box.check()
    hanna.press("Skicka kallelsen")
    hanna.says("Kallelsen är skickad", RECEPTION)


def hand_on(bo, case: str) -> None:
    """Wrong receiver: the reception chooses the unit, and takes no part any more."""
    bo.open("/kallelser/")
    bo.press("Öppna")
    bo.open(f"{case}moten/")
    bo.look("mottagningen")
    bo.follow("Fel mottagare?")
    bo.press("Lämna vidare")
    bo.says("Välj varför kallelsen är fel hos er.")
    bo.look("fel-mottagare-fel")
    bo.pick(reason="other_unit")
    bo.choose("unit", HOME_CARE)
    bo.look("fel-mottagare")
    bo.press("Lämna vidare")
    bo.says("Kallelsen är lämnad vidare", f"Den ligger nu hos {HOME_CARE}", "Så har kallelsen gått")
    bo.look("lamnad-vidare")
    assert bo.page.goto(bo.url + case).status == 404


def receive(maria, case: str) -> None:
    """The kallelse and nothing more, before the person's yes."""
    maria.open("/kallelser/")
    maria.follow("Till kallelsen")
    maria.look("vidare-lista")
    maria.page.locator("main table a.name").first.click()
    maria.says("Varför hamnade den här hos oss?", "Personen hör till en annan enhet", "Väntar på personens ja")
    assert "Astrid" not in maria.text() and "hjälp hemma" not in maria.text()
    maria.look("kallelsen-ensam")
    assert maria.page.goto(maria.url + case).status == 404
    maria.page.go_back()
    maria.follow("Svara på kallelsen")
    assert "Kommer inte" not in maria.text()
    maria.pick(answer="coming")
    maria.fill(mandate="hemtjänst")
    maria.look("svara-vidare")
    maria.press("Spara svaret")
    maria.says("Svaret är sparat", "Får besluta om hemtjänst")
    maria.follow("Föreslå ny tid")
    maria.fill(day=(timezone.localdate() + timedelta(days=13)).isoformat(), starts="9.00", ends="10.00")
    maria.look("foresla-tid")
    maria.press("Skicka förslaget")
    maria.says("Förslaget är skickat")


def test_a_kallelse_finds_its_way_through_a_reception(someone):
    hanna, bo, maria = someone("hanna.dalarna"), someone("bo.falun"), someone("maria.falun")
    case = start(hanna)
    say_yes(hanna, case)
    call(hanna, case)
    hand_on(bo, case)
    receive(maria, case)

    hanna.open(f"{case}moten/")
    hanna.says("Väntar på personens ja", "Bo Kulissberg", "Får besluta om hemtjänst", "Förslag på ny tid")
    hanna.look("vagen")
    say_yes(hanna, case)
    hanna.open(f"{case}moten/")
    assert "Väntar på personens ja" not in hanna.text()
    maria.open(f"{case}moten/")
    maria.says("Astrid Testholm", "Hur får du hjälp hemma?", "Varför hamnade den här hos oss?")
    maria.look("efter-ja")

    hanna.follow("Flytta hit")
    hanna.look("flytta-hit")
    hanna.press("Flytta mötet")
    hanna.says("Mötet är flyttat", "kl. 9–10")


def test_an_administrator_says_where_kallelser_land(someone):
    anders = someone("anders.falun")
    anders.open("/administration/mottagning/ny/")
    anders.press("Prova och spara")
    anders.says("Välj vilken enhet kallelsen går till.")
    anders.look("regel-fel")
    anders.fill(area="Grycksbo", sample_area="Bjursås")
    anders.choose("receiver", HOME_CARE)
    anders.press("Prova och spara")
    anders.says("Exemplet stämmer inte med regelns villkor.")
    anders.fill(sample_area="Grycksbo")
    anders.press("Prova och spara")
    anders.says("Regeln är provad och sparad", "Område Grycksbo", HOME_CARE)
    anders.look("regler")
    anders.follow("Avsluta")
    anders.look("avsluta-regel")
    anders.press("Avsluta regeln")
    anders.says("Regeln är avslutad")
