"""Every address as production answers it: asked over the whole list of addresses in a process of its own."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "sip.settings",
    "SIP_MODE": "production",
    "SIP_TESTING": "",
    "SIP_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "SIP_ALLOWED_HOSTS": "testserver",
    "SIP_PUBLIC_URL": "https://testserver",
    # A page with a form of its own, so that its cookie is seen.
    "SIP_EMERGENCY_LOGIN": "drift",
    "SIP_OIDC_STAFF_ISSUER": "https://idp.example",
    "SIP_OIDC_STAFF_CLIENT_ID": "sip",
    "SIP_OIDC_STAFF_CLIENT_SECRET": "a-secret-of-the-client-0123456789-abcdef",
    "SIP_OIDC_STAFF_ACR_VALUES": "http://id.sambi.se/loa/loa3",
}
# Asked by machines inside the house, over the plain loopback address.
PLAIN = {"/healthz", "/readyz"}


@pytest.fixture(scope="module")
def told(module_database, tmp_path_factory):
    environ = {name: value for name, value in os.environ.items() if not name.startswith("SIP_OIDC")}
    environ |= PRODUCTION | {"SIP_FACE": "staff", "SIP_HOME": str(tmp_path_factory.mktemp("home"))}
    probe = [sys.executable, "-m", "tests.security.production_probe"]
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v", "0"]
    subprocess.run(collect, env=environ, cwd=ROOT, check=True, timeout=120)
    done = subprocess.run(probe, env=environ, cwd=ROOT, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def answers(told):
    return told["answers"]


def every(answers, *ways):
    """(address, way, answer) of all that was asked."""
    return [(address, way, answer[way]) for address, answer in answers.items() for way in ways if way in answer]


def wrong(found, fine) -> list:
    return [(address, way, answer["status"]) for address, way, answer in found if not fine(answer)]


def head(answer, name: str) -> str:
    return answer["headers"].get(name, "")


def test_the_whole_list_was_asked(answers):
    assert len(answers) > 100
    assert {answer["get"]["status"] for answer in answers.values()} >= {200, 302, 404}


def test_nothing_breaks(answers):
    assert (
        wrong(every(answers, "get", "post", "trace", "plain"), lambda a: a["status"] < 500 or a["status"] == 503) == []
    )


def test_browsers_are_told_to_stay_with_https(answers):
    def fine(answer):
        value = head(answer, "Strict-Transport-Security")
        age = int((re.search(r"max-age=(\d+)", value) or [0, 0])[1])
        return age >= 365 * 24 * 3600 and "includeSubDomains" in value

    assert wrong(every(answers, "get", "post"), fine) == []


def test_the_heads_that_bind_the_browser(answers):
    def fine(answer):
        policy = head(answer, "Content-Security-Policy")
        parts = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
        return (
            parts.get("default-src") == "'none'"
            and parts.get("base-uri") == "'none'"
            and parts.get("frame-ancestors") == "'none'"
            and "unsafe" not in policy
            and head(answer, "X-Content-Type-Options") == "nosniff"
            and head(answer, "Referrer-Policy") == "same-origin"
            and head(answer, "Cross-Origin-Opener-Policy") == "same-origin"
        )

    assert wrong(every(answers, "get", "post"), fine) == []


def test_nothing_about_anybody_is_kept_on_the_way(answers):
    def fine(answer):
        return "no-store" in head(answer, "Cache-Control") and "private" in head(answer, "Cache-Control")

    found = [one for one in every(answers, "get", "post") if not one[0].startswith("/static/")]
    assert wrong(found, fine) == []


def test_cookies_belong_to_this_host_alone(answers, told):
    session = told["settings"]
    assert session["SESSION_COOKIE_NAME"] == "__Host-sessionid" and session["SESSION_COOKIE_PATH"] == "/"
    assert (
        session["SESSION_COOKIE_SECURE"] and session["SESSION_COOKIE_HTTPONLY"] and not session["SESSION_COOKIE_DOMAIN"]
    )
    assert session["SESSION_COOKIE_SAMESITE"] in ("Lax", "Strict")
    cookies = [text for _, _, answer in every(answers, "get", "post") for text in answer["cookies"].values()]
    assert cookies
    for text in cookies:
        assert text.startswith("__Host-") and "Secure" in text and "HttpOnly" in text, text
        assert "Path=/" in text and "Domain" not in text and re.search("SameSite=(Lax|Strict)", text), text
        assert len(text) < 4096


def test_over_plain_http_pages_lead_to_https_and_programs_are_refused(answers):
    for address, answer in answers.items():
        if "plain" not in answer or address in PLAIN:
            continue
        plain = answer["plain"]
        if address.startswith("/api/"):
            assert plain["status"] == 403, address
        else:
            assert plain["status"] == 301 and head(plain, "Location").startswith("https://"), address


def test_the_trace_method_tells_nothing_back(answers):
    assert wrong(every(answers, "trace"), lambda a: a["status"] in (302, 403, 404, 405)) == []


def test_no_answer_to_other_origins(answers):
    assert wrong(every(answers, "get", "post"), lambda a: not head(a, "Access-Control-Allow-Origin")) == []


def test_every_answer_with_a_text_says_what_it_is(answers):
    def fine(answer):
        kind = head(answer, "Content-Type")
        return (
            not answer["body"]
            or "charset" in kind
            or not re.match("text/|application/(json|xml)", kind)
            or "json" in kind
        )

    assert wrong(every(answers, "get", "post"), fine) == []


def test_a_form_without_its_mark_is_refused(answers):
    """Everything that changes something asks for the token; what is only read says so."""
    assert wrong(every(answers, "post"), lambda a: a["status"] in (302, 403, 404, 405)) == []


def test_no_answer_names_the_programs_behind_it(answers):
    assert wrong(every(answers, "get", "post"), lambda a: not head(a, "Server") and not head(a, "X-Powered-By")) == []


def test_the_demo_login_and_the_descriptions_are_not_there(answers):
    assert wrong([(a, "get", answers[a]["get"]) for a in answers if "schema" in a], lambda a: a["status"] != 200) == []
    files = {
        a: answers[a]["get"]["status"] for a in ("/.git/config", "/manage.py", "/static/", "/static/finns-inte.js")
    }
    assert set(files.values()) <= {302, 404}, files
