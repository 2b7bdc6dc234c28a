"""What is typed in meeting mode stays: past the idle limit, without a network, with two writers; no demo is needed."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from cases.models import Case
from plans import services as plans
from tests import build, build_meeting
from tests.cast import Cast
from tests.database import PASSWORD
from tests.e2e.conftest import Reader
from tests.e2e.live import serving

SAVED = re.compile(r"Sparat kl\. \d\d\.\d\d")
SLOW = 15_000


@pytest.fixture
def address(module_database, settings):
    with serving(settings) as url:
        yield url


@pytest.fixture
def someone(chromium, address):
    contexts, readers = [], []

    def sign_in(username: str) -> Reader:
        contexts.append(context := chromium.new_context(locale="sv-SE", viewport={"width": 1280, "height": 900}))
        page = context.new_page()
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(f"{address}/logga-in/")
        page.fill("[name=username]", username)
        page.fill("[name=password]", PASSWORD)
        page.get_by_role("button", name="Logga in").click()
        page.wait_for_url("**/arenden/")
        readers.append(Reader(page, address, f"motet-{username.split('.')[0]}"))
        return readers[-1]

    yield sign_in
    for context in contexts:
        context.close()
    assert [problem for reader in readers for problem in reader.problems] == []


def status(page):
    return page.locator("[data-saving]")


def type_in(page, name: str, text: str) -> None:
    box = page.locator(f"textarea[name={name}]")
    box.press("Control+End")
    box.press_sequentially(text)


def saved(page) -> None:
    expect(page.locator("[data-waiting]")).to_have_text("", timeout=SLOW)
    expect(status(page)).to_have_text(SAVED, timeout=SLOW)


def past_the_idle_limit(amira, settings) -> None:
    """The hints follow, and the meeting goes on though nothing else could be opened."""
    page = amira.page
    type_in(page, "strengths", "Patienten är envis.")
    saved(page)
    expect(page.locator("[data-room-hints=strengths]")).to_contain_text("Patienten")
    amira.look("sparat-med-sprakstips")
    settings.SESSION_IDLE_SECONDS = {"staff": 1, "citizen": 1}
    page.wait_for_timeout(2500)
    type_in(page, "strengths", " Du sjunger gärna.")
    expect(page.locator("[data-waiting]")).to_have_text("Inte sparat än.")
    saved(page)
    settings.SESSION_IDLE_SECONDS = {"staff": 1200, "citizen": 900}
    page.reload()
    expect(page.locator("textarea[name=strengths]")).to_have_value("Patienten är envis. Du sjunger gärna.")


def without_a_network(page) -> None:
    """A button waits until all is saved, and then leads where it should; the back button shows what stands."""
    page.context.set_offline(True)
    type_in(page, "situation", "Du bor ensam.")
    expect(status(page)).to_contain_text("Nätet svarar inte", timeout=SLOW)
    page.get_by_role("button", name="Spara och gå till del 3").click()
    expect(page.locator("textarea[name=situation]")).to_have_value("Du bor ensam.")
    page.context.set_offline(False)
    page.get_by_role("button", name="Spara och gå till del 3").click()
    page.wait_for_url("**/del/3/", timeout=SLOW)
    page.go_back()
    expect(page.locator("textarea[name=situation]")).to_have_value("Du bor ensam.")


def two_writers(amira, johan) -> None:
    """Both texts stand in the part that clashed, the other part is saved, and the choice is heeded."""
    page = amira.page
    for reader in (amira, johan):
        reader.page.goto(page.url)
    type_in(johan.page, "what_matters", "Johan skrev det här.")
    saved(johan.page)
    type_in(page, "strengths", " Du är rolig.")
    type_in(page, "what_matters", "Amira skrev det här.")
    box = page.locator("#viktigt [data-clash]")
    expect(box).to_contain_text("Johan Demoström sparade kl.", timeout=SLOW)
    expect(box).to_be_focused()
    amira.look("krock-i-motet")
    page.locator("#viktigt").get_by_role("radio", name=re.compile("^Behåll det som står")).check()
    page.get_by_role("button", name="Spara", exact=True).click()
    expect(page.locator("textarea[name=what_matters]")).to_have_value("Johan skrev det här.")
    expect(page.locator("textarea[name=strengths]")).to_have_value(re.compile("Du är rolig.$"))


def ended_by_another(amira, cast, room) -> None:
    type_in(amira.page, "strengths", " Du lagar mat.")
    saved(amira.page)
    with cast.acting("owner"):
        draft = plans.draft_of(Case.objects.with_names().get(pk=room.case_id))
        day = {"follow_up_on": build.today() + timedelta(days=30)}
        plans.save_block(plan=draft, values=day, revision=draft.revision, by=cast.owner)
        build_meeting.services.end(case=draft.case, room=room, by=cast.owner)
    type_in(amira.page, "strengths", " Sent.")
    expect(status(amira.page)).to_contain_text("Mötet är avslutat", timeout=SLOW)
    amira.page.get_by_role("button", name="Spara", exact=True).click()
    amira.says("Din text är inte sparad", "Du lagar mat. Sent.")
    amira.look("avslutat-av-en-annan")


@pytest.mark.timeout(240)
def test_nothing_typed_at_the_meeting_is_lost(someone, settings):
    settings.SESSION_IDLE_SECONDS = {"staff": 1200, "citizen": 900}
    cast = Cast()
    room = build_meeting.going_on(cast)
    amira, johan = someone("amira.falun"), someone("johan.falun")
    amira.page.goto(f"{amira.url}/arenden/{room.case_id}/moten/{room.meeting_id}/mote/del/2/")
    past_the_idle_limit(amira, settings)
    without_a_network(amira.page)
    two_writers(amira, johan)
    ended_by_another(amira, cast, room)
