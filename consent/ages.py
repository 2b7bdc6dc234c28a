"""What age changes (SAM-6): dated rules, exceptions from them in one case, and tasks on the birthday.

What a login may read follows from dates in `person_access`, and what guardians have said ends with a date in the
consent; the job only tells.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from audit import log
from cases import services as cases
from cases.numbers import born_in
from consent.models import AgeException, AgeExceptionKind, AgeRule
from organisations.errors import ALREADY, Conflict, RuleBroken
from organisations.jobs import alone
from organisations.swedish import short_date

GUARDIANS_READ, CHILD_READS, ADULT = "guardians_read", "child_reads", "adult"
NOTES = {
    AgeExceptionKind.EXTEND: "Vårdnadshavare får läsa på Min plan till och med {}",
    AgeExceptionKind.BLOCK: "Vårdnadshavare får inte läsa på Min plan från och med {}",
    AgeExceptionKind.EARLY: "Barnet får läsa på Min plan från och med {}",
}


@dataclass(frozen=True)
class Mark:
    """An age rule and the day when this person reaches it."""

    rule: AgeRule
    day: date
    passed: bool


def birthday(born: date, years: int) -> date:
    """The day of turning so old; somebody born on a leap day turns on the day after 28 February."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def marks(number: str, today: date) -> list[Mark]:
    """The rules in force on the day that each names, in the order of the ages; none where the number tells no birth."""
    born = born_in(number)
    if born is None:
        return []
    found = []
    for rule in AgeRule.objects.order_by("age", "valid_from"):
        day = birthday(born.last, rule.age)
        if rule.valid_from <= day <= (rule.valid_to or date.max):
            found.append(Mark(rule, day, day <= today))
    return found


def day_of(number: str, key: str) -> date | None:
    """The day that a rule names for this person."""
    return next((mark.day for mark in marks(number, timezone.localdate()) if mark.rule.key == key), None)


def check(case, kind: str, day: date, reason: str) -> None:
    today = timezone.localdate()
    adult, child_reads = day_of(case.person.number, ADULT), day_of(case.person.number, CHILD_READS)
    if adult is None or adult <= today:
        raise RuleBroken("Åldersgränserna gäller bara för den som är under 18 år.")
    if not reason:
        raise RuleBroken("Skriv varför ni gör ett undantag.", field="reason")
    if day < today:
        raise RuleBroken("Datumet har passerat. Välj ett datum från och med i dag.", field="day")
    if kind == AgeExceptionKind.EXTEND and day >= adult:
        raise RuleBroken("Vårdnadshavare läser aldrig efter 18-årsdagen. Välj ett tidigare datum.", field="day")
    if kind == AgeExceptionKind.EARLY and day >= child_reads:
        raise RuleBroken("Då får barnet läsa ändå. Välj ett tidigare datum.", field="day")


def make_exception(*, case, kind: str, day: date, reason: str, by) -> AgeException:
    """Depart from the ages in this case: longer or shorter for the guardians, earlier for the child."""
    check(case, kind, day, reason)
    row = AgeException.objects.filter(case=case, kind=kind, ended_at=None).first()
    if row is not None:
        close(row, by=by)
    row = AgeException.objects.create(case=case, kind=kind, day=day, reason=reason, recorded_by_id=by.assignment_id)
    cases.note(case, kind="age", text=NOTES[AgeExceptionKind(kind)].format(short_date(day)), by=by)
    log.record("consent.age_exception", case_id=case.pk, person_id=case.person_id, object_id=str(row.pk))
    return row


def end_exception(*, case, exception: AgeException, by) -> None:
    """The ages hold again. Raises Conflict."""
    close(exception, by=by)
    cases.note(case, kind="age", text="Undantaget från åldersgränserna upphörde", by=by)
    log.record("consent.age_exception_ended", case_id=case.pk, person_id=case.person_id, object_id=str(exception.pk))


def close(exception: AgeException, *, by) -> None:
    rows = AgeException.objects.filter(pk=exception.pk, ended_at=None)
    if not rows.update(ended_at=timezone.now(), ended_by_id=by.assignment_id):
        raise Conflict(ALREADY)


def reading(case) -> dict:
    """Until when guardians read on Min plan, and from when the child does: the ages with the case's exceptions."""
    kept = {row.kind: row.day for row in AgeException.objects.filter(case=case, ended_at=None)}
    number = case.person.number
    end, child, adult = (day_of(number, key) for key in (GUARDIANS_READ, CHILD_READS, ADULT))
    if adult is None:
        return {}
    eve = timedelta(days=1)
    last = min(kept.get(AgeExceptionKind.EXTEND, end - eve), adult - eve)
    if AgeExceptionKind.BLOCK in kept:
        last = min(last, kept[AgeExceptionKind.BLOCK] - eve)
    return {"guardians_to": last, "child_from": min(kept.get(AgeExceptionKind.EARLY, child), child), "adult_on": adult}


def sweep(*, now=None) -> int:
    """Put a task in the steering units' inboxes on the birthdays that a rule names; returns how many were made."""
    with alone("ages") as cursor:
        if cursor is None:
            return 0
        cursor.execute("select make_age_tasks(%s)", [timezone.localdate(now)])
        return cursor.fetchone()[0]
