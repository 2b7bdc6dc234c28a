"""An API client: JSON in and out, signed in with a session, with the CSRF token that a browser would send."""

import json

import pytest
from django.test import Client

from tests.database import PASSWORD


class ApiClient:
    def __init__(self, username: str | None, *, csrf: bool = False):
        self.client = Client(enforce_csrf_checks=csrf)
        if username:
            page = self.client.get("/logga-in/")
            token = page.context["csrf_token"]
            data = {"username": username, "password": PASSWORD, "csrfmiddlewaretoken": str(token)}
            assert self.client.post("/logga-in/", data).status_code == 302

    def get(self, path, **headers):
        return self.client.get(f"/api/v1/{path}", headers=headers)

    def post(self, path, data=None, **headers):
        return self.client.post(f"/api/v1/{path}", json.dumps(data or {}), "application/json", headers=headers)

    def patch(self, path, data, **headers):
        return self.client.patch(f"/api/v1/{path}", json.dumps(data), "application/json", headers=headers)


@pytest.fixture
def api(db):
    return ApiClient
