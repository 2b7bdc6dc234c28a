"""PostgreSQL stopped in the middle: what was answered stands, whole; what was not is safe to send again (rows 3, 4)."""

import threading
import time
from signal import SIGINT, SIGQUIT

from django.db import connections

from audit import verify
from tests.faults.conftest import FULL, ask, queue, states, wait_until
from tests.faults.web import NEW_CASE, Client, new_case, web

RESTARTS, STOPS = (20, 3) if FULL else (3, 1)
WRITERS = 3
RECOVERY_SECONDS = 10
# All that starting a case writes; one that lacks any of it is half.
HALF = """
select c.id from cases_case c where not (
  (select count(*) from cases_caseevent e where e.case_id = c.id and e.kind = 'started') = 1
  and (select count(*) from cases_casetext t where t.case_id = c.id) >= 2
  and exists (select 1 from cases_deadline d where d.case_id = c.id)
  and exists (select 1 from case_access a where a.case_id = c.id)
  and (select count(*) from audit_event l where l.case_id = c.id and l.event = 'cases.started') = 1)"""


class Writer(threading.Thread):
    """Starts one case after another; what was not acknowledged is sent again, the same form, until it is."""

    def __init__(self, url: str, stop: threading.Event):
        super().__init__(daemon=True)
        self.client, self.stop = Client(url), stop
        self.acknowledged: list[tuple[float, str]] = []

    def run(self) -> None:
        while not self.stop.is_set():
            form, began = new_case(), 0.0
            while not began:
                start = time.monotonic()
                status, _ = self.client.post(NEW_CASE, **form)
                if status == 302:
                    began = start
                else:
                    time.sleep(0.1)
            self.acknowledged.append((began, form["case_id"]))


def test_every_answered_write_stands_after_immediate_stops(cast, stores, workers, table):
    stop, slowest = threading.Event(), 0.0
    with web(workers) as url:
        writers = [Writer(url, stop) for _ in range(WRITERS)]
        for writer in writers:
            writer.start()
        for _ in range(RESTARTS):
            so_far = known(writers)
            wait_until(lambda: known(writers) > so_far + WRITERS, seconds=60)  # noqa: B023
            struck = time.monotonic()
            stores.restart_postgres(SIGQUIT)
            # A write that began after the stop and was answered: all is well again.
            wait_until(lambda: latest(writers) > struck, seconds=60)  # noqa: B023
            slowest = max(slowest, time.monotonic() - struck)
        stop.set()
        for writer in writers:
            writer.join(timeout=60)
    statuses = [status for writer in writers for status in writer.client.statuses]
    assert (sum(writer.client.broken() for writer in writers), 503 in statuses) == (0, True)
    acknowledged = [case for writer in writers for _, case in writer.acknowledged]
    stands = [str(case) for (case,) in ask("select id from cases_case")]
    lost, twice = set(acknowledged) - set(stands), len(stands) - len(set(acknowledged))
    assert (lost, twice, ask(HALF)) == (set(), 0, [])
    assert verify_log() == []
    assert slowest < 3 * RECOVERY_SECONDS
    injected = f"{RESTARTS} omstarter, {len(acknowledged)} svar"
    table.tell("3 PostgreSQL -m immediate", injected=injected, lost=len(lost), twice=twice, seconds=slowest)


def known(writers: list[Writer]) -> int:
    return sum(len(writer.acknowledged) for writer in writers)


def latest(writers: list[Writer]) -> float:
    return max((writer.acknowledged[-1][0] for writer in writers if writer.acknowledged), default=0.0)


def verify_log() -> list:
    with connections["admin"].cursor() as cursor:
        return verify.run(cursor.connection).findings


def test_the_database_stops_while_a_message_is_on_its_way(cast, stores, workers, post, table):
    messages = 8 * STOPS
    post.seconds, post.eager = 0.5, True
    queue(cast, messages)
    workers.deliver()
    slowest = 0.0
    for _ in range(STOPS):
        before = len(post.raw)
        wait_until(lambda: len(post.raw) > before + 1 and post.busy.is_set(), seconds=60)  # noqa: B023
        connections.close_all()
        stores.stop_postgres(SIGINT)
        time.sleep(2)
        stores.restart_postgres()
        there = len(post.raw)
        slowest = max(slowest, wait_until(lambda: len(post.raw) > there, seconds=120))  # noqa: B023
    wait_until(lambda: states() == {"sent": messages}, seconds=120)
    ids = post.ids()
    twice = ids.total() - len(ids)
    # One sender: no more than what it had under way at each stop.
    assert (len(ids), twice <= STOPS) == (messages, True), twice
    injected = f"{STOPS} stopp under {messages} utskick"
    table.tell("4 PostgreSQL stoppad under SMTP", injected=injected, twice=twice, seconds=slowest)
