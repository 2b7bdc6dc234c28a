"""What staff type in the search field."""

from django import forms

from cases import numbers
from casework.search import REFERENCE


class SearchForm(forms.Form):
    """A personnummer, samordningsnummer, reserve number or case reference."""

    q = forms.CharField(
        label="Personnummer eller ärendenummer",
        help_text="Till exempel 19850101-2382 eller 2026-0139. Samordningsnummer och reservnummer går också bra.",
        max_length=40,
        error_messages={"required": "Skriv ett personnummer eller ett ärendenummer."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args, hint: bool = True, **kwargs):
        super().__init__(*args, **kwargs)
        if not hint:
            self.fields["q"].help_text = ""

    def clean_q(self):
        """Return what to search for: {"reference": …} or {"number": …}."""
        text = self.cleaned_data["q"].strip()
        if REFERENCE.fullmatch(text):
            return {"reference": text}
        try:
            return {"number": numbers.parse(text).canonical}
        except numbers.BadNumber as bad:
            raise forms.ValidationError(str(bad), code="number") from None
