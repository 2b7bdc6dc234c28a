"""The real web server, and a client that keeps what it was answered."""

import http.cookiejar
import json
import time
import urllib.error
import urllib.request
import uuid
from contextlib import contextmanager
from urllib.parse import urlencode

from sip.demo.processes import free_port
from tests.build import today
from tests.cast import WHO
from tests.database import PASSWORD
from tests.faults.workers import Workers

NEW_CASE = "/arenden/ny/uppgifter/"


class Stay(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer: the write is done."""

    def redirect_request(self, *_args):
        return None


class Client:
    """One signed-in member of the cast; every status stands in `statuses`."""

    def __init__(self, url: str, who: str = "owner"):
        self.url, self.statuses = url, []
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(Stay, urllib.request.HTTPCookieProcessor(self.cookies))
        self.get("/logga-in/")
        status, _ = self.post("/logga-in/", username=WHO[who], password=PASSWORD)
        assert status == 302, status

    def get(self, path: str) -> tuple[int, str]:
        return self.open(urllib.request.Request(self.url + path))

    def post(self, path: str, **form) -> tuple[int, str]:
        """Status, and where the answer leads."""
        token = next(cookie.value for cookie in self.cookies if "csrf" in cookie.name)
        body = urlencode({"csrfmiddlewaretoken": token, **form}, doseq=True).encode()
        return self.open(urllib.request.Request(self.url + path, body))

    def open(self, request) -> tuple[int, str]:
        try:
            with self.opener.open(request, timeout=60) as answer:
                answer.read()
                status, place = answer.status, ""
        except urllib.error.HTTPError as error:
            with error:
                status, place = error.code, error.headers.get("Location", "")
        self.statuses.append(status)
        return status, place

    def broken(self) -> int:
        """How many answers said that we had failed; 503 says that the person can try again."""
        return sum(status >= 500 and status != 503 for status in self.statuses)


def new_case(**changed) -> dict:
    """The second step of starting a SIP; its id makes the form worth one case."""
    return {
        "case_id": str(uuid.uuid4()), "number": "198501012382", "compulsory": "no", "has_plan": "no",
        "given_name": "Astrid", "family_name": "Testholm", "protection": "none", "asked_by": "staff",
        "need_found_on": today().isoformat(), "reasons": ["coordination"], "reason_note": "Behöver stöd hemma.",
    } | changed  # fmt: skip


def new_message(**changed) -> dict:
    return {"key": str(uuid.uuid4()), "text": "Vi ses på onsdag."} | changed


@contextmanager
def web(workers: Workers, **environ: str):
    """The address of a running web server."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    process = workers.granian(port, **environ)
    give_up = time.monotonic() + 90
    while not healthy(url):
        assert process.poll() is None and time.monotonic() < give_up, "the web server does not answer"
        time.sleep(0.1)
    yield url
    workers.kill(process)


def healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=5) as answer:
            return "status" in json.loads(answer.read())
    except (OSError, ValueError):
        return False
