"""Shape and wording of what staff write about a case and its parties; rights and rules lie in the services."""

import uuid

from django import forms

from cases import directory
from cases.enums import AskedBy, CloseReason, Obligation, OutsideKind, Protection, Reason, TellBy
from cases.numbers import NumberField
from cases.text_models import TextKey
from cases.topicfield import TopicsField, fill_topics
from cases.topics import ALL
from organisations.enums import UnitKind
from organisations.formfields import LineField, PhoneField, PlainTextField, SwedishDateField, SwedishTimeField
from organisations.models import Unit
from organisations.swedish import instant, local

YES_NO = [("no", "Nej"), ("yes", "Ja")]
HOW = [("Telefon", "Telefon"), ("Video", "Video"), ("Möte", "Möte"), ("Meddelande", "Meddelande i ett system")]


class UnitChoiceField(forms.ModelChoiceField):
    """A unit, named with the huvudman that it acts for."""

    def label_from_instance(self, unit):
        return f"{unit.name} ({unit.acts_for.name if unit.acts_for_id else unit.organisation.name})"


class NumberForm(forms.Form):
    number = NumberField(
        label="Personnummer, samordningsnummer eller reservnummer",
        help_text="Till exempel 19850101-2382. Tio siffror går också bra.",
    )


class ContactFields(forms.Form):
    """How the person is reached and spoken with; kept per case."""

    given_name = LineField(max_length=100, label="Förnamn")
    family_name = LineField(max_length=100, label="Efternamn")
    phone = PhoneField(label="Telefon", required=False)
    address = LineField(max_length=300, label="Adress", required=False)
    language = LineField(
        max_length=60,
        label="Språk",
        required=False,
        help_text="Fyll i om personen hellre talar något annat än svenska.",
    )
    interpreter = forms.BooleanField(label="Tolk behövs", required=False)
    protection = forms.ChoiceField(
        label="Har personen skyddade personuppgifter?",
        choices=Protection,
        initial=Protection.NONE,
        widget=forms.RadioSelect,
        help_text="Då döljs namn, nummer, adress och telefon överallt, också i andra enheters ärenden om personen.",
    )


class NeedFields(forms.Form):
    """Why a SIP is needed (INI-3)."""

    reasons = forms.MultipleChoiceField(
        label="Varför behövs en SIP?",
        choices=Reason,
        widget=forms.CheckboxSelectMultiple,
        help_text="Välj alla som stämmer.",
        error_messages={"required": "Välj minst ett skäl till att en SIP behövs."},
    )
    reason_note = PlainTextField(
        max_length=2000,
        label="Beskriv behovet kort",
        required=False,
        help_text="Texten syns för de aktörer som samtycket omfattar. Skriv så att personen själv kan läsa den.",
    )
    need_topics = TopicsField(label="Vad handlar skälen och beskrivningen om?")

    def __init__(self, *args, need_topics=ALL, **kwargs):
        super().__init__(*args, **kwargs)
        fill_topics(self, need_topics=need_topics)


class WardFields(forms.Form):
    inpatient = forms.BooleanField(label="Personen är inlagd på sjukhus", required=False)
    ward_unit = UnitChoiceField(
        label="Avdelning", queryset=Unit.objects.none(), required=False, empty_label="Välj avdelning"
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["ward_unit"].queryset = directory.wards()

    def clean_ward_unit(self):
        ward = self.cleaned_data["ward_unit"]
        if ward and not self.cleaned_data.get("inpatient"):
            self.add_error("inpatient", "Kryssa i att personen är inlagd, eller ta bort avdelningen.")
        return ward


class ReadyFields(forms.Form):
    """The day and time of utskrivningsklar, which belong together."""

    ready_on = SwedishDateField(past=True, label="Utskrivningsklar, dag", required=False)
    ready_at = SwedishTimeField(label="Klockslag", required=False)

    def clean(self):
        cleaned = super().clean()
        day, clock = cleaned.get("ready_on"), cleaned.get("ready_at")
        cleaned["discharge_ready_at"] = instant(day, clock) if day and clock else None
        if day and clock is None and "ready_at" not in self.errors:
            self.add_error("ready_at", "Skriv klockslaget också. Lagens tid räknas från det.")
        if clock and day is None and "ready_on" not in self.errors:
            self.add_error("ready_on", "Skriv dagen också.")
        return cleaned


class StartForm(ReadyFields, WardFields, NeedFields, ContactFields):
    """All that is needed to start; `case_id` makes the form worth one case, however often it is sent."""

    # Errors are listed in the order of the page.
    field_order = ["number", "compulsory", "has_plan", "other_plan", *ContactFields.base_fields, "asked_by",
                   "need_found_on", *NeedFields.base_fields, "inpatient", "ward_unit"]  # fmt: skip
    case_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    asked_by = forms.ChoiceField(
        label="Vem tog initiativet?", choices=AskedBy, initial=AskedBy.STAFF, widget=forms.RadioSelect
    )
    need_found_on = SwedishDateField(
        past=True,
        label="När upptäcktes behovet?",
        help_text="Från den dagen räknas tiden till första kontakt och möte. Till exempel 2026-03-17 eller i går.",
    )
    has_plan = forms.ChoiceField(
        label="Finns redan en plan som uppfyller lagens krav?",
        choices=YES_NO,
        widget=forms.RadioSelect,
        help_text="Planen ska säga vilka insatser som behövs, vilken huvudman som svarar för varje, vad andra gör och "
        "vem som har det övergripande ansvaret.",
    )
    other_plan = LineField(max_length=300, label="Vilken plan är det?", required=False)
    compulsory = forms.ChoiceField(
        label="Har personen öppen psykiatrisk tvångsvård (ÖPT eller ÖRV)?", choices=YES_NO, widget=forms.RadioSelect
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("has_plan") == "yes" and not cleaned.get("other_plan") and "other_plan" not in self.errors:
            self.add_error("other_plan", "Skriv vilken plan som räcker.")
        if cleaned.get("has_plan") == "no" and cleaned.get("other_plan"):
            self.add_error("has_plan", "Du har skrivit en plan men svarat nej. Svara ja, eller ta bort planen.")
        if cleaned.get("ready_on") and not cleaned.get("inpatient") and "inpatient" not in self.errors:
            self.add_error(
                "inpatient", "Bara den som är inlagd kan vara utskrivningsklar. Kryssa i att personen är inlagd."
            )
        return cleaned

    @classmethod
    def after(cls, case, data=None):
        """A form about the same person as a closed case; the need is told anew (AVS-3)."""
        return cls(data, initial={name: getattr(case, name) for name in ContactFields.base_fields})

    def ends_as(self) -> str:
        """The reason for which the case ends as it starts, or an empty string (INI-6, INI-7)."""
        if self.cleaned_data["compulsory"] == "yes":
            return CloseReason.COMPULSORY_PLAN
        return CloseReason.OTHER_PLAN if self.cleaned_data["has_plan"] == "yes" else ""

    def case_values(self) -> dict:
        """The arguments of `services.start` that the form knows."""
        answers = {"has_plan", "compulsory", "other_plan", "ready_on", "ready_at", "number"}
        return {name: value for name, value in self.cleaned_data.items() if name not in answers}


class NewPersonForm(StartForm):
    """The second step: the number travels inside the form, and is read again as if typed."""

    number = NumberField(widget=forms.HiddenInput)


class EditForm(WardFields, NeedFields, ContactFields):
    # A mark has a page of its own, with a reason.
    protection = None

    @classmethod
    def of(cls, data, case):
        initial = {name: getattr(case, name) for name in cls.base_fields if name != "need_topics"}
        form = cls(data, initial=initial, need_topics=case.topics_of(TextKey.REASON_NOTE))
        if TextKey.REASONS not in case.rows:
            # Not shared with the unit that writes.
            for name in ("reasons", "reason_note", "need_topics"):
                del form.fields[name]
        return form


class ContactForm(forms.Form):
    """First contact between the huvudmän (TID-1)."""

    whom = LineField(
        max_length=150, label="Vem hade du kontakt med?", help_text="Verksamhet, och gärna namn eller roll."
    )
    how = forms.ChoiceField(label="Hur?", choices=HOW, widget=forms.RadioSelect)
    on = SwedishDateField(past=True, label="När?")
    about = PlainTextField(
        max_length=1000, rows=2, label="Vad kom ni fram till?", required=False,
        help_text="Nämn inget om personen som samtycket inte omfattar.",
    )  # fmt: skip
    topics = TopicsField(label="Vad handlade kontakten om?")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        fill_topics(self)


class DischargeReadyForm(ReadyFields):
    ward_unit = UnitChoiceField(
        label="Avdelning", queryset=Unit.objects.none(), required=False, empty_label="Välj avdelning"
    )
    field_order = ["ready_on", "ready_at", "ward_unit"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["ward_unit"].queryset = directory.wards()
        for name in ("ready_on", "ready_at"):
            self.fields[name].required = True

    @classmethod
    def of(cls, data, case):
        ready = local(case.discharge_ready_at) if case.discharge_ready_at else None
        known = {"ready_on": ready.date(), "ready_at": ready.time()} if ready else {}
        return cls(data, initial=known | {"ward_unit": case.ward_unit_id})

    def values(self) -> dict:
        return {"at": self.cleaned_data["discharge_ready_at"], "ward_unit": self.cleaned_data["ward_unit"]}


class UnitSearchForm(forms.Form):
    """Asks the directory; nothing about the person, so it may stand in the address."""

    q = LineField(max_length=80, label="Sök enhet", required=False, help_text="Namn, kommun eller region.")
    kind = forms.ChoiceField(label="Slag av enhet", choices=[("", "Alla"), *UnitKind.choices], required=False)

    def question(self) -> dict:
        """What to search for; a question that cannot be read asks for nothing."""
        valid = self.cleaned_data if self.is_valid() else {}
        return {"words": valid.get("q", ""), "kind": valid.get("kind", "")}


class PartyForm(forms.Form):
    unit = UnitChoiceField(
        label="Välj enhet",
        queryset=Unit.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": "Välj en enhet.", "invalid_choice": "Välj en enhet i listan."},
    )
    obligation = forms.ChoiceField(
        label="Hur deltar enheten?",
        choices=[("", "Som riktlinjen säger"), *Obligation.choices],
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args, found, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.active().with_names()
        self.fields["unit"].choices = [(u.pk, self.fields["unit"].label_from_instance(u)) for u in found]


class WhyForm(forms.Form):
    why = LineField(
        max_length=300, label="Varför?", missing="Skriv varför enheten inte deltar längre.",
        help_text="Till exempel att personen vill det eller att insatsen är avslutad. Syns för aktörerna.",
    )  # fmt: skip
    topics = TopicsField(label="Vad handlar skälet om?")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        fill_topics(self)


class OutsidePartyForm(forms.Form):
    """A relative or other without an account (MED-4)."""

    kind = forms.ChoiceField(label="Vem är det?", choices=OutsideKind, widget=forms.RadioSelect)
    name = LineField(max_length=150, label="Namn")
    relation = LineField(max_length=100, label="Relation eller roll", required=False, help_text="Till exempel dotter.")
    tell_by = forms.ChoiceField(label="Hur meddelar ni personen?", choices=TellBy, widget=forms.RadioSelect)
    phone = PhoneField(label="Telefon", required=False)
    address = LineField(max_length=300, label="Postadress", required=False)

    def clean(self):
        cleaned = super().clean()
        needed = {
            TellBy.PHONE: ("phone", "Skriv ett telefonnummer."),
            TellBy.LETTER: ("address", "Skriv en postadress."),
        }
        field, message = needed.get(cleaned.get("tell_by"), ("", ""))
        if field and not cleaned.get(field) and field not in self.errors:
            self.add_error(field, message)
        return cleaned


class LeadForm(forms.Form):
    """Change huvudansvarig (UPP-2)."""

    assignment = forms.ModelChoiceField(
        label="Ny huvudansvarig",
        queryset=None,
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": "Välj vem som blir huvudansvarig.", "invalid_choice": "Välj någon i listan."},
    )
    person_view = PlainTextField(
        max_length=1000, rows=2, label="Vad tycker personen om bytet?", missing="Skriv vad personen tycker om bytet."
    )

    def __init__(self, *args, possible, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["assignment"].queryset = possible
        self.fields["assignment"].label_from_instance = lambda a: f"{a.staff.name}, {a.staff.title}, {a.unit.name}"
