"""Shape and wording of a standing time."""

from django import forms

from organisations.formfields import LineField, SwedishDateField, SwedishTimeField
from slots.models import WEEKDAYS, SlotForm
from slots.services import LEAST_MINUTES, Window

EVERY = [(1, "Varje vecka"), (2, "Varannan vecka"), (3, "Var tredje vecka"), (4, "Var fjärde vecka")]
LENGTHS = [(minutes, f"{minutes} minuter") for minutes in range(LEAST_MINUTES, 181, 15)]
WHOLE = {"invalid": "Skriv ett helt tal.", "min_value": "Skriv 0 eller mer.", "max_value": "Skriv högst 60."}


class WindowForm(forms.Form):
    """A weekday every so many weeks, from one date to another."""

    weekday = forms.TypedChoiceField(label="Veckodag", choices=WEEKDAYS, coerce=int)
    every_weeks = forms.TypedChoiceField(label="Hur ofta?", choices=EVERY, coerce=int)
    from_on = SwedishDateField(label="Från och med", future=True, missing="Välj den första dagen.")
    to_on = SwedishDateField(
        label="Till och med", future=True, missing="Välj den sista dagen.", help_text="Högst ett år fram"
    )
    starts = SwedishTimeField(label="Börjar", missing="Skriv när tiden börjar.")
    minutes = forms.TypedChoiceField(label="Längd", choices=LENGTHS, coerce=int, initial=60)
    form = forms.ChoiceField(
        label="Hur kan ni träffas då?",
        choices=SlotForm.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Välj hur ni kan träffas."},
    )
    place = LineField(label="Plats", max_length=300, required=False, help_text="Behövs när ni träffas på plats")
    release_days = forms.IntegerField(
        label="Släpp tiden så här många dagar före",
        help_text="En tid som ingen har tagit då blir er egen igen. 0: den kan tas till den börjar.",
        min_value=0,
        max_value=60,
        initial=3,
        error_messages=WHOLE | {"required": "Skriv hur många dagar före."},
        widget=forms.TextInput(attrs={"class": "w-time", "inputmode": "numeric", "autocomplete": "off"}),
    )

    def window(self) -> Window:
        return Window(**self.cleaned_data)
