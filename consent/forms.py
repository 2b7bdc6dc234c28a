"""The forms of consent: the two answers, how they were given, whom they cover; withdrawal; a stated reason."""

from django import forms

from cases import directory
from cases.topicfield import ExemptedField
from cases.topics import active as known_topics
from consent import coverage, services
from consent.givers_forms import GiverFields, answer_field
from consent.models import Form, GiverKind
from organisations.formfields import LineField, PlainTextField, SwedishDateField
from organisations.models import Unit

# The names of the fields with what a party may not see.
HIDDEN = "hidden_"
PERSON = "person"
ASK_SHARE = "Får verksamheterna dela uppgifter om personen med varandra?"
ASK_PLANNING = "Vill personen ha en samordnad planering?"


class UnitChoices(forms.ModelMultipleChoiceField):
    """Ticked units; the label says for whom the unit acts."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs):
        super().__init__(queryset=Unit.objects.none(), required=False, **kwargs)
        self.error_messages["invalid_choice"] = self.error_messages["invalid_pk_value"] = (
            "En av enheterna går inte att välja. Välj bland dem som visas."
        )

    def label_from_instance(self, unit):
        return f"{unit.name} ({unit.acts_for or unit.organisation})"


class TreeChoices(UnitChoices):
    def label_from_instance(self, unit):
        return f"Alla enheter under {unit.name}"


class ConsentForm(GiverFields, forms.Form):
    """One new answer; it starts from the present one, since most answers renew or narrow an earlier."""

    has_found = False
    seen = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    share_answer = answer_field(ASK_SHARE)
    planning_answer = answer_field(ASK_PLANNING)
    form = forms.ChoiceField(
        label="Hur gavs svaret?",
        choices=Form.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Välj hur svaret gavs."},
    )
    informed_how = PlainTextField(
        label="Så fick personen information",
        help_text="Skriv vem som berättade, när och hur. Behövs när svaret är muntligt eller presumerat.",
        required=False,
        max_length=2000,
    )
    given_on = SwedishDateField(label="Dag då svaret gavs", past=True)
    valid_to = SwedishDateField(label="Gäller till och med", future=True, required=False)
    units = UnitChoices(label="Får ta del av uppgifter och delta")
    trees = TreeChoices(label="Gäller samtycket en hel del av en organisation?")
    search = LineField(
        label="Lägg till en enhet",
        help_text="Skriv en del av enhetens namn, till exempel vårdcentral eller rehab.",
        required=False,
        max_length=80,
    )
    new_units = UnitChoices(label="Träffar")
    excluded_note = PlainTextField(
        label="Finns det något mer som inte får delas?",
        help_text="Texten syns bara för den som ansvarar för ärendet. Programmet följer ämnena ovan, inte den här "
        "texten. Skriv inte uppgiften själv.",
        required=False,
        max_length=2000,
    )
    hidden_all = ExemptedField(label="Ämnen som inte får delas med någon annan än den ansvariga enheten")
    other_ground = forms.BooleanField(
        label="Nej till att dela men ja till att planera, och det finns en annan rättslig grund att dela",
        help_text="Då avslutas inte ärendet. Skriv in grunden i nästa steg.",
        required=False,
    )
    may_tell_other_sip = forms.BooleanField(
        label="Om personen har en SIP till: vi får berätta för den andra enheten att den här finns", required=False
    )
    child_view = PlainTextField(
        label="Vad tycker barnet?", help_text="Fråga alltid barnet. Skriv med barnets egna ord.", max_length=2000
    )
    reason = PlainTextField(
        label="Om svaret är nej: vad sa personen?",
        help_text="Skriv också hur var och en nu planerar själv. Personen kan få frågan igen längre fram.",
        required=False,
        max_length=2000,
    )

    def __init__(self, data=None, *, case, **kwargs):
        self.case, self.current = case, coverage.current(case)
        self.minor = services.is_minor(case)
        searching = data is not None and "find" in data
        kwargs["initial"] = self.as_initial(data) if searching else self.from_current()
        super().__init__(None if searching else data, **kwargs)
        self.choose_units(data)
        self.choose_topics()
        if not self.minor:
            del self.fields["child_view"]
        self.add_givers()

    def from_current(self) -> dict:
        now = self.current
        start = {"given_on": services.today()}
        if now is None:
            return start
        start |= {"seen": now.pk, "excluded_note": now.excluded_note, "may_tell_other_sip": now.may_tell_other_sip}
        start |= {"child_view": now.child_view, "maturity_note": now.maturity_note, "child_mature": now.child_mature}
        if coverage.not_answered(now):
            start["valid_to"] = now.valid_to
        named = list(now.units.all())
        start["units"] = [n.unit_id for n in named if not n.whole_tree]
        start["trees"] = [n.unit_id for n in named if n.whole_tree]
        return start

    def as_initial(self, data) -> dict:
        """What was typed so far, when only the search button was pressed."""
        several = {name for name, field in self.base_fields.items() if isinstance(field, UnitChoices)}
        many = {name for name in data if name in several or name.startswith(HIDDEN)}
        return {name: data.getlist(name) if name in many else data.get(name) for name in data}

    def choose_topics(self) -> None:
        """Per party, what the person does not want shared with it; the owner's unit is never among them (SAM-3)."""
        offered, now = known_topics(), coverage.exempted_by(self.current)
        self.fields["hidden_all"].fill(offered, 0)
        units = {}
        for name in ("units", "trees", "new_units"):
            units |= {unit.pk: unit for unit in self.fields[name].queryset}
        self.exempt = {pk: f"{HIDDEN}{pk}" for pk in units}
        for pk, name in self.exempt.items():
            self.fields[name] = ExemptedField(offered, label=units[pk].name, present=now.get(pk, 0))

    def exempt_rows(self):
        """For the page: the bound field of each party."""
        return [self[name] for name in self.exempt.values()]

    def exempted(self) -> dict[int, int]:
        """A mask by unit id of what is exempted, with what is exempted for all who are named."""
        everybody = self.cleaned_data["hidden_all"]
        named = {unit.pk for name in ("units", "trees", "new_units") for unit in self.cleaned_data[name]}
        masks = {pk: self.cleaned_data[name] for pk, name in self.exempt.items()}
        return {pk: mask | (everybody if pk in named else 0) for pk, mask in masks.items()}

    def choose_units(self, data) -> None:
        """The parties, the units above them, and what the search found."""
        parties = [p.unit_id for p in self.case.participations.active() if p.unit_id != self.case.owner_unit_id]
        self.fields["units"].queryset = Unit.objects.with_names().filter(pk__in=parties).order_by("name")
        over = [unit.pk for unit in coverage.above(parties)]
        named = [n.unit_id for n in self.current.units.all() if n.whole_tree] if self.current else []
        self.has_units, self.has_trees = bool(parties), bool(over or named)
        self.fields["trees"].queryset = Unit.objects.with_names().filter(pk__in=[*over, *named]).order_by("name")
        if self.current is None:
            self.initial.setdefault("units", parties)
        self.fields["new_units"].queryset = self.found(data, parties)

    def found(self, data, parties):
        """Active units that match what was searched for, and those already ticked."""
        if data is None:
            return Unit.objects.none()
        ticked = [pk for pk in data.getlist("new_units") if pk.isdecimal() and len(pk) < 10]
        words = LineField(required=False, max_length=80).tidy(data.get("search", ""))[:80]
        hits = [unit.pk for unit in directory.search_units(case=self.case, words=words)] if words else []
        free = Unit.objects.active().exclude(pk__in=[*parties, self.case.owner_unit_id])
        chosen = list(free.filter(pk__in=ticked).values_list("pk", flat=True))
        self.has_found = bool(hits or chosen)
        return Unit.objects.with_names().filter(pk__in=[*hits, *chosen]).order_by("name")

    def clean(self):
        self.clean_givers()
        return self.cleaned_data

    def values(self) -> dict:
        """The arguments of `services.record`."""
        left_out = ("guardian_", HIDDEN)
        kept = {k: v for k, v in self.cleaned_data.items() if not k.startswith(left_out) and k != "search"}
        kept["exempted"] = self.exempted()
        return kept | self.giver_values()


class WithdrawForm(forms.Form):
    """How the person took back the consent; why is never asked (SAM-5)."""

    who = forms.ChoiceField(
        label="Vem tog tillbaka samtycket?",
        choices=[(PERSON, "Personen själv")],
        initial=PERSON,
        required=False,
        widget=forms.RadioSelect,
    )
    how = forms.ChoiceField(
        label="Hur sades det?",
        choices=[(value, label) for value, label in Form.choices if value != Form.PRESUMED],
        widget=forms.RadioSelect,
        error_messages={"required": "Välj hur samtycket togs tillbaka."},
    )

    def __init__(self, data=None, *, case, **kwargs):
        super().__init__(data, **kwargs)
        now = coverage.current(case)
        givers = now.givers.exclude(kind=GiverKind.PERSON).order_by("pk") if now else []
        self.givers = {str(giver.pk): giver for giver in givers}
        said = [(pk, self.named(case, giver)) for pk, giver in self.givers.items()]
        self.fields["who"].choices = [(PERSON, "Personen själv"), *said]

    def named(self, case, giver) -> str:
        kind = giver.get_kind_display()
        return kind if case.is_protected else f"{giver.name}, {kind.lower()}"

    def values(self) -> dict:
        """The arguments of `services.withdraw`."""
        return {"form": self.cleaned_data["how"], "giver": self.givers.get(self.cleaned_data["who"])}


class ReasonForm(forms.Form):
    """Why a received version is opened; the reason is written in the log (SAM-5)."""

    reason = LineField(label="Varför öppnar du den?", missing="Skriv varför du behöver läsa versionen.", max_length=200)
    reveal = forms.BooleanField(
        label="Visa också skyddade uppgifter", required=False, help_text="Bara om du behöver dem. Det skrivs i loggen."
    )
