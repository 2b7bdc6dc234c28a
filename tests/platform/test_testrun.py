"""`./run test` gives its command a database and a broker, and its exit code back."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.platform.stand_in import PROJECT

pytestmark = pytest.mark.xdist_group("platform")
PROBE = """
import os, sys, psycopg, redis
with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
    print(connection.execute("show server_version_num").fetchone()[0])
client = redis.Redis.from_url(os.environ["REDIS_URL"])
print(client.ping(), os.environ["SIP_TESTING"], os.environ["SIP_HOME"])
client.close()
sys.exit(7)
"""


def test_a_command_between_its_stores(tmp_path):
    clean = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TMPDIR": "/tmp"}
    done = subprocess.run(
        [sys.executable, "-m", "sip.demo", "test", "--", sys.executable, "-c", PROBE],
        cwd=PROJECT,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 7, done.stderr
    version, rest = done.stdout.splitlines()
    assert int(version) >= 150000
    answer, testing, folder = rest.split()
    assert (answer, testing) == ("True", "1")
    assert not Path(folder).exists()
