"""Shape and wording of a deviation; rules lie in services."""

from django import forms

from cases.topicfield import TopicsField, fill_topics
from cases.topics import ALL
from deviations.models import AbsenceOutcome, Deviation
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


class AbsenceForm(forms.Form):
    """Report an absence, or say why not (MOT-3)."""

    outcome = forms.ChoiceField(
        label="Vad gör ni?",
        choices=[(AbsenceOutcome.REPORTED, "Rapportera som avvikelse"), (AbsenceOutcome.DISMISSED, "Rapportera inte")],
        widget=forms.RadioSelect,
        error_messages={"required": "Välj om frånvaron ska rapporteras."},
    )
    text = PlainTextField(
        label="Text till avvikelsen", help_text="Behövs om du rapporterar. Båda sidor ser den.", required=False, rows=4
    )
    reason = PlainTextField(
        label="Varför rapporteras den inte?",
        help_text="Behövs om du inte rapporterar. Till exempel att enheten blev kallad för sent.",
        required=False,
        rows=3,
        max_length=2000,
    )
    topics = TopicsField(label="Vad handlar texten om?")

    def __init__(self, *args, topics=ALL, **kwargs):
        super().__init__(*args, **kwargs)
        fill_topics(self, topics=topics)

    def clean(self):
        if self.cleaned_data.get("outcome") == AbsenceOutcome.REPORTED and not self.cleaned_data.get("text"):
            self.add_error("text", "Skriv vad som hände.")
        return self.cleaned_data

    @property
    def reports(self) -> bool:
        return self.cleaned_data["outcome"] == AbsenceOutcome.REPORTED

    def values(self) -> dict:
        name = "text" if self.reports else "reason"
        return {name: self.cleaned_data[name], "topics": self.cleaned_data["topics"]}


class AnswerForm(forms.Form):
    answer = PlainTextField(
        label="Ert svar",
        help_text="Vad har ni kommit fram till, och vad gör ni för att det inte ska hända igen?",
        missing="Skriv ert svar.",
        rows=5,
    )


class CloseForm(forms.Form):
    closing_note = PlainTextField(label="Slutkommentar", required=False, rows=3)
