"""Shape and wording of the choice of notices and of a unit's routine."""

from django import forms
from django.core.exceptions import ValidationError

from notifications.choices import CHANNELS, GROUPS
from organisations import swedish
from organisations.formfields import LineField, SwedishTimeField

WEEKDAYS = list(enumerate(("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"), start=1))
MANY = 200


class ChoiceForm(forms.Form):
    """A row of channels for each group of notices, and the hours of rest."""

    quiet_from = SwedishTimeField(label="Tyst från")
    quiet_to = SwedishTimeField(label="Tyst till", help_text="E-post och sms väntar då. Samma tid i båda: aldrig.")

    def __init__(self, *args, present: dict, **kwargs):
        super().__init__(*args, **kwargs)
        for group, (label, _) in GROUPS.items():
            self.fields[group] = forms.MultipleChoiceField(
                label=label,
                required=False,
                choices=list(CHANNELS.items()),
                widget=forms.CheckboxSelectMultiple,
                initial=present.get(group, []),
            )

    def groups(self):
        """The rows in their order, for the template."""
        return [self[group] for group in GROUPS]

    def values(self) -> dict:
        data = self.cleaned_data
        chosen = {group: list(data[group]) for group in GROUPS}
        return {"channels": chosen, "quiet_from": data["quiet_from"], "quiet_to": data["quiet_to"]}


class TimesField(LineField):
    """Times of day on one line, with commas between."""

    def to_python(self, value):
        parts = [part.strip() for part in super().to_python(value).split(",") if part.strip()][:MANY]
        try:
            return [swedish.parse_time(part[:30]) for part in parts]
        except swedish.UnclearTime as unclear:
            raise ValidationError(str(unclear), code="time") from None

    def prepare_value(self, value):
        return ", ".join(swedish.clock(one) for one in value) if isinstance(value, list) else value


class RoutineForm(forms.Form):
    weekdays = forms.TypedMultipleChoiceField(
        label="Vilka dagar?",
        choices=WEEKDAYS,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Välj minst en dag."},
    )
    times = TimesField(
        label="Vilka klockslag?", help_text="Till exempel 8.00, 11.30, 15.00", missing="Skriv minst ett klockslag."
    )
    watchers = forms.ModelMultipleChoiceField(
        label="Vem bevakar?",
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Väljer du ingen gäller det alla som handlägger eller tar emot på enheten.",
    )

    def __init__(self, *args, watchers, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["watchers"].queryset = watchers
        self.fields["watchers"].label_from_instance = lambda row: f"{row.staff.name}, {row.get_role_display().lower()}"
