"""The warning before the session ends, in a browser, with limits of seconds; no whole demo is needed for it."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.database import PASSWORD
from tests.e2e.live import serving

IDLE, WARNING = 5, 3


@pytest.fixture
def address(module_database, settings):
    settings.SESSION_IDLE_SECONDS = {"staff": IDLE, "citizen": IDLE}
    settings.SESSION_WARNING_SECONDS = WARNING
    with serving(settings) as url:
        yield url


@pytest.fixture
def page(chromium, address):
    context = chromium.new_context(locale="sv-SE")
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.on("dialog", lambda dialog: dialog.accept())
    log_in(page, address)
    page.goto(f"{address}/administration/enheter/ny/")
    yield page
    context.close()


def log_in(page, address):
    page.goto(f"{address}/logga-in/")
    page.fill("[name=username]", "anders.falun")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Logga in").click()
    page.wait_for_url("**/administration/")


def test_the_warning_prolongs_keeps_what_is_typed_and_lets_one_back(page, address, settings):
    page.fill("[name=name]", "Korttidsboendet Provgården")
    warning = page.get_by_role("dialog", name="Du loggas snart ut")
    warning.wait_for()
    go_on = page.get_by_role("button", name="Fortsätt")
    assert "30 sekunder" in warning.inner_text()
    assert Axe().run(page).response["violations"] == []
    assert go_on.evaluate("button => button === document.activeElement")
    with page.expect_response("**/inloggning/forlang/") as answered:
        page.keyboard.press("Escape")
    assert answered.value.json()["left"] == IDLE
    warning.wait_for(state="hidden")
    assert page.input_value("[name=name]") == "Korttidsboendet Provgården"

    # Nobody is there: the page hides what it shows, and keeps it.
    over = page.get_by_role("dialog", name="Du har loggats ut")
    over.wait_for(timeout=15_000)
    assert not page.locator("main").is_visible()
    page.get_by_role("button", name="Jag har loggat in").click()
    page.get_by_text("Du är inte inloggad än.").wait_for()
    settings.SESSION_IDLE_SECONDS = {"staff": 1200, "citizen": 900}
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Logga in i en ny flik").click()
    log_in(opened.value, address)
    page.get_by_role("button", name="Jag har loggat in").click()
    over.wait_for(state="hidden")
    page.fill("[name=short_name]", "Provgården")
    page.select_option("[name=kind]", "home_care")
    page.get_by_role("button", name="Spara").click()
    page.wait_for_url("**/administration/enheter/")
    assert page.get_by_text("Enheten är sparad.").is_visible()


def test_a_page_with_nothing_typed_goes_to_the_login_and_says_why(page):
    page.wait_for_url(re.compile("/logga-in/"), timeout=20_000)
    assert page.get_by_text("Du har loggats ut").is_visible()
