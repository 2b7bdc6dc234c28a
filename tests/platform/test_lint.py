"""The checks of `./run lint` that are our own do find what they look for."""

import importlib.util

import pytest
import yaml

from tests.platform.stand_in import PROJECT


@pytest.fixture
def lint(tmp_path, monkeypatch):
    """The checks, pointed at a folder of the test's own."""
    spec = importlib.util.spec_from_file_location("ci_lint", PROJECT / ".ci" / "lint.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    return module


@pytest.fixture
def compose():
    return yaml.safe_load((PROJECT / "docker-compose.yml").read_text())


def faults(lint, tmp_path, compose) -> str:
    (tmp_path / "docker-compose.yml").write_text(yaml.safe_dump(compose))
    return "\n".join(lint.compose_is_sound())


def test_the_compose_file_as_it_stands(lint, tmp_path, compose):
    assert faults(lint, tmp_path, compose) == ""


@pytest.mark.parametrize(
    ("service", "key", "value", "expected"),
    [
        ("web", "read_only", False, "web: read_only ska vara True"),
        ("worker", "cap_drop", [], "worker: cap_drop ska vara"),
        ("beat", "healthcheck", {}, "beat: saknar healthcheck"),
        ("valkey", "image", "valkey/valkey:latest", "valkey: saknar fast version"),
        ("web", "depends_on", {"nobody": {}}, "web: väntar på okänd nobody"),
        ("web", "privileged", True, "web: okänd nyckel privileged"),
        ("web", "environment", {"SIP_SECRET_KEY": "written"}, "web: SIP_SECRET_KEY har ett skrivet värde"),
    ],
)
def test_a_fault_in_the_compose_file(lint, tmp_path, compose, service, key, value, expected):
    compose["services"][service][key] = value
    assert expected in faults(lint, tmp_path, compose)


def test_a_lock_with_an_address(lint, tmp_path, monkeypatch):
    lock = tmp_path / "x.lock"
    lock.write_text("a==1\nb @ https://example.org/b.whl\n")
    monkeypatch.setattr(lint, "LOCKS", [lock])
    assert lint.locks_name_no_address() == ["x.lock:2: b @ https://example.org/b.whl"]


def test_a_file_that_names_its_checkout(lint, tmp_path, monkeypatch):
    note = tmp_path / "note.md"
    note.write_text(f"see {tmp_path}/x")
    monkeypatch.setattr(lint, "tracked_files", lambda: [note])
    assert lint.no_address_of_a_machine() == [f"note.md: {tmp_path}"]
