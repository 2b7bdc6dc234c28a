"""Login by password: the test environment's accounts, and the operators' way in when the identity provider is down.

Both are off in production by default; everybody else comes through the identity providers' own module.
"""

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from audit import log
from organisations import session, throttle
from organisations import session_rules as rules
from organisations.enums import Role
from organisations.models import Assignment, User

WRONG = "Fel användarnamn eller lösenord. Försök igen."
WRONG_PASSWORD = "Fel lösenord. Försök igen."  # noqa: S105 - a sentence
THROTTLED = "För många försök. Vänta en kvart och försök igen."

# Enough to walk through the whole journey with; `manage.py demo_accounts` lists all.
SHOWN_ACCOUNTS = (
    "amira.falun",
    "hanna.dalarna",
    "karin.falun",
    "ulla.dalarna",
    "bo.falun",
    "yusuf.falun",
    "helena.falun",
    "anders.falun",
    "elsa.medborgare",
)


class Accounts(BaseBackend):
    """Finds the user of a session, as long as the account is active; `session.begin` is the only way in."""

    def get_user(self, user_id):
        return User.objects.filter(pk=user_id, is_active=True).first()


class LoginRefused(Exception):
    """No; the one sentence says the same to a known and an unknown name."""


def password_login(request, form, *, method: str) -> bool:
    """Sign the user in, or put one neutral sentence on the form and return False."""
    try:
        user = verify(request, form.cleaned_data["username"], form.cleaned_data["password"], method=method)
    except LoginRefused as error:
        form.add_error(None, str(error))
        return False
    purposes = administration_of(user) if method == session.EMERGENCY else None
    session.begin(request, user, auth_time=rules.now(), method=method, purposes=purposes)
    return True


def prove_again(request, form) -> bool:
    """The signed-in user's own password once more, or a sentence on the form and False."""
    method = request.session["method"]
    try:
        verify(request, request.user.username, form.cleaned_data["password"], method=method)
    except LoginRefused as error:
        form.add_error(None, WRONG_PASSWORD if str(error) == WRONG else str(error))
        return False
    return True


def verify(request, username: str, password: str, *, method: str) -> User:
    """The account with that name and password. Raises LoginRefused, after the same time for known and unknown."""
    attempt = throttle.begin(method, username, request.META.get("REMOTE_ADDR", ""))
    if attempt.refused:
        log.append_unscoped("login.throttled", details={"method": method})
        raise LoginRefused(THROTTLED)
    user = account(username, method)
    if user is None:
        make_password(password)
    if user is None or not user.check_password(password):
        log.append_unscoped("login.failed", details={"method": method})
        raise LoginRefused(WRONG)
    attempt.forget()
    return user


def account(username: str, method: str) -> User | None:
    """An active account that may come in this way now."""
    known = User.objects.filter(username=username, is_active=True)
    if method == session.EMERGENCY:
        found = known.filter(is_operator=True).first()
        return found if username in settings.EMERGENCY_LOGIN else None
    found = known.filter(is_demo=True).first()
    return found if settings.DEMO_LOGIN else None


def administration_of(user) -> dict[int, str]:
    """What an operator may act in: administration alone, whatever else the directory says."""
    own = Assignment.objects.valid_on(timezone.localdate()).filter(staff__user_id=user.pk, role=Role.ORG_ADMIN)
    return dict.fromkeys(own.values_list("pk", flat=True), "")


def shown_accounts() -> list[dict]:
    """Some demo accounts for the login page; none outside the test environment."""
    if not settings.DEMO_LOGIN:
        return []
    found = User.objects.filter(username__in=SHOWN_ACCOUNTS, is_demo=True, is_active=True)
    users = {user.username: user for user in found}
    places = {}
    for item in Assignment.objects.valid_on(timezone.localdate()).with_names().filter(staff__user__in=users.values()):
        place = f"{item.staff.title}, {item.unit.name} ({item.get_role_display().lower()})"
        places.setdefault(item.staff.user_id, []).append(place)
    return [
        {"username": name, "name": users[name].name, "what": "; ".join(places.get(users[name].pk, ["har en egen SIP"]))}
        for name in SHOWN_ACCOUNTS
        if name in users
    ]
