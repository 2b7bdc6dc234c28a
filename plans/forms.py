"""Forms of the plan: one small form per block, each knowing which text it was opened on."""

from django import forms

from cases.topicfield import TopicsField
from cases.topics import ALL
from organisations import swedish
from organisations.formfields import LineField, PlainTextField, SwedishDateField, SwedishTimeField
from plans.models import BlockKey, Doer, FollowUp, Goal, HandedOutCopy, MeasureStatus
from plans.revision_forms import RevisionForm
from plans.revision_forms import kept as kept
from plans.services import TOPICS_OF, mark

OTHERS_NOBODY = "Ingen annan än kommunen och regionen gör något"


class BlockForm(RevisionForm):
    """One block of the plan."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)
    # Fields of the form that are written, in the names of the plan.
    columns: tuple[str, ...] = ()

    def __init__(self, data=None, *, plan, choices=None, topics=()):
        # `choices` is for the one block that offers people; the others are made the same way.
        super().__init__(data)
        self.columns = tuple(name for name in self.columns if self.is_shared(name, plan))
        for name in set(type(self).columns) - set(self.columns):
            del self.fields[name]
        self.rows = {name: plan.rows[name] for name in self.columns if name in BlockKey.values}
        for key, row in self.rows.items():
            label = f"Ämnen för ”{self.fields[key].label}”"
            self.fields[TOPICS_OF.format(key)] = TopicsField(topics, label=label, present=row.topics)
        texts = {key: row.text for key, row in self.rows.items()}
        self.initial = {name: getattr(plan, name) for name in self.columns if name not in texts} | texts
        names = [*self.columns, *map(TOPICS_OF.format, self.rows)]
        self.initial |= {"revision": plan.revision, "seen": mark(plan, self.rows, names)}

    def is_shared(self, name: str, plan) -> bool:
        """Whether the reader may see that part; the box for nobody goes with what others do."""
        return ("others_measures" if name == "others_nobody" else name) not in plan.hidden

    def lines(self):
        """Each visible field with the topics of its text, if it is one."""
        for name in self.fields:
            if name not in {"revision", "seen"} and not name.startswith(TOPICS_OF.format("")):
                yield self[name], self[TOPICS_OF.format(name)] if name in self.rows else None

    def values(self) -> dict:
        return {name: self.cleaned_data[name] for name in self.columns}

    def renewed(self, plan) -> dict:
        """What the next save builds on, after this one."""
        rows = {row.key: row for row in plan.blocks.filter(key__in=self.rows)}
        names = [*self.columns, *map(TOPICS_OF.format, rows)]
        return {"revision": plan.revision, "seen": mark(plan, rows, names)}

    def to_save(self) -> dict:
        """What the service takes: the values, the topics of each text, and what the page was opened on."""
        topics = {key: self.cleaned_data[TOPICS_OF.format(key)] for key in self.rows}
        opened_on = {name: self.cleaned_data[name] for name in ("revision", "seen")}
        return {"values": self.values(), "topics": topics, **opened_on}


def text(label: str, hint: str = "", rows: int = 4) -> PlainTextField:
    return PlainTextField(label=label, help_text=hint, rows=rows, required=False)


class MattersForm(BlockForm):
    columns = ("what_matters",)
    what_matters = text("Vad är viktigt för dig?", "Skriv personens egna ord.")


class WhyForm(BlockForm):
    columns = ("why",)
    why = text("Varför har du en SIP?", "Skriv kort vad som behöver samordnas, till exempel ”Du får hjälp av flera …”.")


class StrengthsForm(BlockForm):
    columns = ("strengths",)
    strengths = text("Vad fungerar bra?", "Det som personen är bra på och det som redan hjälper.")


class SituationForm(BlockForm):
    columns = ("situation",)
    situation = text("Hur är det nu, och vad behöver du?", "Kort och framåt. Inga bedömningar eller diagnoser.")


class MainGoalForm(BlockForm):
    columns = ("long_term_goal",)
    long_term_goal = text("Vad vill du nå på längre sikt?", "Till exempel ”Du bor kvar hemma och känner dig trygg.”", 2)


class OthersForm(BlockForm):
    columns = ("own_measures", "relatives_measures", "others_measures", "others_nobody")
    own_measures = text("Det här gör du själv", rows=3)
    relatives_measures = text("Det här gör dina närstående", rows=3)
    others_measures = text("Det här gör andra än kommunen och regionen", "Till exempel skolan eller en förening.", 3)
    others_nobody = forms.BooleanField(label=OTHERS_NOBODY, required=False)

    def clean(self):
        if self.cleaned_data.get("others_nobody") and self.cleaned_data.get("others_measures"):
            self.add_error("others_nobody", "Ta bort krysset eller texten om vad andra gör. Båda kan inte gälla.")
        return self.cleaned_data


class OpinionForm(BlockForm):
    columns = ("person_opinion", "disagreement")
    person_opinion = text("Vad tycker du om planen?", "Skriv personens egna ord om insatserna.", 3)
    disagreement = text("Det här är vi inte överens om", "Om ett mål eller en insats. Det står kvar i planen.", 3)


class LeadForm(BlockForm):
    """Huvudansvarig by name, and the huvudman with the overall responsibility (PLA-2, PLA-3)."""

    columns = ("lead_staff_id", "lead_unit_id", "lead_authority_id")
    lead = forms.TypedChoiceField(
        label="Vem är huvudansvarig?", coerce=int, empty_value=None, required=False,
        help_text="Den som personen kan ringa och som kallar till uppföljning. Ofta den som träffar personen mest.",
    )  # fmt: skip
    authority = forms.TypedChoiceField(
        label="Vilken huvudman har det övergripande ansvaret?", coerce=int, empty_value=None, required=False,
        help_text="Oftast den huvudman som huvudansvarig arbetar för.",
    )  # fmt: skip

    def __init__(self, data=None, *, plan, choices, topics=()):
        super().__init__(data, plan=plan)
        self.assignments = {a.pk: a for a in choices.leads}
        mine = [a for a in choices.leads if (a.staff_id, a.unit_id) == (plan.lead_staff_id, plan.lead_unit_id)]
        self.initial["lead"] = mine[0].pk if mine else ""
        self.initial["authority"] = plan.lead_authority_id or ""
        self.fields["lead"].choices = [("", "Välj en person"), *choices.leads_by_unit()]
        self.fields["authority"].choices = [("", "Den som huvudansvarig arbetar för"), *choices.authorities()]

    def values(self) -> dict:
        chosen = self.assignments.get(self.cleaned_data["lead"])
        authority = self.cleaned_data["authority"] or (chosen and chosen.unit.acts_for_id)
        return {
            "lead_staff_id": chosen and chosen.staff_id,
            "lead_unit_id": chosen and chosen.unit_id,
            "lead_authority_id": authority,
        }

    def in_fields(self, stands: dict) -> dict:
        staff, unit = stands["lead_staff_id"], stands["lead_unit_id"]
        lead = next((pk for pk, a in self.assignments.items() if (a.staff_id, a.unit_id) == (staff, unit)), None)
        return {"lead": lead, "authority": stands["lead_authority_id"]}


class FollowUpDateForm(BlockForm):
    columns = ("follow_up_on", "follow_up_time", "follow_up_place", "follow_up_caller")
    follow_up_on = SwedishDateField(label="Datum", future=True, required=False)
    follow_up_time = SwedishTimeField(label="Klockslag", required=False)
    follow_up_place = LineField(label="Plats", max_length=300, required=False)
    follow_up_caller = LineField(label="Vem kallar till uppföljningen?", max_length=150, required=False)


class CopiesForm(BlockForm):
    columns = ("copies_to",)
    copies_to = text("Vilka får planen?", "Personen får den alltid. Skriv vilka fler som personen vill ge den.", 3)


class GoalForm(RevisionForm):
    text = PlainTextField(label="Vad vill du nå?", help_text="Till exempel ”Du rör dig hemma utan att ramla.”", rows=2,
                          max_length=1000, missing="Skriv vad personen vill nå.")  # fmt: skip
    horizon = forms.ChoiceField(label="När?", choices=Goal._meta.get_field("horizon").choices, widget=forms.RadioSelect)
    how_noticed = PlainTextField(label="Hur märker du att du är där?", rows=2, max_length=1000, required=False)

    def __init__(self, data=None, *, goal=None, topics=()):
        first = {"revision": 1, "horizon": "short"}
        if goal is not None:
            first = {name: getattr(goal, name) for name in ("revision", "text", "horizon", "how_noticed")}
        super().__init__(data, initial=first)
        self.fields["topics"] = TopicsField(topics, present=goal.topics if goal else ALL)

    def values(self) -> dict:
        return {name: self.cleaned_data[name] for name in ("text", "horizon", "how_noticed", "topics")}


class MeasureForm(RevisionForm):
    """What, who, when, how often and where; the huvudman follows from the unit (PLA-2, PLA-4)."""

    WHO = {Doer.SELF: "Personen själv", Doer.RELATIVE: "Närstående", Doer.OTHER: "Någon annan"}
    text = PlainTextField(label="Vad ska göras?", help_text="Till exempel ”Vi tränar balans hemma hos dig.”", rows=2,
                          max_length=1000, missing="Skriv vad som ska göras.")  # fmt: skip
    who = forms.ChoiceField(label="Vem ansvarar?", error_messages={"required": "Välj vem som ansvarar."})
    doer_name = LineField(label="Namn och roll", required=False)
    starts_on = SwedishDateField(label="Börjar", required=False)
    ends_on = SwedishDateField(label="Klart senast", required=False)
    ongoing = forms.BooleanField(label="Pågår tills vidare", required=False)
    frequency = LineField(label="Hur ofta?", help_text="Till exempel ”Tisdagar och fredagar”", required=False)
    place = LineField(label="Var?", required=False)

    def __init__(self, data=None, *, choices, goal, measure=None, topics=()):
        first = {"revision": 1}
        if measure is not None:
            names = ("revision", "text", "doer_name", "starts_on", "ends_on", "ongoing", "frequency", "place")
            first = {name: getattr(measure, name) for name in names}
            first["who"] = f"unit:{measure.unit_id}" if measure.unit_id else measure.doer
        super().__init__(data, initial=first)
        units = choices.for_measure(measure.unit if measure is not None else None)
        self.fields["who"].choices = [("", "Välj"), *units, *self.WHO.items()]
        self.fields["topics"] = TopicsField(topics, present=(measure or goal).topics)

    def clean(self):
        values = self.cleaned_data
        start, end = values.get("starts_on"), values.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", "Slutdatumet ligger före startdatumet.")
        if end and values.get("ongoing"):
            self.add_error("ongoing", "Välj antingen ett slutdatum eller ”tills vidare”.")
        return values

    def values(self) -> dict:
        names = ("text", "doer_name", "starts_on", "ends_on", "ongoing", "frequency", "place", "topics")
        who = self.cleaned_data["who"]
        unit_id = int(who.removeprefix("unit:")) if who.startswith("unit:") else None
        return {
            **{name: self.cleaned_data[name] for name in names},
            "doer": Doer.UNIT if unit_id else Doer(who),
            "unit_id": unit_id,
        }

    def in_fields(self, stands: dict) -> dict:
        who = f"unit:{stands['unit_id']}" if stands["unit_id"] else stands["doer"]
        return super().in_fields(stands) | {"who": who}


class HandOutForm(forms.Form):
    recipient = LineField(label="Till vem?", max_length=150, missing="Skriv vem som fick planen.")
    how = forms.ChoiceField(label="Hur?", choices=HandedOutCopy.HOW, widget=forms.RadioSelect,
                            error_messages={"required": "Välj hur planen lämnades."})  # fmt: skip
    given_on = SwedishDateField(label="När?", past=True, missing="Skriv vilken dag planen lämnades.")


class ReportForm(forms.Form):
    """How it goes with one measure (UPP-5)."""

    status = forms.ChoiceField(label="Hur går det?", choices=MeasureStatus.choices, widget=forms.RadioSelect,
                               error_messages={"required": "Välj hur det går med insatsen."})  # fmt: skip
    reason = PlainTextField(label="Orsak eller kommentar", rows=2, max_length=1000, required=False,
                            help_text="Behövs om insatsen inte blev av.")  # fmt: skip


class FollowUpForm(forms.Form):
    """The questions of a follow-up (UPP-3), with one status per measure (UPP-5)."""

    held_on = SwedishDateField(label="Vilken dag följde ni upp?", past=True, missing="Skriv vilken dag ni följde upp.")
    meeting = forms.TypedChoiceField(label="Vid vilket möte?", coerce=int, empty_value=None, required=False)
    how_it_went = PlainTextField(label="Hur har det gått?", missing="Skriv hur det har gått.")
    helped = PlainTextField(label="Vad har hjälpt?", required=False)
    hindered = PlainTextField(label="Vad har hindrat?", required=False)
    effect = PlainTextField(label="Blev det som du ville?", required=False)
    new_circumstances = PlainTextField(label="Har något nytt hänt?", required=False)
    coordination_needed = forms.ChoiceField(
        label="Behövs samordning fortfarande?", choices=[("yes", "Ja"), ("no", "Nej")], widget=forms.RadioSelect,
        error_messages={"required": "Svara på om samordning fortfarande behövs."},
    )  # fmt: skip
    outcome = forms.ChoiceField(label="Vad gör ni nu?", choices=FollowUp.OUTCOMES, widget=forms.RadioSelect,
                                error_messages={"required": "Välj vad ni gör nu."})  # fmt: skip
    next_on = SwedishDateField(label="När är nästa uppföljning?", future=True, required=False,
                               help_text="Behövs inte om ni avslutar. Till exempel 2026-05-12")  # fmt: skip

    def __init__(self, data=None, *, measures, meetings, today, topics=()):
        super().__init__(data, initial={"held_on": today})
        self.measures = list(measures)
        listed = [(m.pk, f"{m.get_kind_display()} {swedish.short_date(m.starts_at)}") for m in meetings]
        self.fields["meeting"].choices = [("", "Inget möte"), *listed]
        if listed:
            self.initial["meeting"] = listed[0][0]
        self.fields["topics"] = TopicsField(topics, label="Vad handlar uppföljningen om?")
        for measure in self.measures:
            status, reason = f"status_{measure.pk}", f"reason_{measure.pk}"
            self.fields[status] = forms.ChoiceField(label="Hur gick det?", choices=MeasureStatus.choices)
            self.fields[reason] = LineField(label="Orsak", max_length=300, required=False)
            self.initial[status] = measure.latest.status if measure.latest else MeasureStatus.ONGOING

    def rows(self):
        """Each measure with its two fields."""
        return [(m, self[f"status_{m.pk}"], self[f"reason_{m.pk}"]) for m in self.measures]

    def clean(self):
        for measure in self.measures:
            missing = not self.cleaned_data.get(f"reason_{measure.pk}")
            if self.cleaned_data.get(f"status_{measure.pk}") == MeasureStatus.NOT_DONE and missing:
                self.add_error(f"reason_{measure.pk}", f"Skriv varför insatsen ”{measure.text[:60]}” inte blev av.")
        return self.cleaned_data

    def values(self) -> dict:
        names = ("held_on", "how_it_went", "helped", "hindered", "effect", "new_circumstances", "outcome", "next_on")
        values = {name: self.cleaned_data[name] for name in (*names, "topics")}
        values["coordination_needed"] = self.cleaned_data["coordination_needed"] == "yes"
        values["meeting_id"] = self.cleaned_data["meeting"]
        values["statuses"] = {
            m.pk: (self.cleaned_data[f"status_{m.pk}"], self.cleaned_data[f"reason_{m.pk}"]) for m in self.measures
        }
        return values


class CompareForm(forms.Form):
    """Two versions to lay side by side (PLA-5)."""

    older = forms.TypedChoiceField(label="Den här versionen", coerce=int)
    newer = forms.TypedChoiceField(label="jämfört med", coerce=int)

    def __init__(self, data=None, *, plans):
        self.plans = list(plans)
        numbers = [(plan.version, str(plan)) for plan in self.plans]
        first = {"older": numbers[1][0], "newer": numbers[0][0]} if len(numbers) > 1 else {}
        super().__init__(data, initial=first)
        self.fields["older"].choices = self.fields["newer"].choices = numbers

    def clean(self):
        if self.cleaned_data.get("older") == self.cleaned_data.get("newer"):
            raise forms.ValidationError("Välj två olika versioner.")
        return self.cleaned_data

    def chosen(self) -> dict:
        """The two in order of age, whichever was chosen first."""
        pair = sorted((self.cleaned_data["older"], self.cleaned_data["newer"]))
        return {"older": pair[0], "newer": pair[1]}
