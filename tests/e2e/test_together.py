"""Four people write one plan: side by side, in the same part, without a network, logged out, and back again (PLA-4)."""

import re
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import PASSWORD, Reader
from tests.e2e.test_journey import answer, call, consent, hold, start_case, take_part

pytestmark = [pytest.mark.timeout(900), pytest.mark.xdist_group("e2e")]
NUMBER = "19510713-2119"
SAVED = re.compile(r"Sparat kl\. \d\d\.\d\d")


@contextmanager
def not_looking(*readers):
    """The way to the plan is looked at by another journey."""
    for reader in readers:
        reader.look = lambda what: None
    yield
    for reader in readers:
        del reader.look


def draft(amira, hanna) -> str:
    """A case whose meeting has been held, and a plan that is begun."""
    with not_looking(amira, hanna):
        case = start_case(amira, NUMBER)
        take_part(amira, case)
        consent(amira, case)
        call(amira, case)
        answer(hanna)
        hold(amira, case)
    amira.open(f"{case}plan/")
    amira.press("Skriv planen")
    return f"{case}plan/skriv/"


def status(reader):
    return reader.page.locator("[data-saving]")


def type_in(reader, text: str) -> None:
    """Press key after key at the end of the open field, as somebody who writes."""
    box = reader.page.locator("form[data-autosave] textarea").first
    box.press("Control+End")
    box.press_sequentially(text)


def saved_by_itself(reader) -> None:
    expect(status(reader)).to_have_text(SAVED, timeout=15_000)
    expect(reader.page.locator("[data-waiting]")).to_have_text("", timeout=15_000)


def side_by_side(plan, amira, johan, hanna) -> None:
    """Three in one plan, each in a part of its own: nobody notices more than that the others are there."""
    for reader, part in ((amira, "varfor"), (johan, "huvudmal"), (hanna, "nulage")):
        reader.open(f"{plan}{part}/")
        type_in(reader, f"{reader.name} skriver i sin del.")
    for reader in (amira, johan, hanna):
        saved_by_itself(reader)
    expect(amira.page.locator("[data-now]")).to_contain_text("Hanna Utkastlind skriver nu", timeout=15_000)
    expect(amira.page.locator("[data-now]")).to_contain_text("Så är det nu")
    amira.look("skriver-tillsammans")
    amira.open(plan)
    for name in ("amira", "johan", "hanna"):
        amira.says(f"{name} skriver i sin del.")
    amira.look("planen-av-tre")


def in_the_same_part(plan, amira, johan) -> None:
    """Both texts side by side, what differs marked; both are kept, and the last change is taken back."""
    for reader in (amira, johan):
        reader.open(f"{plan}fungerar/")
    type_in(johan, "Du har god hjälp av din dotter.")
    saved_by_itself(johan)
    type_in(amira, "Du tycker om att vara ute.")
    box = amira.page.locator("[data-clash]")
    expect(box).to_contain_text("Johan Demoström sparade kl.", timeout=15_000)
    expect(box).to_be_focused()
    expect(amira.page.locator("table.both mark")).to_have_count(2)
    amira.look("krock")
    amira.page.get_by_role("radio", name=re.compile("^Spara texten i fälten")).check()
    amira.press("Spara")
    amira.says("Du har god hjälp av din dotter.", "Du tycker om att vara ute.")
    part = amira.page.locator("#fungerar")
    part.get_by_role("button", name="Ångra min senaste ändring").click()
    amira.says("Din senaste ändring är ångrad.", "Du har god hjälp av din dotter.")
    assert "Du tycker om att vara ute." not in part.inner_text()
    amira.follow("Ändringar i utkastet")
    amira.says("Du tycker om att vara ute.")
    amira.look("andringar")


def without_a_network(plan, olof) -> None:
    olof.open(f"{plan}andra/")
    olof.page.context.set_offline(True)
    type_in(olof, "Du ringer oss när du blir orolig.")
    expect(status(olof)).to_contain_text("Nätet svarar inte", timeout=15_000)
    # "Spara" does not throw the page away either.
    olof.page.locator("form[data-autosave] button.btn").click()
    expect(olof.page.locator("form[data-autosave] textarea").first).to_have_value("Du ringer oss när du blir orolig.")
    olof.look("inget-nat")
    olof.page.context.set_offline(False)
    saved_by_itself(olof)


def logged_out(plan, stack, hanna) -> None:
    """The session is gone; what is typed stays on the page, waits after the new login, and is then saved."""
    hanna.open(f"{plan}samre/")
    key = next(c["value"] for c in hanna.page.context.cookies() if "session" in c["name"])
    with stack.administrator() as database:
        past = "update django_session set expire_date = now() - interval '1 day' where session_key = %s"
        database.execute(past, [key])
    type_in(hanna, "Du sover sämre.")
    expect(status(hanna)).to_contain_text("Du kan ha loggats ut", timeout=15_000)
    tab = hanna.page.context.new_page()
    tab.goto(f"{hanna.url}/logga-in/")
    tab.fill("[name=username]", "hanna.dalarna")
    tab.fill("[name=password]", PASSWORD)
    tab.get_by_role("button", name="Logga in").click()
    tab.wait_for_load_state()
    saved_by_itself(hanna)
    tab.goto(hanna.url + plan)
    expect(tab.locator("#samre")).to_contain_text("Du sover sämre.")
    tab.close()


def back_again(plan, amira, johan) -> None:
    """The back button shows what stands now, never what once stood."""
    amira.open(f"{plan}huvudmal/")
    type_in(amira, " Amira var här.")
    amira.press("Spara")
    amira.page.wait_for_url(re.compile(r"/skriv/#huvudmal"))
    johan.open(f"{plan}huvudmal/")
    johan.page.locator("textarea").first.fill("Johan skrev om allt.")
    johan.press("Spara")
    johan.page.wait_for_url(re.compile(r"/skriv/#huvudmal"))
    amira.page.go_back()
    expect(amira.page.locator("textarea").first).to_have_value("Johan skrev om allt.")
    assert not amira.page.get_by_role("link", name="Stäng").count()


def without_script(plan, chromium, stack, johan) -> None:
    """The same by plain pages: 409, both texts, and one's own kept."""
    context = chromium.new_context(java_script_enabled=False, locale="sv-SE")
    plain = Reader(context.new_page(), stack.url, "utan-script")
    plain.open("/logga-in/")
    plain.fill(username="olof.dalarna", password=PASSWORD)
    plain.press("Logga in")
    plain.open(f"{plan}asikt/")
    johan.open(f"{plan}asikt/")
    type_in(johan, "Johans ord.")
    saved_by_itself(johan)
    plain.fill(person_opinion="Olofs ord.")
    with plain.page.expect_response("**/asikt/**") as answered:
        plain.page.locator("form[data-autosave] button.btn").click()
    assert answered.value.status == 409
    plain.says("Johan Demoström sparade kl.", "Det du skrev")
    plain.page.locator("#keep-mine").check()
    plain.page.locator("form[data-autosave] button.btn").click()
    plain.says("Olofs ord.")
    assert "Johans ord." not in plain.text()
    context.close()


def own_parts(plan, amira, olof) -> None:
    """What the kommun writes for the region is a proposal until the region says yes."""
    amira.open(f"{plan}mal/nytt/")
    amira.fill(text="Du rör dig hemma utan att ramla.")
    amira.pick(horizon="short")
    amira.press("Spara målet")
    goal = re.search(r"/mal/(\d+)/insats/", amira.page.content())[1]
    amira.open(f"{plan}mal/{goal}/insats/")
    amira.choose("who", "Övningsängens vårdcentral")
    amira.fill(text="Vi tränar balans hemma hos dig.", frequency="Tisdagar")
    amira.press("Spara insatsen")
    amira.says("Föreslagen, inte bekräftad")
    amira.open(plan.replace("skriv/", "godkann/"))
    amira.says("har inte bekräftat insatsen ”Vi tränar balans hemma hos dig.”")
    olof.open(plan)
    olof.look("bekrafta")
    olof.press("Bekräfta att ni gör det")
    olof.says("Insatsen är bekräftad.", "Bekräftad")
    olof.press("Vår del är klar")
    olof.says("Klar med sin del")
    amira.page.reload()
    amira.says("Klar med sin del")
    assert "har inte bekräftat" not in amira.text()
    amira.look("godkann-delar")


def test_four_people_write_one_plan(someone, chromium, stack):
    amira, hanna = someone("amira.falun"), someone("hanna.dalarna")
    plan = draft(amira, hanna)
    johan, olof = someone("johan.falun"), someone("olof.dalarna")
    side_by_side(plan, amira, johan, hanna)
    in_the_same_part(plan, amira, johan)
    without_a_network(plan, olof)
    logged_out(plan, stack, hanna)
    back_again(plan, amira, johan)
    without_script(plan, chromium, stack, johan)
    own_parts(plan, amira, olof)
