"""One canonical form per person, however the number is written (INI-9)."""

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cases import numbers
from cases.enums import IdKind
from cases.forms import NumberForm
from cases.numbers import BadNumber, Number, age, is_minor, parse

TODAY = date(2026, 11, 22)
FILE = Path(numbers.__file__).parent / "data" / "testnummer.csv"
OFFICIAL = [(row["typ"], row["nummer"]) for row in csv.DictReader(FILE.read_text("utf-8").splitlines())]


def check_digit(nine: str) -> str:
    return next(digit for digit in "0123456789" if numbers.passes_luhn(nine + digit))


@st.composite
def canonical(draw, oldest=date(1907, 1, 1), youngest=TODAY):
    """A personnummer or samordningsnummer of somebody born in those days."""
    born = draw(st.dates(oldest, youngest))
    day = born.day + draw(st.sampled_from([0, 60]))
    serial = draw(st.integers(1, 999))
    nine = f"{born:%y%m}{day:02}{serial:03}"
    return f"{born.year // 100}{nine}{check_digit(nine)}"


def spellings(number: str) -> list[str]:
    """All ways in which people write it."""
    sign = "+" if TODAY.year - int(number[:4]) >= 100 else "-"
    day, last = number[:8], number[8:]
    long = [
        number,
        f"{day}-{last}",
        f"{day} {last}",
        f" {day[:4]} {day[4:6]} {day[6:]} - {last} ",
        f"{day}\u00a0-{last}",
    ]
    short = [f"{day[2:]}{sign}{last}", f"{day[2:]} {sign} {last}"]
    return long + short + ([number[2:], f"{day[2:]} {last}"] if sign == "-" else [f"{day}+{last}"])


@pytest.mark.parametrize(("kind", "number"), OFFICIAL)
def test_every_official_number_in_every_spelling(kind, number):
    assert {parse(text, today=TODAY) for text in spellings(number)} == {Number(IdKind(kind), number)}


@given(canonical())
def test_all_spellings_give_one_form_and_it_is_stable(number):
    found = {parse(text, today=TODAY) for text in spellings(number)}
    assert len(found) == 1
    assert parse(found.pop().canonical, today=TODAY).canonical == number


@given(canonical(), canonical())
def test_two_persons_never_share_a_form(one, other):
    assume(one != other)
    assert {parse(text, today=TODAY) for text in spellings(one)}.isdisjoint(
        {parse(text, today=TODAY) for text in spellings(other)}
    )


@given(canonical(), st.integers(2, 11), st.integers(1, 9))
def test_one_wrong_digit_is_never_the_same_person(number, place, change):
    wrong = number[:place] + str((int(number[place]) + change) % 10) + number[place + 1 :]
    with pytest.raises(BadNumber):
        parse(wrong, today=TODAY)


@given(st.text(max_size=60))
def test_any_text_gives_a_canonical_number_or_a_sentence(text):
    try:
        found = parse(text, today=TODAY)
    except BadNumber as bad:
        assert str(bad).endswith(".")
    else:
        assert len(found.canonical) == 12
        assert parse(found.canonical, today=TODAY) == found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", numbers.SHAPE),
        ("19850101-2383", numbers.CHECK_DIGIT),
        ("１９８５０１０１２３８２", numbers.UNREADABLE),
        ("19850101-٢٣٨٢", numbers.UNREADABLE),
        ("19850101\u200b2382", numbers.UNREADABLE),
        ("19850101\x002382", numbers.UNREADABLE),
        ("1985\n01012382", numbers.UNREADABLE),
        ("1" * 5000, numbers.UNREADABLE),
        ("12121212-1212", numbers.TOO_OLD),
        ("19051122-2380", numbers.TOO_OLD),
        ("00000000-0000", numbers.NO_SUCH_DAY),
        ("19850001-2382", numbers.NO_SUCH_DAY),
        ("19850231-2382", numbers.NO_SUCH_DAY),
        ("19850161-2382", numbers.CHECK_DIGIT),
        ("19850100-2382", numbers.NO_SUCH_DAY),
        ("19850192-2382", numbers.NO_SUCH_DAY),
        ("19850101-0008", numbers.NO_SUCH_DAY),
        ("20990101-2382", numbers.NOT_BORN),
        ("261231-2382", numbers.NOT_BORN),
        ("19850101+2382", numbers.NOT_HUNDRED),
        ("850101+2382", numbers.TOO_OLD),
        ("850101-238", numbers.SHAPE),
        ("8501-012382", numbers.SHAPE),
        ("19850101--2382", numbers.SHAPE),
        ("abc", numbers.RESERVE_SHAPE),
        ("20240301ÅÄ06", numbers.UNREADABLE),
        ("'; drop table--", numbers.RESERVE_SHAPE),
    ],
)
def test_what_is_no_number_gets_a_sentence(text, message):
    with pytest.raises(BadNumber) as bad:
        parse(text, today=TODAY)
    assert str(bad.value) == message


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("98240301AA06", "98240301AA06"),
        ("98240301aa06", "98240301AA06"),
        ("98240301-AA06", "98240301AA06"),
        ("20210325-k069", "20210325K069"),
        ("20210325 K069", "20210325K069"),
        ("991234567890", "991234567890"),
        ("99123456-7890", "991234567890"),
    ],
)
def test_reserve_numbers_are_read_leniently(text, form):
    assert parse(text, today=TODAY) == Number(IdKind.RESERVE, form)


def test_the_sign_turns_in_the_year_of_the_hundredth_birthday():
    """Folkbokföringslagen 18 §: also before the birthday itself."""
    number = "192602097095"
    assert parse("260209+7095", today=date(2026, 1, 1)).canonical == number
    assert parse("260209-7095", today=date(2025, 12, 31)).canonical == number
    with pytest.raises(BadNumber):
        parse("260209-7095", today=date(2026, 1, 1))


def test_a_day_of_birth_that_is_not_known():
    """Samordningsnummer with month 00 or day 60: valid, and nobody is taken for an adult too early."""
    assert parse("198200862392", today=TODAY).kind == IdKind.SAMORDNINGSNUMMER
    assert parse("20080060001" + check_digit("080060001"), today=TODAY).kind == IdKind.SAMORDNINGSNUMMER
    assert age("200800600015", date(2026, 12, 30)) == 17
    assert age("200800600015", date(2026, 12, 31)) == 18
    assert age("200802600015", date(2026, 2, 28)) == 17
    assert age("200802600015", date(2026, 3, 1)) == 18
    assert age("202600600015", date(2026, 3, 1)) == 0
    with pytest.raises(BadNumber):
        parse("20080001001" + check_digit("080001001"), today=TODAY)


def test_leap_days():
    assert parse("20240229" + "001" + check_digit("240229001"), today=TODAY)
    with pytest.raises(BadNumber, match="finns inte"):
        parse("20230229" + "001" + check_digit("230229001"), today=TODAY)
    born = "20240229" + "0017"
    assert age(born, date(2042, 2, 28)) == 17
    assert age(born, date(2042, 3, 1)) == 18


def test_age_and_minor():
    assert age("198501012382", TODAY) == 41
    assert age("195510702398"[:8] + "2398", TODAY) is not None
    assert age("198112752384", TODAY) == 44
    assert age("98240301AA06", TODAY) == 2
    assert age("98245001AA06", TODAY) is None
    assert age("991234567890", TODAY) is None
    assert not is_minor("991234567890", TODAY)
    assert is_minor("20081123" + "2382", TODAY)
    assert not is_minor("20081122" + "2382", TODAY)


@given(canonical(), st.integers(0, 40000))
def test_age_never_falls_and_minor_ends_at_eighteen(number, days):
    born = numbers.born_in(number)
    later = born.last + timedelta(days=days)
    years = age(number, later)
    assert years >= 0
    assert is_minor(number, later) == (years < 18)
    assert age(number, later + timedelta(days=1)) in (years, years + 1)


@pytest.mark.parametrize("text", ["", "   ", "\x00", "1" * 100_000, "19850101-2383"])
def test_the_field_says_what_is_wrong(text):
    form = NumberForm({"number": text})
    assert not form.is_valid()
    assert form.errors["number"][0].endswith(".")


def test_the_field_cleans_to_a_number_and_shows_what_was_typed():
    form = NumberForm({"number": "850101-2382"})
    assert form.is_valid()
    assert form.cleaned_data["number"] == Number(IdKind.PERSONNUMMER, "198501012382")
    assert form["number"].value() == "850101-2382"
