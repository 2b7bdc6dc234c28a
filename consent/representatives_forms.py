"""The forms of who may answer for the person, and of exceptions from the age limits."""

from django import forms
from django.utils import timezone

from cases.numbers import NumberField, is_minor
from consent.models import AgeExceptionKind, Ground
from consent.representatives import RIGHTS, Details
from organisations.formfields import LineField, PhoneField, PlainTextField, SwedishDateField


class RepresentativeForm(forms.Form):
    """One representative; which fields are needed depends on the ground, and the service says so."""

    ground = forms.ChoiceField(
        label="Med vilken rätt?",
        widget=forms.RadioSelect,
        error_messages={"required": "Välj med vilken rätt.", "invalid_choice": "Välj en av dem som visas."},
    )
    name = LineField(label="Namn", max_length=150)
    relation = LineField(label="Relation", max_length=100, required=False, help_text="Till exempel mamma eller bror.")
    number = NumberField(
        label="Personnummer",
        required=False,
        help_text="Med personnummer kan en vårdnadshavare läsa på Min plan tills barnet fyller 13 år.",
    )
    phone = PhoneField(label="Telefon", required=False)
    address = LineField(label="Postadress", max_length=300, required=False)
    scope = PlainTextField(
        label="Vad omfattar uppdraget eller fullmakten?", max_length=2000, rows=2, required=False,
        help_text="Behövs inte för vårdnadshavare.",
    )  # fmt: skip
    evidence = LineField(
        label="Vilket underlag har ni sett?", max_length=300,
        help_text="Till exempel utdrag ur folkbokföringen, registerutdrag från överförmyndaren eller fullmakten.",
    )  # fmt: skip
    evidence_on = SwedishDateField(label="Dag då ni såg underlaget", past=True)
    understands_note = PlainTextField(
        label="Hur vet ni att personen förstår fullmakten?", max_length=2000, rows=2, required=False,
        help_text="Bara för fullmakt.",
    )  # fmt: skip
    understands_on = SwedishDateField(label="Dag för bedömningen", past=True, required=False)
    from_on = SwedishDateField(label="Gäller från")
    to_on = SwedishDateField(label="Gäller till och med", required=False)
    contact_hidden = forms.BooleanField(
        label="Visa inte telefon och adress för den andra vårdnadshavaren eller andra företrädare", required=False
    )
    no_sharing = PlainTextField(
        label="Ska den här personen inte få veta något? Skriv varför", max_length=1000, rows=2, required=False,
        help_text="Vid våld eller skydd. Då visas ingenting på Min plan, och inga brev och kallelser går ut.",
    )  # fmt: skip

    def __init__(self, *args, case, **kwargs):
        super().__init__(*args, **kwargs)
        minor = is_minor(case.person.number, timezone.localdate())
        grounds = [Ground.GUARDIAN, Ground.OMBUD] if minor else [g for g in RIGHTS if g != Ground.GUARDIAN]
        self.fields["ground"].choices = [(g.value, f"{g.label}. {RIGHTS[g].says}") for g in grounds]

    @classmethod
    def initial_of(cls, row) -> dict:
        """What is known now, to start a change from."""
        own = {name: getattr(row, name) for name in cls.base_fields if hasattr(row, name)}
        return own | {name: getattr(row.contact, name) for name in ("number", "phone", "address", "no_sharing")}

    def details(self) -> Details:
        said = self.cleaned_data
        return Details(**(said | {"number": said["number"].canonical if said["number"] else ""}))


class AgeExceptionForm(forms.Form):
    """Longer or shorter reading for guardians, or earlier for the child, with the reason."""

    kind = forms.ChoiceField(
        label="Vilket undantag?",
        choices=AgeExceptionKind,
        widget=forms.RadioSelect,
        error_messages={"required": "Välj vilket undantag.", "invalid_choice": "Välj ett av undantagen."},
    )
    day = SwedishDateField(
        label="Datum", future=True, help_text="Sista dagen de läser längre, eller första dagen för de andra två."
    )
    reason = PlainTextField(label="Varför?", max_length=1000, rows=2)
