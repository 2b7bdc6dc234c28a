"""The person reads who has read, and takes the list home as a PDF (PDL 8:5)."""

import time

import pytest

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("e2e")]
DRAWN_WITHIN = 60


def test_the_person_reads_the_log_and_takes_it_home(someone):
    elsa = someone("elsa.medborgare")
    plan = elsa.page.url.removeprefix(elsa.url)
    elsa.open(f"{plan}lasare/")
    elsa.says("Vilka har läst?", "Skrev")
    elsa.look("vilka-har-last")
    elsa.open(f"{plan}lasare/utdrag/")
    elsa.look("loggutdrag")
    elsa.press("Gör listan")
    ready = elsa.page.get_by_role("link", name="(pdf)")
    give_up = time.monotonic() + DRAWN_WITHIN
    while not ready.count() and time.monotonic() < give_up:
        elsa.page.wait_for_timeout(2000)
        elsa.open(f"{plan}lasare/utdrag/")
    answer = elsa.page.request.get(elsa.url + ready.first.get_attribute("href"))
    assert answer.status == 200 and answer.body().startswith(b"%PDF-")
    assert answer.headers["content-disposition"] == 'attachment; filename="loggutdrag.pdf"'
    elsa.look("loggutdrag-klart")
    assert elsa.problems == []
