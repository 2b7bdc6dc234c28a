"""/readyz says whether the work gets done, for each kind of process and its own login (issue 2, §1)."""

import os
from datetime import timedelta
from urllib.parse import unquote, urlsplit

import pytest
from django.conf import settings
from django.db import OperationalError, connections
from django.test import Client
from django.utils import timezone

from audit.tasks import write_anchor
from notifications import services
from sip import health
from sip.errors import api_exception
from tests import build
from tests.cast import Cast


@pytest.fixture
def cast(own_database) -> Cast:
    return Cast()


def ready() -> tuple[int, dict]:
    response = Client().get("/readyz")
    assert response.headers["Content-Type"] == "application/json"
    return response.status_code, response.json()["checks"]


@pytest.mark.parametrize("variable", ["SIP_DB_WEB_URL", "SIP_DB_WORKER_URL", "SIP_DB_CITIZEN_URL"])
def test_it_works_with_each_processs_login(cast, variable):
    if variable not in os.environ:
        pytest.skip("this run has no such login")
    parts = urlsplit(os.environ[variable])
    values = connections["default"].settings_dict
    before = {key: values[key] for key in ("USER", "PASSWORD")}
    connections["default"].close()
    values.update(USER=unquote(parts.username), PASSWORD=unquote(parts.password or ""))
    try:
        status, checks = ready()
        good = {"database": True, "migrated": True, "audit": True, "deliveries": True, "oldest_due_seconds": 0}
        assert (status, checks) == (200, good | {"anchor": True, "anchor_age_seconds": None})
    finally:
        connections["default"].close()
        values.update(before)


def test_without_a_database_pages_and_api_say_try_again_and_never_that_we_failed(cast):
    client, values = Client(raise_request_exception=False), connections["default"].settings_dict
    before = values["NAME"]
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    connections["default"].close()
    values["NAME"] = "no_such_database"
    try:
        for path in ("/arenden/", "/min-plan/", "/api/v1/cases/"):
            answer = client.get(path)
            assert (answer.status_code, answer["Retry-After"]) == (503, "10"), path
            assert "Tjänsten svarar inte just nu" in answer.content.decode()
    finally:
        connections["default"].close()
        values["NAME"] = before
    assert api_exception(OperationalError("away"), {}).status_code == 503


@pytest.mark.parametrize("name", ["template1", "no_such_database"])
def test_another_database_is_not_ready(cast, name):
    values = connections["default"].settings_dict
    before = values["NAME"]
    connections["default"].close()
    values["NAME"] = name
    try:
        status, checks = ready()
        assert (status, False in checks.values()) == (503, True)
        assert Client().get("/healthz").status_code == 200
    finally:
        connections["default"].close()
        values["NAME"] = before


def test_a_migration_that_is_missing_is_not_ready(cast):
    with connections["admin"].cursor() as cursor:
        cursor.execute("delete from django_migrations where app = 'deviations'")
    status, checks = ready()
    assert (status, checks["migrated"]) == (503, False)


def test_a_log_that_cannot_take_next_months_rows_is_not_ready(cast):
    month = (timezone.now().replace(day=1) + timedelta(days=32)).strftime("%Y_%m")
    with connections["admin"].cursor() as cursor:
        cursor.execute(f"drop table audit_event_{month}")
    status, checks = ready()
    assert (status, checks["audit"]) == (503, False)


@pytest.mark.parametrize(
    ("seconds", "status"), [(health.OLDEST_ANCHOR_SECONDS - 20, 200), (health.OLDEST_ANCHOR_SECONDS + 5, 503)]
)
def test_a_log_that_has_not_been_anchored_for_an_hour_is_not_ready(cast, seconds, status):
    write_anchor()
    with connections["admin"].cursor() as cursor:
        cursor.execute("update audit_anchor set at = now() - make_interval(secs => %s)", [seconds])
    found, checks = ready()
    assert (found, checks["anchor"]) == (status, status == 200)
    assert abs(checks["anchor_age_seconds"] - seconds) < 15


def test_in_production_a_log_without_any_anchor_is_not_ready(cast, settings):
    settings.DEMO = False
    assert health.run_checks()["anchor"] is False


@pytest.mark.parametrize(
    ("seconds", "status"), [(health.OLDEST_DUE_SECONDS - 20, 200), (health.OLDEST_DUE_SECONDS + 5, 503)]
)
def test_a_message_that_has_waited_five_minutes_is_not_ready(cast, seconds, status):
    """The process may be up and yet do nothing: the oldest waiting row tells."""
    case = build.case(cast)
    due = timezone.now() - timedelta(seconds=seconds)
    with cast.acting("owner"):
        services.queue_mail(unit_id=cast.unit("owner").pk, case_id=case.pk, key="a", due_at=due)
        services.queue_mail(
            unit_id=cast.unit("owner").pk, case_id=case.pk, key="b", due_at=timezone.now() + timedelta(days=9)
        )
    assert ready()[0] == status
