"""Demo login, throttled; production has none of it (the identity providers come with their own module)."""

import hashlib
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from organisations.models import Assignment, LoginAttempt, User

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


class NoLogin(BaseBackend):
    """Lets nobody in."""


class DemoBackend(BaseBackend):
    """Checks a demo account's name and password; a known and an unknown name cost the same time."""

    def authenticate(self, request, username=None, password=None):
        user = User.objects.filter(username=username or "", is_demo=True, is_active=True).first()
        if user is None:
            make_password(password)
            return None
        return user if user.check_password(password) else None

    def get_user(self, user_id):
        return User.objects.filter(pk=user_id, is_active=True).first()


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
