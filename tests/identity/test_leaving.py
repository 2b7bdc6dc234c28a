"""Logout in both directions, and proving who one is once more (ASVS V7.4, V7.5, V7.6, V10.5.5)."""

import re
import time
from urllib.parse import urlencode

import pytest
import requests
from django.contrib.sessions.models import Session
from django.test import Client

from identity import client, tokens
from identity.models import UsedToken
from organisations.models import SignIn
from tests.identity.provider import HERE

WHO = "hanna.dalarna"


@pytest.fixture
def browser(providers):
    made = Client()
    assert providers.sign_in(made, WHO).status_code == 302
    return made


def login_at(providers, browser):
    return providers.staff.logins[browser.session["sid"]]


def is_in(browser) -> bool:
    return browser.get("/hjalp/").status_code == 200


def tell(providers, claims, way="personal", **header):
    realm = providers.staff if way == "personal" else providers.citizen
    return Client(enforce_csrf_checks=True).post(
        f"/logga-in/{way}/avsluta/", {"logout_token": providers.signed(realm, claims, typ="logout+jwt", **header)}
    )


def fields(page: str) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))


# The logout that we begin


def test_logout_ends_ours_and_then_the_providers(providers, browser):
    sid, old = browser.session["sid"], browser.cookies["sip_sessionid"].value
    answer = browser.post("/logga-ut/", follow=True)
    page = answer.content.decode()
    assert "Du är utloggad härifrån" in page and answer.request["PATH_INFO"] == "/logga-ut/inloggningstjanst/"
    assert not is_in(browser)
    stolen = Client()
    stolen.cookies["sip_sessionid"] = old
    assert not is_in(stolen)
    form = fields(page)
    assert set(form) == {"id_token_hint", "client_id", "post_logout_redirect_uri", "state"}
    assert f'action="{providers.staff.issuer}/logout"' in page
    back = requests.post(f"{providers.staff.issuer}/logout", form, allow_redirects=False, timeout=5)
    assert sid not in providers.staff.logins
    assert back.headers["Location"] == f"{HERE}/logga-in/personal/utloggad/?state={form['state']}"
    seen = browser.get(back.headers["Location"].removeprefix(HERE), follow=True).content.decode()
    assert "Du är utloggad, också ur inloggningstjänsten." in seen


def test_the_token_for_logout_stands_in_no_address(providers, browser):
    answer = browser.post("/logga-ut/", follow=True)
    assert all("eyJ" not in where for where, _ in answer.redirect_chain)


@pytest.mark.parametrize("state", ["", "x"])
def test_coming_back_without_the_own_state_says_nothing(providers, browser, state):
    browser.post("/logga-ut/", follow=True)
    page = browser.get(f"/logga-in/personal/utloggad/?state={state}", follow=True).content.decode()
    assert "också ur inloggningstjänsten" not in page


def test_the_provider_sends_back_only_to_our_own_address(providers, browser):
    form = fields(browser.post("/logga-ut/", follow=True).content.decode())
    form["post_logout_redirect_uri"] = "https://evil.example/"
    answer = requests.post(f"{providers.staff.issuer}/logout", form, allow_redirects=False, timeout=5)
    assert (answer.status_code, "Location" in answer.headers) == (200, False)


def test_a_provider_that_is_down_does_not_keep_anybody_in(providers, browser, settings):
    client.forget()
    providers.staff.metadata = lambda: {}
    page = browser.post("/logga-ut/", follow=True).content.decode()
    assert "Du är utloggad." in page and not is_in(browser)


# The logout that the provider begins


def test_back_channel_ends_exactly_that_session_and_once(providers, browser):
    other, same_person = Client(), Client()
    providers.sign_in(other, "lena.dalarna")
    providers.sign_in(same_person, WHO)
    claims = providers.staff.logout_token(login_at(providers, browser))
    answer = tell(providers, claims)
    assert (answer.status_code, answer.content) == (200, b"")
    assert "no-store" in answer["Cache-Control"]
    assert not is_in(browser)
    assert is_in(other) and is_in(same_person)
    assert tell(providers, claims).status_code == 400
    assert UsedToken.objects.count() == 1


def test_back_channel_follows_the_session_through_its_new_ids(providers):
    """The id changes when an assignment is chosen and switched; the session stays the provider's."""
    browser = Client()
    providers.sign_in(browser, "disa.dalarna")
    choices = re.findall(r'name="assignment" value="(\d+)"', browser.get("/byt-enhet/").content.decode())
    for choice in choices:
        browser.post("/byt-enhet/", {"assignment": choice})
    assert is_in(browser)
    assert tell(providers, providers.staff.logout_token(login_at(providers, browser))).status_code == 200
    assert not is_in(browser)


def test_back_channel_for_a_person_ends_all_of_that_persons(providers, browser):
    other, same_person = Client(), Client()
    providers.sign_in(other, "lena.dalarna")
    providers.sign_in(same_person, WHO)
    claims = providers.staff.logout_token(login_at(providers, browser))
    del claims["sid"]
    assert tell(providers, claims).status_code == 200
    assert (is_in(browser), is_in(same_person), is_in(other)) == (False, False, True)


def test_back_channel_with_sid_alone(providers, browser):
    claims = providers.staff.logout_token(login_at(providers, browser))
    del claims["sub"]
    assert tell(providers, claims).status_code == 200
    assert not is_in(browser)


def now() -> int:
    return int(time.time())


BAD = {
    "wrong aud": lambda c: c | {"aud": "another-system"},
    "no aud": lambda c: {k: v for k, v in c.items() if k != "aud"},
    "wrong iss": lambda c: c | {"iss": "https://evil.example"},
    "with nonce": lambda c: c | {"nonce": "x"},
    "no events": lambda c: {k: v for k, v in c.items() if k != "events"},
    "other events": lambda c: c | {"events": {"http://example.org/other": {}}},
    "events is text": lambda c: c | {"events": tokens.BACK_CHANNEL},
    "no jti": lambda c: {k: v for k, v in c.items() if k != "jti"},
    "no iat": lambda c: {k: v for k, v in c.items() if k != "iat"},
    "old": lambda c: c | {"iat": now() - 3600, "exp": now() + 60},
    "expired": lambda c: c | {"exp": now() - 60},
    "from the future": lambda c: c | {"iat": now() + 600},
    "neither sid nor sub": lambda c: {k: v for k, v in c.items() if k not in ("sid", "sub")},
    "empty sid": lambda c: {k: v for k, v in c.items() if k != "sub"} | {"sid": ""},
    "the sub of another": lambda c: c | {"sub": "somebody-else"},
}


@pytest.mark.parametrize("name", BAD)
def test_back_channel_refuses_what_is_not_meant_for_it(providers, browser, logged, name):
    claims = BAD[name](providers.staff.logout_token(login_at(providers, browser)))
    assert tell(providers, claims).status_code == 400
    assert is_in(browser)
    assert len(logged.of("logout.refused")) == 1


def test_back_channel_refuses_a_foreign_signature_and_no_token(providers, browser):
    claims = providers.staff.logout_token(login_at(providers, browser))
    forged = providers.signed_by(providers.citizen.keys[0], claims)
    for body in ({"logout_token": forged}, {"logout_token": ""}, {}, {"logout_token": browser.session["id_token"]}):
        assert Client().post("/logga-in/personal/avsluta/", body).status_code == 400
    assert is_in(browser)


def test_back_channel_at_the_other_provider_ends_nothing(providers, browser):
    claims = providers.staff.logout_token(login_at(providers, browser))
    claims |= {"iss": providers.citizen.issuer, "aud": "sip-invanare"}
    tell(providers, claims, way="invanare")
    assert is_in(browser)


def test_back_channel_takes_posts_alone(providers, browser):
    assert Client().get(f"/logga-in/personal/avsluta/?{urlencode({'logout_token': 'x'})}").status_code == 405


def test_an_ended_session_leaves_nothing(providers, browser):
    tell(providers, providers.staff.logout_token(login_at(providers, browser)))
    assert SignIn.objects.count() == 0
    assert not any("id_token" in session.get_decoded() for session in Session.objects.all())


# Once more


def step_up(providers, browser, who=WHO, **how):
    answer = browser.get("/inloggning/bekrafta/")
    assert answer["Location"] == "/logga-in/igen/"
    providers.asked = browser.get("/logga-in/igen/")["Location"]
    return browser.get(providers.legitimate(who, **how))


def make_old(browser) -> None:
    session = browser.session
    session["auth_time"] = now() - 3600
    session["step_up_to"] = "/kallelser/"
    session.save()


def test_step_up_asks_anew_and_goes_on_where_it_was_asked(providers, browser):
    make_old(browser)
    before = browser.session.session_key
    answer = step_up(providers, browser)
    assert "prompt=login" in providers.asked and "max_age=0" in providers.asked
    assert answer["Location"] == "/kallelser/"
    assert browser.session["auth_time"] >= now() - 5
    assert browser.session.session_key != before
    assert is_in(browser)


def test_step_up_by_somebody_else_changes_nothing(providers, browser, logged):
    make_old(browser)
    old = browser.session["auth_time"]
    answer = step_up(providers, browser, "lena.dalarna")
    assert answer.status_code == 403
    assert "någon annan än den som är inloggad" in answer.content.decode()
    assert (browser.session["auth_time"], is_in(browser)) == (old, True)
    assert logged.of("login.refused")[0]["details"]["reason"] == "other_person"


def test_step_up_is_not_satisfied_by_an_old_login(providers, browser, logged):
    make_old(browser)
    providers.staff.tamper = lambda claims: claims | {"auth_time": now() - 120}
    assert step_up(providers, browser).status_code == 403
    assert logged.of("login.refused")[0]["details"]["reason"] == "auth_time"


def test_step_up_with_lower_assurance_is_refused(providers, browser):
    make_old(browser)
    assert step_up(providers, browser, level="loa2").status_code == 403
    assert is_in(browser)


def test_step_up_needs_a_session_from_a_provider(providers, db):
    assert Client().get("/logga-in/igen/").status_code == 302
    demo = Client()
    demo.post("/logga-in/", {"username": "amira.falun", "password": "prova-sip-2026"})
    assert demo.get("/logga-in/igen/").status_code == 404
