"""Real worker processes against a database of the test's own, a slow mail server and an embedded broker."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connections

from notifications import services
from sip.demo.valkey import embedded_valkey
from tests import build
from tests.cast import Cast
from tests.smtp import post_office

ROOT = Path(__file__).resolve().parents[2]
LEASE_SECONDS = 2


@pytest.fixture
def cast(own_database) -> Cast:
    return Cast()


@pytest.fixture
def post():
    with post_office() as post:
        yield post


@pytest.fixture
def broker():
    """The address of an embedded Valkey, and the folder it lies in."""
    folder = Path(tempfile.mkdtemp(prefix="sip-faults-"))
    folder.chmod(0o755)
    try:
        with embedded_valkey(folder / "home") as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Workers:
    """Starts the project's own background processes, and kills them without mercy."""

    def __init__(self, database: str, port: int):
        def here(url: str) -> str:
            return urlsplit(url)._replace(path=f"/{database}").geturl()

        self.env = {
            **os.environ,
            "SIP_PROCESS": "worker",
            "SIP_DB_WORKER_URL": here(os.environ["SIP_DB_WORKER_URL"]),
            "SIP_SMTP_HOST": "127.0.0.1",
            "SIP_SMTP_PORT": str(port),
            "SIP_DELIVERY_LEASE": str(LEASE_SECONDS),
            "REDIS_URL": "redis://127.0.0.1:1/0",
        }
        del self.env["DATABASE_URL"]
        self.started: list[subprocess.Popen] = []

    def start(self, *command: str, **environ: str) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.env | environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.started.append(process)
        return process

    def deliver(self, how: str = "--loop") -> subprocess.Popen:
        """The sweep without a broker."""
        return self.start("manage.py", "deliver", how)

    def celery(self, broker: str, *, children: int = 2) -> subprocess.Popen:
        command = ("-m", "celery", "-A", "sip", "worker", "--concurrency", str(children), "--loglevel", "WARNING")
        return self.start(*command, REDIS_URL=broker)

    def kill(self, process: subprocess.Popen) -> None:
        """kill -9 of the process and all that it has started."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def kill_all(self) -> None:
        for process in self.started:
            if process.poll() is None:
                self.kill(process)


@pytest.fixture
def workers(own_database, post):
    found = Workers(own_database, post.port)
    yield found
    found.kill_all()


def queue(cast: Cast, number: int) -> None:
    """As many messages as asked for, about one case."""
    case = build.case(cast, days_ago=0)
    with cast.acting("owner"):
        for n in range(number):
            services.queue_mail(unit_id=cast.unit("party").pk, case_id=case.pk, key=f"call:{n}")


def states() -> dict[str, int]:
    """How many deliveries are in which state."""
    with connections["admin"].cursor() as cursor:
        cursor.execute("select state, count(*) from notifications_delivery group by state")
        return dict(cursor.fetchall())


def wait_until(true, *, seconds: float) -> float:
    """Wait for something to become true; returns how long it took."""
    start = time.monotonic()
    while not true():
        assert time.monotonic() - start < seconds, f"not within {seconds} s: {states()}"
        time.sleep(0.05)
    return time.monotonic() - start
