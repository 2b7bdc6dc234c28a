"""Telephone numbers in a Swedish text, so that each can be pressed."""

import re
from dataclasses import dataclass

from organisations import swedish

PHONE = re.compile(r"(?:\+46|0)[0-9][0-9 ()/–-]{4,16}[0-9]")
# The numbers that everybody knows, as words of their own.
_LINKED = re.compile(rf"(?:{PHONE.pattern})|(?<![\w-])(?:112|113 ?13|1177|90101)(?![\w-])")


@dataclass(frozen=True)
class Piece:
    """A part of a text; `tel` is the number to ring where the part is one."""

    text: str
    tel: str = ""


def pieces(text: str) -> list[Piece]:
    """The text cut at its telephone numbers, nothing added and nothing lost."""
    found, at = [], 0
    for hit in _LINKED.finditer(text):
        if hit.start() > at:
            found.append(Piece(text[at : hit.start()]))
        found.append(Piece(hit.group(), swedish.tel(hit.group())))
        at = hit.end()
    if at < len(text):
        found.append(Piece(text[at:]))
    return found
