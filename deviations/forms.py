"""Shape and wording of a deviation; rules lie in services."""

from django import forms

from cases.topicfield import TopicsField, fill_topics
from cases.topics import ALL
from deviations.models import Deviation
from organisations.formfields import PlainTextField


class ReportForm(forms.Form):
    kind = forms.ChoiceField(
        label="Vad gäller det?",
        choices=Deviation.KINDS,
        widget=forms.RadioSelect,
        error_messages={"required": "Välj vad det gäller."},
    )
    concerns_unit = forms.ModelChoiceField(
        label="Vilken enhet gäller det?",
        queryset=None,
        empty_label="Välj enhet",
        error_messages={"required": "Välj vilken enhet det gäller."},
    )
    text = PlainTextField(
        label="Det här fungerade inte",
        help_text="Skriv vad som hände och när. Båda sidor ser texten. Personen ser den inte i Min plan.",
        missing="Skriv vad som inte fungerade.",
        rows=5,
    )
    topics = TopicsField(label="Vad handlar texten om?")

    def __init__(self, *args, units, topics=ALL, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["concerns_unit"].queryset = units
        fill_topics(self, topics=topics)


class AnswerForm(forms.Form):
    answer = PlainTextField(
        label="Ert svar",
        help_text="Vad har ni kommit fram till, och vad gör ni för att det inte ska hända igen?",
        missing="Skriv ert svar.",
        rows=5,
    )


class CloseForm(forms.Form):
    closing_note = PlainTextField(label="Slutkommentar", required=False, rows=3)
