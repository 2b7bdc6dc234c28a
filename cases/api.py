"""Cases over the API: the same door and the same services as the pages."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field, inline_serializer
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.response import Response

from cases import numbers, services
from cases.access import case_by
from cases.enums import Protection, Reason, State
from cases.models import Case
from cases.text_models import TextKey
from cases.topic_codes import TopicCodes
from cases.topics import codes_of
from organisations.endpoints import Endpoint, Line, Named, PlainText
from organisations.enums import Role
from organisations.errors import RuleBroken
from organisations.models import Unit


class CaseRow(serializers.Serializer):
    """A case in a list; a coordinator, who has the flow without content, gets no name."""

    id = serializers.UUIDField()
    reference = serializers.CharField()
    state = serializers.ChoiceField(choices=State.choices)
    need_found_on = serializers.DateField()
    opened_at = serializers.DateTimeField()
    closed_on = serializers.DateField(allow_null=True)
    owner_unit = Named()
    lead_unit = Named(allow_null=True)
    name = serializers.SerializerMethodField()

    def get_name(self, case) -> str:
        return "" if self.context["nameless"] else case.shown_name


class PartyOut(serializers.Serializer):
    unit = Named()
    obligation = serializers.CharField()
    started_on = serializers.DateField()
    ended_on = serializers.DateField(allow_null=True)


class DeadlineOut(serializers.Serializer):
    kind = serializers.CharField()
    due_on = serializers.DateField()
    statutory = serializers.BooleanField()
    met_at = serializers.DateTimeField(allow_null=True)


class CaseOut(CaseRow):
    """A whole case; a protection mark keeps name, number, phone and address out."""

    number = serializers.SerializerMethodField()
    phone = serializers.SerializerMethodField()
    address = serializers.SerializerMethodField()
    protection = serializers.ChoiceField(choices=Protection.choices)
    reasons = serializers.ListField(
        child=serializers.ChoiceField(choices=Reason.choices), help_text="Tomt när de inte delas med enheten."
    )
    reason_note = serializers.CharField()
    need_topics = serializers.SerializerMethodField(help_text="Ämnen för skälen och beskrivningen.")
    language = serializers.CharField()
    interpreter = serializers.BooleanField()
    inpatient = serializers.BooleanField()
    discharge_ready_at = serializers.DateTimeField(allow_null=True)
    lead_staff = Named(allow_null=True)
    close_reason = serializers.CharField()
    other_plan = serializers.CharField()
    parties = serializers.SerializerMethodField()
    deadlines = serializers.SerializerMethodField()

    def get_need_topics(self, case) -> list[str]:
        return codes_of(case.topics_of(TextKey.REASON_NOTE))

    def get_number(self, case) -> str:
        return "" if case.is_protected else case.person.number

    def get_phone(self, case) -> str:
        return "" if case.is_protected else case.phone

    def get_address(self, case) -> str:
        return "" if case.is_protected else case.address

    @extend_schema_field(PartyOut(many=True))
    def get_parties(self, case):
        return PartyOut(case.participations.with_names().order_by("pk"), many=True).data

    @extend_schema_field(DeadlineOut(many=True))
    def get_deadlines(self, case):
        return DeadlineOut(case.deadlines.filter(cancelled_at=None).order_by("due_on", "pk"), many=True).data


class StartIn(serializers.Serializer):
    number = serializers.CharField(max_length=40, help_text="Personnummer, samordningsnummer eller reservnummer.")
    given_name = Line(max_length=100)
    family_name = Line(max_length=100)
    reasons = serializers.MultipleChoiceField(choices=Reason.choices, allow_empty=False)
    need_found_on = serializers.DateField()
    reason_note = PlainText(required=False, allow_blank=True, max_length=2000)
    need_topics = TopicCodes(required=False, help_text="Vad skälen och beskrivningen handlar om; inget är alla ämnen.")
    phone = Line(required=False, allow_blank=True, max_length=30)
    address = Line(required=False, allow_blank=True, max_length=300)
    language = Line(required=False, allow_blank=True, max_length=60)
    interpreter = serializers.BooleanField(required=False)
    protection = serializers.ChoiceField(choices=Protection.choices, required=False)
    even_if_open = serializers.BooleanField(
        required=False, default=False, help_text="Starta fast enheten redan har ett öppet ärende för personen."
    )

    def validate_number(self, text):
        try:
            return numbers.parse(text, today=timezone.localdate())
        except numbers.BadNumber as error:
            raise serializers.ValidationError(str(error)) from error


class PartyIn(serializers.Serializer):
    unit = serializers.PrimaryKeyRelatedField(queryset=Unit.objects.active())


class ReadyIn(serializers.Serializer):
    at = serializers.DateTimeField(help_text="När personen blev utskrivningsklar.")


# What a refused service answers with.
REFUSED = inline_serializer("Refused", {"detail": serializers.CharField(), "field": serializers.CharField()})


class CaseApi(Endpoint):
    queryset = Case.objects.all()
    serializer_class = CaseOut
    lookup_value_converter = "uuid"
    actions_required = {
        "list": "cases.list",
        "retrieve": "cases.view",
        "create": "cases.start",
        "parties": "cases.add_party",
        "discharge_ready": "cases.discharge_ready",
    }

    @extend_schema(responses=CaseRow(many=True), summary="De ärenden som enheten ser, nyast först")
    def list(self, request):
        nameless = self.actor.role == Role.SIP_COORDINATOR
        rows = Case.objects.with_names().order_by("-opened_at", "pk")
        return self.page_of(
            rows, CaseRow, event="cases.listed", persons=lambda row: row.person_id, context={"nameless": nameless}
        )

    @extend_schema(responses=CaseOut, summary="Ett ärende")
    def retrieve(self, request, pk=None):
        return Response(self.told(case_by(self.actor, pk, to=self.rule)))

    @extend_schema(request=StartIn, responses={201: CaseOut, 409: REFUSED}, summary="Starta en SIP")
    def create(self, request):
        values = self.typed(StartIn)
        found = values.pop("number")
        if not values.pop("even_if_open") and services.own_open_case(number=found.canonical, by=self.actor):
            raise RuleBroken("Enheten har redan ett öppet ärende för personen.", field="number")
        values["reasons"] = sorted(values["reasons"])
        case = services.start(number=found.canonical, id_kind=found.kind, by=self.actor, **values)
        return Response(self.told(case), status=status.HTTP_201_CREATED)

    @extend_schema(request=PartyIn, responses={201: CaseOut, 409: REFUSED}, summary="Lägg till en aktör")
    @action(detail=True, methods=["post"])
    def parties(self, request, pk=None):
        case = case_by(self.actor, pk, to=self.rule)
        services.add_party(case=case, by=self.actor, **self.typed(PartyIn))
        return Response(self.told(case), status=status.HTTP_201_CREATED)

    @extend_schema(request=ReadyIn, responses={200: CaseOut, 409: REFUSED}, summary="Personen är utskrivningsklar")
    @action(detail=True, methods=["post"], url_path="discharge-ready")
    def discharge_ready(self, request, pk=None):
        case = case_by(self.actor, pk, to=self.rule)
        services.discharge_ready(case=case, by=self.actor, **self.typed(ReadyIn))
        return Response(self.told(case))

    def told(self, case) -> dict:
        return CaseOut(case, context={"nameless": False}).data
