"""The talk with a provider: its description, its keys, and a code for tokens. Short, timely, never redirected."""

import json
import threading
import time
from dataclasses import dataclass, field

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from identity.config import Provider
from identity.errors import ProviderDown, Refused

LARGEST = 256 * 1024
KEPT_SECONDS = 3600
# A stranger's token with an unknown key must not make us ask the provider over and over.
REREAD_SECONDS = 5
CONNECT_SECONDS = 3
ASSERTION_SECONDS = 60
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass
class Known:
    """What a provider has said about itself, and when."""

    metadata: dict = field(default_factory=dict)
    metadata_at: float = 0
    keys: KeySet | None = None
    keys_at: float = 0
    reread_at: float = -REREAD_SECONDS


_known: dict[str, Known] = {}
_lock = threading.Lock()


def forget() -> None:
    """Ask again at the next login."""
    with _lock:
        _known.clear()


def known(provider: Provider) -> Known:
    with _lock:
        return _known.setdefault(provider.issuer, Known())


def get(provider: Provider, address: str) -> bytes:
    """One answer of at most `LARGEST` bytes. Raises ProviderDown for anything but a timely 200."""
    give_up = time.monotonic() + CONNECT_SECONDS + provider.timeout
    try:
        with requests.get(
            address, timeout=(CONNECT_SECONDS, provider.timeout), allow_redirects=False, stream=True
        ) as answer:
            if answer.status_code != 200:
                raise ProviderDown(f"status {answer.status_code}")
            body = b""
            for piece in answer.iter_content(16 * 1024):
                body += piece
                if len(body) > LARGEST or time.monotonic() > give_up:
                    raise ProviderDown("too long")
            return body
    except requests.RequestException as error:
        raise ProviderDown(type(error).__name__) from error


def get_object(provider: Provider, address: str) -> dict:
    try:
        found = json.loads(get(provider, address))
    except ValueError as error:
        raise ProviderDown("not json") from error
    if not isinstance(found, dict):
        raise ProviderDown("not json")
    return found


def metadata(provider: Provider) -> dict:
    """The provider's description of itself, which must be about exactly the issuer that we are set up with."""
    about = known(provider)
    if not about.metadata or time.monotonic() - about.metadata_at > KEPT_SECONDS:
        found = get_object(provider, f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != provider.issuer:
            raise ProviderDown("issuer")
        for name in ENDPOINTS:
            if not provider.may_use(found.get(name)):
                raise ProviderDown(name)
        if "S256" not in found.get("code_challenge_methods_supported", ["S256"]):
            raise ProviderDown("pkce")
        about.metadata, about.metadata_at = found, time.monotonic()
    return about.metadata


def keys(provider: Provider, *, newer: bool = False) -> KeySet:
    """The provider's signing keys; `newer` asks again for a key that we do not know, at most every few seconds."""
    about, now = known(provider), time.monotonic()
    again = newer and now - about.reread_at > REREAD_SECONDS
    if about.keys is None or again or now - about.keys_at > KEPT_SECONDS:
        found = get_object(provider, metadata(provider)["jwks_uri"]).get("keys")
        try:
            about.keys = KeySet.import_key_set({"keys": [key for key in found if key.get("use", "sig") == "sig"]})
        except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise ProviderDown("keys") from error
        about.keys_at = now
        if again:
            about.reread_at = now
    return about.keys


def authorization_address(provider: Provider, *, redirect_uri: str, state: str, verifier: str, **asked: str) -> str:
    """Where the browser goes to log in; `asked` are further parameters (nonce, max_age, prompt)."""
    with OAuth2Session(
        provider.client_id, scope=provider.scopes, redirect_uri=redirect_uri, code_challenge_method="S256"
    ) as talk:
        address, _ = talk.create_authorization_url(
            metadata(provider)["authorization_endpoint"],
            state=state,
            code_verifier=verifier,
            acr_values=" ".join(provider.acr_values),
            **asked,
        )
    return address


def exchange(provider: Provider, *, code: str, verifier: str, redirect_uri: str) -> dict:
    """The tokens for a code. Raises Refused when the provider does not take the code, ProviderDown otherwise."""
    endpoint = metadata(provider)["token_endpoint"]
    method = "private_key_jwt" if provider.client_key else "client_secret_basic"
    with OAuth2Session(
        provider.client_id,
        provider.client_key or provider.client_secret,
        token_endpoint_auth_method=method,
        redirect_uri=redirect_uri,
    ) as talk:
        if provider.client_key:
            short = {"exp": int(time.time()) + ASSERTION_SECONDS}
            talk.register_client_auth_method(PrivateKeyJWT(endpoint, claims=short))
        try:
            answer = talk.fetch_token(
                endpoint,
                grant_type="authorization_code",
                code=code,
                code_verifier=verifier,
                timeout=(CONNECT_SECONDS, provider.timeout),
                allow_redirects=False,
            )
        except OAuthError as error:
            raise Refused("code") from error
        except (requests.RequestException, ValueError, TypeError, KeyError) as error:
            raise ProviderDown(f"token {type(error).__name__}") from error
    if not isinstance(answer.get("id_token"), str):
        raise Refused("no_id_token")
    return answer


def userinfo(provider: Provider, access_token: object) -> bytes:
    """What the provider says of the person besides the ID token: JSON, or a signed token of the same."""
    address = metadata(provider).get("userinfo_endpoint")
    if not isinstance(access_token, str) or not provider.may_use(address):
        return b"{}"
    try:
        answer = requests.get(
            address,
            headers={"Authorization": f"Bearer {access_token}"},
            timeout=(CONNECT_SECONDS, provider.timeout),
            allow_redirects=False,
        )
    except requests.RequestException as error:
        raise ProviderDown(f"userinfo {type(error).__name__}") from error
    if answer.status_code != 200 or len(answer.content) > LARGEST:
        raise ProviderDown("userinfo")
    return answer.content
