"""What the API's endpoints share: rules, pages, text as people write it, and preconditions (If-Match)."""

import re

from django.core.exceptions import PermissionDenied
from rest_framework import serializers, status, viewsets
from rest_framework.exceptions import APIException
from rest_framework.pagination import LimitOffsetPagination

from audit import log
from organisations.api import IsActingStaff
from organisations.formfields import LINE_MAX, LineField, PlainTextField


class Pages(LimitOffsetPagination):
    default_limit = 25
    max_limit = 100


class Endpoint(viewsets.GenericViewSet):
    """One kind of object; `actions_required` names the rule in `roles.ACTIONS` for each of the endpoint's methods."""

    actions_required: dict[str, str] = {}
    permission_classes = [IsActingStaff]
    pagination_class = Pages

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        rule = self.actions_required.get(self.action)
        if rule and not self.actor.may(rule):
            raise PermissionDenied("Ditt uppdrag ger inte rätt till det här.")

    @property
    def actor(self):
        return self.request._request.actor

    @property
    def rule(self) -> str:
        """The rule for the method that is running."""
        return self.actions_required[self.action]

    def typed(self, serializer_class, **kwargs) -> dict:
        """What was sent, checked; raises a 400 that names each field."""
        serializer = serializer_class(data=self.request.data, **kwargs)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def page_of(self, rows, serializer_class, *, event: str, persons, **kwargs):
        """One page, and one row in the log with the persons shown; `persons` picks the person's id from a row."""
        page = self.paginate_queryset(rows)
        log.record(event, action=log.READ, persons=sorted({persons(row) for row in page}))
        return self.get_paginated_response(serializer_class(page, many=True, **kwargs).data)


class PlainText(serializers.CharField):
    """Text under the same rules as on the pages: tidied, limited, no hidden characters."""

    form_field = PlainTextField
    limit = 4000

    def __init__(self, **kwargs):
        kwargs.setdefault("max_length", self.limit)
        super().__init__(**kwargs)
        self.rules = self.form_field(required=False, max_length=kwargs["max_length"])
        self.validators.append(self.rules.to_python)

    def to_internal_value(self, data):
        return self.rules.tidy(super().to_internal_value(data).replace("\r\n", "\n").replace("\r", "\n"))


class Line(PlainText):
    form_field = LineField
    limit = LINE_MAX


class Named(serializers.Serializer):
    """A unit, a huvudman or a member of staff: id and name."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()


class PreconditionRequired(APIException):
    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_detail = "Skicka If-Match med den ETag som du läste, så att ingen annans text skrivs över."
    default_code = "precondition_required"


class PreconditionFailed(APIException):
    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_detail = "Någon annan har ändrat sedan du läste. Hämta igen och gör om din ändring."
    default_code = "precondition_failed"


def etag(revision: int) -> str:
    return f'"{revision}"'


def must_match(request, revision: int) -> None:
    """Raises PreconditionRequired without If-Match, PreconditionFailed when it names another revision."""
    sent = request.headers.get("If-Match", "").strip()
    if not sent:
        raise PreconditionRequired
    if not re.fullmatch(r'"[0-9]{1,9}"', sent) or sent != etag(revision):
        raise PreconditionFailed
