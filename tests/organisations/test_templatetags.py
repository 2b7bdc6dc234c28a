"""Template tags: components carry their words, errors are tied to their fields, dates are Swedish."""

from datetime import UTC, date, datetime, time

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory

from organisations import swedish
from organisations.formfields import LineField, SwedishDateField
from organisations.templatetags import sip


def render(source: str, **context) -> str:
    return Template("{% load sip %}" + source).render(Context(context))


class Answer(forms.Form):
    day = SwedishDateField(label="Datum")
    place = LineField(label="Plats", help_text="Till exempel hemma", required=False)
    form = forms.ChoiceField(
        label="Hur träffas ni?", choices=[("a", "På plats"), ("b", "På video")], widget=forms.RadioSelect
    )
    agreed = forms.BooleanField(label="Jag har frågat")

    def clean(self):
        if self.cleaned_data.get("place") == "Ingenstans":
            raise forms.ValidationError("Mötet måste vara någonstans.")


@pytest.mark.parametrize(
    ("write", "value", "expected"),
    [
        (sip.svdate, date(2026, 3, 17), "tisdag 17 mars 2026"),
        (sip.svday, date(2026, 3, 17), "17 mars"),
        (sip.svshort, date(2026, 3, 17), "17 mars 2026"),
        (sip.svtime, time(13, 30), "13.30"),
        (sip.svtime, time(8, 5), "8.05"),
        # Instants are UTC; people read Swedish clocks, also over midnight and summer time.
        (sip.svdatetime, datetime(2026, 3, 17, 12, 30, tzinfo=UTC), "tisdag 17 mars 2026 kl. 13.30"),
        (sip.svdatetime, datetime(2026, 7, 17, 22, 30, tzinfo=UTC), "lördag 18 juli 2026 kl. 0.30"),
        (sip.svdate, datetime(2026, 3, 17, 23, 30, tzinfo=UTC), "onsdag 18 mars 2026"),
        (sip.svweek, date(2026, 3, 17), "Tisdag, vecka 12"),
        (sip.svdate, None, ""),
        (sip.svtime, "", ""),
    ],
)
def test_dates_and_times(write, value, expected):
    assert write(value) == expected


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2026, 3, 20), date(2026, 5, 12), "20 mars till 12 maj 2026"),
        (date(2026, 12, 20), date(2027, 1, 12), "20 december 2026 till 12 januari 2027"),
        (date(2026, 3, 20), date(2026, 3, 20), "20 mars 2026"),
        (date(2026, 4, 2), None, "från 2 april 2026"),
        (None, date(2026, 3, 27), "till 27 mars 2026"),
        (None, None, ""),
        (time(13, 30), time(14, 30), "13.30–14.30"),
        (time(8), time(16), "8–16"),
        (time(13), time(14, 30), "13.00–14.30"),
        (
            datetime(2026, 3, 17, 12, 30, tzinfo=UTC),
            datetime(2026, 3, 17, 13, 30, tzinfo=UTC),
            "tisdag 17 mars 2026 kl. 13.30–14.30",
        ),
    ],
)
def test_spans(start, end, expected):
    assert sip.svspan(start, end) == expected


def test_the_distance_to_today_is_said_in_words():
    today = date(2026, 3, 10)
    days = [date(2026, 3, d) for d in (3, 9, 10, 11, 15)]
    said = ["7 dagar sen", "1 dag sen", "i dag", "i morgon", "om 5 dagar"]
    assert [sip.svdue(d, today) for d in days] == said
    at = datetime(2026, 3, 10, 7, 12, tzinfo=UTC)
    assert sip.svwhen(at, today) == "i dag kl. 8.12"
    assert sip.svwhen(at, date(2026, 3, 11)) == "i går kl. 8.12"
    assert sip.svwhen(at, date(2026, 3, 19)) == "tisdag 10 mars kl. 8.12"
    assert sip.svwhen(at, date(2027, 3, 19)) == "tisdag 10 mars 2026 kl. 8.12"


def test_a_swedish_time_becomes_an_instant():
    assert swedish.instant(date(2026, 3, 17), time(13, 30)) == datetime(2026, 3, 17, 12, 30, tzinfo=UTC)
    assert swedish.instant(date(2026, 7, 17), time(13, 30)) == datetime(2026, 7, 17, 11, 30, tzinfo=UTC)


def test_numbers():
    assert sip.personnummer("194305179808") == "19430517-9808"
    assert sip.personnummer("19430517-9808") == "19430517-9808"
    assert sip.personnummer("") == ""
    assert sip.phone("0846500425") == "08-465 004 25"
    assert sip.tel("08-465 004 25") == "+46846500425"
    assert sip.tel("1177") == "1177"
    assert sip.tel("112") == "112"
    assert sip.svcount(1, "uppgift,uppgifter") == "1 uppgift"
    assert sip.svcount(3, "uppgift,uppgifter") == "3 uppgifter"


def test_a_field_ties_hint_and_error_to_its_control():
    html = render("{% field form.day %}{% field form.place %}", form=Answer({"day": "hej", "place": "x"}))
    assert '<label class="label" for="id_day">Datum' in html
    assert 'aria-describedby="id_day_helptext id_day_error"' in html
    assert 'id="id_day_helptext"' in html
    assert 'id="id_day_error"' in html
    assert 'aria-invalid="true"' in html
    assert html.index("id_day_helptext") < html.index("Skriv ett datum") < html.index('name="day"')
    assert '<span class="opt">(frivilligt)</span>' in html
    assert 'class="input w-date"' in html


def test_choices_are_a_group_with_a_legend():
    html = render("{% field form.form inline=True %}{% field form.agreed %}", form=Answer({}))
    assert '<legend class="label">Hur träffas ni?' in html
    assert '<fieldset class="field field--error" aria-describedby="id_form_error">' in html
    assert '<label for="id_form_1">På video</label>' in html
    assert '<label for="id_agreed">Jag har frågat</label>' in html


def test_a_page_may_give_its_own_label_and_hint():
    html = render('{% field form.form label="Hur?" hint="Fråga först" %}', form=Answer())
    assert 'aria-describedby="id_form_helptext"' in html
    assert '<span class="hint" id="id_form_helptext">Fråga först</span>' in html


def test_the_error_summary_counts_and_links():
    form = Answer({"day": "", "place": "Ingenstans", "form": "", "agreed": "on"})
    html = render("{% errorsum form %}", form=form)
    assert "Rätta tre uppgifter" in html
    assert '<a href="#id_day">Fyll i datum.</a>' in html
    assert '<a href="#id_form_0">' in html
    assert "<li>Mötet måste vara någonstans.</li>" in html
    assert 'tabindex="-1"' in html


def test_the_error_summary_takes_formsets_and_is_silent_when_all_is_well():
    formset_class = forms.formset_factory(Answer, extra=0)
    data = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-day": "2026-03-17"}
    html = render("{% errorsum form formset %}", form=Answer(), formset=formset_class(data))
    assert "#id_form-0-form_0" in html
    assert render("{% errorsum form %}", form=Answer()).strip() == ""
    assert render("{% errorsum form %}", form=None).strip() == ""
    assert render("{{ form|error_prefix }}", form=Answer({})) == "Fel: "
    assert render("{{ form|error_prefix }}", form=Answer()) == ""


def test_user_text_is_escaped_in_every_component():
    evil = '<script>alert("x")</script>'
    html = render(
        "{% tag t 'warn' icon='clock' %}{% huvudman 'kommun' t %}{% aktor 'region' t 'waiting' %}"
        "{% notice 'warn' t t %}{% stepper 3 notes %}{% icon 'check' t %}",
        t=evil,
        notes={1: evil},
    )
    assert "<script>" not in html
    assert html.count("&lt;script&gt;") == 7


def test_parties_are_named_in_words():
    assert "huvudman--du" in render("{% huvudman 'self' %}")
    words = [sip.huvudman(kind)["word"] for kind in sip.PARTIES]
    assert words == [
        "Region", "Kommun", "Personen själv", "Närstående", "Annan aktör", "Skola", "Privat utförare",
    ]  # fmt: skip
    waiting = render("{% aktor 'region' 'Geriatrik' 'waiting' %}")
    assert "aktor--vantar" in waiting
    assert '<span class="vh">, har inte svarat</span>' in waiting


def test_the_stepper_says_where_we_are():
    html = render("{% stepper 3 notes %}", notes={1: "24 februari"})
    assert html.count('class="done"') == 2
    assert html.count('aria-current="step"') == 1
    assert "24 februari" in html
    assert render("{% stepper 7 %}").count('class="done"') == 6
    assert "3 av 6: Kalla" in render("{% ministep 3 %}")


def test_an_icon_is_silent_unless_it_has_a_label():
    assert 'aria-hidden="true"' in render("{% icon 'check' %}")
    assert 'role="img" aria-label="klar"' in render("{% icon 'check' 'klar' %}")


def test_a_menu_entry_without_a_page_is_left_out():
    request = RequestFactory().get("/")
    assert render("{% navlink 'nowhere:at_all' 'Ingenting' %}", request=request).strip() == ""


def test_a_missing_choice_is_named_by_its_label():
    html = render("{% errorsum form %}{% field form.form %}", form=Answer({}))
    assert html.count("Svara på frågan ”Hur träffas ni?”") == 2
    assert "Detta fält" not in html
    assert "Kryssa i ”Jag har frågat”." in render("{% errorsum form %}", form=Answer({}))
