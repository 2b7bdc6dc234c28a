"""Children of the supervisor: started in order, stopped in reverse, never left behind."""

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sip.demo.errors import DemoError, unwritable
from sip.demo.guard import signal_group

PR_SET_PDEATHSIG = 1
LOG_LIMIT = 5 * 1024 * 1024
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Account:
    """The unprivileged user that PostgreSQL runs as when the demo is started by root."""

    uid: int
    gid: int

    def options(self) -> dict:
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


@dataclass
class Child:
    """One running program and how it wants to be asked to stop."""

    name: str
    popen: subprocess.Popen
    stop_signal: int
    seconds: float
    together: bool

    @property
    def running(self) -> bool:
        return self.popen.poll() is None


def die_with_parent(parent: int, number: int) -> None:
    """Run in a new child, after the change of user, since the kernel forgets the setting at setuid."""
    _libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


class Processes:
    """The supervisor's children."""

    def __init__(self, log: Path, *, inherit: Sequence[int] = ()):
        self.log = log
        self.inherit = tuple(inherit)
        self.children: list[Child] = []
        self.killed: list[str] = []
        self._guard = subprocess.Popen(
            [sys.executable, "-I", str(Path(__file__).with_name("guard.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=self.inherit,
            cwd="/",
        )

    def __enter__(self) -> "Processes":
        return self

    def __exit__(self, *_exc) -> None:
        self.stop()

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str],
        cwd: Path | str = "/",
        stop_signal: int = signal.SIGTERM,
        seconds: float = 5,
        together: bool = False,
        account: Account | None = None,
        stdin: bytes | None = None,
        descriptors: Sequence[int] = (),
    ) -> Child:
        """Starts a program in its own session, so that the terminal's Ctrl-C reaches the supervisor alone."""
        parent = os.getpid()

        with self.open_log(name) as log:
            popen = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=lambda: die_with_parent(parent, stop_signal),
                pass_fds=(*self.inherit, *descriptors),
                env=dict(env),
                cwd=cwd,
                **(account.options() if account else {}),
            )
        self._tell_guard(f"+{popen.pid}")
        child = Child(name, popen, stop_signal, seconds, together)
        self.children.append(child)
        if stdin is not None and popen.stdin:
            with contextlib.suppress(BrokenPipeError):
                popen.stdin.write(stdin)
                popen.stdin.close()
        return child

    def open_log(self, name: str):
        place = self.log / f"{name}.log"
        try:
            if place.exists() and place.stat().st_size > LOG_LIMIT:
                place.replace(place.with_suffix(".log.1"))
            return place.open("ab")
        except OSError as error:
            raise unwritable(self.log, error) from error

    def forget(self, child: Child) -> None:
        """A program that has ended is no longer watched; what it left behind in its session is killed."""
        signal_group(child.popen.pid, signal.SIGKILL)
        self.children.remove(child)
        self._tell_guard(f"-{child.popen.pid}")

    def ended(self) -> Child | None:
        """The first child that has stopped by itself, if any."""
        return next((child for child in self.children if not child.running), None)

    def last_words(self, name: str) -> str:
        """The last line of a program's log that says something."""
        with contextlib.suppress(OSError):
            lines = (self.log / f"{name}.log").read_text(errors="replace")[-4000:].splitlines()
            return next((line.strip() for line in reversed(lines) if line.strip()), "")
        return ""

    def stop(self) -> None:
        """Those that may stop together first, at the same time, then the rest one by one in reverse order."""
        crowd = [child for child in reversed(self.children) if child.together]
        self._stop(crowd)
        for child in reversed(list(self.children)):
            self._stop([child])
        if self._guard.stdin and not self._guard.stdin.closed:
            self._guard.stdin.close()
            self._guard.wait()

    def _stop(self, crowd: list[Child]) -> None:
        for child in crowd:
            if child.running:
                child.popen.send_signal(child.stop_signal)
        start = time.monotonic()
        for child in crowd:
            try:
                child.popen.wait(max(0.0, start + child.seconds - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.killed.append(child.name)
                signal_group(child.popen.pid, signal.SIGKILL)
                child.popen.wait()
            self.forget(child)

    def _tell_guard(self, line: str) -> None:
        if self._guard.stdin:
            with contextlib.suppress(BrokenPipeError):
                self._guard.stdin.write(f"{line}\n".encode())
                self._guard.stdin.flush()


def free_port() -> int:
    """A port that nobody listens to just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def port_was_taken(processes: Processes, name: str) -> bool:
    """Somebody may take a free port before the server does; then another one is worth a try."""
    with contextlib.suppress(OSError):
        return "ddress already in use" in (processes.log / f"{name}.log").read_text(errors="replace")[-2000:]
    return False


def claim_port(port: int) -> socket.socket:
    """Binds the port for as long as the demo lives; our own web server may still share it, no other demo can."""
    claim = socket.socket()
    try:
        claim.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        claim.bind(("127.0.0.1", port))
        # Set after the bind, so that the bind itself fails if anybody else has the port.
        claim.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    except PermissionError:
        raise DemoError(f"Port {port} får bara systemet använda. Välj en port över 1023 med SIP_PORT.") from None
    except OSError:
        raise DemoError(f"Port {port} är upptagen av ett annat program. Välj en annan med SIP_PORT.") from None
    return claim
