"""Loads the register: regions, kommuner, guidelines; in a demo invented units and staff too. Idempotent (GUI-1)."""

import csv
import functools
import json
from datetime import date, time
from pathlib import Path

from django.contrib.auth.hashers import make_password

from organisations.enums import OrganisationKind, Role, Sector, UserKind
from organisations.models import Assignment, Authority, DeadlineRule, Guideline, Organisation, Staff, Topic, Unit, User
from organisations.roles import CASE_ROLES

DATA = Path(__file__).parent / "data"
# Region and kommun in one legal entity: the role sits on the unit.
KOMMUN_IN_REGION = {"0980": "09"}


def rows(name: str) -> list[dict]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def document(name: str) -> dict:
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def load_authorities(db: str) -> None:
    """All 21 regions and 290 kommuner, each with its organisation."""
    for row in rows("regioner.csv"):
        organisation, _ = Organisation.objects.using(db).update_or_create(
            orgnr=row["orgnr"], defaults={"name": row["region"], "kind": OrganisationKind.PUBLIC}
        )
        Authority.objects.using(db).update_or_create(
            code=row["lanskod"],
            defaults={
                "organisation": organisation,
                "sector": Sector.REGION,
                "name": row["region"],
                "county_code": row["lanskod"],
            },
        )
    known = {a.code: a for a in Authority.objects.using(db).select_related("organisation")}
    for row in rows("kommuner.csv"):
        code, name = row["kommunkod"], kommun_name(row["kommun"])
        if code in known:
            organisation = known[code].organisation
        elif code in KOMMUN_IN_REGION:
            organisation = known[KOMMUN_IN_REGION[code]].organisation
        else:
            organisation = Organisation.objects.using(db).create(name=name, kind=OrganisationKind.PUBLIC)
        Authority.objects.using(db).update_or_create(
            code=code,
            defaults={
                "organisation": organisation,
                "sector": Sector.KOMMUN,
                "name": name,
                "county_code": row["lanskod"],
            },
        )


def kommun_name(name: str) -> str:
    """”Borlänge” → ”Borlänge kommun”; a final s or x is not doubled (”Borås kommun”)."""
    return f"{name} kommun"


def load_guidelines(db: str) -> None:
    """The counties' agreements with their deadline rules."""
    content = document("guidelines.json")["guidelines"]
    for item in content:
        refuse_overlaps(item)
        known = {"slug", "name", "county_code", "valid_from", "valid_to", "source", "description", "duty_sectors"}
        known |= {"starters", "approver_at_discharge", "signatures", "deadline_rules"}
        guideline, _ = Guideline.objects.using(db).update_or_create(
            slug=item["slug"],
            defaults={
                **{k: item[k] for k in known - {"slug", "county_code", "deadline_rules"}},
                "county_code": item["county_code"] or "",
                "settings": {k: v for k, v in item.items() if k not in known},
            },
        )
        for rule in item["deadline_rules"]:
            load_rule(db, guideline, rule)


RULE_KEY = ("kind", "care_type", "valid_from")
RULE_VALUES = (
    "starts_at", "direction", "amount", "unit", "day_zero_counts", "moves", "statutory", "warn_before_days",
    "escalate_after_days", "legal_source", "valid_to",
)  # fmt: skip


def load_rule(db: str, guideline: Guideline, rule: dict) -> None:
    """One dated rule; a new `valid_from` is a new row, so that what was decided before stands."""
    cutoff = time.fromisoformat(rule["cutoff_time"]) if rule["cutoff_time"] else None
    DeadlineRule.objects.using(db).update_or_create(
        guideline=guideline,
        **{name: rule[name] for name in RULE_KEY},
        defaults={name: rule[name] for name in RULE_VALUES} | {"cutoff_time": cutoff},
    )


def refuse_overlaps(item: dict) -> None:
    """Raise ValueError when two rules of a kind hold for the same care on the same day."""
    seen = {}
    for rule in item["deadline_rules"]:
        span = (rule["valid_from"] or "", rule["valid_to"] or "9999-12-31")
        for care, other in seen.get(rule["kind"], []):
            same_care = "any" in (care, rule["care_type"]) or care == rule["care_type"]
            if same_care and span[0] <= other[1] and other[0] <= span[1]:
                raise ValueError(f"Två tidsregler för {rule['kind']} gäller samma dag i {item['slug']}.")
        seen.setdefault(rule["kind"], []).append((rule["care_type"], span))


def load_topics(db: str) -> None:
    """The subjects that a person may exempt for a party (SAM-3); a bit once given is never given to another."""
    for position, row in enumerate(rows("topics.csv")):
        Topic.objects.using(db).update_or_create(
            code=row["code"],
            defaults={
                "bit": int(row["bit"]),
                "label": row["label"],
                "plain_label": row["plain_label"],
                "position": position,
            },
        )


def load_demo_units(db: str) -> dict[str, Unit]:
    """Invented units and organisations of the test environment; returns them by key."""
    data = document("demo_units.json")
    organisations = {}
    for item in data["organisations"]:
        codes = item.get("authority_codes") or []
        organisation = None
        if codes:
            organisation = Organisation.objects.using(db).get(authority__code=codes[0])
            # The list of kommuner has place names; its own name is ”Falu kommun”, not ”Falun kommun”.
            Organisation.objects.using(db).filter(pk=organisation.pk).update(orgnr=item["orgnr"], name=item["name"])
            if len(codes) == 1:
                Authority.objects.using(db).filter(code=codes[0]).update(name=item["name"])
        else:
            organisation, _ = Organisation.objects.using(db).update_or_create(
                orgnr=item["orgnr"], defaults={"name": item["name"], "kind": item["kind"]}
            )
        organisations[item["orgnr"]] = organisation
    authorities = {a.code: a for a in Authority.objects.using(db).all()}
    units: dict[str, Unit] = {}
    waiting = list(data["units"])
    while waiting:
        item = waiting.pop(0)
        if item["parent"] and item["parent"] not in units:
            waiting.append(item)
            continue
        units[item["key"]], _ = Unit.objects.using(db).update_or_create(
            organisation=organisations[item["organisation"]],
            name=item["name"],
            acts_for=authorities.get(item["acts_for"]),
            defaults={
                "committee": item["committee"] or "",
                "short_name": item["short_name"],
                "kind": item["kind"],
                "parent": units.get(item["parent"]),
                "hsa_id": item["hsa_id"] or "",
                "is_reception": item["is_reception"],
                "phone": item["phone"] or "",
                "email": item["email"] or "",
                "contact_note": item["contact"] or "",
            },
        )
    return units


def load_demo_staff(db: str, units: dict[str, Unit], *, password: str) -> dict[str, Staff]:
    """Invented staff with assignments, and demo logins for those who have a user name; returns them by key."""
    found = {}
    for item in document("demo_units.json")["staff"]:
        user = demo_user(db, item["username"], item["name"], UserKind.STAFF, password) if item.get("username") else None
        home = units[item["assignments"][0]["unit"]]
        staff, _ = Staff.objects.using(db).update_or_create(
            organisation=home.organisation,
            name=item["name"],
            defaults={
                "title": item["title"],
                "user": user,
                "hsa_id": item.get("hsa_id") or "",
                "directory_id": item.get("directory_id") or "",
                "phone": item.get("phone") or home.phone,
            },
        )
        for assignment in item["assignments"]:
            unit = units[assignment["unit"]]
            in_hsa = unit.is_health and assignment["role"] in CASE_ROLES
            Assignment.objects.using(db).get_or_create(
                staff=staff,
                unit=unit,
                role=Role(assignment["role"]),
                is_active=True,
                # Before the first of the demo's cases.
                defaults={
                    "valid_from": date(2025, 1, 1),
                    "commission_hsa_id": commission_of(unit.hsa_id) if in_hsa else "",
                },
            )
        found[item["key"]] = staff
    return found


def commission_of(unit_hsa_id: str) -> str:
    """The invented medarbetaruppdrag of an invented unit; as in HSA, one that all who work there share."""
    return unit_hsa_id.replace("-D", "-U")


def load_demo_citizens(db: str, *, password: str) -> list[tuple[User, dict]]:
    return [
        (demo_user(db, item["username"], item["name"], UserKind.CITIZEN, password), item)
        for item in document("demo_units.json")["citizens"]
    ]


def demo_user(db: str, username: str, name: str, kind: str, password: str) -> User:
    user = User.objects.using(db).filter(username=username).first() or User(username=username)
    user.name, user.kind, user.is_demo = name, kind, True
    if not user.password:
        user.password = hashed_once(password)
    user.save(using=db)
    return user


@functools.cache
def hashed_once(password: str) -> str:
    """All demo users share one password that stands on the login page; fifty slow hashes of it protect nobody."""
    return make_password(password)
