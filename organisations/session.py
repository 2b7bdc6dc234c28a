"""The session's life: begin, choose assignment, prove oneself again, finish; each gives a new id and a log row."""

from datetime import timedelta

from django.conf import settings
from django.contrib import auth, messages
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from audit import log
from organisations import held
from organisations import session_rules as rules
from organisations.enums import UserKind
from organisations.models import Assignment, SignIn

BACKEND = "organisations.login.Accounts"
DEMO, OIDC, EMERGENCY = "demo", "oidc", "emergency"
WHY = {
    rules.IDLE: "Du har loggats ut, eftersom du inte gjorde något på {minutes} minuter.",
    rules.ABSOLUTE: "Du har loggats ut, eftersom det var länge sedan du loggade in.",
}


def own_assignments(request) -> list[Assignment]:
    """The user's valid assignments that this login gives; one from an identity provider may give fewer."""
    found = Assignment.objects.valid_on(timezone.localdate()).with_names().filter(staff__user_id=request.user.pk)
    return [a for a in found.order_by("unit__name", "role") if rules.agrees(request.session, a.pk)]


def begin(request, user, *, auth_time: int, method: str, issuer="", sid="", id_token="", purposes=None) -> None:
    """The one way a session starts: nothing is kept of what was there before, not even its id, save a form that the
    same user wrote too late.

    `auth_time` is when the person proved who they are (epoch seconds); `issuer`, `sid` and `id_token` are the
    identity provider's, for logout; `purposes` says which assignments its claims give (id → purpose), None all.
    Picks the only assignment.
    """
    kept = held.waiting(request.session, user)
    tidy()
    SignIn.objects.filter(session_key=request.session.session_key).delete()
    request.session.flush()
    auth.login(request, user, backend=BACKEND)
    rules.start(request.session, kind=user.kind, method=method, auth_time=auth_time)
    request.session.update({"issuer": issuer, "sid": sid, "id_token": id_token})
    if purposes is not None:
        request.session["purposes"] = {str(pk): purpose for pk, purpose in purposes.items()}
    if kept:
        request.session[held.KEY] = kept
    SignIn.objects.create(session_key=request.session.session_key, user=user, issuer=issuer, sid=sid)
    log.append_unscoped("login.succeeded", user_id=user.pk, name=user.name, details={"method": method})
    if user.kind == UserKind.STAFF:
        pick(request, kept)


def pick(request, kept: dict | None) -> None:
    """Act in the only assignment, or in the one in which the form that waits was written."""
    own = [a.pk for a in own_assignments(request)]
    request.session["acting_choices"] = len(own)
    before = kept and kept["assignment"]
    if len(own) == 1 or before in own:
        act_in(request, before if before in own else own[0])


def tidy() -> None:
    """Sessions that nobody can use any longer leave the database with what they held."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    SignIn.objects.filter(at__lt=timezone.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)).delete()


def renew(request) -> None:
    """A new id for the same session: the old one leads to the login page from now on."""
    before = request.session.session_key
    request.session.cycle_key()
    SignIn.objects.filter(session_key=before).update(session_key=request.session.session_key)


def act_in(request, assignment_id: int) -> None:
    """Make one of the user's own assignments the acting one."""
    assignment = next(a for a in own_assignments(request) if a.pk == assignment_id)
    renew(request)
    request.session[rules.ACTING] = assignment.pk
    details = {"assignment": assignment.pk}
    log.append_unscoped(
        "session.acting", user_id=request.user.pk, unit_id=assignment.unit_id, name=request.user.name, details=details
    )


def stepped_up(request, *, auth_time: int) -> str:
    """The same person has proved who they are again: a new id, and the address that waited for it."""
    renew(request)
    request.session["auth_time"] = auth_time
    log.append_unscoped("session.stepped_up", user_id=request.user.pk, name=request.user.name)
    return request.session.pop("step_up_to", "") or reverse("organisations:home")


def finish(request) -> dict:
    """End the session in the database, and return what a logout at the identity provider needs."""
    ended = {name: request.session.get(name, "") for name in ("method", "issuer", "sid", "id_token")}
    if request.user.is_authenticated:
        log.append_unscoped("logout", user_id=request.user.pk, name=request.user.name)
    SignIn.objects.filter(session_key=request.session.session_key).delete()
    auth.logout(request)
    return ended


def expire(request, view, limit: str) -> None:
    """End a session that has reached a limit, say so, and let a form that came too late wait for the same user."""
    minutes = settings.SESSION_IDLE_SECONDS[request.user.kind] // 60
    form = held.form_of(request, view)
    log.append_unscoped("session.expired", user_id=request.user.pk, name=request.user.name, details={"limit": limit})
    SignIn.objects.filter(session_key=request.session.session_key).delete()
    auth.logout(request)
    messages.info(request, WHY[limit].format(minutes=minutes))
    if form:
        request.session[held.KEY] = form


def end_all(*, why: str, user=None, issuer="", sid="") -> int:
    """End every session of a user, or of an identity provider's session, and log it; return how many."""
    found = SignIn.objects.select_related("user")
    found = found.filter(user=user) if user else found.filter(issuer=issuer, sid=sid)
    ended = 0
    for sign_in in found:
        Session.objects.filter(session_key=sign_in.session_key).delete()
        sign_in.delete()
        log.append_unscoped("session.ended", user_id=sign_in.user_id, name=sign_in.user.name, details={"why": why})
        ended += 1
    return ended


def next_page(request) -> str:
    """Where to go after login: to a form that waits, else only to an address of our own."""
    if held.waiting(request.session, request.user):
        return reverse("organisations:resume")
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if allowed else reverse("organisations:home")
