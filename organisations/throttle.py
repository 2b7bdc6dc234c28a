"""How many wrong passwords are taken: per name and address, per address, and in all, within a quarter of an hour."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from organisations.models import LoginAttempt

WINDOW = timedelta(minutes=15)
# The first is for one who guesses a password, the second for one who tries many names, the third for many machines.
LIMITS = {"name": 10, "address": 30, "all": 100}


@dataclass(frozen=True)
class Attempt:
    """One try. It is counted before the password is looked at, so that tries at the same time count each other."""

    rows: list[LoginAttempt]
    refused: bool

    def forget(self) -> None:
        """It was right: the tries on the name are forgotten, and this one everywhere."""
        LoginAttempt.objects.filter(pk__in=[row.pk for row in self.rows]).delete()
        LoginAttempt.objects.filter(key=self.rows[0].key).delete()


def begin(method: str, username: str, address: str) -> Attempt:
    """Count one try; `refused` when there have been too many. A refused one does not make the wait longer."""
    since = timezone.now() - WINDOW
    LoginAttempt.objects.filter(at__lt=since).delete()
    keys = {
        "name": hashed(method, "name", username.lower(), address),
        "address": hashed(method, "address", address),
        "all": hashed(method, "all"),
    }
    rows = LoginAttempt.objects.bulk_create([LoginAttempt(key=key) for key in keys.values()])
    tried = {kind: LoginAttempt.objects.filter(key=key, at__gte=since).count() for kind, key in keys.items()}
    refused = any(tried[kind] > LIMITS[kind] for kind in LIMITS)
    if refused:
        LoginAttempt.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return Attempt(rows, refused)


def hashed(*parts: str) -> str:
    """No name and no address is stored."""
    return hashlib.sha256("|".join(parts).encode()).hexdigest()
