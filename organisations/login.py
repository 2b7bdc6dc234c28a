"""Demo login, throttled; production has none of it (the identity providers come with their own module)."""

import hashlib
from datetime import timedelta

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from organisations.models import LoginAttempt, User

MAX_ATTEMPTS = 10
WINDOW = timedelta(minutes=15)


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


def attempt_key(username: str, address: str) -> str:
    return hashlib.sha256(f"{username.lower()}|{address}".encode()).hexdigest()


def is_throttled(key: str) -> bool:
    return LoginAttempt.objects.filter(key=key, at__gte=timezone.now() - WINDOW).count() >= MAX_ATTEMPTS


def note_failure(key: str) -> None:
    LoginAttempt.objects.filter(at__lt=timezone.now() - WINDOW).delete()
    LoginAttempt.objects.create(key=key)


def forget_failures(key: str) -> None:
    LoginAttempt.objects.filter(key=key).delete()
