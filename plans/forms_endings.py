"""The forms that end something: closing a case, leaving it."""

from django import forms

from cases.enums import CloseReason
from cases.topicfield import TopicsField, fill_topics
from organisations.formfields import LineField, PlainTextField


class CloseForm(forms.Form):
    """Why the case ends (AVS-1); a withdrawal has a page of its own."""

    reason = forms.ChoiceField(
        label="Varför avslutas SIP:en?",
        widget=forms.RadioSelect,
        error_messages={"required": "Välj varför SIP:en avslutas.", "invalid_choice": "Välj ett av skälen."},
    )
    other_plan = LineField(
        label="Vilken plan räcker?", help_text="Behövs när en annan plan räcker.", max_length=300, required=False
    )
    note = PlainTextField(
        label="Så kom ni fram till det",
        help_text="Vad personen och de andra aktörerna tycker. Skriv kort.",
        required=False,
        max_length=2000,
    )
    topics = TopicsField(label="Vad handlar texten om?")

    def __init__(self, data=None, *, case, **kwargs):
        super().__init__(data, **kwargs)
        fill_topics(self)
        hidden = {CloseReason.WITHDRAWN}
        if case.state != "initiated" or case.asked_by == "staff":
            hidden.add(CloseReason.REFUSED)
        self.fields["reason"].choices = [(value, label) for value, label in CloseReason.choices if value not in hidden]


class LeaveForm(forms.Form):
    """Why the unit leaves."""

    why = PlainTextField(
        label="Varför lämnar ni?",
        help_text="Syns för alla som är med.",
        missing="Skriv varför er enhet lämnar ärendet.",
        max_length=300,
        rows=2,
    )
