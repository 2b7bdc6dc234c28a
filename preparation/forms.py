"""The forms of the preparation; the rules lie in the services."""

from contextlib import contextmanager
from dataclasses import dataclass

from django import forms

from cases.topicfield import TopicsField, fill_topics
from cases.topics import ALL
from consent.forms import UnitChoices
from organisations import swedish
from organisations.formfields import LineField, PlainTextField, SwedishDateField, SwedishTimeField
from organisations.models import Unit
from preparation import premeetings
from preparation.models import ADAPTATIONS, ConsentForm, InterpreterForm, PreparationKey
from preparation.services import Overtaken


@dataclass(frozen=True)
class Part:
    """A part of the preparation that is written and saved by itself."""

    name: str
    title: str
    hint: str
    keys: tuple[str, ...]

    @property
    def quote(self) -> bool:
        return self.name in ("viktigt", "styrkor")


PARTS = {
    part.name: part
    for part in (
        Part(
            "viktigt", "Vad är viktigt för dig?",
            "Skriv personens egna ord, som personen säger dem. Planen börjar med de här orden.",
            (PreparationKey.WHAT_MATTERS,),
        ),
        Part(
            "styrkor", "Det som fungerar bra", "Vad klarar personen själv? Vad och vilka hjälper i dag?",
            (PreparationKey.STRENGTHS,),
        ),
        Part(
            "fraga", "Frågeställning",
            "Vad ska ni lösa tillsammans? Alla som kallas läser frågan i ärendet och i kallelsen.",
            (PreparationKey.QUESTION,),
        ),
        Part(
            "anpassningar", "Anpassningar av mötet",
            "Vad behövs för att personen ska kunna vara med på riktigt? Lämna tomt där inget behövs.",
            ADAPTATIONS,
        ),
        Part(
            "narstaende", "Närstående", "Hur vill personen att närstående är med, före, under och efter mötet?",
            (PreparationKey.RELATIVES,),
        ),
    )
}  # fmt: skip
HINTS = {
    PreparationKey.AGE: "Till exempel kortare möte, lekhörna, paus eller en trygg vuxen",
    PreparationKey.DISABILITY: "Till exempel hörslinga, ramp, lågt ljud eller mötet uppdelat i delar",
    PreparationKey.LANGUAGE: "Till exempel bildstöd, tecken som stöd, lätt svenska. Tolk bokar ni för sig.",
    PreparationKey.PLACE: "Till exempel hemma, på eftermiddagen, färdtjänst dit",
}
SEEN = "seen_{}"


class PartForm(forms.Form):
    """The texts of one part with their topics; `seen_*` is the revision that the writer began with."""

    def __init__(self, data=None, *, part: Part, rows: dict):
        super().__init__(data)
        self.part = part
        for key in part.keys:
            row = rows.get(key)
            alone = len(part.keys) == 1
            label = part.title if alone else PreparationKey(key).label
            hint = part.hint if alone else HINTS[key]
            self.fields[key] = PlainTextField(
                label=label, help_text=hint, required=False, rows=5 if alone else 2, initial=row.text if row else ""
            )
            self.fields[SEEN.format(key)] = forms.IntegerField(
                required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput,
                initial=row.revision if row else 0,
            )  # fmt: skip
        self.fields["topics"] = TopicsField()
        first = next((rows[key] for key in part.keys if key in rows), None)
        fill_topics(self, topics=first.topics if first else ALL)

    @property
    def texts(self):
        return [self[key] for key in self.part.keys]

    def renew(self, revisions: dict[str, int]) -> None:
        """What others wrote has been shown: the next save stands on it."""
        self.data = self.data.copy()
        for key in self.part.keys:
            self.data[SEEN.format(key)] = revisions.get(key, 0)

    def values(self) -> dict:
        said = self.cleaned_data
        return {
            "texts": {key: said[key] for key in self.part.keys},
            "seen": {key: said[SEEN.format(key)] or 0 for key in self.part.keys},
            "topics": said["topics"],
        }


@contextmanager
def kept(form: PartForm):
    """Run the service; when somebody saved meanwhile both texts are shown, and what was typed stays."""
    try:
        yield
    except Overtaken as error:
        form.renew(error.revisions)
        for name, sentence in error.sentences.items():
            form.add_error(name, sentence)


class WishForm(forms.Form):
    wanted = forms.TypedChoiceField(
        label="Vad har personen sagt?",
        choices=[("yes", "Ska komma"), ("no", "Ska inte komma")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "Välj om den ska komma eller inte."},
    )
    unit = forms.ModelChoiceField(
        label="Enhet som är med i ärendet",
        queryset=Unit.objects.none(),
        required=False,
        empty_label="Ingen, jag skriver ett namn eller en roll",
        error_messages={"invalid_choice": "Den enheten går inte att välja."},
    )
    name = LineField(
        label="Namn eller roll", max_length=150, required=False,
        help_text="Till exempel min syster Provanna, skolkuratorn eller vårdcentralen",
    )  # fmt: skip
    topics = TopicsField()

    def __init__(self, data=None, *, case):
        super().__init__(data)
        units = {*case.participations.active().values_list("unit_id", flat=True), case.owner_unit_id}
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=units).order_by("name")
        fill_topics(self)


class ReferenceForm(forms.Form):
    """What was ordered for the adaptations."""

    reference = LineField(
        label="Bokningsnummer eller kontakt", max_length=60, required=False,
        help_text="Skriv inget om personen. Alla som är med i ärendet ser det.",
    )  # fmt: skip


class InterpreterBookingForm(ReferenceForm):
    language = LineField(label="Språk", max_length=60, missing="Skriv vilket språk tolken talar.",
                         help_text="Till exempel arabiska eller svenskt teckenspråk")  # fmt: skip
    form = forms.ChoiceField(
        label="Hur är tolken med?",
        choices=InterpreterForm.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Välj hur tolken är med."},
    )
    field_order = ["language", "form", "reference"]


class PreMeetingForm(forms.Form):
    """Who meets about what, and the person's yes to it."""

    about = forms.MultipleChoiceField(
        label="Vad handlar förmötet om?",
        choices=[("costs", "Kostnader"), ("responsibility", "Vem som ansvarar för vad")],
        widget=forms.CheckboxSelectMultiple,
        help_text="Bara det. Allt annat tar ni upp på mötet tillsammans med personen.",
        error_messages={"required": "Ett förmöte handlar om kostnader eller ansvar. Välj minst ett."},
    )
    consent_form = forms.ChoiceField(
        label="Hur sa personen ja till förmötet?",
        choices=ConsentForm.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Utan personens ja blir det inget förmöte. Välj hur personen sa ja."},
    )
    consent_on = SwedishDateField(label="Dag då personen sa ja", past=True, missing="Skriv vilken dag personen sa ja.")
    day = SwedishDateField(label="Datum för förmötet", missing="Välj ett datum.")
    starts = SwedishTimeField(label="Börjar", missing="Skriv när förmötet börjar.")
    place = LineField(label="Plats eller länk", max_length=300, missing="Skriv var ni ses.")
    units = UnitChoices(label="Vilka är med?")

    def __init__(self, data=None, *, case, by):
        super().__init__(data)
        self.fields["units"].queryset = premeetings.choices(case, by)
        self.fields["units"].required = True
        self.fields["units"].error_messages["required"] = "Välj minst en annan enhet."

    def values(self) -> dict:
        said = self.cleaned_data
        return {
            "units": list(said["units"]), "place": said["place"], "consent_on": said["consent_on"],
            "consent_form": said["consent_form"], "starts_at": swedish.instant(said["day"], said["starts"]),
            "costs": "costs" in said["about"], "responsibility": "responsibility" in said["about"],
        }  # fmt: skip


class HeldForm(forms.Form):
    notes = PlainTextField(
        label="Anteckningar", rows=6, missing="Skriv vad ni kom fram till.",
        help_text="Läses bara av de enheter som var med. Hamnar aldrig i personens plan eller i Min plan.",
    )  # fmt: skip
    outcome = LineField(
        label="Utfall i en rad", max_length=300, required=False,
        help_text="Det enda som går att ta med till mötet eller planen. Skriv så att personen kan läsa det.",
    )  # fmt: skip
    topics = TopicsField()

    def __init__(self, data=None):
        super().__init__(data)
        fill_topics(self)
