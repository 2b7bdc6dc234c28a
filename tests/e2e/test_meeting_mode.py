"""A meeting led from beginning to end with the keyboard alone, and once without JavaScript (MOT-2 to MOT-4)."""

import re
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from tests.e2e import test_journey as journey
from tests.e2e.conftest import PASSWORD, SHOTS, Reader

pytestmark = [pytest.mark.timeout(900), pytest.mark.xdist_group("e2e")]
FOCUSED = """() => { const e = document.activeElement; const of = (e.labels && e.labels[0]) || e.closest('legend') || e;
  return of.innerText + ' ' + (e.innerText || '') + ' ' + (e.name || '') + '=' + (e.value || ''); }"""


class Keys:
    """Somebody who has no mouse."""

    def __init__(self, reader: Reader):
        self.reader, self.page = reader, reader.page

    def reach(self, words: str) -> None:
        """Tab until what is focused has the words in its label, its text, its name or its value."""
        for _ in range(250):
            self.page.keyboard.press("Tab")
            if words in self.page.evaluate(FOCUSED):
                return
        raise AssertionError(f"”{words}” går inte att nå med tabb på {self.page.url}")

    def write(self, name: str, text: str) -> None:
        self.reach(f"{name}=")
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def tick(self, words: str) -> None:
        self.reach(words)
        self.page.keyboard.press("Space")

    def press(self, words: str) -> None:
        """Press Enter on a link or a button, and wait for the next page."""
        self.reach(words)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.reader.settle()


def on_projector(reader: Reader, what: str) -> None:
    """Large, dark and without faults on a wall, and no control too small for a finger on a tablet."""
    page = reader.page
    for width, height in ((1920, 1080), (820, 1180), (320, 800)):
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=SHOTS / f"mote-{what}-{width}.png", full_page=True)
        reader.problems += [f"{what} ({width}): {v['id']}" for v in Axe().run(page).response["violations"]]
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"{what}: sidan går {over} px utanför vid {width} px"
    small = page.evaluate("""() => [...document.querySelectorAll('main .btn, .room__bar .btn, .round a')]
      .filter(e => e.getBoundingClientRect().height < 44).map(e => e.innerText)""")
    assert small == [], small
    page.set_viewport_size({"width": 1280, "height": 900})


def called(reader: Reader, number: str) -> str:
    case = journey.start_case(reader, number)
    journey.take_part(reader, case)
    journey.consent(reader, case)
    journey.call(reader, case)
    reader.open(f"{case}moten/")
    return case


def test_with_the_keyboard_alone(someone):
    amira = someone("amira.falun")
    case, keys = called(amira, "19310720-9201"), Keys(amira)
    keys.press("Börja mötet")
    amira.look("borja")
    keys.press("Börja mötet")
    amira.says("Inledning", "Vilka är här?", "Nu bör ni vara i del 1")
    amira.look("del-1")
    # The relative is here; the vårdcentral, which has the duty, is not.
    keys.tick("Ingrid")
    keys.press("Spara närvaron")
    amira.says("Så är det nu")
    keys.write("what_matters", "Att få bo kvar hemma.")
    keys.write("strengths", "Du är envis.")
    on_projector(amira, "del-2")
    amira.look("del-2")
    keys.press("Spara och gå till del 3")
    keys.write("long_term_goal", "Du bor kvar hemma och känner dig trygg.")
    keys.press("Lägg till ett mål")
    keys.write("text", "Du går ut varje dag.")
    amira.look("mal")
    keys.press("Spara målet")
    keys.press("Lägg till en insats")
    keys.write("text", "Du går till affären.")
    keys.reach("who=")
    amira.page.keyboard.type("Personen")
    amira.look("insats")
    keys.press("Spara insatsen")
    amira.says("Du går ut varje dag.", "Du går till affären.")
    on_projector(amira, "del-3")
    keys.press("Vi är inte överens")
    keys.tick("Personen själv")
    keys.write("view", "Jag vill att någon går med mig.")
    amira.look("oenighet")
    keys.press("Skriv in i planen")
    amira.says("Jag vill att någon går med mig.")
    keys.press("4. Sammanfattning")
    amira.says("Läs upp det här", "Att få bo kvar hemma.", "Du går ut varje dag.", "ser det på ett annat sätt")
    on_projector(amira, "sammanfattning")
    amira.look("sammanfattning")
    keys.press("Sammanfattningen är uppläst")
    amira.says("kom inte, fast den är skyldig att delta")
    keys.press("Spara och avsluta mötet")
    amira.says("Bestäm en dag för uppföljningen innan ni avslutar mötet.")
    amira.look("utan-dag")
    keys.write("follow_up_on", (timezone.localdate() + timedelta(days=30)).isoformat())
    keys.press("Spara och avsluta mötet")
    amira.says("Mötet är avslutat.")
    amira.open(f"{case}avvikelser/")
    keys.press("Ta ställning till att")
    amira.look("franvaro")
    keys.reach("Rapportera som avvikelse")
    amira.page.keyboard.press("ArrowDown")
    keys.write("reason", "Kallelsen kom fram för sent.")
    keys.press("Spara beslutet")
    amira.says("Kallelsen kom fram för sent.")


def test_without_javascript_as_plain_pages(someone, chromium, stack):
    amira = someone("amira.falun")
    case = called(amira, "19320319-9108")
    context = chromium.new_context(java_script_enabled=False, locale="sv-SE")
    plain = Reader(context.new_page(), stack.url, "utan-js")
    plain.open("/logga-in/")
    plain.fill(username="amira.falun", password=PASSWORD)
    plain.press("Logga in")
    plain.open(f"{case}moten/")
    plain.follow("Börja mötet")
    plain.press("Börja mötet")
    plain.says("Nu bör ni vara i del 1", "Mötet slutar kl.")
    plain.press("Spara närvaron")
    plain.fill(what_matters="Att få bo kvar hemma.")
    plain.press("Spara och gå till del 3")
    plain.follow("Förra delen")
    assert plain.page.locator("[name=what_matters]").input_value() == "Att få bo kvar hemma."
    plain.follow("4. Sammanfattning")
    plain.says("Att få bo kvar hemma.")
    plain.follow("5. Uppföljning och avslut")
    plain.press("Spara och avsluta mötet")
    plain.says("Bestäm en dag för uppföljningen")
    plain.fill(follow_up_on=(timezone.localdate() + timedelta(days=30)).isoformat())
    plain.press("Spara och avsluta mötet")
    plain.says("Mötet är avslutat.")
    assert re.search(r"/plan/$", plain.page.url)
    context.close()
