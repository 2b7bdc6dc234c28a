"""The worker's jobs: all on the clock exist, none runs twice at once, each works with the worker's own login."""

import os
from io import StringIO
from urllib.parse import unquote, urlsplit

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections

from audit.tasks import keep_partitions
from organisations.jobs import alone
from sip.celery import app
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
