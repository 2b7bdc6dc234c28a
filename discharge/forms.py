"""Shape and wording of what is written in a discharge; rules lie in the services."""

import uuid

from django import forms

from cases.enums import CareType
from cases.forms import UnitChoiceField
from cases.numbers import NumberField
from cases.topicfield import TopicsField, fill_topics
from discharge.enums import BreakReason, CarePlanKind, Decision, WhyBefore, WhyNone
from organisations.formfields import LineField, PlainTextField, SwedishDateField, SwedishTimeField
from organisations.models import Assignment, Unit
from organisations.swedish import instant

YES_NO = [("yes", "Ja"), ("no", "Nej")]


def moment(form, day: str, clock: str):
    """The instant of two fields, or None; a day without a time of day is asked for it."""
    on, at = form.cleaned_data.get(day), form.cleaned_data.get(clock)
    if on and at is None and clock not in form.errors:
        form.add_error(clock, "Skriv klockslaget också.")
    return instant(on, at) if on and at is not None else None


class AdmitForm(forms.Form):
    """What the ward knows; only name, number, address and the expected day are ever sent (LUS 2:2)."""

    admission_id = forms.UUIDField(widget=forms.HiddenInput)
    number = NumberField(label="Personnummer, samordningsnummer eller reservnummer")
    given_name = LineField(max_length=100, label="Förnamn")
    family_name = LineField(max_length=100, label="Efternamn")
    address = LineField(max_length=300, label="Folkbokföringsadress", missing="Skriv adressen, eller att den saknas.")
    protected = forms.BooleanField(
        label="Personen har skyddade personuppgifter", required=False,
        help_text="Då döljs vem det är i alla listor.",
    )  # fmt: skip
    care_type = forms.ChoiceField(
        label="Slag av vård", choices=CareType, widget=forms.RadioSelect, initial=CareType.SOMATIC
    )
    admitted_on = SwedishDateField(past=True, label="Inskriven, dag")
    admitted_at = SwedishTimeField(label="Klockslag")
    judged_on = SwedishDateField(
        past=True, label="Läkarens senare bedömning, dag", required=False,
        help_text="Fyll bara i om läkaren först senare bedömde att insatser kan behövas efteråt.",
    )  # fmt: skip
    judged_at = SwedishTimeField(label="Klockslag för bedömningen", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["admission_id"].initial = uuid.uuid4

    def clean(self):
        cleaned = super().clean()
        cleaned["admitted"] = moment(self, "admitted_on", "admitted_at")
        cleaned["judged"] = moment(self, "judged_on", "judged_at")
        return cleaned

    def values(self) -> dict:
        said = self.cleaned_data
        same = ("number", "given_name", "family_name", "address", "protected", "care_type", "admission_id")
        return {name: said[name] for name in same} | {"admitted_at": said["admitted"], "judged_at": said["judged"]}


class ReceiversForm(forms.Form):
    units = forms.ModelMultipleChoiceField(
        label="Mottagare", queryset=Unit.objects.none(), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Välj minst en mottagare.", "invalid_choice": "Välj enheter i listan."},
    )  # fmt: skip
    home_health = forms.BooleanField(
        label="Kommunens hälso- och sjukvård kan behövas", required=False,
        help_text="Då ska regionens öppenvård också få meddelandet.",
    )  # fmt: skip

    def __init__(self, *args, found, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["units"]
        field.queryset = Unit.objects.active().with_names()
        field.choices = [(u.pk, f"{u.name} ({u.acts_for.name})") for u in found]


class NoticeForm(ReceiversForm):
    expected_on = SwedishDateField(future=True, label="Beräknad utskrivningsdag")
    field_order = ["expected_on", "units", "home_health"]


class NewDayForm(forms.Form):
    expected_on = SwedishDateField(future=True, label="Ny beräknad utskrivningsdag")


class RecallForm(forms.Form):
    reason = LineField(max_length=300, label="Vad blev fel?", missing="Skriv vad som blev fel.")


class JudgedForm(forms.Form):
    judged_on = SwedishDateField(past=True, label="Läkarens bedömning, dag")
    judged_at = SwedishTimeField(label="Klockslag")

    def clean(self):
        cleaned = super().clean()
        cleaned["at"] = moment(self, "judged_on", "judged_at")
        return cleaned

    def values(self) -> dict:
        return {"at": self.cleaned_data["at"]}


class HandBackForm(forms.Form):
    """Not for us: why, and who it is for when that is known."""

    reason = LineField(max_length=300, label="Varför är meddelandet inte till er?", missing="Skriv varför.")
    unit = UnitChoiceField(
        label="Lämna vidare till", queryset=Unit.objects.none(), required=False, empty_label="Ingen, lämna tillbaka",
        help_text="En enhet hos samma huvudman. Annars lämnar ni tillbaka det, och avdelningen skickar det rätt.",
        error_messages={"invalid_choice": "Välj en enhet i listan."},
    )  # fmt: skip

    def __init__(self, *args, possible, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = possible


class BreakForm(forms.Form):
    reason = forms.ChoiceField(
        label="Varför avbryts processen?", choices=BreakReason, widget=forms.RadioSelect,
        help_text="Mottagarna får veta att processen är avbruten, inte varför.",
    )  # fmt: skip


class HomeForm(forms.Form):
    home_on = SwedishDateField(past=True, label="Åkte hem, dag")
    home_at = SwedishTimeField(label="Klockslag")
    transferred = forms.ChoiceField(
        label="Fick mottagande enheter informationen samma dag?", choices=YES_NO, widget=forms.RadioSelect,
        help_text="Det patienten, kommunen och öppenvården behöver veta ska vara överfört samma dag (LUS 3 kap. 2 §).",
    )  # fmt: skip

    def clean(self):
        cleaned = super().clean()
        cleaned["at"] = moment(self, "home_on", "home_at")
        return cleaned

    def values(self) -> dict:
        return {"at": self.cleaned_data["at"], "transferred": self.cleaned_data["transferred"] == "yes"}


class ReadyForm(forms.Form):
    ready_on = SwedishDateField(past=True, label="Utskrivningsklar, dag")
    ready_at = SwedishTimeField(label="Klockslag")

    def clean(self):
        cleaned = super().clean()
        cleaned["at"] = moment(self, "ready_on", "ready_at")
        return cleaned

    def values(self) -> dict:
        return {"at": self.cleaned_data["at"]}


class ContactForm(forms.Form):
    assignment = forms.ModelChoiceField(
        label="Fast vårdkontakt", queryset=Assignment.objects.none(), empty_label="Välj medarbetare",
        error_messages={"required": "Välj vem som är fast vårdkontakt."},
    )  # fmt: skip
    coordinates = forms.BooleanField(
        label="Samordnar vården", required=False,
        help_text="Flera kan vara fasta vårdkontakter. En av dem samordnar, och dess enhet kallar till SIP.",
    )  # fmt: skip

    def __init__(self, *args, possible, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["assignment"].queryset = possible
        self.fields["assignment"].label_from_instance = lambda a: f"{a.staff.name}, {a.staff.title}"


class DecideForm(forms.Form):
    """When the SIP is held (UTS-4, UTS-5)."""

    both_needed = forms.ChoiceField(
        label="Behövs insatser från både kommunen och regionen efter utskrivningen?", choices=YES_NO,
        widget=forms.RadioSelect, help_text="Den som behöver det ska alltid erbjudas en SIP.",
    )  # fmt: skip
    decision = forms.ChoiceField(
        label="Vad är bestämt?", choices=Decision, widget=forms.RadioSelect,
        help_text="Mötet hålls som regel hemma efter utskrivningen.",
    )  # fmt: skip
    before = forms.MultipleChoiceField(
        label="Varför före utskrivningen?", choices=WhyBefore, required=False, widget=forms.CheckboxSelectMultiple
    )
    why_none = forms.ChoiceField(
        label="Varför ingen SIP?", choices=[("", "Inte aktuellt"), *WhyNone.choices], required=False,
        widget=forms.RadioSelect,
    )  # fmt: skip
    why = PlainTextField(max_length=1000, label="Beskriv kort", required=False)
    topics = TopicsField(label="Vad handlar skälen om?")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        fill_topics(self)

    def values(self) -> dict:
        return self.cleaned_data | {"both_needed": self.cleaned_data["both_needed"] == "yes"}


class GapForm(forms.Form):
    from_on = SwedishDateField(past=True, label="Öppenvården saknas eller är oklar från")


class GapEndForm(forms.Form):
    to_on = SwedishDateField(past=True, label="Sista dagen utan öppenvård")


class YearForm(forms.Form):
    ar = forms.TypedChoiceField(label="År", coerce=int)

    def __init__(self, *args, years, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["ar"].choices = [(year, year) for year in years]


class AmountForm(forms.Form):
    year = forms.IntegerField(label="År", min_value=2018, max_value=2100)
    kronor = forms.IntegerField(
        label="Belopp per dygn, kronor", min_value=0, max_value=100_000, required=False,
        help_text="Lämna tomt om beloppet inte är känt.",
    )  # fmt: skip
    source = LineField(max_length=300, label="Källa", missing="Skriv var beloppet kommer ifrån.")


class CarePlanNewForm(forms.Form):
    plan_id = forms.UUIDField(widget=forms.HiddenInput)
    number = NumberField(label="Personnummer, samordningsnummer eller reservnummer")
    given_name = LineField(max_length=100, label="Förnamn")
    family_name = LineField(max_length=100, label="Efternamn")
    kind = forms.ChoiceField(label="Vilken vård gäller det?", choices=CarePlanKind, widget=forms.RadioSelect)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["plan_id"].initial = uuid.uuid4


class CarePlanForm(forms.Form):
    """What the law demands that the plan says (LPT 7 a §)."""

    needs_region = PlainTextField(label="Bedömt behov av insatser från regionen", required=False)
    needs_kommun = PlainTextField(label="Bedömt behov av insatser från kommunen", required=False)
    patient_view = PlainTextField(
        label="Patientens inställning till insatserna", required=False,
        help_text="Så långt det går att få veta. Planen kräver inget samtycke.",
    )  # fmt: skip
    by_others = PlainTextField(label="Åtgärder av andra än regionen och kommunen", required=False)
    physician = LineField(max_length=150, label="Chefsöverläkare som har gjort planen", required=False)


class CarePlanUnitForm(forms.Form):
    unit = UnitChoiceField(
        label="Enhet", queryset=Unit.objects.none(), widget=forms.RadioSelect, empty_label=None,
        error_messages={"required": "Välj en enhet.", "invalid_choice": "Välj en enhet i listan."},
    )  # fmt: skip

    def __init__(self, *args, found, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.active().with_names()
        self.fields["unit"].choices = [(u.pk, self.fields["unit"].label_from_instance(u)) for u in found]


class MeasureForm(forms.Form):
    text = PlainTextField(label="Beslutad insats som er enhet ansvarar för", missing="Skriv insatsen.")


class AdjustForm(forms.Form):
    revision = forms.IntegerField(widget=forms.HiddenInput)
