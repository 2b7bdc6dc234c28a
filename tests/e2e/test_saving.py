"""The page saves while somebody writes, when answers do not come, come late or come from something else (PLA-4).

In a browser against the pages themselves; no whole demo is needed for it.
"""

from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from plans import services
from plans.models import Plan, PlanBlock
from tests import build
from tests.cast import Cast
from tests.database import PASSWORD
from tests.e2e.live import serving

SAVED = "Sparat kl."
PART = "varfor"


@pytest.fixture(scope="module")
def cast(module_database) -> Cast:
    return Cast()


@pytest.fixture
def draft(cast) -> Plan:
    return build.drafted(cast)


@pytest.fixture
def address(module_database, settings):
    with serving(settings) as url:
        yield url


@pytest.fixture
def page(chromium, address, draft):
    """The part is open in a browser whose clock the test moves."""
    context = chromium.new_context(locale="sv-SE")
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.on("dialog", lambda dialog: dialog.accept())
    log_in(page, address, "amira.falun")
    page.clock.install()
    page.goto(f"{address}/arenden/{draft.case_id}/plan/skriv/{PART}/")
    yield page
    context.close()


def log_in(page, address, username):
    page.context.clear_cookies()
    page.goto(f"{address}/logga-in/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name="Logga in").click()


def type_in(page, text):
    box = page.locator("[name=why]")
    box.press("Control+End")
    box.press_sequentially(text)


def wait(page, ms=2000):
    page.clock.run_for(ms)


def says(page, text):
    expect(page.locator("[data-saving]")).to_contain_text(text)


def stands(cast, draft) -> str:
    with cast.acting("owner"):
        return PlanBlock.objects.get(plan=draft, key="why").text


@contextmanager
def answers(page, *given):
    """What the next saves are answered with: a function of the route, or what `route.fulfill` takes; then the truth."""
    left = list(given)

    def answer(route):
        if route.request.method != "POST" or not left:
            route.continue_()
            return
        now = left.pop(0)
        now(route) if callable(now) else route.fulfill(**now)

    page.route(f"**/{PART}/**", answer)
    yield left
    page.unroute(f"**/{PART}/**", answer)


def lost(route):
    """Saved, but the answer never comes."""
    route.fetch()
    route.abort()


HTML = {"content_type": "text/html", "body": "<h1>Fel</h1>"}


def test_an_answer_that_is_lost_does_not_make_the_writer_clash_with_herself(page, cast, draft):
    with answers(page, lost):
        type_in(page, "Ett")
        wait(page)
        says(page, "Nätet svarar inte")
        assert stands(cast, draft) == "Ett"
        type_in(page, " två")
        wait(page, 6000)
        says(page, SAVED)
        wait(page)
        expect(page.locator("[data-waiting]")).to_have_text("")
    assert stands(cast, draft) == "Ett två"
    assert not page.locator("[data-clash]").count()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (HTML | {"status": 500}, "Något gick fel hos oss"),
        (HTML | {"status": 502}, "Något gick fel hos oss"),
        (HTML | {"status": 403}, "Du kan ha loggats ut"),
        ({"status": 200, "content_type": "application/json", "body": '{"saved": "Spa'}, "Nätet svarar inte"),
    ],
)
def test_what_passes_is_tried_again(page, cast, draft, answer, said):
    with answers(page, answer):
        type_in(page, "Ett")
        wait(page)
        says(page, said)
        wait(page, 6000)
        says(page, SAVED)
    assert stands(cast, draft) == "Ett"


@pytest.mark.parametrize(
    ("status", "said"), [(409, "går inte att spara här"), (404, "går inte att"), (413, "för stor")]
)
def test_what_does_not_pass_is_said_and_the_text_stays(page, cast, draft, status, said):
    with answers(page, *[HTML | {"status": status}] * 5) as left:
        type_in(page, "Ett")
        wait(page)
        says(page, said)
        wait(page, 90_000)
        assert len(left) == 4
        page.get_by_role("button", name="Spara", exact=True).click()
        says(page, said)
        assert page.input_value("[name=why]") == "Ett"


def test_what_is_written_while_the_clash_is_on_its_way_is_on_the_table_too(page, cast, draft):
    with cast.acting("party"):
        now = services.draft_of(draft.case)
        services.save_block(plan=now, values={"why": "Hannas"}, revision=now.revision, by=cast.party)

    def slow(route):
        answer = route.fetch()
        type_in(page, " och mer")
        route.fulfill(response=answer)

    with answers(page, slow):
        type_in(page, "Amiras")
        wait(page)
        wait(page)
        expect(page.locator("[data-clash]")).to_contain_text("Hanna")
    assert page.input_value("[name=why]") == "Hannas\nAmiras och mer"


def test_somebody_else_who_logs_in_neither_sees_nor_sends_what_was_typed(page, address, cast, draft):
    type_in(page, "Amiras hemliga")
    other = page.context.new_page()
    log_in(other, address, "hanna.dalarna")
    wait(page)
    over = page.get_by_role("dialog", name="Du har loggats ut")
    over.wait_for()
    assert not page.locator("main").is_visible() and stands(cast, draft) == ""
    log_in(other, address, "amira.falun")
    page.get_by_role("button", name="Jag har loggat in").click()
    over.wait_for(state="hidden")
    wait(page, 10_000)
    says(page, SAVED)
    assert stands(cast, draft) == "Amiras hemliga"


def test_nothing_of_the_plan_is_kept_in_the_browsers_own_storage(page, cast, draft):
    type_in(page, "Ettlagom")
    wait(page)
    says(page, SAVED)
    kept = page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    assert "Ettlagom" not in kept and "<" not in kept


def test_without_a_network_a_new_goal_stays_on_the_page(page, address, draft):
    page.goto(f"{address}/arenden/{draft.case_id}/plan/skriv/mal/nytt/")
    page.fill("[name=text]", "Du sover gott.")
    page.context.set_offline(True)
    page.get_by_role("button", name="Spara målet").click()
    says(page, "Nätet svarar inte")
    assert page.input_value("[name=text]") == "Du sover gott."
    page.context.set_offline(False)
    page.get_by_role("button", name="Spara målet").click()
    expect(page.locator("main")).to_contain_text("Du sover gott.")
