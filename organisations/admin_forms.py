"""Shape and wording of what an administrator types; rules lie in services."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from organisations import admin_services as services
from organisations.enums import Role, UnitKind
from organisations.formfields import LineField, PhoneField, SwedishDateField
from organisations.word_models import WordKind

# HSA-id is opaque to us: only what could never be one is refused.
HSA_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{4,38}[A-Za-z0-9]")
GIVEN_ROLES = [choice for choice in Role.choices if choice[0] != Role.GUIDELINE_ADMIN]


class HsaField(LineField):
    """An identity from the HSA catalogue; kept as written, in capitals."""

    def __init__(self, **kwargs):
        kwargs.setdefault("help_text", "Till exempel SE2321000180-A001")
        kwargs.setdefault("label", "HSA-id")
        super().__init__(max_length=40, required=False, **kwargs)

    def to_python(self, value):
        text = super().to_python(value).upper()
        if text and not HSA_ID.fullmatch(text):
            raise ValidationError("Skriv HSA-id med bokstäver, siffror och bindestreck.", code="hsa_id")
        return text


class UnitForm(forms.Form):
    name = LineField(label="Namn", missing="Skriv enhetens namn.")
    short_name = LineField(
        label="Kort namn", max_length=40, help_text="Visas i listor.", missing="Skriv ett kort namn."
    )
    kind = forms.ChoiceField(label="Typ av enhet", choices=[("", "Välj typ"), *UnitKind.choices])
    acts_for = forms.ModelChoiceField(
        label="Huvudman som enheten arbetar för", queryset=None, required=False, empty_label="Ingen huvudman"
    )
    committee = LineField(label="Nämnd", required=False)
    parent = forms.ModelChoiceField(
        label="Överordnad enhet",
        queryset=None,
        required=False,
        empty_label="Ingen",
        help_text="Har någon sagt ja till en enhet och alla under den, ändras rätten att läsa när du flyttar den.",
    )
    hsa_id = HsaField()
    is_reception = forms.BooleanField(label="Tar emot kallelser åt andra enheter (mottagningsfunktion)", required=False)
    phone = PhoneField(label="Telefon", required=False)
    email = forms.EmailField(
        label="Funktionsbrevlåda",
        required=False,
        help_text="Hit går mejl om att något nytt finns. Mejlet säger inget om vem det gäller.",
        widget=forms.EmailInput(attrs={"class": "w-m", "autocomplete": "off"}),
        error_messages={"invalid": "Skriv en e-postadress, till exempel enheten@kommunen.example."},
    )
    function_address = LineField(
        label="Funktionsadress för säker digital kommunikation",
        max_length=100,
        required=False,
        help_text="Finns den går meddelanden till enheten den vägen i stället för till brevlådan.",
    )
    contact_note = LineField(label="Mer om hur ni nås", max_length=300, required=False)

    def __init__(self, *args, by, unit=None, **kwargs):
        super().__init__(*args, **kwargs)
        units = services.own_units(by)
        # A parent that has been switched off stays until somebody chooses another.
        kept = Q(is_active=True) | Q(pk=unit.parent_id) if unit else Q(is_active=True)
        self.fields["parent"].queryset = units.filter(kept).exclude(pk=unit.pk if unit else None)
        self.fields["acts_for"].queryset = services.own_authorities(by)


class StaffForm(forms.Form):
    name = LineField(label="Namn", max_length=150, missing="Skriv medarbetarens namn.")
    title = LineField(label="Yrke eller titel", max_length=100, missing="Skriv yrke eller titel.")
    hsa_id = HsaField()
    directory_id = LineField(
        label="Id i den egna katalogen",
        max_length=100,
        required=False,
        help_text="För den som loggar in utan HSA-id, så som er egen inloggning skriver det.",
    )
    phone = PhoneField(label="Telefon", required=False)
    email = forms.EmailField(
        label="E-post i tjänsten",
        required=False,
        help_text="Hit går aviseringar som medarbetaren själv har valt.",
        widget=forms.EmailInput(attrs={"class": "w-m", "autocomplete": "off"}),
        error_messages={"invalid": "Skriv en e-postadress, till exempel namn@kommunen.example."},
    )
    mobile = PhoneField(label="Mobil i tjänsten", required=False)


class BreakGlassForm(forms.Form):
    """Whether the own health units may read a plan in an emergency, and for how long."""

    on = forms.BooleanField(label="Vårdenheterna får nödöppna en plan", required=False)
    hours = forms.IntegerField(
        label="Längsta tid i timmar",
        min_value=1,
        max_value=services.WEEK_IN_HOURS,
        help_text="Vanligast är 24. Högst 168, som är sju dygn.",
        widget=forms.TextInput(attrs={"class": "w-time", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": "Skriv hur många timmar som högst.",
            "invalid": "Skriv timmar med siffror, till exempel 24.",
            "min_value": "Skriv minst 1 timme.",
            "max_value": "Skriv högst 168 timmar.",
        },
    )


class AssignmentForm(forms.Form):
    staff = forms.ModelChoiceField(label="Medarbetare", queryset=None, empty_label="Välj medarbetare")
    unit = forms.ModelChoiceField(label="Enhet", queryset=None, empty_label="Välj enhet")
    role = forms.ChoiceField(label="Roll", choices=GIVEN_ROLES, widget=forms.RadioSelect)
    commission_hsa_id = HsaField(
        label="Medarbetaruppdragets HSA-id",
        help_text="Behövs för vårdenheter. Samma uppdrag ska stå i medarbetarens inloggning.",
    )
    valid_from = SwedishDateField(label="Från och med", missing="Skriv från vilken dag uppdraget gäller.")
    valid_to = SwedishDateField(label="Till och med", required=False)

    def __init__(self, *args, by, **kwargs):
        kwargs.setdefault("initial", {}).setdefault("valid_from", timezone.localdate())
        super().__init__(*args, **kwargs)
        self.fields["staff"].queryset = services.own_staff(by).filter(is_active=True)
        self.fields["unit"].queryset = services.own_units(by).filter(is_active=True)


class WordForm(forms.Form):
    pattern = LineField(
        label="Ord eller uttryck", max_length=80, missing="Skriv ordet.",
        help_text="Till exempel ”multimodal*”. En stjärna står för alla ändelser. Skriv inga personnamn.",
    )  # fmt: skip
    kind = forms.ChoiceField(
        label="Vad är det för ord?", choices=WordKind.choices, widget=forms.RadioSelect,
        error_messages={"required": "Välj vad det är för ord."},
    )  # fmt: skip
    suggestion = LineField(
        label="Skriv i stället", required=False, help_text="Visas som förslag. Behövs inte för ett tillåtet ord."
    )
