"""Real processes against servers of the tests' own, and a mail server that is slow or refuses.

`./run test-faults` injects as many faults as trust demands (SIP_FAULTS=full); an ordinary run fewer.
"""

import os
import signal
import time

import pytest
from django.db import connections

from notifications import services
from tests import build, database
from tests.cast import Cast
from tests.faults import stores as servers
from tests.faults.table import Table
from tests.faults.workers import Workers
from tests.smtp import post_office

FULL = os.environ.get("SIP_FAULTS") == "full"
HERE, SECOND = "tests/faults/", ("test_database.py", "test_kills.py", "test_mail.py")


def pytest_collection_modifyitems(config, items):
    """Servers that are stopped belong to one process; a full run has two, and what they wait for passes in parallel.

    What only waits long, and is marked so, is for the full run.
    """
    left_out = [item for item in items if not FULL and item.get_closest_marker("full_faults")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]
    for item in items:
        if HERE in item.nodeid:
            second = FULL and item.path.name in SECOND
            item.add_marker(pytest.mark.xdist_group("faults-2" if second else "faults"))
            item.add_marker(pytest.mark.timeout(900))


@pytest.fixture(scope="session")
def stores(django_db_blocker):
    with django_db_blocker.unblock(), servers.running() as found:
        found.copy_template()
        found.restart_postgres(signal.SIGINT)
        yield found


@pytest.fixture
def own_database(stores, django_db_blocker):
    """A database on the fault tests' own server; a test may leave it stopped or at another time."""
    with django_db_blocker.unblock(), stores.in_charge():
        with database.own() as name:
            yield name


@pytest.fixture
def cast(own_database) -> Cast:
    return Cast()


@pytest.fixture
def post():
    with post_office() as post:
        yield post


@pytest.fixture
def broker(stores) -> str:
    """The address of an embedded Valkey."""
    return stores.broker


@pytest.fixture
def workers(stores, own_database, post):
    found = Workers(stores, own_database, post.port)
    yield found
    found.kill_all()
    # Shown by pytest when the test has failed.
    print(found.last_words())


@pytest.fixture
def table(request) -> Table:
    return Table(request.node.user_properties)


def queue(cast: Cast, number: int) -> None:
    """As many messages as asked for, about one case."""
    case = build.case(cast, days_ago=0)
    with cast.acting("owner"):
        for n in range(number):
            services.queue_mail(unit_id=cast.unit("party").pk, case_id=case.pk, key=f"call:{n}")


def ask(statement: str, *values) -> list[tuple]:
    """What stands in the database, as the administrator sees it."""
    with connections["admin"].cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def states() -> dict[str, int]:
    """How many deliveries are in which state."""
    return dict(ask("select state, count(*) from notifications_delivery group by state"))


def unsent() -> int:
    """How many deliveries that are due have not been sent, or marked as too late."""
    return ask("select count(*) from notifications_delivery where state in ('due', 'sending') and due_at <= now()")[0][
        0
    ]


def wait_until(true, *, seconds: float) -> float:
    """Wait for something to become true; returns how long it took."""
    start = time.monotonic()
    while not true():
        assert time.monotonic() - start < seconds, f"not within {seconds} s"
        time.sleep(0.05)
    return time.monotonic() - start
