"""Runs a command, pytest as a rule, with a database and a broker of its own around it."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sip.demo import environment, postgres, valkey
from sip.demo.environment import PROJECT
from sip.demo.home import Home
from sip.demo.processes import Processes, die_with_parent


def run(command: Sequence[str]) -> int:
    """One PostgreSQL and one Valkey for the whole run, shared by all its workers; gives the command's exit code."""
    folder = Path(tempfile.mkdtemp(prefix="sip-test-"))
    try:
        folder.chmod(0o711)  # noqa: S103 - PostgreSQL's user passes through
        home = Home.open(folder)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        with Processes(home.log) as processes:
            return _run(processes, home, list(command))
    finally:
        Home(folder).clear()
        shutil.rmtree(folder, ignore_errors=True)


def _run(processes: Processes, home: Home, command: list[str]) -> int:
    secrets = home.secrets()
    admin_url = os.environ.get("DATABASE_URL") or postgres.start(
        processes, home, password=secrets["postgres"], durable=False
    )
    redis_url = os.environ.get("REDIS_URL") or valkey.start(processes, home, password=secrets["valkey"])
    env = environment.shared(home, admin_url=admin_url, redis_url=redis_url, embedded="DATABASE_URL" not in os.environ)
    env |= {"SIP_TESTING": "1", "SIP_PROCESS": "web", "SIP_FACE": "both"}
    # The terminal sends Ctrl-C to the command as well, and it is the command that decides what to do.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = os.getpid()

    def prepare() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        die_with_parent(parent, signal.SIGTERM)

    child = subprocess.Popen(command, env=env, cwd=PROJECT, preexec_fn=prepare)
    try:
        return child.wait()
    finally:
        if child.poll() is None:
            child.terminate()
            child.wait(30)
