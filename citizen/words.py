"""Plain words for the person: when, who, what has happened, who has read."""

import re
from dataclasses import dataclass
from itertools import zip_longest

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import log
from organisations import swedish
from organisations.enums import Sector, UserKind
from organisations.phones import PHONE
from papers.models import Kind
from papers.words import WHY_CLOSED

SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


@dataclass(frozen=True)
class Number:
    """A telephone number that the person can press, and whose it is."""

    label: str
    number: str


def numbers_in(text: str) -> list[Number]:
    """The telephone numbers of a text, each with the words of its own sentence: ”Hemsjukvården, dygnet runt”."""
    found = []
    for sentence in SENTENCE.split(text):
        hits = list(PHONE.finditer(sentence))
        for hit, following in zip_longest(hits, hits[1:]):
            after = sentence[hit.end() : following.start() if following else len(sentence)]
            before = sentence[: hit.start()] if hit is hits[0] else ""
            before = re.sub(r"^\s*ring(er)?( först| till| du)*\s+", "", before, flags=re.IGNORECASE)
            parts = [part.strip(" ,.;:()–-") for part in (before, after)]
            label = ", ".join(part for part in parts if part)
            found.append(Number(swedish_capital(label) or _("Ring"), swedish.phone(hit.group())))
    return found


def swedish_capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def when(measure) -> str:
    """Tisdagar och fredagar, 20 mars till 12 maj 2026."""
    said = [measure.frequency.strip(" .")] if measure.frequency else []
    start, end = measure.starts_on, measure.ends_on
    if start and end:
        said.append(swedish.span(start, end))
    elif end:
        said.append(_("senast %(day)s") % {"day": swedish.short_date(end)})
    elif start:
        said.append(_("från %(day)s") % {"day": swedish.short_date(start)})
    if measure.ongoing:
        said.append(_("tills vidare"))
    return swedish_capital(", ".join(said))


DOERS = {
    Sector.KOMMUN: gettext_lazy("Kommunen"),
    Sector.REGION: gettext_lazy("Regionen"),
    Sector.SCHOOL: gettext_lazy("Skolan"),
    Sector.OTHER: gettext_lazy("Annan aktör"),
    "self": gettext_lazy("Du själv"),
    "relative": gettext_lazy("Närstående"),
}


def doer(measure) -> tuple[str, str]:
    """The colour and the word for who answers for a measure."""
    kind = measure.unit.sector if measure.unit_id else measure.doer
    return kind, str(DOERS.get(kind, DOERS[Sector.OTHER]))


def closed(case) -> str:
    """Why the plan ended, in one sentence; nothing where words would hurt more than they tell."""
    return str(WHY_CLOSED.get(case.close_reason, ""))


# The person's own papers (DOK).
PAPERS = {
    Kind.CONSENT: {
        "name": gettext_lazy("Ditt samtycke"),
        "use": gettext_lazy("Vad du har svarat, vilka det gäller och hur du ändrar dig."),
    },
    Kind.INVITATION: {
        "name": gettext_lazy("Inbjudan till mötet"),
        "use": gettext_lazy("När och var ni ses, och frågor att tänka på före mötet."),
    },
    Kind.CLOSURE: {
        "name": gettext_lazy("Besked om avslut"),
        "use": gettext_lazy("Varför planen är avslutad, vad som händer nu och vem du ringer."),
    },
}
NO_PAPER = {
    Kind.CONSENT: gettext_lazy("Planen är avslutad. Dina svar finns under Vilka får läsa?"),
    Kind.INVITATION: gettext_lazy("Inget möte är bestämt."),
    Kind.CLOSURE: gettext_lazy("Det finns inget besked om avslut."),
}


# What somebody did, by the first part of the log's event.
DID = {
    ("cases", log.WRITE): gettext_lazy("Skrev i dina uppgifter"),
    ("consent", log.WRITE): gettext_lazy("Skrev ner vad du har sagt ja eller nej till"),
    ("meetings", log.WRITE): gettext_lazy("Skrev om ett möte"),
    ("preparation", log.WRITE): gettext_lazy("Förberedde mötet med dig"),
    ("premeetings.held", log.WRITE): gettext_lazy("Höll ett förmöte utan dig, om kostnader och ansvar"),
    ("premeetings", log.WRITE): gettext_lazy("Skrev om ett förmöte utan dig"),
    ("guests", log.READ): gettext_lazy("Läste sin inbjudan till mötet"),
    ("guests", log.WRITE): gettext_lazy("Skrev om en inbjudan till mötet"),
    ("guests", log.LOGIN): gettext_lazy("Öppnade sin inbjudan till mötet"),
    ("guests", log.REFUSED): gettext_lazy("Skrev fel kod till sin inbjudan"),
    ("plans", log.WRITE): gettext_lazy("Skrev i planen"),
    ("messages", log.WRITE): gettext_lazy("Skrev ett meddelande till en annan enhet"),
    ("channels", log.WRITE): gettext_lazy("Ändrade hur du får besked"),
    ("letters", log.WRITE): gettext_lazy("Postade ett brev till dig"),
    ("letters", log.PRINT): gettext_lazy("Skrev ut ett brev till dig"),
    ("papers", log.PRINT): gettext_lazy("Gjorde en blankett eller ett brev på papper"),
    ("papers", log.WRITE): gettext_lazy("Lämnade ut ett papper om planen"),
    ("deviations", log.WRITE): gettext_lazy("Skrev om något som inte fungerade"),
}
ACTIONS = {
    log.READ: gettext_lazy("Läste"),
    log.WRITE: gettext_lazy("Skrev"),
    log.SIGN: gettext_lazy("Godkände planen"),
    log.PRINT: gettext_lazy("Gjorde planen som pdf eller på papper"),
    log.REFUSED: gettext_lazy("Försökte läsa men fick inte"),
}


@dataclass(frozen=True)
class Reading:
    """One row of the log, told to the person; or several alike, of which `since` is the first."""

    at: object
    who: str
    where: str
    what: str
    since: object = None
    times: int = 1


def reading(row, person_id: int, user_id: int) -> Reading:
    """Tell a log row; `row` has the unit's name as `unit_name`."""
    if row.person_id != person_id:
        what = _("Såg namnet i en lista")
    else:
        did = DID.get((row.event, row.action)) or DID.get((row.event.split(".")[0], row.action))
        what = str(did or ACTIONS.get(row.action, row.action))
    return Reading(row.at, who(row, user_id), row.unit_name or "", what)


def who(row, user_id: int) -> str:
    if row.actor_kind == UserKind.CITIZEN:
        # The name of another guardian is not told: it may be protected.
        return _("Du själv") if row.user_id == user_id else _("Någon annan som får läsa planen")
    if row.actor_kind == "worker":
        return _("Tjänsten själv, till exempel för att påminna")
    return f"{row.actor_name}, {row.actor_title}" if row.actor_title else row.actor_name


def and_list(names: list[str]) -> str:
    """Helen, Nadia och Amira."""
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s och %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}


def attendee(name: str, title: str, unit: str) -> str:
    """Who comes to the meeting: the name when it was given, the work and where."""
    first = name or title
    said = ", ".join(filter(None, [f"{first[:1].upper()}{first[1:]}", title if name else "", unit]))
    return said
