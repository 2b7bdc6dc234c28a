"""A relative without an account answers by link and code: wrong code, right code, answer, and staff sees it (KAL-3)."""

import json
import re
import urllib.request

import pytest

from tests.e2e.conftest import Reader
from tests.e2e.test_journey import call, consent, path_of, wait_for

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("e2e")]
NUMBER, RELATIVE, ADDRESS = "19410715-3415", "Provanna Anhörig", "anhorig@exempel.se"
# A sweep of the deliveries each twenty seconds.
SECONDS = 90


@pytest.fixture
def guest(chromium, stack):
    """A browser in which nobody has ever signed in."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="sv-SE")
    reader = Reader(context.new_page(), stack.url, "gast")
    yield reader
    context.close()
    assert reader.problems == []


@pytest.fixture
def unscripted(chromium, stack):
    """The same without scripts."""
    context = chromium.new_context(locale="sv-SE", java_script_enabled=False)
    yield Reader(context.new_page(), stack.url, "gast-utan-skript")
    context.close()


def invited(amira) -> str:
    """A case with a meeting tonight, to which a relative is asked."""
    amira.follow("Starta ny SIP")
    amira.fill(number=NUMBER)
    amira.press("Fortsätt")
    amira.pick(compulsory="no", has_plan="no", asked_by="staff", protection="none")
    amira.fill(given_name="Astrid", family_name="Testholm", need_found_on="i går")
    amira.pick(reasons="coordination")
    amira.press("Starta SIP")
    case = path_of(amira)
    amira.open(f"{case}aktorer/ny/?q=Övningsängens vårdcentral")
    amira.page.get_by_role("radio", name=re.compile("Övningsängens vårdcentral")).first.check()
    amira.press("Lägg till enheten")
    amira.open(f"{case}deltagare/ny/")
    amira.pick(kind="relative", tell_by="letter")
    amira.fill(name=RELATIVE, relation="Syster", phone="070-174 06 06", address="Provgatan 9, 791 30 Falun")
    amira.page.locator("main form button.btn[type='submit']").last.click()
    consent(amira, case)
    call(amira, case)
    return case


def make_link(amira, case: str) -> tuple[str, str]:
    """The letter with the address, and the code to read on the telephone."""
    amira.open(f"{case}moten/")
    amira.follow("Länk för svar")
    amira.look("lank")
    amira.press("Gör länken")
    amira.says("Välj hur deltagaren får länken.")
    amira.look("lank-fel")
    amira.pick(way="letter")
    amira.press("Gör länken")
    amira.says("Länken är gjord", RELATIVE)
    amira.look("lank-gjord")
    address = re.search(r"/inbjudan/[a-z0-9-]+/", amira.text())[0]
    code = re.search(r"Kod: (\d{4} \d{4})", amira.text())[1]
    amira.pick(way="phone")
    amira.press("Notera")
    amira.says("Noterat.", "Inte öppnad än", "Telefon")
    amira.look("lank-noterad")
    return address, code


def test_a_relative_answers_by_link_and_code(someone, guest, unscripted, stack):
    amira = someone("amira.falun")
    case = invited(amira)
    address, code = make_link(amira, case)

    sent = []
    guest.page.on("request", lambda request: sent.append((request.url, request.all_headers().get("referer", ""))))
    guest.open(address)
    guest.says("Skriv din kod")
    guest.look("kod")
    guest.fill(code="0000 0000" if not code.startswith("0000") else "1111 1111")
    guest.press("Visa inbjudan")
    guest.says("Koden och länken stämmer inte")
    guest.look("kod-fel")
    guest.fill(code=code)
    guest.press("Visa inbjudan")
    assert guest.page.url == f"{stack.url}/inbjudan/"
    guest.says("Du är inbjuden till ett möte", "Hemma hos Astrid", "Amira")
    assert "viktigt för dig" not in guest.text() and "Testholm" not in guest.page.content()
    guest.look("inbjudan")
    # The secret goes nowhere but to its own address.
    assert sent and not [url for url, referer in sent if address.strip("/").split("/")[-1] in referer]

    guest.pick(answer="delegate")
    guest.press("Spara svaret")
    guest.says("Skriv namnet på den som kommer.")
    guest.look("svar-fel")
    guest.fill(attendee_name="Ulf Provberg", attendee_title="God man")
    guest.press("Spara svaret")
    guest.says("Ditt svar är sparat", "Ulf Provberg")
    guest.look("svarat")
    guest.press("Stäng")
    guest.says("Inbjudan är stängd")
    guest.look("stangd")
    guest.page.go_back()
    guest.page.reload()
    assert "Ulf Provberg" not in guest.page.content()

    amira.open(f"{case}moten/")
    amira.says("Ulf Provberg", "länk och kod")
    amira.look("svar-genom-lank")
    amira.open(f"{case}handelser/")
    amira.says("En deltagare utan konto svarade genom länken: någon annan kommer")

    mailed(amira, unscripted, case, stack)


def mails(stack) -> list[str]:
    """What has come to the relative's mailbox."""
    with urllib.request.urlopen(f"{stack.mailbox}/brev.json", timeout=5) as answer:
        caught = json.load(answer)
    return [letter["text"] for letter in caught if letter["recipients"] == [ADDRESS]]


def mailed(amira, guest, case: str, stack) -> None:
    """By mail instead, without scripts; and the link dies while the guest reads."""
    before = len(mails(stack))
    amira.open(f"{case}moten/")
    amira.follow("Länk för svar")
    amira.pick(way="email")
    amira.fill(email=ADDRESS)
    amira.page.get_by_label("Deltagaren har sagt ja till e-post").check()
    amira.page.get_by_label("Visa också vad mötet ska handla om").check()
    amira.press("Gör länken")
    code = re.search(r"Kod: (\d{4} \d{4})", amira.text())[1]
    amira.look("lank-mejlad")
    wait_for(lambda: len(mails(stack)) > before, SECONDS)
    letter = mails(stack)[0]
    assert "Astrid" not in letter and "SIP" not in letter and code not in letter
    guest.open(re.search(r"/inbjudan/[a-z0-9-]+/", letter)[0])
    guest.fill(code=code)
    guest.press("Visa inbjudan")
    guest.says("Vad som är viktigt för dig", "Ditt svar är sparat")
    amira.open(f"{case}moten/")
    amira.follow("Länk för svar")
    amira.says("Öppnad")
    amira.press("Spärra länken")
    amira.says("Länken är spärrad.")
    guest.page.reload()
    guest.says("Inbjudan är stängd")
