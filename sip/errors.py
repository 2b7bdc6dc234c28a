"""Error pages, and the API's answers for what services refuse."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from organisations.errors import conflict_message, is_lost_race, refused_by_database

# The database is away or has taken the connection: nothing is wrong with what was sent, and nothing was saved.
AWAY = (OperationalError, InterfaceError)
DOWN = "Tjänsten svarar inte just nu. Försök igen om några minuter."
RETRY = {"Retry-After": "10"}


def api_exception(error, context):
    """DRF's handler, with a broken rule as 409, and a lost race as 412 to the one who sent If-Match."""
    message = conflict_message(error)
    if message is not None:
        lost = is_lost_race(error) and "If-Match" in context["request"].headers
        code = status.HTTP_412_PRECONDITION_FAILED if lost else status.HTTP_409_CONFLICT
        return Response({"detail": message, "field": getattr(error, "field", None) or ""}, status=code)
    if refused_by_database(error):
        return Response({"detail": "Du har inte rätt till det här."}, status=status.HTTP_403_FORBIDDEN)
    if isinstance(error, AWAY):
        return Response({"detail": DOWN}, status=status.HTTP_503_SERVICE_UNAVAILABLE, headers=RETRY)
    return exception_handler(error, context)


def csrf_failure(request, reason=""):
    return render(request, "403_csrf.html", status=403)


def bad_request(request, exception=None):
    return render(request, "400.html", status=400)


def permission_denied(request, exception=None):
    return render(request, "403.html", {"message": str(exception or "")}, status=403)


def page_not_found(request, exception=None):
    return render(request, "404.html", status=404)


def server_error(request):
    if isinstance(sys.exc_info()[1], AWAY):
        # Without the request: what the frame of a page shows is read from the database.
        return HttpResponse(render_to_string("503.html"), status=503, headers=RETRY)
    return render(request, "500.html", status=500)
