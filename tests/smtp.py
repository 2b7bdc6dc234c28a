"""A mail server for tests: slow or refusing on demand, and it remembers every message it has accepted."""

import asyncio
import logging
import socket
import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP

# The library writes down every command, several lines a message.
logging.getLogger("mail.log").setLevel(logging.WARNING)


@dataclass
class Post:
    """What came, and how the server answers: `recipient` and `data` are replies, `seconds` the wait before the last."""

    port: int
    raw: list[bytes] = field(default_factory=list)
    recipient: str = "250 OK"
    data: str = "250 OK"
    seconds: float = 0.0
    # Takes the message in before the wait: whoever dies then has sent it without knowing.
    eager: bool = False
    # Hangs up instead of answering to the message.
    drop: bool = False
    # Another answer than the common one, for some recipients.
    by_address: dict[str, dict] = field(default_factory=dict)
    # Says that a message is on its way in just now.
    busy: threading.Event = field(default_factory=threading.Event)

    @property
    def letters(self) -> list[EmailMessage]:
        return [message_from_bytes(raw, policy=policy.default) for raw in self.raw]

    def ids(self) -> Counter:
        return Counter(letter["Message-ID"] for letter in self.letters)

    def told(self, address: str, name: str):
        return self.by_address.get(address, {}).get(name, getattr(self, name))

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        answer = self.told(address, "recipient")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, _session, envelope):
        to = envelope.rcpt_tos[0]
        answer, eager, drop = self.told(to, "data"), self.told(to, "eager"), self.told(to, "drop")
        kept = answer.startswith("250")
        if kept and eager:
            self.raw.append(envelope.content)
        self.busy.set()
        await asyncio.sleep(self.told(to, "seconds"))
        self.busy.clear()
        if kept and not eager:
            self.raw.append(envelope.content)
        if drop:
            server.transport.abort()
        return answer


@contextmanager
def post_office():
    """A mail server on a free loopback port, in a thread, for as long as the block runs."""
    listening = socket.create_server(("127.0.0.1", 0))
    post = Post(listening.getsockname()[1])
    loop = asyncio.new_event_loop()

    def serve():
        asyncio.set_event_loop(loop)
        made = loop.create_server(lambda: SMTP(post, loop=loop, hostname="localhost"), sock=listening)
        server = loop.run_until_complete(made)
        loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        loop.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield post
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=5)
