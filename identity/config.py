"""The identity providers, read from the environment: everything needed, or a refusal to start."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

STAFF, CITIZEN = "staff", "citizen"
# The word that stands in the addresses of each provider's pages.
WAYS = {"personal": STAFF, "invanare": CITIZEN}
ASYMMETRIC = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
# Our name for each fact, and what Inera's IdP and the Swedish OIDC profile call it.
CLAIMS = {
    STAFF: {
        "employee_id": "employeeHsaId",
        "directory_id": "https://id.oidc.se/claim/orgAffiliation",
        "commissions": "allCommissions",
        "commission_id": "commissionHsaId",
        "commission_purpose": "commissionPurpose",
        "commission_unit": "healthCareUnitHsaId",
    },
    CITIZEN: {
        "number": "https://id.oidc.se/claim/personalIdentityNumber",
        "coordination_number": "https://id.oidc.se/claim/coordinationNumber",
        "given_name": "given_name",
        "family_name": "family_name",
    },
}
SCOPES = {STAFF: "openid", CITIZEN: "openid https://id.oidc.se/scope/naturalPersonNumber"}
ACR = {
    STAFF: "http://id.sambi.se/loa/loa3",
    CITIZEN: "http://id.elegnamnden.se/loa/1.0/loa3",
}

NAMES = {
    "ISSUER",
    "CLIENT_ID",
    "CLIENT_SECRET",
    "CLIENT_KEY_FILE",
    "SCOPES",
    "ACR_VALUES",
    "ALGORITHMS",
    "CLAIMS",
    "END_SESSION",
    "TIMEOUT",
}


@dataclass(frozen=True)
class Provider:
    """One identity provider as this installation is registered with it."""

    kind: str
    issuer: str
    client_id: str
    client_secret: str
    client_key: str
    scopes: str
    acr_values: tuple[str, ...]
    algorithms: tuple[str, ...]
    claims: Mapping[str, str]
    end_session: str
    timeout: int
    insecure: bool

    @property
    def way(self) -> str:
        return next(word for word, kind in WAYS.items() if kind == self.kind)

    @property
    def origins(self) -> list[str]:
        """Where the browser may be sent with a form: the logout at the provider."""
        addresses = [self.issuer] + ([self.end_session] if "://" in self.end_session else [])
        return sorted({f"{urlsplit(one).scheme}://{urlsplit(one).netloc}" for one in addresses})

    def may_use(self, address: object) -> bool:
        """Only encrypted addresses; in a demo also this machine's own."""
        parts = urlsplit(address) if isinstance(address, str) else urlsplit("")
        return bool(parts.netloc) and (
            parts.scheme == "https" or (self.insecure and parts.scheme == "http" and parts.hostname in LOOPBACK)
        )


def read(environ: Mapping[str, str], *, demo: bool, face: str) -> dict[str, Provider]:
    """The providers of this process' face, by kind. Raises ImproperlyConfigured for one that is half told."""
    found = {}
    for kind in (STAFF, CITIZEN):
        if face in (kind, "both") and (made := _provider(kind, environ, demo=demo)):
            found[kind] = made
    return found


def _provider(kind: str, environ: Mapping[str, str], *, demo: bool) -> Provider | None:
    prefix = f"SIP_OIDC_{kind.upper()}_"
    given = {name[len(prefix) :]: text.strip() for name, text in environ.items() if name.startswith(prefix)}
    given = {name: text for name, text in given.items() if text}
    if not given:
        return None
    if unknown := set(given) - NAMES:
        raise ImproperlyConfigured(f"{prefix}{min(unknown)} finns inte. Se docs/drift.md.")
    for name in ("ISSUER", "CLIENT_ID"):
        if name not in given:
            raise ImproperlyConfigured(f"{prefix}{name} saknas. Se docs/drift.md.")
    if ("CLIENT_SECRET" in given) == ("CLIENT_KEY_FILE" in given):
        raise ImproperlyConfigured(f"Ange {prefix}CLIENT_SECRET eller {prefix}CLIENT_KEY_FILE, och bara ett av dem.")
    provider = Provider(
        kind=kind,
        issuer=given["ISSUER"],
        client_id=given["CLIENT_ID"],
        client_secret=given.get("CLIENT_SECRET", ""),
        client_key=_key(prefix, given.get("CLIENT_KEY_FILE", "")),
        scopes=given.get("SCOPES", SCOPES[kind]),
        acr_values=tuple(_words(given.get("ACR_VALUES", ACR[kind]))),
        algorithms=tuple(_words(given.get("ALGORITHMS", "RS256,PS256,ES256"))),
        claims=_claims(prefix, kind, given.get("CLAIMS", "")),
        end_session=given.get("END_SESSION", ""),
        timeout=_seconds(prefix, given.get("TIMEOUT", "5")),
        insecure=demo,
    )
    _check(prefix, provider)
    return provider


def _words(text: str) -> list[str]:
    return [word for word in re.split(r"[\s,]+", text) if word]


def _key(prefix: str, place: str) -> str:
    if not place:
        return ""
    try:
        return Path(place).read_text(encoding="ascii")
    except (OSError, ValueError):
        raise ImproperlyConfigured(f"{prefix}CLIENT_KEY_FILE går inte att läsa.") from None


def _claims(prefix: str, kind: str, text: str) -> dict[str, str]:
    pairs = [word.partition("=") for word in _words(text)]
    changed = {ours: theirs for ours, _, theirs in pairs if theirs}
    if len(changed) != len(pairs) or not set(changed) <= set(CLAIMS[kind]):
        known = ", ".join(CLAIMS[kind])
        raise ImproperlyConfigured(f"{prefix}CLAIMS ska ha formen namn=anspråk. Kända namn: {known}.")
    return {**CLAIMS[kind], **changed}


def _seconds(prefix: str, text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 30:
        raise ImproperlyConfigured(f"{prefix}TIMEOUT ska vara 1 till 30 sekunder.")
    return int(text)


def _check(prefix: str, provider: Provider) -> None:
    if not provider.may_use(provider.issuer) or urlsplit(provider.issuer).query:
        raise ImproperlyConfigured(f"{prefix}ISSUER ska vara en adress som börjar med https.")
    if provider.end_session not in ("", "av") and not provider.may_use(provider.end_session):
        raise ImproperlyConfigured(f"{prefix}END_SESSION ska vara ”av” eller en adress som börjar med https.")
    if not provider.acr_values:
        raise ImproperlyConfigured(f"{prefix}ACR_VALUES ska ha minst en tillitsnivå.")
    if "openid" not in provider.scopes.split():
        raise ImproperlyConfigured(f"{prefix}SCOPES ska innehålla openid.")
    if not provider.algorithms or not set(provider.algorithms) <= ASYMMETRIC:
        raise ImproperlyConfigured(f"{prefix}ALGORITHMS får bara ha {', '.join(sorted(ASYMMETRIC))}.")
