"""The form of a disagreement, at the meeting and on a page of its own (MOT-4)."""

from django import forms

from cases.topicfield import TopicsField, fill_topics
from organisations.formfields import LineField, PlainTextField
from plans.disagreement_models import Dissenter


class DisagreeForm(forms.Form):
    """Whose view differs, on which goal or on the whole plan (MOT-4)."""

    whose = forms.ChoiceField(
        label="Vem ser det på ett annat sätt?",
        widget=forms.RadioSelect,
        error_messages={"required": "Välj vem som ser det på ett annat sätt."},
    )
    name = LineField(
        label="Namn", max_length=150, required=False, help_text="Behövs för en närstående eller någon annan."
    )
    goal = forms.TypedChoiceField(label="Vad gäller det?", coerce=int, empty_value=None, required=False)
    view = PlainTextField(
        label="Hur ser den på saken?",
        help_text="Skriv med personens egna ord, om det är personen. Texten står i planen.",
        missing="Skriv hur den ser på saken.",
        max_length=1500,
    )
    topics = TopicsField(label="Vad handlar det om?")

    def __init__(self, data=None, *, goals, units):
        super().__init__(data)
        self.goals = {goal.pk: goal for goal in goals}
        listed = [(f"unit:{unit.pk}", unit.name) for unit in units]
        self.fields["whose"].choices = [
            (Dissenter.PERSON.value, "Personen själv"),
            (Dissenter.RELATIVE.value, "En närstående"),
            *listed,
            (Dissenter.OTHER.value, "Någon annan"),
        ]
        named = [(goal.pk, f"Målet ”{goal.text[:80]}”") for goal in goals]
        self.fields["goal"].choices = [("", "Hela planen"), *named]
        fill_topics(self)

    def values(self) -> dict:
        whose, _, unit = self.cleaned_data["whose"].partition(":")
        goal = self.goals.get(self.cleaned_data["goal"])
        kept = {name: self.cleaned_data[name] for name in ("view", "name", "topics")}
        return kept | {"whose": whose, "unit_id": int(unit) if unit else None, "goal": goal}
