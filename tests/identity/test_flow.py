"""One question, one answer, in one browser: state, PKCE, issuer, and providers that are down, slow or renewed."""

import time
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from django.contrib.sessions.models import Session
from django.test import Client
from joserfc.jwk import RSAKey

from identity import client, flow
from identity.config import read
from sip.demo.provider.web import Desk
from tests.identity.provider import SECRET, environ, registered

WHO = "hanna.dalarna"


@pytest.fixture
def browser():
    return Client()


def reason(logged) -> str:
    return logged.of("login.refused")[-1]["details"]["reason"]


def calm(answer, status: int) -> None:
    page = answer.content.decode()
    assert answer.status_code == status, page
    assert 'lang="sv"' in page and "Försök igen" in page and "Traceback" not in page
    assert not any("_auth_user_id" in session.get_decoded() for session in Session.objects.all())


def with_query(address: str, **changes) -> str:
    parts = urlsplit(address)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()} | changes
    return f"{parts.path}?{urlencode({name: text for name, text in query.items() if text is not None})}"


@pytest.mark.parametrize("state", [None, "", "x" * 64])
def test_a_missing_or_other_state_is_refused(providers, browser, logged, state):
    providers.ask(browser)
    back = providers.legitimate(WHO)
    calm(browser.get(with_query(back, state=state)), 403)
    assert reason(logged) == "state"


def test_the_answer_in_another_browser_is_refused(providers, browser, logged):
    """Somebody sends their own answer to a victim (login CSRF)."""
    providers.ask(browser)
    back = providers.legitimate(WHO)
    calm(Client().get(back), 403)
    victim = Client()
    providers.ask(victim)
    calm(victim.get(back), 403)
    assert reason(logged) == "state"


def test_the_answer_at_the_other_providers_address_is_refused(providers, browser, logged):
    providers.ask(browser)
    back = providers.legitimate(WHO).replace("/personal/", "/invanare/")
    calm(browser.get(back), 403)
    assert reason(logged) == "state"


def test_the_same_answer_twice_is_refused(providers, browser, logged):
    providers.ask(browser)
    back = providers.legitimate(WHO)
    assert browser.get(back).status_code == 302
    again = browser.get(back)
    assert (again.status_code, reason(logged)) == (403, "state")
    assert "Du är fortfarande inloggad som förut." in again.content.decode()
    assert browser.get("/arenden/").status_code == 200


def test_a_question_is_used_up_also_by_a_refused_answer(providers, browser, logged):
    providers.ask(browser)
    back = providers.legitimate(WHO)
    calm(browser.get(with_query(back, code="wrong")), 403)
    assert reason(logged) == "code"
    calm(browser.get(back), 403)
    assert reason(logged) == "state"


def test_a_question_is_old_after_ten_minutes(providers, browser, logged, monkeypatch):
    providers.ask(browser)
    back = providers.legitimate(WHO)
    now = time.time()
    monkeypatch.setattr(flow.time, "time", lambda: now + flow.ANSWER_SECONDS + 1)
    calm(browser.get(back), 403)
    assert reason(logged) == "state"


def test_a_few_windows_may_be_open_at_once_but_not_any_number(providers, browser):
    addresses = []
    for _ in range(flow.MOST_QUESTIONS + 1):
        providers.ask(browser)
        addresses.append(providers.asked)
    assert len(browser.session[flow.QUESTIONS]) == flow.MOST_QUESTIONS
    providers.asked = addresses[1]
    assert browser.get(providers.legitimate(WHO)).status_code == 302


def test_the_code_of_another_login_is_refused_by_its_verifier(providers, browser, logged):
    """An injected code was given for another challenge: the provider does not take our verifier."""
    providers.ask(Client())
    stolen = parse_qs(urlsplit(providers.legitimate("lena.dalarna")).query)["code"][0]
    providers.ask(browser)
    back = providers.legitimate(WHO)
    calm(browser.get(with_query(back, code=stolen)), 403)
    assert reason(logged) == "code"


def test_another_verifier_is_refused(providers, browser, logged):
    providers.ask(browser)
    back = providers.legitimate(WHO)
    session = browser.session
    for question in session[flow.QUESTIONS].values():
        question["verifier"] = "x" * 64
    session.save()
    calm(browser.get(back), 403)
    assert reason(logged) == "code"


def test_the_provider_demands_pkce_and_takes_a_code_once(providers, browser):
    providers.ask(browser)
    bare = with_query(providers.asked, code_challenge=None, code_challenge_method=None)
    answer = requests.get(providers.base + bare, allow_redirects=False, timeout=5)
    assert "error=invalid_request" in answer.headers["Location"]
    query = parse_qs(urlsplit(providers.legitimate(WHO)).query)
    [question] = browser.session[flow.QUESTIONS].values()
    form = {
        "grant_type": "authorization_code", "code": query["code"][0], "code_verifier": question["verifier"],
        "redirect_uri": "http://testserver/logga-in/personal/tillbaka/",
    }  # fmt: skip
    exchange = [
        requests.post(f"{providers.staff.issuer}/token", form, auth=("sip-personal", SECRET), timeout=5)
        for _ in range(2)
    ]
    assert [answer.status_code for answer in exchange] == [200, 400]
    assert exchange[1].json()["error"] == "invalid_grant"


@pytest.mark.parametrize("told", [None, "https://evil.example", ""])
def test_the_response_must_name_the_provider_that_was_asked(providers, browser, logged, told):
    """RFC 9207, since the provider has promised it."""
    providers.ask(browser)
    calm(browser.get(with_query(providers.legitimate(WHO), iss=told)), 403)
    assert reason(logged) == "response_iss"


def test_a_provider_that_promises_no_iss_may_leave_it_out_but_not_lie(providers, browser):
    described = providers.staff.metadata()
    described.pop("authorization_response_iss_parameter_supported")
    providers.staff.metadata = lambda: described
    providers.ask(browser)
    assert browser.get(with_query(providers.legitimate(WHO), iss="https://evil.example")).status_code == 403
    providers.ask(browser)
    assert browser.get(with_query(providers.legitimate(WHO), iss=None)).status_code == 302


def test_to_change_ones_mind_is_no_error(providers, browser, logged):
    providers.ask(browser)
    answer = browser.get(providers.legitimate(WHO, do="cancel"))
    calm(answer, 403)
    assert "Inloggningen avbröts" in answer.content.decode()
    assert reason(logged) == "cancelled"


def change_metadata(providers, **changes):
    described = {**providers.staff.metadata(), **changes}
    providers.staff.metadata = lambda: described


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": None},
        {"code_challenge_methods_supported": ["plain"]},
    ],
    ids=str,
)
def test_a_description_that_is_not_the_providers_is_not_used(providers, browser, logged, changes):
    change_metadata(providers, **changes)
    calm(browser.get("/logga-in/personal/"), 503)
    assert reason(logged) == "down"


def test_a_provider_that_is_down_gives_a_calm_page(providers, browser, settings, logged):
    settings.OIDC_PROVIDERS = read(environ("http://127.0.0.1:9"), demo=True, face="both")
    answer = browser.get("/logga-in/personal/")
    calm(answer, 503)
    assert "svarar inte" in answer.content.decode()


@pytest.mark.parametrize("broken", ["token", "jwks", "description"])
@pytest.mark.parametrize("how", ["slow", "not json", "moved", "error"])
def test_a_provider_that_fails_on_the_way_gives_a_calm_page(providers, browser, monkeypatch, settings, broken, how):
    settings.OIDC_PROVIDERS = read(environ(providers.base, SIP_OIDC_STAFF_TIMEOUT="1"), demo=True, face="both")

    def fail(desk, asked):
        if how == "slow":
            time.sleep(1.5)
        answer = Desk.description(desk, asked)
        answer.status = {"moved": 302, "error": 500}.get(how, 200)
        answer.headers = {"Location": f"{providers.base}/personal/jwks"} if how == "moved" else {}
        answer.body = "<html>" if how == "not json" else {}
        return answer

    providers.ask(browser)
    back = providers.legitimate(WHO)
    client.forget()
    address = {
        "token": ("POST", "/token"), "jwks": ("GET", "/jwks"),
        "description": ("GET", "/.well-known/openid-configuration"),
    }[broken]  # fmt: skip
    monkeypatch.setitem(Desk.ADDRESSES, address, fail)
    answer = browser.get(back)
    assert answer.status_code in (403, 503)
    calm(answer, answer.status_code)


def test_an_endless_answer_is_cut(providers, browser, monkeypatch):
    monkeypatch.setattr(client, "LARGEST", 100)
    calm(browser.get("/logga-in/personal/"), 503)


def test_a_new_key_works_at_once(providers):
    assert providers.sign_in(Client(), WHO).status_code == 302
    providers.staff.rotate()
    assert providers.sign_in(Client(), WHO).status_code == 302


def test_keys_are_read_once_and_an_unknown_one_makes_us_ask_at_most_once(providers, monkeypatch):
    asked = []
    real = Desk.jwks
    monkeypatch.setitem(Desk.ADDRESSES, ("GET", "/jwks"), lambda desk, it: asked.append(1) or real(desk, it))
    for _ in range(3):
        providers.sign_in(Client(), WHO)
    assert len(asked) == 1
    for _ in range(5):
        Client().post("/logga-in/personal/avsluta/", {"logout_token": providers.signed(providers.staff, {}, kid="x")})
    assert len(asked) == 2


def test_a_key_that_has_left_the_providers_list_is_refused_in_the_end(providers, logged):
    kept = providers.staff.keys[0]
    providers.staff.rotate()
    providers.staff.rotate()
    providers.staff.forge = lambda claims: providers.signed_by(kept, claims)
    assert providers.sign_in(Client(), WHO).status_code == 403
    assert reason(logged) == "signature"


def test_a_client_with_a_key_of_its_own_proves_itself_by_it(providers, tmp_path, settings, browser):
    key = RSAKey.generate_key(2048)
    place = tmp_path / "key.pem"
    place.write_bytes(key.as_pem(private=True))
    providers.staff.client = registered("staff", client_secret="", public_key=key.as_pem(private=False).decode())
    changes = {"SIP_OIDC_STAFF_CLIENT_SECRET": "", "SIP_OIDC_STAFF_CLIENT_KEY_FILE": str(place)}
    settings.OIDC_PROVIDERS = read(environ(providers.base, **changes), demo=True, face="both")
    assert providers.sign_in(browser, WHO).status_code == 302
    other = RSAKey.generate_key(2048)
    place.write_bytes(other.as_pem(private=True))
    settings.OIDC_PROVIDERS = read(environ(providers.base, **changes), demo=True, face="both")
    assert providers.sign_in(Client(), WHO).status_code == 403


@pytest.mark.parametrize("url", ["/logga-in/personal/", "/logga-in/personal/tillbaka/", "/logga-in/okand/"])
def test_without_a_provider_the_addresses_do_not_exist(db, settings, browser, url):
    settings.OIDC_PROVIDERS = {}
    assert browser.get(url).status_code == 404
    assert "Logga in som personal" not in browser.get("/logga-in/").content.decode()
