"""What is asked before a protection mark is set or removed."""

from django import forms

from cases.enums import Protection
from organisations.formfields import PlainTextField


class ProtectionForm(forms.Form):
    """Which label, why, and for a removal that it was checked."""

    protection = forms.ChoiceField(
        label="Har personen skyddade personuppgifter?", choices=Protection, widget=forms.RadioSelect
    )
    reason = PlainTextField(
        label="Hur vet ni det?",
        max_length=500,
        rows=2,
        help_text="Till exempel: aviserat från folkbokföringen. Skäl till hotet ska inte stå här.",
        missing="Skriv hur ni vet det.",
    )
    checked = forms.BooleanField(
        label="Jag har kontrollerat i folkbokföringen att skyddet har upphört",
        required=False,
        help_text="Behövs bara när markeringen tas bort.",
    )
