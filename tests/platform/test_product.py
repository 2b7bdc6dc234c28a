"""The product itself under its supervisor: from an empty folder to a login page, and again with the data kept."""

import json
import time
import urllib.request

import psycopg
import pytest

from tests.platform.stand_in import PROJECT, Running, gone, holders

pytestmark = pytest.mark.xdist_group("platform")
SECOND_START_SECONDS = 15
STOP_SECONDS = 10
COUNTS = "select (select count(*) from cases_case), (select count(*) from organisations_unit)"


def count_rows(home) -> tuple[int, int]:
    """Cases and units, asked as the administrator."""
    command = next(words for words in holders(home).values() if "bin/postgres" in words)
    port = command.split("port=")[1].split()[0]
    password = json.loads((home / "secrets.json").read_text())["postgres"]
    with psycopg.connect(f"postgresql://postgres:{password}@127.0.0.1:{port}/sip") as connection:
        return connection.execute(COUNTS).fetchone()


@pytest.mark.timeout(600)
def test_from_nothing_to_a_login_page_and_again(home):
    first = Running(PROJECT, home).wait_for("Demot är igång", seconds=300)
    with urllib.request.urlopen(f"http://127.0.0.1:{first.port}/logga-in/") as answer:
        page = answer.read().decode()
    assert 'name="username"' in page and 'name="password"' in page
    before = count_rows(home)
    assert before[0] >= 30 and before[1] > 0
    began = time.monotonic()
    assert first.finish() == 0
    assert time.monotonic() - began < STOP_SECONDS
    assert gone(home, 1), holders(home)

    began = time.monotonic()
    second = Running(PROJECT, home).wait_for("Demot är igång", seconds=60)
    assert time.monotonic() - began < SECOND_START_SECONDS
    assert count_rows(home) == before
    assert second.finish() == 0
    assert gone(home, 1), holders(home)
