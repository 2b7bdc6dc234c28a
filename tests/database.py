"""Test databases: one migrated template per state of the migrations and data, cloned for each test process."""

import fcntl
import hashlib
import os
import tempfile
import uuid
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.core.management import call_command
from django.db import connections, transaction
from psycopg import sql

from organisations import register

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "prova-sip-2026"  # noqa: S105 - demo accounts in test databases


def fingerprint() -> str:
    """Changes when a migration, the register or the demo's units change."""
    digest = hashlib.sha256(os.environ["SIP_DB_WEB_URL"].encode())
    files = [*ROOT.glob("*/migrations/*.py"), *ROOT.glob("organisations/data/*"), *ROOT.glob("retention/data/*")]
    files += [
        ROOT / "organisations/rls.py",
        ROOT / "organisations/register.py",
        ROOT / "organisations/database_roles.py",
    ]
    for file in sorted(files):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def admin_url(name: str) -> str:
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{name}"))


def execute(statement, *names: str) -> None:
    with psycopg.connect(admin_url("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*[sql.Identifier(name) for name in names]))


def exists(name: str) -> bool:
    with psycopg.connect(admin_url("postgres"), autocommit=True) as connection:
        return connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone() is not None


@contextmanager
def locked(name: str):
    with (Path(tempfile.gettempdir()) / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def point_at(name: str) -> None:
    for alias in ("default", "admin"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


def template() -> str:
    """The name of the migrated template; made by the first process that asks."""
    name = f"sip_template_{fingerprint()}"
    with locked(name):
        if not exists(name):
            building = f"{name}_new"
            execute("drop database if exists {} with (force)", building)
            execute("create database {}", building)
            point_at(building)
            call_command("migrate", verbosity=0)
            call_command("load_register", verbosity=0)
            with transaction.atomic(using="admin"):
                units = register.load_demo_units("admin")
                register.load_demo_staff("admin", units, password=PASSWORD)
                register.load_demo_citizens("admin", password=PASSWORD)
            point_at("postgres")
            execute("alter database {} rename to {}", building, name)
    return name


def clone(name: str) -> None:
    source = template()
    with locked(source):
        execute("drop database if exists {} with (force)", name)
        execute("create database {} template {}", name, source)


@contextmanager
def own():
    """A database of its own with real commits, at which both connections point; gone afterwards."""
    before = connections["default"].settings_dict["NAME"]
    name = f"sip_own_{uuid.uuid4().hex[:12]}"
    clone(name)
    point_at(name)
    try:
        yield name
    finally:
        point_at(before)
        drop(name)


def drop(name: str) -> None:
    execute("drop database if exists {} with (force)", name)
