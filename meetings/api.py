"""Meetings over the API: call, answer, hold, move, cancel (KAL, MOT)."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.response import Response

from cases.access import case_by
from cases.api import REFUSED
from cases.models import OutsideParty
from cases.topic_codes import TopicCodes
from cases.topics import active, codes_of
from meetings import services
from meetings.forms import staff_of
from meetings.models import AnswerKind, Invitation, Meeting, MeetingForm, MeetingState, MeetingTextKey
from organisations.endpoints import Endpoint, Line, Named, PlainText
from organisations.errors import RuleBroken
from organisations.models import Staff, Unit
from preparation import selectors as preparation
from preparation.models import BookingState

BEFORE = ("case__preparation_texts", "case__bookings")


class InvitationOut(serializers.Serializer):
    id = serializers.IntegerField()
    unit = Named(allow_null=True)
    outside_party = Named(allow_null=True)
    has_duty = serializers.BooleanField()
    answer = serializers.ChoiceField(choices=AnswerKind.choices)
    attendee_name = serializers.CharField()
    attendee_title = serializers.CharField()
    read_at = serializers.DateTimeField(allow_null=True)


class InterpreterOut(serializers.Serializer):
    """Where the booking stands for the next meeting (KAL-6)."""

    state = serializers.ChoiceField(choices=BookingState.choices)
    language = serializers.CharField()
    form = serializers.CharField()


class MeetingOut(serializers.Serializer):
    id = serializers.IntegerField()
    case = serializers.UUIDField(source="case_id")
    kind = serializers.CharField()
    state = serializers.ChoiceField(choices=MeetingState.choices)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    form = serializers.ChoiceField(choices=MeetingForm.choices)
    place = serializers.CharField()
    link = serializers.CharField()
    agenda = serializers.CharField(help_text="Tomt när det inte delas med enheten.")
    professions = serializers.CharField()
    topics = serializers.SerializerMethodField(help_text="Ämnen för det som ska tas upp.")
    connection_help = serializers.CharField()
    chair = Named()
    writer = Named()
    invitations = InvitationOut(many=True)
    question = serializers.SerializerMethodField(help_text="Frågeställningen. Tom när den inte delas med enheten.")
    interpreter = serializers.SerializerMethodField()

    def get_question(self, meeting) -> str:
        return preparation.question(meeting.case, whole=True)

    @extend_schema_field(InterpreterOut)
    def get_interpreter(self, meeting) -> dict:
        return InterpreterOut(preparation.interpreter(meeting.case)).data

    def get_topics(self, meeting) -> list[str]:
        return codes_of(meeting.topics_of(MeetingTextKey.AGENDA), self.context["topics"])


def many(queryset):
    return serializers.PrimaryKeyRelatedField(queryset=queryset, many=True, required=False)


class DetailsIn(serializers.Serializer):
    """What a kallelse says (KAL-2); chair and writer are the caller unless somebody else is named."""

    units = many(Unit.objects.active())
    outside = many(OutsideParty.objects.filter(removed_at=None))
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    form = serializers.ChoiceField(choices=MeetingForm.choices)
    agenda = PlainText()
    place = Line(required=False, allow_blank=True, default="", max_length=300)
    link = Line(required=False, allow_blank=True, default="", max_length=300)
    professions = Line(required=False, allow_blank=True, default="", max_length=300)
    connection_help = PlainText(required=False, allow_blank=True, default="", max_length=1000)
    topics = TopicCodes(required=False, help_text="Vad det som ska tas upp handlar om; inget är alla ämnen.")
    chair = serializers.IntegerField(required=False)
    writer = serializers.IntegerField(required=False)

    def validate_starts_at(self, at):
        if at < timezone.now():
            raise serializers.ValidationError("Tiden har passerat. Välj en tid som inte har varit än.")
        return at


class CallIn(DetailsIn):
    case = serializers.UUIDField()


class MoveIn(DetailsIn):
    why = PlainText()
    why_topics = TopicCodes(required=False)


class AnswerIn(serializers.Serializer):
    answer = serializers.ChoiceField(choices=[c for c in AnswerKind.choices if c[0] != AnswerKind.NONE])
    attendee_name = Line(required=False, allow_blank=True, default="", max_length=150)
    attendee_title = Line(required=False, allow_blank=True, default="", max_length=100)
    note = PlainText(required=False, allow_blank=True, default="")
    topics = TopicCodes(required=False, help_text="Vad kommentaren handlar om.")


class HoldIn(serializers.Serializer):
    came = serializers.ListField(child=serializers.IntegerField(), help_text="Id för de kallelser vars mottagare kom.")
    person_came = serializers.BooleanField()
    others = serializers.ListField(child=Line(max_length=150), required=False, default=list)
    note = PlainText(required=False, allow_blank=True, default="")
    topics = TopicCodes(required=False, help_text="Vad anteckningen handlar om.")


class WhyIn(serializers.Serializer):
    why = PlainText()
    topics = TopicCodes(required=False)


class MeetingApi(Endpoint):
    queryset = Meeting.objects.all()
    serializer_class = MeetingOut
    lookup_value_converter = "int"
    actions_required = {
        "list": "cases.view",
        "retrieve": "cases.view",
        "create": "meetings.call",
        "answer": "meetings.answer",
        "hold": "meetings.hold",
        "move": "meetings.change",
        "cancel": "meetings.change",
    }

    def rows(self):
        found = Meeting.objects.select_related("case", "chair", "writer", "called_by")
        return found.prefetch_related("invitations__unit", "invitations__outside_party", "texts", *BEFORE)

    def both(self, pk):
        """The meeting and its case, through the door."""
        meeting = get_object_or_404(self.rows(), pk=pk)
        return case_by(self.actor, meeting.case_id, to=self.rule), meeting

    def told(self, meeting, code=status.HTTP_200_OK):
        shown = MeetingOut(self.rows().get(pk=meeting.pk), context={"topics": active()})
        return Response(shown.data, status=code)

    @extend_schema(responses=MeetingOut(many=True), summary="Möten i de ärenden som enheten ser, senaste först")
    def list(self, request):
        rows = self.rows().order_by("-starts_at", "-pk")
        return self.page_of(
            rows, MeetingOut, event="meetings.listed", persons=lambda row: row.case.person_id,
            context={"topics": active()},
        )  # fmt: skip

    @extend_schema(responses=MeetingOut, summary="Ett möte")
    def retrieve(self, request, pk=None):
        return self.told(self.both(pk)[1])

    @extend_schema(request=CallIn, responses={201: MeetingOut, 409: REFUSED}, summary="Kalla till möte")
    def create(self, request):
        values = self.typed(CallIn)
        case = case_by(self.actor, values.pop("case"), to=self.rule)
        meeting = services.call(case=case, by=self.actor, **self.details(case, values))
        return self.told(meeting, status.HTTP_201_CREATED)

    @extend_schema(request=AnswerIn, responses={200: MeetingOut, 409: REFUSED}, summary="Svara för den egna enheten")
    @action(detail=True, methods=["post"])
    def answer(self, request, pk=None):
        case, meeting = self.both(pk)
        invitation = get_object_or_404(
            Invitation.objects.select_related("meeting", "unit"), meeting=meeting, unit_id=self.actor.unit_id
        )
        services.answer(case=case, invitation=invitation, by=self.actor, **self.typed(AnswerIn))
        return self.told(meeting)

    @extend_schema(request=HoldIn, responses={200: MeetingOut, 409: REFUSED}, summary="Mötet hölls")
    @action(detail=True, methods=["post"])
    def hold(self, request, pk=None):
        case, meeting = self.both(pk)
        services.hold(case=case, meeting=meeting, by=self.actor, **self.typed(HoldIn))
        return self.told(meeting)

    @extend_schema(request=MoveIn, responses={201: MeetingOut, 409: REFUSED}, summary="Flytta mötet")
    @action(detail=True, methods=["post"])
    def move(self, request, pk=None):
        case, meeting = self.both(pk)
        values = self.details(case, self.typed(MoveIn))
        return self.told(services.move(case=case, meeting=meeting, by=self.actor, **values), status.HTTP_201_CREATED)

    @extend_schema(request=WhyIn, responses={200: MeetingOut, 409: REFUSED}, summary="Ställ in mötet")
    @action(detail=True, methods=["post"])
    def cancel(self, request, pk=None):
        case, meeting = self.both(pk)
        services.cancel(case=case, meeting=meeting, by=self.actor, **self.typed(WhyIn))
        return self.told(meeting)

    def details(self, case, values) -> dict:
        """The service's arguments: lists without gaps, participants of this case, staff of the units that meet."""
        units, outside = values.pop("units", []), values.pop("outside", [])
        if any(party.case_id != case.pk for party in outside):
            raise RuleBroken("En av deltagarna hör inte till ärendet.", field="outside")
        at_table = [case.owner_unit_id, self.actor.unit_id, *(unit.pk for unit in units)]
        named = {role: self.colleague(values.pop(role, None), at_table, role) for role in ("chair", "writer")}
        return values | named | {"units": units, "outside": outside}

    def colleague(self, staff_id, unit_ids, field) -> Staff:
        found = staff_of(unit_ids, None).filter(pk=staff_id or self.actor.staff_id).first()
        if found is None:
            raise RuleBroken("Välj någon som arbetar på en enhet som är med.", field=field)
        return found
