"""The evil provider: every tampered token is refused by the real callback and makes no session (ASVS V6.8, V9)."""

import base64
import hmac
import json
import time
from hashlib import sha256

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from identity import tokens
from identity.models import Identity

LOA2 = "http://id.sambi.se/loa/loa2"
WHO = "hanna.dalarna"


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def packed(header: dict, claims: dict) -> str:
    return f"{b64(json.dumps(header).encode())}.{b64(json.dumps(claims).encode())}"


def without(*names):
    return lambda claims: {name: value for name, value in claims.items() if name not in names}


def changed(**values):
    return lambda claims: claims | {name: make(claims) if callable(make) else make for name, make in values.items()}


# What is done to the claims → the claim that the refusal names.
TAMPERED = {
    "wrong aud": (changed(aud="another-system"), "aud"),
    "no aud": (without("aud"), "aud"),
    "two aud without azp": (changed(aud=lambda c: [c["aud"], "another-system"]), "azp"),
    "azp of another": (changed(azp="another-system"), "azp"),
    "wrong iss": (changed(iss="https://evil.example"), "iss"),
    "iss with a slash": (changed(iss=lambda c: c["iss"] + "/"), "iss"),
    "no iss": (without("iss"), "iss"),
    "wrong nonce": (changed(nonce="x" * 64), "nonce"),
    "no nonce": (without("nonce"), "nonce"),
    "empty nonce": (changed(nonce=""), "nonce"),
    "expired": (changed(exp=lambda c: int(time.time()) - 60), "exp"),
    "no exp": (without("exp"), "exp"),
    "exp is text": (changed(exp="never"), "exp"),
    "iat in the future": (changed(iat=lambda c: int(time.time()) + 600), "iat"),
    "iat long ago": (changed(iat=lambda c: int(time.time()) - 3600), "iat"),
    "no iat": (without("iat"), "iat"),
    "not valid yet": (changed(nbf=lambda c: int(time.time()) + 600), "nbf"),
    "acr loa2": (changed(acr=LOA2), "acr"),
    "acr is a list of both": (changed(acr=[LOA2, "http://id.sambi.se/loa/loa3"]), "acr"),
    "no acr": (without("acr"), "acr"),
    "no auth_time": (without("auth_time"), "auth_time"),
    "old auth_time": (changed(auth_time=lambda c: int(time.time()) - 11 * 3600), "auth_time"),
    "auth_time in the future": (changed(auth_time=lambda c: int(time.time()) + 600), "auth_time"),
    "auth_time is text": (changed(auth_time="just now"), "auth_time"),
    "no sub": (without("sub"), "sub"),
    "empty sub": (changed(sub=""), "sub"),
    "sub is a number": (changed(sub=42), "sub"),
    "another's access token": (changed(at_hash="AAAAAAAAAAAAAAAAAAAAAA"), "at_hash"),
    "a logout token": (changed(events={tokens.BACK_CHANNEL: {}}), "claims"),
}


def other_key(realm):
    key = RSAKey.generate_key(2048, {"kid": realm.keys[0].kid})
    return lambda claims: jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key, algorithms=["RS256"])


def unknown_key(realm):
    key = RSAKey.generate_key(2048, {"kid": "unknown"})
    return lambda claims: jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key, algorithms=["RS256"])


def key_in_the_header(realm):
    key = RSAKey.generate_key(2048)
    header = {"alg": "RS256", "kid": realm.keys[0].kid, "jwk": key.as_dict(private=False)}
    return lambda claims: jwt.encode(header, claims, key, algorithms=["RS256"])


def alg_none(realm):
    return lambda claims: packed({"alg": "none"}, claims) + "."


def public_key_as_secret(realm):
    def forge(claims):
        text = packed({"alg": "HS256", "kid": realm.keys[0].kid}, claims)
        return f"{text}.{b64(hmac.new(realm.keys[0].as_pem(private=False), text.encode(), sha256).digest())}"

    return forge


def client_secret_as_key(realm):
    def forge(claims):
        text = packed({"alg": "HS256"}, claims)
        return f"{text}.{b64(hmac.new(realm.client.client_secret.encode(), text.encode(), sha256).digest())}"

    return forge


def changed_after_signing(realm):
    def forge(claims):
        header, _, signature = realm.issue(claims).split(".")
        return f"{header}.{b64(json.dumps(claims | {'employeeHsaId': 'SE2321000180-P0001'}).encode())}.{signature}"

    return forge


FORGED = {
    "signed with another key": other_key,
    "signed with an unknown key": unknown_key,
    "brings its own key": key_in_the_header,
    "alg none": alg_none,
    "HS256 with the public key": public_key_as_secret,
    "HS256 with the client's secret": client_secret_as_key,
    "changed after signing": changed_after_signing,
    "no token": lambda realm: lambda claims: "",
    "not a token": lambda realm: lambda claims: "a.b.c",
    "claims are a list": lambda realm: lambda claims: b64(b'{"alg":"RS256"}') + "." + b64(b"[]") + ".AA",
}


def refused(answer, logged, reason: str) -> None:
    """A calm Swedish page, one log row that names the reason and nobody, and not one session or binding."""
    page = answer.content.decode()
    assert answer.status_code == 403, page
    assert "Inloggningen blev inte klar" in page and "Traceback" not in page
    assert not any("_auth_user_id" in session.get_decoded() for session in Session.objects.all())
    assert Identity.objects.count() == 0
    assert logged.of("login.refused")[-1]["details"] == {"reason": reason, "provider": "personal"}


@pytest.mark.parametrize("name", TAMPERED)
def test_a_tampered_claim_is_refused(providers, logged, name):
    tamper, reason = TAMPERED[name]
    providers.staff.tamper = tamper
    refused(providers.sign_in(Client(), WHO), logged, reason)


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_signature_is_refused(providers, logged, name):
    providers.staff.forge = FORGED[name](providers.staff)
    reason = {"no token": "signature"}.get(name, "signature")
    refused(providers.sign_in(Client(), WHO), logged, reason)


def test_the_same_provider_without_tampering_is_taken(providers):
    assert providers.sign_in(Client(), WHO)["Location"] == "/"


def test_two_aud_with_our_azp_are_taken(providers):
    providers.staff.tamper = lambda c: c | {"aud": [c["aud"], "another-system"], "azp": c["aud"]}
    assert providers.sign_in(Client(), WHO).status_code == 302


def test_a_login_with_lower_assurance_is_refused_and_told(providers, logged):
    answer = providers.sign_in(Client(), WHO, level="loa2")
    refused(answer, logged, "acr")
    assert "säkerhetsnivå" in answer.content.decode()


def test_the_token_of_another_login_is_refused(providers, logged):
    """A token that was issued for somebody else's question has another nonce."""
    kept = []
    providers.staff.tamper = lambda claims: kept.append(providers.staff.issue(claims)) or claims
    assert providers.sign_in(Client(), "disa.dalarna").status_code == 302
    before = Session.objects.count()
    providers.staff.forge = lambda claims: kept[0]
    answer = providers.sign_in(Client(), WHO)
    assert answer.status_code == 403 and logged.of("login.refused")[-1]["details"]["reason"] == "nonce"
    assert Session.objects.count() == before + 1  # the one that asked, and nobody's


def test_a_key_for_encryption_does_not_sign(providers, logged):
    """Only keys for signing are read from the provider's list."""
    providers.staff.jwks = lambda: KeySet(
        [RSAKey.import_key(key.as_dict(private=False), {"use": "enc", "kid": key.kid}) for key in providers.staff.keys]
    ).as_dict(private=False)
    answer = providers.sign_in(Client(), WHO)
    assert (answer.status_code, logged.of("login.refused")[-1]["details"]["reason"]) == (503, "down")
