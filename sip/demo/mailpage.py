"""The mail catcher's page: letters and text messages as plain accessible HTML, and the way in for the latter."""

import json
import re
from datetime import datetime
from email.message import EmailMessage
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")
LINK = re.compile(r"https?://[^\s<>\"']+")
# At most 160 characters of those that a text message takes one place for, as far as the product uses them.
ONE_SEGMENT = re.compile(r"[A-Za-z0-9åäöÅÄÖéÉüÜ .,:;!?/()@&%+*'\"_#=<>\n-]{1,160}")
STYLE = """
:root { color-scheme: light dark; --text: #1d2733; --ground: #fff; --line: #c6ced6; --link: #0b4f8a; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e8edf2; --ground: #14191f; --line: #46525e; --link: #8fc7ff; }
}
body { font: 1.0625rem/1.5 system-ui, sans-serif; color: var(--text); background: var(--ground);
  margin: 0 auto; max-width: 60rem; padding: 1rem; }
a { color: var(--link); }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .5rem .75rem .5rem 0; border-bottom: 1px solid var(--line);
  overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; }
dt { font-weight: 600; }
dd { margin: 0; overflow-wrap: anywhere; }
pre { font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid var(--line); padding: 1rem; }
"""
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def page_handler(mailbox, port: int) -> type[BaseHTTPRequestHandler]:
    """The request handler for one mailbox."""

    class PageHandler(BaseHTTPRequestHandler):
        server_version = "Mail"
        sys_version = ""
        timeout = 10

        def do_GET(self) -> None:
            # A page on the net must not reach this one by pointing a name of its own at 127.0.0.1.
            if self.headers.get("Host") not in (f"127.0.0.1:{port}", f"localhost:{port}"):
                self._send(HTTPStatus.MISDIRECTED_REQUEST, _page("Fel adress", "<p>Okänd värd.</p>"))
                return
            path = urlsplit(self.path).path
            number = re.fullmatch(r"/brev/(\d{1,9})/", path)
            letter = mailbox.get(int(number[1])) if number else None
            if path == "/":
                self._send(HTTPStatus.OK, _list(mailbox.newest_first()))
            elif letter:
                self._send(HTTPStatus.OK, _letter(letter))
            elif path == "/stil.css":
                self._send(HTTPStatus.OK, STYLE, "text/css")
            elif path == "/brev.json":
                rows = [letter.as_dict() for letter in mailbox.newest_first()]
                self._send(HTTPStatus.OK, json.dumps(rows), "application/json")
            else:
                self._send(HTTPStatus.NOT_FOUND, _page("Sidan finns inte", '<p><a href="/">Till brevlådan</a></p>'))

        do_HEAD = do_GET

        def do_POST(self) -> None:
            """A text message from the product, as to a gateway: one segment, or not taken."""
            known = self.headers.get("Host") in (f"127.0.0.1:{port}", f"localhost:{port}")
            length = self.headers.get("Content-Length", "")
            size = int(length) if length.isdecimal() and len(length) < 5 else 0
            if not known or self.path != "/sms" or self.headers.get("Content-Type") != "application/json":
                self._send(HTTPStatus.NOT_FOUND, "")
                return
            message = text_message(self.rfile.read(size))
            if message is None:
                self._send(HTTPStatus.BAD_REQUEST, "")
                return
            mailbox.add(sender="sms", recipients=[message["To"]], raw=message.as_bytes())
            self._send(HTTPStatus.OK, "{}", "application/json")

        def _send(self, status: HTTPStatus, text: str, kind: str = "text/html") -> None:
            body = text.encode()
            self.send_response(status)
            for name, value in HEADERS.items():
                self.send_header(name, value)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, *_args) -> None:
            """A letter's address is nobody's business in a log."""

    return PageHandler


def text_message(body: bytes) -> EmailMessage | None:
    """A text message as the mailbox keeps it, or None for one that no gateway should be given."""
    try:
        told = json.loads(body)
        number, text = told["to"], told["text"]
        if not re.fullmatch(r"\+[1-9]\d{7,14}", number) or not ONE_SEGMENT.fullmatch(text):
            return None
    except (ValueError, KeyError, TypeError):
        return None
    message = EmailMessage()
    message["To"], message["Subject"] = number, "Sms"
    message.set_content(text)
    return message


def _page(title: str, content: str) -> str:
    return (
        '<!doctype html>\n<html lang="sv">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)} – Demots brevlåda</title>\n"
        '<link rel="icon" href="data:,">\n<link rel="stylesheet" href="/stil.css">\n</head>\n'
        f"<body>\n<main>\n<h1>{escape(title)}</h1>\n{content}\n</main>\n</body>\n</html>\n"
    )


def _list(letters: list) -> str:
    if not letters:
        body = "<p>Inga brev har kommit ännu. När systemet skickar ett mejl eller sms syns det här.</p>"
    else:
        rows = "\n".join(
            f"<tr><td>{_time(letter.received_at)}</td><td>{_text(', '.join(letter.recipients))}</td>"
            f'<td><a href="/brev/{letter.number}/">{_text(letter.subject)}</a></td></tr>'
            for letter in letters
        )
        body = (
            "<table>\n<thead><tr><th scope='col'>Kom</th><th scope='col'>Till</th>"
            f"<th scope='col'>Ämne</th></tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>"
        )
    return _page("Skickade mejl och sms", f'<p>De nyaste ligger överst. <a href="/">Läs in igen</a></p>\n{body}')


def _letter(letter) -> str:
    facts = [
        ("Kom", _time(letter.received_at)),
        ("Från", _text(letter.parsed["From"] or letter.sender)),
        ("Till", _text(", ".join(letter.recipients))),
        ("Meddelande-id", _text(letter.parsed["Message-ID"] or "saknas")),
    ]
    listed = "\n".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts)
    attached = "\n".join(
        f"<h2>Bilaga: {_text(name)}</h2>\n<p>{_text(kind)}</p>\n{_block(text) if text else ''}"
        for name, kind, text in letter.attachments
    )
    return _page(
        letter.subject,
        f'<p><a href="/">Till brevlådan</a></p>\n<dl>\n{listed}\n</dl>\n{_block(letter.text)}\n{attached}',
    )


def _block(text: str) -> str:
    """The text with its web addresses as links; everything is escaped."""
    pieces = []
    end = 0
    for found in LINK.finditer(text):
        address = found[0].rstrip(".,;:)")
        pieces.append(escape(text[end : found.start()]))
        pieces.append(f'<a href="{escape(address)}" rel="noreferrer">{escape(address)}</a>')
        end = found.start() + len(address)
    pieces.append(escape(text[end:]))
    return f"<pre>{''.join(pieces)}</pre>"


def _text(value: object) -> str:
    return escape(str(value))


def _time(moment: datetime) -> str:
    local = moment.astimezone(STOCKHOLM)
    return f'<time datetime="{local.isoformat()}">{local:%Y-%m-%d kl. %H:%M:%S}</time>'
