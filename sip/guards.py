"""Refuses to start when the database login could read past row-level security, in the demo as in production."""

import sys

from django.conf import settings
from django.db import Error, connection

# What the login is, and what it may become by SET ROLE. CREATEROLE could grant itself any group.
RIGHTS = """
select r.rolsuper,
       r.rolbypassrls or r.rolcreaterole,
       exists (select 1 from pg_roles x where (x.rolsuper or x.rolbypassrls) and pg_has_role(r.oid, x.oid, 'member')),
       exists (select 1 from pg_class c where c.relnamespace = 'public'::regnamespace
               and c.relkind in ('r', 'p', 'v', 'm') and pg_has_role(r.oid, c.relowner, 'member')),
       r.rolinherit and exists (select 1 from pg_auth_members m where m.member = r.oid)
from pg_roles r where r.rolname = session_user
"""
WHY = (
    "är databasens superanvändare",
    "får kringgå radskyddet eller skapa roller",
    "är medlem i en roll som kringgår radskyddet",
    "äger tabeller",
    "har gruppernas rättigheter utan att ta deras roll",
)
SHORTEST_PASSWORD = 12


def refuse_unsafe_login() -> None:
    """End the process with one sentence unless its login owns nothing, bypasses nothing and inherits nothing."""
    try:
        faults = login_faults()
    except Error:
        stop("Databasen svarar inte, så det går inte att kontrollera inloggningen. Processen startar inte.")
    finally:
        # A forked worker must not share the parent's connection.
        connection.close()
    if faults:
        name = settings.DATABASES["default"].get("USER", "")
        stop(f"Processen startar inte: databasinloggningen {name} {' och '.join(faults)}. Se docs/drift.md.")


def refuse_no_way_in() -> None:
    """End a web process that nobody could log in to: no identity provider and no emergency login either."""
    kind = settings.SIP_FACE
    if not settings.DEMO and kind not in settings.OIDC_PROVIDERS and not settings.EMERGENCY_LOGIN:
        stop(
            f"Processen startar inte: ingen kan logga in. Ange inloggningstjänsten med SIP_OIDC_{kind.upper()}_ISSUER "
            "och det som hör till. Se docs/drift.md."
        )


def login_faults() -> list[str]:
    """What is wrong with this process' login; empty when it is as `migrate` makes it."""
    with connection.cursor() as cursor:
        cursor.execute(RIGHTS)
        faults = [why for wrong, why in zip(cursor.fetchone(), WHY, strict=True) if wrong]
    if not settings.DEMO and weak(settings.DATABASES["default"]):
        faults.append(f"har ett lösenord som är kortare än {SHORTEST_PASSWORD} tecken eller lika med namnet")
    return faults


def weak(database: dict) -> bool:
    """No password at all is another thing: then the server knows the process by certificate or socket."""
    password = database.get("PASSWORD") or ""
    return bool(password) and (len(password) < SHORTEST_PASSWORD or password == database.get("USER"))


def stop(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
    raise SystemExit(1)
