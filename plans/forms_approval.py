"""The person's yes: how it was shown, in what words, and who saw it (PLA-4)."""

from django import forms

from organisations.formfields import LineField, PlainTextField
from plans.forms import RevisionForm
from plans.models import AgreedForm


class ApproveForm(RevisionForm):
    """The person's yes to exactly the revision that is read on the page."""

    person_agrees = forms.BooleanField(
        label="Personen har läst eller hört planen och är med på den",
        error_messages={"required": "Kryssa i att personen är med på planen. Annars går den inte att godkänna."},
    )
    agreed_form = forms.ChoiceField(
        label="Hur visade personen sitt ja?", choices=AgreedForm.choices, widget=forms.RadioSelect,
        error_messages={"required": "Välj hur personen visade sitt ja."},
    )  # fmt: skip
    agreed_how = LineField(
        label="Vad sa eller gjorde personen?", max_length=300, missing="Skriv vad personen sa eller gjorde.",
        help_text="Det står i planen. Till exempel ”Du sa ja på mötet” eller ”Du nickade när vi läste upp målen”.",
    )  # fmt: skip
    agreed_before = forms.MultipleChoiceField(
        label="Vilka såg det?", widget=forms.CheckboxSelectMultiple,
        help_text="De som var med på mötet, och du själv.",
        error_messages={"required": "Välj minst en som såg att personen sa ja."},
    )  # fmt: skip
    person_view = PlainTextField(label="Vad tycker personen om vem som är huvudansvarig?", rows=2, max_length=1000,
                                 required=False)  # fmt: skip

    def __init__(self, data=None, *, revision, witnesses):
        super().__init__(data, initial={"revision": revision})
        self.fields["agreed_before"].choices = [(name, name) for name in witnesses]

    def values(self) -> dict:
        names = ("revision", "agreed_form", "agreed_how", "agreed_before", "person_view")
        return {name: self.cleaned_data[name] for name in names}
