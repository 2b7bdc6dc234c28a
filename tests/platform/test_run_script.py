"""`./run` finds a Python that works, says what is missing, and never trusts a half-made environment."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.platform.stand_in import PROJECT

pytestmark = pytest.mark.xdist_group("platform")
TOOLS = ("sh", "dirname", "cksum", "tr", "ls", "rm", "cat", "flock", "sed", "env")


@pytest.fixture
def clone(tmp_path):
    """The script beside locks that name no package."""
    folder = tmp_path / "klon med mellanslag"
    (folder / "requirements").mkdir(parents=True)
    shutil.copy(PROJECT / "run", folder)
    (folder / "manage.py").write_text("import sys; print('manage', *sys.argv[1:])\n")
    for name in ("demo", "dev"):
        (folder / "requirements" / f"{name}.lock").write_text("")
    return folder


@pytest.fixture
def tools(tmp_path):
    """A PATH with the common tools and no Python, to which a test adds its own programs."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in TOOLS:
        (folder / name).symlink_to(shutil.which(name))
    return folder


def program(folder: Path, name: str, text: str) -> None:
    place = folder / name
    place.write_text(f"#!/bin/sh\n{text}\n")
    place.chmod(0o755)


def run(clone: Path, *words: str, path: Path | None = None, **extra: str) -> subprocess.CompletedProcess:
    env = {"PATH": str(path) if path else os.environ["PATH"], "HOME": str(clone), "LANG": "C.UTF-8", **extra}
    return subprocess.run([str(clone / "run"), *words], env=env, capture_output=True, text=True, check=False)


def test_help_and_unknown_words(clone):
    assert "./run KOMMANDO" in run(clone, "help").stdout
    assert run(clone).returncode == 0
    unknown = run(clone, "dmeo")
    assert unknown.returncode == 1 and "Okänt kommando: dmeo" in unknown.stderr


def test_makes_the_environment_once_and_again_when_it_is_half_made(clone):
    first = run(clone, "manage", "check", "two words", PYTHON=sys.executable)
    assert (first.returncode, first.stdout) == (0, "manage check two words\n"), first.stderr
    assert "Gör Pythonmiljön" in first.stderr
    second = run(clone, "manage", PYTHON=sys.executable)
    assert second.stderr == ""
    (stamp,) = (clone / ".venv").glob(".lock-demo-*")
    stamp.unlink()
    (clone / ".venv" / "left-over").write_text("")
    third = run(clone, "manage", PYTHON=sys.executable)
    assert third.returncode == 0 and "Gör Pythonmiljön" in third.stderr
    assert not (clone / ".venv" / "left-over").exists()
    dev_serves_the_demo_and_a_new_lock_is_installed(clone)


def dev_serves_the_demo_and_a_new_lock_is_installed(clone):
    assert "Gör Pythonmiljön" not in run(clone, "venv", "dev", PYTHON=sys.executable).stderr
    assert run(clone, "venv", "demo", PYTHON=sys.executable).stderr == ""
    (clone / "requirements" / "dev.lock").write_text("# newer\n")
    again = run(clone, "venv", "dev", PYTHON=sys.executable)
    assert "Installerar låsta paket" in again.stderr and "Gör Pythonmiljön" not in again.stderr
    assert len(list((clone / ".venv").glob(".lock-*"))) == 1


@pytest.mark.skipif(not Path("/etc/debian_version").exists(), reason="Debian only")
def test_without_rights_it_prints_the_line_to_type(clone, tools):
    program(tools, "id", "echo 1000")
    program(tools, "apt-get", "exit 9")
    done = run(clone, "demo", path=tools)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "  sudo apt-get install -y --no-install-recommends "
        "python3-venv libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    )
    assert (done.stderr.count("chromium"), done.stderr.count("libfaketime")) == (0, 0)


@pytest.mark.skipif(not Path("/etc/debian_version").exists(), reason="Debian only")
def test_as_root_it_installs_and_fetches_the_list_only_when_needed(clone, tools):
    program(tools, "python3.13", "exit 127")  # a version manager's shim: there, but of no use
    calls = clone / "calls"
    program(tools, "id", "echo 0")
    # The first attempt fails as on a machine without package lists; the second brings a Python.
    lines = (
        f'echo "$@" >>"{calls}"',
        '[ "$1" = update ] && exit 0',
        f'[ -e "{calls}.once" ] || {{ : >"{calls}.once"; exit 100; }}',
        f'printf "#!/bin/sh\\nexec {sys.executable} \\"\\$@\\"\\n" >"{tools}/python3"',
        f'/bin/chmod 755 "{tools}/python3"',
    )
    program(tools, "apt-get", "\n".join(lines))
    done = run(clone, "manage", "ok", path=tools)
    assert done.stdout == "manage ok\n", done.stderr
    assert "Installerar systempaket som saknas: python3-venv libpango" in done.stderr
    assert [line.split()[0] for line in calls.read_text().splitlines()] == ["install", "update", "install"]
