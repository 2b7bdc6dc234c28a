"""Whether a measure says who does it and when, in its own words or in its fields (PLA-2)."""

import re

from plainlanguage.people import NAMES, PREPOSITIONS, is_other, is_other_word
from plainlanguage.text import Text

_WHEN = re.compile(
    r"^(?:(?:mån|tis|ons|tors|fre|lör|sön)dag\w*|januari|februari|mars|april|maj|juni|juli|augusti|september|oktober"
    r"|november|december|veck\w+|dag\w*|dygn\w*|månad\w*|år|året|årligen|timm\w+|minut\w*|morg\w+|kväll\w*|natt\w*|nätter"
    r"|förmiddag\w*|eftermiddag\w*|middag\w*|lunch\w*|helg\w*|vardag\w*|sommar\w*|höst\w*|vinter\w*|vår|våren|jul|julen"
    r"|påsk\w*|kl|klockan|senast|tills|när|innan|idag|imorgon|nu|direkt|genast|gånger|gång|dagligen|ständigt|varannan"
    r"|varje|alltid|halvår\w*|kvartal\w*|\w*termin(?:en|s)?|\w*lov(?:et)?|midsommar\w*|nyår\w*|årsskift\w+|skolstart\w*|advent"
    r"|semester\w*|födelsedag\w*|utskrivning\w*|hemkomst\w*|ggr|mån|tis|ons|tors|fre|lör|sön)$"
)
_DATE = re.compile(r"\d{4}-\d\d|\d{1,2}/\d{1,2}|\bv\.? ?\d{1,2}\b|\d ?/ ?v\b|\b20\d\d\b|\b\d{1,2}[.:]\d\d\b")
# Who does it may stand after these: ”hjälp av hemtjänsten”, ”stöd från skolan”.
_DOER_AFTER = frozenset("av från genom".split())
_NO_DOER = frozenset("kontakt kontakten kontakter".split())
_WE = frozenset("vi du jag ni de någon".split())
_BODY = re.compile(
    r"(?:tjänsten?|vården|sjukvården|centralen?|teamet|team|enheten?|mottagningen?|kassan|förmedlingen|skolan"
    r"|kommunen|regionen"
    r"|avdelningen|boendet|stödet|personalen|personal|habiliteringen|rehabiliteringen|psykiatrin|omsorgen|nämnden"
    r"|verksamheten|föreningen|gruppen|polisen|elevhälsan|förvaltningen|hemmet|bup|rehab|jouren)$"
)
_COMMAND_NOUN = re.compile(r"(?:ing|ningar|ande|ende|syn)$")
# What ends like a command and is none: ”Dina föräldrar skjutsar dig.”
_NO_COMMAND = frozenset("dina mina våra era alla båda många andra".split())
_VERBS = frozenset(
    "är har får gör går ser ringer hjälper kommer tar ger träffar pratar tränar följer ordnar bokar lagar handlar "
    "städar "
    "skriver hämtar lämnar skickar söker möter kontaktar planerar ansvarar håller betalar visar stöttar ska kan".split()
)
_COMMAND = re.compile(r"(?:a|ing|ningar|era|ande|ka|öka|följ|ring|ge|gör|se|ta)$")


def _named_doer(words, lows) -> bool:
    """”Lena på vårdcentralen ringer” and ”Zlata ringer”, but not ”Köpa kläder”."""
    if len(words) < 2 or not words[0].capital or _COMMAND_NOUN.search(lows[0]):
        return False
    return words[0].text in NAMES or lows[1] in _VERBS


def says_when(text: Text) -> bool:
    return any(_WHEN.match(token.low) for token in text.tokens) or _DATE.search(text.whole) is not None


def says_who(text: Text) -> bool:
    """Whether anybody does it: we, you, somebody by name, an organisation; an object does not count."""
    words = text.tokens
    lows = [token.low for token in words]
    if not _WE.isdisjoint(lows):
        return True
    if _named_doer(words, lows):
        return True
    doers = [
        at
        for at, low in enumerate(lows)
        if low not in _NO_DOER and (_BODY.search(low) is not None or is_other(words, lows, at))
    ]
    if any(at and lows[at - 1] in _DOER_AFTER for at in doers):
        return True
    commands = words and _COMMAND.search(lows[0]) and lows[0] not in _NO_COMMAND
    if commands and not (_BODY.search(lows[0]) or is_other_word(lows[0])):
        return False
    return any(at == 0 or lows[at - 1] not in PREPOSITIONS for at in doers)
