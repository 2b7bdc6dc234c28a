"""The demo starts in order, tells what is wrong in one sentence, and leaves nothing behind."""

import json
import os
import signal
import socket
import time
import urllib.request
from pathlib import Path

import psycopg
import pytest

from sip.demo.postgres import embedded_postgres
from sip.demo.valkey import embedded_valkey
from tests.platform.stand_in import Running, build, gone, holders

pytestmark = pytest.mark.xdist_group("platform")


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    return build(tmp_path_factory.mktemp("stand-in"))


def environment_of(process: int) -> str:
    return Path(f"/proc/{process}/environ").read_bytes().decode()


def process_named(home: Path, words: str) -> int:
    return next(process for process, command in holders(home).items() if words in command)


def test_starts_everything_and_ctrl_c_stops_everything(project, home):
    demo = Running(project, home).ready()
    with urllib.request.urlopen(f"http://127.0.0.1:{demo.port}/readyz") as answer:
        assert answer.status == 200
    with urllib.request.urlopen(demo.mailbox()) as answer:
        assert "Inga brev har kommit" in answer.read().decode()
    assert "stand  in  handler, Enheten, Kommunen" in demo.said
    commands = " ".join(holders(home).values())
    assert all(word in commands for word in ("postgres", "valkey-server", "mailcatcher", "granian", "worker", "beat"))
    only_migrate_knows_the_administrator(home)
    passwords_are_private_and_demanded(home)
    began = time.monotonic()
    assert demo.finish() == 0
    assert time.monotonic() - began < 10
    assert gone(home, 1), holders(home)


def only_migrate_knows_the_administrator(home):
    for words in ("granian", " worker ", " beat ", "mailcatcher"):
        environment = environment_of(process_named(home, words))
        assert "\0DATABASE_URL=" not in environment
    assert "SIP_DB_WORKER_URL" not in environment_of(process_named(home, "granian"))
    assert "SIP_DB_WEB_URL" not in environment_of(process_named(home, " worker "))


def passwords_are_private_and_demanded(home):
    secrets = home / "secrets.json"
    assert secrets.stat().st_mode & 0o777 == 0o600
    commands = " ".join(holders(home).values())
    assert not any(secret in commands for secret in json.loads(secrets.read_text()).values())
    port = holders(home)[process_named(home, "bin/postgres")].split("port=")[1].split()[0]
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgresql://postgres@127.0.0.1:{port}/sip", connect_timeout=3)


def test_kill_nine_leaves_no_orphan_and_the_next_start_recovers(project, home):
    demo = Running(project, home).ready()
    demo.finish(signal.SIGKILL)
    again = Running(project, home).ready()  # also while the old processes are on their way out
    assert "Läser in" not in again.said
    again.finish(signal.SIGKILL)
    assert gone(home, 12), holders(home)


def test_a_dead_child_ends_the_demo_with_a_failure(project, home):
    demo = Running(project, home).ready()
    os.kill(process_named(home, "valkey-server"), signal.SIGKILL)
    assert demo.finish(None) == 1
    assert "Fel: Kön stannade oväntat (kod -9)" in demo.said
    assert gone(home, 1), holders(home)


def test_a_closed_terminal_still_stops_in_order(project, home):
    reader, writer = os.pipe()
    demo = Running(project, home, out=writer)
    os.close(writer)
    with os.fdopen(reader) as heard:
        next(line for line in heard if "Demot är igång" in line)
    assert demo.finish(signal.SIGHUP) == 0
    assert gone(home, 1), holders(home)


def test_ctrl_c_in_the_middle_of_the_start(project, home):
    demo = Running(project, home, STAND_SLOW="60").wait_for("Läser in registret")
    time.sleep(0.5)
    assert demo.finish() == 0
    assert gone(home, 1), holders(home)
    assert not (home / "loaded.json").exists()


def test_two_side_by_side_but_never_on_one_port_or_one_folder(project, home, open_folder):
    other = open_folder / "other"
    first, second = Running(project, home), Running(project, other)
    first.ready(), second.ready()
    same_folder = Running(project, home)
    assert same_folder.finish(None) == 1
    assert f"Ett annat demo (process {first.popen.pid}) använder redan datamappen {home}" in same_folder.said
    same_port = Running(project, open_folder / "third", port=first.port)
    assert same_port.finish(None) == 1
    assert f"Fel: Port {first.port} är upptagen" in same_port.said
    assert first.finish() == second.finish() == 0
    assert gone(other, 1) and gone(home, 1)


def test_a_port_that_another_program_has(project, home):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        demo = Running(project, home, port=taken.getsockname()[1])
        assert demo.finish(None) == 1
    assert demo.said.splitlines() == [
        f"Fel: Port {demo.port} är upptagen av ett annat program. Välj en annan med SIP_PORT."
    ]


@pytest.mark.parametrize("port", ["0", "70000", "http"])
def test_a_port_that_is_none(project, home, port):
    demo = Running(project, home, SIP_PORT=port)
    assert demo.finish(None) == 1
    assert "SIP_PORT ska vara ett tal mellan 1 och 65535" in demo.said


def test_a_folder_that_cannot_be_one(project, open_folder):
    (open_folder / "file").write_text("")
    demo = Running(project, open_folder / "file" / "home")
    assert demo.finish(None) == 1
    assert "går inte att använda: en del av sökvägen är en fil" in demo.said


def test_a_broken_cluster_and_a_reset(project, home):
    Running(project, home).ready().finish()
    (home / "postgres" / "global" / "pg_control").write_bytes(b"")
    demo = Running(project, home)
    assert demo.finish(None) == 1
    assert f"Datamappen {home} är trasig: databasen startar inte" in demo.said
    (home / "mine.txt").write_text("kept")
    again = Running(project, home, "--reset").ready()
    assert "Läser in demoärenden" in again.said
    assert (home / "mine.txt").read_text() == "kept"
    again.finish()


def test_a_file_that_cannot_be_opened(project, home):
    home.mkdir()
    (home / "lock").mkdir()
    demo = Running(project, home)
    assert demo.finish(None) == 1
    assert demo.said.startswith(f"Fel: Datamappen {home / 'lock'} går inte att använda")
    (home / "lock").rmdir()


def test_broken_secrets(project, home):
    home.mkdir()
    (home / "secrets.json").write_text("{")
    demo = Running(project, home)
    assert demo.finish(None) == 1
    assert "secrets.json går inte att läsa. Börja om med ./run demo --reset." in demo.said


def test_outer_stores_are_used_and_left_alone(project, home, open_folder):
    outer = open_folder / "outer"
    with embedded_postgres(outer) as database_url, embedded_valkey(outer) as redis_url:
        demo = Running(project, home, DATABASE_URL=database_url, REDIS_URL=redis_url).ready()
        commands = " ".join(holders(home).values())
        assert "postgres" not in commands and "valkey-server" not in commands
        assert "\0DATABASE_URL=" not in environment_of(process_named(home, "granian"))
        assert demo.finish() == 0
        again = Running(project, home, "--reset", DATABASE_URL=database_url, REDIS_URL=redis_url, STAND_SLOW="60")
        again.wait_for("Läser in registret")
        assert "Databasen i DATABASE_URL lämnas som den är" in again.said
        again.finish()
        with psycopg.connect(database_url) as connection:
            assert connection.execute("select count(*) from loaded").fetchone() == (0,)


def test_outer_stores_that_do_not_answer(project, home):
    demo = Running(project, home, DATABASE_URL="postgresql://admin:hemligt@127.0.0.1:9/sip")
    assert demo.finish(None) == 1
    assert "Databasen i DATABASE_URL svarar inte." in demo.said
    assert "hemligt" not in demo.said
    demo = Running(project, home, REDIS_URL="redis://127.0.0.1:9/0")
    assert demo.finish(None) == 1
    assert "Kön i REDIS_URL svarar inte." in demo.said
