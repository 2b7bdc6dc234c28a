"""kill -9 in the middle of sending: nothing is lost, and what goes twice says so by its Message-ID (row 1)."""

import os
import random
import signal

from tests.faults.conftest import FULL, queue, states, unsent, wait_until

MESSAGES, KILLS = (1000, 100) if FULL else (80, 6)
CHILDREN = 3


def test_killing_the_senders_loses_nothing(cast, workers, post, table):
    """A worker's children, the worker with all its children, and the sweep without a broker, all at work at once."""
    post.seconds = 0.35
    queue(cast, MESSAGES)
    worker, alone, beat = workers.celery(children=CHILDREN), workers.deliver(), workers.beat()
    hit = 0
    for number in range(1, KILLS + 1):
        # Half of the messages are kept before the wait: whoever dies then has sent it without knowing.
        post.eager = number % 2 == 0
        wanted = number * MESSAGES // (KILLS + 1)
        wait_until(lambda: len(post.raw) >= wanted and post.busy.is_set(), seconds=90)  # noqa: B023
        if number % 10 == 3:
            workers.kill(alone)
            alone, hit = workers.deliver(), hit + 1
        elif number % 10 == 6:
            workers.kill(worker)
            worker, hit = workers.celery(children=CHILDREN), hit + CHILDREN
        elif children := workers.children(worker):
            os.kill(random.choice(children), signal.SIGKILL)
            hit += 1
        else:
            workers.kill(alone)
            alone, hit = workers.deliver(), hit + 1
        workers.nudge()
    seconds = wait_until(lambda: states() == {"sent": MESSAGES}, seconds=120)
    assert beat.poll() is None
    ids = post.ids()
    twice = ids.total() - len(ids)
    # At most what the killed ones had under way.
    assert (len(ids), twice <= hit) == (MESSAGES, True), (twice, hit)
    injected = f"{KILLS} kill -9 under {MESSAGES} utskick"
    table.tell("1 kill -9 av sändare", injected=injected, twice=twice, seconds=seconds)


def test_a_worker_told_to_stop_finishes_or_hands_over(cast, workers, post, table):
    """Twenty seconds to finish (soft shutdown), then the rest is the next one's; a stop is no reason to send twice."""
    post.seconds = 0.2
    queue(cast, 40)
    worker = workers.celery(REMAP_SIGTERM="SIGQUIT")
    wait_until(lambda: answering(workers, post), seconds=60)
    took = workers.stop(worker, seconds=60)
    workers.deliver()
    seconds = wait_until(lambda: unsent() == 0, seconds=60)
    ids = post.ids()
    assert (len(ids), ids.total() - len(ids) <= 2, took < 40) == (40, True, True)
    table.tell("1 arbetaren ombedd att sluta", injected="1 SIGTERM", twice=ids.total() - len(ids), seconds=seconds)


def answering(workers, post) -> bool:
    if post.raw:
        return True
    workers.nudge()
    return False
