"""Shape and wording of what is typed about retention; the rules lie in services and in the database."""

from django import forms

from organisations.formfields import LineField, SwedishDateField
from retention.enums import HoldKind, Record


class RuleForm(forms.Form):
    record = forms.ChoiceField(label="Slag av handling", choices=Record.choices)
    years = forms.IntegerField(
        label="Antal år",
        min_value=1,
        max_value=200,
        help_text="Räknat från sista anteckningen.",
        widget=forms.NumberInput(attrs={"class": "w-code", "inputmode": "numeric"}),
        error_messages={
            "required": "Skriv antal år.",
            "invalid": "Skriv antal år med siffror.",
            "min_value": "Skriv ett antal år mellan 1 och 200.",
            "max_value": "Skriv ett antal år mellan 1 och 200.",
        },
    )
    source = LineField(label="Beslut", missing="Skriv vilket beslut regeln bygger på.",
                       help_text="Till exempel dokumenthanteringsplanen och dess datum.")  # fmt: skip
    reason = LineField(label="Varför ni bevarar längre", required=False, max_length=300)


class HoldForm(forms.Form):
    kind = forms.ChoiceField(
        label="Varför ska uppgifterna bevaras?", choices=HoldKind.choices, widget=forms.RadioSelect,
        error_messages={"required": "Välj varför uppgifterna ska bevaras."},
    )  # fmt: skip
    reason = LineField(label="Hur vet ni det?", max_length=300, missing="Skriv hur ni vet det.",
                       help_text="Till exempel beslutets datum. Skriv inte mer om personen än som behövs.")  # fmt: skip
    to_on = SwedishDateField(label="Till och med", required=False,
                             help_text="Lämna tomt om det gäller för alltid.")  # fmt: skip


class EndForm(forms.Form):
    note = LineField(label="Varför behövs stoppet inte längre?", max_length=300,
                     missing="Skriv varför stoppet inte behövs.")  # fmt: skip
