"""The whole text of every message: fixed, and without a trace of person, case, unit or sender (trust.md 6).

Anybody may read a function mailbox's notices over a shoulder or a network, so they say only that there is something.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

NEW_MESSAGE = "new_message"
REMINDER = "reminder"

SUBJECT = "Du har ett nytt meddelande"
BODY = "Du har ett nytt meddelande. Logga in för att läsa.\n\n{address}\n"
# One text for all: already the difference between a call and a reminder would tell how far somebody's case has come.
TEXTS = {NEW_MESSAGE: (SUBJECT, BODY), REMINDER: (SUBJECT, BODY)}


@dataclass(frozen=True)
class Message:
    subject: str
    body: str


def bare_address(url: str) -> str:
    """The service's front door without path or query: a link opens nothing by itself."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/"


def render(template: str, *, url: str) -> Message:
    """The message of a template. Raises KeyError for one that does not exist."""
    subject, body = TEXTS[template]
    return Message(subject, body.format(address=bare_address(url)))
