"""kill -9 in the middle of sending: nothing is lost, and what goes twice says so by its Message-ID (row 1)."""

import os
import random
import signal

import pytest
from django.conf import settings

from cases.models import Case
from consent import services as consents
from notifications import services
from tests import build
from tests.faults.conftest import FULL, ask, queue, states, unsent, wait_until

MESSAGES, KILLS = (1000, 100) if FULL else (80, 6)
CHILDREN = 3
STATE = "select state, attempts from notifications_delivery"
ABOUT = "select id from notifications_delivery where starts_with(dedupe_key, 'call:') and state in (%s, %s)"
ENDED = "select id from notifications_delivery where starts_with(dedupe_key, 'consent_ended:')"


def test_killing_the_senders_loses_nothing(cast, workers, post, table):
    """A worker's children, the worker with all its children, and the sweep without a broker, all at work at once."""
    post.seconds = 0.3
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


@pytest.mark.full_faults
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


def test_a_sender_that_slept_through_its_lease_changes_nothing(cast, workers, post, table):
    """Stopped in the middle of a message that fails; it wakes when another has sent the message (fencing)."""
    queue(cast, 1)
    post.seconds, post.drop = 3, True
    asleep = workers.deliver(SIP_DELIVERY_LEASE="9")
    wait_until(post.busy.is_set, seconds=60)
    os.kill(asleep.pid, signal.SIGSTOP)
    wait_until(lambda: post.raw and not post.busy.is_set(), seconds=60)
    post.seconds, post.drop = 0, False
    workers.deliver(SIP_DELIVERY_LEASE="9")
    wait_until(lambda: ask(STATE) == [("sent", 2)], seconds=60)
    os.kill(asleep.pid, signal.SIGCONT)
    # It says so itself, and by then it has done all it will.
    wait_until(lambda: "was taken over" in workers.last_words(), seconds=20)
    assert ask(STATE) == [("sent", 2)]
    assert (len(post.raw), len(post.ids())) == (2, 1)
    table.tell("1 sändare som sov", injected="1 kill -STOP", twice=1)


def test_a_withdrawal_stops_what_has_not_been_sent(cast, workers, post, table):
    """From the answer to the withdrawal nothing more about the case goes out, but that it has ended (SAM-5)."""
    case = build.consented(cast)
    with cast.acting("owner"):
        for n in range(30):
            services.queue_mail(unit_id=cast.unit("party").pk, case_id=case.pk, key=f"call:{n}")
    post.seconds = 0.3
    workers.deliver()
    wait_until(lambda: len(post.raw) >= 3, seconds=60)
    with cast.acting("owner"):
        consents.withdraw(case=Case.objects.with_names().get(pk=case.pk), form="spoken", by=cast.owner)
    on_their_way = {f"<{pk}@{settings.MESSAGE_ID_DOMAIN}>" for (pk,) in ask(ABOUT, "sending", "sent")}
    stopped = len(ask(ABOUT, "cancelled", "expired"))
    wait_until(lambda: unsent() == 0, seconds=60)
    ended = {f"<{pk}@{settings.MESSAGE_ID_DOMAIN}>" for (pk,) in ask(ENDED)}
    assert stopped >= 20 and ended and set(post.ids()) <= on_their_way | ended
    table.tell("– samtycket återkallat under utskick", injected=f"{stopped} väntande inställda")


def answering(workers, post) -> bool:
    if post.raw:
        return True
    workers.nudge()
    return False
