"""Sharing on another ground in law than consent: for one party, named topics and facts, for a time (OSL 25:12, 26:9).

It takes the place of the answer about sharing, never of the answer about planning.
"""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from django.utils import timezone

from audit import log
from cases import services as cases
from cases.enums import State
from cases.numbers import is_minor
from cases.topics import ALL, labels_of, must_be_readable
from consent import coverage, snapshot
from consent.handing_over import disclose, send_off
from consent.models import LegalGround
from notifications import services as notifications
from organisations import swedish
from organisations.errors import ALREADY, Conflict, RuleBroken

DATA = Path(__file__).parent / "data" / "legal_grounds.csv"
# Three months unless something else is needed, and never more than a year.
USUAL = timedelta(days=91)
LONGEST = timedelta(days=365)


@dataclass(frozen=True)
class Statute:
    """One ground in law, with the days between which it may be used."""

    code: str
    statute: str
    label: str
    minors_only: bool
    needs_text: bool
    valid_from: date
    valid_to: date | None
    source: str


@cache
def all_statutes() -> tuple[Statute, ...]:
    """The dated list, as it lies in the data file."""
    with DATA.open(encoding="utf-8", newline="") as file:
        return tuple(
            Statute(
                row["code"],
                row["statute"],
                row["label"],
                row["minors_only"] == "yes",
                row["needs_text"] == "yes",
                date.fromisoformat(row["valid_from"]),
                date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
                row["source"],
            )
            for row in csv.DictReader(file)
        )


def statutes(on: date) -> list[Statute]:
    """Those in force that day, in the order of the file."""
    return [s for s in all_statutes() if s.valid_from <= on and (s.valid_to is None or on <= s.valid_to)]


def possible_parties(case):
    """The parties that a ground can be for: all but the owner's unit, which sees the case anyway."""
    return case.participations.active().exclude(unit_id=case.owner_unit_id).with_names().order_by("unit__name")


def record(*, case, unit, statute: str, topics: int, facts: str, reason: str, valid_to, by, other="") -> LegalGround:
    """Decide that facts of these topics may be shared with the party, without its being in the consent.

    `statute` is a code of the data file; `other` the words of a statute that is not in it. Raises RuleBroken.
    """
    chosen = check(case, unit=unit, code=statute, topics=topics, valid_to=valid_to, other=other)
    if not facts or not reason:
        raise RuleBroken(
            "Skriv vilka uppgifter det gäller och varför de behövs.", field="facts" if reason else "reason"
        )
    must_be_readable(case.pk, topics, by=by)
    ground = LegalGround.objects.create(
        case=case, unit=unit, statute=chosen.statute or other, topics=topics, facts=facts, reason=reason,
        valid_to=valid_to, recorded_by_id=by.assignment_id,
    )  # fmt: skip
    about = ", ".join(labels_of(topics)).lower()
    until = swedish.short_date(valid_to)
    text = f"{unit.name} får ta del av uppgifter med stöd av lag till och med {until}"
    cases.note(case, kind="ground_recorded", text=text, detail=ground.statute, topics=topics, by=by)
    log.record(
        "consent.ground_recorded", case_id=case.pk, person_id=case.person_id, object_id=str(ground.pk),
        legal_basis=ground.statute,
    )  # fmt: skip
    what = f"Uppgifter om: {about}. Till och med {until}"
    disclose(case=case, unit=unit, what=what[:200], basis=ground.statute, topics=topics, by=by)
    notifications.tell_unit(unit_id=unit.pk, case_id=case.pk, kind="party", key=f"ground:{ground.pk}")
    if case.state == State.INITIATED:
        case.consent_given()
        case.save()
    return ground


def check(case, *, unit, code, topics, valid_to, other) -> Statute:
    """The statute, when all that the law and the case demand is there."""
    today = timezone.localdate()
    if not coverage.planning_stands(coverage.current(case)):
        raise RuleBroken(
            "Personen behöver ha sagt ja till att planera tillsammans. En grund i lag ersätter bara svaret om att dela."
        )
    chosen = next((s for s in statutes(today) if s.code == code), None)
    if chosen is None:
        raise RuleBroken("Välj vilket stöd i lag det gäller.", field="statute")
    if chosen.needs_text and not other:
        raise RuleBroken("Skriv lag, kapitel och paragraf.", field="other")
    if chosen.minors_only and not is_minor(case.person.number, today):
        raise RuleBroken("Personen har fyllt 18 år. Välj ett annat stöd i lag.", field="statute")
    if not possible_parties(case).filter(unit=unit).exists():
        raise RuleBroken("Välj en av aktörerna i ärendet.", field="unit")
    if topics <= 0 or topics == ALL:
        raise RuleBroken("Välj minst ett ämne. Andra ämnen delas inte.", field="topics")
    if not today <= valid_to <= today + LONGEST:
        raise RuleBroken("Välj ett slutdatum från i dag och högst ett år framåt.", field="valid_to")
    return chosen


def end(*, case, ground, by) -> None:
    """End it at once; a party that then sees nothing more gets its copy before, and each is told that, not why."""
    if ground.ended_at is not None:
        raise Conflict(ALREADY)
    others = {g.unit_id for g in coverage.standing_grounds(case) if g.pk != ground.pk}
    if ground.unit_id in others | coverage.covered_by(coverage.current(case)):
        notifications.tell_unit(
            unit_id=ground.unit_id, case_id=case.pk, kind="consent_changed", key=f"ground_ended:{ground.pk}"
        )
    elif ground.valid_to >= timezone.localdate():
        send_off(case=case, unit=ground.unit, by=by, body=snapshot.build(case), key=f"ground_ended:{ground.pk}")
    text = f"{ground.unit.name} får inte längre ta del av uppgifter med stöd av lag"
    cases.note(case, kind="ground_ended", text=text, detail=ground.statute, topics=ground.topics, by=by)
    log.record(
        "consent.ground_ended", case_id=case.pk, person_id=case.person_id, object_id=str(ground.pk),
        legal_basis=ground.statute,
    )  # fmt: skip
    ended = LegalGround.objects.filter(pk=ground.pk, ended_at=None)
    if not ended.update(ended_at=timezone.now(), ended_by=by.assignment_id):
        raise Conflict(ALREADY)
