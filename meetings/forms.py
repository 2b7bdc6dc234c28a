"""The forms of meetings: the kallelse, an answer, attendance, and a reason."""

from django import forms
from django.db.models import Q
from django.utils import timezone

from cases.models import OutsideParty
from cases.topicfield import TopicsField, fill_topics
from consent import coverage
from consent.forms import UnitChoices
from meetings import answering, forwarding, outcome, rules
from meetings.forwarding_forms import AnswerFields, ReceptionFields
from meetings.models import AnsweredHow, AnswerKind, MeetingForm, MeetingTextKey
from meetings.standing import PicksStandingTime
from organisations import swedish
from organisations.enums import Role
from organisations.formfields import LineField, PlainTextField, SwedishDateField, SwedishTimeField
from organisations.models import Assignment, Staff, Unit

WORK_WITH_CASES = (Role.HANDLER, Role.RECEPTION, Role.MANAGER)


class OutsideChoices(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, party):
        how = "brev" if party.tell_by == "letter" else "telefon"
        return f"{party.name}, {party.relation or party.get_kind_display().lower()}. Meddelas genom {how}"


class StaffChoice(forms.ModelChoiceField):
    def label_from_instance(self, staff):
        return f"{staff.name}, {staff.title}"


class CallForm(PicksStandingTime, ReceptionFields):
    """Everything a kallelse says (KAL-2)."""

    day = SwedishDateField(label="Datum", future=True, missing="Välj ett datum för mötet.")
    starts = SwedishTimeField(label="Börjar", missing="Skriv när mötet börjar.")
    ends = SwedishTimeField(label="Slutar", missing="Skriv när mötet slutar.", help_text="Till exempel 14.30")
    form = forms.ChoiceField(
        label="Hur träffas ni?",
        choices=MeetingForm.choices,
        widget=forms.RadioSelect,
        help_text="Välj det som personen vill.",
        error_messages={"required": "Välj hur ni träffas."},
    )
    place = LineField(label="Plats", max_length=300, required=False)
    link = LineField(label="Länk eller telefonnummer", max_length=300, required=False)
    connection_help = PlainTextField(
        label="Hjälp med uppkopplingen",
        help_text="Vem hjälper personen att koppla upp sig, och hur?",
        required=False,
        rows=2,
        max_length=1000,
    )
    agenda = PlainTextField(
        label="Det här ska vi prata om",
        help_text="Skriv så att alla kan förbereda sig. En fråga per rad.",
        rows=4,
        missing="Skriv vad mötet ska handla om.",
    )
    topics = TopicsField(label="Vad handlar det ni ska prata om?")
    units = UnitChoices(label="Kommun, region och andra enheter")
    outside = OutsideChoices(queryset=OutsideParty.objects.none(), required=False, label="Närstående och andra")
    professions = LineField(
        label="Yrken som behövs",
        help_text="Till exempel läkare, fysioterapeut, socialsekreterare",
        required=False,
        max_length=300,
    )
    chair = StaffChoice(queryset=Staff.objects.none(), label="Leder mötet", empty_label=None)
    writer = StaffChoice(queryset=Staff.objects.none(), label="Skriver planen", empty_label=None)

    def __init__(self, data=None, *, case, by, meeting=None, **kwargs):
        self.consent = coverage.current(case)
        self.guests = rules.guests(case, by, self.consent)
        self.alone = forwarding.alone(case, meeting) if meeting else set()
        outside = case.outside_parties.filter(removed_at=None).order_by("name", "pk")
        agenda, about = ("", meeting.topics_of(MeetingTextKey.AGENDA)) if meeting else outcome.waiting(case)
        own = {"chair": by.staff_id, "writer": by.staff_id, "agenda": agenda}
        kwargs["initial"] = self.from_meeting(meeting) if meeting else own
        super().__init__(data, **kwargs)
        fill_topics(self, topics=about)
        self.offer_standing_times(case, by, self.guests)
        callable_ids = [guest.unit.pk for guest in self.guests if guest.covered]
        may_have = [*callable_ids, *self.alone]
        self.fields["units"].queryset = Unit.objects.with_names().filter(pk__in=may_have).order_by("name")
        self.fields["outside"].queryset = outside
        self.has_units, self.has_outside = bool(may_have), outside.exists()
        self.ask_for_reception([guest.unit for guest in self.guests if guest.covered])
        staff = staff_of([case.owner_unit_id, by.unit_id, *callable_ids], meeting)
        self.fields["chair"].queryset = self.fields["writer"].queryset = staff
        if not meeting:
            self.initial["units"] = callable_ids
            self.initial["outside"] = [party.pk for party in outside]

    def from_meeting(self, meeting) -> dict:
        start = {
            name: getattr(meeting, name)
            for name in ("form", "place", "link", "connection_help", "agenda", "professions")
        }
        start |= {"chair": meeting.chair_id, "writer": meeting.writer_id}
        start |= {"day": timezone.localdate(meeting.starts_at)}
        start |= {
            "starts": timezone.localtime(meeting.starts_at).time(),
            "ends": timezone.localtime(meeting.ends_at).time(),
        }
        invited = list(meeting.invitations.all())
        start["units"] = [i.unit_id for i in invited if i.unit_id]
        start["outside"] = [i.outside_party_id for i in invited if i.outside_party_id]
        return start

    @property
    def uncovered(self):
        """Parties that cannot be called, since the person has not agreed to them."""
        return [guest.unit for guest in self.guests if not guest.covered and guest.unit.pk not in self.alone]

    @property
    def waiting(self):
        """Parties that get the kallelse alone, until the person's yes."""
        return [guest.unit for guest in self.guests if guest.unit.pk in self.alone]

    def clean(self):
        data = super().clean()
        for field, sentence in rules.missing_where(data.get("form"), data.get("place"), data.get("link")).items():
            if field not in self.errors:
                self.add_error(field, sentence)
        if not data.get("units") and not data.get("outside") and not {"units", "outside"} & set(self.errors):
            self.add_error("units", rules.NOBODY)
        if not self.use_standing_time(data) and all(data.get(name) for name in ("day", "starts", "ends")):
            data["starts_at"] = swedish.instant(data["day"], data["starts"])
            data["ends_at"] = swedish.instant(data["day"], data["ends"])
            if data["ends_at"] <= data["starts_at"]:
                self.add_error("ends", "Mötet måste sluta efter att det börjar.")
            elif data["starts_at"] < timezone.now():
                self.add_error("starts", "Tiden har passerat. Välj en tid som inte har varit än.")
        return data

    def values(self) -> dict:
        """The arguments of `services.call` and `services.move`."""
        values = {k: v for k, v in self.cleaned_data.items() if k not in ("day", "starts", "ends", "slot")}
        return values | {"units": list(values["units"]), "outside": list(values["outside"])}


def staff_of(unit_ids, meeting):
    """Those who work with cases at the units, and who was chosen before."""
    today = Assignment.objects.valid_on(timezone.localdate())
    at_work = Q(pk__in=today.filter(unit_id__in=unit_ids, role__in=WORK_WITH_CASES).values("staff_id"))
    chosen = Q(pk__in=[meeting.chair_id, meeting.writer_id] if meeting else [])
    return Staff.objects.filter(at_work | chosen).order_by("name")


class MoveForm(CallForm):
    """A new time; everything may be changed, and all get a new kallelse."""

    why = PlainTextField(
        label="Varför flyttas mötet?", help_text="Syns för alla som är kallade.", max_length=1000, rows=2
    )
    why_topics = TopicsField(label="Vad handlar skälet om?")
    field_order = ["why", "why_topics", *CallForm.base_fields]


class AnswerForm(AnswerFields):
    """Who comes from the unit (KAL-5)."""

    how = forms.ChoiceField(
        label="Hur fick du svaret?",
        choices=[(one.value, one.label) for one in (AnsweredHow.PHONE, AnsweredHow.LETTER)],
        widget=forms.RadioSelect,
        error_messages={"required": "Välj hur du fick svaret."},
    )
    note = PlainTextField(label="Kommentar", max_length=2000, required=False, rows=2)
    today = PlainTextField(
        label="Det här gör ni i dag",
        help_text="Fyll bara i om ni inte kommer. Alla som får läsa om ämnet ser det.",
        max_length=2000,
        required=False,
        rows=2,
    )
    topics = TopicsField(label="Vad handlar det du skriver om?")
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, case, invitation, by=None, **kwargs):
        self.invitation = invitation
        start = {name: getattr(invitation, name) for name in self.KEPT}
        start |= {"note": invitation.answer_note, "today": invitation.today, "seen": answering.stamp(invitation)}
        if invitation.answer == AnswerKind.NONE and by:
            start |= {"attendee_name": by.name, "attendee_title": by.title}
        start["how"] = invitation.answered_how
        super().__init__(data, has_duty=invitation.has_duty, initial=start, **kwargs)
        if by:
            del self.fields["how"]
        fill_topics(self, topics=invitation.topics_of(MeetingTextKey.ANSWER_NOTE))
        if not answering.may_say_today(case, invitation):
            del self.fields["today"]

    def clean_seen(self) -> str | None:
        return self.cleaned_data["seen"] if "seen" in self.data else None

    def stand_on_what_was_told(self) -> None:
        """When the writer has been told of somebody else's answer, the next try is one that knows of it."""
        if answering.overtaken(self.invitation) in self.errors.get("answer", []):
            self.data = self.data.copy()
            self.data["seen"] = answering.stamp(self.invitation)


class HoldForm(forms.Form):
    """Who came (MOT-3)."""

    person_came = forms.BooleanField(label="Personen själv var med", required=False, initial=True)
    came = forms.MultipleChoiceField(
        label="Kom till mötet",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": "En av deltagarna går inte att välja. Välj bland dem som visas."},
    )
    others = PlainTextField(
        label="Andra som var med",
        help_text="Namn och roll, en person per rad.",
        required=False,
        rows=2,
        max_length=1500,
    )
    note = PlainTextField(
        label="Anteckning om hur mötet gick till",
        help_text="Till exempel att ni tog rådrum. Det ni kom överens om skrivs i planen.",
        required=False,
        max_length=2000,
    )

    topics = TopicsField(label="Vad handlar anteckningen om?")
    afterwards = forms.BooleanField(
        label="Mötet hölls utan systemet, och jag för in det i efterhand",
        help_text="Det märks ”fört efter mötet”, med dag och ditt namn.",
        required=False,
    )

    def __init__(self, data=None, *, meeting, **kwargs):
        super().__init__(data, **kwargs)
        fill_topics(self)
        invited = meeting.invitations.select_related("unit", "outside_party").order_by("pk")
        self.fields["came"].choices = [(str(i.pk), self.named(i)) for i in invited]
        self.initial["came"] = [str(i.pk) for i in invited if i.answer in (AnswerKind.COMING, AnswerKind.DELEGATE)]

    def named(self, invitation) -> str:
        where = str(invitation.unit or invitation.outside_party)
        return f"{where}: {invitation.attendee_name}" if invitation.attendee_name else where

    def clean_others(self):
        lines = [line.strip()[:150] for line in self.cleaned_data["others"].splitlines() if line.strip()]
        if len(lines) > 30:
            raise forms.ValidationError("Skriv högst 30 personer.")
        return lines

    def values(self) -> dict:
        return self.cleaned_data | {"came": [int(pk) for pk in self.cleaned_data["came"]]}


class CancelForm(forms.Form):
    """Why the meeting is cancelled."""

    why = PlainTextField(
        label="Varför ställs mötet in?",
        help_text="Syns för alla som är kallade.",
        missing="Skriv varför mötet ställs in.",
        max_length=1000,
    )
    topics = TopicsField(label="Vad handlar skälet om?")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        fill_topics(self)
