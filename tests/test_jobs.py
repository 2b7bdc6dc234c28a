"""The worker's jobs: all on the clock exist, none runs twice at once, each works with the worker's own login."""

import ast
import os
import time
from datetime import timedelta
from io import StringIO
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections

from audit.tasks import keep_partitions
from notifications.sending import SWEEP_SECONDS
from organisations.jobs import alone
from sip.celery import app
from sip.clock import Clock
from tests import build
from tests.cast import Cast


@pytest.fixture
def jobs() -> list[str]:
    app.loader.import_default_modules()
    return [entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()]


@pytest.fixture
def as_worker(own_database):
    """The worker's login, which has no right to anything outside its scopes."""
    build.case(Cast(), days_ago=20)
    parts = urlsplit(os.environ["SIP_DB_WORKER_URL"])
    values = connections["default"].settings_dict
    before = {key: values[key] for key in ("USER", "PASSWORD")}
    connections["default"].close()
    values.update(USER=unquote(parts.username), PASSWORD=unquote(parts.password or ""))
    yield
    connections["default"].close()
    values.update(before)


def test_every_job_on_the_clock_runs_with_the_workers_own_login(as_worker, jobs):
    assert set(jobs) <= set(app.tasks)
    for job in jobs:
        app.tasks[job]()


def test_messages_to_the_broker_carry_nothing_and_are_kept_until_done(jobs):
    """No id of a person or case can end in the queue, since no job takes an argument (architecture, Never)."""
    assert (app.conf.task_acks_late, app.conf.task_reject_on_worker_lost) == (True, True)
    assert (app.conf.worker_prefetch_multiplier, app.conf.accept_content) == (1, ["json"])
    assert all(set(entry) == {"task", "schedule"} for entry in settings.CELERY_BEAT_SCHEDULE.values())
    assert all(app.tasks[job].run.__code__.co_argcount == 0 for job in jobs)


def test_the_workers_limits_lie_inside_one_another():
    """A sweep ends before its task is stopped, a task before the broker gives it to another (trust.md 3)."""
    conf, limits = app.conf, [settings.CELERY_TASK_TIME_LIMIT]
    limits += [limit["time_limit"] for limit in settings.CELERY_TASK_ANNOTATIONS.values()]
    assert (conf.task_time_limit, conf.worker_soft_shutdown_timeout) == (60, 20)
    assert conf.broker_transport_options["visibility_timeout"] == 300 > max(limits)
    assert SWEEP_SECONDS + 2 * settings.EMAIL_TIMEOUT <= conf.task_soft_time_limit < conf.task_time_limit
    assert settings.DELIVERY_LEASE_SECONDS > conf.task_time_limit
    assert conf.worker_cancel_long_running_tasks_on_connection_loss and conf.task_ignore_result
    assert conf.broker_connection_max_retries is None
    assert set(settings.CELERY_TASK_ANNOTATIONS) <= set(app.tasks)


ROOT = Path(__file__).resolve().parents[1]
LONGEST_SECONDS = 60


def put_off(source: str) -> list[int]:
    """The lines that hand the broker something for later: it forgets, and it repeats what waits too long."""
    found = []
    for call in [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]:
        for keyword in call.keywords:
            value = keyword.value.value if isinstance(keyword.value, ast.Constant) else LONGEST_SECONDS + 1
            late = keyword.arg in ("countdown", "default_retry_delay") and value > LONGEST_SECONDS
            found += [call.lineno] if keyword.arg == "eta" or late else []
    return found


def test_nothing_waits_in_the_broker_for_longer_than_a_minute():
    """What is to come later stands in the database (trust.md 3)."""
    assert put_off("task.apply_async(countdown=61)\ntask.apply_async(eta=soon)\ntask.retry(countdown=60)") == [1, 2]
    ours = [file for file in ROOT.glob("*/**/*.py") if not {"tests", ".venv"} & set(file.relative_to(ROOT).parts)]
    assert len(ours) > 100
    assert [(file, lines) for file in ours if (lines := put_off(file.read_text()))] == []


def test_the_clock_asks_in_real_seconds_whatever_the_time_is_set_to(monkeypatch, tmp_path):
    """Set back an hour, Celery's own clock would ask for nothing for an hour."""
    asked, seconds = [], [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: seconds[0])
    clock = Clock(app, schedule_filename=str(tmp_path / "schedule"))
    monkeypatch.setattr(clock, "apply_entry", lambda entry, producer: asked.append(entry.name))
    monkeypatch.setattr(Clock, "producer", None)
    assert 0 < clock.tick() <= 20 and (tmp_path / "schedule").exists()
    assert sorted(asked) == sorted(settings.CELERY_BEAT_SCHEDULE)
    # Seconds that have passed, hours that the wall clock was set, and how often it has asked after that.
    for passed, hours, wanted in ((10, 24, 1), (21, -1, 2), (22, -1, 2), (42, 0, 3), (3600, 1, 4)):
        with time_machine.travel(timedelta(hours=hours)):
            seconds[0] = 1000.0 + passed
            clock.tick()
        assert asked.count("deliver") == wanted, passed


def test_a_job_that_runs_is_not_started_again(own_database):
    """The lock is the transaction's: another session gets it as soon as the first has ended, however it ended."""
    other = connections.create_connection("default")
    try:
        with alone("deadlines") as cursor:
            assert cursor is not None
            with other.cursor() as elsewhere:
                elsewhere.execute("select pg_try_advisory_xact_lock(hashtextextended('sip.job.deadlines', 0))")
                assert elsewhere.fetchone() == (False,)
        with other.cursor() as elsewhere:
            elsewhere.execute("select pg_try_advisory_xact_lock(hashtextextended('sip.job.deadlines', 0))")
            assert elsewhere.fetchone() == (True,)
    finally:
        other.close()


def test_next_months_partitions_are_made_and_a_second_time_changes_nothing(own_database):
    with connections["admin"].cursor() as cursor:
        cursor.execute(
            "select relname from pg_class where relname ~ '^audit_event_[0-9]{4}_[0-9]{2}$' order by 1 desc limit 1"
        )
        cursor.execute(f"drop table {cursor.fetchone()[0]}")
    assert (keep_partitions(), keep_partitions()) == (1, 0)


def test_deliver_wants_the_workers_login(settings):
    settings.SIP_PROCESS = "web"
    with pytest.raises(CommandError, match="SIP_PROCESS=worker"):
        call_command("deliver", "--once", stdout=StringIO())


def test_deliver_goes_on_with_the_next_job_when_one_fails_and_says_so(as_worker, jobs, settings, monkeypatch):
    settings.SIP_PROCESS = "worker"
    done = []
    for name in jobs:
        monkeypatch.setattr(app.tasks[name], "run", lambda name=name: done.append(name) or 1 / (len(done) - 1))
    with pytest.raises(CommandError, match="Se loggen"):
        call_command("deliver", "--once", stdout=StringIO())
    assert len(done) == len(settings.CELERY_BEAT_SCHEDULE)
