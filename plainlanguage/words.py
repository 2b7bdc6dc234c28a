"""The word list: what is built in, what an organisation adds, and where its words stand in a text."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from plainlanguage.text import Text, words_of

DATA = Path(__file__).resolve().parent / "data"
ABBREVIATION, JARGON, ASSESSMENT, ROLE, SOMEBODY, ALLOWED = (
    "abbreviation", "jargon", "assessment", "role", "somebody", "allowed",
)  # fmt: skip
KINDS = (ABBREVIATION, JARGON, ASSESSMENT, ROLE, SOMEBODY, ALLOWED)
SHORTEST_STEM, LONGEST_STEM = 3, 24
# Where one goes and whom one meets is named after what one has: ätstörningsenheten, palliativa teamet.
_NAMED_AFTER = re.compile(
    r"(?:mottagning|enhet|team|center|centrum|klinik|avdelning|förening|förbund|linje|jour|skola|sköterska"
    r"|läkare|terapeut|rådgivare|konsulent|pedagog|handläggare|samordnare|chef|kurator)"
    r"(?:en|n|et|ens|ns|ets|s|ar|er|or|erna|arna|orna)?$"
)
MOST_WORDS = 6


class BadPattern(ValueError):
    """A pattern that could never stand in a text, or would stand everywhere."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One pattern: its words (* ends a stem and begins a tail), whether a full stop must follow, what to write."""

    kind: str
    parts: tuple[str, ...]
    suggestion: str
    dotted: bool = False
    capitals: bool = False
    own: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """An entry at the tokens from `first` up to `last` (not included)."""

    entry: Entry
    first: int
    last: int


class WordList:
    """Entries by their first word or stem, so that a text is read once however long the list is."""

    def __init__(self, entries: Iterable[Entry] = ()):
        self.by_word: dict[str, tuple[Entry, ...]] = {}
        self.by_stem: dict[str, tuple[Entry, ...]] = {}
        self.by_tail: dict[str, tuple[Entry, ...]] = {}
        for entry in entries:
            self._put(entry)

    def _put(self, entry: Entry) -> None:
        first = entry.parts[0].lower()
        place, key = self.by_word, first
        if first.endswith("*"):
            place, key = self.by_stem, first[:-1]
        elif first.startswith("*"):
            place, key = self.by_tail, first[1:]
        place[key] = (*place.get(key, ()), entry)

    def extended(self, rows: Iterable[tuple[str, str, str]]) -> "WordList":
        """A new list with an organisation's own rows (kind, pattern, suggestion) added; this one stays as it is."""
        more = WordList()
        more.by_word, more.by_stem, more.by_tail = dict(self.by_word), dict(self.by_stem), dict(self.by_tail)
        for kind, pattern, suggestion in rows:
            for entry in read(kind, pattern, suggestion):
                more._put(replace(entry, own=True))
        return more

    def starting_with(self, low: str) -> Iterator[Entry]:
        """The entries that may begin at this word, exact ones first."""
        yield from self.by_word.get(low, ())
        for length in range(SHORTEST_STEM, min(len(low), LONGEST_STEM) + 1):
            yield from self.by_stem.get(low[:length], ())
            yield from self.by_tail.get(low[-length:], ())

    def allowed(self, low: str) -> bool:
        return any(entry.kind == ALLOWED for entry in self.starting_with(low))

    def knows(self, low: str) -> bool:
        """Whether the word is allowed or a finding of another kind: then its capitals are none."""
        return any(entry.kind in (ALLOWED, ASSESSMENT) for entry in self.starting_with(low))

    def in_text(self, text: Text) -> list[Found]:
        """Every place of every entry; the longest of those that begin at the same word, and none inside another."""
        found, free_from = [], 0
        known = {low: tuple(self.starting_with(low)) for low in {token.low for token in text.tokens}}
        for index, token in enumerate(text.tokens):
            entries = known[token.low]
            if not entries or index < free_from:
                continue
            here = [Found(e, index, index + len(e.parts)) for e in entries if fits(text, index, e)]
            if not here or any(item.entry.kind == ALLOWED for item in here):
                continue
            # Of two that say the same words, the organisation's own.
            best = max(here, key=lambda item: (item.last, item.entry.own))
            found.append(best)
            free_from = best.last
        return found


def fits(text: Text, index: int, entry: Entry) -> bool:
    """Whether the entry stands at this token."""
    end = index + len(entry.parts)
    if end > len(text.tokens):
        return False
    for at, part in enumerate(entry.parts, start=index):
        token = text.tokens[at]
        if not same(token, part, entry):
            return False
        if at + 1 < end and not joined(text.between(at), entry):
            return False
    if entry.dotted and not text.between(end - 1).startswith("."):
        return False
    if entry.kind in (JARGON, ASSESSMENT) and not entry.own and named_after(text, index, end):
        return False
    # A capital inside a sentence is somebody's name: Habiliteringen, Rehab Falun.
    first = text.tokens[index]
    named = first.capital and not first.text.isupper() and not text.starts_sentence(index)
    return not (named and entry.kind in (JARGON, ABBREVIATION) and not entry.capitals)


def named_after(text: Text, first: int, end: int) -> bool:
    """Whether the words are the name of a place or a profession: they are not about the person then."""
    if end - first > 1:
        return False
    here = text.tokens[first].low
    if _NAMED_AFTER.search(here):
        return True
    after = text.tokens[end].low if end < len(text.tokens) and text.between(first) == " " else ""
    return here[-1:] in "ae" and _NAMED_AFTER.match(after) is not None


def same(token, part: str, entry: Entry) -> bool:
    if entry.capitals:
        return token.text.startswith(part[:-1]) if part.endswith("*") else token.text == part
    low = part.lower()
    if low.startswith("*"):
        return token.low.endswith(low[1:])
    return token.low.startswith(low[:-1]) if low.endswith("*") else token.low == low


def joined(between: str, entry: Entry) -> bool:
    if entry.kind == ABBREVIATION and between in (".", ". "):
        return True
    return between != "" and between.isspace() and "\n" not in between


def read(kind: str, patterns: str, suggestion: str) -> list[Entry]:
    """The entries of one row. Raises BadPattern for what is no word, or a stem that would fit most words."""
    if kind not in KINDS:
        raise BadPattern(f"okänt slag: {kind}")
    found = []
    for pattern in filter(None, (one.strip() for one in patterns.split("|"))):
        parts = tuple(_parts(pattern))
        if not 1 <= len(parts) <= MOST_WORDS or parts == ("*",):
            raise BadPattern(pattern)
        if "*" in parts[0] and len(parts[0]) - 1 < SHORTEST_STEM or any(part.startswith("*") for part in parts[1:-1]):
            raise BadPattern(pattern)
        alone = len(parts) == 1
        capitals = alone and kind == ABBREVIATION and pattern.rstrip("*-").isupper()
        dotted = alone and kind == ABBREVIATION and pattern.endswith((".", ":")) and len(pattern) > 1
        found.append(Entry(kind, parts, suggestion.strip(), dotted, capitals))
    if not found:
        raise BadPattern(patterns)
    return found


def _parts(pattern: str) -> Iterator[str]:
    for piece in re.split(r"[\s.:]+", pattern):
        if piece == "*":
            yield "*"
            continue
        stem = piece.strip("*").rstrip("-")
        words = words_of(stem)
        if piece and (len(words) != 1 or words[0].text != stem or piece.count("*") > 1):
            raise BadPattern(pattern)
        if piece:
            yield ("*" if piece[0] == "*" else "") + words[0].text + ("*" if piece[-1] == "*" else "")


def rows_of(file: Path) -> Iterator[list[str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        kept = (line for line in lines if line.strip() and not line.startswith("#"))
        reader = csv.reader(kept, delimiter=";")
        next(reader)
        yield from reader


@lru_cache(maxsize=1)
def built_in() -> WordList:
    """The list that comes with the product."""
    return WordList(entry for row in rows_of(DATA / "words.csv") for entry in read(*row))


def plain_set(name: str) -> frozenset[str]:
    """The words of one of the plain files."""
    lines = (DATA / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
