"""The broker only hurries: without it pages answer as fast and the mail goes all the same (issue 2, §5)."""

import os
import signal
import time
from contextlib import closing

import pytest
import redis
from django.test import Client

from notifications import tasks
from sip.celery import app
from sip.demo.valkey import answers
from tests import build, database
from tests.cast import WHO
from tests.faults.conftest import states, wait_until


@pytest.fixture
def page(cast, settings):
    """Posts to a page that tells five units; returns status and seconds."""
    settings.ROOT_URLCONF = "tests.faults.urls"
    case = build.case(cast, days_ago=0)
    client = Client()
    client.post("/logga-in/", {"username": WHO["owner"], "password": database.PASSWORD})

    def post(key: str) -> tuple[int, float]:
        start = time.monotonic()
        status = client.post(f"/tell/{case.pk}/{key}/").status_code
        return status, time.monotonic() - start

    return post


@pytest.fixture
def broker_at(monkeypatch):
    """Let the pages' process use the broker at an address, or at one where nobody answers."""

    def use(url: str) -> None:
        monkeypatch.setitem(app.conf, "broker_url", url)
        monkeypatch.setitem(app.conf, "broker_write_url", url)
        monkeypatch.setattr(tasks.Broker, "asked_again_at", 0.0)

    return use


def test_no_broker_at_all_and_the_sweep_sends(page, broker_at, workers, post):
    broker_at("redis://127.0.0.1:1/0")
    status, seconds = page("a")
    assert (status, seconds < 2) == (200, True), seconds
    print(f"\npage without a broker: {seconds:.2f} s")
    workers.deliver("--once").wait(60)
    assert states() == {"sent": 5}
    assert len(post.raw) == 5


def test_a_broker_that_hangs_costs_a_page_a_second_and_the_next_one_nothing(page, broker_at, broker):
    """Stopped, not dead: it takes connections and never answers."""
    broker_at(broker)
    assert page("warm")[0] == 200
    process = broker_process(broker)
    os.kill(process, signal.SIGSTOP)
    try:
        first, second = page("a"), page("b")
    finally:
        os.kill(process, signal.SIGCONT)
    assert (first[0], first[1] < 2) == (200, True), first
    assert (second[0], second[1] < 0.5) == (200, True), second
    print(f"\npage with a hanging broker: {first[1]:.2f} s, the next: {second[1]:.2f} s")


def test_when_the_broker_is_back_a_page_hurries_the_worker_again(page, broker_at, broker, workers, post):
    workers.celery(broker, children=1)
    broker_at("redis://127.0.0.1:1/0")
    assert page("a")[0] == 200
    assert answers(broker)

    def hurried() -> bool:
        broker_at(broker)
        assert page(str(time.monotonic_ns()))[0] == 200
        return tasks.Broker.asked_again_at == 0.0

    # On a busy machine a page may still give up waiting for the broker; the next one asks again.
    wait_until(hurried, seconds=20)
    # One hint is enough for all that waits, also what was queued while the broker was away.
    wait_until(lambda: set(states()) == {"sent"}, seconds=60)


def broker_process(url: str) -> int:
    """The id of the Valkey that listens at the address."""
    with closing(redis.Redis.from_url(url)) as client:
        return client.info("server")["process_id"]
