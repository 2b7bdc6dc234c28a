"""Login through the real local providers, in a browser: staff with two commissions, a citizen, and logout both ways."""

import re
import urllib.parse
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Reader, Stack, note_console, running

TWO, CITIZEN = "disa.dalarna", "elsa.medborgare"
FIRST, SECOND = "Övningsängens vårdcentral", "Provtallens vårdcentral"


@pytest.fixture(scope="module")
def oidc_stack(tmp_path_factory) -> Iterator[Stack]:
    """The demo with its identity providers (`./run demo --oidc`)."""
    with running(tmp_path_factory.mktemp("demo"), "--oidc") as found:
        yield found


@pytest.fixture
def visitor(chromium, oidc_stack) -> Iterator[Reader]:
    """Somebody who is not signed in anywhere, in a browser of their own."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="sv-SE")
    reader = Reader(context.new_page(), oidc_stack.url, "login")
    reader.page.on("console", lambda message: note_console(reader, message))
    yield reader
    context.close()
    assert reader.problems == []


def at_provider(reader: Reader) -> bool:
    return urllib.parse.urlsplit(reader.page.url).netloc != urllib.parse.urlsplit(reader.url).netloc


def legitimate(reader: Reader, who: str, *, level: str = "loa3") -> None:
    assert at_provider(reader)
    reader.page.locator("select[name='person']").select_option(who)
    reader.pick(level=level)
    reader.press("Logga in")


def header(reader: Reader) -> str:
    return reader.page.locator("header").inner_text()


def test_staff_with_two_commissions_choose_one_and_switch(visitor):
    visitor.open("/kallelser/")
    visitor.look("logga-in")
    visitor.follow("Logga in som personal")
    visitor.look("inloggningstjanst-person")
    legitimate(visitor, TWO)
    visitor.says("Alla. Jag väljer i systemet")
    visitor.look("inloggningstjanst-uppdrag")
    visitor.press("Logga in")
    assert not at_provider(visitor)
    visitor.says("Välj uppdrag", FIRST, SECOND)
    for unit, other in ((FIRST, SECOND), (SECOND, FIRST)):
        visitor.page.get_by_label(unit).check()
        visitor.press("Fortsätt")
        assert unit in header(visitor) and other not in header(visitor)
        visitor.open("/byt-enhet/")


def test_logout_ends_it_here_and_at_the_provider(visitor):
    visitor.open("/logga-in/")
    visitor.follow("Logga in som personal")
    legitimate(visitor, "amira.falun")
    assert "Amira" in header(visitor)
    visitor.press("Logga ut")
    expect(visitor.page.get_by_text("Du är utloggad, också ur inloggningstjänsten.")).to_be_visible()
    visitor.look("utloggad")
    # Without the logout at the provider this would lead straight in again.
    visitor.follow("Logga in som personal")
    assert at_provider(visitor)


def test_logout_without_javascript_takes_one_press_more(chromium, oidc_stack):
    context = chromium.new_context(java_script_enabled=False, locale="sv-SE")
    reader = Reader(context.new_page(), oidc_stack.url, "utan-js")
    reader.open("/logga-in/")
    reader.follow("Logga in som personal")
    legitimate(reader, "amira.falun")
    reader.press("Logga ut")
    reader.says("Du är utloggad härifrån")
    reader.press("Logga ut ur inloggningstjänsten")
    reader.says("också ur inloggningstjänsten")
    context.close()


def test_logout_at_the_provider_ends_the_session_here(visitor, oidc_stack):
    visitor.open("/logga-in/")
    visitor.follow("Logga in som personal")
    provider = re.match(r"(http://[^/]+/personal/)", visitor.page.url)[1]
    legitimate(visitor, "amira.falun")
    visitor.page.goto(provider)
    visitor.look("inloggningstjanst-inloggad")
    visitor.press("Logga ut överallt")
    visitor.says("Du är utloggad överallt.")
    visitor.page.wait_for_timeout(1500)
    visitor.open("/arenden/")
    visitor.says("Logga in")
    assert "/logga-in/" in visitor.page.url


def test_a_citizen_comes_to_the_own_plan_and_out_again(visitor):
    visitor.open("/logga-in/")
    visitor.follow("Logga in som invånare")
    visitor.look("inloggningstjanst-invanare")
    legitimate(visitor, CITIZEN)
    assert "/min-plan/" in visitor.page.url and not at_provider(visitor)
    visitor.open("/arenden/")
    assert "Sidan finns inte" in visitor.page.title() or "finns inte" in visitor.text()
    visitor.open("/min-plan/")
    visitor.press("Logga ut")
    expect(visitor.page.get_by_text("också ur inloggningstjänsten")).to_be_visible()


def test_a_login_of_lower_assurance_is_refused(visitor):
    visitor.open("/logga-in/")
    visitor.follow("Logga in som personal")
    legitimate(visitor, "amira.falun", level="loa2")
    visitor.says("Inloggningen blev inte klar", "säkerhetsnivå")
    visitor.look("for-lag-niva")
    visitor.open("/arenden/")
    assert "/logga-in/" in visitor.page.url


def test_to_change_ones_mind_leads_back_calmly(visitor):
    visitor.open("/logga-in/")
    visitor.follow("Logga in som personal")
    visitor.press("Avbryt")
    visitor.says("Inloggningen avbröts")
