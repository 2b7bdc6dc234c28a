"""What an approved plan must hold (PLA-3, UPP-1), what deserves a second look, and the refusals of the services."""

import hashlib
import json
from dataclasses import dataclass

from organisations.enums import Sector
from organisations.errors import Conflict, RuleBroken
from plans import crisis
from plans.models import Doer

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


def hints(plan) -> list[Missing]:
    """What is worth a second look; never a block (PLA-7). Nothing about what is not shared with the reader."""
    words, measures = plan.words, all_measures(plan)
    found = []
    if words.get("what_matters") == "":
        found.append(Missing("what_matters", "Vad som är viktigt för personen är inte skrivet.", "viktigt"))
    if plan.seen_whole:
        found += hints_on_goals(plan, measures)
    if any(m.authority_id and m.written_by.unit.acts_for_id != m.authority_id for m in measures):
        text = "En insats är skriven av någon annan än den som ska göra den. Fråga att den stämmer."
        found.append(Missing("own_part", text, "mal"))
    if words.get("person_opinion") == "":
        found.append(Missing("opinion", "Personens egen åsikt om planen är inte skriven.", "asikt"))
    if not crisis.written(words):
        found.append(Missing("crisis", "Det står inget om vad som händer om personen mår sämre.", "samre"))
    return found


def hints_on_goals(plan, measures) -> list[Missing]:
    """What only one who sees every goal and measure can tell."""
    found = [
        Missing("goal", f"Målet ”{goal.text[:60]}” har ingen insats.", "mal")
        for goal in plan.goals.all() if not goal.measures.all()
    ]  # fmt: skip
    sectors = {m.authority.sector for m in measures if m.authority_id}
    if measures and sectors != {Sector.KOMMUN, Sector.REGION}:
        found.append(Missing("both", "En SIP har oftast insatser från både kommunen och regionen.", "mal"))
    return found


def all_measures(plan) -> list:
    return [measure for goal in plan.goals.all() for measure in goal.measures.all()]
