"""What must be true of a token before anything in it is believed (OpenID Connect Core 3.1.3.7, ASVS V9, V10.5)."""

import json
import time

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import ClaimError, InvalidKeyIdError, JoseError
from joserfc.jwt import JWTClaimsRegistry

from identity import client
from identity.config import Provider
from identity.errors import Refused

LEEWAY = 30
# An answer to a question asked just now.
OLDEST = 10 * 60
LONGEST = 255
BACK_CHANNEL = "http://schemas.openid.net/event/backchannel-logout"
WRONG = (JoseError, ValueError, TypeError, KeyError, AttributeError)


def decoded(provider: Provider, raw: str) -> jwt.Token:
    """The token, signed by the provider with an asymmetric key. Keys are read once more for one we do not know."""
    algorithms = list(provider.algorithms)
    try:
        try:
            token = jwt.decode(raw, client.keys(provider), algorithms=algorithms)
        except InvalidKeyIdError:
            token = jwt.decode(raw, client.keys(provider, newer=True), algorithms=algorithms)
    except WRONG as error:
        raise Refused("signature") from error
    if not isinstance(token.claims, dict):
        raise Refused("claims")
    return token


def id_token(provider: Provider, raw: str, *, nonce: str, max_age: int, access_token: str | None = None) -> dict:
    """The claims of an ID token that answers our own question. Raises Refused with the claim that is wrong."""
    token = decoded(provider, raw)
    options = {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
        "sub": {"essential": True},
        "exp": {"essential": True},
        "iat": {"essential": True},
        "nonce": {"essential": True, "value": nonce},
        "auth_time": {"essential": True},
        "acr": {"essential": True, "values": list(provider.acr_values)},
    }
    params = {"nonce": nonce, "client_id": provider.client_id, "max_age": 1, "access_token": access_token}
    claims = CodeIDToken(token.claims, token.header, options, params)
    try:
        claims.validate(int(time.time()), leeway=LEEWAY)
    except WRONG as error:
        raise Refused(_claim(error)) from error
    if "events" in claims or not _is_name(claims["sub"]):
        raise Refused("claims")
    if not isinstance(claims["acr"], str):
        raise Refused("acr")
    _is_recent("iat", claims["iat"], OLDEST)
    _is_recent("auth_time", claims["auth_time"], max_age)
    return dict(claims)


def logout_token(provider: Provider, raw: str) -> dict:
    """The claims of a back-channel logout token (Back-Channel Logout 1.0, 2.6); its `jti` is the caller's to use up."""
    token = decoded(provider, raw)
    options = {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
        "iat": {"essential": True},
        "jti": {"essential": True},
        "events": {"essential": True},
    }
    claims = token.claims
    try:
        JWTClaimsRegistry(int(time.time()), LEEWAY, **options).validate(claims)
    except WRONG as error:
        raise Refused(_claim(error)) from error
    events = claims["events"]
    if "nonce" in claims or not isinstance(events, dict) or not isinstance(events.get(BACK_CHANNEL), dict):
        raise Refused("events")
    if not any(_is_name(claims.get(name)) for name in ("sid", "sub")) or not _is_name(claims["jti"]):
        raise Refused("claims")
    _is_recent("iat", claims["iat"], OLDEST)
    return claims


def userinfo(provider: Provider, raw: bytes, *, subject: str) -> dict:
    """The claims of a UserInfo answer about the same person as the ID token, signed or plain."""
    text = raw.decode("utf-8", "replace").strip()
    if text.startswith("{"):
        try:
            claims = json.loads(text)
        except ValueError as error:
            raise Refused("userinfo") from error
    else:
        claims = decoded(provider, text).claims
        if claims.get("iss") != provider.issuer or provider.client_id not in _as_list(claims.get("aud")):
            raise Refused("userinfo")
    if claims and claims.get("sub") != subject:
        raise Refused("userinfo")
    return claims


def _claim(error: Exception) -> str:
    """Which claim was wrong; never its value."""
    return error.claim[:60] if isinstance(error, ClaimError) else "claims"


def _is_recent(name: str, at: object, seconds: int) -> None:
    now = time.time()
    if isinstance(at, bool) or not isinstance(at, (int, float)) or not now - seconds - LEEWAY <= at <= now + LEEWAY:
        raise Refused(name)


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST


def _as_list(value: object) -> list:
    return value if isinstance(value, list) else [value]
