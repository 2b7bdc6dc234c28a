"""The forms of meeting mode; rules lie in services."""

from django import forms

from cases.topicfield import TopicsField, fill_topics
from meetingroom.models import ConsultationResult
from meetings import circle
from meetings.forms import CallForm, HoldForm
from organisations import swedish
from organisations.formfields import PlainTextField, SwedishDateField, SwedishTimeField

NOW, AFTERWARDS = "now", "afterwards"


class StartForm(forms.Form):
    """How long, and whether the meeting is now."""

    LENGTH = f"Skriv hur många minuter mötet ska vara, {circle.SHORTEST} till {circle.LONGEST}."
    minutes = forms.IntegerField(
        label="Hur många minuter?",
        min_value=circle.SHORTEST,
        max_value=circle.LONGEST,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "w-code"}),
        error_messages={"required": LENGTH, "invalid": LENGTH, "min_value": LENGTH, "max_value": LENGTH},
    )
    when = forms.ChoiceField(
        label="När är mötet?",
        choices=[
            (NOW, "Vi sitter i mötet nu"),
            (AFTERWARDS, "Mötet har redan varit, och jag för in det nu. Det märks ”fört efter mötet”."),
        ],
        widget=forms.RadioSelect,
        initial=NOW,
    )

    def values(self) -> dict:
        return {"minutes": self.cleaned_data["minutes"], "afterwards": self.cleaned_data["when"] == AFTERWARDS}


class AttendForm(HoldForm):
    """Who is here (MOT-3)."""

    # Whether it is written in afterwards was said when the meeting began; notes go into the plan.
    note = topics = afterwards = None


class RespiteForm(CallForm):
    """A new time after the services have conferred; those who were called are called again."""

    def from_meeting(self, meeting) -> dict:
        start = super().from_meeting(meeting)
        return {name: value for name, value in start.items() if name != "day"}


class AskForm(forms.Form):
    about = PlainTextField(
        label="Vad är personen inte nöjd med?",
        help_text="Skriv med personens egna ord.",
        missing="Skriv vad personen inte är nöjd med.",
        max_length=2000,
    )
    topics = TopicsField(label="Vad handlar det om?")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        fill_topics(self)


class OfferForm(forms.Form):
    day = SwedishDateField(label="Vilken dag?", future=True, missing="Skriv vilken dag ni erbjuder.")
    at = SwedishTimeField(label="Klockslag", missing="Skriv vilken tid ni erbjuder.")

    def values(self) -> dict:
        return {"at": swedish.instant(self.cleaned_data["day"], self.cleaned_data["at"])}


class FinishForm(forms.Form):
    result = forms.ChoiceField(
        label="Hur blev det?",
        choices=[row for row in ConsultationResult.choices if row[0] != ConsultationResult.SUPERSEDED],
        widget=forms.RadioSelect,
        error_messages={"required": "Välj hur samrådet blev."},
    )
    outcome = PlainTextField(
        label="Det här kom ni fram till", help_text="Behövs om samrådet hölls.", required=False, max_length=2000
    )
