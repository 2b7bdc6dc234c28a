"""The list of what is left before the meeting: done, left or not needed, for the one who looks."""

import re

from tests import build
from tests.casework import walk
from tests.preparation import prepared


def tasks(client, case) -> list[str]:
    html = client.get(f"/arenden/{case.pk}/").content.decode()
    found = re.search(r'<ul class="tasklist">(.*?)</ul>', html, re.DOTALL)[1]
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in re.findall(r"<li>(.*?)</li>", found, re.DOTALL)]


def test_each_row_is_done_left_or_not_needed_and_leads_to_its_page(cast, browse):
    case, client = build.consented(cast, interpreter=True), browse("amira.falun")
    assert tasks(client, case) == [
        "Fråga om samtycke Klar", "Bestäm vilka som ska vara med Klar", "Fråga Astrid vad som är viktigt Kvar",
        "Skriv frågan som ni ska lösa Kvar", f"Boka tolk {cast.unit('owner').name} bokar",
        "Ordna anpassningar Behövs inte", "Skicka kallelsen Kvar", "Få svar från alla som är kallade Kvar",
        "Meddela dem som inte har konto Kvar",
    ]  # fmt: skip
    prepared.said(cast, case, what_matters="Katten.", question="Var ska du bo?", disability="Ramp")
    prepared.booked(cast, case)
    walk.answered(cast, walk.called(cast, build.reread(cast, case)))
    html = client.get(f"/arenden/{case.pk}/").content.decode()
    assert "7 av 8 klara" in html
    assert f"/arenden/{case.pk}/forberedelse/#bokningar" in html
    assert tasks(client, case)[2:] == [
        "Fråga Astrid vad som är viktigt Klar", "Skriv frågan som ni ska lösa Klar", "Boka tolk Bokad",
        f"Ordna anpassningar {cast.unit('owner').name} bokar", "Skicka kallelsen Klar",
        "Få svar från alla som är kallade Klar", "Meddela dem som inte har konto Behövs inte",
    ]  # fmt: skip


def test_the_page_of_the_preparation_costs_the_same_however_much_is_written(cast, browse):
    client, case = browse("amira.falun"), build.consented(cast)
    small = walk.queries(client, f"/arenden/{case.pk}/forberedelse/")
    for number in range(30):
        prepared.wish(cast, case, wanted=number % 2 == 0, name=f"Provperson {number}")
    prepared.said(cast, case, what_matters="Katten.", question="Var?", age="Paus", place="Hemma", strengths="Allt")
    prepared.held(cast, case)
    assert len(walk.queries(client, f"/arenden/{case.pk}/forberedelse/")) == len(small)
