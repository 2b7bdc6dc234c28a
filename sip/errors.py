"""Refusals in one place: what services raise becomes one calm page or one JSON answer."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import render
from django_fsm import ConcurrentTransition, TransitionNotAllowed
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from organisations.errors import Conflict, RuleBroken


class RefusalMiddleware:
    """Turns a broken rule or a lost race into the 409 page; lies outside the scope, after its rollback."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        message = conflict_message(exception)
        if message is None:
            return None
        return render(request, "409.html", {"message": message}, status=409)


def conflict_message(exception) -> str | None:
    """The Swedish sentence for a broken rule, or None for another kind of exception."""
    if isinstance(exception, ConcurrentTransition):
        return "Någon annan ändrade samtidigt. Ladda om sidan och se vad som gäller nu."
    if isinstance(exception, TransitionNotAllowed):
        return "Det steget går inte att göra nu. Ärendet kan ha ändrats. Ladda om sidan och se vad som gäller."
    if isinstance(exception, (RuleBroken, Conflict)):
        return str(exception)
    return None


def api_exception(error, context):
    """DRF's handler, with our rules as 409 and lost races as 412."""
    message = conflict_message(error)
    if message is not None:
        return Response({"detail": message}, status=getattr(error, "api_status", status.HTTP_409_CONFLICT))
    return exception_handler(error, context)


def csrf_failure(request, reason=""):
    return render(request, "403_csrf.html", status=403)


def bad_request(request, exception=None):
    return render(request, "400.html", status=400)


def permission_denied(request, exception=None):
    return render(request, "403.html", {"message": str(exception) if isinstance(exception, PermissionDenied) else ""}, status=403)


def page_not_found(request, exception: Http404 | None = None):
    return render(request, "404.html", status=404)


def server_error(request):
    return render(request, "500.html", status=500)
