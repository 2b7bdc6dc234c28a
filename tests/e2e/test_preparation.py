"""Before the meeting: with the person, the list of what is left, the interpreter, and what others then read."""

import re

import pytest
from django.utils import timezone

from tests.e2e.test_journey import NUMBER, path_of

pytestmark = [pytest.mark.timeout(900), pytest.mark.xdist_group("e2e")]
UNIT, OWN = "Övningsängens vårdcentral", "Jag vill kunna gå till syföreningen."
QUESTION = "Hur kan du bo kvar hemma och slippa ramla?"


def start(amira) -> str:
    """A case that is agreed on: the need, a party in the region, both answers yes."""
    amira.open("/arenden/ny/")
    amira.fill(number=NUMBER)
    amira.press("Fortsätt")
    amira.pick(compulsory="no", has_plan="no", asked_by="staff", protection="none", reasons="coordination")
    amira.fill(given_name="Astrid", family_name="Testholm", language="Arabiska", need_found_on="i går")
    amira.page.locator("input[name='interpreter']").check()
    amira.press("Starta SIP")
    case = path_of(amira)
    amira.open(f"{case}aktorer/ny/?q={UNIT}")
    amira.page.get_by_role("radio", name=re.compile(UNIT)).first.check()
    amira.press("Lägg till enheten")
    amira.open(f"{case}samtycke/nytt/")
    amira.pick(share_answer="yes", planning_answer="yes", form="spoken")
    amira.fill(informed_how="Amira berättade vid ett hembesök.")
    for box in amira.page.locator("input[name='units']").all():
        box.check()
    amira.page.locator("main form button.btn[type='submit']").last.click()
    return case


def prepare(amira, case: str) -> None:
    amira.open(case)
    amira.says("Förbered mötet tillsammans med Astrid", "2 av 8 klara")
    amira.follow("Förbered mötet")
    amira.look("forberedelse-tom")
    for name, field, words in (("viktigt", "what_matters", OWN), ("fraga", "question", QUESTION)):
        amira.open(f"{case}forberedelse/skriv/{name}/")
        amira.look(f"forberedelse-{name}")
        amira.fill(**{field: words})
        amira.press("Spara")
    amira.open(f"{case}forberedelse/skriv/anpassningar/")
    amira.fill(place="Hemma hos dig på förmiddagen")
    amira.look("forberedelse-anpassningar")
    amira.press("Spara")
    amira.open(f"{case}forberedelse/vilka/")
    amira.look("forberedelse-vilka")
    amira.pick(wanted="no")
    amira.fill(name="vårdcentral")
    amira.press("Spara")
    amira.says(OWN, QUESTION, "Ska inte komma")


def interpret(amira, case: str) -> None:
    amira.open(f"{case}forberedelse/boka/tolk/")
    amira.look("boka-tolk")
    amira.pick(form="video")
    amira.press("Spara bokningen")
    amira.says("Bokad", "Arabiska, video")
    amira.press("Bekräftad")
    amira.look("forberedelse")
    amira.open(case)
    amira.says("Kalla till SIP-möte", QUESTION)
    amira.look("klart-fore-motet")


def meet_before(amira, hanna, case: str) -> None:
    """KAL-8: the person has said yes; the notes stay with the two units."""
    amira.open(f"{case}forberedelse/formote/")
    amira.look("formote-nytt")
    amira.pick(consent_form="spoken", about="costs")
    today = timezone.localdate().isoformat()
    amira.fill(consent_on="i dag", day=today, starts="0.00", place="Provgatan 4")
    amira.page.locator("input[name='units']").first.check()
    amira.press("Bestäm förmötet")
    amira.follow("Skriv in att det hölls")
    amira.look("formote-hallet")
    amira.fill(notes="Kommunen betalar rampen.", outcome="Ni får veta vem som betalar rampen.")
    amira.press("Spara")
    amira.look("formote")
    hanna.open(amira.page.url.removeprefix(amira.url))
    hanna.says("Kommunen betalar rampen.", "Personens samtycke")
    amira.press("Ta med utfallet till mötet")


def call(amira, case: str) -> None:
    amira.open(f"{case}moten/kalla/")
    amira.says("Personen vill inte att de här kommer")
    assert amira.page.locator("[name='agenda']").input_value() == "Ni får veta vem som betalar rampen."
    amira.look("kalla-forberedd")
    day = timezone.localdate() + timezone.timedelta(days=9)
    amira.fill(day=day.isoformat(), starts="9.00", ends="10.00", place="Provgatan 4")
    amira.pick(form="physical")
    amira.press("Skicka kallelsen")
    amira.says("inte ska komma", "Bekräftad: Arabiska, på video", QUESTION)
    amira.look("kallelse-forberedd")


def test_prepared_with_the_person_and_read_by_the_others(someone):
    amira, hanna = someone("amira.falun"), someone("hanna.dalarna")
    case = start(amira)
    prepare(amira, case)
    interpret(amira, case)
    meet_before(amira, hanna, case)
    call(amira, case)
    hanna.open(f"{case}moten/")
    hanna.follow("Svara på kallelsen")
    hanna.says(QUESTION, "Bekräftad: Arabiska, på video", "Ni får veta vem som betalar rampen.")
    hanna.look("svara-forberedd")
    hanna.open(f"{case}forberedelse/")
    hanna.says(OWN, QUESTION)
    assert "Ska inte komma" not in hanna.text()
    hanna.look("forberedelse-hos-parten")
    astrid = someone("astrid.medborgare")
    astrid.open(case.replace("/arenden/", "/min-plan/"))
    astrid.says("Inför mötet", OWN, QUESTION, "En tolk som talar arabiska är med på video.", "Fundera gärna")
    assert "Kommunen betalar rampen" not in astrid.page.content()
    astrid.look("min-plan-infor-motet")
    astrid.open(f"{case.replace('/arenden/', '/min-plan/')}lasare/")
    astrid.says("Höll ett förmöte utan dig")
    amira.open(f"{case}avsluta/")
    amira.pick(reason="not_needed")
    amira.page.locator("main form button.btn").last.click()
