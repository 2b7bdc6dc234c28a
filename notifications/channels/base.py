"""What every channel takes and answers."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol
from uuid import UUID


class Answer(Enum):
    """How it went. AGAIN is about this message, AWAY about the whole channel, REFUSED is for good."""

    SENT = "sent"
    TO_POST = "to_post"
    AGAIN = "again"
    AWAY = "away"
    REFUSED = "refused"


@dataclass(frozen=True)
class Outcome:
    """The answer, and for a failure its class and code: never the other side's words, which may hold an address."""

    answer: Answer
    error: str = ""


@dataclass(frozen=True)
class Claimed:
    """One leased row: what must be known to send it and to mark it; `calendar` is for e-mail alone."""

    id: UUID
    attempts: int
    template: str
    channel: str
    address: str
    # Of a link that this very message carries; nobody keeps it.
    secret: str = field(default="", repr=False)
    calendar: dict | None = None


class Sender(Protocol):
    """One channel during one sweep. `send` never raises for what the other side does."""

    def send(self, row: Claimed) -> Outcome: ...

    def close(self) -> None: ...


SENT = Outcome(Answer.SENT)


def refused(error: str) -> Outcome:
    return Outcome(Answer.REFUSED, error)


def again(error: str) -> Outcome:
    return Outcome(Answer.AGAIN, error)


def away(error: str) -> Outcome:
    return Outcome(Answer.AWAY, error)
