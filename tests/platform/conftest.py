"""Folders that PostgreSQL's own user can reach too, since pytest's are closed to it."""

import os
import shutil
import signal
import tempfile
from pathlib import Path

import pytest

from sip.demo.home import Home
from tests.platform.stand_in import holders


@pytest.fixture
def open_folder():
    """A folder of the test's own; whatever a failed test left running in it is killed."""
    folder = Path(tempfile.mkdtemp(prefix="sip-platform-"))
    folder.chmod(0o755)
    yield folder
    for place in folder.iterdir():
        for process in holders(place):
            os.kill(process, signal.SIGKILL)
        if (place / "lock").exists():
            Home(place).clear()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def home(open_folder):
    return open_folder / "home"
