"""Forms of a kallelse on its way: what a reception's rules ask for, who gets it next, who comes, another time."""

from django import forms

from meetings.forwarding import BY_HAND
from meetings.models import AnswerKind
from organisations import swedish
from organisations.enums import UnitKind
from organisations.formfields import LineField, SwedishDateField, SwedishTimeField
from organisations.models import Unit
from reception.forms import ListedChoice

FOR_RECEPTION = ("area", "listed_unit")


class ReceptionFields(forms.Form):
    """Asked for only when a reception can be called: its rules need it, and it is not kept."""

    area = LineField(
        label="Område", required=False, help_text="Var personen bor, till exempel Grycksbo. Skriv ingen adress."
    )
    listed_unit = ListedChoice(label="Personen är listad på")

    def ask_for_reception(self, units) -> None:
        self.has_reception = any(unit.is_reception for unit in units)
        if not self.has_reception:
            for name in FOR_RECEPTION:
                del self.fields[name]
            return
        counties = {unit.acts_for.county_code for unit in units if unit.is_reception and unit.acts_for_id}
        found = Unit.objects.active().filter(kind=UnitKind.PRIMARY_CARE, acts_for__county_code__in=counties)
        self.fields["listed_unit"].queryset = found.order_by("name")


class HandOnForm(forms.Form):
    """Wrong receiver: why, and who is the right one."""

    reason = forms.ChoiceField(
        label="Varför är kallelsen fel hos er?",
        choices=BY_HAND,
        widget=forms.RadioSelect,
        error_messages={"required": "Välj varför kallelsen är fel hos er."},
    )
    unit = forms.ModelChoiceField(
        label="Vem ska ha den?",
        queryset=Unit.objects.none(),
        empty_label="Välj enhet",
        error_messages={
            "required": "Välj vem som ska ha kallelsen.",
            "invalid_choice": "Välj en enhet i listan. Den som redan har haft kallelsen kan inte få den igen.",
        },
    )

    def __init__(self, data=None, *, possible, reached=None, **kwargs):
        super().__init__(data, **kwargs)
        self.fields["unit"].queryset = possible
        if reached is not None:
            self.fields["unit"].label_from_instance = lambda unit: (
                unit.name if unit.pk in reached else f"{unit.name} (väntar på personens ja)"
            )


class AnswerFields(forms.Form):
    """Who comes, what that person may decide, and whether the person may read the name."""

    KEPT = ("answer", "attendee_name", "attendee_title", "mandate", "name_to_person")
    answer = forms.ChoiceField(
        label="Svar",
        choices=[(value, label) for value, label in AnswerKind.choices if value != AnswerKind.NONE],
        widget=forms.RadioSelect,
        error_messages={"required": "Välj ett svar."},
    )
    attendee_name = LineField(label="Vem kommer?", max_length=150, required=False)
    attendee_title = LineField(label="Yrke eller roll", max_length=100, required=False)
    mandate = LineField(
        label="Får besluta om", max_length=200, required=False, help_text="Till exempel hemtjänst och hjälpmedel."
    )
    name_to_person = forms.BooleanField(
        label="Personen får se namnet",
        required=False,
        help_text="Annars ser personen bara yrke och enhet i Min plan.",
    )

    def __init__(self, data=None, *, has_duty: bool, initial=None, **kwargs):
        start = dict(initial or {})
        if start.get("answer") == AnswerKind.NONE:
            del start["answer"]
        super().__init__(data, initial=start, **kwargs)
        if has_duty:
            # A party with the duty is not offered what it cannot answer (KAL-4); one that tries is told why.
            self.offered = [c for c in self.fields["answer"].choices if c[0] != AnswerKind.DECLINED]
            self.fields["answer"].widget.choices = self.offered


class HandedAnswerForm(AnswerFields):
    """The answer of a unit that has the kallelse alone."""

    def __init__(self, data=None, *, handed, by, **kwargs):
        start = {name: getattr(handed, name) for name in self.KEPT}
        if handed.answer == AnswerKind.NONE:
            start |= {"attendee_name": by.name, "attendee_title": by.title}
        super().__init__(data, has_duty=handed.has_duty, initial=start, **kwargs)


class ProposalForm(forms.Form):
    """Another time."""

    day = SwedishDateField(label="Datum", future=True, missing="Välj ett datum.")
    starts = SwedishTimeField(label="Börjar", missing="Skriv när mötet börjar.")
    ends = SwedishTimeField(label="Slutar", missing="Skriv när mötet slutar.")

    def values(self) -> dict:
        data = self.cleaned_data
        return {
            "starts_at": swedish.instant(data["day"], data["starts"]),
            "ends_at": swedish.instant(data["day"], data["ends"]),
        }
