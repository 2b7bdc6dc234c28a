"""What an approved plan must hold (PLA-3, UPP-1), what deserves a second look, and the refusals of the services."""

import hashlib
import json
from dataclasses import dataclass, replace

from organisations.enums import Sector
from organisations.errors import Conflict, RuleBroken
from plans import crisis
from plans.models import Doer, MeasureState

APPROVED_MEANWHILE = (
    "Den här versionen av planen har godkänts medan du skrev. Din text är inte sparad. Kopiera den innan du går vidare."
)
NO_PLAN = "Det finns ingen plan att arbeta med. Ladda om sidan och se vad som gäller nu."


def digest(values: dict) -> str:
    """A short mark of a block's text, so that a save can tell whether somebody changed that block meanwhile."""
    text = json.dumps({name: str(value or "") for name, value in sorted(values.items())})
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class Stale(Conflict):
    """Somebody saved a newer text; `theirs` is what stands now, `revision` and `seen` what the next save builds on."""

    def __init__(self, *, theirs: dict, revision: int, saved: str, seen: str = ""):
        super().__init__(
            "Någon annan sparade samtidigt. Båda texterna står här. Skriv ihop dem till en och spara igen."
        )
        self.theirs, self.revision, self.saved, self.seen = theirs, revision, saved, seen


@dataclass(frozen=True)
class Missing:
    """One thing that a plan must have before it is approved; `part` is a slug, `block` where to write it."""

    part: str
    text: str
    block: str


class NotReady(RuleBroken):
    """The plan lacks what the law or the follow-up demands; `missing` names each part."""

    def __init__(self, missing: list[Missing]):
        super().__init__(" ".join(item.text for item in missing))
        self.missing = missing


def missing(plan, *, today) -> list[Missing]:
    """What stands between the plan and its approval: the law's four parts, the follow-up and huvudansvarig.

    SoL 10:9 and HSL 16:4: the measures needed, each huvudman's, what others do, who has the overall responsibility.
    """
    measures = all_measures(plan)
    found = []
    # What is not shared with the reader is not said to be missing.
    if not measures and plan.seen_whole:
        found.append(Missing("measures", "Insatser saknas. Skriv minst ett mål med en insats.", "mal"))
    for measure in measures:
        if measure.doer == Doer.UNIT and measure.authority_id is None:
            named = f"Huvudman saknas för insatsen ”{measure.text[:60]}”."
            text = f"{named} Välj en enhet i kommunen eller regionen, eller ”Någon annan”."
            found.append(Missing("authority", text, "mal"))
        elif measure.waits:
            # No huvudman decides measures for another (SoL 10:9, HSL 16:4, PLA-4).
            text = f"{measure.unit.name} har inte bekräftat insatsen ”{measure.text[:60]}”."
            found.append(Missing("confirmed", text, "mal"))
        elif measure.doer == Doer.UNIT and measure.state == MeasureState.DECLINED:
            text = f"{measure.unit.name} kan inte göra insatsen ”{measure.text[:60]}”."
            way = "Skriv om den, ge den till någon annan eller ta bort den."
            found.append(Missing("confirmed", f"{text} {way}", "mal"))
    if plan.words.get("others_measures") == "" and not plan.others_nobody:
        text = "Det saknas vad andra än kommunen och regionen gör. Skriv det, eller kryssa i att ingen annan gör något."
        found.append(Missing("others", text, "andra"))
    if plan.lead_authority_id is None:
        found.append(Missing("lead_authority", "Huvudman med det övergripande ansvaret saknas.", "ansvar"))
    if plan.lead_staff_id is None or plan.lead_unit_id is None:
        found.append(Missing("lead", "Huvudansvarig saknas. Välj vem personen kan ringa.", "ansvar"))
    if plan.follow_up_on is None:
        found.append(Missing("follow_up", "Datum för uppföljning saknas.", "uppfoljning"))
    elif plan.follow_up_on <= today:
        found.append(
            Missing("follow_up", "Datumet för uppföljning har passerat. Välj ett senare datum.", "uppfoljning")
        )
    return found


@dataclass(frozen=True)
class Part:
    """One thing that the law or the follow-up demands of a plan, and whether it is there."""

    slug: str
    text: str
    block: str
    statutory: bool
    lacks: tuple[str, ...] = ()
    unseen: bool = False

    @property
    def done(self) -> bool:
        return not self.lacks and not self.unseen


# All that `missing` names: the four parts of the law (SoL 10:9, HSL 16:4) in its order, then what a plan needs.
PARTS = (
    Part("measures", "Vilka insatser som behövs", "mal", True),
    Part("authority", "Vilken huvudman som ansvarar för varje insats", "mal", True),
    Part("others", "Vad andra än kommunen och regionen gör", "andra", True),
    Part("lead_authority", "Vilken huvudman som har det övergripande ansvaret", "ansvar", True),
    Part("confirmed", "Att varje enhet har sagt ja till sina insatser", "mal", False),
    Part("lead", "Huvudansvarig person", "ansvar", False),
    Part("follow_up", "Datum för uppföljning", "uppfoljning", False),
)


def checklist(plan, lacking: list[Missing]) -> list[Part]:
    """Every part with what it lacks. What is not shared with the reader is neither done nor missing."""
    unseen = set() if plan.seen_whole else {"measures", "authority"} if not all_measures(plan) else {"authority"}
    unseen |= {"others"} if "others_measures" in plan.hidden else set()
    told = {part.slug: tuple(item.text for item in lacking if item.part == part.slug) for part in PARTS}
    if told["measures"]:
        # Of measures that are not there nobody answers for any.
        told["authority"] = ("Skriv insatserna först.",)
    return [replace(part, lacks=told[part.slug], unseen=part.slug in unseen and not told[part.slug]) for part in PARTS]


@dataclass(frozen=True)
class Meter:
    """How much of what the law demands a plan has."""

    parts: tuple[Part, ...]

    @property
    def done(self) -> int:
        return sum(part.done for part in self.parts)

    @property
    def whole(self) -> bool:
        return self.done == len(self.parts)


def meter(plan, lacking: list[Missing]) -> Meter:
    """The four parts of the law, with what is missing (PLA-3)."""
    return Meter(tuple(part for part in checklist(plan, lacking) if part.statutory))


def hints(plan) -> list[Missing]:
    """What is worth a second look in the plan as a whole; never a block. Nothing of what is not shared with the reader.

    `attention` adds what the measures give.
    """
    words, measures = plan.words, all_measures(plan)
    found = []
    if words.get("what_matters") == "":
        found.append(Missing("what_matters", "Vad som är viktigt för personen är inte skrivet.", "viktigt"))
    sectors = {m.authority.sector for m in measures if m.authority_id}
    if plan.seen_whole and measures and sectors != {Sector.KOMMUN, Sector.REGION}:
        found.append(Missing("both", "En SIP har oftast insatser från både kommunen och regionen.", "mal"))
    if words.get("person_opinion") == "":
        found.append(Missing("opinion", "Personens egen åsikt om planen är inte skriven.", "asikt"))
    if not crisis.written(words):
        found.append(Missing("crisis", "Det står inget om vad som händer om personen mår sämre.", "samre"))
    return found


def all_measures(plan) -> list:
    return [measure for goal in plan.goals.all() for measure in goal.measures.all()]
