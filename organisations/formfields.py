"""Form fields that read what people write and answer in plain Swedish."""

import re
import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from organisations import swedish

TEXT_MAX = 4000
LINE_MAX = 200
# Marks that turn the reading direction can make a name look like another one.
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def required_message(label: str | None, verb: str = "Fyll i") -> str:
    """Say what is missing by the field's own label."""
    if not label:
        return "Det här behöver fyllas i."
    if str(label).endswith("?"):
        return f"Svara på frågan ”{label}”"
    return f"{verb} {str(label)[0].lower()}{str(label)[1:]}."


def has_hidden_characters(text: str) -> bool:
    """True for NUL, control characters, lone surrogates, non-characters and bidi overrides."""
    return any(
        (unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t")
        or char in _BIDI
        or ord(char) & 0xFFFE == 0xFFFE
        for char in text
    )


def spaced(number: int) -> str:
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")


class _Labelled:
    """Default message for a missing answer, made from the label."""

    def __init__(self, *, missing: str | None = None, **kwargs):
        messages = {"required": missing or required_message(kwargs.get("label"))}
        kwargs["error_messages"] = {**messages, **(kwargs.get("error_messages") or {})}
        super().__init__(**kwargs)


class PlainTextField(_Labelled, forms.CharField):
    """Free text of several lines: tidied line ends, no hidden characters, a stated limit."""

    def __init__(self, *, max_length: int = TEXT_MAX, rows: int = 3, **kwargs):
        self.limit = max_length
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows, "class": "w-l"}))
        super().__init__(**kwargs)

    def to_python(self, value):
        if value in self.empty_values:
            return self.empty_value
        text = self.tidy(str(value).replace("\r\n", "\n").replace("\r", "\n"))
        if has_hidden_characters(text):
            raise ValidationError(
                "Texten innehåller tecken som inte går att läsa. Ta bort dem eller skriv om texten.",
                code="hidden",
            )
        if len(text) > self.limit:
            raise ValidationError(
                f"Texten är {spaced(len(text))} tecken. Skriv högst {spaced(self.limit)} tecken.",
                code="too_long",
            )
        return text

    def tidy(self, text: str) -> str:
        return unicodedata.normalize("NFC", text).strip()


class LineField(PlainTextField):
    """Free text on one line, such as a name or a place."""

    def __init__(self, *, max_length: int = LINE_MAX, **kwargs):
        kwargs.setdefault("widget", forms.TextInput(attrs={"class": "w-m", "autocomplete": "off"}))
        super().__init__(max_length=max_length, **kwargs)

    def tidy(self, text: str) -> str:
        return re.sub(r"[\n\t ]+", " ", super().tidy(text))


class PhoneField(LineField):
    """A phone number, shown the Swedish way; foreign and short numbers are accepted as written."""

    def __init__(self, **kwargs):
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"class": "w-date", "inputmode": "tel", "autocomplete": "off"})
        )
        super().__init__(max_length=30, **kwargs)

    def to_python(self, value):
        text = super().to_python(value)
        if not text:
            return text
        digits = re.sub(r"[^0-9]", "", text)
        if not re.fullmatch(r"\+?[0-9 ()/.\-–]+", text) or not 3 <= len(digits) <= 15:
            raise ValidationError("Skriv ett telefonnummer med siffror, till exempel 070-174 06 12.", code="phone")
        return swedish.phone(text)


class SwedishDateField(_Labelled, forms.Field):
    """A date in a text box; `past` and `future` both limit it and settle a missing year."""

    def __init__(self, *, past: bool = False, future: bool = False, **kwargs):
        self.past, self.future = past, future
        kwargs.setdefault("widget", forms.TextInput(attrs={"class": "w-date", "autocomplete": "off"}))
        kwargs.setdefault("help_text", "Till exempel 2026-03-17 eller 17 mars")
        super().__init__(**kwargs)

    def to_python(self, value):
        if value in self.empty_values or not str(value).strip():
            return None
        if hasattr(value, "year"):
            return swedish.as_date(value)
        today = timezone.localdate()
        prefer = "past" if self.past else "future" if self.future else "near"
        try:
            return swedish.parse_date(str(value)[:60], today=today, prefer=prefer)
        except swedish.UnclearDate as unclear:
            raise ValidationError(str(unclear), code="date") from None

    def validate(self, value):
        super().validate(value)
        today = timezone.localdate()
        if value and self.future and value < today:
            raise ValidationError(
                f"Datumet har passerat. Välj ett datum från och med {swedish.short_date(today)}.", code="past"
            )
        if value and self.past and value > today:
            raise ValidationError(
                f"Datumet har inte varit än. Välj ett datum till och med {swedish.short_date(today)}.",
                code="future",
            )

    def prepare_value(self, value):
        return value.isoformat() if hasattr(value, "isoformat") else value


class SwedishTimeField(_Labelled, forms.Field):
    """A time of day in a text box."""

    def __init__(self, **kwargs):
        kwargs.setdefault("widget", forms.TextInput(attrs={"class": "w-time", "autocomplete": "off"}))
        kwargs.setdefault("help_text", "Till exempel 13.30")
        super().__init__(**kwargs)

    def to_python(self, value):
        if value in self.empty_values or not str(value).strip():
            return None
        if hasattr(value, "hour"):
            return value
        try:
            return swedish.parse_time(str(value)[:30])
        except swedish.UnclearTime as unclear:
            raise ValidationError(str(unclear), code="time") from None

    def prepare_value(self, value):
        return swedish.clock(value) if hasattr(value, "hour") else value
