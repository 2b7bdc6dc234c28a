"""Every page as its reader gets it: headers, titles, links, and texts that try to be something else than text."""

import re
from html.parser import HTMLParser

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connections, models, transaction
from django.urls import reverse

from organisations.models import Staff, Unit
from plans.blocks import BLOCKS
from tests.isolation.addresses import PIECES, at, targets
from tests.isolation.addresses_guests import GUESTS
from tests.isolation.atlas import CITIZENS, FAMILY_NAME, GIVEN_NAME, NUMBERS, Atlas

ASSETS = {"script": "src", "link": "href", "img": "src", "iframe": "src", "form": "action", "use": "href"}
MARKUP = "\"'><svg onload=alert(1)><b x=' autofocus onfocus=\""
# Read, kept as it is and shown as text.
KEPT = [
    "<script>alert(1)</script>", MARKUP, "</textarea><img src=x onerror=alert(1)>", "{{ request.user }}{% now 'Y' %}",
    "javascript:alert(1)", "'; drop table cases_case; --", "&lt;b&gt; &amp; ]]>", "%s %(x)s {0} \\u003cscript\\u003e",
    "=cmd|' /C calc'!A0", "Ŋárát Łukasz Nguyễn 𝔘𝔫𝔦 🧑🏽‍🦽", "ا مرحبا Zoë", "a" * 190,
]  # fmt: skip
# Refused in words.
UNREADABLE = ["Namn\x00efter", "Namn\u202egnp.exe\x1b[31m", "lång " * 5_000]


class Page(HTMLParser):
    """What a browser would see: the title, addresses, attributes that run code, and the fields of the forms."""

    def __init__(self, html: str):
        super().__init__(convert_charrefs=True)
        self.title, self.links, self.faults = "", set(), []
        self.fields: list[tuple[str, dict]] = []
        self.select = self.open = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.open = tag
        self.faults += [f"<{tag} {name}>" for name in values if name.startswith("on") or name == "style"]
        address = values.get(ASSETS.get(tag, ""), "") or ""
        if re.match(r"(https?:)?//", address):
            self.faults.append(f"{tag}: {address}")
        if tag == "script" and "src" not in values:
            self.faults.append("<script> in the page")
        if tag == "a" and values.get("href"):
            self.link(values["href"])
        if tag in ("input", "textarea", "select") and values.get("name"):
            self.fields.append((tag, values))
            self.select = values["name"] if tag == "select" else ""
        if tag == "option" and self.select and values.get("value"):
            self.fields.append(("option", values | {"name": self.select}))

    def handle_data(self, data):
        if self.open == "title":
            self.title += data

    def handle_endtag(self, tag):
        self.open = ""
        self.select = "" if tag == "select" else self.select

    def link(self, href):
        if href.startswith("/"):
            self.links.add(href.split("#")[0])
        elif not re.match(r"(#|\?|tel:|mailto:)", href):
            self.faults.append(f"a: {href}")

    def filled(self, text) -> dict:
        """A form as somebody would send it, with `text(n)` in text field number n."""
        data, count = {}, 0
        for tag, values in self.fields:
            name, kind = values["name"], values.get("type", "text")
            if tag == "textarea" or (tag == "input" and kind in ("text", "search", "tel", "email")):
                data[name], count = text(count), count + 1
            elif tag == "option" or kind in ("hidden", "radio"):
                data.setdefault(name, values.get("value", ""))
            elif kind == "checkbox" and "checked" in values:
                data.setdefault(name, []).append(values.get("value", "on"))
            elif kind in ("date", "number", "time"):
                data[name] = values.get("value", "")
        return data


@pytest.fixture(scope="module")
def atlas(module_database):
    return Atlas()


@pytest.fixture(scope="module")
def pages(atlas):
    return [target for target in targets(atlas) if target.method == "get"]


def policy() -> dict[str, set[str]]:
    return {name: set(values) for name, values in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items()}


def sent_policy(response) -> dict[str, set[str]]:
    parts = [part.split() for part in response.headers["Content-Security-Policy"].split(";") if part.strip()]
    return {name: set(values) for name, *values in parts}


def header_faults(response, referrer=settings.SECURE_REFERRER_POLICY) -> list[str]:
    wanted = {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": referrer,
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    found = [name for name, value in wanted.items() if response.headers.get(name) != value]
    found += [] if sent_policy(response) == policy() else ["Content-Security-Policy"]
    caching = response.headers.get("Cache-Control", "")
    found += [] if "no-store" in caching and "private" in caching else ["Cache-Control"]
    return found + ([] if "camera=()" in response.headers.get("Permissions-Policy", "") else ["Permissions-Policy"])


def private(text: str) -> bool:
    numbers = [form for number in NUMBERS.values() for form in (number, f"{number[:8]}-{number[8:]}")]
    return any(word in text for word in (GIVEN_NAME, FAMILY_NAME, *numbers))


@pytest.mark.parametrize("who", ["owner", "party", "admin", "coordinator", "citizen", "anonymous"])
def test_every_page_has_its_headers_and_names_nobody_where_it_must_not(atlas, pages, who):
    wrong = []
    for target in pages:
        if target.citizens_face != (who in CITIZENS) and not target.name.startswith("organisations:"):
            continue
        response = atlas.ask(who, target)
        # A guest's address is told nobody, not even our own files.
        own = "strict-origin" if target.name in GUESTS else settings.SECURE_REFERRER_POLICY
        faults = header_faults(response, own)
        assert response.status_code < 500, target.name
        if private(target.url) or private(response.headers.get("Location", "")):
            faults.append("a person in the address")
        if response.headers["Content-Type"].startswith("text/html") and response.content:
            page = Page(response.content.decode())
            faults += page.faults
            if target.name in PIECES and response.status_code == 200:
                faults += [] if not page.title else ["a whole page where a piece is asked for"]
            elif not page.title.strip() or private(page.title) or re.search(r"\d{4,}", page.title):
                faults.append(f"title: {page.title.strip()}")
        wrong += [(who, target.name, faults)] if faults else []
    assert wrong == []


@pytest.mark.parametrize("who", ["owner", "party", "manager", "reader", "reception", "coordinator", "admin", "citizen"])
def test_no_link_leads_nowhere(atlas, who):
    """What is linked to may be used: nobody is shown a door that is shut, or an address that is gone."""
    client, seen, dead = atlas.clients[who], set(), []
    # The case with most in it is looked at first: one page of each kind is followed.
    waiting = ["/min-plan/"] if who in CITIZENS else ["/", f"/arenden/{atlas.cases['main'].pk}/"]
    if who in ("admin", "reception", "coordinator"):
        waiting.pop()
    while waiting and len(seen) < 150:
        address = waiting.pop()
        kind = re.sub(r"/\d+/|/[0-9a-f-]{36}/", "/*/", address)
        if kind in seen or address.startswith("/static/"):
            continue
        seen.add(kind)
        response = client.get(address, follow=True)
        if response.status_code != 200:
            dead.append((who, address, response.status_code))
        elif response.headers["Content-Type"].startswith("text/html"):
            waiting += sorted(Page(response.content.decode()).links)
    assert dead == []
    assert len(seen) > 4


def test_files_are_named_after_nobody(atlas):
    for who, target in (("owner", "plans:download"), ("citizen", "citizen:pdf")):
        kwargs = atlas.of("main", version=1) if who == "owner" else atlas.of("main")
        response = atlas.clients[who].get(reverse(target, kwargs=kwargs))
        assert response.headers["Content-Type"] == "application/pdf"
        assert re.fullmatch(r'attachment; filename="(min-)?plan\.pdf"', response.headers["Content-Disposition"])
        assert header_faults(response) == []


# Texts that try to be something else


def forms(atlas) -> dict[str, tuple[str, dict]]:
    """Page of a form → what a whole answer needs beside the texts."""
    unit, invited = atlas.cast.unit("party").pk, {"meeting": atlas.meeting("invited")}
    staff = atlas.cast.staff("owner").pk
    main, ids = atlas.of("main"), atlas.ids
    kallelse = {"day": at(9)[:10], "starts": "9.00", "ends": "10.00", "units": [unit], "chair": staff, "writer": staff}
    person = {"number": NUMBERS["new"], "phone": "070-174 06 05", "need_found_on": "i går", "has_plan": "no",
              "compulsory": "no", "asked_by": "staff", "reasons": ["early"], "other_plan": "", "ready_on": "",
              "ready_at": "", "protection": "none"}  # fmt: skip
    yes = {"share_answer": "yes", "planning_answer": "yes", "form": "written", "given_on": "i dag", "valid_to": "",
           "units": [unit], "search": ""}  # fmt: skip
    goal = atlas.of("main", goal=ids["goal"])
    found = {
        "cases:start": ({}, {}),
        "cases:start_person": ({}, person),
        "cases:edit": (main, {"phone": "070-174 06 05"}),
        "cases:note_contact": (main, {}),
        "cases:add_outside": (main, {"phone": "070-174 06 05", "kind": "relative", "tell_by": "phone"}),
        "consent:record": (main, yes),
        "meetings:call": (main, kallelse),
        "meetings:answer_for": (
            atlas.of("invited", **invited, invitation=ids["invitation"]),
            {"answer": "coming", "how": "phone"},
        ),
        "meetings:cancel": (atlas.of("invited", **invited), {}),
        "meetings:move": (atlas.of("invited", **invited), kallelse),
        "plans:add_goal": (main, {}),
        "plans:goal": (goal, {}),
        "plans:add_measure": (goal, {"starts_on": "", "ends_on": "", "who": "self"}),
        "plans:disagreements": (main, {"whose": "person"}),
        "plans:hand_out": (atlas.of("main", version=1), {"given_on": "i dag"}),
        "plans:report": (atlas.of("main", measure=ids["own_measure"]), {}),
        "plans:end_party": (atlas.of("main", party=ids["participation"]), {}),
        "plans:close": (main, {}),
        "deviations:report": (main, {"kind": "absent", "concerns_unit": unit}),
        "deviations:close": (atlas.of("main", number=atlas.deviation["answered"]), {}),
        "casework:search": ({}, {}),
        "meetingroom:part": (atlas.of("main", meeting=atlas.room.meeting_id, part=2), {}),
        "correspondence:write": (main, {}),
        "correspondence:contact": (main, {"channel": "letter", "form": "spoken"}),
    }
    blocks = {f"plans:block {name}": (main | {"name": name}, {}) for name in BLOCKS if name != "ansvar"}
    return found | blocks


def form_page(atlas, name, kwargs) -> Page:
    client = atlas.clients["owner"]
    if name == "cases:start_person":
        response = client.post(reverse("cases:start"), {"number": NUMBERS["new"]})
    else:
        response = client.get(reverse(name, kwargs=kwargs))
    assert response.status_code == 200, name
    return Page(response.content.decode())


def unescaped(html: str) -> list[str]:
    """Elements, attributes and addresses that the texts above would make if they were not escaped."""
    marks = ("<svg", "<script>alert", "<img src=x", "onerror=alert(1)>", "' autofocus", '" autofocus', 'onfocus="')
    icons = re.sub(r"<svg class=|<svg aria|<svg\s+(xmlns|class|width|viewBox|role|focusable)", "", html)
    found = [mark for mark in marks if mark in icons]
    found += re.findall(r"""(?:href|src|action)=["']?\s*javascript:""", html)
    return found + Page(html).faults


FORMS = [
    "cases:start", "cases:start_person", "cases:edit", "cases:note_contact", "cases:add_outside", "consent:record",
    "meetings:call", "meetings:answer_for", "meetings:cancel", "meetings:move", "plans:add_goal", "plans:goal",
    "plans:disagreements", "meetingroom:part",
    "plans:add_measure", "plans:hand_out", "plans:report", "plans:end_party", "plans:close", "deviations:report",
    "deviations:close", "casework:search", "correspondence:write", "correspondence:contact",
    *(f"plans:block {name}" for name in BLOCKS if name != "ansvar"),
]  # fmt: skip


def sent(atlas, name, texts):
    """The form sent once for each of `texts` (number of the field → text); what comes back, followed. Undone."""
    kwargs, fixed = forms(atlas)[name]
    view = name.split(" ")[0]
    page, address = form_page(atlas, view, kwargs), reverse(view, kwargs=kwargs)
    for text in texts:
        with transaction.atomic():
            response = atlas.clients["owner"].post(address, {**page.filled(text), **fixed}, follow=True)
            transaction.set_rollback(True)
        assert response.status_code in (200, 400, 404, 409, 429), (name, response.status_code)
        yield response.content.decode()


def test_every_form_is_tried(atlas):
    assert set(forms(atlas)) == set(FORMS)


@pytest.mark.parametrize("name", FORMS)
def test_a_text_stays_a_text(atlas, name):
    for html in sent(atlas, name, [lambda n: KEPT[n % len(KEPT)], lambda n: KEPT[(n + 5) % len(KEPT)]]):
        assert unescaped(html) == [], name


@pytest.mark.parametrize("name", FORMS)
def test_what_cannot_be_read_is_refused_in_words(atlas, name):
    for html in sent(atlas, name, [lambda n, text=text: text for text in UNREADABLE]):
        assert unescaped(html) == [] and "aria-invalid" in html, name


def test_words_in_an_address_are_only_words(atlas):
    """The directory of units is asked by GET."""
    address = reverse("cases:add_party", kwargs=atlas.of("main"))
    for text in [*KEPT, *UNREADABLE[:2], "x" * 3000]:
        response = atlas.clients["owner"].get(address, {"q": text, "kind": text, "sida": text})
        assert response.status_code == 200 and unescaped(response.content.decode()) == []
    for page in (
        "casework:worklist",
        "casework:inbox",
        "casework:followups",
        "consent:received",
        "deviations:unit_list",
    ):
        for text in (MARKUP, "\x00", "9" * 400, "-1", "NaN"):
            response = atlas.clients["owner"].get(
                reverse(page), {"visa": text, "sida": text, "steg": text, "roll": text}
            )
            assert response.status_code == 200 and unescaped(response.content.decode()) == [], (page, text)


# Stored by whatever way

WRITTEN_BY_PROGRAMS = {
    "reference", "dedupe_key", "number", "username", "password", "code", "hsa_id", "county_code", "template", "kind",
    "source", "key", "email", "function_address", "mobile", "last_error", "event", "chain", "session_key",
}  # fmt: skip


def poison(atlas):
    """Every text of every case, unit and member of staff in the database becomes markup, past all checks."""
    houses = ("cases", "consent", "meetings", "plans", "correspondence", "deviations", "notifications")
    found = [model for app in houses for model in apps.get_app_config(app).get_models()]
    with connections["admin"].cursor() as cursor:
        cursor.execute("set session_replication_role = replica")
        for model in [*found, Unit, Staff]:
            for column in model._meta.local_concrete_fields:
                if is_free_text(column):
                    name, table, key = column.column, model._meta.db_table, model._meta.pk.column
                    # The key keeps apart what must be different.
                    text = f"left(%s || {key}, {column.max_length or 10_000})"
                    cursor.execute(f'update {table} set "{name}" = {text} where "{name}" <> %s', [MARKUP, ""])
        cursor.execute("set session_replication_role = origin")


def is_free_text(column) -> bool:
    plain = type(column) in (models.CharField, models.TextField)
    return plain and not column.choices and column.name not in WRITTEN_BY_PROGRAMS


def test_markup_in_the_database_is_shown_as_text(own_database):
    atlas = Atlas()
    pages = [target for target in targets(atlas) if target.method == "get" and not target.api]
    poison(atlas)
    wrong, shown = [], 0
    for who in ("owner", "party", "admin", "citizen"):
        for target in pages:
            if target.citizens_face != (who in CITIZENS):
                continue
            response = atlas.ask(who, target)
            assert response.status_code < 500, (who, target.name)
            if response.status_code == 200 and response.headers["Content-Type"].startswith("text/html"):
                html = response.content.decode()
                shown += "&lt;svg onload" in html
                wrong += [(who, target.name, unescaped(html))] if unescaped(html) else []
    assert wrong == []
    assert shown > 60
