"""The secret of a link that is sent to somebody without an account: random, and kept as a digest alone."""

import hashlib
import secrets

from django.urls import reverse

from notifications.templates import bare_address

# Without what is easily taken for something else when it is copied from paper; 26 of 31 signs are 128 bits.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
LENGTH = 26


def new_secret() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def digest(secret: str) -> bytes:
    """The same for every way of writing it: with or without lines, in any case."""
    return hashlib.sha256(secret.replace("-", "").lower().encode()).digest()


def address(secret: str, *, url: str) -> str:
    """The whole link, in groups of four signs."""
    grouped = "-".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return bare_address(url).rstrip("/") + reverse("guests:enter", args=[grouped])
