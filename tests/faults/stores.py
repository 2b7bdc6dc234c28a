"""A PostgreSQL and a Valkey of the fault tests' own: they are stopped, killed and set to another time."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import pytest
from django.db import connections
from django.utils import timezone

from organisations import database_roles
from sip.demo import environment, postgres, valkey
from sip.demo.home import Home
from sip.demo.processes import Child, Processes
from tests import database

LIBRARY = "libfaketimeMT.so.1"


class Stores:
    """The two servers, and the clock that they and the processes beside them go by."""

    def __init__(self, processes: Processes, home: Home):
        self.processes, self.home, self.secrets = processes, home, home.secrets()
        self.offset = home.path / "clock"
        self.set_clock(0)
        self.url = self.start_postgres(durable=False)
        self.broker = valkey.start(processes, home, password=self.secrets["valkey"])

    def child(self, name: str) -> Child:
        return next(child for child in self.processes.children if child.name == name)

    def start_postgres(self, *, port: int = 0, false_clock: bool = False, durable: bool = True) -> str:
        """Durable as in production: what has been answered must stand after any stop."""
        return postgres.start(
            self.processes,
            self.home,
            password=self.secrets["postgres"],
            durable=durable,
            port=port,
            environ=postgres.ENVIRONMENT | (self.false_clock() if false_clock else {}),
        )

    def stop_postgres(self, how: int = signal.SIGINT) -> None:
        """SIGINT is a fast stop; SIGQUIT is `pg_ctl stop -m immediate`, after which the server must recover."""
        child = self.child("postgres")
        child.popen.send_signal(how)
        child.popen.wait(60)
        self.processes.forget(child)

    def restart_postgres(self, how: int = signal.SIGQUIT, **values) -> None:
        if any(child.name == "postgres" for child in self.processes.children):
            self.stop_postgres(how)
        self.start_postgres(port=urlsplit(self.url).port, **values)

    def kill_broker(self, *, forget: bool) -> None:
        """kill -9; `forget` also takes away what it had written to disk."""
        child = self.child("valkey")
        child.popen.kill()
        child.popen.wait(10)
        self.processes.forget(child)
        if forget:
            shutil.rmtree(self.home.path / "valkey")

    def start_broker(self) -> None:
        valkey.start(self.processes, self.home, password=self.secrets["valkey"], port=urlsplit(self.broker).port)

    def set_clock(self, seconds: float) -> None:
        """How far from the real time the false clocks go; read by every process each time it asks."""
        draft = self.offset.with_suffix(".new")
        draft.write_text(f"{seconds:+.3f}\n")
        draft.chmod(0o644)
        draft.replace(self.offset)

    def set_time(self, moment: datetime) -> None:
        self.set_clock((moment - timezone.now()).total_seconds())

    def false_clock(self) -> dict[str, str]:
        """The environment of a process that goes by the false clock; waiting is still done in real seconds."""
        named = os.environ.get("FAKETIME_LIBRARY", "")
        found = [Path(named)] if named else sorted(Path("/usr").glob(f"lib*/**/faketime/{LIBRARY}"))
        assert found, f"{LIBRARY} saknas: ./run test installerar paketet libfaketime"
        return {
            "LD_PRELOAD": str(found[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self.offset),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
            "PYTHONPATH": str(Path(__file__).with_name("false_clock")),
        }

    def urls(self) -> dict[str, str]:
        """The administrator's login and those of our processes, without a database's name."""
        return {"DATABASE_URL": self.url, **environment.login_urls(self.url, self.secrets)}

    def copy_template(self) -> None:
        """The run's own template, moved here as an operator moves a database: roles first, then a dump read back."""
        source, programs = database.admin_url(database.template()), postgres.programs()
        theirs = database_roles.logins(dict(os.environ), demo=True, testing=True)
        with self.in_charge():
            name = f"sip_template_{database.fingerprint()}"
            database.execute("create database {}", name)
            database.point_at(name)
            ours = database_roles.logins(dict(os.environ), demo=True, testing=True)
            with connections["admin"].cursor() as cursor:
                database_roles.ensure_groups(cursor)
                database_roles.ensure_logins(cursor, [*theirs, *ours])
                dump = [programs / "pg_dump", "--format=custom", f"--file={self.home.path / 'template'}", source]
                subprocess.run(dump, check=True)
                read = [programs / "pg_restore", "--exit-on-error", "--dbname", database.admin_url(name)]
                subprocess.run([*read, self.home.path / "template"], check=True)
                database_roles.grant_tables(cursor, ours)

    @contextmanager
    def in_charge(self) -> Iterator[None]:
        """The tests' own process works on this server instead of the run's."""
        urls = self.urls()
        logins = {"default": urls["SIP_DB_WEB_URL"], "admin": urls["DATABASE_URL"]}
        before = {alias: dict(connections[alias].settings_dict) for alias in logins}
        with pytest.MonkeyPatch.context() as patch:
            for name, url in urls.items():
                patch.setenv(name, url)
            try:
                for alias, url in logins.items():
                    connections[alias].close()
                    connections[alias].settings_dict.update(settings_of(url))
                yield
            finally:
                for alias, values in before.items():
                    connections[alias].close()
                    connections[alias].settings_dict.update(values)


def settings_of(url: str) -> dict[str, str]:
    parts = urlsplit(url)
    return {
        "HOST": parts.hostname, "PORT": str(parts.port), "USER": unquote(parts.username),
        "PASSWORD": unquote(parts.password), "NAME": parts.path.lstrip("/"),
    }  # fmt: skip


def at_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@contextmanager
def running() -> Iterator[Stores]:
    """In a folder that PostgreSQL's own user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="sip-faults-"))
    folder.chmod(0o755)
    home = Home.open(folder / "home")
    try:
        with Processes(home.log) as processes:
            yield Stores(processes, home)
    finally:
        home.clear()
        shutil.rmtree(folder, ignore_errors=True)
