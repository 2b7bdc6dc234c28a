"""Writing a plan together in browsers: hints, the law's meter, levels, the yes, versions and own measures."""

import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.e2e import test_journey as journey
from tests.e2e.conftest import Reader
from tests.e2e.test_journey import path_of, wait_for

pytestmark = [pytest.mark.timeout(900), pytest.mark.xdist_group("e2e")]
NUMBER = "19281002-9195"
OWN, OTHERS = "Vi går igenom dina läkemedel hemma hos dig.", "Vi hjälper dig att duscha på morgonen."


def a_held_meeting(someone, monkeypatch) -> tuple[Reader, Reader, str]:
    """The steps before the plan, as another journey walks and looks at them."""
    with monkeypatch.context() as patch:
        patch.setattr(Reader, "look", lambda self, what: None)
        amira, hanna = someone("amira.falun"), someone("hanna.dalarna")
        case = journey.start_case(amira, NUMBER)
        journey.take_part(amira, case)
        journey.consent(amira, case)
        journey.call(amira, case)
        hanna.open(f"{case}moten/")
        hanna.follow("Svara")
        hanna.pick(answer="coming")
        hanna.fill(attendee_name="Hanna Utkastlind", attendee_title="distriktssköterska")
        hanna.page.locator("main form button.btn").last.click()
        journey.hold(amira, case)
    return amira, hanna, case


def save(reader) -> None:
    reader.page.locator("main form.form button.btn[type='submit']").first.click()
    reader.settle()


def meter(amira, case: str) -> None:
    """PLA-3: from the case and from the editor, which of the law's parts are there and the way to the others."""
    amira.open(f"{case}plan/")
    amira.press("Skriv planen")
    amira.open(case)
    amira.says("Det lagen kräver av planen", "0 av 4", "Saknas")
    amira.look("matare-arende")
    amira.follow("Vad andra än kommunen och regionen gör")
    assert amira.page.url.endswith("/plan/skriv/#andra")
    amira.says("Det lagen kräver", "Planen kan inte godkännas förrän alla finns")
    amira.open(f"{case}plan/godkann/")
    amira.says("Insatser saknas", "Krävs enligt lagen")
    amira.look("godkann-saknas")


def live_hints(amira, case: str) -> None:
    """PLA-1: the hints follow the writing, by keyboard, with nothing sent elsewhere and nothing in the way."""
    amira.open(f"{case}plan/skriv/nulage/")
    box = amira.page.locator("textarea[name='situation']")
    box.focus()
    with amira.page.expect_response(re.compile(r"/sprakkoll/$")) as answer:
        amira.page.keyboard.type("Patienten behöver t.ex. hjälp med sin dusch.")
    assert answer.value.status == 200
    hints = amira.page.locator(".livehints")
    expect(hints).to_contain_text("Du behöver t.ex. hjälp med din dusch.")
    expect(hints).to_contain_text("till exempel")
    amira.look("sprakkoll-medan-man-skriver")
    with amira.page.expect_response(re.compile(r"/sprakkoll/$")):
        box.fill("Du behöver hjälp med din dusch.")
    expect(hints.locator("li")).to_have_count(0)
    save(amira)
    amira.says("Du behöver hjälp med din dusch.")


def questions(amira, case: str) -> str:
    """PLA-7: a goal is asked what it leaves open, and saved all the same."""
    amira.open(f"{case}plan/skriv/mal/nytt/")
    amira.fill(text="Du mår bättre.")
    amira.pick(horizon="short")
    save(amira)
    amira.page.locator("summary", has_text="frågor om målet").click()
    amira.says("Vad är det som ska hända?", "Hur märker ni att du är där?", "När ska det vara nått?")
    amira.look("fragor-om-malet")
    goal = re.search(r"/mal/(\d+)/insats/", amira.page.content())[1]
    amira.open(f"{case}plan/skriv/mal/{goal}/")
    amira.fill(text="Du duschar själv två gånger i veckan före jul.")
    save(amira)
    assert "frågor om målet" not in amira.text() and "fråga om målet" not in amira.text()
    return goal


def measures(amira, hanna, case: str, goal: str) -> None:
    """The same task by two parties is pointed out where the plan is approved, with the way to the goal."""
    for reader, who, text in (
        (amira, "Biståndsenheten", OTHERS),
        (hanna, "Övningsängens vårdcentral", OTHERS.replace("Vi hjälper", "Vi hjälper också")),
        (hanna, "Övningsängens vårdcentral", OWN),
    ):
        reader.open(f"{case}plan/skriv/mal/{goal}/insats/")
        reader.choose("who", who)
        reader.fill(text=text, frequency="Tisdagar")
        reader.page.locator("input[name='ongoing']").check()
        save(reader)
    amira.open(f"{case}plan/skriv/")
    amira.says("verkar göra samma sak")
    amira.look("koll-av-insatser")
    hint = amira.page.locator("#godkann a", has_text="verkar göra samma sak")
    assert hint.get_attribute("href") == f"#mal-{goal}"
    # The party takes its own out again.
    amira.open(f"{case}plan/skriv/")
    measure = amira.page.locator("li.insats", has_text="Vi hjälper också").locator("a[href*='ta-bort']")
    amira.open(measure.get_attribute("href"))
    amira.page.locator("main form button.btn").first.click()
    amira.open(f"{case}plan/skriv/")
    assert "verkar göra samma sak" not in amira.text()


def levels(amira, case: str) -> None:
    """Green, yellow and red: in words, each by itself, with numbers to press."""
    for block, values in {
        "mar-bra": {"crisis_green_signs": "Du sover på nätterna.", "crisis_green_self": "Du går ut varje dag."},
        "samre": {"crisis_signs": "Du blir yr.", "crisis_call": "Hemsjukvården, 08-465 004 14"},
        "akut": {"crisis_red_signs": "Du kan inte resa dig.", "crisis_red_call": "112, och sedan 08-465 004 14"},
    }.items():
        amira.open(f"{case}plan/skriv/{block}/")
        amira.look(f"block-{block}")
        amira.fill(**values)
        save(amira)
    amira.open(f"{case}plan/som-personen-ser-den/")
    amira.says("Grönt: du mår bra", "Gult: tidiga tecken", "Rött: det är akut")
    assert amira.page.locator(".kris--red a[href='tel:112']").count() == 1
    assert amira.page.locator(".kris--yellow a[href='tel:+46846500414']").count() == 1
    amira.look("nivaer")


def approve(amira, case: str) -> None:
    """PLA-4: how the yes was shown and who saw it; nothing is said to be ready before it is."""
    amira.open(f"{case}plan/skriv/andra/")
    amira.page.locator("input[name='others_nobody']").check()
    save(amira)
    amira.open(f"{case}plan/skriv/ansvar/")
    amira.choose("lead", "Hanna Utkastlind")
    save(amira)
    amira.open(f"{case}plan/skriv/uppfoljning/")
    amira.fill(follow_up_on=(timezone.localdate() + timedelta(days=60)).isoformat())
    save(amira)
    amira.open(case)
    amira.says("4 av 4")
    amira.open(f"{case}plan/godkann/")
    amira.page.locator("input[name='person_agrees']").check()
    amira.press("Godkänn tillsammans med personen")
    amira.says("Välj hur personen visade sitt ja", "Välj minst en som såg")
    amira.look("godkann-fel")
    amira.pick(agreed_form="nod")
    amira.fill(agreed_how="Du nickade när vi läste upp målen.")
    for box in amira.page.locator("input[name='agreed_before']").all():
        box.check()
    amira.press("Godkänn tillsammans med personen")
    amira.says("Pdf:en till personen görs nu")
    amira.open(f"{case}plan/")
    amira.says("Du visade ja utan ord. Du nickade när vi läste upp målen.", "Det såg", "Hanna Utkastlind")
    amira.look("plan-med-ja")


def own_measures(hanna, case: str) -> None:
    """PLA-8: text, JSON and PDF of one's own, under names that tell nothing."""
    hanna.open(f"{case}plan/")
    hanna.follow("Hämta era insatser")
    hanna.says(OWN)
    assert OTHERS not in hanna.text()
    hanna.look("egna-insatser")
    for kind in ("Text", "Json"):
        with hanna.page.expect_download() as file:
            hanna.page.locator("main a.btn", has_text=kind).click()
        content = file.value.path().read_text(encoding="utf-8")
        assert file.value.suggested_filename == f"insatser.{'txt' if kind == 'Text' else 'json'}"
        assert OWN in content and OTHERS not in content
    assert json.loads(content)["goals"][0]["measures"][0]["text"] == OWN
    hanna.press("Gör en pdf")
    hanna.says("Pdf:en görs")

    def ready():
        hanna.open(f"{case}plan/egna-insatser/")
        return hanna.page.locator("a[href$='insatser.pdf']").count()

    wait_for(ready, 120)
    hanna.look("egna-insatser-klara")
    with hanna.page.expect_download() as file:
        hanna.page.locator("a[href$='insatser.pdf']").click()
    assert file.value.path().read_bytes().startswith(b"%PDF-")


def versions(hanna, case: str) -> None:
    """PLA-5: the next version beside the first, goal by goal."""
    hanna.open(f"{case}plan/")
    hanna.press("Börja på nästa version")
    hanna.open(f"{case}plan/skriv/")
    goal = re.search(r"/mal/(\d+)/insats/", hanna.page.content())[1]
    hanna.open(f"{case}plan/skriv/mal/{goal}/")
    hanna.fill(text="Du duschar själv tre gånger i veckan före jul.")
    save(hanna)
    hanna.open(f"{case}plan/skriv/mal/nytt/")
    hanna.fill(text="Du går till syföreningen varje tisdag från och med maj.")
    hanna.pick(horizon="long")
    save(hanna)
    hanna.open(f"{case}plan/versioner/1/jamfor/2/")
    hanna.says("Mål 1", "Ändrat", "Tillagt", "Mål 2")
    assert hanna.page.locator("ins", has_text="tre").count() == 1
    assert hanna.page.locator("del", has_text="två").count() == 1
    hanna.look("jamfor-mal-for-mal")


def test_a_plan_is_written_together_approved_and_taken_home(someone, monkeypatch):
    amira, hanna, case = a_held_meeting(someone, monkeypatch)
    assert path_of(amira) == case
    meter(amira, case)
    live_hints(amira, case)
    goal = questions(amira, case)
    measures(amira, hanna, case, goal)
    levels(amira, case)
    approve(amira, case)
    own_measures(hanna, case)
    versions(hanna, case)


def test_the_person_reads_what_is_new_and_what_to_do_if_it_gets_worse(someone):
    elsa = someone("elsa.medborgare")
    elsa.says("Det här är nytt sedan förra planen", "Om du mår sämre")
    assert elsa.page.locator(".help a[href='tel:1177'], .help a[href='tel:112']").count() == 2
    elsa.look("min-plan-nytt")
    ronja = someone("ronja.medborgare")
    ronja.says("Grönt: du mår bra", "Gult: tidiga tecken", "Rött: det är akut")
    assert "Det här är nytt sedan förra planen" not in ronja.text()
    ronja.look("min-plan-nivaer")


def test_the_pages_of_the_word_list(someone):
    """PLA-1: what an administrator adds to the check."""
    anders = someone("anders.falun")
    anders.open("/administration/ordlista/")
    anders.says("Ord i språkkollen")
    anders.look("ord-i-sprakkollen")
    anders.open("/administration/ordlista/nytt/")
    anders.look("nytt-ord")
    anders.page.locator("main form button.btn").first.click()
    expect(anders.page).to_have_title(re.compile(r"^Fel: "))
    anders.look("nytt-ord-fel")
