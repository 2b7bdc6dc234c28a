"""Passive without anybody who does it: s-passive, and är or blir with a participle."""

import re
from collections.abc import Iterator

from plainlanguage.text import Text
from plainlanguage.words import plain_set

NOT_PASSIVE = plain_set("deponents")
S_VERBS = plain_set("verbs")
PARTICIPLES = plain_set("participles")
NAMES = frozenset(name.lower() for name in plain_set("names"))
PARTICLES = (
    "upprätt", "genom", "vidare", "över", "under", "fram", "åter", "efter", "till", "upp", "ned", "ner", "för", "med",
    "sam", "mot", "hän", "ut", "in", "be", "er", "an", "av", "om", "på", "bi",
)  # fmt: skip
HELPERS = frozenset("ska skall kan bör måste får kommer skulle kunde borde behöver att kunna".split())
BECOMES = frozenset("blir blev bli blivit bliva".split())
IS = frozenset("är var varit vara".split())
HAS = frozenset("har hade ha".split())
# After blir: how somebody feels, not what somebody does to them.
FEELINGS = tuple(
    "glad sjuk stressad orolig trött intresserad engagerad motiverad irriterad stressade deprimerad orienterad "
    "pensionerad separerad relaterad relaterat anpassad anpassat berättigad överrumplad utvilad inspirerad frustrerad "
    "fokuserad avslappnad koncentrerad anspänd rädd ledsen nöjd isolerad förlorad lugnad generad ensammad "
    "irriterade motiverade intresserade stressat komplicerad komplicerat begränsad begränsat utmattad besviken "
    "förvånad förälskad skild gift född bekant välkommen värd redo beredd skadad förkyld förvirrad "
    "inlagd inlagda".split()
)
# Nouns in the genitive or plural that end like a verb.
_NO_VERB = re.compile(
    r"(?:plats|sats|skatts|apparats|sköterskas|kvinnas|flickas|endes|andes|ingars|hets|ionas|[oae]rnas"
    r"|syrgas|lustgas|glas|gräs|kalas|ananas|igas|vuxnas|sjukas|ungas|gamlas|enskildas)$"
)
_SURE = re.compile(r"(?:eras|erades|erats|ades|its|ieras)$")
_PAST = re.compile(
    r"(?:rdes|jdes|ndes|mdes|ldes|gdes|vdes|ddes|ktes|ptes|ttes|stes|kts|rts|gts|vts|mts|its|ats|tts|lts)$"
)
_MADE = re.compile(r"..(?:ad|ade|rd|lld|gd|dd)$|....at$")
_NOUNS = frozenset(
    "månad resultat privat kamrat format apparat klimat stad lägenhetsbad bad värd rad fredad ord gård "
    "vård bord".split()
)
_DONE = re.compile(r"(?:erad|erat|erade)$")
HELPED = frozenset("hjälps hjälpas hjälptes hjälpts".split())
BEFORE_NOUN = frozenset("din ditt dina er ert era vår vårt våra den det de en ett dess deras hennes hans".split())
_GENITIVE = re.compile(r"..(?:en|et|na|ns|rn)s$")
WINDOW = 4
NEAR = 3


def passives(text: Text) -> Iterator[tuple[int, int]]:
    """First and last token (included) of every passive whose sentence does not say by whom."""
    for sentence in text.sentences:
        words = text.of(sentence)
        lows = [token.low for token in words]
        # Each ”av” once, from the back: whether anybody does it after a given word.
        by_whom = _agents(lows)
        for at, token in enumerate(words):
            if token.quoted:
                continue
            first = _start_of(words, lows, at)
            if first is not None and not by_whom[at + 1]:
                yield sentence.first + first, sentence.first + at


# ”på grund av”, ”i början av maj”, ”vid behov av”: nobody who does it.
NO_AGENT_AFTER = frozenset(
    "grund form behov slutet början mitten del delar resten anledning följd typ stället hänsyn utgången".split()
)


def _agents(lows: list[str]) -> list[bool]:
    """For each place: whether an ”av” that names somebody stands there or later."""
    found = [False] * (len(lows) + 2)
    for at in range(len(lows) - 1, -1, -1):
        named = lows[at] == "av" and at + 1 < len(lows) and lows[at + 1] not in ("att", "och", "en", "ett", "när")
        named |= lows[at] == "av" and lows[at + 1 : at + 2] in (["en"], ["ett"])
        named &= at == 0 or lows[at - 1] not in NO_AGENT_AFTER
        found[at] = found[at + 1] or named
    return found


def _start_of(words, lows, at: int) -> int | None:
    """Where the passive that ends at this word begins, or None when the word is no passive."""
    low = lows[at]
    if low.endswith("s"):
        return at if s_passive(words, lows, at) else None
    known = _is_listed(low, PARTICIPLES) or _DONE.search(low) is not None
    if not (known or _MADE.search(low)) or low.endswith(FEELINGS) or low in _NOUNS:
        return None
    if at and at + 1 < len(lows) and (lows[at - 1] in BEFORE_NOUN or _GENITIVE.search(lows[at - 1])):
        # An adjective: ”här är din samordnade plan”.
        return None
    for back in range(at - 1, max(-1, at - 1 - WINDOW), -1):
        # What one is may be no more than how it is; what one becomes, somebody has done.
        if lows[back] in BECOMES or known and lows[back] in IS:
            return back
        # Another verb in between: ”är hos dig och har bokat”.
        if lows[back] in HAS or lows[back] in ("och", "som", "att") or words[back].quoted:
            return None
    return None


def s_passive(words, lows, at: int) -> bool:
    low = lows[at]
    if low in ("ses", "sågs") and lows[at + 1 : at + 2] in (["över"], ["efter"], ["till"]):
        return True
    if low in HELPED:
        # ”Ni hjälps åt” is what several do; ”du hjälps upp” is not.
        return "åt" not in lows[at + 1 : at + 1 + NEAR]
    if low in ("fattas", "fattades", "fattats") and any(word.startswith("beslut") for word in lows[:at]):
        return True
    if (
        len(low) < 3
        or low in NOT_PASSIVE
        or low in NAMES
        or low[:-1] in NAMES
        or _NO_VERB.search(low)
        or low.endswith("ss")
    ):
        return False
    if words[at].capital and (at > 0 or words[at].text.isupper()):
        return False
    if low == "kallas" and lows[at + 1 : at + 2] == ["för"]:
        # What a thing is called; somebody who is called to a meeting is.
        return False
    if _SURE.search(low) or low.endswith(("des", "tes")) and _PAST.search(low):
        return True
    if low.endswith("as"):
        return True
    if _is_listed(low, S_VERBS):
        return True
    near = lows[max(0, at - NEAR) : at]
    return bool(HAS.intersection(near) or "blivit" in near) and bool(_PAST.search(low)) and not low.endswith("ets")


def _is_listed(low: str, listed: frozenset[str]) -> bool:
    """The word itself, or after a particle: genomförs, uppsatt."""
    if low in listed:
        return True
    return any(low.startswith(particle) and low[len(particle) :] in listed for particle in PARTICLES)
