"""One login from the button to the session: what is asked for is remembered, and used up by the answer."""

import secrets
import time

from django.conf import settings
from django.http import Http404
from django.urls import reverse

from identity import client, people, tokens
from identity.config import WAYS, Provider
from identity.errors import Refused
from identity.models import Identity
from organisations import held, session
from organisations.enums import UserKind

QUESTIONS = "oidc_questions"
# A person may have the login page open in a few windows; each question is answered within ten minutes or never.
MOST_QUESTIONS = 5
ANSWER_SECONDS = 10 * 60
LOGIN, STEP_UP = "login", "step_up"


def provider_for(way: str) -> Provider:
    """The provider of an address. Raises Http404 when this installation has none of the kind."""
    provider = settings.OIDC_PROVIDERS.get(WAYS.get(way, ""))
    if provider is None:
        raise Http404
    return provider


def provider_of(request) -> Provider:
    """The provider that the session came from. Raises Http404 for a session of another kind."""
    issuer = request.session.get("issuer")
    provider = next((one for one in settings.OIDC_PROVIDERS.values() if one.issuer == issuer), None)
    if provider is None:
        raise Http404
    return provider


def address(name: str, provider: Provider) -> str:
    """One of our own addresses, as it is registered with the provider."""
    return settings.SIP_PUBLIC_URL + reverse(name, args=[provider.way])


def start(request, provider: Provider, *, what: str, next_page: str = "") -> str:
    """Remember a new question and return where the browser asks it."""
    state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
    asked = {"nonce": nonce, "max_age": str(oldest(provider))}
    if what == STEP_UP:
        asked |= {"prompt": "login", "max_age": "0"}
    where = client.authorization_address(
        provider, redirect_uri=address("identity:callback", provider), state=state, verifier=verifier, **asked
    )
    kept = sorted(request.session.get(QUESTIONS, {}).items(), key=lambda item: item[1]["at"])[1 - MOST_QUESTIONS :]
    question = {"at": int(time.time()), "kind": provider.kind, "nonce": nonce, "verifier": verifier}
    request.session[QUESTIONS] = dict(kept) | {state: question | {"what": what, "next": next_page}}
    return where


def oldest(provider: Provider) -> int:
    """A login at the provider older than our own longest session begins no new one."""
    return settings.SESSION_ABSOLUTE_SECONDS[provider.kind]


def complete(request, provider: Provider) -> str:
    """Take the provider's answer: begin a session, or freshen the one there is. Returns where to go.

    Raises Refused; then nothing of the session has changed but that the question is used up.
    """
    question = used_question(request, provider)
    check_response(request, provider)
    answer = client.exchange(
        provider,
        code=request.GET.get("code", ""),
        verifier=question["verifier"],
        redirect_uri=address("identity:callback", provider),
    )
    step_up = question["what"] == STEP_UP
    claims = tokens.id_token(
        provider,
        answer["id_token"],
        nonce=question["nonce"],
        max_age=int(time.time()) - question["at"] if step_up else oldest(provider),
        access_token=answer.get("access_token"),
    )
    if step_up:
        return freshen(request, provider, claims)
    begin(request, provider, with_userinfo(provider, claims, answer), answer["id_token"])
    # A form that came too late waits for the one who wrote it.
    return reverse("organisations:resume") if held.waiting(request.session, request.user) else question["next"]


def used_question(request, provider: Provider) -> dict:
    """The question that this answer belongs to; asked in this very session, of this provider, and never again."""
    questions = request.session.get(QUESTIONS, {})
    question = questions.pop(request.GET.get("state", ""), None)
    if question is None:
        raise Refused("state")
    request.session.modified = True
    if question["kind"] != provider.kind or time.time() - question["at"] > ANSWER_SECONDS:
        raise Refused("state")
    return question


def check_response(request, provider: Provider) -> None:
    """The answer names the provider that was asked (RFC 9207), and is no refusal."""
    told = request.GET.get("iss")
    promised = client.metadata(provider).get("authorization_response_iss_parameter_supported") is True
    if (told is not None or promised) and told != provider.issuer:
        raise Refused("response_iss")
    if request.GET.get("error"):
        raise Refused("cancelled" if request.GET["error"] == "access_denied" else "error")
    if not request.GET.get("code"):
        raise Refused("code")


def with_userinfo(provider: Provider, claims: dict, answer: dict) -> dict:
    """Claims that the provider leaves out of the ID token may stand in its UserInfo; the token's own go first."""
    wanted = {"employee_id", "number"} & set(provider.claims)
    if any(provider.claims[name] in claims for name in wanted):
        return claims
    raw = client.userinfo(provider, answer.get("access_token"))
    return {**tokens.userinfo(provider, raw, subject=claims["sub"]), **claims}


def begin(request, provider: Provider, claims: dict, id_token: str) -> None:
    user = people.user_of(provider, claims)
    agreed = people.purposes(provider, claims, user) if user.kind == UserKind.STAFF else None
    session.begin(
        request,
        user,
        auth_time=int(claims["auth_time"]),
        method=session.OIDC,
        issuer=provider.issuer,
        sid=people.text(claims, "sid"),
        id_token=id_token,
        purposes=agreed,
    )


def freshen(request, provider: Provider, claims: dict) -> str:
    """The one who is signed in has proved it again; somebody else has not."""
    same = Identity.objects.filter(issuer=provider.issuer, subject=claims["sub"], user_id=request.user.pk)
    if request.session.get("issuer") != provider.issuer or not same.exists():
        raise Refused("other_person", user_id=request.user.pk)
    return session.stepped_up(request, auth_time=int(claims["auth_time"]))
