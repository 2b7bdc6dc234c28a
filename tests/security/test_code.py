"""What must not stand in the code at all: read from the files, so that it is seen the day it is written."""

import re
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings

from tests.test_architecture import WRITTEN

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = [file for file in (ROOT / "static" / "js").glob("*.js")]
LOCKS = [ROOT / "requirements" / f"{name}.lock" for name in ("base", "demo", "dev")]
# Programs of the test environment, which start and ask other programs of ours.
HELPERS = re.compile(r"sip/demo/|\.ci/")


def lines(files, pattern: str, *, allowed: str = r"$^") -> list[str]:
    rule, fine = re.compile(pattern), re.compile(allowed)
    return [
        f"{file.relative_to(ROOT)}:{number} {line.strip()}"
        for file in files
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if rule.search(line) and not fine.search(f"{file.relative_to(ROOT)} {line}")
    ]


def test_there_is_something_to_read():
    assert len(WRITTEN) > 100 and len(SCRIPTS) >= 2 and all(lock.is_file() for lock in LOCKS)


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("no text is run as code", r"(?<![.\w])(eval|exec|compile|__import__)\("),
        ("nothing is unpacked that can hold code", r"\b(pickle|marshal|shelve|jsonpickle)\b|yaml\.(unsafe_)?load\("),
        ("no shell reads our words", r"os\.(system|popen)|shell\s*=\s*True|getoutput\("),
        ("questions to the database are not put together as text", r"RawSQL\(|\.extra\(|\.raw\("),
        ("no template is made of text", r"(?<![.\w])Template\(|from_string\("),
        ("no weak digest", r"\b(md5|sha1|MD5|SHA1)\b"),
        ("what must not be guessed is not made by a dice", r"^\s*(import|from) random\b"),
        ("no parser that reads foreign entities", r"\blxml\b|ElementTree\.(parse|fromstring|XML)|xml\.(dom|sax)"),
        ("nobody sends files", r"request\.FILES|FileField\(|ImageField\("),
        ("no header of a proxy's decides who asks", r"HTTP_X_(FORWARDED_FOR|REAL_IP|USER)|X-Forwarded-For"),
        ("no answer is sent to whoever asks from elsewhere", r"Access-Control-Allow"),
        ("no certificate is left unread", r"verify\s*=\s*False|CERT_NONE|_create_unverified_context"),
    ],
)  # fmt: skip
def test_the_code_has_none_of_it(what, pattern):
    allowed = {"no text": r"re\.compile\(", "no shell": r"FORBIDDEN_EVENTS"}.get(what[:8].strip(), r"$^")
    assert lines([file for file in WRITTEN if not HELPERS.search(str(file))], pattern, allowed=allowed) == [], what


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("text is put in as text", r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment"),
        ("no text is run as code", r"\beval\(|new Function|setTimeout\(\s*[\"']"),
        ("nothing is kept in the browser", r"localStorage|sessionStorage|indexedDB|document\.cookie|caches\."),
        ("no messages between windows", r"postMessage|[\"']message[\"']|window\.open\("),
        ("no channel of another kind", r"WebSocket|EventSource|RTCPeer|serviceWorker|importScripts"),
        ("no shared prototype is touched", r"__proto__|\.prototype\.\w+\s*=|Object\.assign\(\s*(window|Object)"),
        ("no name of ours on the page's own objects", r"^\s*(window|document)\.[a-z]\w*\s*="),
    ],
)
def test_the_scripts_have_none_of_it(what, pattern):
    assert lines(SCRIPTS, pattern) == [], what


def test_messages_and_sessions_are_plain_json():
    assert settings.SESSION_SERIALIZER == "django.contrib.sessions.serializers.JSONSerializer"
    assert current_app.conf.accept_content == ["json"] and current_app.conf.task_serializer == "json"


def test_passwords_are_hashed_by_argon2():
    """The test run itself hashes cheaply; what counts is the first of the settings' own list."""
    text = (ROOT / "sip" / "settings.py").read_text(encoding="utf-8")
    first = re.search(r"^PASSWORD_HASHERS = \[\s*\"([\w.]+)\"", text, re.M)
    assert first and first[1].endswith(".Argon2PasswordHasher")


def test_every_library_is_locked_with_its_digest():
    for lock in LOCKS:
        text = lock.read_text(encoding="utf-8")
        pinned = re.findall(r"^([a-zA-Z0-9][\w.\-\[\],]*)==", text, re.M)
        blocks = re.split(r"^(?=[a-zA-Z0-9][\w.\-\[\],]*==)", text, flags=re.M)[1:]
        assert pinned and len(blocks) == len(pinned)
        assert [block.split("==")[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_there_is_no_graph_query_websocket_or_ldap_among_the_libraries():
    names = re.findall(r"^([a-zA-Z0-9][\w.\-]*)", "".join(lock.read_text(encoding="utf-8") for lock in LOCKS), re.M)
    foreign = re.compile(r"graphene|graphql|strawberry|channels|websocket|ldap|pysaml|xmlsec|memcache|bleach", re.I)
    assert [name for name in names if foreign.search(name)] == []


def test_the_api_takes_named_fields_only():
    """Forms and serialisers list their fields: nothing is set because it happened to be sent."""
    assert lines(WRITTEN, r"fields\s*=\s*[\"']__all__|exclude\s*=\s*[\[(]") == []


def test_secrets_stand_in_no_file():
    words = r"(?i)\b(secret_key|password|api_key|token)\b\s*=\s*[\"'][^\"'{}\s]{12,}[\"']"
    assert lines([file for file in WRITTEN if not HELPERS.search(str(file))], words) == []


def test_outgoing_questions_follow_nobody_elsewhere():
    """Whoever is asked answers for itself: a way on to another address is not taken."""
    asking = lines(
        WRITTEN, r"\brequests\.(get|post|request|Session)|httpx\.|urlopen\(", allowed=r"sip/demo/|sip/healthcheck"
    )
    assert asking, "the identity providers are asked somewhere"
    for place in {line.split(":")[0] for line in asking}:
        text = (ROOT / place).read_text(encoding="utf-8")
        assert "allow_redirects" in text or "max_redirects = 0" in text, place
