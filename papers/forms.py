"""To whom a paper was given."""

from django import forms

from organisations.formfields import LineField, SwedishDateField
from papers.services import TO_OTHER, TO_PERSON

HOW = [("Överlämnad", "Lämnad i handen"), ("Brev", "Skickad som brev"), ("Uppläst", "Uppläst eller genomgången")]
TO = [(TO_PERSON, "Personen själv"), (TO_OTHER, "Någon annan")]


class HandOutForm(forms.Form):
    to = forms.ChoiceField(
        label="Vem fick pappret?", widget=forms.RadioSelect, choices=TO,
        error_messages={"required": "Välj vem som fick pappret.", "invalid_choice": "Välj vem som fick pappret."},
    )  # fmt: skip
    recipient = LineField(
        label="Vem?", help_text="Behövs när någon annan fick pappret.", max_length=150, required=False
    )
    how = forms.ChoiceField(
        label="Hur?", widget=forms.RadioSelect, choices=HOW,
        error_messages={"required": "Välj hur pappret lämnades.", "invalid_choice": "Välj hur pappret lämnades."},
    )  # fmt: skip
    given_on = SwedishDateField(label="När?", past=True, missing="Skriv vilken dag pappret lämnades.")

    def clean(self):
        found = super().clean()
        if found.get("to") == TO_OTHER and not found.get("recipient"):
            self.add_error("recipient", "Skriv vem som fick pappret.")
        return found
