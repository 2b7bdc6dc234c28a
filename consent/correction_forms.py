"""What is asked when a mistake is corrected."""

from django import forms

from organisations.formfields import PlainTextField


class MistakeForm(forms.Form):
    """What went wrong, in words that stay."""

    reason = PlainTextField(
        label="Vad blev fel?",
        max_length=1000,
        help_text="Det du skriver sparas. Skriv inte mer om personen än du behöver.",
        missing="Skriv vad som blev fel.",
    )
