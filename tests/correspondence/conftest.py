"""Databases of their own: what is queued, and whom the person is, is looked at as the administrator."""

import pytest
from django.test import Client

from tests.cast import Cast
from tests.database import PASSWORD


@pytest.fixture
def cast(own_database) -> Cast:
    return Cast()


@pytest.fixture
def browse(own_database):
    def signed_in(username: str) -> Client:
        client = Client()
        response = client.post("/logga-in/", {"username": username, "password": PASSWORD})
        assert response.status_code == 302
        return client

    return signed_in
