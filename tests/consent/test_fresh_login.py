"""Widening a consent asks for a fresh login and keeps the form; a no, a narrowing and a withdrawal never wait."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tests import build
from tests.consent.test_pages import consents, filled, url
from tests.database import PASSWORD

CONFIRM = "/inloggning/bekrafta/"


@pytest.fixture
def client(browse):
    """Signed in six minutes ago."""
    found = browse("amira.falun")
    session = found.session
    session["auth_time"] -= 6 * 60
    session.save()
    return found


@pytest.fixture
def case(cast):
    found = build.case(cast)
    build.party(cast, found)
    build.party(cast, found, who="same_kommun")
    return found


def agreed(cast, case):
    build.consent(cast, case, units=("party",), valid_to=build.today() + timedelta(days=100))
    return consents(cast, case)[-1]


def again(cast, now, **changed):
    """The standing answer once more, with what is changed."""
    same = {"seen": now.pk, "valid_to": now.valid_to.isoformat()}
    return filled(cast, **same | changed)


def test_a_first_yes_asks_and_gives_the_form_back(cast, client, case):
    sent = filled(cast, informed_how="Amira berättade, & Astrid <nickade>.")
    assert client.post(url(case), sent)["Location"] == CONFIRM
    assert consents(cast, case) == []
    client.post(CONFIRM, {"password": PASSWORD})
    page = client.get("/inloggning/fortsatt/", follow=True)
    text = page.content.decode()
    assert page.request["PATH_INFO"] == url(case)
    assert "Amira berättade, &amp; Astrid &lt;nickade&gt;." in text and "inte sparat än" in text
    assert consents(cast, case) == []
    assert client.post(url(case), sent)["Location"] == url(case, "history")
    assert len(consents(cast, case)) == 1


def test_more_units_and_a_longer_time_ask(cast, client, case):
    now = agreed(cast, case)
    more = [cast.unit("party").pk, cast.unit("same_kommun").pk]
    longer = now.valid_to + timedelta(days=1)
    assert client.post(url(case), again(cast, now, units=more))["Location"] == CONFIRM
    assert client.post(url(case), again(cast, now, valid_to=longer.isoformat()))["Location"] == CONFIRM
    assert len(consents(cast, case)) == 1


def test_a_narrowing_does_not(cast, client, case):
    now = agreed(cast, case)
    shorter = now.valid_to - timedelta(days=1)
    assert client.post(url(case), again(cast, now, valid_to=shorter.isoformat()))["Location"] == url(case, "history")
    assert consents(cast, case)[-1].valid_to == shorter


@pytest.mark.parametrize("before", [False, True])
def test_a_no_does_not(cast, client, case, before):
    values = again(cast, agreed(cast, case)) if before else filled(cast)
    response = client.post(
        url(case), values | {"share_answer": "no", "no_reason": "Vill inte.", "reason": "Vill inte."}
    )
    assert response.status_code == 302 and response["Location"] != CONFIRM


def test_a_withdrawal_and_a_leave_do_not(cast, client, browse, case):
    agreed(cast, case)
    theirs = browse("hanna.dalarna")
    session = theirs.session
    session["auth_time"] -= 6 * 60
    session.save()
    response = theirs.post(reverse("plans:leave", args=[case.pk]), {"why": "Utskriven från oss."})
    assert response.status_code == 302 and response["Location"] != CONFIRM
    response = client.post(reverse("plans:withdraw", args=[case.pk]), {"how": "spoken", "who": "person"})
    assert response.status_code == 302 and response["Location"] != CONFIRM
