"""A citizen who says yes to text messages, and a kallelse that nobody opens in time (KAL-11, GUI-3)."""

import re

import pytest

pytestmark = [pytest.mark.timeout(900), pytest.mark.xdist_group("e2e")]


def test_a_citizen_opts_into_text_messages_and_out_again(someone):
    elsa = someone("elsa.medborgare")
    elsa.open("/min-plan/")
    plan = re.search(r"/min-plan/[0-9a-f-]{36}/", elsa.page.url)[0]
    elsa.open(f"{plan}kontakt/")
    elsa.says("Du bestämmer själv")
    elsa.pick(channel="sms")
    elsa.fill(address="inget nummer")
    elsa.press("Spara")
    elsa.says("Skriv ett mobilnummer")
    elsa.pick(channel="sms")
    elsa.fill(address="070-174 06 05")
    elsa.press("Spara")
    elsa.says("070-174 06 05", "Ja")
    elsa.look("kontaktvagar")
    elsa.press("Ta tillbaka")
    assert "070-174 06 05" not in elsa.text()


def test_the_parties_write_to_each_other_and_the_reading_is_stamped(someone):
    amira = someone("amira.falun")
    amira.open("/arenden/")
    for address in amira.page.locator("a[href^='/arenden/']").evaluate_all("all => all.map(a => a.pathname)"):
        if not re.fullmatch(r"/arenden/[0-9a-f-]{36}/", address):
            continue
        amira.open(f"{address}meddelanden/nytt/")
        if amira.page.locator("input[name='to']").count():
            break
    amira.look("skriv-meddelande")
    amira.fill(text="Kan ni ringa oss i morgon?")
    amira.press("Skicka meddelandet")
    amira.says("Kan ni ringa oss i morgon?", "Inte läst än")
    amira.look("meddelanden")


def test_the_manager_sets_the_routine(someone):
    yusuf = someone("yusuf.falun")
    yusuf.open("/kallelser/")
    yusuf.follow("Rutin för bevakning")
    yusuf.look("rutin")
    yusuf.fill(times="8, 11.30, 14.45")
    yusuf.press("Spara rutinen")
    yusuf.says("Rutinen är sparad")
    yusuf.open("/aviseringar/val/")
    yusuf.look("aviseringar-val")


def test_an_unread_kallelse_has_been_brought_up_until_somebody_opens_it(someone):
    """The demo's clock is moved: its rows came days ago, so the sweep brings up what nobody has opened."""
    bo = someone("bo.falun")
    for _ in range(15):
        bo.open("/kallelser/?visa=olast")
        if "passerat" in bo.text().lower():
            break
        bo.page.wait_for_timeout(6000)
    bo.says("passerat", "har fått veta det")
    bo.look("inkorg-passerat")
    while bo.page.get_by_role("button", name="Öppna").count():
        bo.press("Öppna")
        bo.open("/kallelser/?visa=olast")
    assert "passerat" not in bo.text()
    bo.open("/kallelser/")
    bo.says("Läst", "Bo")
    bo.press("Kvittera")
    bo.open("/kallelser/?visa=klara")
    bo.says("Kvitterad")
