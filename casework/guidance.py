"""The help page: what applies in the unit's county, from the guideline that is stored (GUI-2)."""

from django.utils import timezone

from cases.clocks import UNITS
from organisations import swedish
from organisations.models import Guideline

# The order in which the guideline's own texts are read.
TEXTS = {
    "duty": "Vem ska komma",
    "meeting": "Mötet",
    "follow_up": "Uppföljningen",
    "at_discharge": "När någon skrivs ut från sjukhus",
    "cancel_same_day": "Om mötet ställs in",
    "dispute": "Om ni inte är överens",
}
DEADLINES = {
    "first_contact": "Första kontakten med personen",
    "call_after_ready": "Kallelse efter att personen är utskrivningsklar",
    "meeting": "SIP-möte",
    "follow_up": "Uppföljning",
}
COUNTED_FROM = {
    "need_found": "från att behovet upptäcktes",
    "discharge_ready": "från att personen är utskrivningsklar",
    "follow_up_agreed": "från dagen ni bestämde",
    "plan_approved": "från att planen godkändes",
}


def page(unit) -> dict:
    """The template context: the county's guideline, its texts and its time limits."""
    county = unit.acts_for.county_code if unit.acts_for_id else ""
    guideline = Guideline.objects.for_county(county, timezone.localdate())
    if guideline is None:
        return {"guideline": None}
    texts = guideline.settings.get("texts", {})
    rules = guideline.deadline_rules.valid_on(timezone.localdate()).filter(kind__in=DEADLINES).order_by("pk")
    return {
        "guideline": guideline,
        "starters": guideline.starters.get("text", ""),
        "texts": [{"heading": heading, "text": texts[key]} for key, heading in TEXTS.items() if texts.get(key)],
        "deadlines": [deadline_row(rule) for rule in rules if rule.amount],
        "codes": guideline.settings.get("kva_codes", []),
    }


def deadline_row(rule) -> dict:
    one, many = UNITS[rule.unit]
    return {
        "name": DEADLINES[rule.kind],
        "within": f"{swedish.count(rule.amount, one, many)} {COUNTED_FROM.get(rule.starts_at, '')}".strip(),
        "statutory": rule.statutory,
        "source": rule.legal_source,
    }
