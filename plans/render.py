"""Draws documents as tagged PDF: JSON on standard input, PDF on standard output.

Runs only as a subprocess (`python -m plans.render`, started by `plans.pdf`): it reads nothing but its
own folders, reaches no network, and has ceilings for memory and time.

Input: `{"document": "plan" | "invitation" | "log" | "notice" | "care_plan" | "measures" | "papers/…",
"context": {…}}`. All values are finished Swedish text unless said otherwise; a missing or empty one leaves its section
out.

plan: person {name, number}, version (number), approved_on (2026-03-17), draft (bool), correction,
not_the_whole (why this copy lacks something), issued_by, case_number, what_matters, why, strengths,
situation, long_term_goal,
goals [{number, text, how_noticed, horizon ("short", "long" or words),
measures [{text, who_kind (region, kommun, self, relative, other, school, private), who_label, who,
when, where}]}], self_do, relatives_do, others_do,
crisis {levels [{key (green, yellow, red), heading, plain (bool: no heading), hidden (bool), rows [{name (signs,
self_help, call_first, we_do), label, text}]}], call_first (list of {name, phone})}; in one drawn before there were
levels instead signs (text or list), self_help, we_do, call_first (text or list),
own_opinion, disagreement, disagreements [text], lead {name, title, unit, phone, authority},
follow_up {when, where, who_calls}, met (when and where the meeting was),
participants [{name, unit, phone, present (bool)}], consent {text}, copies [text],
agreed {said, before [text], by, on}, signatures (bool: lines to sign on), signatures_text.

invitation: person {name}, address [text], issued_by, written_on (2026-03-05), meeting {when, form, where, chair,
writer}, question, about, questions [text], participants [text], support, caller {name, title, unit, phone}.

measures: person {name, number}, case_number, version, approved_on, written_on (2026-03-05), unit, authority,
goals [{text, how_noticed, measures [{text, who, when, place}]}], lead, follow_up.

notice: address [text], written_on (2026-03-05), text.

care_plan: person {name, number}, kind, reference, issued_by, draft (bool), established_on (2026-03-05), ended_on,
needs_region, needs_kommun, patient_view, by_others, physician, measures [{text, unit, who_kind}],
units [{name, when, who}] (who has adjusted it; `when` is empty for one that has not).

log: person {name}, written_on (2026-03-05), period, place (whose part of the log), rows [{at, who, where, what, why}].

papers/…: forms and letters, see `plans.paper_shapes`. `language` in any of them is the language of its words.
"""

import json
import re
import resource
import sys
import unicodedata
from datetime import date
from pathlib import Path
from urllib.parse import unquote, urlsplit

import django
from django.conf import settings
from django.template import Context, Engine
from django.utils import translation
from weasyprint import HTML
from weasyprint.urls import URLFetcher

from organisations import phones, swedish
from plans import paper_shapes, pdf_ua

HERE = Path(__file__).resolve().parent
PAGES = HERE / "pdf"
TOKENS = HERE.parent / "static" / "css" / "tokens.css"
READABLE = (PAGES, HERE / "fonts")
MEMORY_BYTES = 700 * 1024 * 1024
CPU_SECONDS = 30
FILE_BYTES = 20 * 1024 * 1024
INPUT_BYTES = 384 * 1024
# Line breaking takes more than linear time; the forms stop at 4 000.
MAX_TEXT = 8000
MAX_LINES = 500
# Two texts stand side by side while both are short; long ones are slow to balance and hard to read.
BESIDE = 500
MAX_ITEMS = 60
# The rows of a log are many and short.
MAX_ROWS = 500
REFUSED = 3

TITLES = {
    "plan": "Din samordnade individuella plan",
    "measures": "Egna insatser",
    "invitation": "Inbjudan till SIP-möte",
    "log": "Vilka har läst",
    "notice": "Du har ett nytt meddelande",
    "care_plan": "Samordnad vårdplan",
} | paper_shapes.TITLES
HORIZONS = {"short": "på kort sikt", "long": "på lång sikt"}
LABELS = {
    "region": "Regionen",
    "kommun": "Kommunen",
    "self": "Du själv",
    "relative": "Närstående",
    "other": "Annan aktör",
    "school": "Skolan",
    "private": "Privat utförare",
}
COLOURS = ("region", "kommun", "self")
ALWAYS_CALL = [
    {"name": "Råd om vård, dygnet runt", "phone": "1177"},
    {"name": "Vid fara för livet", "phone": "112"},
]
BEFORE_LEVELS = {
    "signs": "Tecken att se upp med",
    "self_help": "Det kan du göra själv",
    "we_do": "Då gör vi så här",
    "call_first": "Ring först",
}
# The first question, what matters, is the heading above them.
QUESTIONS = [
    "Vad fungerar bra i dag?",
    "Vad vill du ska bli bättre?",
    "Vilka behöver du hjälp av, och med vad?",
]
# No address is looked up, no socket opened and no program started once drawing has begun.
FORBIDDEN_EVENTS = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "os.spawn")


class Refused(ValueError):
    """The input is too large or not of the described shape."""


class OwnFiles(URLFetcher):
    """Opens our own style sheets and fonts; every other address is refused."""

    def __init__(self):
        super().__init__(allowed_protocols=("file",), allow_redirects=False, fail_on_errors=False)

    def fetch(self, url, headers=None):
        parts = urlsplit(url)
        path = Path(unquote(parts.path)).resolve()
        own = path == TOKENS.resolve() or any(path.is_relative_to(folder) for folder in READABLE)
        if parts.scheme != "file" or parts.netloc or not own:
            raise ValueError("Only the document's own files may be read")
        return super().fetch(url, headers)


def clean(value, items: int = MAX_ITEMS):
    """Text without control characters, lone surrogates and direction overrides, at every depth."""
    if isinstance(value, dict):
        return {str(key): clean(item, items) for key, item in list(value.items())[:MAX_ITEMS]}
    if isinstance(value, list):
        if len(value) > items:
            raise Refused("too many items")
        return [clean(item, items) for item in value]
    if isinstance(value, bool) or value is None:
        return value
    if len(str(value)) > MAX_TEXT:
        raise Refused("too long a text")
    kept = (
        char
        for char in unicodedata.normalize("NFC", str(value))
        if char == "\n" or unicodedata.category(char) not in ("Cc", "Cs", "Cn") and not "\u202a" <= char <= "\u202e"
        and not "\u2066" <= char <= "\u2069"
    )  # fmt: skip
    text = re.sub(r"\n{3,}", "\n\n", "".join(kept).strip())
    if text.count("\n") > MAX_LINES:
        raise Refused("too many lines")
    # A word longer than any line may break, so that it neither runs off the page nor takes minutes.
    return re.sub(r"\S{61,}", lambda run: re.sub(r"(.{10})", "\\1\u200b", run[0]), text)


def _lines(value) -> list[str]:
    parts = value if isinstance(value, list) else str(value or "").split("\n")
    return [line for part in parts if (line := str(part).strip(" \t•-–"))]


def _day(value) -> str:
    try:
        return swedish.short_date(date.fromisoformat(value)) if value else ""
    except (TypeError, ValueError):
        raise Refused("not a date") from None


def _beside(*texts) -> bool:
    return all(len(text or "") <= BESIDE and (text or "").count("\n") <= 10 for text in texts)


def _goal(number: int, goal: dict) -> dict:
    measures = [
        {
            **measure,
            "colour": measure.get("who_kind") if measure.get("who_kind") in COLOURS else "other",
            "who_label": measure.get("who_label") or LABELS.get(measure.get("who_kind"), ""),
        }
        for measure in goal.get("measures") or []
    ]
    horizon = goal.get("horizon") or ""
    # A short goal stays on one page; a long one may break between its measures.
    short = len(measures) <= 3 and sum(len(str(value)) for m in measures for value in m.values()) < 700
    return {
        "number": goal.get("number") or number,
        "text": goal.get("text"),
        "how_noticed": goal.get("how_noticed"),
        "horizon": HORIZONS.get(horizon, horizon),
        "measures": measures,
        "short": short and len(goal.get("text") or "") < 500,
    }


def _crisis(data: dict) -> dict:
    """The levels, each text in lines or in pieces with the numbers apart; and the table of whom to ring."""
    call_first = data.get("call_first") or ""
    texts = {"signs": data.get("signs"), "self_help": data.get("self_help"), "we_do": data.get("we_do")}
    texts["call_first"] = call_first if isinstance(call_first, str) else ""
    before = [{"name": name, "label": BEFORE_LEVELS[name], "text": text} for name, text in texts.items() if text]
    levels = data.get("levels") or ([{"plain": True, "rows": before}] if before else [])
    return {
        "levels": [{**level, "rows": [_crisis_row(row) for row in level.get("rows") or []]} for level in levels],
        "calls": (call_first if isinstance(call_first, list) else []) + ALWAYS_CALL,
    }


def _crisis_row(row: dict) -> dict:
    text = row.get("text") or ""
    if row.get("name") == "signs":
        return {**row, "lines": _lines(text)}
    return {**row, "pieces": phones.pieces(text) if row.get("name") == "call_first" else [phones.Piece(text)]}


def _plan(data: dict) -> dict:
    person = data.get("person") or {}
    approved = _day(data.get("approved_on"))
    version = f"Version {data.get('version') or 1}"
    version += ", utkast" if data.get("draft") else f", godkänd {approved}" if approved else ""
    who = ", ".join(filter(None, (person.get("name"), person.get("number"))))
    return {
        **data,
        "person": person,
        "version_text": version,
        "beside": {
            "situation": _beside(data.get("strengths"), data.get("situation")),
            "do": _beside(data.get("relatives_do"), data.get("others_do")),
            "lead": _beside(*(data.get("lead") or {}).values(), *(data.get("follow_up") or {}).values()),
            "consent": _beside((data.get("consent") or {}).get("text"), *(data.get("copies") or [])),
        },
        "footer": " · ".join(filter(None, (who[:90], version))),
        "goals": [_goal(n, goal) for n, goal in enumerate(data.get("goals") or [], start=1)],
        "crisis": _crisis(data.get("crisis") or {}),
    }


def _invitation(data: dict) -> dict:
    questions = data.get("questions") or [translation.gettext(question) for question in QUESTIONS]
    return {**data, "written_on": _day(data.get("written_on")), "questions": questions}


def _log(data: dict) -> dict:
    return {**data, "written_on": _day(data.get("written_on"))}


def _care_plan(data: dict) -> dict:
    established, ended = _day(data.get("established_on")), _day(data.get("ended_on"))
    stood = f"Upprättad {established}" if established else "Utkast, inte upprättad"
    person = data.get("person") or {}
    who = ", ".join(filter(None, (person.get("name"), person.get("number"))))
    return {
        **data,
        "person": person,
        "stands": f"{stood}, avslutad {ended}" if ended else stood,
        "beside": _beside(data.get("needs_region"), data.get("needs_kommun")),
        "footer": " · ".join(filter(None, (who[:90], data.get("reference")))),
        "measures": [
            {
                **measure,
                "colour": measure.get("who_kind") if measure.get("who_kind") in COLOURS else "other",
                "who_label": LABELS.get(measure.get("who_kind"), ""),
            }
            for measure in data.get("measures") or []
        ],
    }


def _measures(data: dict) -> dict:
    approved, person = _day(data.get("approved_on")), data.get("person") or {}
    version = f"Version {data.get('version') or 1}" + (f", godkänd {approved}" if approved else "")
    who = ", ".join(filter(None, (person.get("name"), person.get("number"))))
    return {
        **data,
        "person": person,
        "written_on": _day(data.get("written_on")),
        "version_text": version,
        "footer": " · ".join(filter(None, (who[:90], version))),
        "goals": [{**goal, "short": _goal(1, goal)["short"]} for goal in data.get("goals") or []],
    }


SHAPES = {
    "plan": _plan, "invitation": _invitation, "log": _log, "notice": _log, "care_plan": _care_plan,
    "measures": _measures,
}  # fmt: skip
SHAPES |= paper_shapes.SHAPES
# The documents' words go through gettext like the citizen's pages.
LANGUAGE = "sv"
WORDS = {"i18n": "django.templatetags.i18n"}
ITEMS = {"log": MAX_ROWS}


def draw(document: str, data: dict) -> bytes:
    """The finished PDF of one document."""
    if document not in SHAPES or not isinstance(data, dict):
        raise Refused("unknown document")
    with translation.override(str(data.get("language") or LANGUAGE)):
        page = _page(document, data)
    html = HTML(string=page, base_url=f"{PAGES.as_uri()}/", url_fetcher=OwnFiles())
    return pdf_ua.finish(html.write_pdf(pdf_variant="pdf/ua-1"))


def _page(document: str, data: dict) -> str:
    try:
        values = SHAPES[document](clean(data, ITEMS.get(document, MAX_ITEMS)))
    except (AttributeError, KeyError, TypeError, ValueError) as wrong:
        raise wrong if isinstance(wrong, Refused) else Refused("not of the described shape") from wrong
    values |= {"title": translation.gettext(TITLES[document]), "tokens": TOKENS.as_uri()}
    engine = Engine(dirs=[PAGES], autoescape=True, builtins=[], libraries=WORDS)
    return engine.get_template(f"{document}.html").render(Context(values, use_l10n=False, use_tz=False))


def _forbid(event: str, _arguments) -> None:
    if event.startswith(FORBIDDEN_EVENTS):
        raise PermissionError("drawing reaches nothing outside")


def shut_in() -> None:
    """Ceilings for memory, time and files, and no way out: for this whole process, for good."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(_forbid)


def main() -> int:
    settings.configure(USE_I18N=True, LANGUAGE_CODE=LANGUAGE, LOCALE_PATHS=[HERE.parent / "locale"], INSTALLED_APPS=[])
    django.setup()
    shut_in()
    raw = sys.stdin.buffer.read(INPUT_BYTES + 1)
    try:
        if len(raw) > INPUT_BYTES:
            raise Refused("too large")
        order = json.loads(raw)
        if not isinstance(order, dict):
            raise Refused("not an object")
        pdf = draw(order.get("document", ""), order.get("context"))
    except (Refused, json.JSONDecodeError, RecursionError) as refused:
        # The message names the rule, never the text that broke it.
        sys.stderr.write(f"refused: {refused.args[0] if isinstance(refused, Refused) else 'not JSON'}\n")
        return REFUSED
    sys.stdout.buffer.write(pdf)
    return 0


if __name__ == "__main__":
    sys.exit(main())
