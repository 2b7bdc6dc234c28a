"""The plan as PDF: tagged, right letters as a picture, nothing read from outside, ceilings that hold (PLA-6)."""

import io
import subprocess
import sys
import time

import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFont, ImageOps
from weasyprint import HTML

from plans import pdf, render
from tests import matterhorn

NAME = "Ŋárát Łukasz Nguyễn"
PLAN = {
    "person": {"name": NAME, "number": "19430517-9808"},
    "version": 1,
    "approved_on": "2026-03-17",
    "issued_by": "Alnäs kommun och Region Mellanbygd",
    "what_matters": "Att få bo kvar i min lägenhet.",
    "why": "Du får hjälp från både kommunen och regionen.",
    "strengths": "Du klarar morgnarna själv.",
    "situation": "Du har ramlat två gånger.",
    "long_term_goal": "Du bor kvar hemma.",
    "goals": [
        {
            "text": "Du rör dig hemma utan att ramla.",
            "how_noticed": "du har inte ramlat på två månader",
            "horizon": "short",
            "measures": [
                {"text": "Vi tränar balans.", "who_kind": "kommun", "who": "Nadia Provén", "when": "Tisdagar"},
                {"text": "Du gör övningarna.", "who_kind": "self", "when": "Varje dag"},
            ],
        }
    ],
    "others_do": "Ingen annan.",
    "crisis": {
        "signs": "Du blir yr.\nDu äter mindre.",
        "call_first": [{"name": "Hemsjukvården", "phone": "08-465 004 31"}],
    },
    "lead": {"name": "Helen Provberg", "unit": "Lindö hälsocentral", "authority": "Region Mellanbygd"},
    "follow_up": {"when": "Tisdag 12 maj 2026", "who_calls": "Helen Provberg"},
    "participants": [{"name": "Helen Provberg", "unit": "Lindö hälsocentral", "phone": "08-465", "present": True}],
    "consent": {"text": "Du har sagt ja."},
    "copies": ["Rehabenheten"],
    "signatures": True,
}  # fmt: skip
LEVELS = PLAN | {
    "crisis": {
        "levels": [
            {"key": "green", "heading": "Grönt: du mår bra",
             "rows": [{"name": "signs", "label": "Så märks det", "text": "Du sover.\nDu äter."}]},
            {"key": "yellow", "heading": "Gult: tidiga tecken",
             "rows": [{"name": "call_first", "label": "Ring först", "text": "Hemsjukvården, 08-465 004 14"}]},
            {"key": "red", "heading": "Rött: det är akut", "hidden": True,
             "rows": [{"name": "signs", "label": "Tecken", "text": "Delas inte med er."}]},
        ]
    },
    "agreed": {"said": "Du visade ja utan ord.", "before": ["Hanna Utkastlind"], "by": "Hanna", "on": "17 mars 2026"},
    "signatures_text": "Den som vill skriver under.",
}  # fmt: skip
OWN_MEASURES = {
    "person": {"name": NAME, "number": "19430517-9808"}, "unit": "Lindö hälsocentral", "authority": "Regionen",
    "version": 2, "approved_on": "2026-03-17", "written_on": "2026-03-18", "lead": "Helen Provberg",
    "goals": [{"text": "Du går ut.", "measures": [{"text": "Vi ringer.", "who": "Helen", "when": "Tisdagar"}]}],
}  # fmt: skip
LOG = {
    "person": {"name": NAME}, "written_on": "2026-03-05", "period": "mars 2026", "place": "Lindö hälsocentral",
    "rows": [{"at": f"{day} mars", "who": "Helen", "where": "Lindö", "what": "Läste", "why": ""} for day in range(90)],
}  # fmt: skip
WINDOW = {"address": [NAME, "Provgatan 1"], "written_on": "2026-03-05", "text": "Du har ett nytt meddelande."}
LETTER = {
    "person": {"name": NAME},
    "written_on": "2026-03-05",
    "meeting": {"when": "Tisdag 17 mars 2026 kl. 13.30–14.30", "where": "Hemma hos dig"},
    "participants": ["Din dotter"],
    "caller": {"name": "Amira Övningsdal", "phone": "08-465 004 26"},
}


@pytest.fixture(scope="module")
def plan() -> bytes:
    return pdf.render_plan(PLAN)


def text_of(data: bytes) -> str:
    with pypdfium2.PdfDocument(data) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document).replace("\r\n", "\n")


DOCUMENTS = [
    (pdf.render_plan, PLAN), (pdf.render_plan, LEVELS), (pdf.render_invitation, LETTER),
    (pdf.render_measures, OWN_MEASURES), (pdf.render_log, LOG), (pdf.render_notice, WINDOW),
]  # fmt: skip


@pytest.mark.parametrize(("order", "context"), DOCUMENTS)
def test_documents_pass_a_pdf_ua_checker(order, context, tmp_path):
    file = tmp_path / "document.pdf"
    file.write_bytes(order(context))
    checked = subprocess.run(
        [sys.executable, "-m", "pdfua", "check", str(file)], capture_output=True, text=True, check=False
    )
    assert "errors=0 warnings=0" in checked.stdout, checked.stdout + checked.stderr
    assert matterhorn.problems(file.read_bytes()) == []


def test_the_levels_are_said_in_words_and_their_numbers_can_be_pressed():
    drawn = pdf.render_plan(LEVELS)
    said = text_of(drawn)
    for words in ("Grönt: du mår bra", "Gult: tidiga tecken", "Rött: det är akut", "Delas inte med er.", "1177", "112"):
        assert words in said
    assert "Du visade ja utan ord." in said and "Hanna Utkastlind" in said and "Den som vill skriver under." in said
    with pikepdf.open(io.BytesIO(drawn)) as document:
        notes = [note for page in document.pages for note in page.get("/Annots", [])]
    assert [str(note.A.URI) for note in notes] == ["tel:+46846500414"]


def test_a_plan_from_before_the_levels_is_drawn_as_it_was(plan):
    assert "Tecken att se upp med" in text_of(plan) and "Grönt" not in text_of(plan)


def test_the_document_says_what_it_is_and_in_which_language(plan):
    with pikepdf.open(io.BytesIO(plan)) as document:
        assert document.Root.Lang == "sv"
        assert document.Root.MarkInfo.Marked
        assert document.Root.ViewerPreferences.DisplayDocTitle
        with document.open_metadata() as meta:
            # A title is shown in window lists and queues, so it never names the person.
            assert meta["dc:title"] == "Din samordnade individuella plan"
            assert meta["pdfuaid:part"] == "1"


def headings(pdf_bytes: bytes) -> list:
    found = []

    def walk(element):
        if isinstance(element, pikepdf.Array):
            for child in element:
                walk(child)
        elif isinstance(element, pikepdf.Dictionary):
            if element.get("/S") == pikepdf.Name.TH:
                found.append(element)
            if "/K" in element:
                walk(element.K)

    with pikepdf.open(io.BytesIO(pdf_bytes)) as document:
        walk(document.Root.StructTreeRoot.K)
        return [str(element.A.Scope) for element in found]


def test_every_table_heading_has_a_scope(plan):
    scopes = headings(plan)
    assert scopes.count("/Column") == 3 + 2 + 4
    assert scopes.count("/Row") == 2 + 3 + 1


def ink(picture: Image.Image) -> Image.Image:
    """Dark on white, cut to what is drawn and brought to one size, so that only shapes are compared."""
    grey = ImageOps.autocontrast(ImageChops.invert(picture.convert("L")))
    return grey.crop(grey.point(lambda value: 255 if value > 60 else 0).getbbox()).resize((900, 80))


def drawn_by_pillow(text: str) -> Image.Image:
    font = ImageFont.truetype(str(render.HERE / "fonts" / "SourceSans3-Regular.ttf"), 100)
    picture = Image.new("L", (2200, 240), "white")
    ImageDraw.Draw(picture).text((20, 20), text, font=font, fill="black")
    return ink(picture)


def drawn_in(pdf_bytes: bytes, text: str) -> Image.Image:
    """The line of the person's name, cut out of the picture of the first page."""
    with pypdfium2.PdfDocument(pdf_bytes) as document:
        page = document[0]
        words = page.get_textpage()
        index, count = words.search(text, match_case=True).get_next()
        boxes = [words.get_charbox(index + i, loose=True) for i in range(count)]
        left, bottom = min(b[0] for b in boxes), min(b[1] for b in boxes)
        right, top = max(b[2] for b in boxes), max(b[3] for b in boxes)
        scale = 8
        picture = page.render(scale=scale).to_pil()
        height = page.get_height()
        box = (left - 1, height - top - 1, right + 1, height - bottom + 1)
        return ink(picture.crop(tuple(int(edge * scale) for edge in box)))


def difference(one: Image.Image, other: Image.Image) -> float:
    """The share of ink that differs in the worst of thirty strips, about a letter wide."""
    apart = ImageChops.difference(one, other)
    width = one.width // 30
    strips = (apart.crop((x, 0, x + width, one.height)) for x in range(0, one.width, width))
    return max(sum(value * n for value, n in enumerate(s.histogram())) / (255 * s.width * s.height) for s in strips)


def nameplate(name: str) -> bytes:
    """The name alone on its line, so that the picture holds nothing else."""
    return pdf.render_plan({**PLAN, "person": {"name": name}})


def test_names_are_drawn_with_their_own_letters():
    # Text extraction gives the right letters even when the picture shows wrong ones.
    drawn = drawn_in(nameplate(NAME), NAME)
    assert difference(drawn, drawn_by_pillow(NAME)) < 0.06
    for wrong in ("Nárát Łukasz Nguyễn", "Ŋárát Lukasz Nguyễn", "Ŋárát Łukasz Nguyên"):
        assert difference(drawn, drawn_by_pillow(wrong)) > 0.07, wrong


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "file://localhost/etc/passwd",
        "http://127.0.0.1/",
        "https://example.org/x.png",
        "ftp://127.0.0.1/x",
        "data:text/plain,x",
        (render.PAGES / ".." / "models.py").as_uri(),
        (render.PAGES / "%2e%2e" / "models.py").as_posix(),
        f"{render.PAGES.as_uri()}/%2e%2e/models.py",
    ],
)
def test_only_the_documents_own_files_are_read(url):
    with pytest.raises(ValueError, match="own files"):
        render.OwnFiles().fetch(url)


def test_our_own_files_are_read():
    assert render.OwnFiles().fetch(render.TOKENS.as_uri()).read().startswith(b"/*")
    assert render.OwnFiles().fetch((render.PAGES / "document.css").as_uri()).read()


def test_a_page_that_asks_for_outside_files_gets_none():
    page = "<html lang=sv><title>x</title><img alt=x src='file:///etc/passwd'><img alt=x src='http://127.0.0.1:1/x'>"
    HTML(string=page, url_fetcher=render.OwnFiles()).write_pdf()


def test_the_drawing_process_reaches_no_network_and_starts_no_program():
    for attempt in (
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
        "import os; os.fork()",
    ):
        code = f"from plans import render; render.shut_in(); {attempt}"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=pdf.ROOT, check=False)
        assert "drawing reaches nothing outside" in done.stderr


def test_the_drawing_process_has_a_ceiling_for_memory():
    code = "from plans import render; render.shut_in(); bytearray(900 * 1024 * 1024)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=pdf.ROOT, check=False)
    assert "MemoryError" in done.stderr


def test_the_drawing_process_is_given_no_secrets(monkeypatch):
    seen = {}

    def look(_arguments, **options):
        seen.update(options["env"])
        return subprocess.CompletedProcess([], 0, stdout=b"%PDF-", stderr=b"")

    monkeypatch.setenv("SIP_SECRET_KEY", "secret")
    monkeypatch.setattr(pdf.subprocess, "run", look)
    pdf.render_plan(PLAN)
    assert set(seen) <= {"PATH", "LD_LIBRARY_PATH", "HOME", "TMPDIR", "LANG"}


def test_hostile_text_is_only_text():
    evil = {
        **PLAN,
        "person": {"name": "</title><script>alert(1)</script>", "number": '"; content: url(http://127.0.0.1/)'},
        "what_matters": "<img src='file:///etc/passwd'>{% include 'plan.html' %}{{ settings }}\x00\ud800\u202e",
        "why": "<style>@import url(http://127.0.0.1/)</style>&lt;",
    }
    said = text_of(pdf.render_plan(evil))
    assert "<script>alert(1)</script>" in said
    assert "{% include 'plan.html' %}{{ settings }}" in said
    assert "@import url(http://127.0.0.1/)" in said
    assert "root:" not in said


def test_a_draft_says_so_on_every_page():
    data = pdf.render_plan({**PLAN, "draft": True, "approved_on": None, "situation": "Du ramlar ofta.\n" * 120})
    with pypdfium2.PdfDocument(data) as document:
        pages = [page.get_textpage().get_text_range() for page in document]
    assert len(pages) > 2
    assert all("UTKAST" in page for page in pages)
    assert "godkänd 17 mars" not in "".join(pages)


def test_the_plan_holds_its_parts(plan):
    said = text_of(plan)
    for part in (
        "Det här är viktigt för dig", "Därför har du en SIP", "Huvudmål:", "på kort sikt", "Kommunen", "Du själv",
        "Det här gör andra än kommunen och regionen", "Om du mår sämre", "1177", "112",
        "Region Mellanbygd har det övergripande ansvaret", "Så följer vi upp planen", "Ditt samtycke",
        "De här får planen", "Underskrifter", "Version 1, godkänd 17 mars 2026", "Sida 1 av",
    ):  # fmt: skip
        assert part in said.replace("\n", " "), part


HUGE = [
    {**PLAN, "situation": "x" * 200_000},
    {**PLAN, "situation": "\n" * 150_000},
    {**PLAN, "why": "x" * 8000, "strengths": "ord " * 2000, "situation": "x\n" * 400},
    {**PLAN, "goals": [{"text": "Mål", "measures": [{"text": "x" * 4000, "who": "x" * 4000}]}]},
    {**PLAN, "goals": [{"text": "Mål", "measures": [{"text": "Vi tränar."}] * 60}] * 61},
]


@pytest.mark.parametrize("context", HUGE, ids=["word", "lines", "legal", "cell", "items"])
def test_huge_text_is_drawn_or_refused_in_time(context):
    began = time.monotonic()
    try:
        pdf.render_plan(context, timeout=40)
    except pdf.PdfFailed as failed:
        assert "3" in str(failed)
    assert time.monotonic() - began < 40


@pytest.mark.parametrize("order", [b"", b"[]", b"{", b'{"document":"../plan","context":{}}', b'{"document":"plan"}'])
def test_what_is_no_order_is_refused_without_repeating_it(order):
    done = subprocess.run(
        [sys.executable, "-m", "plans.render"], input=order, capture_output=True, cwd=pdf.ROOT, check=False
    )
    assert done.returncode == render.REFUSED
    assert done.stdout == b""


@pytest.mark.parametrize("context", [{"person": "x"}, {"goals": ["x"]}, {"approved_on": "i går"}, {"lead": 3}])
def test_the_wrong_shape_is_refused(context):
    with pytest.raises(pdf.PdfFailed, match="ended with 3"):
        pdf.render_plan(context)


def test_failure_names_no_text(monkeypatch):
    with pytest.raises(pdf.PdfFailed) as failed:
        pdf.render_plan({"approved_on": "Astrid Testholm"})
    assert "Astrid" not in str(failed.value)
    with pytest.raises(pdf.PdfFailed, match="time ran out"):
        pdf.render_plan(PLAN, timeout=0.01)


def test_a_plan_with_nothing_in_it_is_still_a_document():
    assert pdf.render_plan({}).startswith(b"%PDF-")
