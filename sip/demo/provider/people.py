"""Who can log in at the demo's providers, and what the provider states of them."""

import csv
import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]
UNITS = PROJECT / "organisations" / "data" / "demo_units.json"
NUMBERS = PROJECT / "cases" / "data" / "testnummer.csv"
CARE = "Vård och behandling"
OWN_DIRECTORY = "https://id.oidc.se/claim/orgAffiliation"
NUMBER = {
    "personnummer": "https://id.oidc.se/claim/personalIdentityNumber",
    "samordningsnummer": "https://id.oidc.se/claim/coordinationNumber",
}
# Kinds of units whose staff have medarbetaruppdrag in HSA, and roles that work with patients.
HEALTH = {"ward", "primary_care", "psychiatric_outpatient", "child_psychiatry", "home_nursing", "rehab", "reception"}
CARING = {"reader", "handler", "reception", "manager", "sip_coordinator"}


@dataclass(frozen=True)
class Commission:
    """One medarbetaruppdrag as Inera's IdP states it."""

    hsa_id: str
    name: str
    unit_hsa_id: str
    unit_name: str
    provider_name: str
    purpose: str = CARE

    def claims(self) -> dict[str, str]:
        return {
            "commissionHsaId": self.hsa_id,
            "commissionName": self.name,
            "commissionPurpose": self.purpose,
            "healthCareUnitHsaId": self.unit_hsa_id,
            "healthCareUnitName": self.unit_name,
            "healthCareProviderName": self.provider_name,
        }


@dataclass(frozen=True)
class Person:
    """Somebody who can log in; `group` is the heading in the list."""

    key: str
    name: str
    group: str
    claims: dict = field(default_factory=dict)
    commissions: tuple[Commission, ...] = ()

    @property
    def subject(self) -> str:
        return hashlib.sha256(f"demo {self.key}".encode()).hexdigest()[:32]


def names(name: str) -> dict[str, str]:
    given, _, family = name.partition(" ")
    return {"given_name": given, "family_name": family, "name": name}


def staff() -> list[Person]:
    """Everybody with an account in the test environment's register."""
    data = json.loads(UNITS.read_text(encoding="utf-8"))
    units = {unit["key"]: unit for unit in data["units"]}
    organisations = {one["orgnr"]: one["name"] for one in data["organisations"]}
    found = []
    for item in data["staff"]:
        if not item.get("username"):
            continue
        home = organisations[units[item["assignments"][0]["unit"]]["organisation"]]
        claims = names(item["name"])
        if item.get("hsa_id"):
            claims["employeeHsaId"] = item["hsa_id"]
        if item.get("directory_id"):
            claims[OWN_DIRECTORY] = item["directory_id"]
        held = tuple(
            commission(units[given["unit"]], home)
            for given in item["assignments"]
            if is_care(units[given["unit"]]) and given["role"] in CARING
        )
        found.append(Person(item["username"], item["name"], home, claims, held))
    return sorted(found, key=lambda person: (person.group, person.name))


def is_care(unit: dict) -> bool:
    return bool(unit["hsa_id"]) and unit["kind"] in HEALTH


def commission(unit: dict, provider_name: str) -> Commission:
    return Commission(
        hsa_id=unit["hsa_id"].replace("-D", "-U"),
        name=f"{CARE}, {unit['name']}",
        unit_hsa_id=unit["hsa_id"],
        unit_name=unit["name"],
        provider_name=provider_name,
    )


def citizens() -> list[Person]:
    data = json.loads(UNITS.read_text(encoding="utf-8"))
    return [
        Person(
            item["username"],
            item["name"],
            "Testpersoner",
            {**names(item["name"]), NUMBER["personnummer"]: item["personnummer"]},
        )
        for item in data["citizens"]
    ]


def with_number(number: str) -> Person | None:
    """Somebody with one of Skatteverket's test numbers; no other number is taken."""
    with NUMBERS.open(encoding="utf-8", newline="") as file:
        kinds = {row["nummer"]: row["typ"] for row in csv.DictReader(file)}
    digits = "".join(sign for sign in number if sign.isdigit())
    if digits not in kinds:
        return None
    named = next((one for one in citizens() if digits in one.claims.values()), None)
    claims = {**names("Testa Testsson"), NUMBER[kinds[digits]]: digits}
    return named or Person(f"nummer-{digits}", "Testa Testsson", "Testnummer", claims)
