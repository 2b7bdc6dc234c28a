"""The person's own papers: what the person may read, and nobody else's (DOK)."""

import pytest

from papers import drawing
from papers.models import Paper
from tests.citizen.story import signed_in


@pytest.fixture
def drawn(monkeypatch):
    def draw():
        for queue in (drawing.PAPERS, drawing.BLANKS):
            monkeypatch.setattr(queue, "render", lambda asked, *, timeout: b"%PDF-1.7 prov")
        return drawing.draw_due()

    return draw


def test_the_person_fetches_own_papers(story, drawn):
    ingeborg, address = signed_in("ingeborg.medborgare"), f"/min-plan/{story.waiting.pk}/papper/"
    assert address in ingeborg.get(f"/min-plan/{story.waiting.pk}/").content.decode()
    page = ingeborg.get(address).content.decode()
    assert "Inbjudan till mötet" in page and "Det finns inget besked om avslut." in page
    assert ingeborg.post(address, {"kind": "closure"}).status_code == 409
    for kind in ("pack", "call", ""):
        assert ingeborg.post(address, {"kind": kind}).status_code == 404, kind
    made = {kind: ingeborg.post(address, {"kind": kind}).url for kind in ("invitation", "consent")}
    assert "Vi gör din pdf nu" in ingeborg.get(made["consent"]).content.decode()
    assert drawn() >= 2
    file = ingeborg.get(made["invitation"])
    assert file.content.startswith(b"%PDF-")
    assert file["Content-Disposition"] == 'attachment; filename="inbjudan.pdf"'
    papers = {paper.kind: paper for paper in Paper.objects.using("admin").filter(case_id=story.waiting.pk)}
    said = papers["invitation"].context["values"]
    assert said["meeting"]["when"] and said["about"] and said["address"] == []
    assert papers["consent"].context["values"]["share"] == "yes"
    assert {paper.unit_id for paper in papers.values()} == {None}
    # Neither another person, nor the staff of the case.
    assert signed_in("elsa.medborgare").get(made["consent"]).status_code == 404
    number = made["consent"].rstrip("/").rpartition("/")[2]
    assert signed_in("amira.falun").get(f"/arenden/{story.waiting.pk}/papper/{number}/").status_code == 404
    shown = ingeborg.get(f"/min-plan/{story.waiting.pk}/lasare/?egna=1").content.decode()
    assert "Gjorde en blankett eller ett brev på papper" in shown


def test_the_leaflet_is_for_all(story, drawn):
    elsa = signed_in("elsa.medborgare")
    assert "/min-plan/informationsblad/" in elsa.get("/min-plan/vad-ar-en-sip/").content.decode()
    assert elsa.get("/min-plan/informationsblad/").status_code == 404
    assert elsa.post("/min-plan/informationsblad/").url == "/min-plan/informationsblad/"
    assert "Vi gör din pdf nu" in elsa.get("/min-plan/informationsblad/").content.decode()
    drawn()
    file = signed_in("ingeborg.medborgare").get("/min-plan/informationsblad/")
    assert file["Content-Disposition"] == 'attachment; filename="informationsblad.pdf"'


def test_the_notice_of_the_end_is_the_persons_own(story):
    ronja, address = signed_in("ronja.medborgare"), f"/min-plan/{story.ended.pk}/papper/"
    assert ronja.post(address, {"kind": "closure"}).status_code == 302
    told = Paper.objects.using("admin").get(case_id=story.ended.pk, kind="closure").context["values"]
    assert told["why"] == "Samtycket är tillbakataget. Inget mer delas." and told["calls"] and told["by"] == ""
