"""The application's own log: one JSON object a line, ids only, whatever happens (V16.2.5, V16.4.1)."""

import json
import logging
from io import StringIO

import pytest
from celery.signals import setup_logging
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils.log import log_response

from sip.celery import log_as_the_web_does
from sip.logs import JsonFormatter, RequestLogMiddleware
from tests import build
from tests.e2e import loggrep

SECRET, NUMBER = "Zebulina Hemlighetsson", "19850101-2382"
FORGED = 'Anna\n{"level": "INFO", "message": "forged"}\r\x85\u2028x'


@pytest.fixture
def lines():
    """What the log's one handler would write."""
    out = StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    level, root.level = root.level, logging.INFO
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(level)


def formatted(message, *args, error=None, name="plans.drawing", **extra) -> str:
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord(name, logging.ERROR, __file__, 1, message, args, info)
    record.__dict__ |= extra
    return JsonFormatter().format(record)


def raised(action) -> Exception:
    try:
        action()
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


def test_what_is_written_cannot_begin_a_line_of_its_own():
    line = formatted("delivery %s", FORGED)
    assert len(line.splitlines()) == 1 and line.isascii()
    assert json.loads(line)["message"] == f"delivery {FORGED}"


@pytest.mark.parametrize(
    "path", ["/inbjudan/abcd-efgh-jkmn-pqrs-tuvw-xyz2-34/", "/arenden/5e0c0000-0000-4000-8000-000000000000/"]
)
def test_the_address_of_a_refused_request_is_not_told(db, lines, path):
    """Django tells it of a form without a token and of a fault; it may be a link that opens something (KAL-3)."""
    assert Client(enforce_csrf_checks=True).post(path, {"code": "12345678"}).status_code == 403
    request = RequestFactory().get(path)
    log_response("%s: %s", "Internal Server Error", path, response=HttpResponse(status=500), request=request)
    told = [row["message"] for row in lines() if row["logger"].startswith("django.")]
    assert len(told) == 2 and told[1] == "Internal Server Error: -"
    assert told[0].startswith("Forbidden") and told[0].endswith(": -")


def test_an_exception_is_its_class_and_place_and_never_its_words():
    def fail():
        try:
            int(SECRET)
        except ValueError as error:
            raise LookupError(f"{SECRET} {NUMBER}") from error

    error = raised(fail)
    line = formatted("job failed: %s, %s", "consent.sweep", error, error=error)
    row = json.loads(line)
    assert "Zebulina" not in line and "1985" not in line
    assert row["error"] == ["LookupError", "ValueError"]
    assert row["message"] == "job failed: consent.sweep, LookupError"
    assert any(place.startswith("tests/audit/test_application_log.py:") for place in row["where"])
    assert SECRET not in formatted(error)


@pytest.mark.parametrize(
    "statement",
    [
        "insert into cases_person (id_kind, number) values ('personnummer', 'Zebulina'), ('personnummer', 'Zebulina')",
        "select 'Zebulina'::date",
        "update cases_person set number = null where number = 'Zebulina'",
    ],
)
def test_what_postgresql_says_of_a_row_stays_out(db, statement):
    def fail():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    error = raised(fail)
    assert isinstance(error, DatabaseError)
    line = formatted("job failed", error=error)
    assert "Zebulina" not in line
    assert len(json.loads(line)["sqlstate"]) == 5


def test_celerys_lines_name_the_task_and_nothing_else():
    """Celery prints a failed task's exception and a finished one's result."""
    values = {"name": "audit.anchor", "id": "7", "exc": f"KeyError('{SECRET}')", "traceback": SECRET, "args": SECRET}
    values |= {"kwargs": SECRET, "return_value": SECRET, "description": "raised unexpected", "runtime": 1.5}
    line = formatted("Task %(name)s[%(id)s] %(description)s: %(exc)s %(return_value)s", values)
    assert json.loads(line)["message"] == "Task audit.anchor[7] raised unexpected: - -"


def test_celery_keeps_the_formatter():
    """Without a receiver Celery would replace the handlers of the worker by its own."""
    assert log_as_the_web_does in [found() for _key, found in setup_logging.receivers]
    assert settings.LOGGING["root"]["handlers"] == ["out"]
    assert settings.LOGGING["handlers"]["out"]["formatter"] == "json"


@pytest.mark.parametrize(
    "number", ["198501012382", NUMBER, "850101-2382", "850101+2382", "8501012382", "19850101 2382"]
)
def test_the_net_catches_what_looks_like_a_personnummer(number):
    assert "2382" not in formatted("x %s y", number)


def test_a_message_that_does_not_fit_its_values_is_written_without_them(capsys):
    assert json.loads(formatted("%s and %s", SECRET))["message"] == "%s and %s"
    assert "Zebulina" not in "".join(capsys.readouterr())


def test_a_request_is_one_line_without_its_address(browse, cast, lines):
    case = build.case(cast, given_name="Zebulina")
    browse("amira.falun").get(f"/arenden/{case.pk}/?q={NUMBER}")
    row = next(row for row in lines() if row.get("route") == "casework:case")
    assert set(row) == {"at", "level", "logger", "message", "method", "route", "status", "ms", "user"}
    assert (row["method"], row["status"], row["user"]) == ("GET", 200, cast.owner.user_id)
    text = json.dumps(lines())
    assert not any(word in text for word in ("Zebulina", "2382", str(case.pk), "amira"))


def test_an_address_that_does_not_exist_is_not_repeated(client, db, lines):
    client.get("/Zebulina/Hemlighetsson/")
    [row] = lines()
    assert row["route"] is None
    assert "Zebulina" not in json.dumps(row)


def test_an_invented_method_is_not_repeated(lines):
    RequestLogMiddleware(lambda _request: HttpResponse())(RequestFactory().generic("ZEB\x85X", "/"))
    assert [row["method"] for row in lines()] == ["-"]


@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_the_questions_of_the_monitoring_are_not_logged(client, db, lines, address):
    client.get(address)
    assert lines() == []


def test_a_page_that_fails_tells_its_place_and_not_what_was_written(browse, cast, lines, monkeypatch):
    case = build.case(cast)
    reader = browse("amira.falun")
    reader.raise_request_exception = False
    monkeypatch.setattr("cases.access.why_not", lambda *_args: int(SECRET))
    assert reader.get(f"/arenden/{case.pk}/").status_code == 500
    failed = next(row for row in lines() if row["level"] == "ERROR")
    assert failed["error"] == ["ValueError"] and failed["where"]
    assert "Zebulina" not in json.dumps(lines())


@pytest.mark.parametrize(
    "said", ["Zebulina Åberg", "850101-2382", "198501012382", json.dumps({"message": "x Åberg y"})]
)
def test_the_search_of_the_whole_runs_logs_finds_what_is_there(tmp_path, said):
    """The browser tests end with it; here it is shown that it can find, also what JSON writes with escapes."""
    folder = tmp_path / "log"
    folder.mkdir()
    (folder / "web.log").write_text('[INFO] start\n{"message": "Zebulinas Zebulin"}\n')
    wanted = {"Zebulina", "Åberg", "198501012382", "850101-2382"}
    assert loggrep.hits(tmp_path, wanted) == []
    (folder / "worker.log.1").write_text(f"before\n{said}\n")
    assert {name for name, _found in loggrep.hits(tmp_path, wanted)} == {"worker.log.1"}
