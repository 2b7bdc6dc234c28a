"""No process starts with a database login that could read past row-level security (issue 2, §1)."""

import os
import subprocess
import sys
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connections

from sip import guards

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def login(own_database):
    """Makes a login with more rights than it should have; gone afterwards."""
    made = []

    def make(*statements: str) -> str:
        name = f"sip_test_login_{uuid.uuid4().hex[:8]}"
        made.append(name)
        with connections["admin"].cursor() as cursor:
            cursor.execute(f"create role {name} login noinherit password 'sufficiently-long-1'")
            cursor.execute(f"grant sip_staff to {name}")
            for statement in statements:
                cursor.execute(statement.format(name=name))
        server = urlsplit(os.environ["DATABASE_URL"]).netloc.rpartition("@")[2]
        return f"postgresql://{name}:sufficiently-long-1@{server}/{own_database}"

    yield make
    with connections["admin"].cursor() as cursor:
        for name in made:
            cursor.execute(f"drop owned by {name} cascade")
            cursor.execute(f"drop role {name}")


def start(program: str, url: str, *, schedule: Path = Path(), **environ: str) -> subprocess.CompletedProcess:
    """Start a process' entry point and let it say whether it wants to run."""
    # Which face the test run shows is not the started program's.
    outer = {name: value for name, value in os.environ.items() if name != "SIP_FACE"}
    known = {**outer, "SIP_DB_WEB_URL": url, "SIP_DB_WORKER_URL": url, "REDIS_URL": "redis://127.0.0.1:1/0"}
    command = {
        "web": [sys.executable, "-c", "import sip.wsgi; print('started')"],
        "worker": [sys.executable, "-m", "celery", "-A", "sip", "worker", "--pool", "solo"],
        "beat": [sys.executable, "-m", "celery", "-A", "sip", "beat", "-s", str(schedule)],
    }[program]
    return subprocess.run(command, env=known | environ, cwd=ROOT, capture_output=True, text=True, timeout=30)


@pytest.mark.parametrize(
    ("statement", "word"),
    [
        ("alter role {name} superuser", "superanvändare"),
        ("alter role {name} bypassrls", "kringgå radskyddet"),
        ("alter role {name} createrole", "skapa roller"),
        ("grant sip_def to {name}", "kringgår radskyddet"),
        ("grant sip_owner to {name}", "äger tabeller"),
        ("alter table cases_outsideparty owner to {name}", "äger tabeller"),
        ("alter role {name} inherit", "utan att ta deras roll"),
    ],
)
def test_the_web_does_not_start_with_a_login_that_can_too_much(login, statement, word):
    done = start("web", login(statement))
    assert (done.returncode, done.stdout) == (1, "")
    assert word in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "sufficiently-long" not in done.stderr


@pytest.mark.parametrize("program", ["worker", "beat"])
def test_worker_and_clock_do_not_either(login, program, tmp_path):
    url = login("grant sip_owner to {name}")
    done = start(program, url, schedule=tmp_path / "schedule", SIP_PROCESS="worker")
    assert done.returncode == 1
    assert "äger tabeller" in done.stdout + done.stderr


def test_the_login_that_migrate_makes_is_well(login):
    done = start("web", login())
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "started", "")


def test_without_a_database_nothing_starts(own_database):
    done = start("web", "postgresql://nobody:nothing@127.0.0.1:1/none")
    assert (done.returncode, done.stderr.strip()) == (
        1,
        "Databasen svarar inte, så det går inte att kontrollera inloggningen. Processen startar inte.",
    )


PRODUCTION = {
    "SIP_MODE": "production",
    "SIP_TESTING": "",
    "SIP_SECRET_KEY": "k" * 10 + "0123456789abcdefghijABCDEFGHIJ-_+=zxcvbnm",
    "SIP_OIDC_STAFF_ISSUER": "https://idp.example",
    "SIP_OIDC_STAFF_CLIENT_ID": "sip",
    "SIP_OIDC_STAFF_CLIENT_SECRET": "another-long-secret-0123456789",
}
NO_PROVIDER = dict.fromkeys([name for name in PRODUCTION if name.startswith("SIP_OIDC_")], "")


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({}, ""),
        ({"SIP_SECRET_KEY": "short"}, "SIP_SECRET_KEY är för svag"),
        ({"SIP_SECRET_KEY": "ab" * 40}, "SIP_SECRET_KEY är för svag"),
        ({"SIP_SECRET_KEY": ""}, "SIP_SECRET_KEY saknas"),
        ({"SIP_DEMO_LOGIN": "1"}, "Demoinloggning får bara finnas med SIP_MODE=demo"),
        ({"SIP_FACE": "both"}, "SIP_FACE"),
        (NO_PROVIDER, "ingen kan logga in"),
        (NO_PROVIDER | {"SIP_EMERGENCY_LOGIN": "drift.ansvarig"}, ""),
        ({"SIP_OIDC_STAFF_CLIENT_ID": ""}, "SIP_OIDC_STAFF_CLIENT_ID saknas"),
        ({"SIP_OIDC_STAFF_CLIENT_SECRET": ""}, "SIP_OIDC_STAFF_CLIENT_SECRET eller SIP_OIDC_STAFF_CLIENT_KEY_FILE"),
        ({"SIP_OIDC_STAFF_ISSUER": "http://127.0.0.1:8001"}, "SIP_OIDC_STAFF_ISSUER ska vara en adress"),
        ({"SIP_OIDC_STAFF_ALGORITHMS": "RS256,none"}, "SIP_OIDC_STAFF_ALGORITHMS"),
        ({"SIP_OIDC_STAFF_ALGORITHMS": "HS256"}, "SIP_OIDC_STAFF_ALGORITHMS"),
    ],
)
def test_production_refuses_demo_login_and_weak_secrets(login, environ, sentence):
    done = start("web", login(), **(PRODUCTION | environ))
    assert (done.returncode == 0) == (sentence == ""), done.stderr
    assert sentence in done.stderr


@pytest.mark.parametrize(
    ("user", "password", "wrong"),
    [
        ("sip_web", "", False),
        ("sip_web", "short", True),
        ("sip_web_login", "sip_web_login", True),
        ("a", "x" * 12, False),
    ],
)
def test_a_weak_database_password_is_seen(user, password, wrong):
    assert guards.weak({"USER": user, "PASSWORD": password}) is wrong
