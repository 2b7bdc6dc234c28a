"""A withdrawal written in one browser is seen at once in another (SAM-5)."""

import re

import pytest

from tests.e2e.test_journey import call, consent, path_of

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("e2e")]
NUMBER = "19900222-2397"


def start(amira) -> str:
    amira.follow("Starta ny SIP")
    amira.fill(number=NUMBER)
    amira.press("Fortsätt")
    amira.pick(compulsory="no", has_plan="no", asked_by="staff", protection="none")
    amira.fill(given_name="Astrid", family_name="Testholm", need_found_on="i går")
    amira.pick(reasons="coordination")
    amira.press("Starta SIP")
    case = path_of(amira)
    amira.open(f"{case}aktorer/ny/?q=Övningsängens vårdcentral")
    amira.page.get_by_role("radio", name=re.compile("Övningsängens vårdcentral")).first.check()
    amira.press("Lägg till enheten")
    return case


def test_a_withdrawal_is_seen_live_in_the_other_browser(someone):
    amira, hanna = someone("amira.falun"), someone("hanna.dalarna")
    case = start(amira)
    consent(amira, case)
    call(amira, case)

    hanna.open(f"{case}moten/")
    hanna.says("Vad som är viktigt för dig")
    waiting = hanna.page.context.new_page()
    assert waiting.goto(hanna.url + case).status == 200
    # A page that asks by itself again and again, with the same session.
    asked = f"fetch('{case}moten/', {{headers: {{'HX-Request': 'true'}}}}).then(answer => answer.status)"
    assert waiting.evaluate(asked) == 200

    amira.open(f"{case}samtycke/aterkalla/")
    amira.look("samtycke-aterkalla")
    amira.pick(how="spoken")
    amira.press("Spara återkallelsen")
    amira.says("Återkallelsen är sparad")

    assert waiting.evaluate(asked) == 404
    # Her next click, a new load, the waiting tab and what the browser remembers: nothing of the person any more.
    for go in (
        lambda: hanna.page.goto(hanna.url + case),
        lambda: hanna.page.goto(hanna.url + f"{case}moten/"),
        lambda: waiting.reload(),
    ):
        answer = go()
        assert answer.status == 404
    hanna.page.go_back()
    assert "Vad som är viktigt för dig" not in hanna.page.content()
    assert "Astrid" not in waiting.content() + hanna.page.content()

    hanna.open("/kallelser/")
    hanna.says("Samordningen är avslutad")
    assert "återkall" not in hanna.text().lower()
    # Her own record stays, opened with a stated reason.
    hanna.open("/mottaget/")
    hanna.page.locator("main table a").first.click()
    hanna.fill(reason="Kontroll av vad vi fick")
    hanna.press("Öppna")
    hanna.says("Öppningen är loggad")
