"""What is asked when the plan is corrected."""

from django import forms

from organisations.formfields import PlainTextField
from plans.correction_models import CorrectionKind


class CorrectionForm(forms.Form):
    """What kind of mistake it was, which all may read, and why in words for those who see all."""

    kind = forms.ChoiceField(
        label="Vad var fel?",
        choices=CorrectionKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Välj vad som var fel."},
    )
    reason = PlainTextField(
        label="Beskriv felet",
        max_length=1000,
        help_text="Sparas med planen. Den tidigare versionen går alltid att läsa.",
        missing="Skriv vad som blev fel.",
    )


class RevisionForm(forms.Form):
    """Which text was read before it was put in force."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
