"""Shape and wording of extracts and reviews; rules lie in the services."""

from datetime import timedelta

from django import forms
from django.utils import timezone

from logbook.models import ReviewPick
from organisations import swedish
from organisations.formfields import PlainTextField, SwedishDateField


class PeriodForm(forms.Form):
    """From and to, both included; starts with the last `days` days."""

    from_on = SwedishDateField(label="Från och med", missing="Skriv första dagen.", past=True)
    to_on = SwedishDateField(label="Till och med", missing="Skriv sista dagen.", past=True)

    def __init__(self, *args, days: int = 365, **kwargs):
        today = timezone.localdate()
        kwargs.setdefault("initial", {"from_on": today - timedelta(days=days), "to_on": today})
        super().__init__(*args, **kwargs)

    def clean(self):
        first, last = self.cleaned_data.get("from_on"), self.cleaned_data.get("to_on")
        if first and last and last < first:
            self.add_error("to_on", f"Sista dagen måste vara {swedish.short_date(first)} eller senare.")


class VerdictForm(forms.Form):
    verdict = forms.ChoiceField(
        label="Bedömning",
        choices=ReviewPick.VERDICTS,
        widget=forms.RadioSelect,
        error_messages={"required": "Välj en bedömning."},
    )
    note = PlainTextField(
        label="Kommentar",
        help_text="Vad sa den som läste? Vad görs nu? Behövs alltid när läsningen inte var självklart befogad.",
        required=False,
        max_length=1000,
        rows=2,
    )


class FinishForm(forms.Form):
    summary = PlainTextField(label="Sammanfattning", required=False, max_length=2000, rows=3)
