"""The whole product as a user starts it, and a browser: every page that a journey visits is checked with axe."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from sip.demo.home import Home
from tests.e2e import loggrep

ROOT = Path(__file__).resolve().parents[2]
SHOTS = Path(os.environ.get("SIP_SHOTS", ROOT / ".sip" / "bilder"))
PASSWORD = "prova-sip"
READY_SECONDS = 240
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip


@dataclass
class Stack:
    """A running demo: its address, the address of the caught mails, and the folder of its data."""

    url: str
    mailbox: str
    home: Path

    def administrator(self) -> psycopg.Connection:
        """The demo's own database as its owner, for what no page can do: move the clock."""
        home = Home(self.home)
        cluster = (home.recorded_place() or self.home) / "postgres"
        port = (cluster / "postmaster.pid").read_text().splitlines()[3]
        return psycopg.connect(f"postgresql://postgres:{home.secrets()['postgres']}@127.0.0.1:{port}/sip")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture(scope="session")
def stack(tmp_path_factory) -> Iterator[Stack]:
    """Start `python -m sip.demo up` on a port and a home of its own, with its own PostgreSQL and Valkey.

    SIP_E2E_URL, SIP_E2E_MAILBOX and SIP_E2E_HOME name a demo that already runs.
    """
    if os.environ.get("SIP_E2E_URL"):
        yield Stack(os.environ["SIP_E2E_URL"], os.environ["SIP_E2E_MAILBOX"], Path(os.environ["SIP_E2E_HOME"]))
        return
    with running(tmp_path_factory.mktemp("demo")) as found:
        yield found


@contextlib.contextmanager
def running(home: Path, *words: str) -> Iterator[Stack]:
    """A demo of its own in `home`, started with those words; afterwards its logs are read."""
    port = free_port()
    ours = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}
    env = {k: v for k, v in os.environ.items() if k not in ours and not k.startswith("SIP_")}
    env |= {"SIP_HOME": str(home), "SIP_PORT": str(port)}
    with (home / "start.txt").open("w") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", "sip.demo", "up", *words],
            cwd=ROOT, env=env, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            url = f"http://127.0.0.1:{port}"
            wait_until_ready(child, url, home / "start.txt")
            yield Stack(url, mailbox_of(home / "start.txt"), home)
            everybody = loggrep.people(home)
        finally:
            child.send_signal(signal.SIGINT)
            child.wait(30)
            # Started by root the database lies outside, since pytest's folders are closed to its user.
            if outside := Home(home).recorded_place():
                shutil.rmtree(outside)
    # Here, since it is about the whole run: ids only, in every log of every process (V16.2.5).
    # A short run gives the clock and the worker nothing to say.
    assert loggrep.silent(home) <= {"beat.log", "worker.log"}
    assert loggrep.hits(home, everybody) == []


def wait_until_ready(child, url: str, said: Path) -> None:
    give_up = time.monotonic() + READY_SECONDS
    while time.monotonic() < give_up:
        assert child.poll() is None, said.read_text()
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/readyz", timeout=5) as answer:
            if answer.status == 200 and "Demot är igång" in said.read_text():
                return
        time.sleep(0.5)
    raise AssertionError(said.read_text())


def mailbox_of(said: Path) -> str:
    found = re.search(r"Brevlådan\s+(http://127\.0\.0\.1:\d+)", said.read_text())
    assert found, said.read_text()
    return found[1]


@pytest.fixture(scope="session")
def chromium():
    """The system's Chromium; nothing is downloaded."""
    named = [os.environ.get("CHROMIUM", ""), *(f"/usr/bin/{name}" for name in CHROMIUM)]
    program = next((name for name in named if name and Path(name).exists()), None)
    assert program, "chromium saknas: ./run test installerar den"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Reader:
    """One signed-in person in a browser of their own; `look` checks the page and keeps its picture."""

    page: Page
    url: str
    name: str
    problems: list[str] = field(default_factory=list)
    seen: int = 0

    def open(self, path: str) -> None:
        self.page.goto(self.url + path)

    def look(self, what: str) -> None:
        """Check the page with axe, light and dark, wide and narrow; titles and addresses tell nothing of a person."""
        self.seen += 1
        self.settle()
        page = self.page
        told = page.title() + re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", page.url)
        assert not re.search(r"\d{6}[-+]?\d{4}|Astrid|Testholm", told), told
        SHOTS.mkdir(parents=True, exist_ok=True)
        # No colour depends on the width and no layout on the colours: two of the four say what all would.
        for width, scheme in ((1280, "light"), (390, "dark")):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=SHOTS / f"{self.name}-{self.seen:02d}-{what}-{width}.png", full_page=True)
            page.emulate_media(color_scheme=scheme)
            for found in Axe().run(page).response["violations"]:
                where = "; ".join(node["html"][:160] for node in found["nodes"][:3])
                self.problems.append(f"{what} ({width}, {scheme}): {found['id']}: {where}")
            overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert overflow <= 0, f"{what}: sidan går {overflow} px utanför vid {width} px"
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 1280, "height": 900})

    def fill(self, **values: str) -> None:
        for name, value in values.items():
            self.page.locator(f"[name='{name}']").first.fill(value)

    def pick(self, **values: str) -> None:
        for name, value in values.items():
            self.page.locator(f"input[name='{name}'][value='{value}']").check()

    def choose(self, name: str, words: str) -> None:
        """Choose the first option of a list that holds the words."""
        box = self.page.locator(f"select[name='{name}']")
        label = next(option for option in box.locator("option").all_inner_texts() if words in option)
        box.select_option(label=label.strip())

    def press(self, text: str) -> None:
        self.page.get_by_role("button", name=text).first.click()
        self.settle()

    def follow(self, text: str) -> None:
        self.page.get_by_role("link", name=text).first.click()
        self.settle()

    def settle(self) -> None:
        """Wait until the page is read to its end: a click returns when the new address has only begun to answer."""
        self.page.wait_for_load_state("domcontentloaded")

    def text(self) -> str:
        self.settle()
        return self.page.locator("main").inner_text()

    def says(self, *wanted: str) -> None:
        found = self.text()
        for text in wanted:
            assert text in found, f"”{text}” saknas på {self.page.url}:\n{found[:3000]}"


@pytest.fixture
def someone(chromium, stack):
    """Return a function that signs a demo user in, in a browser of their own."""
    readers: list[Reader] = []

    def sign_in(username: str) -> Reader:
        context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="sv-SE")
        reader = Reader(context.new_page(), stack.url, username.split(".")[0])
        reader.page.on("console", lambda message: note_console(reader, message))
        readers.append(reader)
        reader.open("/logga-in/")
        reader.fill(username=username, password=PASSWORD)
        reader.press("Logga in")
        return reader

    yield sign_in
    problems = [problem for reader in readers for problem in reader.problems]
    for reader in readers:
        reader.page.context.close()
    assert problems == []


def note_console(reader: Reader, message) -> None:
    """A breach of the content policy shows as an error in the browser's console."""
    if message.type == "error" and "Content Security Policy" in message.text:
        reader.problems.append(message.text)
