"""A fresh login before what takes out or opens data, with what was typed kept; never before less (ASVS V7.5.3)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from audit import log
from audit.models import AuditEvent
from organisations import throttle
from tests.database import PASSWORD
from tests.organisations import pages

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
CONFIRM, RESUME = "/inloggning/bekrafta/", "/inloggning/fortsatt/"
WISH = {"heading": "mer", "who": ["a", "b"], "text": 'Rad ett\r\nRad <två> & "tre", å ä ö'}
pytestmark = pytest.mark.urls("tests.organisations.pages")


@pytest.fixture(autouse=True)
def nothing_saved():
    pages.saved.clear()


@pytest.fixture
def clock(db):
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def client(cast, clock, browse):
    """Signed in six minutes ago."""
    found = browse("amira.falun")
    clock.shift(timedelta(minutes=6))
    return found


def confirm(client, password=PASSWORD):
    return client.post(CONFIRM, {"password": password})


def test_five_minutes_is_fresh_and_a_second_more_is_not(cast, clock, browse):
    client = browse("amira.falun")
    clock.move_to(START + timedelta(minutes=5))
    assert client.get("/utdrag/").content == b"utdraget"
    clock.move_to(START + timedelta(minutes=5, seconds=1))
    assert client.get("/utdrag/")["Location"] == CONFIRM


def test_a_login_from_the_future_proves_nothing(cast, clock, browse):
    client = browse("amira.falun")
    session = client.session
    session["auth_time"] += 3600
    session.save()
    assert client.get("/utdrag/")["Location"] == CONFIRM


def test_reading_goes_on_after_the_confirmation(client):
    assert client.get("/utdrag/?del=2")["Location"] == CONFIRM
    assert "Bekräfta att det är du" in client.get(CONFIRM).content.decode()
    assert confirm(client)["Location"] == "/utdrag/?del=2"
    assert client.get("/utdrag/?del=2").content == b"utdraget"
    client.post("/byt-enhet/")
    assert confirm(client)["Location"] == "/", "the address is used once"


def test_the_confirmation_is_logged_and_gives_a_new_id(client, monkeypatch):
    rows, append = [], log.append_unscoped
    monkeypatch.setattr(log, "append_unscoped", lambda event, **row: rows.append(event) or append(event, **row))
    before = client.session.session_key
    client.get("/utdrag/")
    confirm(client)
    assert client.session.session_key != before
    assert rows == ["session.stepped_up"]


def test_a_form_comes_back_as_it_was_typed(client):
    """Its own page shows it filled in; it is saved by the person's own press, and not before."""
    page = client.get("/onskan/").content.decode()
    assert "Rad ett" not in page
    assert client.post("/onskan/", WISH)["Location"] == CONFIRM
    assert "Det du skrev finns kvar" in client.get(CONFIRM).content.decode()
    assert confirm(client)["Location"] == RESUME
    response = client.get(RESUME, follow=True)
    page = response.content.decode()
    assert response.request["PATH_INFO"] == "/onskan/"
    assert "Rad &lt;två&gt; &amp; &quot;tre&quot;, å ä ö" in page and page.count("checked") == 2
    assert pages.saved == []
    assert client.post("/onskan/", WISH)["Location"] == "/"
    assert pages.saved == [WISH | {"text": WISH["text"]}]
    assert "Rad ett" not in client.get("/onskan/").content.decode()


def test_another_pages_form_is_offered_for_sending(client):
    assert client.post("/vanlig/", WISH)["Location"] == CONFIRM
    confirm(client)
    page = client.get(RESUME).content.decode()
    assert 'action="/vanlig/"' in page and page.count('name="who"') == 2
    assert "Rad &lt;två&gt;" in page
    assert client.post("/vanlig/", WISH)["Location"] == "/"
    assert len(pages.saved) == 1


def test_less_never_waits_for_a_confirmation(client):
    assert client.post("/onskan/", WISH | {"heading": "mindre"})["Location"] == "/"
    assert len(pages.saved) == 1


def test_what_was_typed_never_stands_in_an_address(client):
    client.post("/onskan/", WISH)
    for response in (confirm(client), client.get(RESUME)):
        assert "Rad" not in response["Location"] and "?" not in response["Location"]


def test_a_wrong_password_gives_nothing_and_is_throttled(client):
    client.get("/utdrag/")
    assert "Fel lösenord." in confirm(client, "fel").content.decode()
    assert client.get("/utdrag/").status_code == 302
    for _ in range(throttle.LIMITS["name"]):
        confirm(client, "fel")
    assert "För många försök" in confirm(client).content.decode()
    assert client.get("/utdrag/").status_code == 302


def test_one_may_leave_it(client):
    client.post("/onskan/", WISH)
    assert client.post(RESUME)["Location"] == "/"
    assert "held_form" not in client.session
    assert pages.saved == []


def test_to_be_asked_is_no_refusal_in_the_log(client, cast):
    """The scope is rolled back before the person is asked; a true refusal beside it shows that one would be seen."""
    client.get("/utdrag/")
    assert client.get("/administration/enheter/").status_code == 403
    with cast.acting("owner"):
        assert AuditEvent.objects.filter(event="access.refused").count() == 1


def test_a_login_from_an_identity_provider_is_confirmed_there(client):
    session = client.session
    session["method"] = "oidc"
    session.save()
    assert client.get(CONFIRM)["Location"] == reverse("identity:step_up")
    assert client.post(CONFIRM, {"password": PASSWORD})["Location"] == reverse("identity:step_up")
