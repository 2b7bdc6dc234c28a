"""Reads the environment, and refuses unclear values at start instead of at the first request."""

import os

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def required(name: str, *, why: str) -> str:
    value = text(name)
    if not value:
        raise ImproperlyConfigured(f"{name} saknas. {why}")
    return value


def choice(name: str, *, allowed: tuple[str, ...], default: str) -> str:
    value = text(name, default) or default
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} är {value!r}. Tillåtna värden: {', '.join(allowed)}.")
    return value


def number(name: str, default: int) -> int:
    value = text(name) or str(default)
    if not value.isdigit():
        raise ImproperlyConfigured(f"{name} är {value!r}. Skriv ett heltal.")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def flag(name: str) -> bool:
    return text(name) in {"1", "true", "yes", "ja"}
