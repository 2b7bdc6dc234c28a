"""Strict test runs: a real PostgreSQL, the real roles, one cast, cases built by walking the services."""

import os

import pytest
from django.conf import settings
from django.test import Client

from tests import database
from tests.cast import Cast
from tests.faults.table import pytest_terminal_summary  # noqa: F401 - pytest's own hook

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker):
    """A clone of the migrated template for this process; the tests log in to it as the web does."""
    name = f"sip_test_{os.getpid()}"
    with django_db_blocker.unblock():
        database.clone(name)
        database.point_at(name)
        yield
        database.point_at("postgres")
        database.drop(name)


@pytest.fixture(scope="session", autouse=True)
def anchors_elsewhere(tmp_path_factory):
    """No test writes the log's anchors, or the key to them, where a demo has its own."""
    place = tmp_path_factory.mktemp("anchors")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "SIP_ANCHOR_DIR", place / "anchors")
        patch.setattr(settings, "SIP_ANCHOR_PEM", place / "anchor.key")
        yield


@pytest.fixture
def own_database(django_db_setup, django_db_blocker):
    """A database of its own with real commits, for threads, races, workers and browsers; gone afterwards."""
    with django_db_blocker.unblock(), database.own() as name:
        yield name


@pytest.fixture(scope="module")
def module_database(django_db_setup, django_db_blocker):
    """The same for a whole module that only needs one."""
    with django_db_blocker.unblock(), database.own() as name:
        yield name


@pytest.fixture
def cast(db) -> Cast:
    """The fixed cast: who owns, who takes part, who must see nothing."""
    return Cast()


@pytest.fixture
def browse(db):
    """Return a function that gives an HTTP client signed in as a demo user."""

    def signed_in(username: str, assignment=None) -> Client:
        client = Client()
        response = client.post("/logga-in/", {"username": username, "password": database.PASSWORD})
        assert response.status_code == 302, response.content.decode()
        if assignment is not None:
            client.post("/byt-enhet/", {"assignment": assignment.pk})
        return client

    return signed_in
