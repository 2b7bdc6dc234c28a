"""What an administrator writes about where kallelser land."""

from django import forms

from organisations.formfields import LineField
from organisations.models import Unit
from reception import rules, services


class ListedChoice(forms.ModelChoiceField):
    """A vårdcentral, or none."""

    def __init__(self, **kwargs):
        super().__init__(queryset=Unit.objects.none(), required=False, empty_label="Ingen vald", **kwargs)
        self.error_messages["invalid_choice"] = "Välj en vårdcentral i listan."


class RuleForm(forms.Form):
    """One rule and the sample that it is tried on."""

    area = LineField(label="Område", required=False, help_text="Till exempel Grycksbo, Svärdsjö. Komma mellan flera.")
    profession = LineField(
        label="Yrke som behövs", required=False, help_text="Till exempel arbetsterapeut. Komma mellan flera."
    )
    listed_unit = ListedChoice(label="Personen är listad på")
    receiver = forms.ModelChoiceField(
        label="Kallelsen går till",
        queryset=Unit.objects.none(),
        empty_label="Välj enhet",
        error_messages={"required": "Välj vilken enhet kallelsen går till.", "invalid_choice": "Välj en egen enhet."},
    )
    sample_area = LineField(label="Exempel: område", required=False)
    sample_profession = LineField(label="Exempel: yrke", required=False)
    sample_listed = ListedChoice(label="Exempel: listad på")

    def __init__(self, data=None, *, by, rule=None, **kwargs):
        if rule:
            kwargs["initial"] = {name: getattr(rule, name) for name in services.FIELDS}
        super().__init__(data, **kwargs)
        listed = rules.listing_units(by)
        self.fields["listed_unit"].queryset = self.fields["sample_listed"].queryset = listed
        self.fields["receiver"].queryset = rules.receivers(by)

    def clean(self):
        data = super().clean()
        if not any(data.get(name) for name in ("sample_area", "sample_profession", "sample_listed")):
            self.add_error("sample_area", "Skriv ett exempel som regeln ska fånga. Vi provar det innan vi sparar.")
        return data
