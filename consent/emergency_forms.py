"""What is asked before the glass is broken."""

from django import forms

from cases.numbers import NumberField
from consent import emergency
from organisations.formfields import PlainTextField


class BreakGlassForm(forms.Form):
    """One full number, why, and for how long."""

    number = NumberField(help_text="Hela numret, tolv siffror. Det går inte att söka på namn.")
    kind = forms.ChoiceField(
        label="Varför kan personen inte själv säga ja?",
        choices=emergency.KINDS,
        widget=forms.RadioSelect,
        error_messages={"required": "Välj varför personen inte själv kan säga ja."},
    )
    reason = PlainTextField(
        label="Varför behövs planen just nu?",
        max_length=1000,
        help_text="Minst 20 tecken. Det du skriver granskas. Personen kan läsa att planen öppnades.",
        missing="Skriv varför planen behövs just nu.",
    )
    hours = forms.TypedChoiceField(label="Hur länge?", coerce=int)

    def __init__(self, *args, most: int, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["hours"].choices = emergency.choices(most)

    def clean_reason(self):
        reason = self.cleaned_data["reason"]
        if len(reason) < emergency.REASON_AT_LEAST:
            raise forms.ValidationError(f"Skriv varför med minst {emergency.REASON_AT_LEAST} tecken.")
        return reason

    def values(self) -> dict:
        return self.cleaned_data | {"number": self.cleaned_data["number"].canonical}
