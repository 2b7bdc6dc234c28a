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


def test_the_manager_sets_the_routine_and_an_unread_row_says_what_it_has_passed(someone):
    """The demo's rows have come over many days: those that nobody has opened have passed their watch times."""
    yusuf = someone("yusuf.falun")
    yusuf.open("/kallelser/")
    yusuf.follow("Rutin för bevakning")
    yusuf.look("rutin")
    yusuf.fill(times="00.01, 08.00, 11.30, 15.00")
    for day in "1234567":
        yusuf.page.locator(f"input[name='weekdays'][value='{day}']").check()
    yusuf.press("Spara rutinen")
    yusuf.says("Rutinen är sparad")
    for _ in range(20):
        yusuf.open("/kallelser/?visa=olast")
        if "passerat" in yusuf.text():
            break
        yusuf.page.wait_for_timeout(6000)
    yusuf.says("passerat", "har fått veta det")
    yusuf.look("inkorg-passerat")
    yusuf.open("/aviseringar/val/")
    yusuf.look("aviseringar-val")
