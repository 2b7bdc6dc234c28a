"""What Authlib's server needs to be told: which client, which codes, what stands in a token."""

import secrets
import time
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from authlib.oauth2.rfc6749 import AuthorizationServer, InvalidRequestError, OAuth2Request
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc9207 import IssuerParameter
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from authlib.oidc.rpinitiated import EndSessionEndpoint
from joserfc.jwk import KeySet, RSAKey

from sip.demo.provider.realm import ALGORITHM, CODE_SECONDS, TOKEN_SECONDS, Code, Realm


@dataclass
class Asked:
    """A request as the web server got it."""

    method: str
    address: str
    headers: dict[str, str]
    form: dict[str, str] = field(default_factory=dict)


@dataclass
class Answer:
    """What goes back; Authlib adds the issuer to `location`."""

    status: int
    body: object
    headers: dict[str, str]

    @property
    def location(self) -> str | None:
        return self.headers.get("Location")

    @location.setter
    def location(self, value: str) -> None:
        self.headers["Location"] = value


class Request(OAuth2Request):
    """Authlib's view of an `Asked`."""

    def __init__(self, asked: Asked):
        super().__init__(asked.method, asked.address, headers=asked.headers)
        self._args = dict(parse_qsl(urlsplit(asked.address).query, keep_blank_values=True))
        self._form = asked.form
        self.payload = BasicOAuth2Payload({**self._args, **self._form})

    @property
    def args(self) -> dict[str, str]:
        return self._args

    @property
    def form(self) -> dict[str, str]:
        return self._form


class Server(AuthorizationServer):
    """Authlib's authorization server over a realm, without any web framework."""

    def __init__(self, realm: Realm):
        super().__init__()
        self.realm = realm
        self.register_client_auth_method("private_key_jwt", Assertion(realm))
        self.register_grant(CodeGrant, [IdToken(realm), DemandedChallenge(required=True)])
        self.register_endpoint(Leaving)
        self.register_token_generator("default", BearerTokenGenerator(_access_token, expires_generator=_lifetime))
        Issuer(realm.issuer)(self)

    def query_client(self, client_id):
        return self.realm.client if client_id == self.realm.client.client_id else None

    def save_token(self, token, request):
        self.realm.access[token["access_token"]] = request.user

    def create_oauth2_request(self, request):
        return Request(request)

    def handle_response(self, status, body, headers):
        return Answer(status, body, dict(headers))

    def send_signal(self, name, *args, **kwargs):
        """Nobody listens."""


def _access_token(**_given) -> str:
    return secrets.token_urlsafe(32)


def _lifetime(_client, _grant_type) -> int:
    return TOKEN_SECONDS


class Issuer(IssuerParameter):
    def __init__(self, issuer: str):
        self.issuer = issuer

    def get_issuer(self):
        return self.issuer


class CodeGrant(AuthorizationCodeGrant):
    """Codes live in memory, for a minute and for one exchange."""

    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "private_key_jwt"]

    @property
    def realm(self) -> Realm:
        return self.server.realm

    def save_authorization_code(self, code, request):
        asked = request.payload.data
        self.realm.codes[code] = Code(
            login=request.user,
            redirect_uri=request.payload.redirect_uri,
            scope=request.payload.scope,
            nonce=asked["nonce"],
            code_challenge=asked["code_challenge"],
            code_challenge_method=asked["code_challenge_method"],
            expires_at=time.time() + CODE_SECONDS,
        )

    def query_authorization_code(self, code, client):
        found = self.realm.codes.pop(code, None)
        return found if found and found.expires_at > time.time() else None

    def delete_authorization_code(self, authorization_code):
        """Gone when it was asked for."""

    def authenticate_user(self, authorization_code):
        return authorization_code.login


class DemandedChallenge(CodeChallenge):
    """PKCE with S256 is demanded of every client, also of those with a secret."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]

    def validate_code_challenge(self, grant, redirect_uri):
        asked = grant.request.payload.data
        if not asked.get("code_challenge") or asked.get("code_challenge_method") != "S256":
            raise InvalidRequestError("PKCE with S256 is required.", redirect_uri=redirect_uri)
        super().validate_code_challenge(grant, redirect_uri)


class IdToken(OpenIDCode):
    """The ID token, with what the realm states of the person."""

    def __init__(self, realm: Realm):
        super().__init__(require_nonce=True)
        self.realm = realm

    def exists_nonce(self, nonce, request):
        return any(code.nonce == nonce for code in self.realm.codes.values())

    def generate_user_info(self, user, scope):
        return UserInfo(self.realm.claims(user))

    def encode_id_token(self, token, request):
        now = int(time.time())
        claims = {
            "iss": self.realm.issuer,
            "aud": request.client.client_id,
            "iat": now,
            "exp": now + TOKEN_SECONDS,
            **self.get_authorization_code_claims(request.authorization_code),
            **self.generate_user_info(request.user, token["scope"]),
        }
        return self.realm.id_token(claims)


class Assertion(JWTBearerClientAssertion):
    """A client that proves itself with its own key (private_key_jwt), each proof once."""

    CLIENT_AUTH_METHOD = "private_key_jwt"

    def __init__(self, realm: Realm):
        super().__init__()
        self.realm = realm

    def get_audiences(self):
        return [f"{self.realm.issuer}/token", self.realm.issuer]

    def validate_jti(self, claims, jti):
        new = jti not in self.realm.used
        self.realm.used.add(jti)
        return new

    def resolve_client_public_key(self, client):
        return RSAKey.import_key(client.public_key, {"use": "sig"})


class Leaving(EndSessionEndpoint):
    """The logout that the client begins."""

    def get_server_jwks(self):
        return KeySet(self.server.realm.keys)

    def get_algorithms(self):
        return [ALGORITHM]

    def end_session(self, end_session_request):
        claims = end_session_request.id_token_claims or {}
        self.server.realm.end(claims.get("sid", ""))
