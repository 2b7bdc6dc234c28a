"""What every page owes whoever sits in front of it: a way out, a login of one's own choice, a row for each refusal."""

import re

import pytest
from django.db import connections
from django.test import Client

from tests.isolation.addresses import OPEN, PIECES, targets
from tests.isolation.atlas import CITIZENS, Atlas


@pytest.fixture(scope="module")
def atlas(module_database):
    return Atlas()


def pages(atlas):
    """What is reached behind a login; the open pages are the same for everybody."""
    return [t for t in targets(atlas) if t.method == "get" and not t.api and t.name not in OPEN | PIECES]


@pytest.mark.parametrize("who", ["owner", "admin", "citizen"])
def test_the_way_out_stands_on_every_page(atlas, who):
    without = []
    for target in pages(atlas):
        if target.citizens_face != (who in CITIZENS):
            continue
        response = atlas.ask(who, target)
        if response.status_code == 200 and response.headers["Content-Type"].startswith("text/html"):
            html = response.content.decode()
            without += [] if "/logga-ut/" in html and "Logga ut" in html else [target.name]
    assert without == []


def test_no_page_starts_a_session_by_itself(atlas):
    """Asking for any page, signed out, never makes a session: that takes somebody who chooses to log in."""
    for target in pages(atlas):
        client = Client()
        client.get(target.url)
        assert "_auth_user_id" not in client.session, target.name


def test_the_password_is_typed_unseen_and_may_be_pasted(atlas):
    html = Client().get("/logga-in/").content.decode()
    field = next(part for part in html.split("<input") if 'name="password"' in part).split(">")[0]
    assert 'type="password"' in field and 'autocomplete="current-password"' in field
    room = re.search(r'maxlength="(\d+)"', field)
    assert (room is None or int(room[1]) >= 64) and "onpaste" not in html
    for question in ("hemlig fråga", "säkerhetsfråga", "lösenordstips"):
        assert question not in html.lower()


def rows_of_refusals() -> int:
    with connections["admin"].cursor() as cursor:
        cursor.execute("select count(*) from audit_event where event = 'access.refused'")
        return cursor.fetchone()[0]


@pytest.mark.parametrize("who", ["outsider", "reader", "admin", "coordinator"])
def test_a_refused_page_is_one_row_in_the_log(atlas, who):
    refused = 0
    for target in pages(atlas):
        before = rows_of_refusals()
        response = atlas.ask(who, target)
        if response.status_code in (403, 404) and not target.citizens_face:
            refused += 1
            assert rows_of_refusals() == before + 1, (who, target.name)
    assert refused > 5
