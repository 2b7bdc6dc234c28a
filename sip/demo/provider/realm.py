"""One provider: its keys, who is logged in at it, and the tokens it issues."""

import secrets
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from sip.demo.provider.people import Commission, Person

ALGORITHM = "RS256"
TOKEN_SECONDS = 300
CODE_SECONDS = 60
ACR = {
    "staff": {"loa3": "http://id.sambi.se/loa/loa3", "loa2": "http://id.sambi.se/loa/loa2"},
    "citizen": {
        "loa3": "http://id.elegnamnden.se/loa/1.0/loa3",
        "loa2": "http://id.elegnamnden.se/loa/1.0/loa2",
    },
}
BACK_CHANNEL = "http://schemas.openid.net/event/backchannel-logout"


@dataclass(frozen=True)
class Client:
    """The one system that is registered; with a secret or a public key."""

    client_id: str
    client_secret: str = ""
    public_key: str = ""
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    back_channel_uri: str = ""

    @property
    def client_metadata(self) -> dict:
        return {"post_logout_redirect_uris": list(self.post_logout_redirect_uris)}

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        return self.redirect_uris[0]

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        return bool(self.client_secret) and secrets.compare_digest(self.client_secret, client_secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == ("private_key_jwt" if self.public_key else "client_secret_basic")

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Login:
    """Somebody who is logged in at the provider, in one browser."""

    person: Person
    acr: str
    commissions: tuple[Commission, ...]
    auth_time: int = field(default_factory=lambda: int(time.time()))
    sid: str = field(default_factory=lambda: secrets.token_urlsafe(24))


@dataclass
class Code:
    """An authorization code, good for one exchange."""

    login: Login
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str
    expires_at: float

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> int:
        return self.login.auth_time

    def get_acr(self) -> str:
        return self.login.acr

    def get_amr(self) -> None:
        return None


class Realm:
    """Everything that one issuer remembers; gone when the process ends."""

    def __init__(self, *, issuer: str, kind: str, client: Client, people: list[Person]):
        self.issuer, self.kind, self.client, self.people = issuer, kind, client, people
        self.keys: list[RSAKey] = []
        self.logins: dict[str, Login] = {}
        self.codes: dict[str, Code] = {}
        self.access: dict[str, Login] = {}
        self.asked: dict[str, str] = {}
        self.used: set[str] = set()
        self.rotate()

    def rotate(self) -> None:
        """A new signing key; the one before stays readable, so that tokens on their way still hold."""
        made = RSAKey.generate_key(2048, {"use": "sig", "alg": ALGORITHM, "kid": secrets.token_hex(8)})
        self.keys = [made, *self.keys[:1]]

    def jwks(self) -> dict:
        return KeySet(self.keys).as_dict(private=False)

    def metadata(self) -> dict:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/jwks",
            "end_session_endpoint": f"{self.issuer}/logout",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": [ALGORITHM],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
            "backchannel_logout_supported": True,
            "backchannel_logout_session_supported": True,
            "acr_values_supported": list(ACR[self.kind].values()),
            "scopes_supported": ["openid", "https://id.oidc.se/scope/naturalPersonNumber"],
        }

    def claims(self, login: Login) -> dict:
        """What is stated of the person: identity, and for staff the commissions that were chosen."""
        stated = {"sub": login.person.subject, "sid": login.sid, **login.person.claims}
        if len(login.commissions) == 1:
            stated |= login.commissions[0].claims()
        if login.commissions:
            stated["allCommissions"] = [one.claims() for one in login.commissions]
        return stated

    def issue(self, claims: dict, *, kind: str = "JWT") -> str:
        key = self.keys[0]
        return jwt.encode({"alg": ALGORITHM, "kid": key.kid, "typ": kind}, claims, key, algorithms=[ALGORITHM])

    def id_token(self, claims: dict) -> str:
        return self.issue(claims)

    def logout_token(self, login: Login) -> dict:
        now = int(time.time())
        return {
            "iss": self.issuer,
            "aud": self.client.client_id,
            "iat": now,
            "exp": now + 120,
            "jti": secrets.token_urlsafe(16),
            "sub": login.person.subject,
            "sid": login.sid,
            "events": {BACK_CHANNEL: {}},
        }

    def end(self, sid: str) -> None:
        """Log somebody out here and tell the client, without waiting for it."""
        login = self.logins.pop(sid, None)
        if login:
            self.access = {token: one for token, one in self.access.items() if one.sid != sid}
            threading.Thread(target=self.tell_client, args=[login], daemon=True).start()

    def tell_client(self, login: Login) -> int:
        """The back-channel call; returns the client's answer, 0 when there is none."""
        token = self.issue(self.logout_token(login), kind="logout+jwt")
        body = urllib.parse.urlencode({"logout_token": token}).encode()
        try:
            with urllib.request.urlopen(self.client.back_channel_uri, body, timeout=5) as answer:  # noqa: S310
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except (OSError, ValueError):
            return 0
