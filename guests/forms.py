"""The forms of a link: staff makes it and notes the code, a guest types the code and answers."""

import re

from django import forms
from django.utils import timezone

from guests import codes, services
from guests.models import CodeWay, LinkWay
from guests.visits import Invited
from meetings.models import AnswerKind
from organisations.formfields import LineField, SwedishDateField

EMAIL = "Skriv en e-postadress, till exempel namn@exempel.se."


class LinkForm(forms.Form):
    """How the link goes out, and what it shows."""

    way = forms.ChoiceField(
        label="Hur får deltagaren länken?",
        choices=LinkWay.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Välj hur deltagaren får länken."},
        help_text="Länken till brevet visas en gång, när du har gjort den.",
    )
    email = forms.EmailField(
        label="E-postadress",
        required=False,
        max_length=254,
        widget=forms.TextInput(attrs={"class": "w-m", "inputmode": "email", "autocomplete": "off"}),
        error_messages={"invalid": EMAIL, "max_length": EMAIL},
        help_text="Behövs bara om länken går med e-post.",
    )
    agreed = forms.BooleanField(label="Deltagaren har sagt ja till e-post", required=False)
    shows_agenda = forms.BooleanField(
        label="Visa också vad mötet ska handla om",
        required=False,
        help_text="Fråga personen först. Det som personen inte vill dela med någon av enheterna visas ändå inte.",
    )

    def clean(self):
        data = super().clean()
        if data.get("way") == LinkWay.EMAIL:
            if not data.get("email") and "email" not in self.errors:
                self.add_error("email", EMAIL)
            if not data.get("agreed"):
                self.add_error("agreed", "Fråga deltagaren om e-post går bra. Annars går länken med brev.")
        return data

    def values(self) -> dict:
        """The arguments of `services.make`."""
        return {name: self.cleaned_data[name] for name in ("way", "email", "shows_agenda")}


class CodeGivenForm(forms.Form):
    """How and when the code was given."""

    way = forms.ChoiceField(
        label="Hur lämnade du koden?",
        choices=CodeWay.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Välj hur du lämnade koden."},
    )
    on = SwedishDateField(label="Vilken dag?", past=True, missing="Skriv vilken dag koden lämnades.")

    def __init__(self, data=None, *, link, **kwargs):
        super().__init__(data, initial={"on": timezone.localdate(), "way": link.code_way}, **kwargs)
        if link.way == LinkWay.LETTER:
            self.initial["way"] = CodeWay.PHONE
            self.fields["way"].choices = [(CodeWay.PHONE, CodeWay.PHONE.label)]
            self.fields["way"].help_text = "Länken går med brev, så koden lämnas per telefon."
            self.fields["way"].error_messages["invalid_choice"] = services.SAME_WAY


class CodeForm(forms.Form):
    """The code that goes another way than the link."""

    code = LineField(
        label="Kod",
        max_length=40,
        missing="Skriv koden.",
        help_text="Åtta siffror. Du fick den per telefon eller brev av den som bjöd in dig.",
        widget=forms.TextInput(attrs={"class": "w-code", "inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_code(self):
        digits = re.sub(r"[\s-]", "", self.cleaned_data["code"])
        if not re.fullmatch(f"[0-9]{{{codes.DIGITS}}}", digits):
            raise forms.ValidationError("Koden är åtta siffror.")
        return digits


class GuestAnswerForm(forms.Form):
    """Comes, sends somebody else, or does not come (KAL-5)."""

    answer = forms.ChoiceField(
        label="Ditt svar",
        choices=[
            (AnswerKind.COMING, "Jag kommer"),
            (AnswerKind.DELEGATE, "Någon annan kommer i mitt ställe"),
            (AnswerKind.DECLINED, "Ingen kommer"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Välj ett svar.", "invalid_choice": "Välj ett av svaren."},
    )
    attendee_name = LineField(label="Vem kommer i ditt ställe?", max_length=150, required=False)
    attendee_title = LineField(label="Yrke eller roll", max_length=100, required=False)

    def __init__(self, data=None, *, invited: Invited, **kwargs):
        start = {"answer": invited.answer}
        if invited.answer == AnswerKind.DELEGATE:
            start |= {"attendee_name": invited.attendee_name, "attendee_title": invited.attendee_title}
        super().__init__(data, initial=start, **kwargs)

    def clean(self):
        data = super().clean()
        if data.get("answer") == AnswerKind.DELEGATE:
            if not data.get("attendee_name") and "attendee_name" not in self.errors:
                self.add_error("attendee_name", "Skriv namnet på den som kommer.")
            if not data.get("attendee_title") and "attendee_title" not in self.errors:
                self.add_error("attendee_title", "Skriv yrke eller roll för den som kommer.")
        return data
