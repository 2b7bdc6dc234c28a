"""Demo login, throttled; production has none of it (the identity providers come with their own module)."""

import hashlib
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from audit import log
from organisations import session
from organisations import session_rules as rules
from organisations.models import Assignment, LoginAttempt, User

WRONG = "Fel användarnamn eller lösenord. Försök igen."
THROTTLED = "För många försök. Vänta en kvart och försök igen."

MAX_ATTEMPTS = 10
WINDOW = timedelta(minutes=15)
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


def password_login(request, form) -> bool:
    """Sign the demo user in, or put one neutral sentence on the form and return False."""
    username, password = form.cleaned_data["username"], form.cleaned_data["password"]
    key = attempt_key(username, request.META.get("REMOTE_ADDR", ""))
    if is_throttled(key):
        form.add_error(None, THROTTLED)
        return False
    user = check(username, password)
    if user is None:
        note_failure(key)
        log.append_unscoped("login.failed")
        form.add_error(None, WRONG)
        return False
    forget_failures(key)
    session.begin(request, user, auth_time=rules.now(), method=session.DEMO)
    return True


def check(username: str, password: str):
    """The demo account with that name and password, or None; a known and an unknown name cost the same time."""
    user = User.objects.filter(username=username, is_demo=True, is_active=True).first()
    if user is None or not settings.DEMO_LOGIN:
        make_password(password)
        return None
    return user if user.check_password(password) else None


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


def attempt_key(username: str, address: str) -> str:
    return hashlib.sha256(f"{username.lower()}|{address}".encode()).hexdigest()


def is_throttled(key: str) -> bool:
    return LoginAttempt.objects.filter(key=key, at__gte=timezone.now() - WINDOW).count() >= MAX_ATTEMPTS


def note_failure(key: str) -> None:
    LoginAttempt.objects.filter(at__lt=timezone.now() - WINDOW).delete()
    LoginAttempt.objects.create(key=key)


def forget_failures(key: str) -> None:
    LoginAttempt.objects.filter(key=key).delete()
