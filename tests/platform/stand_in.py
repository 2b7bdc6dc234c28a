"""A product of a few lines, so that the supervisor is tried in seconds and apart from what it starts."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from sip.demo.processes import free_port

PROJECT = Path(__file__).resolve().parents[2]
FILES = {
    "sip/__init__.py": "",
    "sip/celery.py": """
import os
from celery import Celery
app = Celery("sip", broker=os.environ["REDIS_URL"])
""",
    "sip/settings.py": """
import os, dj_database_url
from pathlib import Path
SECRET_KEY = os.environ["SIP_SECRET_KEY"]
ROOT_URLCONF = "sip.urls"
INSTALLED_APPS = ["stand"]
ALLOWED_HOSTS = ["127.0.0.1"]
NAMES = ("DATABASE_URL", "SIP_DB_WEB_URL", "SIP_DB_WORKER_URL")
DATABASES = {"default": dj_database_url.parse(next(os.environ[name] for name in NAMES if name in os.environ))}
""",
    "sip/urls.py": """
from django.http import HttpResponse
from django.urls import path
urlpatterns = [path("readyz", lambda request: HttpResponse("ok"))]
""",
    "sip/wsgi.py": """
from django.core.wsgi import get_wsgi_application
application = get_wsgi_application()
""",
    "stand/__init__.py": "",
    "stand/management/__init__.py": "",
    "stand/management/commands/__init__.py": "",
    "stand/management/commands/load_register.py": """
import os, time
from django.core.management import BaseCommand
class Command(BaseCommand):
    def handle(self, **options):
        time.sleep(float(os.environ.get("STAND_SLOW", "0")))
""",
    "stand/management/commands/load_demo.py": """
from django.core.management import BaseCommand
from django.db import connection
class Command(BaseCommand):
    def handle(self, **options):
        with connection.cursor() as cursor:
            cursor.execute("create table loaded (at timestamptz default now())")
""",
    "stand/management/commands/demo_accounts.py": """
import json
from django.core.management import BaseCommand
ROW = {"username": "stand", "password": "in", "role": "handler", "unit": "Enheten", "organisation": "Kommunen"}
class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true")
    def handle(self, **options):
        self.stdout.write(json.dumps([ROW]))
""",
}


def build(folder: Path) -> Path:
    """Lays out the stand-in round a copy of the real supervisor."""
    for name, text in FILES.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    shutil.copytree(PROJECT / "sip" / "demo", folder / "sip" / "demo", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "manage.py", folder)
    return folder


class Running:
    """A demo started as a person starts it, with its output in a file."""

    def __init__(
        self, project: Path, home: Path, *words: str, port: int | None = None, out: int | None = None, **extra: str
    ):
        self.home = home
        self.port = port or free_port()
        self._out = os.memfd_create("said") if out is None else out
        clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "sip.demo", "up", *words],
            cwd=project,
            env={**clean, "SIP_PORT": str(self.port), "SIP_HOME": str(home), **extra},
            stdin=subprocess.DEVNULL,
            stdout=self._out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    @property
    def said(self) -> str:
        return os.pread(self._out, 1_000_000, 0).decode()

    def wait_for(self, words: str, seconds: float = 90) -> "Running":
        deadline = time.monotonic() + seconds
        while words not in self.said:
            assert self.popen.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(0.05)
        return self

    def ready(self) -> "Running":
        return self.wait_for("Demot är igång")

    def finish(self, number: int | None = signal.SIGINT, seconds: float = 20) -> int:
        """Sends the signal and gives the exit code."""
        if number is not None:
            self.popen.send_signal(number)
        return self.popen.wait(seconds)

    def mailbox(self) -> str:
        found = re.search(r"Brevlådan\s+(\S+)", self.said)
        assert found, self.said
        return found[1]


def holders(home: Path) -> dict[int, str]:
    """Every process that has the home's lock open: the supervisor and all that it started."""
    wanted = str(home / "lock")
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if any(os.readlink(link) == wanted for link in (process / "fd").iterdir()):
                found[int(process.name)] = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
    return found


def gone(home: Path, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not holders(home):
            return True
        time.sleep(0.1)
    return False
