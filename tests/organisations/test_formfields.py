"""Form fields: what people write is read, what cannot be read is answered in plain Swedish."""

from datetime import date, time

import pytest
from django import forms
from django.core.exceptions import ValidationError

from organisations import swedish
from organisations.formfields import LineField, PhoneField, PlainTextField, SwedishDateField, SwedishTimeField

TODAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-17", date(2026, 3, 17)),
        (" 2026/3/17 ", date(2026, 3, 17)),
        ("20260317", date(2026, 3, 17)),
        ("260317", date(2026, 3, 17)),
        ("17/3", date(2026, 3, 17)),
        ("17/3 2026", date(2026, 3, 17)),
        ("17/3-26", date(2026, 3, 17)),
        ("17.3.2026", date(2026, 3, 17)),
        ("17 mars", date(2026, 3, 17)),
        ("17 Mars 2027", date(2027, 3, 17)),
        ("den 17:e mars", date(2026, 3, 17)),
        ("1 sept.", date(2026, 9, 1)),
        ("tisdag 17 mars 2026", date(2026, 3, 17)),
        ("i morgon", date(2026, 3, 11)),
        # The near past is meant when it is nearer than the coming one.
        ("3 mars", date(2026, 3, 3)),
        ("24/2", date(2026, 2, 24)),
        ("20 december", date(2025, 12, 20)),
        ("1 oktober", date(2026, 10, 1)),
        ("29/2", date(2028, 2, 29)),
    ],
)
def test_dates_are_read_as_people_write_them(text, expected):
    assert swedish.parse_date(text, today=TODAY) == expected


def test_a_missing_year_follows_what_the_field_is_for():
    assert swedish.parse_date("3 mars", today=TODAY, prefer="future") == date(2027, 3, 3)
    assert swedish.parse_date("17 mars", today=TODAY, prefer="past") == date(2025, 3, 17)
    assert swedish.parse_date("430517", today=TODAY, prefer="past") == date(1943, 5, 17)
    assert swedish.parse_date("31 december", today=date(2026, 1, 2)) == date(2025, 12, 31)
    assert swedish.parse_date("2 januari", today=date(2026, 12, 30)) == date(2027, 1, 2)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("snart", "Skriv ett datum"),
        ("2026-02-30", "Det finns ingen 30 februari 2026"),
        ("31/4", "Det finns ingen 31 april"),
        ("2026-13-01", "Månaden ska vara ett tal från 1 till 12"),
        ("17 mass", "”mass” är ingen månad"),
        ("17 ma", "är ingen månad"),
        ("1899-12-31", "mellan 1900 och 2100"),
        ("2101-01-01", "mellan 1900 och 2100"),
        ("0000-00-00", "mellan 1900 och 2100"),
        ("måndag 17 mars 2026", "är en tisdag, inte en måndag"),
        ("17/3/", "Skriv ett datum"),
        ("٢٠٢٦-03-17", "Skriv ett datum"),
        ("\x00", "Skriv ett datum"),
    ],
)
def test_unclear_dates_are_explained(text, says):
    with pytest.raises(swedish.UnclearDate, match=says):
        swedish.parse_date(text, today=TODAY)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("13.30", time(13, 30)),
        ("13:30", time(13, 30)),
        ("1330", time(13, 30)),
        ("930", time(9, 30)),
        ("13", time(13)),
        ("kl. 8", time(8)),
        ("klockan 8.05", time(8, 5)),
        ("00:00", time(0)),
    ],
)
def test_times_are_read_as_people_write_them(text, expected):
    assert swedish.parse_time(text) == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [("lunch", "Skriv ett klockslag"), ("24.00", "Timmen"), ("13.60", "Minuterna"), ("13.3", "Skriv ett klock")],
)
def test_unclear_times_are_explained(text, says):
    with pytest.raises(swedish.UnclearTime, match=says):
        swedish.parse_time(text)


class Booking(forms.Form):
    day = SwedishDateField(label="Datum", future=True, missing="Skriv vilken dag mötet är.")
    at = SwedishTimeField(label="Börjar", required=False)
    place = LineField(label="Plats")
    about = PlainTextField(label="Vad ska ni prata om?", max_length=20, required=False)
    phone = PhoneField(label="Telefon", required=False)


def errors(**data):
    form = Booking({"day": "2099-03-17", "place": "Hemma", **data})
    return {name: list(messages) for name, messages in form.errors.items()}


def test_a_form_reads_and_tidies():
    form = Booking(
        {"day": "17 mars 2099", "at": "13", "place": " Hemma \t hos  dig ", "about": "a\r\nb", "phone": "0701740612"}
    )
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {
        "day": date(2099, 3, 17),
        "at": time(13),
        "place": "Hemma hos dig",
        "about": "a\nb",
        "phone": "070-174 06 12",
    }


def test_missing_answers_are_named():
    assert errors(day="  ", place="") == {"day": ["Skriv vilken dag mötet är."], "place": ["Fyll i plats."]}
    assert PlainTextField(label="Behövs tolk?").error_messages["required"] == "Svara på frågan ”Behövs tolk?”"


def test_a_day_that_must_come_may_not_have_passed():
    assert errors(day="2001-01-01")["day"][0].startswith("Datumet har passerat. Välj ett datum från och med ")
    with pytest.raises(ValidationError, match="Datumet har inte varit än"):
        SwedishDateField(past=True).clean("2099-01-01")


@pytest.mark.parametrize("bad", ["a\x00b", "a\x07", "\ud800", "fd\u202efdp", "x\ufffe", "\x1b[31m", "a\x85b"])
def test_hidden_characters_are_refused(bad):
    assert "inte går att läsa" in errors(about=bad)["about"][0]
    assert "inte går att läsa" in errors(place=bad)["place"][0]


def test_ordinary_names_and_signs_pass():
    for text in ("Ŋárát Łukasz", "Nguyễn 👍🏽", "”Citat” – 50 %", "می‌خواهم"):
        assert errors(about=text) == {}


def test_too_long_text_is_counted_and_never_cut():
    assert errors(about="x" * 21)["about"] == ["Texten är 21 tecken. Skriv högst 20 tecken."]
    with pytest.raises(ValidationError) as refused:
        PlainTextField().clean("å" * 4001)
    assert refused.value.messages == ["Texten är 4\xa0001 tecken. Skriv högst 4\xa0000 tecken."]
    assert "maxlength" not in str(Booking()["about"])


def test_composed_and_decomposed_letters_are_stored_alike():
    assert LineField().clean("A\u030asa") == "Åsa"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("08-46500425", "08-465 004 25"),
        ("+46 (0)8 465 004 25", "08-465 004 25"),
        ("0046701740612", "070-174 06 12"),
        ("0281-123 45", "0281-123 45"),
        ("1177", "1177"),
        ("+47 22 33 44 55", "+47 22 33 44 55"),
    ],
)
def test_phone_numbers_are_accepted_leniently(text, shown):
    assert PhoneField().clean(text) == shown


@pytest.mark.parametrize("text", ["ring mig", "12", "070-174 06 12; DROP", "1" * 16])
def test_what_is_no_phone_number_is_refused(text):
    with pytest.raises(ValidationError, match="Skriv ett telefonnummer"):
        PhoneField().clean(text)


def test_saved_values_are_shown_the_way_they_are_typed():
    form = Booking(initial={"day": date(2026, 3, 17), "at": time(8, 5)})
    assert 'value="2026-03-17"' in str(form["day"])
    assert 'value="8.05"' in str(form["at"])
    assert not Booking({"day": "17 mars 2026"}, initial={"day": date(2026, 3, 17)})["day"]._has_changed()
