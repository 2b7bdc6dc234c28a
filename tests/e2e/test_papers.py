"""Papers in the browser: the list, one paper from order to file, an empty form, and the person's own (DOK)."""

import re
import time

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("e2e")]
DRAWN_WITHIN = 90


def fetched(reader, link: str):
    """Wait for the worker, while the page asks anew by itself; then take the file as the browser does."""
    ready = reader.page.get_by_role("link", name=link)
    expect(ready.first).to_be_visible(timeout=DRAWN_WITHIN * 1000)
    return reader.page.request.get(reader.url + ready.first.get_attribute("href"))


def a_pdf(answer, name: str) -> None:
    assert answer.status == 200 and answer.body().startswith(b"%PDF-")
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}.pdf"'


def test_papers_of_a_case_and_empty_ones(someone):
    amira = someone("amira.falun")
    amira.open("/arenden/")
    case = re.search(r"/arenden/[0-9a-f-]{36}/", amira.page.content())[0]
    amira.open(f"{case}papper/")
    amira.says("Samtyckesblankett", "Mötespaket utan nät", "Besked om avslut")
    amira.look("papper")
    amira.page.get_by_role("button", name=re.compile("Gör ifyllt.*Mötespaket")).click()
    amira.says("Mötespaket utan nät")
    amira.look("papper-gors")
    a_pdf(fetched(amira, "Hämta (pdf)"), "motespaket")
    amira.look("papper-klart")
    amira.follow("Anteckna lämnat papper")
    amira.look("papper-lamnat")
    amira.pick(to="person", how="Överlämnad")
    amira.press("Spara")
    amira.says("Antecknat att pappret är lämnat.", "Gjorda av er enhet")
    amira.open("/papper/")
    amira.look("tomma-blanketter")
    amira.follow("Mötescirkel")
    amira.press("Gör pappret")
    a_pdf(fetched(amira, "Hämta (pdf)"), "motescirkel")
    amira.look("tom-blankett")
    assert amira.problems == []


def test_the_persons_own_papers(someone):
    elsa = someone("elsa.medborgare")
    plan = elsa.page.url.removeprefix(elsa.url)
    elsa.open(f"{plan}papper/")
    elsa.says("Ditt samtycke", "Information om SIP")
    elsa.look("dina-papper")
    elsa.page.get_by_role("button", name=re.compile("Hämta.*Ditt samtycke")).click()
    elsa.says("Vi gör din pdf nu")
    address = elsa.page.url
    elsa.look("ditt-papper")
    give_up = time.monotonic() + DRAWN_WITHIN
    answer = elsa.page.request.get(address)
    while "pdf" not in answer.headers["content-type"] and time.monotonic() < give_up:
        time.sleep(2)
        answer = elsa.page.request.get(address)
    a_pdf(answer, "samtycke")
    assert elsa.problems == []
