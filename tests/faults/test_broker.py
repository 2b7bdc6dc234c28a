"""The broker only hurries: stopped, killed with all it had, or emptied, it delays and loses nothing (row 2)."""

import os
import signal
import threading
import time

import pytest
import redis

from notifications.models import InboxItem
from tests import build
from tests.faults.conftest import FULL, ask, unsent, wait_until
from tests.faults.web import Client, new_message, web

EVENTS, STOPPED_SECONDS, EVERY = (500, 60, 0.2) if FULL else (60, 6, 0.3)
CATCH_UP_SECONDS = 120
CHILDREN = 2
WAITS = "select count(*) from notifications_delivery where created_at <= %s and due_at <= now() and state <> 'sent'"
INBOX = f"select count(*) from {InboxItem._meta.db_table} where kind = 'message'"
MAILS = "select count(*) from notifications_delivery where starts_with(dedupe_key, 'message:')"


class Steady:
    """Somebody who writes in a case without pause, through the web server, and keeps every answer."""

    def __init__(self, client: Client, case):
        self.client, self.path = client, f"/arenden/{case.pk}/meddelanden/nytt/"
        self.answered, self.slowest, self.ended = 0, 0.0, threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def write(self) -> float:
        start = time.monotonic()
        status, _ = self.client.post(self.path, **new_message())
        self.answered += status == 302
        return time.monotonic() - start

    def run(self) -> None:
        # As long as the faults last, and as many as were asked for.
        while self.answered < EVENTS or not self.ended.is_set():
            self.slowest = max(self.slowest, self.write())
            time.sleep(EVERY)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_exc):
        self.ended.set()
        self.thread.join(timeout=240)


@pytest.fixture
def case(cast):
    return build.consented(cast)


def all_sent_from_before() -> float:
    """How long until what had been written by now is sent."""
    [(moment,)] = ask("select now()")
    return wait_until(lambda: ask(WAITS, moment)[0][0] == 0, seconds=CATCH_UP_SECONDS)


def stopped(stores) -> float:
    """It takes connections and never answers."""
    process = stores.child("valkey").popen.pid
    os.kill(process, signal.SIGSTOP)
    try:
        time.sleep(STOPPED_SECONDS)
    finally:
        os.kill(process, signal.SIGCONT)
    return all_sent_from_before()


def killed(stores) -> float:
    stores.kill_broker(forget=True)
    time.sleep(3)
    stores.start_broker()
    return all_sent_from_before()


def flushed(stores) -> float:
    with redis.Redis.from_url(stores.broker) as client:
        client.flushall()
    return all_sent_from_before()


FAULTS = {
    f"stoppad {STOPPED_SECONDS} s": stopped, "kill -9, utan fil": killed, "FLUSHALL": flushed,
}  # fmt: skip


def test_the_broker_stopped_killed_and_emptied_while_people_work(cast, case, stores, workers, post, table):
    workers.beat()
    kept = workers.celery_kept_alive(children=CHILDREN, SIP_DELIVERY_LEASE="10")
    with kept as started, web(workers, REDIS_URL=stores.broker) as url:
        took, client = {}, Client(url)
        with Steady(client, case) as steady:
            wait_until(lambda: post.raw, seconds=60)
            for name, fault in FAULTS.items():
                took[name] = fault(stores)
        wait_until(lambda: unsent() == 0, seconds=CATCH_UP_SECONDS)
        # It gives up at most once for each fault, and is not short of breath for ever.
        assert len(started) <= 1 + len(FAULTS), len(started)
    ids = post.ids()
    # Each written message has told the other unit: a row in its inbox and a letter, no more and no fewer.
    assert (client.broken(), set(client.statuses) - {200, 302}) == (0, set())
    assert (ask(INBOX), ask(MAILS)) == ([(steady.answered,)], [(steady.answered,)])
    [(mails,)] = ask("select count(*) from notifications_delivery where state = 'sent'")
    # A worker that loses the broker stops what it does: that message may already have gone.
    twice = ids.total() - len(ids)
    assert (len(ids), twice <= CHILDREN * len(FAULTS)) == (mails, True), (len(ids), mails, twice)
    assert steady.slowest < 5, steady.slowest
    events = f"{steady.answered} händelser"
    for number, (name, seconds) in enumerate(took.items()):
        # They overlap in one stream of messages: what went twice is told once.
        table.tell(f"2 Redis {name}", injected=events, twice=0 if number else twice, seconds=seconds)


def test_a_page_does_not_wait_for_a_broker_that_hangs(cast, case, stores, workers):
    """The first page that finds out waits less than a second or so; the next ones do not ask."""
    with web(workers, REDIS_URL=stores.broker) as url:
        steady = Steady(Client(url), case)
        assert steady.write() < 5
        process = stores.child("valkey").popen.pid
        os.kill(process, signal.SIGSTOP)
        try:
            took = [steady.write() for _ in range(3)]
        finally:
            os.kill(process, signal.SIGCONT)
    assert steady.answered == 4
    assert sum(took) < 5, took
    workers.deliver("--once").wait(120)
    assert ask(f"{MAILS} and state = 'sent'") == [(4,)]
