"""Consents over the API: every answer, a new answer, a withdrawal (SAM-1 to SAM-8)."""

from django.core.exceptions import PermissionDenied
from drf_spectacular.utils import extend_schema, extend_schema_field, inline_serializer
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.response import Response

from cases.access import case_by
from cases.api import REFUSED
from cases.topic_codes import TopicCodes
from cases.topics import active
from consent import services
from consent.models import Answer, Consent, Form
from organisations import stepup
from organisations.endpoints import Endpoint, Line, Named, PlainText
from organisations.errors import RuleBroken
from organisations.models import Unit


class ConsentUnitOut(serializers.Serializer):
    unit = Named()
    whole_tree = serializers.BooleanField()


class GiverOut(serializers.Serializer):
    kind = serializers.CharField()
    share_answer = serializers.CharField()
    planning_answer = serializers.CharField()


class ExemptedIn(serializers.Serializer):
    unit = serializers.PrimaryKeyRelatedField(queryset=Unit.objects.active())
    topics = TopicCodes()


class ExemptedOut(serializers.Serializer):
    """What is not shared with a unit, for those who steer the case."""

    unit = Named()
    topics = TopicCodes()


class ConsentOut(serializers.Serializer):
    id = serializers.IntegerField()
    case = serializers.UUIDField(source="case_id")
    share_answer = serializers.ChoiceField(choices=Answer.choices)
    planning_answer = serializers.ChoiceField(choices=Answer.choices)
    form = serializers.ChoiceField(choices=Form.choices)
    informed_how = serializers.CharField()
    given_on = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)
    excluded_note = serializers.CharField()
    recorded_at = serializers.DateTimeField()
    superseded_at = serializers.DateTimeField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    units = ConsentUnitOut(many=True)
    exempted = serializers.SerializerMethodField()
    givers = GiverOut(many=True)

    @extend_schema_field(ExemptedOut(many=True))
    def get_exempted(self, consent):
        return ExemptedOut(consent.exemptions.all(), many=True, context=self.context).data


class GuardianIn(serializers.Serializer):
    name = Line(max_length=150)
    share_answer = serializers.ChoiceField(choices=Answer.choices)
    planning_answer = serializers.ChoiceField(choices=Answer.choices)


def units_field(help_text=""):
    return serializers.PrimaryKeyRelatedField(
        queryset=Unit.objects.active(), many=True, required=False, help_text=help_text
    )


class RecordIn(serializers.Serializer):
    case = serializers.UUIDField()
    form = serializers.ChoiceField(choices=Form.choices)
    given_on = serializers.DateField()
    share_answer = serializers.ChoiceField(choices=Answer.choices, required=False)
    planning_answer = serializers.ChoiceField(choices=Answer.choices, required=False)
    informed_how = PlainText(required=False, allow_blank=True)
    valid_to = serializers.DateField(required=False, allow_null=True)
    excluded_note = PlainText(required=False, allow_blank=True)
    may_tell_other_sip = serializers.BooleanField(required=False)
    child_view = PlainText(required=False, allow_blank=True)
    units = units_field("Enheter som samtycket omfattar.")
    trees = units_field("Enheter som omfattas tillsammans med alla under dem.")
    new_units = units_field("Enheter som omfattas och blir aktörer.")
    exempted = ExemptedIn(many=True, required=False, help_text="Det som inte delas med en enhet. Utan: som i dag.")
    other_ground = serializers.BooleanField(
        required=False, help_text="Ett nej till att dela avslutar inte ärendet: en annan rättslig grund skrivs in."
    )
    guardians = GuardianIn(many=True, required=False)

    def validate_guardians(self, rows):
        return [services.Giver(**row) for row in rows]


class WithdrawIn(serializers.Serializer):
    form = serializers.ChoiceField(choices=Form.choices)


RECEIPT = inline_serializer("WithdrawalReceipt", {"reference": serializers.CharField()})


class ConsentApi(Endpoint):
    queryset = Consent.objects.all()
    serializer_class = ConsentOut
    lookup_value_converter = "int"
    actions_required = {
        "list": "cases.view",
        "retrieve": "cases.view",
        "create": "consent.record",
        "withdraw": "consent.withdraw",
    }

    def rows(self):
        return Consent.objects.select_related("case").prefetch_related(
            "units__unit", "givers", "texts", "exemptions__unit"
        )

    @extend_schema(
        responses=ConsentOut(many=True), summary="Svar om samtycke i de ärenden som enheten ser, nyast först"
    )
    def list(self, request):
        rows = self.rows().order_by("-recorded_at", "-pk")
        return self.page_of(
            rows, ConsentOut, event="consent.listed", persons=lambda row: row.case.person_id,
            context={"topics": active()},
        )  # fmt: skip

    @extend_schema(responses=ConsentOut, summary="Ett svar om samtycke")
    def retrieve(self, request, pk=None):
        consent = get_object_or_404(self.rows(), pk=pk)
        case_by(self.actor, consent.case_id, to=self.rule)
        return Response(self.told(consent))

    def told(self, consent) -> dict:
        return ConsentOut(consent, context={"topics": active()}).data

    @extend_schema(
        request=RecordIn,
        responses={201: ConsentOut, 204: None, 409: REFUSED},
        summary="Dokumentera ett svar",
        description="Ett nej efter att kallelse har gått ut är en återkallelse: ärendet avslutas och svaret är 204.",
    )
    def create(self, request):
        values = self.typed(RecordIn)
        case = case_by(self.actor, values.pop("case"), to=self.rule)
        if "exempted" in values:
            values["exempted"] = {row["unit"].pk: max(row["topics"], 0) for row in values["exempted"]}
        if services.widens(case, **values) and not stepup.is_fresh(request):
            raise PermissionDenied("Det här öppnar mer än i dag. Logga in igen på webbplatsen och gör om det.")
        consent = services.record(case=case, by=self.actor, **values)
        if consent is None:
            return Response(status=status.HTTP_204_NO_CONTENT)
        return Response(self.told(self.rows().get(pk=consent.pk)), status=status.HTTP_201_CREATED)

    @extend_schema(
        request=WithdrawIn,
        responses={200: RECEIPT, 409: REFUSED},
        summary="Dokumentera att samtycket återkallas",
        description="Ärendet avslutas för alla. Enheten kan sakna åtkomst efteråt; svaret är ett kvitto.",
    )
    @action(detail=True, methods=["post"])
    def withdraw(self, request, pk=None):
        consent = get_object_or_404(self.rows(), pk=pk)
        case = case_by(self.actor, consent.case_id, to=self.rule)
        if consent.superseded_at:
            raise RuleBroken("Det samtycket är ersatt av ett senare.")
        reference = services.withdraw(case=case, by=self.actor, **self.typed(WithdrawIn))
        return Response({"reference": reference})
