"""The forms of consent: the two answers, how they were given, whom they cover; withdrawal; a stated reason."""

from django import forms

from cases import directory
from consent import coverage, services
from consent.models import Answer, Form
from organisations.formfields import LineField, PlainTextField, SwedishDateField
from organisations.models import Unit

GUARDIAN_ROWS = (2, 4)
ASK_SHARE = "Får verksamheterna dela uppgifter om personen med varandra?"
ASK_PLANNING = "Vill personen ha en samordnad planering?"

GUARDIAN_SHARE = "Vårdnadshavare {}: får verksamheterna dela uppgifter om barnet med varandra?"
GUARDIAN_PLANNING = "Vårdnadshavare {}: ska planeringen vara samordnad?"


def answer_field(label: str, *, required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=Answer.choices,
        widget=forms.RadioSelect,
        required=required,
        error_messages={"required": f"Svara på frågan ”{label}”", "invalid_choice": "Välj ett av svaren."},
    )


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


class ConsentForm(forms.Form):
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
        label="Finns det något som inte får delas?",
        help_text="Texten syns för alla som är med. Skriv vilket ämne det gäller, inte uppgiften själv.",
        required=False,
        max_length=2000,
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
        if self.minor:
            del self.fields["share_answer"], self.fields["planning_answer"]
            self.add_guardians()
        else:
            del self.fields["child_view"]

    def from_current(self) -> dict:
        now = self.current
        start = {"given_on": services.today()}
        if now is None:
            return start
        start |= {"seen": now.pk, "excluded_note": now.excluded_note, "may_tell_other_sip": now.may_tell_other_sip}
        start["child_view"] = now.child_view
        named = list(now.units.all())
        start["units"] = [n.unit_id for n in named if not n.whole_tree]
        start["trees"] = [n.unit_id for n in named if n.whole_tree]
        return start

    def as_initial(self, data) -> dict:
        """What was typed so far, when only the search button was pressed."""
        several = {name for name, field in self.base_fields.items() if isinstance(field, UnitChoices)}
        return {name: data.getlist(name) if name in several else data.get(name) for name in data}

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

    def add_guardians(self) -> None:
        """A row for each known guardian and at least two; empty rows are left out (SAM-6)."""
        known = self.case.outside_parties.filter(kind="guardian", removed_at=None).order_by("pk")
        names = [guardian.name for guardian in known]
        least, most = GUARDIAN_ROWS
        self.guardian_numbers = range(1, min(max(least, len(names) + 1), most) + 1)
        for n in self.guardian_numbers:
            name = names[n - 1] if n <= len(names) else ""
            self.fields[f"guardian_{n}_name"] = LineField(
                label=f"Vårdnadshavare {n}, namn", max_length=150, required=False, initial=name
            )
            self.fields[f"guardian_{n}_share"] = answer_field(GUARDIAN_SHARE.format(n), required=False)
            self.fields[f"guardian_{n}_planning"] = answer_field(GUARDIAN_PLANNING.format(n), required=False)

    def guardian_rows(self):
        """For the page: the three fields of each guardian."""
        if not self.minor:
            return []
        return [[self[f"guardian_{n}_{part}"] for part in ("name", "share", "planning")] for n in self.guardian_numbers]

    def clean(self):
        for n in self.guardian_numbers if self.minor else ():
            said = [self.cleaned_data.get(f"guardian_{n}_{part}", "") for part in ("name", "share", "planning")]
            if any(said) and not all(said):
                self.add_error(f"guardian_{n}_name", f"Skriv namnet och båda svaren för vårdnadshavare {n}.")
        return self.cleaned_data

    def values(self) -> dict:
        """The arguments of `services.record`."""
        kept = {k: v for k, v in self.cleaned_data.items() if not k.startswith("guardian_") and k != "search"}
        if self.minor:
            rows = [[self.cleaned_data[f"guardian_{n}_{part}"] for part in ("name", "share", "planning")]
                    for n in self.guardian_numbers]  # fmt: skip
            kept["guardians"] = [services.Giver(*row) for row in rows if row[0]]
        return kept


class WithdrawForm(forms.Form):
    """How the person took back the consent; why is never asked (SAM-5)."""

    how = forms.ChoiceField(
        label="Hur tog personen tillbaka samtycket?",
        choices=[(value, label) for value, label in Form.choices if value != Form.PRESUMED],
        widget=forms.RadioSelect,
        error_messages={"required": "Välj hur personen tog tillbaka samtycket."},
    )


class ReasonForm(forms.Form):
    """Why a received version is opened; the reason is written in the log (SAM-5)."""

    reason = LineField(label="Varför öppnar du den?", missing="Skriv varför du behöver läsa versionen.", max_length=200)
