"""The components of the pages as template tags, and Swedish dates and numbers as filters."""

from datetime import date, datetime, time

from django import template
from django.forms import (
    BaseForm,
    BaseFormSet,
    CheckboxInput,
    CheckboxSelectMultiple,
    Field,
    HiddenInput,
    RadioSelect,
)
from django.forms.widgets import ChoiceWidget
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html

from organisations import swedish
from organisations.formfields import required_message
from organisations.phones import pieces

register = template.Library()

# The one who answers: css colour and the word for it.
PARTIES = {
    "region": ("region", "Region"),
    "kommun": ("kommun", "Kommun"),
    "self": ("du", "Personen själv"),
    "relative": ("annan", "Närstående"),
    "other": ("annan", "Annan aktör"),
    "school": ("annan", "Skola"),
    "private": ("annan", "Privat utförare"),
}
ANSWERS = {
    "coming": ("check", "kommer"),
    "not_coming": ("x", "kommer inte"),
    "waiting": ("clock", "har inte svarat"),
}
STEPS = ("Behov och samtycke", "Förbered", "Kalla", "Möte och plan", "Följ upp", "Avsluta")
NOTICES = {
    "info": ("", "info"),
    "success": ("notice--success", "circle-check"),
    "warn": ("notice--warn", "triangle-alert"),
    "warning": ("notice--warn", "triangle-alert"),
    "danger": ("notice--danger", "circle-alert"),
    "error": ("notice--danger", "circle-alert"),
    "protected": ("notice--danger", "shield"),
    "debug": ("", "info"),
}


# --- small pieces -----------------------------------------------------------


@register.simple_tag
def icon(name: str, label: str = "", extra: str = ""):
    """An icon; without a label it is hidden from screen readers, since the words beside it carry."""
    href = f"{static('img/icons.svg')}#i-{name}"
    css = f"icon {extra}".strip()
    if label:
        shape = '<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>'
        return format_html(shape, css, label, href)
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', css, href)


@register.inclusion_tag("components/tag.html", name="tag")
def tag_(text, kind: str = "", icon: str = ""):
    """A status of at most three words; kind is info, success, warn, danger or empty."""
    return {"text": text, "kind": kind, "icon": icon}


@register.inclusion_tag("components/huvudman.html")
def huvudman(kind: str, label: str = ""):
    """Who answers, in colour and words; kind is a key of PARTIES."""
    colour, word = PARTIES.get(str(kind), PARTIES["other"])
    return {"colour": colour, "word": label or word}


@register.inclusion_tag("components/aktor.html")
def aktor(kind: str, name: str, answer: str = ""):
    """A party in a compact list; answer is coming, not_coming, waiting or empty."""
    colour, _ = PARTIES.get(str(kind), PARTIES["other"])
    icon_name, word = ANSWERS.get(str(answer), ("", ""))
    return {"colour": colour, "name": name, "icon": icon_name, "word": word, "waiting": answer == "waiting"}


@register.inclusion_tag("components/notice.html")
def notice(kind: str, title: str = "", text: str = "", role: str = "", url: str = "", action: str = ""):
    """A message on the page; kind is info, success, warn, danger or protected."""
    css, icon_name = NOTICES.get(str(kind), NOTICES["info"])
    return {"css": css, "icon": icon_name, "title": title, "text": text, "role": role, "url": url, "action": action}


@register.inclusion_tag("components/stepper.html")
def stepper(current: int, notes: dict | None = None):
    """The six steps; current is 1–6 (7: all done), notes are short texts per step number."""
    steps = [
        {
            "number": number,
            "name": name,
            "state": "done" if number < current else "now" if number == current else "todo",
            "note": (notes or {}).get(number, ""),
        }
        for number, name in enumerate(STEPS, start=1)
    ]
    return {"steps": steps}


@register.inclusion_tag("components/ministep.html")
def ministep(current: int):
    """The step of a case in a list: words carry, the bar is decoration."""
    number = min(max(int(current), 1), len(STEPS))
    return {"number": number, "name": STEPS[number - 1], "bars": [i <= number for i in range(1, len(STEPS) + 1)]}


@register.inclusion_tag("components/navlink.html", takes_context=True)
def navlink(context, url_name: str, text: str, count: int | None = None, counted: str = "", end: bool = False):
    """One entry of the main menu; nothing at all where this face has no such page."""
    try:
        url = reverse(url_name)
    except NoReverseMatch:
        return {"url": ""}
    path = context["request"].path if "request" in context else ""
    current = "page" if path == url else "true" if path.startswith(url) else ""
    return {"url": url, "text": text, "count": count, "counted": counted, "end": end, "current": current}


# --- forms ------------------------------------------------------------------


def _missing(bound) -> str:
    widget = bound.field.widget
    if isinstance(widget, CheckboxInput):
        return f"Kryssa i ”{bound.label}”."
    return required_message(bound.label, "Välj" if isinstance(widget, ChoiceWidget) else "Fyll i")


def _messages(bound) -> list[str]:
    """The errors of a field; Django's own words for a missing answer give way to the field's label."""
    standard = str(Field.default_error_messages["required"])
    said = []
    for error in bound.errors.as_data():
        missing = error.code == "required" and str(error.message) == standard
        said += [_missing(bound)] if missing else error.messages
    return said


def _kind(widget) -> str:
    if isinstance(widget, CheckboxInput):
        return "checkbox"
    return "group" if isinstance(widget, RadioSelect | CheckboxSelectMultiple) else "box"


@register.inclusion_tag("components/field.html")
def field(bound, label="", hint="", width: str = "", inline: bool = False, grow: bool = False, optional=True):
    """Label, hint, error and control in that order; groups of choices become a fieldset."""
    widget = bound.field.widget
    kind = _kind(widget)
    attrs = {}
    if kind == "box":
        own = widget.attrs.get("class", "")
        attrs["class"] = " ".join(filter(None, ("input", f"w-{width}" if width else own)))
    if hint and not bound.help_text:
        # The page's own hint gets the id that Django would have given to the field's help text.
        ids = [f"{bound.auto_id}_helptext"] + ([f"{bound.auto_id}_error"] if bound.errors else [])
        described = " ".join(ids)
    else:
        described = bound.aria_describedby or ""
    if kind != "group" and described:
        attrs["aria-describedby"] = described
    return {
        "field": bound,
        "kind": kind,
        "hidden": isinstance(widget, HiddenInput),
        "label": label or bound.label,
        "hint": hint or bound.help_text,
        "described": described,
        "errors": _messages(bound),
        "inline": inline,
        "grow": grow,
        "control": bound.as_widget(attrs=attrs) if kind != "group" else "",
        "optional": optional and not bound.field.required and kind != "checkbox",
    }


def _errors_of(item):
    """Yield (id of the control or nothing, message) for a form or a formset."""
    if isinstance(item, BaseFormSet):
        for message in item.non_form_errors():
            yield "", message
        for form in item.forms:
            yield from _errors_of(form)
    elif isinstance(item, BaseForm):
        for message in item.non_field_errors():
            yield "", message
        for name in item.errors:
            if name not in item.fields:
                continue
            bound = item[name]
            target = f"{bound.auto_id}_0" if _kind(bound.field.widget) == "group" else bound.auto_id
            for message in _messages(bound):
                yield target, message


@register.inclusion_tag("components/errorsum.html")
def errorsum(*forms, heading: str = ""):
    """The error summary of forms and formsets, before h1; nothing when all is well."""
    rows = [row for item in forms if item for row in _errors_of(item)]
    word = swedish.number_word(len(rows))
    noun = "uppgift" if len(rows) == 1 else "uppgifter"
    return {"rows": rows, "heading": heading or f"Rätta {word} {noun}"}


@register.filter
def error_prefix(form) -> str:
    """”Fel: ” for the page's title when the form did not pass."""
    return "Fel: " if form and getattr(form, "is_bound", False) and not form.is_valid() else ""


# --- dates, times, numbers --------------------------------------------------


def _when(value, write):
    return write(value) if isinstance(value, date | datetime | time) else ""


@register.filter
def svdate(value) -> str:
    """tisdag 17 mars 2026"""
    return _when(value, swedish.long_date)


@register.filter
def svshort(value) -> str:
    """17 mars 2026"""
    return _when(value, swedish.short_date)


@register.filter
def svday(value) -> str:
    """17 mars"""
    return _when(value, swedish.day_month)


@register.filter
def svtime(value) -> str:
    """13.30"""
    return _when(value, swedish.clock)


@register.filter
def svdatetime(value) -> str:
    """tisdag 17 mars 2026 kl. 13.30"""
    return _when(value, swedish.date_and_time)


@register.filter
def svspan(start, end) -> str:
    """20 mars till 12 maj 2026; 13.30–14.30; tisdag 17 mars 2026 kl. 13.30–14.30"""
    return swedish.span(start or None, end or None)


@register.filter
def svwhen(value, today=None) -> str:
    """i dag kl. 8.12, i går kl. 8.12, måndag 9 mars kl. 14.05"""
    return swedish.when(value, today or timezone.localdate()) if value else ""


@register.filter
def svdue(value, today=None) -> str:
    """7 dagar sen, i dag, i morgon, om 5 dagar"""
    return swedish.due(value, today or timezone.localdate()) if value else ""


@register.filter
def svweek(value) -> str:
    """Tisdag, vecka 12"""
    return swedish.week(value) if value else ""


@register.filter
def svcount(number, words: str) -> str:
    """`3|svcount:"uppgift,uppgifter"` gives 3 uppgifter."""
    one, _, many = words.partition(",")
    return swedish.count(int(number or 0), one, many)


@register.filter
def personnummer(value) -> str:
    """ÅÅÅÅMMDD-NNNN"""
    return swedish.personnummer(str(value or ""))


@register.filter
def phone(value) -> str:
    """08-465 004 25"""
    return swedish.phone(str(value or ""))


@register.filter
def tel(value) -> str:
    """The number for a tel: link."""
    return swedish.tel(str(value or ""))


@register.filter
def phones(value) -> list:
    """The text in pieces, each telephone number one of its own, to be shown as a link."""
    return pieces(str(value or ""))


@register.filter
def capfirst_sv(value) -> str:
    """First letter large, for a date at the start of a sentence."""
    text = str(value or "")
    return text[:1].upper() + text[1:]


@register.filter
def get(mapping, key):
    """A value of a dict by a variable key; empty when it is missing."""
    return mapping.get(key, "") if hasattr(mapping, "get") else ""
