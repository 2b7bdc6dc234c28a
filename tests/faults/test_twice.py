"""Whatever happens twice at once happens once: sweeps, clocks, submitted forms (trust.md 4, rows 7 and 9)."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import connection, connections
from django.utils import timezone

from cases import deadlines
from notifications import sending, services
from organisations.actors import worker_actor
from organisations.scope import acting_for
from tests import build
from tests.faults.conftest import ask, queue, states, wait_until
from tests.faults.web import NEW_CASE, Client, new_case, new_message, web

TIMES = 20


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


def at(path: str, form: dict, client: Client) -> Counter:
    """The same form sent twenty times at once; how often each status was the answer."""
    found = Counter(status for status, _ in at_once(TIMES, lambda: client.post(path, **form)))
    assert client.broken() == 0, found
    return found


def rows(table: str, where: str = "true") -> int:
    return ask(f"select count(*) from {table} where {where}")[0][0]


def test_a_form_sent_twenty_times_at_once_is_worth_once(cast, workers, table):
    """A new case, a message and a kallelse: one of each, one copy and one letter to each; no answer is an error."""
    case = build.consented(cast)
    kallelse = {
        "day": (build.today() + timedelta(days=9)).isoformat(), "starts": "13.30", "ends": "14.30", "form": "physical",
        "place": "Provgatan 4 B", "agenda": "Vilken träning behövs?", "units": [cast.unit("party").pk],
        "chair": cast.staff("owner").pk, "writer": cast.staff("owner").pk,
    }  # fmt: skip
    with web(workers) as url:
        client = Client(url)
        assert at(NEW_CASE, new_case(), client) == {302: TIMES}
        assert at(f"/arenden/{case.pk}/meddelanden/nytt/", new_message(), client) == {302: TIMES}
        # The others hear that somebody was first.
        found = at(f"/arenden/{case.pk}/moten/kalla/", kallelse, client)
        assert found[302] == 1 and set(found) <= {200, 302, 409}, found
    made = {
        "cases_case": 2, "correspondence_casemessage": 1, "meetings_meeting": 1, "meetings_invitation": 1,
    }  # fmt: skip
    extra = {name: rows(name) - number for name, number in made.items()}
    for kind in ("message", "call"):
        extra |= {f"inbox {kind}": rows("notifications_inboxitem", f"kind = '{kind}'") - 1}
        extra |= {f"mail {kind}": rows("notifications_delivery", f"dedupe_key like '{kind}:%%'") - 1}
    assert not any(extra.values()), extra
    table.tell("9 samma formulär × 20", injected="3 formulär × 20", twice=sum(extra.values()))


def test_an_event_told_twenty_times_at_once_tells_once(cast):
    """The key names the event, whoever repeats it."""
    case = build.case(cast)

    def tell():
        with cast.acting("owner"):
            services.tell_unit(unit_id=cast.unit("party").pk, case_id=case.pk, kind="call", key="meeting-1:1")

    assert at_once(TIMES, tell) == [None] * TIMES
    assert (states(), rows("notifications_inboxitem")) == ({"due": 1}, 1)


def test_four_sweeps_at_once_send_each_message_once(cast, post, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", post.port
    post.seconds = 0.02
    queue(cast, 40)
    assert sum(at_once(4, sending.send_due)) == 40
    assert (states(), set(post.ids().values()), len(post.ids())) == ({"sent": 40}, {1}, 40)


def test_a_sender_that_began_first_leaves_the_row_that_another_took(cast):
    """Its transaction's time is the older one, so the other's lease seems to be longer than any lease."""
    queue(cast, 1)
    with acting_for(worker_actor("deliver")), connection.cursor() as cursor:
        cursor.execute("select now()")
        [taken] = at_once(1, sending.claim)
        assert taken.attempts == 1
        cursor.execute(sending.CLAIM, {"lease": settings.DELIVERY_LEASE_SECONDS, "away": []})
        assert cursor.fetchone() is None
        cursor.execute(sending.EXPIRE, {"lease": settings.DELIVERY_LEASE_SECONDS})
        assert cursor.rowcount == 0


def test_two_clocks_make_each_reminder_once(cast):
    for number in ("198501012382", "199002222397", "194201077098"):
        build.case(cast, number=number, days_ago=0)
    now = timezone.now() + timedelta(days=3)
    results = at_once(4, lambda: deadlines.sweep(now=now))
    assert all(isinstance(result, int) for result in results), results
    rest = deadlines.sweep(now=now)
    made = rows("notifications_delivery", "template = 'reminder'")
    inbox = rows("notifications_inboxitem", "kind = 'deadline'")
    assert sum(results) + rest == made + inbox > 0
    assert deadlines.sweep(now=now) == 0


def test_two_processes_that_sweep_send_each_message_once(cast, workers, post):
    post.seconds = 0.25
    queue(cast, 50)
    workers.deliver()
    workers.deliver()
    wait_until(lambda: states() == {"sent": 50}, seconds=60)
    assert set(post.ids().values()) == {1}
