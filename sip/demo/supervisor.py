"""Starts the whole demo in order, watches it and stops it in order."""

import contextlib
import hashlib
import json
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from sip.demo import environment, login, mailcatcher, postgres, valkey
from sip.demo.environment import PROJECT, Choices
from sip.demo.errors import DemoError
from sip.demo.home import Home, write_private
from sip.demo.processes import Processes, claim_port

STEP_SECONDS = 1800
READY_SECONDS = 90
# What the worker makes good in its first minute.
WORKERS_CHECKS = {"deliveries", "anchor"}
LOADERS = ("load_register", "load_demo")
SWEDISH = {
    "postgres": "Databasen",
    "valkey": "Kön",
    "mail": "Brevlådan",
    "login": "Inloggningstjänsten",
    "web": "Webbservern",
    "worker": "Bakgrundsarbetaren",
    "beat": "Klockan",
}


class Stopped(BaseException):
    """Somebody asked the demo to stop."""


def say(text: str = "") -> None:
    """Nobody listening, as when the terminal was closed, must not keep the demo from stopping in order."""
    try:
        print(text, flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def up(*, reset: bool, oidc: bool = False) -> int:
    """Runs the demo until it is stopped or one of its processes ends by itself."""
    choices = Choices.read(os.environ)
    began = time.monotonic()
    with _stoppable(), contextlib.ExitStack() as stack:
        home = Home.open(choices.home)
        lock = stack.enter_context(home.locked())
        if reset:
            home.clear()
            if choices.database_url:
                say("Databasen i DATABASE_URL lämnas som den är; bara demots egna filer är borta.")
        home.require_space()
        stack.enter_context(claim_port(choices.port))
        processes = Processes(home.log, inherit=[lock])
        try:
            demo = Demo(processes, home, choices, oidc=oidc)
            demo.start()
            say(f"\nDemot är igång efter {time.monotonic() - began:.0f} sekunder. Stoppa med Ctrl-C.")
            return demo.watch()
        except Stopped:
            return 0
        finally:
            _ignore_signals()
            say("\nStoppar demot …")
            processes.stop()
            say("Demot är stoppat.")
    return 0


class Demo:
    """One running demo."""

    def __init__(self, processes: Processes, home: Home, choices: Choices, *, oidc: bool = False):
        self.processes = processes
        self.home = home
        self.choices = choices
        self.oidc = oidc
        self.login_pages: list[str] = []
        self.address = f"http://127.0.0.1:{choices.port}/"

    def start(self) -> None:
        env = self._stores()
        say("Uppdaterar databasen …")
        self._manage("migrate", env, "migrate", "--verbosity=0")
        self._load(env)
        smtp, page = mailcatcher.listening_socket(), mailcatcher.listening_socket()
        with smtp, page:
            mailbox = f"http://127.0.0.1:{page.getsockname()[1]}/"
            env |= {
                "SIP_PORT": str(self.choices.port),
                "SIP_PUBLIC_URL": self.address.rstrip("/"),
                "SIP_FACE": "both",
                "SIP_SMTP_HOST": "127.0.0.1",
                "SIP_SMTP_PORT": str(smtp.getsockname()[1]),
                "SIP_MAILBOX_URL": mailbox,
                "SIP_SMS_URL": f"{mailbox}sms",
            }
            self._start_mail(smtp, page)
        if self.oidc:
            known = login.start(self.processes, self.home, port=self.choices.port)
            self.login_pages = [known[f"SIP_OIDC_{kind}_ISSUER"] + "/" for kind in ("STAFF", "CITIZEN")]
            env |= known
        say("Startar webbserver, arbetare och klocka …")
        self._start_web(env)
        self._wait_until_ready()
        # Not at the same time: on a small machine they would only delay the first page.
        self._start_celery(env)
        self._tell(mailbox)

    def _stores(self) -> dict[str, str]:
        """The database and the broker: the ones given, else our own."""
        admin_url, redis_url = self.choices.database_url, self.choices.redis_url
        secrets = self.home.secrets()
        if admin_url:
            environment.require_database(admin_url)
        else:
            say("Startar databasen …")
            admin_url = postgres.start(self.processes, self.home, password=secrets["postgres"])
        if redis_url:
            environment.require_broker(redis_url)
        else:
            redis_url = valkey.start(self.processes, self.home, password=secrets["valkey"])
        return environment.shared(
            self.home, admin_url=admin_url, redis_url=redis_url, embedded=not self.choices.database_url
        )

    def _load(self, env: dict[str, str]) -> None:
        """The loaders are idempotent, but slow enough to be skipped when nothing has changed."""
        record = self.home.path / "loaded.json"
        wanted = {"database": _digest(self.choices.database_url.encode()), "data": _digest(*_data_files())}
        if record.exists() and record.read_text() == json.dumps(wanted) and self._accounts.exists():
            return
        for command in LOADERS:
            say({"load_register": "Läser in registret …", "load_demo": "Läser in demoärenden …"}[command])
            self._manage(command, env, command)
        write_private(self._accounts, json.dumps(self._ask_for_accounts(env)))
        record.write_text(json.dumps(wanted))

    @property
    def _accounts(self) -> Path:
        return self.home.path / "accounts.json"

    def _ask_for_accounts(self, env: dict[str, str]) -> list[dict[str, str]]:
        place = self.home.log / "demo_accounts.log"
        place.unlink(missing_ok=True)
        self._manage("demo_accounts", env, "demo_accounts", "--json")
        written = place.read_text()
        try:
            return json.loads(written[written.index("[") :])
        except ValueError:
            raise DemoError(f"Demokontona gick inte att läsa. Se {place}.") from None

    def _manage(self, name: str, env: dict[str, str], *command: str) -> None:
        child = self.processes.start(
            name, [sys.executable, PROJECT / "manage.py", *command], env=env, cwd=PROJECT, together=True
        )
        deadline = time.monotonic() + STEP_SECONDS
        while child.running and time.monotonic() < deadline:
            self._require_alive()
            time.sleep(0.05)
        if child.popen.poll() != 0:
            words = self.processes.last_words(name)
            raise DemoError(f"Steget {name} misslyckades: {words} Hela loggen: {self.home.log / name}.log")
        self.processes.forget(child)

    def _start_mail(self, smtp: socket.socket, page: socket.socket) -> None:
        self.processes.start(
            "mail",
            [
                *(sys.executable, "-m", "sip.demo.mailcatcher", "--folder", self.home.path / "mail"),
                *("--smtp-descriptor", str(smtp.fileno()), "--page-descriptor", str(page.fileno())),
            ],
            env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LANG": "C.UTF-8"},
            cwd=PROJECT,
            seconds=2,
            together=True,
            descriptors=[smtp.fileno(), page.fileno()],
        )

    def _start_web(self, env: dict[str, str]) -> None:
        command = [
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1"),
            *("--blocking-threads", "8", "--host", "127.0.0.1", "--port", str(self.choices.port)),
            "sip.wsgi:application",
        ]
        self._start_ours("web", "web", command, env)

    def _start_celery(self, env: dict[str, str]) -> None:
        celery = (sys.executable, "-m", "celery", "-A", "sip")
        # Prefork needs shared memory, which some containers and chroots lack.
        pool = "prefork" if os.access("/dev/shm", os.W_OK) else "threads"  # noqa: S108
        worker = [
            *(*celery, "worker", "--loglevel", "INFO", "--concurrency", "2", "--pool", pool),
            *("--without-gossip", "--without-mingle"),
        ]
        schedule = self.home.path / "beat" / "schedule"
        beat = [*celery, "beat", "--loglevel", "INFO", "--pidfile=", "--schedule", str(schedule)]
        self._start_ours("worker", "worker", worker, env)
        self._start_ours("beat", "worker", beat, env)

    def _start_ours(self, name: str, kind: str, command: list[str], env: dict[str, str]) -> None:
        narrowed = environment.process(env, kind)
        self.processes.start(name, command, env=narrowed, cwd=PROJECT, seconds=4.5, together=True)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            self._require_alive()
            if _ready(f"{self.address}readyz"):
                return
            time.sleep(0.1)
        raise DemoError(f"Webbservern svarar inte på {self.address}readyz. Se {self.home.log / 'web.log'}.")

    def watch(self) -> int:
        """Waits; a process that ends by itself ends the demo."""
        while True:
            self._require_alive()
            time.sleep(0.25)

    def _require_alive(self) -> None:
        ended = self.processes.ended()
        if ended and ended.name in SWEDISH:
            words = self.processes.last_words(ended.name)
            raise DemoError(
                f"{SWEDISH[ended.name]} stannade oväntat (kod {ended.popen.returncode}): {words} "
                f"Hela loggen: {self.home.log / ended.name}.log"
            )

    def _tell(self, mailbox: str) -> None:
        accounts = json.loads(self._accounts.read_text())
        say("\nDemokonton (användarnamn, lösenord, roll och enhet):")
        widths = [max((len(row[key]) for row in accounts), default=0) for key in ("username", "password")]
        for row in accounts:
            place = ", ".join(row[key] for key in ("role", "unit", "organisation") if row.get(key))
            say(f"  {row['username']:<{widths[0]}}  {row['password']:<{widths[1]}}  {place}")
        say(f"\nÖppna      {self.address}")
        say(f"Brevlådan  {mailbox}")
        for page in self.login_pages:
            say(f"Inloggning {page}")
        say(f"Data       {self.home.path}")


def _ready(address: str) -> bool:
    """What fell due while the demo was off is not waited for: the worker takes it in its first sweep."""
    try:
        with urllib.request.urlopen(address, timeout=3):  # noqa: S310
            return True
    except urllib.error.HTTPError as error:
        with error, contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            checks = json.loads(error.read())["checks"]
            return all(value is not False for name, value in checks.items() if name not in WORKERS_CHECKS)
    except OSError:
        pass
    return False


def _data_files() -> list[bytes]:
    patterns = ("*/data/*", "*/management/commands/load_*.py")
    return [place.read_bytes() for pattern in patterns for place in sorted(PROJECT.glob(pattern)) if place.is_file()]


def _digest(*pieces: bytes) -> str:
    made = hashlib.sha256()
    for piece in pieces:
        made.update(hashlib.sha256(piece).digest())
    return made.hexdigest()


SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        _ignore_signals()
        raise Stopped

    before = {number: signal.signal(number, stop) for number in SIGNALS}
    try:
        yield
    except Stopped:
        pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ignore_signals() -> None:
    """A second Ctrl-C must not cut the stop short."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
