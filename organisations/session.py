"""The session's life: begin, choose assignment, prove oneself again, finish; each gives a new id and a log row."""

from django.contrib import auth
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from audit import log
from organisations import session_rules as rules
from organisations.enums import UserKind
from organisations.models import Assignment

BACKEND = "organisations.login.Accounts"
DEMO, OIDC, EMERGENCY = "demo", "oidc", "emergency"


def own_assignments(request) -> list[Assignment]:
    """The user's valid assignments that this login gives; one from an identity provider may give fewer."""
    found = Assignment.objects.valid_on(timezone.localdate()).with_names().filter(staff__user_id=request.user.pk)
    return [a for a in found.order_by("unit__name", "role") if rules.agrees(request.session, a.pk)]


def begin(request, user, *, auth_time: int, method: str, issuer="", sid="", id_token="", purposes=None) -> None:
    """The one way a session starts: nothing is kept of what was there before, not even its id.

    `auth_time` is when the person proved who they are (epoch seconds); `issuer`, `sid` and `id_token` are the
    identity provider's, for logout; `purposes` says which assignments its claims give (id → purpose), None all.
    Picks the only assignment.
    """
    request.session.flush()
    auth.login(request, user, backend=BACKEND)
    rules.start(request.session, kind=user.kind, method=method, auth_time=auth_time)
    request.session.update({"issuer": issuer, "sid": sid, "id_token": id_token})
    if purposes is not None:
        request.session["purposes"] = {str(pk): purpose for pk, purpose in purposes.items()}
    log.append_unscoped("login.succeeded", user_id=user.pk, name=user.name, details={"method": method})
    if user.kind == UserKind.STAFF:
        assignments = own_assignments(request)
        request.session["acting_choices"] = len(assignments)
        if len(assignments) == 1:
            act_in(request, assignments[0].pk)


def act_in(request, assignment_id: int) -> None:
    """Make one of the user's own assignments the acting one."""
    assignment = next(a for a in own_assignments(request) if a.pk == assignment_id)
    request.session.cycle_key()
    request.session[rules.ACTING] = assignment.pk
    details = {"assignment": assignment.pk}
    log.append_unscoped(
        "session.acting", user_id=request.user.pk, unit_id=assignment.unit_id, name=request.user.name, details=details
    )


def stepped_up(request, *, auth_time: int) -> str:
    """The same person has proved who they are again: a new id, and the address that waited for it."""
    request.session.cycle_key()
    request.session["auth_time"] = auth_time
    log.append_unscoped("session.stepped_up", user_id=request.user.pk, name=request.user.name)
    return request.session.pop("step_up_to", "") or reverse("organisations:home")


def finish(request) -> dict:
    """End the session in the database, and return what a logout at the identity provider needs."""
    ended = {name: request.session.get(name, "") for name in ("method", "issuer", "sid", "id_token")}
    if request.user.is_authenticated:
        log.append_unscoped("logout", user_id=request.user.pk, name=request.user.name)
    auth.logout(request)
    return ended


def next_page(request) -> str:
    """Where to go after login: only to an address of our own."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if allowed else reverse("organisations:home")
