"""The project's own processes on loopback, and how they are killed."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from notifications.tasks import deliver_due
from sip.celery import app
from tests.faults.stores import Stores, at_database

ROOT = Path(__file__).resolve().parents[2]
LEASE_SECONDS = 3
NOBODY = "redis://127.0.0.1:1/0"


class Workers:
    """Starts processes with a login each, and kills them without mercy."""

    def __init__(self, stores: Stores, database: str, smtp: int):
        self.stores, self.log = stores, stores.home.log
        urls = {name: at_database(url, database) for name, url in stores.urls().items()}
        mail = {"SIP_SMTP_HOST": "127.0.0.1", "SIP_SMTP_PORT": str(smtp), "SIP_DELIVERY_LEASE": str(LEASE_SECONDS)}
        kept = {name: value for name, value in os.environ.items() if name not in urls}
        home = {"SIP_HOME": str(stores.home.path), "PYTHONUNBUFFERED": "1", "SIP_FACE": "both"}
        self.env = {**kept, **mail, **home, "REDIS_URL": NOBODY}
        self.worker = {"SIP_PROCESS": "worker", "SIP_DB_WORKER_URL": urls["SIP_DB_WORKER_URL"]}
        self.web = {"SIP_PROCESS": "web", "SIP_DB_WEB_URL": urls["SIP_DB_WEB_URL"]}
        self.started: list[subprocess.Popen] = []

    def start(self, *command: str, **environ: str) -> subprocess.Popen:
        name = next((word for word in command[2:] if word.isalpha() and len(word) > 3), "process")
        with (self.log / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *command],
                cwd=ROOT,
                env=self.env | environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.started.append(process)
        return process

    def deliver(self, how: str = "--loop", **environ: str) -> subprocess.Popen:
        """The sweep without a broker."""
        return self.start("manage.py", "deliver", how, **self.worker, **environ)

    def celery(self, *, children: int = 2, **environ: str) -> subprocess.Popen:
        how = (
            "worker",
            "--concurrency",
            str(children),
            "--loglevel",
            "WARNING",
            "--without-gossip",
            "--without-mingle",
        )
        return self.start("-m", "celery", "-A", "sip", *how, REDIS_URL=self.stores.broker, **self.worker, **environ)

    @contextmanager
    def celery_kept_alive(self, **values) -> Iterator[list[subprocess.Popen]]:
        """A worker that is started anew when it ends, as `restart: unless-stopped` does in production.

        A worker of Celery's may give up, for good, when the broker goes away in the middle of an answer.
        """
        started, over = [self.celery(**values)], threading.Event()

        def keep() -> None:
            while not over.wait(0.5):
                if started[-1].poll() is not None:
                    started.append(self.celery(**values))

        keeper = threading.Thread(target=keep, daemon=True)
        keeper.start()
        try:
            yield started
        finally:
            over.set()
            keeper.join()

    def beat(self, **environ: str) -> subprocess.Popen:
        schedule = self.stores.home.path / "beat" / f"schedule-{len(self.started)}"
        how = ("beat", "--loglevel", "WARNING", "--pidfile=", "--schedule", str(schedule))
        return self.start("-m", "celery", "-A", "sip", *how, REDIS_URL=self.stores.broker, **self.worker, **environ)

    def granian(self, port: int, **environ: str) -> subprocess.Popen:
        how = ("--interface", "wsgi", "--workers", "1", "--blocking-threads", "8", "--host", "127.0.0.1")
        names = {"SIP_PORT": str(port), "SIP_PUBLIC_URL": f"http://127.0.0.1:{port}"}
        command = ("-m", "granian", *how, "--port", str(port), "sip.wsgi:application")
        return self.start(*command, **self.web, **names, **environ)

    def nudge(self, task=deliver_due) -> None:
        """Ask the worker for a job, as a page or the clock does."""
        with app.connection_for_write(url=self.stores.broker) as connection:
            task.apply_async(connection=connection, retry=False)

    def kill(self, process: subprocess.Popen) -> None:
        """kill -9 of the process and all that it has started."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self, process: subprocess.Popen, *, how: int = signal.SIGTERM, seconds: float = 30) -> float:
        """Ask a process to stop; returns how long it took."""
        start = time.monotonic()
        process.send_signal(how)
        process.wait(seconds)
        return time.monotonic() - start

    def children(self, process: subprocess.Popen) -> list[int]:
        """The ids of a worker's forked senders."""
        place = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        return [int(word) for word in place.read_text().split()] if place.exists() else []

    def kill_all(self) -> None:
        for process in self.started:
            if process.poll() is None:
                self.kill(process)

    def last_words(self) -> str:
        """The end of each process' log, warnings and errors only."""
        told = []
        for file in sorted(self.log.glob("*.log")):
            lines = [line for line in file.read_text(errors="replace").splitlines() if '"INFO"' not in line]
            told += [f"== {file.name}", *lines[-12:]]
        return "\n".join(told)
