"""Whether a measure says who does it and when, in its own words or in its fields (PLA-2)."""

import re

from plainlanguage.people import PREPOSITIONS, is_other, is_other_word
from plainlanguage.text import Text

_WHEN = re.compile(
    r"^(?:(?:mån|tis|ons|tors|fre|lör|sön)dag\w*|januari|februari|mars|april|maj|juni|juli|augusti|september|oktober"
    r"|november|december|veck\w+|dag\w*|dygn\w*|månad\w*|år|året|årligen|timm\w+|minut\w*|morg\w+|kväll\w*|natt\w*|nätter"
    r"|förmiddag\w*|eftermiddag\w*|middag\w*|lunch\w*|helg\w*|vardag\w*|sommar\w*|höst\w*|vinter\w*|vår|våren|jul|julen"
    r"|påsk\w*|kl|klockan|senast|tills|när|innan|idag|imorgon|nu|direkt|genast|gånger|gång|dagligen|ständigt|varannan"
    r"|varje|alltid|halvår\w*|kvartal\w*|terminen?)$"
)
_DATE = re.compile(r"\d{4}-\d\d|\d{1,2}/\d{1,2}|\b20\d\d\b|\b\d{1,2}[.:]\d\d\b")
_WE = frozenset("vi du jag ni de någon".split())
_BODY = re.compile(
    r"(?:tjänsten?|vården|sjukvården|centralen?|teamet|team|enheten?|mottagningen?|kassan|förmedlingen|skolan|kommunen|regionen"
    r"|avdelningen|boendet|stödet|personalen|personal|habiliteringen|rehabiliteringen|psykiatrin|omsorgen|nämnden"
    r"|verksamheten|föreningen|gruppen|polisen|elevhälsan|förvaltningen|hemmet|bup|rehab|jouren)$"
)
_COMMAND_NOUN = re.compile(r"(?:ing|ningar|ande|ende|syn)$")
_NO_VERBS = frozenset("efter över under för inför per eller när där här var kvar mer fler timmar gånger dagar veckor utanför".split())
_COMMAND = re.compile(r"(?:a|ing|ningar|era|ande|ka|öka|följ|ring|ge|gör|se|ta)$")


def _has_verb(lows) -> bool:
    """”Lena ringer” and ”Lena på vårdcentralen ringer”, but not ”Träna balans”."""
    return any(low.endswith("r") and len(low) > 2 and low not in _NO_VERBS for low in lows[1:5])


def says_when(text: Text) -> bool:
    return any(_WHEN.match(token.low) for token in text.tokens) or _DATE.search(text.whole) is not None


def says_who(text: Text) -> bool:
    """Whether anybody does it: we, you, somebody by profession or name, or an organisation; an object does not count."""
    words = text.tokens
    lows = [token.low for token in words]
    if not _WE.isdisjoint(lows):
        return True
    if words and _COMMAND.search(lows[0]) and not (_BODY.search(lows[0]) or is_other_word(lows[0]) or _has_verb(lows)):
        return False
    if words and words[0].capital and len(lows) > 1 and _has_verb(lows) and not _COMMAND_NOUN.search(lows[0]):
        return True
    return any(
        (_BODY.search(low) is not None or is_other(words, lows, at)) and (at == 0 or lows[at - 1] not in PREPOSITIONS)
        for at, low in enumerate(lows)
    )
