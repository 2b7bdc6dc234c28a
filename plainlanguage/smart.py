"""Whether a goal says what, how it is noticed, whose it is, if it can be reached, and when (PLA-7). Advice only."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from plainlanguage.measures import says_when
from plainlanguage.text import Text, take_apart
from plainlanguage.words import DATA, JARGON, WordList, read, rows_of

# Longer than any field; what comes after is not read.
LONGEST = 4_000
SHORTEST = 3
# More things than this in one goal are several goals.
MOST_THINGS = 3


class Question(StrEnum):
    """What is asked of a goal."""

    WHAT = "what"
    MEASURED = "measured"
    ACCEPTED = "accepted"
    REALISTIC = "realistic"
    WHEN = "when"


SAID = {
    Question.WHAT: (
        "Vad är det som ska hända?",
        "Skriv något som går att se framför sig, till exempel ”Du går till affären själv.”",
    ),
    Question.MEASURED: (
        "Hur märker ni att du är där?",
        "Skriv det under ”Hur märker du att du är där?”, till exempel hur ofta eller hur långt.",
    ),
    Question.ACCEPTED: (
        "Är det här ditt eget mål?",
        "Skriv vad personen själv vill, inte vad någon annan kräver eller gör.",
    ),
    Question.REALISTIC: (
        "Går det att nå?",
        "Välj ett steg på vägen, eller dela upp målet i flera.",
    ),
    Question.WHEN: (
        "När ska det vara nått?",
        "Skriv en tid i målet, eller ett slutdatum på någon av insatserna.",
    ),
}  # fmt: skip
_OTHERS = re.compile(
    r"^(?:vi|personalen|kommunen|regionen|vården|skolan|hemtjänsten|psykiatrin|teamet|socialtjänsten|föräldrarna"
    r"|patienten|brukaren|klienten|eleven|han|hon|hen)$"
)
# How many: also in letters. ”En” is most often an article.
_NUMBER = re.compile(
    r"\d|\b(?:två|tre|fyra|fem|sex|sju|åtta|nio|tio|elva|tolv|hälften|halvtid|heltid)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class GoalHint:
    """One question that the goal leaves open, and what to write."""

    question: Question
    message: str
    suggestion: str


def check_goal(whole: str, *, how_noticed: str = "", when: str = "") -> tuple[GoalHint, ...]:
    """What a goal leaves open. `how_noticed` is its own field; `when` what the dates of its measures say."""
    text = take_apart(whole[:LONGEST])
    if not text.tokens:
        return ()
    noticed = take_apart(how_noticed[:LONGEST])
    kinds = kinds_in(text)
    more = kinds_in(noticed)
    # How it is noticed may say what it is, too.
    concrete = "concrete" in kinds or ("concrete" in more and "vague" not in kinds) or _NUMBER.search(text.whole)
    open_now = {
        Question.WHAT: len(text.tokens) < SHORTEST or not concrete,
        Question.MEASURED: not (noticed.tokens or "measured" in kinds or _NUMBER.search(text.whole)),
        Question.ACCEPTED: "own" in kinds or _OTHERS.match(text.tokens[0].low) is not None,
        Question.REALISTIC: "never" in kinds or "never" in more or things(text) > MOST_THINGS,
        Question.WHEN: not (when.strip() or has_time(text) or has_time(noticed)),
    }
    return tuple(GoalHint(question, *SAID[question]) for question, is_open in open_now.items() if is_open)


def kinds_in(text: Text) -> set[str]:
    """Which of the lists the text has words of; what somebody has said word for word counts too."""
    return {kind for kind, words in lists().items() if words.in_text(text)}


def things(text: Text) -> int:
    """How many things the fullest sentence asks for: its clauses joined by commas and ”och”."""
    most = 0
    for sentence in text.sentences:
        whole = text.whole[sentence.start : sentence.end]
        most = max(most, 1 + len(re.findall(r",|;|\boch\b|\bsamt\b", whole, re.IGNORECASE)))
    return most


# Words that say how often, or that it goes on, and not by when.
_NO_END = re.compile(
    r"^(?:dag\w*|dygn\w*|timm\w+|minut\w*|morg\w+|kväll\w*|natt\w*|nätter|gånger|gång|dagligen|ständigt|varannan|varje"
    r"|alltid|när|nu|direkt|genast|innan|middag\w*|lunch\w*|förmiddag\w*|eftermiddag\w*|vardag\w*|helg\w*|år|kl|klockan|veck\w+"
    r"|månad\w*|(?:mån|tis|ons|tors|fre|lör|sön)dag\w*)$"
)
_SEASON = (
    r"(?:sommar\w*|höst\w*|vinter\w*|vintern|vår|våren|jul|julen|nyår\w*|påsk\w*|midsommar\w*|\w*termin\w*|\w*lov"
    r"|\w*lovet|semester\w*|födelsedag\w*|uppföljning\w*|skolstart\w*|utskrivning\w*|årsskiftet|årets)\b"
)
_SPAN = r"(?:veck\w+|månad\w*|år|året|dagar|halvår\w*|kvartal\w*)\b"
# By a time: ”inom tre månader”, ”före jul”, ”i höst”, ”när våren kommer”; not ”varje vecka” or ”i veckan”.
_BY = re.compile(
    rf"\b(?:inom|efter|senast|före|innan|tills|till|under|när)\s+(?:(?!varje\b|varannan\b)\w+\s+){{0,2}}?(?:{_SEASON}|{_SPAN})"
    rf"|\b(?:i|om)\s+(?:nästa\s+|den\s+)?{_SEASON}"
    rf"|\bom\s+\w+\s+{_SPAN}",
    re.IGNORECASE,
)


def has_time(text: Text) -> bool:
    """Whether there is a time by which: a month, a date, ”inom tre månader”, but not ”varje dag”."""
    if _BY.search(text.whole):
        return True
    kept = [token for token in text.tokens if not _NO_END.match(token.low)]
    return says_when(Text(_without_clock(text.whole), kept, []))


def _without_clock(whole: str) -> str:
    return re.sub(r"(?:kl\.?|klockan)\s*\d{1,2}(?:[.:]\d\d)?", "", whole, flags=re.IGNORECASE)


@lru_cache(maxsize=1)
def lists() -> dict[str, WordList]:
    """The lists that come with the product, by kind."""
    found: dict[str, list] = {}
    for kind, patterns in rows_of(DATA / "goals.csv"):
        # The kind is the list's own; a pattern is read as any other word of the check.
        found.setdefault(kind, []).extend(read(JARGON, patterns, kind))
    return {kind: WordList(entries) for kind, entries in found.items()}
