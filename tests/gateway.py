"""A gateway for text messages, for tests: it takes in only what a real one should ever be given from here."""

import json
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from notifications.channels.sms import BASIC

NEUTRAL = re.compile(r"Du har ett nytt meddelande\. Logga in för att läsa\. https?://[a-z0-9.:-]+/")
FIELDS = {"id", "to", "from", "text"}


@dataclass
class Gateway:
    """What came, what was wrong with it, and the status that it answers with."""

    url: str = ""
    status: int = 200
    taken: list[dict] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    def take(self, message: dict) -> int:
        wrong = []
        if set(message) != FIELDS:
            wrong.append(f"fields {sorted(message)}")
        if set(message["text"]) - BASIC or len(message["text"]) > 160:
            wrong.append("not one segment")
        if not NEUTRAL.fullmatch(message["text"]):
            wrong.append("not neutral")
        if not re.fullmatch(r"\+[1-9]\d{7,14}", message["to"]):
            wrong.append("not a number")
        self.faults += wrong
        if wrong:
            return 400
        if message["id"] in {earlier["id"] for earlier in self.taken}:
            return 409
        if self.status < 300:
            self.taken.append(message)
        return self.status


@contextmanager
def gateway():
    """A gateway on a free loopback port, for as long as the block runs."""
    found = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.tokens.append(self.headers.get("Authorization", ""))
            self.send_response(found.take(json.loads(body)))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args):
            """Numbers are nobody's business in a log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}/sms"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=2)
