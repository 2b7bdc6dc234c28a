"""SIP_HOME: the folder that holds everything one demo owns, its lock and its secrets."""

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from sip.demo.errors import DemoError, disk_full, unwritable

MIB = 1024 * 1024
SPACE_FOR_NEW = 250 * MIB
SPACE_FOR_OLD = 50 * MIB
# Only these are ever removed by a reset: SIP_HOME may point at a folder that holds other things too.
OURS = (
    "secrets.json",
    "loaded.json",
    "accounts.json",
    "postgres",
    "postgres.new",
    "postgres.place",
    "binaries",
    "valkey",
    "beat",
    "login.pem",
    "anchors",
    "anchor.key",
    "anchor.key.pub",
    "mail",
    "log",
)
SECRETS = ("secret_key", "postgres", "valkey", "web", "citizen", "worker")
DYING_SECONDS = 15


class Home:
    """One demo's data folder."""

    def __init__(self, path: Path):
        self.path = path

    @classmethod
    def open(cls, path: Path) -> "Home":
        """Makes the folder and proves that it can be written to."""
        home = cls(path.absolute())
        try:
            # 0711: PostgreSQL runs as another user when we are root, and must pass through but not look.
            home.path.mkdir(mode=0o711, parents=True, exist_ok=True)
            probe = home.path / f".probe-{os.getpid()}"
            probe.write_bytes(b"x" * 4096)
            probe.unlink()
            for name in ("log", "mail", "beat"):
                (home.path / name).mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise unwritable(home.path, error) from error
        return home

    @property
    def log(self) -> Path:
        return self.path / "log"

    def require_space(self) -> None:
        """A half-made cluster helps nobody, so a full disk is told before anything is written (full disk)."""
        need = SPACE_FOR_OLD if (self.path / "loaded.json").exists() else SPACE_FOR_NEW
        if shutil.disk_usage(self.path).free < need:
            raise disk_full(self.path)

    @contextlib.contextmanager
    def locked(self) -> Iterator[int]:
        """Holds the folder's lock; children inherit the descriptor, so it is free only when the last one is gone."""
        place = self.path / "lock"
        descriptor = os.open(place, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._take(descriptor)
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, str(os.getpid()).encode(), 0)
            yield descriptor
        finally:
            os.close(descriptor)

    def _take(self, descriptor: int) -> None:
        deadline = time.monotonic() + DYING_SECONDS
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                holder = os.pread(descriptor, 20, 0).decode() or "okänd"
                if holder.isdigit() and not _alive(int(holder)) and time.monotonic() < deadline:
                    # The supervisor is gone and its children are on their way out.
                    time.sleep(0.1)
                    continue
                raise DemoError(
                    f"Ett annat demo (process {holder}) använder redan datamappen {self.path}. "
                    "Stoppa det eller välj en annan mapp med SIP_HOME."
                ) from None

    def clear(self) -> None:
        """Removes everything the demo has made, also what lies outside the folder (--reset)."""
        outside = self.recorded_place()
        try:
            for place in [*(self.path / name for name in OURS), *([outside] if outside else [])]:
                if place.is_dir() and not place.is_symlink():
                    shutil.rmtree(place)
                else:
                    place.unlink(missing_ok=True)
        except OSError as error:
            raise unwritable(self.path, error) from error
        Home.open(self.path)

    def outside_place(self) -> Path:
        """Where the cluster lies when PostgreSQL's user cannot pass through the folders above this one."""
        digest = hashlib.sha256(str(self.path.resolve()).encode()).hexdigest()[:12]
        return Path("/var/lib") / f"sip-demo-{digest}"

    def recorded_place(self) -> Path | None:
        """The place outside, if one was used; a record that names anything else is not followed."""
        record = self.path / "postgres.place"
        expected = self.outside_place()
        return expected if record.exists() and record.read_text().strip() == str(expected) else None

    def secrets(self) -> dict[str, str]:
        """Passwords and keys made once for this folder and readable by its owner only."""
        place = self.path / "secrets.json"
        try:
            if place.exists():
                return self._read_secrets(place)
            made = {name: secrets.token_urlsafe(48) for name in SECRETS}
            write_private(place, json.dumps(made, indent=1))
            return made
        except OSError as error:
            raise unwritable(self.path, error) from error

    def _read_secrets(self, place: Path) -> dict[str, str]:
        try:
            found = json.loads(place.read_text())
            return {name: found[name] for name in SECRETS}
        except (ValueError, KeyError, TypeError) as error:
            raise broken(self.path, "secrets.json går inte att läsa") from error


def broken(path: Path, why: str) -> DemoError:
    return DemoError(f"Datamappen {path} är trasig: {why}. Börja om med ./run demo --reset.")


def write_private(place: Path, text: str) -> None:
    """Writes a whole file or nothing, readable by the owner only."""
    draft = place.with_name(place.name + ".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    draft.replace(place)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
