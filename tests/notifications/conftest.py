import pytest
from django.test import Client

from tests.database import PASSWORD


@pytest.fixture
def browse_own(own_database):
    """Sign somebody in where the test's database is its own."""

    def signed_in(username: str) -> Client:
        client = Client()
        assert client.post("/logga-in/", {"username": username, "password": PASSWORD}).status_code == 302
        return client

    return signed_in
