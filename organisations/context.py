"""What every page's frame needs: who acts, where, and how much waits."""

from django.conf import settings
from django.urls import reverse

from organisations import session, session_window


def chrome(request) -> dict:
    """The frame's values; touches no case data itself (counts come from the view's own scope)."""
    user = getattr(request, "user", None)
    signed_in = bool(user and user.is_authenticated)
    method = request.session.get("method", "") if signed_in else ""
    return {
        "sip_mode": settings.SIP_MODE,
        "mailbox_url": settings.SIP_MAILBOX_URL,
        "face": user.kind if signed_in else None,
        "acting": getattr(request, "acting", None),
        "actor": getattr(request, "actor", None),
        "acting_choices": request.session.get("acting_choices", 0) if signed_in else 0,
        "login_method": method,
        # A login from an identity provider is ended there too.
        "logout_url": reverse("identity:logout" if method == session.OIDC else "organisations:logout"),
        "session": session_window.shown(request) if signed_in else None,
    }
