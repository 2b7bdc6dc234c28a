"""An invited relative in a case of each test's own, committed as the web does, and a browser that is nobody's."""

import pytest
from django.db import connections
from django.test import Client

from tests import build_guests
from tests.cast import Cast
from tests.database import PASSWORD


@pytest.fixture
def admin(module_database):
    """Return a function that runs a statement as the administrator."""

    def run(statement, *values):
        with connections["admin"].cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    return run


@pytest.fixture
def cast(admin):
    """The cast; nobody has tried any link from this address yet, and nobody stays protected afterwards."""
    admin("delete from guests_guesttry")
    yield Cast()
    admin("update cases_case set protection = 'none' where protection <> 'none'")


@pytest.fixture
def invited(cast):
    return build_guests.invited(cast)


@pytest.fixture
def guest():
    """Return a function that opens a link with its code; the browser, and the answer to the code."""

    def enter(made, code=None):
        client = Client()
        client.came = client.post(f"/inbjudan/{made.secret}/", {"code": made.code if code is None else code})
        return client

    return enter


@pytest.fixture
def browse(cast):
    def signed_in(username):
        client = Client()
        assert client.post("/logga-in/", {"username": username, "password": PASSWORD}).status_code == 302
        return client

    return signed_in
