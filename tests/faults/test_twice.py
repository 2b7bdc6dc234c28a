"""Whatever happens twice at once happens once: sweeps, clocks, submitted forms (trust.md 4, rows 7 and 9)."""

import threading
from collections.abc import Callable
from datetime import timedelta

from django.db import connections
from django.utils import timezone

from cases import deadlines
from notifications import sending, services
from notifications.models import InboxItem
from tests import build
from tests.faults.conftest import queue, states, wait_until


def at_once(number: int, work: Callable[[], object]) -> list:
    """Run `work` in as many threads, started together; returns what they gave, or the exception."""
    barrier, results = threading.Barrier(number), []

    def run():
        try:
            barrier.wait(timeout=10)
            results.append(work())
        except Exception as error:
            results.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def count(statement: str) -> int:
    with connections["admin"].cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def test_a_form_sent_twenty_times_tells_once(cast):
    case = build.case(cast)

    def submit():
        with cast.acting("owner"):
            services.tell_unit(unit_id=cast.unit("party").pk, case_id=case.pk, kind="call", key="meeting-1:1")

    assert at_once(20, submit) == [None] * 20
    assert states() == {"due": 1}
    assert count(f"select count(*) from {InboxItem._meta.db_table}") == 1


def test_four_sweeps_at_once_send_each_message_once(cast, post, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", post.port
    post.seconds = 0.02
    queue(cast, 40)
    assert sum(at_once(4, sending.send_due)) == 40
    assert (states(), set(post.ids().values()), len(post.ids())) == ({"sent": 40}, {1}, 40)


def test_two_clocks_make_each_reminder_once(cast):
    for number in ("198501012382", "199002222397", "194201077098"):
        build.case(cast, number=number, days_ago=0)
    now = timezone.now() + timedelta(days=3)
    results = at_once(4, lambda: deadlines.sweep(now=now))
    assert all(isinstance(result, int) for result in results), results
    rest = deadlines.sweep(now=now)
    made = count("select count(*) from notifications_delivery where template = 'reminder'")
    inbox = count("select count(*) from notifications_inboxitem where kind = 'deadline'")
    assert sum(results) + rest == made + inbox > 0
    assert deadlines.sweep(now=now) == 0


def test_two_processes_that_sweep_send_each_message_once(cast, workers, post):
    post.seconds = 0.02
    queue(cast, 30)
    workers.deliver()
    workers.deliver()
    wait_until(lambda: states() == {"sent": 30}, seconds=30)
    assert set(post.ids().values()) == {1}
