"""The end of a case over the API: as on the page, with each party's copy and no meeting left (AVS-1, AVS-2)."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response

from cases.access import case_by
from cases.api import REFUSED, CaseOut
from cases.api import CaseApi as CaseWithoutEnd
from cases.enums import CloseReason
from organisations.endpoints import Line, PlainText
from plans import endings


class CloseIn(serializers.Serializer):
    reason = serializers.ChoiceField(choices=CloseReason.choices)
    note = PlainText(required=False, allow_blank=True, default="")
    other_plan = Line(required=False, allow_blank=True, default="", max_length=300)


class CaseApi(CaseWithoutEnd):
    """Ending a case knows of its plan and meetings, which lie above `cases`."""

    actions_required = CaseWithoutEnd.actions_required | {"close": "cases.close"}

    @extend_schema(request=CloseIn, responses={200: CaseOut, 409: REFUSED}, summary="Avsluta ärendet")
    @action(detail=True, methods=["post"])
    def close(self, request, pk=None):
        case = case_by(self.actor, pk, to=self.rule)
        endings.close(case=case, by=self.actor, **self.typed(CloseIn))
        return Response(self.told(case))
