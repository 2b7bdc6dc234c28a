"""The form for sharing on another ground in law than consent (OSL 25:12, 26:9)."""

from django import forms
from django.utils import timezone

from cases.forms import UnitChoiceField
from cases.topicfield import ExemptedField
from cases.topics import active
from consent import grounds
from organisations.formfields import LineField, PlainTextField, SwedishDateField
from organisations.models import Unit


class GroundForm(forms.Form):
    """One party, one statute, the topics and facts, why, and until when."""

    unit = UnitChoiceField(
        label="Vilken aktör får ta del av uppgifterna?",
        queryset=Unit.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": "Välj en aktör.", "invalid_choice": "Välj en av aktörerna i ärendet."},
    )
    statute = forms.ChoiceField(
        label="Vilket stöd finns i lag?",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Välj vilket stöd i lag det gäller.",
            "invalid_choice": "Välj ett av dem i listan.",
        },
    )
    other = LineField(label="Lag, kapitel och paragraf", max_length=100, required=False)
    topics = ExemptedField(label="Vilka ämnen får delas?")
    facts = PlainTextField(label="Vilka uppgifter gäller det?", max_length=2000, missing="Skriv vilka uppgifter.")
    reason = PlainTextField(label="Varför behövs de?", max_length=2000, missing="Skriv varför uppgifterna behövs.")
    valid_to = SwedishDateField(
        label="Till och med", future=True, help_text="Högst ett år framåt. Till exempel 2026-03-17"
    )

    def __init__(self, data=None, *, case, **kwargs):
        today = timezone.localdate()
        super().__init__(data, initial={"valid_to": today + grounds.USUAL}, **kwargs)
        parties = grounds.possible_parties(case).values("unit_id")
        self.fields["unit"].queryset = Unit.objects.with_names().filter(pk__in=parties).order_by("name")
        self.has_parties = self.fields["unit"].queryset.exists()
        self.fields["statute"].choices = [(s.code, self.named(s)) for s in grounds.statutes(today)]
        self.fields["topics"].fill(active(), 0)
        self.fields["topics"].help_text = "Välj minst ett. Inget annat delas."

    def named(self, statute) -> str:
        return f"{statute.label} ({statute.source})"
