"""Person numbers: one canonical form per person, however it is written (personnummer, samordningsnummer, reserve)."""

import re
from calendar import monthrange
from datetime import date
from typing import NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from cases.enums import IdKind

ADULT = 18
OLDEST = 120
LONGEST = 40
SAMORDNING = 60
# Nationellt reserv-ID: the century of birth plus three for each turn (19 → 22, 25 …; 20 → 23, 26 …).
CENTURY_TURN = 3

SPACES = " \N{NO-BREAK SPACE}"
CIVIL = re.compile(r"([0-9]{6}|[0-9]{8})([-+]?)([0-9]{4})")
# Reserve numbers differ between regions; what they share is twelve characters, most often beginning with a date.
RESERVE = re.compile(r"[0-9]{8}(?=[0-9]*[A-Z])[0-9A-Z]{4}|99[0-9]{10}")

UNREADABLE = "Numret innehåller tecken som inte hör hemma där. Skriv siffrorna själv, till exempel 19850101-2382."
SHAPE = "Skriv numret med tio eller tolv siffror, till exempel 19850101-2382 eller 850101-2382."
RESERVE_SHAPE = "Ett reservnummer har tolv tecken: åtta siffror och sedan fyra siffror eller bokstäver."
CHECK_DIGIT = "Kontrollsiffran stämmer inte. Kontrollera alla siffror i numret."
NO_SUCH_DAY = "Datumet i numret finns inte. Kontrollera år, månad och dag."
NOT_BORN = "Datumet i numret ligger framåt i tiden. För den som fyller 100 år eller mer skriver du tolv siffror."
TOO_OLD = f"Numret tillhör någon som skulle vara över {OLDEST} år. Kontrollera årtalet."
NOT_HUNDRED = "Plustecken skrivs bara för den som fyller 100 år eller mer i år. Skriv bindestreck eller tolv siffror."


class Number(NamedTuple):
    """What a person is known by: the kind and the canonical twelve characters."""

    kind: str
    canonical: str


class Days(NamedTuple):
    """The first and last day on which somebody may be born; the same day, when it is known."""

    first: date
    last: date


class BadNumber(ValueError):
    """The text is no person number; the message is Swedish and meant for the one who wrote it."""


def parse(text: str, *, today: date | None = None) -> Number:
    """Read a number as people write it. Raises BadNumber with a sentence that says what is wrong."""
    today = today or timezone.localdate()
    tight = text.strip().translate(dict.fromkeys(map(ord, SPACES)))
    if len(text) > LONGEST or not tight.isascii() or not tight.isprintable():
        raise BadNumber(UNREADABLE)
    reserve = re.sub(r"(?<=^.{8})-", "", tight.upper())
    if RESERVE.fullmatch(reserve):
        return Number(IdKind.RESERVE, reserve)
    if found := CIVIL.fullmatch(tight):
        return civil(*found.groups(), today=today)
    raise BadNumber(RESERVE_SHAPE if re.search(r"[A-Z]", reserve) else SHAPE)


def civil(day_part: str, sign: str, last: str, *, today: date) -> Number:
    """A personnummer, or a samordningsnummer: 60 is added to its day."""
    digits = full_year(day_part, sign, today) + last
    born = days_in(digits)
    if born is None or last.startswith("000"):
        raise BadNumber(NO_SUCH_DAY)
    if born.first > today:
        raise BadNumber(NOT_BORN)
    if years_between(born.last, today) > OLDEST:
        raise BadNumber(TOO_OLD)
    if not passes_luhn(digits[2:]):
        raise BadNumber(CHECK_DIGIT)
    samordning = int(digits[6:8]) >= SAMORDNING
    return Number(IdKind.SAMORDNINGSNUMMER if samordning else IdKind.PERSONNUMMER, digits)


def full_year(day_part: str, sign: str, today: date) -> str:
    """Eight digits: the sign turns from - to + in the year that the person turns 100 (folkbokföringslagen 18 §)."""
    if len(day_part) == 8:
        if sign == "+" and today.year - int(day_part[:4]) < 100:
            raise BadNumber(NOT_HUNDRED)
        return day_part
    latest = today.year - 100 if sign == "+" else today.year
    year = latest - (latest - int(day_part[:2])) % 100
    return f"{year}{day_part[2:]}"


def days_in(digits: str) -> Days | None:
    """The days of birth that the first eight digits allow, or None when there is no such day.

    A samordningsnummer of somebody whose day of birth is not known has 00 for the month or 60 for the day.
    """
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:8])
    samordning = day >= SAMORDNING
    day -= SAMORDNING if samordning else 0
    try:
        if month and day:
            return Days(date(year, month, day), date(year, month, day))
        if samordning:
            months = (month, month) if month else (1, 12)
            return Days(date(year, months[0], 1), date(year, months[1], monthrange(year, months[1])[1]))
    except ValueError:
        return None
    return None


def passes_luhn(ten: str) -> bool:
    total = 0
    for place, digit in enumerate(ten):
        value = int(digit) * (2 - place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def born_in(canonical: str) -> Days | None:
    """When the person was born as far as a canonical number tells; many reserve numbers tell nothing."""
    told = int(canonical[:2])
    century = told if told <= 20 else next((c for c in (19, 20) if (told - c) % CENTURY_TURN == 0), 0)
    return days_in(f"{century}{canonical[2:8]}") if century in (18, 19, 20) else None


def years_between(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def age(canonical: str, today: date) -> int | None:
    """Full years that are certain, or None where the number does not tell; after a leap day, from 1 March."""
    born = born_in(canonical)
    return max(0, years_between(born.last, today)) if born and born.first <= today else None


def is_minor(canonical: str, today: date) -> bool:
    """Perhaps under 18, so that guardians answer too (SAM-6); a number that tells no year says nothing."""
    years = age(canonical, today)
    return years is not None and years < ADULT


class NumberField(forms.CharField):
    """A person number in any spelling; cleans to a Number."""

    def __init__(self, **kwargs):
        kwargs.setdefault("label", "Personnummer")
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"class": "w-m", "autocomplete": "off", "spellcheck": "false"})
        )
        kwargs.setdefault("error_messages", {"required": "Skriv personens nummer."})
        super().__init__(**kwargs)

    def to_python(self, value):
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        try:
            return parse(text)
        except BadNumber as bad:
            raise ValidationError(str(bad), code="number") from None

    def run_validators(self, value):
        """Nothing more to check: a Number is clean."""

    def prepare_value(self, value):
        return value.canonical if isinstance(value, Number) else value
