"""Who a third-person word means: the person that the plan is for, or somebody else in the text."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from plainlanguage.text import Text, Token, words_of
from plainlanguage.words import ROLE, SOMEBODY, Found, plain_set

DU = frozenset("du dig din ditt dina dej".split())
SUBJECT = frozenset("han hon hen".split())
OBJECT = frozenset("honom henne henom".split())
GENITIVE = frozenset("hans hennes hens".split())
PRONOUNS = SUBJECT | OBJECT | GENITIVE
OTHERS = plain_set("others")
NAMES = plain_set("names")
# Endings of what another person is called; the first of a compound does not matter (distriktssköterskan).
_PERSON_ENDING = re.compile(
    "(?:sköterska|läkare|terapeut|chef|handläggare|assistent|sekreterare|samordnare|koordinator|pedagog|lärare|kurator"
    "|psykolog|logoped|dietist|ombud|mamma|pappa|son|dotter|syster|bror|barn|vän|väninna|granne|kompis|kontakt"
    "|kontaktperson|stödperson|stödjare|biträde|skötare|ledare|rådgivare|vårdare|konsulent|tekniker|instruktör|utredare"
    "|tränare|givare|konsult|förälder|man|fru|sambo|make|maka|hustru|mor|far|psykiater|rektor|tolk|vikarie|doktor)"
    "(?:n|en|an|et|t|s|ns|ens|ans|ets|na|nas|erna|ar|arna|er)?$"
)
# The unknown patient among others: not the person of the plan.
_ANY = frozenset(
    "en ett annan andra varje ingen inga som många alla någon några flera vår våra nya din per för ny".split()
)
_AFTER_ADJECTIVE = frozenset(
    "i på och att av med till om för som inte själv har är vill kan ska får hos utan då när".split()
)
PREPOSITIONS = frozenset(
    "till med för av hos på från åt om kring mot utan efter över under bland genom mellan runt bredvid".split()
)
CLAUSE = frozenset(
    "att om när som eftersom innan så medan och men då därför tills hur vad där vilket ifall fast".split()
)
INVERTS = frozenset(
    "i på under efter vid idag imorgon nu sedan då därför ibland ofta just hemma här där varje från med till för "
    "dessutom tidigare numera också dagligen framöver vad hur när var utan enligt genom".split()
)
REACH = 2
# The definite, plural and genitive forms of a word of the list: prästen, kusinens, vännen.
_FORMS = re.compile(r"(?:nens?|ens?|ans?|ets?|ns?|nas?|ars?|arnas?|ers?|ernas?|ors?|ornas?|s)$")
# Many at once are nobody that ”han” or ”hon” stands for.
_MANY = re.compile(r"(?:arna|erna|orna|personal(?:en)?s?|föräldrar|barnbarn|anhöriga|närstående)$")
CLAUSE_LENGTH = 20
OF_SOMEBODY = frozenset("din min sin hennes hans gode god".split())
TITLES = frozenset("fru herr fröken".split())


@dataclass(frozen=True, slots=True)
class Mention:
    """Tokens `first` to `last` (not included) that stand for the person; `form` is subject, object or genitive."""

    first: int
    last: int
    form: str
    by_name: bool = False


class Name:
    """The person's own given name, as it may stand in a text. Empty when the name must not be told."""

    def __init__(self, given: str = "", family: str = ""):
        parts = [token.text for token in words_of(unicodedata.normalize("NFC", given)[:200])]
        self.given = frozenset(part for part in parts if len(part) > 1 and part[0].isupper())
        self.family = frozenset(token.text for token in words_of(unicodedata.normalize("NFC", family)[:200]))

    def form_of(self, token: Token) -> str:
        """subject or genitive when the word is the name, else empty."""
        if token.text in self.given:
            return "subject"
        return "genitive" if token.text[-1:] == "s" and token.text[:-1] in self.given else ""


def mentions(text: Text, found: list[Found], name: Name) -> Iterator[Mention]:
    """Every place where the text speaks about the person instead of to them."""
    roles = {item.first: item for item in found if item.entry.kind in (ROLE, SOMEBODY)}
    # Last sentence in which somebody else, or the person by role or name, was named; for somebody else also where.
    other_in, person_in = -9, -9
    for number, sentence in enumerate(text.sentences):
        words = text.of(sentence)
        lows = [token.low for token in words]
        says_du = not DU.isdisjoint(low for token, low in zip(words, lows, strict=True) if not token.quoted)
        skip_to, before, other_at = -1, other_in, -1
        for at, token in enumerate(words):
            index = sentence.first + at
            if token.quoted or at < skip_to:
                continue
            item = roles.get(index)
            if item and is_the_person(lows, at, item, says_du=says_du, after_other=other_in == number):
                person_in, skip_to = number, at + item.last - item.first
                form = "genitive" if lows[skip_to - 1].endswith("s") else ""
                yield Mention(index, item.last, form or place(lows, at))
            elif form := named(words, lows, at, name, text):
                person_in = number
                last = index + 1
                if at + 1 < len(words) and words[at + 1].text in name.family:
                    last, skip_to = index + 2, at + 2
                yield Mention(index, last, form if form == "genitive" else place(lows, at), by_name=True)
            elif token.low in PRONOUNS:
                # ”Läkaren träffar henne”: whoever does it in the same clause is not whom it is done to.
                known = before if other_at >= 0 and not may_be_same(text, words, lows, other_at, at) else other_in
                somebody_else = known > person_in and number - known <= REACH
                if not says_du and not somebody_else and not starts_name(words, at):
                    yield Mention(index, index + 1, form_of(token.low))
            elif is_other(words, lows, at) and not _MANY.search(token.low):
                other_in, other_at = number, at


def may_be_same(text: Text, words: list[Token], lows: list[str], other: int, at: int) -> bool:
    """Whether ”honom” or ”hennes” at this word may stand for somebody named before it in the sentence."""
    if lows[at] in SUBJECT or at - other > CLAUSE_LENGTH or "," in text.whole[words[other].end : words[at].start]:
        return True
    return not CLAUSE.isdisjoint(lows[other + 1 : at])


def form_of(low: str) -> str:
    return "subject" if low in SUBJECT else "object" if low in OBJECT else "genitive"


def is_the_person(lows, at: int, item: Found, *, says_du: bool, after_other: bool) -> bool:
    before = lows[at - 1] if at else ""
    end = at + item.last - item.first
    after = lows[end] if end < len(lows) else ""
    word = lows[at]
    if item.entry.kind == SOMEBODY:
        return (
            not says_du
            and not after_other
            and after not in ("som", "bakom")
            and before not in _ANY | {"den", "kontakt"}
        )
    if word in ("patient", "klient", "brukare", "vårdtagare", "omsorgstagare", "pat") and before in _ANY:
        return False
    if word == "den" and lows[end - 1] in ("enskilda", "enskildas", "sjuka", "sjukas", "dementa"):
        # An adjective before its noun: den enskilda planen.
        return after == "" or after in _AFTER_ADJECTIVE or after.endswith(("r", "s", "de"))
    return True


def named(words, lows, at: int, name: Name, text: Text) -> str:
    """The form of the person's name at this word; empty for somebody else of the same name."""
    form = name.form_of(words[at])
    if not form and lows[at] in TITLES and at + 1 < len(words) and words[at + 1].text in name.family:
        # ”Fru Berg”, but not ”din fru Berg”.
        return "" if at and lows[at - 1] in DU else "subject"
    if not form:
        return ""
    if at and (is_other_word(lows[at - 1]) or lows[at - 1] in ("heter", "dr", "doktor")):
        return ""
    following = words[at + 1] if at + 1 < len(words) else None
    if following and following.capital and text.whole[words[at].end : following.start] == " ":
        return form if following.text in name.family or following.text in name.given else ""
    return form


def is_other_word(low: str) -> bool:
    if low in OTHERS or low.rstrip("s") in OTHERS or _PERSON_ENDING.search(low) is not None and len(low) > 3:
        return True
    ending = _FORMS.search(low)
    return ending is not None and any(low[:at] in OTHERS for at in range(max(4, ending.start()), len(low)))


def is_other(words, lows, at: int) -> bool:
    """A word for somebody else: kin, a profession, a name."""
    token = words[at]
    if token.capital and (token.text in NAMES or token.text.removesuffix("s") in NAMES or starts_name(words, at)):
        return True
    if token.low in ("man", "fru") and at and lows[at - 1] in OF_SOMEBODY:
        return True
    return is_other_word(token.low) and token.low not in ("man", "mans", "far", "fru", "barn", "någon", "kontakt")


def starts_name(words, at: int) -> bool:
    """Two capitalised words in a row, as in Zlata Ferizović."""
    pair = words[at : at + 2]
    return len(pair) == 2 and all(w.capital and not w.text.isupper() for w in pair) and pair[1].start == pair[0].end + 1


def place(lows, at: int) -> str:
    """Subject or object, by what stands before it in the clause."""
    if at == 0 or lows[at - 1] in CLAUSE:
        return "subject"
    if lows[at - 1] in PREPOSITIONS:
        return "object"
    # ”I dag behöver patienten”: the verb stands before its subject when something else opens the sentence.
    return "subject" if lows[0] in INVERTS or lows[0] in CLAUSE else "object"
