"""Programs that ask over plain http are refused, not led on: a sent secret would otherwise go unnoticed."""

from django.http import JsonResponse

API = "/api/"


class PlainApiMiddleware:
    """Stands before the redirect to https, in production (ASVS V4.1.2)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path.startswith(API) and not request.is_secure():
            return JsonResponse({"detail": "Använd https."}, status=403)
        return self.get_response(request)
