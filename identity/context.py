"""The ways to log in, for the login page."""

from django.conf import settings
from django.urls import reverse

LABELS = {"staff": "Logga in som personal", "citizen": "Logga in som invånare"}
HINTS = {
    "staff": "Med tjänstelegitimation, till exempel SITHS, eller kommunens inloggning.",
    "citizen": "Med e-legitimation, till exempel BankID eller Freja.",
}


def ways(request) -> dict:
    return {
        "login_ways": [
            {"label": LABELS[kind], "hint": HINTS[kind], "url": reverse("identity:start", args=[provider.way])}
            for kind, provider in settings.OIDC_PROVIDERS.items()
        ]
    }
