"""A mail server that delivers nowhere: it keeps what it gets and shows it in the browser."""

import argparse
import asyncio
import contextlib
import json
import signal
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from http.server import ThreadingHTTPServer
from pathlib import Path
from types import FrameType

from aiosmtpd.smtp import SMTP

from sip.demo.mailpage import page_handler

KEPT = 1000
SIZE_LIMIT = 5 * 1024 * 1024


@dataclass(frozen=True)
class Letter:
    """One received e-mail."""

    number: int
    received_at: datetime
    sender: str
    recipients: tuple[str, ...]
    raw: bytes = field(repr=False)

    @cached_property
    def parsed(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)  # type: ignore[return-value]

    @property
    def subject(self) -> str:
        return str(self.parsed["Subject"] or "(utan ämne)")

    @property
    def text(self) -> str:
        """The plain text part; an HTML part is shown as its source, never rendered."""
        part = self.parsed.get_body(preferencelist=("plain", "html"))
        try:
            return part.get_content() if part else ""
        except (LookupError, ValueError):
            return self.raw.decode("utf-8", "replace")

    @property
    def attachments(self) -> list[tuple[str, str, str]]:
        """Name, type and text of each attachment; a binary one has no text."""
        return [
            (
                part.get_filename() or "utan namn",
                part.get_content_type(),
                part.get_content() if part.get_content_maintype() == "text" else "",
            )
            for part in self.parsed.iter_attachments()
        ]

    def as_dict(self) -> dict:
        return {
            "number": self.number,
            "received_at": self.received_at.isoformat(),
            "sender": self.sender,
            "recipients": list(self.recipients),
            "subject": self.subject,
            "headers": [[name, str(value)] for name, value in self.parsed.items()],
            "text": self.text,
        }


class Mailbox:
    """Received letters in memory and, when a file is given, as JSON lines that survive a restart."""

    def __init__(self, place: Path | None = None):
        self._place = place
        self._lock = threading.Lock()
        self._letters: list[Letter] = self._read() if place and place.exists() else []

    def _read(self) -> list[Letter]:
        assert self._place  # noqa: S101
        letters = []
        for line in self._place.read_text().splitlines()[-KEPT:]:
            # A line cut short by a full disk costs that letter and no other.
            with contextlib.suppress(ValueError, KeyError):
                row = json.loads(line)
                letters.append(
                    Letter(
                        row["number"],
                        datetime.fromisoformat(row["received_at"]),
                        row["sender"],
                        tuple(row["recipients"]),
                        row["raw"].encode("latin-1"),
                    )
                )
        return letters

    def add(self, *, sender: str, recipients: list[str], raw: bytes) -> Letter:
        with self._lock:
            number = self._letters[-1].number + 1 if self._letters else 1
            letter = Letter(number, datetime.now(UTC), sender, tuple(recipients), raw)
            if self._place:
                # Latin-1 gives every byte back when the file is read again.
                row = {**letter.as_dict(), "raw": raw.decode("latin-1")}
                with self._place.open("a") as file:
                    file.write(json.dumps(row) + "\n")
            self._letters = [*self._letters[-(KEPT - 1) :], letter]
            return letter

    def newest_first(self) -> list[Letter]:
        return self._letters[::-1]

    def get(self, number: int) -> Letter | None:
        return next((letter for letter in self._letters if letter.number == number), None)

    def clear(self) -> None:
        """Forgets everything (tests)."""
        with self._lock:
            self._letters = []
            if self._place:
                self._place.unlink(missing_ok=True)


class _Receiver:
    def __init__(self, mailbox: Mailbox):
        self.mailbox = mailbox

    async def handle_DATA(self, _server, _session, envelope) -> str:
        self.mailbox.add(sender=envelope.mail_from or "", recipients=envelope.rcpt_tos, raw=envelope.content or b"")
        return "250 OK"


class MailCatcher:
    """The SMTP side and the page, each in a thread of its own."""

    def __init__(self, mailbox: Mailbox, *, smtp: socket.socket, page: socket.socket):
        self.mailbox = mailbox
        self._smtp_socket = smtp
        self.smtp_port: int = smtp.getsockname()[1]
        page_port = page.getsockname()[1]
        self.url = f"http://127.0.0.1:{page_port}/"
        self._loop = asyncio.new_event_loop()
        self._page = ThreadingHTTPServer(
            ("127.0.0.1", page_port), page_handler(mailbox, page_port), bind_and_activate=False
        )
        self._page.socket.close()
        self._page.socket = page
        self._page.server_name, self._page.server_port = "127.0.0.1", page_port
        self._threads = [
            threading.Thread(target=self._serve_smtp, daemon=True, name="smtp"),
            threading.Thread(target=self._page.serve_forever, daemon=True, name="page"),
        ]

    def _serve_smtp(self) -> None:
        asyncio.set_event_loop(self._loop)
        receiver = _Receiver(self.mailbox)
        server = self._loop.run_until_complete(
            self._loop.create_server(
                lambda: SMTP(receiver, loop=self._loop, hostname="localhost", data_size_limit=SIZE_LIMIT),
                sock=self._smtp_socket,
            )
        )
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._page.shutdown()
        self._page.server_close()
        for thread in self._threads:
            thread.join(timeout=2)


def listening_socket() -> socket.socket:
    """A loopback socket on a port of the system's choice, listening already so that no early mail is refused."""
    made = socket.socket()
    made.bind(("127.0.0.1", 0))
    made.listen(50)
    return made


@contextlib.contextmanager
def mail_catcher(folder: Path | None = None) -> Iterator[MailCatcher]:
    """A mail catcher in threads of this process for as long as the block runs (tests)."""
    mailbox = Mailbox(folder / "letters.jsonl" if folder else None)
    catcher = MailCatcher(mailbox, smtp=listening_socket(), page=listening_socket())
    catcher.start()
    try:
        yield catcher
    finally:
        catcher.stop()


def main() -> None:
    """The process that the supervisor starts; it hands over two sockets that listen already."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--smtp-descriptor", type=int, required=True)
    parser.add_argument("--page-descriptor", type=int, required=True)
    given = parser.parse_args()
    over = threading.Event()

    def finish(_number: int, _frame: FrameType | None) -> None:
        over.set()

    signal.signal(signal.SIGTERM, finish)
    signal.signal(signal.SIGINT, finish)
    catcher = MailCatcher(
        Mailbox(given.folder / "letters.jsonl"),
        smtp=socket.socket(fileno=given.smtp_descriptor),
        page=socket.socket(fileno=given.page_descriptor),
    )
    catcher.start()
    over.wait()
    catcher.stop()


if __name__ == "__main__":
    main()
