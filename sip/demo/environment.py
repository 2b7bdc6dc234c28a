"""What the demo's processes are told: each gets its own database login and none the administrator's."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg

from sip.demo.errors import DemoError
from sip.demo.home import Home
from sip.demo.valkey import answers

PROJECT = Path(__file__).resolve().parents[2]
DEFAULT_PORT = 8000
OLDEST_POSTGRES = 15
LOGINS = {"SIP_DB_WEB_URL": "web", "SIP_DB_CITIZEN_URL": "citizen", "SIP_DB_WORKER_URL": "worker"}


@dataclass(frozen=True)
class Choices:
    """What the person who starts the demo has chosen through the environment."""

    port: int
    home: Path
    database_url: str
    redis_url: str

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "Choices":
        port = environ.get("SIP_PORT") or str(DEFAULT_PORT)
        if not port.isdigit() or not 1 <= int(port) <= 65535:
            raise DemoError(f"SIP_PORT ska vara ett tal mellan 1 och 65535, inte ”{port}”.")
        return cls(
            port=int(port),
            home=Path(environ.get("SIP_HOME") or PROJECT / ".sip"),
            database_url=environ.get("DATABASE_URL", ""),
            redis_url=environ.get("REDIS_URL", ""),
        )


def require_database(url: str) -> None:
    """The administrator's database must answer and be new enough before anything is started."""
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            version = connection.info.server_version // 10000
    except (psycopg.Error, ValueError):
        # The driver's own words can hold the password.
        raise DemoError("Databasen i DATABASE_URL svarar inte. Kontrollera adress, namn och lösenord.") from None
    if version < OLDEST_POSTGRES:
        raise DemoError(f"Databasen i DATABASE_URL är PostgreSQL {version}. Det krävs {OLDEST_POSTGRES} eller nyare.")


def require_broker(url: str) -> None:
    if not answers(url):
        raise DemoError("Kön i REDIS_URL svarar inte. Kontrollera adressen.")


def login_urls(admin_url: str, secrets: Mapping[str, str], *, suffix: str = "") -> dict[str, str]:
    """One login per kind of process on the administrator's server; `migrate` makes them."""
    parts = urlsplit(admin_url)
    server = parts.netloc.rpartition("@")[2]
    urls = {}
    for name, role in LOGINS.items():
        account = f"{quote(f'sip_login_{role}{suffix}')}:{quote(secrets[role], safe='')}"
        urls[name] = parts._replace(netloc=f"{account}@{server}").geturl()
    return urls


def shared(home: Home, *, admin_url: str, redis_url: str, embedded: bool) -> dict[str, str]:
    """The environment that `migrate` and the loaders run with; `process` narrows it for the rest."""
    secrets = home.secrets()
    # Logins belong to the whole server: two demos on one outer server must not change each other's passwords.
    suffix = "" if embedded else "_" + hashlib.sha256(str(home.path).encode()).hexdigest()[:8]
    urls = login_urls(admin_url, secrets, suffix=suffix)
    return {
        **os.environ,
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "sip.settings",
        "SIP_MODE": "demo",
        "SIP_HOME": str(home.path),
        "SIP_SECRET_KEY": secrets["secret_key"],
        "DATABASE_URL": admin_url,
        "REDIS_URL": redis_url,
        **{name: os.environ.get(name) or url for name, url in urls.items()},
    }


def process(env: Mapping[str, str], kind: str) -> dict[str, str]:
    """The environment of a running process: its own login, never the administrator's."""
    hidden = {"DATABASE_URL", *LOGINS}
    kept = {"web": "SIP_DB_WEB_URL", "worker": "SIP_DB_WORKER_URL"}[kind]
    narrowed = {name: value for name, value in env.items() if name not in hidden - {kept}}
    return {**narrowed, "SIP_PROCESS": kind}
