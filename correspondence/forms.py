"""Shape and wording; the rules lie in services and channels."""

import uuid

from django import forms

from cases.topicfield import TopicsField, fill_topics
from correspondence.models import MAX_TEXT, PERSON_CHANNELS
from organisations.formfields import LineField, PlainTextField, SwedishDateField


class MessageForm(forms.Form):
    """A short message; the key is the form's own, so that it is sent once."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    text = PlainTextField(
        label="Meddelande",
        max_length=MAX_TEXT,
        rows=4,
        help_text="Högst 1 000 tecken. Personen ser att ni har skrivit, men läser inte texten i Min plan.",
        missing="Skriv ditt meddelande.",
    )
    to = forms.ModelMultipleChoiceField(
        label="Till vilka?",
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Väljer du ingen går det till alla som är med. Väljer du någon ser ingen annan meddelandet.",
    )
    topics = TopicsField()

    def __init__(self, *args, units, **kwargs):
        kwargs.setdefault("initial", {"key": uuid.uuid4()})
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = units
        fill_topics(self)


class AddressForm(forms.Form):
    """A channel and where it goes."""

    channel = forms.ChoiceField(
        label="Hur vill personen få besked?",
        choices=PERSON_CHANNELS,
        widget=forms.RadioSelect,
        error_messages={"required": "Välj hur."},
    )
    address = LineField(
        label="Mobilnummer eller e-postadress",
        required=False,
        max_length=254,
        help_text="Behövs inte för brev. Det står bara att något nytt finns, aldrig vad det gäller.",
    )


class StaffChannelForm(AddressForm):
    """What the person has said to staff."""

    form = forms.ChoiceField(
        label="Hur sa personen ja?",
        choices=[("spoken", "Muntligt"), ("written", "Skriftligt")],
        widget=forms.RadioSelect,
        error_messages={"required": "Välj hur personen sa ja."},
    )


class PostedForm(forms.Form):
    on = SwedishDateField(label="Postat", past=True, missing="Skriv vilken dag brevet postades.")
