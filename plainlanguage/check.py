"""The check of a text (PLA-1): hints with place, reason and suggestion. It advises and never refuses."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter

from plainlanguage import measures, reading, rewrite, voice
from plainlanguage.people import Name, mentions
from plainlanguage.text import Text, take_apart
from plainlanguage.words import ABBREVIATION, ASSESSMENT, JARGON, Found, WordList, built_in

# More than anybody reads; a hostile text gets no longer answer than this.
MOST_HINTS = 200
# Ten times what a field takes: what comes after is not read.
LONGEST_TEXT = 40_000
LONGEST_ABBREVIATION = 12
LONGEST_PIECE = 3


class Kind(StrEnum):
    """What a hint is about."""

    THIRD_PERSON = "third_person"
    PASSIVE = "passive"
    ABBREVIATION = "abbreviation"
    JARGON = "jargon"
    LONG_SENTENCE = "long_sentence"
    HARD_TEXT = "hard_text"
    ASSESSMENT = "assessment"
    WHO = "who"
    WHEN = "when"


# The person's own words are theirs: only what shows that somebody else has put them down.
ABOUT_OWN_WORDS = frozenset({Kind.THIRD_PERSON, Kind.ABBREVIATION})
SAID = {
    Kind.THIRD_PERSON: "Skriv till personen, inte om personen.",
    Kind.PASSIVE: "Det framgår inte vem som gör det.",
    Kind.ABBREVIATION: "Alla förstår inte förkortningen.",
    Kind.JARGON: "Det finns ett vanligare ord.",
    Kind.LONG_SENTENCE: "Meningen är lång. Dela den.",
    Kind.HARD_TEXT: "Texten är svår att läsa.",
    Kind.ASSESSMENT: "Bedömningar och diagnoser hör hemma i journalen.",
    Kind.WHO: "Det står inte vem som gör det.",
    Kind.WHEN: "Det står inte när.",
}
# LSS, ADL:s, ADLs and KBT-terapeut; a word of one's own before a hyphen is none.
_CAPITALS = re.compile(r"([A-ZÅÄÖ]{2,6})(?:s|-[a-zåäö]+)?$")
# No word without a vowel: hjtj, mkt.
_NO_VOWELS = re.compile(r"[bcdfghjklmnpqrstvwxz]{2,5}$")
_UNITS = frozenset("kg hg mg mcg ml cl dl cm dm km mm kr kl nr st hm hmm pst tv wc pc cd dvd sms pdf gps www".split())
_KIND_OF = {ABBREVIATION: Kind.ABBREVIATION, JARGON: Kind.JARGON, ASSESSMENT: Kind.ASSESSMENT}


@dataclass(frozen=True, slots=True)
class Hint:
    """One hint: the characters from `start` to `end`, what is the matter, and what to write instead."""

    start: int
    end: int
    kind: Kind
    message: str
    suggestion: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a text gave: the hints in order, and what the score and LIX are counted from."""

    hints: tuple[Hint, ...] = ()
    sentences: int = 0
    marked: int = 0
    words: int = 0
    long_words: int = 0


def check(
    whole: str, *, words: WordList | None = None, given_name: str = "", family_name: str = "", own_words: bool = False
) -> Report:
    """Check one text. `own_words`: what the person has said, where only a few things are looked for."""
    words = words or built_in()
    text, found = understood(whole, words)
    hints = [*third_person(text, found, Name(given_name, family_name)), *listed(text, found, words)]
    if not own_words:
        hints += [*passive(text), *long_sentences(text), *hard_text(text)]
    return report(text, [hint for hint in hints if not own_words or hint.kind in ABOUT_OWN_WORDS])


def check_measure(whole: str, *, who: str = "", when: str = "", **kwargs) -> Report:
    """Check a measure; `who` and `when` are what its fields say already."""
    done = check(whole, **kwargs)
    text = take_apart(whole[:LONGEST_TEXT])
    more = []
    if text.tokens and not who.strip() and not measures.says_who(text):
        more.append(about_all(text, Kind.WHO, "Skriv vem: vi, en namngiven person eller en verksamhet."))
    if text.tokens and not when.strip() and not measures.says_when(text):
        more.append(about_all(text, Kind.WHEN, "Skriv dag, vecka, hur ofta eller att det pågår tills vidare."))
    hints = (*more, *done.hints)[:MOST_HINTS]
    marked = max(done.marked, 1) if more else done.marked
    return Report(hints, done.sentences, marked, done.words, done.long_words)


def understood(whole: str, words: WordList) -> tuple[Text, list[Found]]:
    """The text in sentences, with the full stops of abbreviations known, and what of the list stands in it."""
    whole = whole[:LONGEST_TEXT]
    first = take_apart(whole)
    found = words.in_text(first)
    dots = set()
    for item in found:
        if item.entry.kind == ABBREVIATION:
            dots.update(first.tokens[at].end for at in range(item.first, item.last))
    dots = {at for at in dots if whole[at : at + 1] == "."}
    if not dots:
        return first, found
    return take_apart(whole, dots), found


def hint(text: Text, first: int, last: int, kind: Kind, suggestion: str, message: str = "") -> Hint:
    """A hint on the tokens from `first` up to `last` (not included)."""
    start, end = text.tokens[first].start, text.tokens[last - 1].end
    if kind == Kind.ABBREVIATION and "." in text.whole[start:end] and end - start <= LONGEST_ABBREVIATION:
        # The last full stop of t.ex. is the word's own.
        end += text.whole[end : end + 1] == "."
    return Hint(start, end, kind, message or SAID[kind], suggestion, text.whole[start : min(end, start + 80)])


def third_person(text: Text, found: list[Found], name: Name) -> Iterable[Hint]:
    here = list(mentions(text, found, name))
    by_sentence: dict[int, list] = {}
    for item in here:
        by_sentence.setdefault(text.tokens[item.first].sentence, []).append(item)
    for number, items in list(by_sentence.items())[:MOST_HINTS]:
        # One hint a sentence: it is one thing to rewrite.
        suggestion = rewrite.to_du(text, number, items)
        yield hint(text, items[0].first, items[0].last, Kind.THIRD_PERSON, suggestion)


def listed(text: Text, found: list[Found], words: WordList) -> Iterable[Hint]:
    """Abbreviations, jargon and assessments of the list, and other words in capitals."""
    taken = set()
    for item in found:
        taken.update(range(item.first, item.last))
        kind = _KIND_OF.get(item.entry.kind)
        if kind and not text.tokens[item.first].quoted and not (kind == Kind.ABBREVIATION and explained(text, item)):
            yield hint(text, item.first, item.last, kind, item.entry.suggestion)
    for at, token in enumerate(text.tokens):
        if at in taken or token.quoted:
            continue
        capitals = _CAPITALS.match(token.text)
        if capitals and not words.knows(capitals[1].lower()) and not words.allowed(token.low):
            if not in_brackets(text, at) and not shouted(text, at):
                yield hint(text, at, at + 1, Kind.ABBREVIATION, "Skriv ut vad det betyder.")
        elif (last := dotted(text, at)) > at + 1:
            taken.update(range(at, last))
            yield hint(text, at, last, Kind.ABBREVIATION, "Skriv ut orden.")
        elif week(text, at):
            yield hint(text, at, at + 1, Kind.ABBREVIATION, "Skriv vecka.")
        elif cut_short(text, at) or no_word(text, at) and not words.allowed(token.low):
            taken.add(at + 1)
            yield hint(text, at, at + 1, Kind.ABBREVIATION, "Skriv ut ordet.")


def dotted(text: Text, at: int) -> int:
    """Where a run like ”m.h.a.” or ”fr.om” ends that is not in the list: a few small letters between full stops."""
    last, first = at + 1, text.tokens[at]
    if len(first.text) >= LONGEST_PIECE or text.whole[max(0, first.start - 1) : first.start] in (".", "/", "@"):
        return last
    while last < len(text.tokens) and text.between(last - 1) == "." and len(text.tokens[last].text) <= LONGEST_PIECE:
        last += 1
    pieces = text.tokens[at:last]
    # An address goes on: www.skolan.se, a.berg@exempel.se.
    goes_on = text.between(last - 1)[:1] in ("@", "/") or text.between(last - 1) == "."
    return at + 1 if goes_on or not all(token.text.islower() for token in pieces) else last


def week(text: Text, at: int) -> bool:
    """”v 14”, ”v14” and ”2 ggr/v”."""
    token = text.tokens[at]
    after = text.whole[token.end : token.end + 2].lstrip(" ")
    return token.text == "v" and (after[:1].isdigit() or text.whole[token.start - 1 : token.start] == "/")


def no_word(text: Text, at: int) -> bool:
    token = text.tokens[at]
    if token.low in _UNITS or not _NO_VOWELS.match(token.low):
        return False
    # A capital inside a sentence is a name.
    return token.text == token.low or token.text[1:].islower() and text.starts_sentence(at)


def cut_short(text: Text, at: int) -> bool:
    """A lone small letter with a full stop after it, and no new sentence: ”m. kurator”, ”t.f. chef”."""
    token = text.tokens[at]
    after = text.whole[token.end : token.end + 3]
    return len(token.low) == 1 and token.low == token.text and after[:2] == ". " and after[2:].islower()


def explained(text: Text, item: Found) -> bool:
    """”lagen om stöd och service (LSS)”: written out just before."""
    return in_brackets(text, item.first) and item.entry.capitals


def in_brackets(text: Text, at: int) -> bool:
    token = text.tokens[at]
    return text.whole[token.start - 1 : token.start] == "(" and text.whole[token.end : token.end + 1] == ")"


def shouted(text: Text, at: int) -> bool:
    """A word among others in capitals is shouted, not shortened."""
    near = text.tokens[max(0, at - 1) : at] + text.tokens[at + 1 : at + 2]
    return any(len(token.text) > 1 and token.text.isupper() for token in near)


def passive(text: Text) -> Iterable[Hint]:
    for first, last in voice.passives(text):
        yield hint(text, first, last + 1, Kind.PASSIVE, "Skriv vem som gör det, till exempel ”vi” eller en verksamhet.")


def long_sentences(text: Text) -> Iterable[Hint]:
    for sentence in text.sentences:
        if sentence.length > reading.MOST_IN_A_SENTENCE:
            message = f"Meningen har {sentence.length} ord. Dela den."
            yield hint(text, sentence.first, sentence.last, Kind.LONG_SENTENCE, "En sak i varje mening.", message)


def hard_text(text: Text) -> Iterable[Hint]:
    words, sentences, long_words = reading.counts(text)
    value = reading.lix(words, sentences, long_words)
    if words >= reading.ENOUGH_WORDS and value > reading.HARD:
        message = f"Texten är {reading.label(value)} att läsa (LIX {value})."
        yield hint(text, 0, len(text.tokens), Kind.HARD_TEXT, "Kortare meningar och kortare ord.", message)


def about_all(text: Text, kind: Kind, suggestion: str) -> Hint:
    return hint(text, 0, len(text.tokens), kind, suggestion)


def report(text: Text, hints: list[Hint]) -> Report:
    words, sentences, long_words = reading.counts(text)
    ordered = sorted(hints, key=attrgetter("start", "end", "kind"))
    starts = [(sentence.start, sentence.end) for sentence in text.sentences]
    marked, at = 0, 0
    places = [item.start for item in ordered if item.kind != Kind.HARD_TEXT]
    for start, end in starts:
        before = at
        while at < len(places) and places[at] < end:
            at += 1
        marked += at > before and any(start <= place < end for place in places[before:at])
    return Report(tuple(ordered[:MOST_HINTS]), sentences, marked, words, long_words)
