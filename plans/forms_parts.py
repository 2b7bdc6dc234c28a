"""Forms about the parties' parts of a draft: a no to a measure, and a removal of what was read (PLA-4)."""

from django import forms

from organisations.formfields import PlainTextField


class DeclineForm(forms.Form):
    """Why the unit cannot do what others propose that it does."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    why = PlainTextField(
        label="Varför kan ni inte göra den?",
        help_text="Syns för dem som får läsa insatsen. Skriv gärna vad ni kan göra i stället.",
        missing="Skriv varför, så att de andra kan hitta en annan lösning.",
        max_length=300,
        rows=3,
    )


class RemoveForm(forms.Form):
    """What is removed, as it was read on the page."""

    seen = forms.CharField(widget=forms.HiddenInput)
