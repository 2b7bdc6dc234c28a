"""The code that goes another way than the link: few digits, so it is kept by a slow hash with a key and a salt."""

import secrets

from argon2.low_level import Type, hash_secret_raw
from django.utils.crypto import salted_hmac

DIGITS = 8
SALT_BYTES = 16
# OWASP's smallest for Argon2id: about a twentieth of a second.
COST = {"time_cost": 2, "memory_cost": 19456, "parallelism": 1, "hash_len": 32, "type": Type.ID}


def new() -> str:
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def new_salt() -> bytes:
    return secrets.token_bytes(SALT_BYTES)


def digest(code: str, salt: bytes) -> bytes:
    """What is kept of a code; the application's own key stands in it, so the database alone cannot be searched."""
    keyed = salted_hmac("guests.codes", code, algorithm="sha256").digest()
    return hash_secret_raw(keyed, salt, **COST)


def shown(code: str) -> str:
    """In two groups, as it is read aloud."""
    return f"{code[: DIGITS // 2]} {code[DIGITS // 2 :]}"
