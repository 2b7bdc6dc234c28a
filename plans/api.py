"""Plans over the API: read, write blocks, approve, follow up; every write needs If-Match (PLA-2 to PLA-5, UPP-3)."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, inline_serializer
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.generics import get_object_or_404
from rest_framework.response import Response

from cases import topics
from cases.access import case_by
from cases.api import REFUSED
from organisations import stepup
from organisations.endpoints import Endpoint, Line, Named, PlainText, etag, must_match
from organisations.errors import RuleBroken
from organisations.models import Staff, Unit
from plans import approval, export, followups, services
from plans.models import AgreedForm, BlockKey, Doer, FollowUp, MeasureState, MeasureStatus, Plan, PlanState

IF_MATCH = OpenApiParameter(
    "If-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, required=True, description="Planens ETag, som den lästes."
)
PROBLEMS = {409: REFUSED, 412: REFUSED, 428: inline_serializer("NoIfMatch", {"detail": serializers.CharField()})}


@extend_schema_field(serializers.ListField(child=serializers.SlugField()))
class TopicCodes(serializers.Field):
    """The topics that a text is about, by code, and as a mask in the database (SAM-3)."""

    def to_representation(self, value):
        return topics.codes_of(value, self.context["topics"])

    def to_internal_value(self, data):
        codes = serializers.ListField(child=serializers.SlugField(max_length=50)).run_validation(data)
        try:
            return topics.mask_of(codes)
        except KeyError:
            raise serializers.ValidationError("Ämnet finns inte.") from None


class MeasureOut(serializers.Serializer):
    id = serializers.IntegerField()
    text = serializers.CharField()
    doer = serializers.ChoiceField(choices=Doer.choices)
    doer_name = serializers.CharField()
    unit = Named(allow_null=True)
    authority = Named(allow_null=True)
    starts_on = serializers.DateField(allow_null=True)
    ends_on = serializers.DateField(allow_null=True)
    ongoing = serializers.BooleanField()
    frequency = serializers.CharField()
    place = serializers.CharField()
    state = serializers.SerializerMethodField(help_text="Enhetens svar; null om ingen enhet ska göra insatsen.")
    confirmed_at = serializers.DateTimeField(allow_null=True)
    declined_why = serializers.CharField()
    topics = TopicCodes()

    @extend_schema_field(serializers.ChoiceField(choices=MeasureState.choices, allow_null=True))
    def get_state(self, measure):
        return measure.state if measure.doer == Doer.UNIT else None


class GoalOut(serializers.Serializer):
    id = serializers.IntegerField()
    text = serializers.CharField()
    horizon = serializers.CharField()
    how_noticed = serializers.CharField()
    topics = TopicCodes()
    measures = MeasureOut(many=True)


class PlanRow(serializers.Serializer):
    id = serializers.IntegerField()
    case = serializers.UUIDField(source="case_id")
    version = serializers.IntegerField()
    state = serializers.ChoiceField(choices=PlanState.choices)
    revision = serializers.IntegerField()
    saved_at = serializers.DateTimeField()
    approved_at = serializers.DateTimeField(allow_null=True)


class PlanOut(PlanRow):
    """A text that is not shared with the reader has no field, whatever it says; `hidden` names it."""

    what_matters = serializers.CharField(source="words.what_matters", required=False)
    why = serializers.CharField(source="words.why", required=False)
    strengths = serializers.CharField(source="words.strengths", required=False)
    situation = serializers.CharField(source="words.situation", required=False)
    long_term_goal = serializers.CharField(source="words.long_term_goal", required=False)
    own_measures = serializers.CharField(source="words.own_measures", required=False)
    relatives_measures = serializers.CharField(source="words.relatives_measures", required=False)
    others_measures = serializers.CharField(source="words.others_measures", required=False)
    others_nobody = serializers.BooleanField()
    crisis_green_signs = serializers.CharField(source="words.crisis_green_signs", required=False)
    crisis_green_self = serializers.CharField(source="words.crisis_green_self", required=False)
    crisis_green_call = serializers.CharField(source="words.crisis_green_call", required=False)
    crisis_green_we_do = serializers.CharField(source="words.crisis_green_we_do", required=False)
    crisis_signs = serializers.CharField(source="words.crisis_signs", required=False)
    crisis_self = serializers.CharField(source="words.crisis_self", required=False)
    crisis_call = serializers.CharField(source="words.crisis_call", required=False)
    crisis_we_do = serializers.CharField(source="words.crisis_we_do", required=False)
    crisis_red_signs = serializers.CharField(source="words.crisis_red_signs", required=False)
    crisis_red_self = serializers.CharField(source="words.crisis_red_self", required=False)
    crisis_red_call = serializers.CharField(source="words.crisis_red_call", required=False)
    crisis_red_we_do = serializers.CharField(source="words.crisis_red_we_do", required=False)
    person_opinion = serializers.CharField(source="words.person_opinion", required=False)
    disagreement = serializers.CharField(source="words.disagreement", required=False)
    lead_staff = Named(allow_null=True)
    lead_unit = Named(allow_null=True)
    lead_authority = Named(allow_null=True)
    follow_up_on = serializers.DateField(allow_null=True)
    follow_up_time = serializers.TimeField(allow_null=True)
    follow_up_place = serializers.CharField()
    follow_up_caller = serializers.CharField()
    copies_to = serializers.CharField()
    agreed_form = serializers.ChoiceField(choices=AgreedForm.choices, allow_blank=True)
    agreed_how = serializers.CharField()
    agreed_before = serializers.ListField(child=serializers.CharField())
    goals = GoalOut(many=True)
    topics = serializers.SerializerMethodField(help_text="Ämnen för varje text.")
    hidden = serializers.ListField(child=serializers.CharField(), help_text="Texter som inte delas med er.")
    part_hidden = serializers.SerializerMethodField(help_text="En del av planen delas inte med er.")

    @extend_schema_field(serializers.DictField(child=serializers.ListField(child=serializers.SlugField())))
    def get_topics(self, plan):
        return {key: topics.codes_of(row.topics, self.context["topics"]) for key, row in plan.rows.items()}

    def get_part_hidden(self, plan) -> bool:
        return not plan.seen_whole

    def to_representation(self, plan):
        told = super().to_representation(plan)
        if BlockKey.OTHERS_MEASURES in plan.hidden:
            del told["others_nobody"]
        return told


class PlanIn(serializers.Serializer):
    """Parts of the draft; what is not sent stays. The huvudman with overall responsibility follows lead_unit."""

    what_matters = PlainText(required=False, allow_blank=True)
    why = PlainText(required=False, allow_blank=True)
    strengths = PlainText(required=False, allow_blank=True)
    situation = PlainText(required=False, allow_blank=True)
    long_term_goal = PlainText(required=False, allow_blank=True)
    own_measures = PlainText(required=False, allow_blank=True)
    relatives_measures = PlainText(required=False, allow_blank=True)
    others_measures = PlainText(required=False, allow_blank=True)
    others_nobody = serializers.BooleanField(required=False)
    crisis_green_signs = PlainText(required=False, allow_blank=True)
    crisis_green_self = PlainText(required=False, allow_blank=True)
    crisis_green_call = PlainText(required=False, allow_blank=True)
    crisis_green_we_do = PlainText(required=False, allow_blank=True)
    crisis_signs = PlainText(required=False, allow_blank=True)
    crisis_self = PlainText(required=False, allow_blank=True)
    crisis_call = PlainText(required=False, allow_blank=True)
    crisis_we_do = PlainText(required=False, allow_blank=True)
    crisis_red_signs = PlainText(required=False, allow_blank=True)
    crisis_red_self = PlainText(required=False, allow_blank=True)
    crisis_red_call = PlainText(required=False, allow_blank=True)
    crisis_red_we_do = PlainText(required=False, allow_blank=True)
    person_opinion = PlainText(required=False, allow_blank=True)
    disagreement = PlainText(required=False, allow_blank=True)
    lead_staff = serializers.PrimaryKeyRelatedField(queryset=Staff.objects.filter(is_active=True), required=False)
    lead_unit = serializers.PrimaryKeyRelatedField(queryset=Unit.objects.active(), required=False)
    follow_up_on = serializers.DateField(required=False, allow_null=True)
    follow_up_time = serializers.TimeField(required=False, allow_null=True)
    follow_up_place = Line(required=False, allow_blank=True, max_length=300)
    follow_up_caller = Line(required=False, allow_blank=True, max_length=150)
    copies_to = PlainText(required=False, allow_blank=True)
    topics = serializers.DictField(child=TopicCodes(), required=False, help_text="Ämnen för de texter som nämns.")

    def validate_topics(self, masks):
        if unknown := sorted(set(masks) - set(BlockKey.values)):
            raise serializers.ValidationError(f"Planen har ingen sådan text: {', '.join(unknown)[:200]}")
        return masks

    def validate(self, values):
        if staff := values.pop("lead_staff", None):
            values["lead_staff_id"] = staff.pk
        if unit := values.pop("lead_unit", None):
            values["lead_unit_id"], values["lead_authority_id"] = unit.pk, unit.acts_for_id
        if not values:
            raise serializers.ValidationError("Skicka minst en del av planen.")
        return values


class StartPlanIn(serializers.Serializer):
    case = serializers.UUIDField()


class GoalIn(serializers.Serializer):
    text = PlainText()
    horizon = serializers.ChoiceField(choices=[("short", "Kort sikt"), ("long", "Lång sikt")], default="short")
    how_noticed = PlainText(required=False, allow_blank=True, default="")
    topics = TopicCodes(required=False)


class MeasureIn(serializers.Serializer):
    goal = serializers.IntegerField()
    text = PlainText()
    doer = serializers.ChoiceField(choices=Doer.choices)
    unit = serializers.PrimaryKeyRelatedField(queryset=Unit.objects.active(), required=False)
    doer_name = Line(required=False, allow_blank=True, default="")
    starts_on = serializers.DateField(required=False, allow_null=True, default=None)
    ends_on = serializers.DateField(required=False, allow_null=True, default=None)
    ongoing = serializers.BooleanField(required=False, default=False)
    frequency = Line(required=False, allow_blank=True, default="")
    place = Line(required=False, allow_blank=True, default="")
    topics = TopicCodes(required=False, help_text="Annars målets.")

    def validate(self, values):
        unit = values.pop("unit", None)
        if (values["doer"] == Doer.UNIT) != (unit is not None):
            raise serializers.ValidationError({"unit": ["Ange enheten när en enhet gör insatsen, och bara då."]})
        if values["ongoing"] and values["ends_on"]:
            raise serializers.ValidationError({"ends_on": ["En insats som gäller tills vidare har inget slutdatum."]})
        if values["starts_on"] and values["ends_on"] and values["ends_on"] < values["starts_on"]:
            raise serializers.ValidationError({"ends_on": ["Slutet kan inte ligga före början."]})
        return values | {"unit_id": unit.pk if unit else None}


class ApproveIn(serializers.Serializer):
    agreed_how = Line(max_length=300, help_text="Hur personen sa ja.")
    agreed_form = serializers.ChoiceField(choices=AgreedForm.choices, required=False, default="")
    agreed_before = serializers.ListField(
        child=Line(max_length=250), required=False, default=list, max_length=30, help_text="Vilka som såg det."
    )
    person_view = PlainText(required=False, allow_blank=True, default="", help_text="Personens syn på huvudansvarig.")


class StatusIn(serializers.Serializer):
    measure = serializers.IntegerField()
    status = serializers.ChoiceField(choices=MeasureStatus.choices)
    reason = PlainText(required=False, allow_blank=True, default="")


class FollowUpIn(serializers.Serializer):
    held_on = serializers.DateField()
    how_it_went = PlainText()
    outcome = serializers.ChoiceField(choices=FollowUp.OUTCOMES)
    helped = PlainText(required=False, allow_blank=True, default="")
    hindered = PlainText(required=False, allow_blank=True, default="")
    effect = PlainText(required=False, allow_blank=True, default="")
    new_circumstances = PlainText(required=False, allow_blank=True, default="")
    coordination_needed = serializers.BooleanField(required=False, default=True)
    next_on = serializers.DateField(required=False, allow_null=True, default=None)
    topics = TopicCodes(required=False)
    statuses = StatusIn(many=True, required=False)


class FollowUpOut(serializers.Serializer):
    id = serializers.IntegerField()
    plan = serializers.IntegerField(source="plan_id")
    held_on = serializers.DateField()
    outcome = serializers.CharField()
    next_on = serializers.DateField(allow_null=True)


class OwnMeasuresOut(serializers.Serializer):
    """As the file: person, version, goals with the unit's own measures, huvudansvarig and follow-up."""

    format = serializers.CharField()
    format_version = serializers.IntegerField()
    person = serializers.DictField(child=serializers.CharField())
    case = serializers.CharField()
    plan_version = serializers.IntegerField()
    approved_on = serializers.DateField()
    unit = serializers.CharField()
    authority = serializers.CharField()
    goals = serializers.ListField(child=serializers.DictField())
    lead = serializers.DictField(child=serializers.CharField())
    follow_up = serializers.DictField()


class PlanApi(Endpoint):
    queryset = Plan.objects.all()
    serializer_class = PlanOut
    lookup_value_converter = "int"
    actions_required = {
        "list": "plans.view",
        "retrieve": "plans.view",
        "create": "plans.edit",
        "partial_update": "plans.edit",
        "goals": "plans.edit",
        "measures": "plans.edit",
        "approve": "plans.approve",
        "follow_up": "plans.follow_up",
        "own_measures": "plans.export",
    }

    def both(self, pk):
        """The plan and its case, through the door."""
        plan = get_object_or_404(Plan.objects.all(), pk=pk)
        plan.case = case_by(self.actor, plan.case_id, to=self.rule)
        return plan.case, plan

    def to_write(self, pk) -> Plan:
        """The plan that the sender has read, locked so that nobody writes between the check and the change."""
        plan = self.both(pk)[1]
        must_match(self.request, Plan.objects.select_for_update(no_key=True).get(pk=plan.pk).revision)
        return plan

    def told(self, pk, code=status.HTTP_200_OK):
        plan = services.with_content(Plan.objects.filter(pk=pk)).get()
        said = PlanOut(plan, context={"topics": topics.active()}).data
        return Response(said, status=code, headers={"ETag": etag(plan.revision)})

    @extend_schema(responses=PlanRow(many=True), summary="Planer i de ärenden som enheten ser, senast sparade först")
    def list(self, request):
        rows = Plan.objects.select_related("case").order_by("-saved_at", "-pk")
        return self.page_of(rows, PlanRow, event="plans.listed", persons=lambda row: row.case.person_id)

    @extend_schema(responses=PlanOut, summary="En plan med mål och insatser; ETag är planens revision")
    def retrieve(self, request, pk=None):
        return self.told(self.both(pk)[1].pk)

    @extend_schema(request=StartPlanIn, responses={201: PlanOut, 409: REFUSED}, summary="Börja på en ny version")
    def create(self, request):
        case = case_by(self.actor, self.typed(StartPlanIn)["case"], to=self.rule)
        return self.told(services.start_draft(case=case, by=self.actor).pk, status.HTTP_201_CREATED)

    @extend_schema(
        request=PlanIn, parameters=[IF_MATCH], responses={200: PlanOut, **PROBLEMS}, summary="Skriv delar av utkastet"
    )
    def partial_update(self, request, pk=None):
        plan = self.to_write(pk)
        values = self.typed(PlanIn)
        masks = values.pop("topics", {})
        services.save_block(plan=plan, values=values, topics=masks, revision=plan.revision, by=self.actor)
        return self.told(plan.pk)

    @extend_schema(
        request=GoalIn, parameters=[IF_MATCH], responses={201: PlanOut, **PROBLEMS}, summary="Lägg till ett mål"
    )
    @action(detail=True, methods=["post"])
    def goals(self, request, pk=None):
        plan = self.to_write(pk)
        services.add_goal(plan=plan, by=self.actor, **self.typed(GoalIn))
        return self.told(plan.pk, status.HTTP_201_CREATED)

    @extend_schema(
        request=MeasureIn, parameters=[IF_MATCH], responses={201: PlanOut, **PROBLEMS}, summary="Lägg till en insats"
    )
    @action(detail=True, methods=["post"])
    def measures(self, request, pk=None):
        plan = self.to_write(pk)
        values = self.typed(MeasureIn)
        goal = get_object_or_404(plan.goals.select_related("plan"), pk=values.pop("goal"))
        services.add_measure(goal=goal, by=self.actor, **values)
        return self.told(plan.pk, status.HTTP_201_CREATED)

    @extend_schema(
        request=ApproveIn,
        parameters=[IF_MATCH],
        responses={200: PlanOut, **PROBLEMS},
        summary="Godkänn tillsammans med personen",
    )
    @action(detail=True, methods=["post"])
    def approve(self, request, pk=None):
        _, plan = self.both(pk)
        must_match(request, plan.revision)
        approval.approve(plan=plan, revision=plan.revision, by=self.actor, **self.typed(ApproveIn))
        return self.told(plan.pk)

    @extend_schema(request=FollowUpIn, responses={201: FollowUpOut, 409: REFUSED}, summary="Följ upp planen som gäller")
    @action(detail=True, methods=["post"], url_path="follow-up")
    def follow_up(self, request, pk=None):
        case, _ = self.both(pk)
        values = self.typed(FollowUpIn)
        statuses = {row["measure"]: (row["status"], row["reason"]) for row in values.pop("statuses", [])}
        found = followups.follow_up(case=case, by=self.actor, statuses=statuses, **values)
        return Response(FollowUpOut(found).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        responses={200: OwnMeasuresOut, 403: REFUSED, 409: REFUSED},
        summary="Enhetens egna insatser, för den egna journalen",
        description="Att hämta kräver att användaren nyss har loggat in på webbplatsen, och skrivs i loggen.",
    )
    @action(detail=True, methods=["get"], url_path="own-measures")
    def own_measures(self, request, pk=None):
        case, plan = self.both(pk)
        if plan.is_draft:
            raise RuleBroken(export.NOTHING)
        if not stepup.is_fresh(request):
            raise PermissionDenied("Det här tar ut uppgifter. Logga in igen på webbplatsen och gör om det.")
        whole = services.with_content(Plan.objects.filter(pk=plan.pk)).get()
        whole.case = case
        told = export.facts(whole, by=self.actor)
        export.fetched(whole, kind="api")
        return Response(told)
