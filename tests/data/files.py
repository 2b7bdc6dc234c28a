"""The data files as Python values, with the small helpers that their tests share."""

import csv
import json
import re
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REGISTER = ROOT / "organisations" / "data"
CASES = ROOT / "cases" / "data"
BEFORE = json.loads((CASES / "demo_preparations.json").read_text(encoding="utf-8"))
REFERENCE_DAY = date(2026, 11, 22)

KINDS = set(
    "ward primary_care psychiatric_outpatient child_psychiatry needs_assessment home_care home_nursing rehab "
    "social_adult social_child disability addiction school_health school reception agency association "
    "administration".split()
)
ROLES = set("reader handler reception manager sip_coordinator org_admin guideline_admin".split())
STATES = set("initiated consented called met planned following_up closed declined".split())
CLOSE_REASONS = set(
    "goals_met coordination_works not_needed withdrawn other_plan compulsory_plan died moved mistake".split()
)
REASONS = set(
    "coordination several_competences unclear_responsibility parallel_measures passed_around after_inpatient "
    "repeated_visits rehabilitation early".split()
)
DEADLINES = {
    "first_contact": "TID-1",
    "call_after_ready": "TID-2",
    "meeting": "TID-3",
    "follow_up": "TID-4",
    "consent_expiry": "TID-5",
    "answer": "TID-6",
    "consultation": "MOT-4",
    "measure": "TID-7",
    "admission_notice": "TID-8",
    "payment": "LUS-5-4",
}
BANNED = re.compile(r"\b(patient|patienten|brukare|brukaren|klient|klienten|individen|hen|honom)\b", re.IGNORECASE)


def read_json(path):
    return json.loads(path.read_text(encoding="utf-8"))


def read_csv(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


REGIONS = read_csv(REGISTER / "regioner.csv")
KOMMUNER = read_csv(REGISTER / "kommuner.csv")
NUMBERS = {row["nummer"]: row["typ"] for row in read_csv(CASES / "testnummer.csv")}
GUIDELINES = read_json(REGISTER / "guidelines.json")
DEMO = read_json(REGISTER / "demo_units.json")
STORIES = read_json(CASES / "demo_stories.json")["stories"]
SHORT = read_json(CASES / "demo_cases.json")["cases"]
ALL = STORIES + SHORT
UNITS = {unit["key"]: unit for unit in DEMO["units"]}
STAFF = {member["key"]: member for member in DEMO["staff"]}
ORGANISATIONS = {row["orgnr"]: row for row in DEMO["organisations"]}
AUTHORITIES = {row["lanskod"] for row in REGIONS} | {row["kommunkod"] for row in KOMMUNER}


def luhn_ok(digits):
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def age(number):
    day = int(number[6:8])
    born = date(int(number[:4]), int(number[4:6]), day - 60 if day > 60 else day)
    return REFERENCE_DAY.year - born.year - ((REFERENCE_DAY.month, REFERENCE_DAY.day) < (born.month, born.day))


def strings(value):
    if isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    elif isinstance(value, str):
        yield value


def values_of(value, names):
    """Every value stored anywhere under one of these field names."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in names and isinstance(inner, str):
                yield inner
            yield from values_of(inner, names)
    elif isinstance(value, list):
        for inner in value:
            yield from values_of(inner, names)


def plans_of(case):
    """The first plan and every later version, oldest first."""
    versions = [case["plan"]] if case["plan"] else []
    return versions + [follow["next_version"] for follow in case["follow_ups"] if follow["next_version"]]


def measures_of(plan):
    return [measure for goal in plan["goals"] for measure in goal["measures"]]


def involved(unit):
    return [case for case in ALL if unit in {party["unit"] for party in case["parties"]}]
