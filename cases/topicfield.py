"""The form field that says what a text is about (SAM-3); show it with templates/components/topics.html."""

from django import forms

from cases import topics as known
from cases.topics import ALL


class TopicsField(forms.MultipleChoiceField):
    """What a text is about, as a mask; none chosen is all topics. A topic out of use stays where it was.

    Forms are classes and topics are rows, so a declared field is filled by `fill_topics` when the form is made.
    """

    def __init__(self, topics=(), *, label: str = "Vad handlar det om?", present: int = ALL):
        super().__init__(
            label=label,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text="Väljer du inget räknas det som alla ämnen: den som inte får läsa något ämne får inte läsa det.",
        )
        self.fill(topics, present)

    def fill(self, topics, present: int = ALL) -> None:
        """Offer these topics, with those of the mask `present` ticked."""
        self.kept = 0 if present == ALL else present & ~sum(1 << topic.bit for topic in topics)
        self.bits = {topic.code: 1 << topic.bit for topic in topics}
        self.choices = [(topic.code, topic.label) for topic in topics]
        self.initial = [topic.code for topic in topics if present != ALL and present >> topic.bit & 1]

    def clean(self, value):
        return sum(self.bits[code] for code in super().clean(value)) | self.kept or ALL

    def words(self, mask: int) -> str:
        chosen = [label for code, label in self.choices if mask != ALL and self.bits[code] & mask]
        return ", ".join(chosen) or "Inget ämne valt"


class ExemptedField(TopicsField):
    """The topics that somebody may not see; none chosen is none."""

    def __init__(self, topics=(), *, label: str, present: int = 0):
        super().__init__(topics, label=label, present=present)
        self.help_text = ""

    def clean(self, value):
        mask = super().clean(value)
        return 0 if mask == ALL else mask


def fill_topics(form, **present: int) -> None:
    """Give each TopicsField of the form its choices; `present` are the masks that stand now, by field."""
    fields = {name: field for name, field in form.fields.items() if isinstance(field, TopicsField)}
    offered = known.active() if fields else []
    for name, field in fields.items():
        field.fill(offered, present.get(name, ALL))
