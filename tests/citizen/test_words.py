"""The plain words of ”Min plan”."""

from datetime import date
from types import SimpleNamespace

import pytest

from citizen import words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("Tryck på larmet.", []),
        ("Är det bråttom ringer du 112.", []),
        ("Ring Hemsjukvården, 08-465 004 14, dygnet runt.", [("Hemsjukvården, dygnet runt", "08-465 004 14")]),
        ("Amira 070-174 06 12\nHelen 08-465 004 25", [("Amira", "070-174 06 12"), ("Helen", "08-465 004 25")]),
        ("08-465 004 25", [("Ring", "08-465 004 25")]),
    ],
)
def test_the_numbers_of_a_text_become_buttons(text, expected):
    assert [(n.label, n.number) for n in words.numbers_in(text)] == expected


def measure(**values):
    empty = {"frequency": "", "starts_on": None, "ends_on": None, "ongoing": False}
    return SimpleNamespace(**(empty | values))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, ""),
        ({"frequency": "varje dag."}, "Varje dag"),
        ({"ends_on": date(2026, 3, 27)}, "Senast 27 mars 2026"),
        ({"starts_on": date(2026, 4, 2), "ongoing": True}, "Från 2 april 2026, tills vidare"),
        (
            {"frequency": "Tisdagar", "starts_on": date(2026, 3, 20), "ends_on": date(2026, 5, 12)},
            "Tisdagar, 20 mars till 12 maj 2026",
        ),
    ],
)
def test_when_in_words(values, expected):
    assert words.when(measure(**values)) == expected


def test_names_in_a_row():
    assert words.and_list(["Helen", "Nadia", "Amira"]) == "Helen, Nadia och Amira"
    assert words.and_list(["Helen"]) == "Helen"
    assert words.and_list([]) == ""
