"""Every paper, filled in and empty, drawn and checked against PDF/UA: tags, language, title, nobody's name (DOK)."""

import io
import subprocess
import sys

import pikepdf
import pypdfium2
import pytest

from papers import drawing, possible
from papers.models import Kind
from plans import paper_shapes, render
from tests import build, matterhorn
from tests.papers.test_papers import closed, order

NAME, NUMBER = "Testholm", "19850101"


@pytest.fixture
def orders(cast) -> dict[str, dict]:
    """What is known of each kind, walked through the services, and what an empty form still says."""
    called = build.called(cast, days_ahead=9)
    with cast.acting("owner"):
        facts = possible.Facts(called, cast.owner)
    first = {
        kind: order(cast, called, kind, about=facts.choices(kind)[0][0])
        for kind in (Kind.LEAFLET, Kind.CONSENT, Kind.CALL, Kind.INVITATION, Kind.CIRCLE, Kind.PACK)
    }
    held = build.followed_up(cast, build.planned(cast, build.met(cast, build.consented(cast, number="199002222397"))))
    case = build.reread(cast, held.case)
    later = {"follow-up form": order(cast, case, Kind.FOLLOW_UP), "pack with plan": order(cast, case, Kind.PACK)}
    later["record"] = order(cast, case, Kind.FOLLOW_UP, about=held.pk)
    later["closure"] = order(cast, closed(cast, case), Kind.CLOSURE)
    with cast.acting("owner"):
        blank = {
            f"blank {kind}": {"document": possible.document_of(kind, 0), "values": drawing.blank_values(kind)}
            for kind in Kind
        }
    return {name: paper.context for name, paper in (first | later).items()} | blank


def said(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document).replace("\r\n", "\n")


def test_each_is_drawn_and_passes_the_checker(orders, tmp_path):
    assert {asked["document"] for asked in orders.values()} == {*paper_shapes.SHAPES, "invitation"}
    texts = {}
    for name, asked in orders.items():
        pdf = render.draw(asked["document"], asked["values"])
        (tmp_path / f"{name}.pdf").write_bytes(pdf)
        texts[name] = said(pdf)
        assert matterhorn.problems(pdf) == [], name
        with pikepdf.open(io.BytesIO(pdf)) as document, document.open_metadata() as meta:
            assert document.Root.MarkInfo.Marked and document.Root.Lang == "sv", name
            assert meta["pdfuaid:part"] == "1" and document.Root.ViewerPreferences.DisplayDocTitle, name
            assert meta["dc:title"] == render.TITLES[asked["document"]], "a title names nobody"
    files = sorted(map(str, tmp_path.glob("*.pdf")))
    assert len(files) == len(orders) == 10 + len(Kind)
    checked = subprocess.run(
        [sys.executable, "-m", "pdfua", "check", *files], capture_output=True, text=True, check=False
    )
    assert checked.stdout.count("errors=0 warnings=0") == len(files), checked.stdout
    check_words(texts)


def check_words(texts: dict[str, str]) -> None:
    for name, text in texts.items():
        assert "{{" not in text and "{%" not in text and "None" not in text, name
        if name.startswith("blank"):
            assert NAME not in text and NUMBER not in text, name
    for name in (Kind.CONSENT, Kind.CALL, Kind.PACK, "follow-up form", "record", "closure"):
        assert NAME in texts[name], name
    for name in (Kind.CIRCLE, "blank circle"):
        # Two sides of one sheet, whatever the length.
        assert "Sida 2 av 2" in texts[name], name
    for name, words in (
        (Kind.CONSENT, ["1. Får vi dela uppgifter om dig?", "2. Får vi planera tillsammans?", "ta tillbaka ditt ja"]),
        ("blank consent", ["Vårdnadshavare", "God man", "Personligt ombud", "Det här tycker barnet självt"]),
        (Kind.CALL, ["skyldiga att delta", "besluta om", "Provgatan 4 B"]),
        (Kind.INVITATION, ["Vad är viktigt för dig?", "Välkommen till ditt möte"]),
        (Kind.CIRCLE, ["1. Inledning", "30 min", "Läs före mötet"]),
        (Kind.PACK, ["Närvaro", "Dagordning", "Anteckningar", "Planen, att fylla i"]),
        ("pack with plan", ["Planen hittills", "Du rör dig hemma utan att ramla."]),
        ("follow-up form", ["Vad har hindrat?", "Blev inte av", "Nästa uppföljning"]),
        ("record", ["Det går bra.", "Inget sagt"]),
        ("closure", ["Målen i planen är nådda.", "Hit ringer du", "1177"]),
        ("blank closure", ["Flytt till en annan ort."]),
        ("blank leaflet", ["Måste du?", "frivillig och gratis"]),
    ):
        for word in words:
            assert word in texts[name].replace("\n", " "), (name, word)


@pytest.mark.parametrize(
    ("document", "values"),
    [
        ("papers/circle", {"parts": [{"share": "x"}]}),
        ("papers/circle", {"parts": [{}]}),
        ("papers/pack", {"parts": 3}),
        ("papers/follow_up", {"questions": ["x"]}),
        ("papers/../plan", {}),
    ],
)
def test_the_wrong_shape_is_refused(document, values):
    with pytest.raises(render.Refused):
        render.draw(document, values)
