"""The session's life: sign in, choose assignment, sign out; each gives a new session id and a log row."""

from django.contrib import auth
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from audit import log
from organisations import login
from organisations.enums import UserKind
from organisations.middleware import SESSION_KEY, keep_alive
from organisations.models import Assignment

WRONG = "Fel användarnamn eller lösenord. Försök igen."
THROTTLED = "För många försök. Vänta en kvart och försök igen."


def own_assignments(user) -> list[Assignment]:
    found = Assignment.objects.valid_on(timezone.localdate()).with_names().filter(staff__user_id=user.pk)
    return list(found.order_by("unit__name", "role"))


def sign_in(request, form) -> bool:
    """Sign the demo user in, or put one neutral sentence on the form and return False."""
    username, password = form.cleaned_data["username"], form.cleaned_data["password"]
    key = login.attempt_key(username, request.META.get("REMOTE_ADDR", ""))
    if login.is_throttled(key):
        form.add_error(None, THROTTLED)
        return False
    user = auth.authenticate(request, username=username, password=password)
    if user is None:
        login.note_failure(key)
        log.append_unscoped("login.failed")
        form.add_error(None, WRONG)
        return False
    login.forget_failures(key)
    auth.login(request, user)
    request.session["signed_in_at"] = timezone.now().isoformat()
    keep_alive(request.session)
    log.append_unscoped("login.succeeded", user_id=user.pk, name=user.name)
    if user.kind == UserKind.STAFF:
        assignments = own_assignments(user)
        request.session["acting_choices"] = len(assignments)
        if len(assignments) == 1:
            act_in(request, assignments[0].pk)
    return True


def act_in(request, assignment_id: int) -> None:
    """Make one of the user's own assignments the acting one."""
    assignment = next(a for a in own_assignments(request.user) if a.pk == assignment_id)
    request.session.cycle_key()
    request.session[SESSION_KEY] = assignment.pk
    details = {"assignment": assignment.pk}
    log.append_unscoped(
        "session.acting", user_id=request.user.pk, unit_id=assignment.unit_id, name=request.user.name, details=details
    )


def sign_out(request) -> None:
    log.append_unscoped("logout", user_id=request.user.pk, name=request.user.name)
    auth.logout(request)


def next_page(request) -> str:
    """Where to go after login: only to an address of our own."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if allowed else reverse("organisations:home")
