"""Words, sentences and quotations of a text, each with its place in it; one pass, whatever the text holds."""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass, field

# Letters with the marks that may follow them; a word may hold hyphens.
_LETTERS = r"(?:[^\W\d_]|[\u0300-\u036f])+"
_WORD = re.compile(rf"{_LETTERS}(?:[-’']{_LETTERS})*")
_STOP = re.compile(r"[.!?…]+|\n")
# What somebody said is theirs. The length is bounded, so that stray marks cost nothing.
_QUOTE = re.compile(r"[”\"“»][^”\"“»«\n]{1,600}[”\"“»«]")
# Dots after these end no sentence.
_NO_STOP = frozenset({"kl", "nr", "ca"})
LONGEST_WORD = 40


@dataclass(slots=True)
class Token:
    """One word: its place in the text, as written, in small letters, and what it stands in."""

    start: int
    end: int
    text: str
    low: str
    quoted: bool = False
    sentence: int = 0

    @property
    def capital(self) -> bool:
        return self.text[:1].isupper()


@dataclass(slots=True)
class Sentence:
    start: int
    end: int
    first: int
    last: int = 0

    @property
    def length(self) -> int:
        return self.last - self.first


@dataclass(slots=True)
class Text:
    """A text taken apart. Tokens of one sentence are `tokens[sentence.first:sentence.last]`."""

    whole: str
    tokens: list[Token] = field(default_factory=list)
    sentences: list[Sentence] = field(default_factory=list)

    def of(self, sentence: Sentence) -> list[Token]:
        return self.tokens[sentence.first : sentence.last]

    def between(self, index: int) -> str:
        """What stands between this token and the next; at most a few characters of it."""
        after = self.tokens[index + 1].start if index + 1 < len(self.tokens) else len(self.whole)
        return self.whole[self.tokens[index].end : min(after, self.tokens[index].end + 4)]

    def starts_sentence(self, index: int) -> bool:
        return self.sentences[self.tokens[index].sentence].first == index


def words_of(whole: str) -> list[Token]:
    """The words; a very long run of letters is cut where it is looked up, never where it is shown."""
    found = []
    for match in _WORD.finditer(whole):
        text = match.group()[:LONGEST_WORD]
        low = text.lower()
        if not low.isascii():
            text, low = unicodedata.normalize("NFC", text), unicodedata.normalize("NFC", low)
        found.append(Token(match.start(), match.end(), text, low))
    return found


def take_apart(whole: str, dots=frozenset()) -> Text:
    """The text in words and sentences; `dots` are places of full stops that belong to abbreviations."""
    tokens = words_of(whole)
    text = Text(whole, tokens)
    _mark_quotes(text)
    starts = [token.start for token in tokens]
    begin, first = 0, 0
    for match in [*_STOP.finditer(whole), None]:
        end = match.end() if match else len(whole)
        last = bisect_right(starts, end - 1)
        if match and not _ends_here(text, match, last, dots):
            continue
        if last > first:
            for token in tokens[first:last]:
                token.sentence = len(text.sentences)
            text.sentences.append(Sentence(max(begin, tokens[first].start), end, first, last))
        begin, first = end, max(first, last)
    return text


def _ends_here(text: Text, match, last: int, dots) -> bool:
    mark, whole = match.group(), text.whole
    if mark == "\n":
        return True
    after = whole[match.end() : match.end() + 3].lstrip(" )”\"'»")
    if match.end() < len(whole) and not whole[match.end()].isspace() and whole[match.end()] not in ")”\"'»":
        return False
    if mark != ".":
        return True
    if last and text.tokens[last - 1].end == match.start() and text.tokens[last - 1].low in _NO_STOP:
        return False
    if match.start() in dots:
        return not after or after[0].isupper() or after[0] == "\n"
    return not after[:1].isdigit() or not whole[match.start() - 1 : match.start()].isdigit()


def _mark_quotes(text: Text) -> None:
    spans = [match.span() for match in _QUOTE.finditer(text.whole)]
    starts = [start for start, _ in spans]
    for token in text.tokens:
        at = bisect_right(starts, token.start) - 1
        token.quoted = at >= 0 and token.end <= spans[at][1]
