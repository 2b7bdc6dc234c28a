"""The embedded stores where the ground is uneven: root's folders, a full disk, an outer server."""

import os
import shutil
import subprocess
from pathlib import Path

import psycopg
import pytest

from sip.demo import environment, postgres
from sip.demo.errors import DemoError
from sip.demo.home import OURS, Home
from sip.demo.postgres import embedded_postgres
from sip.demo.valkey import answers, embedded_valkey
from tests.platform.stand_in import PROJECT

pytestmark = pytest.mark.xdist_group("platform")
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


@pytest.fixture
def small_disk(open_folder):
    """A disk of a few megabytes."""
    folder = open_folder / "small"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=12m,mode=0755", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a small disk cannot be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_is_told_before_anything_is_made(small_disk):
    with pytest.raises(DemoError, match="Disken är full"):
        Home.open(small_disk / "home").require_space()


def test_a_disk_that_fills_up_on_the_way(small_disk):
    with pytest.raises(DemoError, match="Disken är full"):
        with embedded_postgres(small_disk / "home"):
            pytest.fail("the disk should be full")
    assert not (small_disk / "home" / "postgres").exists()


@as_root
def test_a_folder_that_the_database_user_cannot_reach(open_folder):
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    place = Home.open(closed / "home")
    outside = place.outside_place()
    try:
        with embedded_postgres(place.path) as url, psycopg.connect(url) as connection:
            assert connection.execute("show fsync").fetchone() == ("off",)
        assert outside.is_dir() and not (place.path / "postgres").exists()
        assert closed.stat().st_mode & 0o777 == 0o700
        place.clear()
        assert not outside.exists()
    finally:
        shutil.rmtree(outside, ignore_errors=True)


@as_root
def test_programs_are_copied_when_they_cannot_be_run_in_place(home, monkeypatch):
    runs = postgres._runs
    monkeypatch.setattr(postgres, "_runs", lambda folder, account: "binaries" in str(folder) and runs(folder, account))
    with embedded_postgres(home) as url, psycopg.connect(url) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_a_record_cannot_point_the_reset_elsewhere(tmp_path):
    place = Home.open(tmp_path / "home")
    valuable = tmp_path / "valuable"
    valuable.mkdir()
    (place.path / "postgres.place").write_text(str(valuable))
    assert place.recorded_place() is None
    place.clear()
    assert valuable.exists()


def test_server_log_holds_no_statements(home):
    """Nor errors: some repeat the value that they refuse."""
    with embedded_postgres(home) as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create table person (number text primary key)")
        connection.execute("insert into person values ('secret-value')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("insert into person values ('secret-value')")
        with pytest.raises(psycopg.errors.InvalidDatetimeFormat, match="secret-value"):
            connection.execute("select %s::date", ["secret-value"])
    log = (home / "log" / "postgres.log").read_text()
    assert "ready to accept connections" in log
    assert "secret-value" not in log


def test_the_broker_demands_its_password(home):
    with embedded_valkey(home) as url:
        assert answers(url)
        assert not answers("redis://" + url.partition("@")[2])


def test_logins_follow_the_administrators_address():
    urls = environment.login_urls(
        "postgresql://admin:a%40b@db.example:5433/sip?sslmode=require",
        {"web": "w/1", "citizen": "c", "worker": "k"},
        suffix="_x",
    )
    assert urls["SIP_DB_WEB_URL"] == "postgresql://sip_login_web_x:w%2F1@db.example:5433/sip?sslmode=require"
    assert "admin" not in "".join(urls.values())


def test_old_servers_are_refused(home, monkeypatch):
    monkeypatch.setattr(environment, "OLDEST_POSTGRES", 99)
    with embedded_postgres(home) as url:
        with pytest.raises(DemoError, match="Det krävs 99 eller nyare"):
            environment.require_database(url)


def test_the_reset_knows_every_file_of_ours():
    assert {"secrets.json", "postgres", "valkey", "mail", "log", "beat"} <= set(OURS)
    assert PROJECT == environment.PROJECT == Path(environment.__file__).resolve().parents[2]
