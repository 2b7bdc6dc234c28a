"""The whole text of every message: fixed, and without a trace of person, case, unit or sender (trust.md 6).

Anybody may read a notice over a shoulder or a network, so they say only that there is something.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

NEW_MESSAGE = "new_message"
REMINDER = "reminder"
PERSON = "person"
GUEST = "guest"

SUBJECT = "Du har ett nytt meddelande"
BODY = "Du har ett nytt meddelande. Logga in för att läsa.\n\n{address}\n"
SHORT = "Du har ett nytt meddelande. Logga in för att läsa. {address}"
# One text for all: already the difference between a call and a reminder would tell how far somebody's case has come.
TEXTS = dict.fromkeys((NEW_MESSAGE, REMINDER, PERSON), (SUBJECT, BODY, SHORT))
# To one without an account: the address is a link, which opens nothing without the code.
BY_LINK = "Du har ett nytt meddelande. Öppna länken för att läsa. Koden får du på annat sätt."
TEXTS[GUEST] = (SUBJECT, f"{BY_LINK}\n\n{{address}}\n", f"{BY_LINK} {{address}}")
TO_CITIZENS = {PERSON, GUEST}


@dataclass(frozen=True)
class Message:
    subject: str
    body: str
    short: str


def bare_address(url: str) -> str:
    """The service's front door without path or query: a link opens nothing by itself."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/"


def render(template: str, *, url: str, citizen_url: str = "", link: str = "") -> Message:
    """The message of a template, with the front door of staff or of citizens, or for a guest its own link.

    Raises KeyError for a template that is not.
    """
    subject, body, short = TEXTS[template]
    address = link or bare_address(citizen_url if citizen_url and template in TO_CITIZENS else url)
    return Message(subject, body.format(address=address), short.format(address=address))
