"""Logout: ours first and always, then the provider's; and the provider's own wish to end our sessions."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from identity import client, flow, tokens
from identity.config import Provider
from identity.errors import ProviderDown, Refused
from identity.models import Identity, UsedToken
from organisations import session
from organisations.models import SignIn

STATE = "oidc_logout"
KEPT = timedelta(hours=1)
WHY = "provider"


def leave(request) -> dict | None:
    """End our session. Returns the form that tells the provider too, or None when there is nothing to tell."""
    ended = session.finish(request)
    provider = next((p for p in settings.OIDC_PROVIDERS.values() if p.issuer == ended["issuer"]), None)
    where = end_session_address(provider) if provider else ""
    if not where:
        return None
    state = secrets.token_urlsafe(32)
    request.session[STATE] = state
    # A form, not an address: the token tells who it was and must not stand in the browser's history.
    fields = {
        "id_token_hint": ended["id_token"],
        "client_id": provider.client_id,
        "post_logout_redirect_uri": flow.address("identity:left", provider),
        "state": state,
    }
    return {"action": where, "fields": fields}


def end_session_address(provider: Provider) -> str:
    """Where the provider's own session is ended; empty when it has no such page or does not answer."""
    if provider.end_session:
        return "" if provider.end_session == "av" else provider.end_session
    try:
        found = client.metadata(provider).get("end_session_endpoint")
    except ProviderDown:
        return ""
    return found if provider.may_use(found) else ""


def came_back(request) -> bool:
    """The provider has sent the browser back from the logout that we began."""
    state = request.session.pop(STATE, "")
    return bool(state) and secrets.compare_digest(state.encode(), request.GET.get("state", "").encode())


def end_from_provider(provider: Provider, raw: str) -> int:
    """Back-channel logout: end exactly the sessions of that `sid`, or of that person when none is named.

    Raises Refused for a token that is not meant for us, not for this, or used already.
    """
    claims = tokens.logout_token(provider, raw)
    use_up(provider, claims["jti"])
    bound = Identity.objects.select_related("user").filter(issuer=provider.issuer, subject=claims.get("sub", ""))
    if "sid" not in claims:
        return sum(session.end_all(why=WHY, user=identity.user) for identity in bound)
    theirs = SignIn.objects.filter(issuer=provider.issuer, sid=claims["sid"])
    if "sub" in claims and theirs.exclude(user__in=[identity.user_id for identity in bound]).exists():
        raise Refused("sub")
    return session.end_all(why=WHY, issuer=provider.issuer, sid=claims["sid"])


def use_up(provider: Provider, jti: str) -> None:
    UsedToken.objects.filter(at__lt=timezone.now() - KEPT).delete()
    key = hashlib.sha256(f"{provider.issuer} {jti}".encode()).hexdigest()
    _, new = UsedToken.objects.get_or_create(key=key)
    if not new:
        raise Refused("jti")
