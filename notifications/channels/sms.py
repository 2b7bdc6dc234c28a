"""Text messages over an HTTP gateway: one segment of the basic alphabet, and the delivery's id against doublets."""

import json
import re
from http import HTTPStatus
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings

from notifications.channels.base import SENT, Claimed, Outcome, again, away, refused
from notifications.templates import render

SECONDS = 10
SEGMENT = 160
# GSM 03.38: what fits in seven bits; the second row takes two places each.
BASIC = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = set("^{}\\[~]|€\f")
LATER = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}


def length(text: str) -> int | None:
    """How many places of a segment a text takes, or None when it is not in the basic alphabet."""
    if set(text) - BASIC - EXTENDED:
        return None
    return sum(2 if char in EXTENDED else 1 for char in text)


def number(address: str) -> str:
    """+46701740605 for a Swedish number as people write it, a foreign one with its plus; empty for what is neither."""
    digits = re.sub(r"[ ()/.\-–]", "", address)
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    elif digits.startswith("0"):
        digits = f"+46{digits[1:]}"
    return digits if re.fullmatch(r"\+[1-9][0-9]{7,14}", digits) else ""


class NoRedirect(HTTPRedirectHandler):
    """The token goes to the gateway that was named, and nowhere else."""

    def redirect_request(self, *_args):
        return None


class Sender:
    def __init__(self):
        self.opener = build_opener(NoRedirect)

    def send(self, row: Claimed) -> Outcome:
        if not settings.SIP_SMS_URL:
            return refused("no gateway")
        to = number(row.address or "")
        if not to:
            return refused("no number")
        text = render(row.template, url=settings.SIP_PUBLIC_URL, citizen_url=settings.SIP_CITIZEN_URL).short
        if (length(text) or SEGMENT + 1) > SEGMENT:
            return refused("not one segment")
        return self.post({"id": str(row.id), "to": to, "from": settings.SIP_SMS_FROM, "text": text})

    def post(self, message: dict) -> Outcome:
        """Hand it to the gateway; one that has seen the id before answers conflict, and has it already."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {settings.SIP_SMS_TOKEN}"}
        body = json.dumps(message).encode()
        request = Request(settings.SIP_SMS_URL, body, headers)  # noqa: S310 - the operator's own address
        try:
            with self.opener.open(request, timeout=SECONDS):
                return SENT
        except HTTPError as error:
            return judged(error.code)
        except (OSError, HTTPException) as error:
            return away(type(error).__name__)

    def close(self) -> None:
        """Nothing is kept open."""


def judged(code: int) -> Outcome:
    if code == HTTPStatus.CONFLICT:
        return SENT
    if code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        # Says nothing of the message: somebody must mend the settings.
        return away(f"gateway {code}")
    if code >= HTTPStatus.INTERNAL_SERVER_ERROR or code in LATER:
        return again(f"gateway {code}")
    return refused(f"gateway {code}")
