"""A sentence about the person, written to the person."""

import re

from plainlanguage.people import Mention
from plainlanguage.text import Text

LONGEST = 400
_NEUTER = re.compile(
    r"^(?:hem|boende|behov|stöd|liv|mål|hus|rum|jobb|arbete|språk|minne|sätt|ansvar|samtycke|önskemål|ärende|humör|tillstånd"
    r"|mående|team|möte|besök|beslut|läge|hjärta|knä|ben|huvud|nätverk|barnbarn|schema|ombud)$|(?:ande|ende|ment|ium|boende)$"
)
_MANY = re.compile(r"(?:orna|arna|erna|or|ar|er|mediciner|behov av|anhöriga|närstående|föräldrar)$")
_OWN = {"sig": "dig", "sin": "din", "sitt": "ditt", "sina": "dina"}


def yours(noun: str) -> str:
    """din, ditt or dina before this noun."""
    low = noun.lower()
    if _NEUTER.search(low):
        return "ditt"
    return "dina" if _MANY.search(low) else "din"


def to_du(text: Text, number: int, mentions: list[Mention]) -> str:
    """The sentence with every mention of the person as du, dig or din. A very long sentence is not written out."""
    sentence = text.sentences[number]
    if sentence.end - sentence.start > LONGEST:
        return "du, dig eller din"
    by_first = {mention.first: mention for mention in mentions}
    parts, at, index, subject = [], sentence.start, sentence.first, False
    while index < sentence.last:
        token, mention = text.tokens[index], by_first.get(index)
        new, last = None, index + 1
        if mention:
            last, new = mention.last, word_for(text, mention, sentence)
            subject = subject or mention.form == "subject"
        elif subject and not token.quoted:
            new = _OWN.get(token.low)
        if new:
            parts += [text.whole[at : token.start], new.capitalize() if token.start == sentence.start else new]
            at = text.tokens[last - 1].end
        index = last
    return "".join([*parts, text.whole[at : sentence.end]]).strip()


def word_for(text: Text, mention: Mention, sentence) -> str:
    if mention.form == "genitive":
        return yours(text.tokens[mention.last].text) if mention.last < sentence.last else "din"
    return "du" if mention.form == "subject" else "dig"
