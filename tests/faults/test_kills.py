"""kill -9 in the middle of sending: nothing is lost, and what goes twice says so by its Message-ID (issue 2, §5)."""

import random

from tests.faults.conftest import queue, states, wait_until

MESSAGES = 60
KILLS = 5


def test_killing_the_sender_loses_nothing(cast, workers, post):
    """Each kill hits a message on its way: before the server has kept it, or after, unheard."""
    post.seconds = 0.08
    queue(cast, MESSAGES)
    for number in range(KILLS):
        post.eager = number % 2 == 0
        process = workers.deliver()
        before = len(post.raw)
        wait_until(lambda: len(post.raw) > before + random.randint(0, 6) and post.busy.is_set(), seconds=30)  # noqa: B023
        workers.kill(process)
    workers.deliver()
    wait_until(lambda: states() == {"sent": MESSAGES}, seconds=40)
    ids = post.ids()
    assert len(ids) == MESSAGES
    assert sum(ids.values()) - MESSAGES <= KILLS
    assert max(ids.values()) <= 1 + KILLS
    print(f"\n{MESSAGES} messages, {KILLS} kills: lost 0, twice {sum(ids.values()) - MESSAGES}")


def test_killing_the_celery_worker_loses_nothing(cast, workers, post, broker):
    """The broker has taken the task back or lost it: the rows do not care."""
    post.seconds, post.eager = 0.08, True
    queue(cast, 30)
    for _ in range(2):
        worker = workers.celery(broker)
        before = len(post.raw)
        workers.start("-c", "import django; django.setup(); from notifications.tasks import nudge; nudge()",
                      REDIS_URL=broker, DJANGO_SETTINGS_MODULE="sip.settings").wait(30)  # fmt: skip
        wait_until(lambda: len(post.raw) > before + 2 and post.busy.is_set(), seconds=30)  # noqa: B023
        workers.kill(worker)
    workers.deliver()
    wait_until(lambda: states() == {"sent": 30}, seconds=40)
    ids = post.ids()
    # Two children may each have had one message on its way.
    assert (len(ids), sum(ids.values()) - 30 <= 4) == (30, True)
    print(f"\n30 messages, 2 kills of a worker with two children: lost 0, twice {sum(ids.values()) - 30}")
