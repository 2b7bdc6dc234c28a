"""Breaking the glass: a health unit reads the plan in force for a short time, without consent, with a reason (PDL 4:5).

The database function `break_glass` does all of it at once: who may, the row, the log, the notice to the owner.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from audit import log
from consent.models import EmergencyAccess
from notifications.tasks import nudge
from organisations.errors import RuleBroken

# The same words for every miss: no such person, no SIP, no plan in force, a consent that has ended.
NOTHING = "Det finns ingen plan att läsa."
TOO_MANY = "Du har försökt många gånger den senaste timmen. Vänta, eller ring den enhet som personen har kontakt med."
NOT_HERE = "Nödöppning är inte påslagen för ditt uppdrag."
REASON_AT_LEAST = 20
DAY, WEEK = 24, 168
KINDS = [
    ("unconscious", "Personen går inte att tala med"),
    ("danger", "Fara för liv eller hälsa, och personen kan inte ta ställning"),
    ("severe", "Svår psykisk störning eller förvirring"),
]


@dataclass(frozen=True)
class Opened:
    """What is told beside the plan itself: whose it is and until when; no name behind a protection mark."""

    emergency_id: int
    reference: str
    person_id: int
    given_name: str
    family_name: str
    protected: bool
    owner_name: str
    owner_phone: str
    ends_at: datetime

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()


def longest(by) -> int | None:
    """For how many hours the acting assignment may break the glass; None when it may not at all."""
    if not by.may("consent.break_glass"):
        return None
    with connection.cursor() as cursor:
        cursor.execute("select glass_hours()")
        return cursor.fetchone()[0]


def choices(most: int) -> list[tuple[int, str]]:
    """The lengths of time to choose from, the shortest first."""
    hours = sorted({1, 4, 12, min(DAY, most), min(72, most), most})
    return [(h, f"{h} timmar" if h > 1 else "1 timme") for h in hours if h <= most]


def break_glass(*, number: str, kind: str, reason: str, hours: int, by) -> tuple[str, UUID | None]:
    """Try to open the plan in force of the person with that number; returns the outcome and the case.

    The outcome is opened, already (the unit takes part anyway) or none. Raises RuleBroken before anything is asked.
    """
    most = longest(by)
    if most is None:
        raise RuleBroken(NOT_HERE)
    if len(reason.strip()) < REASON_AT_LEAST:
        raise RuleBroken(f"Skriv varför med minst {REASON_AT_LEAST} tecken.", field="reason")
    if not 1 <= hours <= most:
        raise RuleBroken(f"Välj en tid på högst {most} timmar.", field="hours")
    with connection.cursor() as cursor:
        cursor.execute("select outcome, case_id from break_glass(%s, %s, %s, %s)", [number, kind, reason, hours])
        outcome, case_id = cursor.fetchone()
    if outcome == "opened":
        transaction.on_commit(nudge)
    return outcome, case_id


def opened(case_id, *, by) -> Opened | None:
    """What the acting assignment may read now, logged as an emergency reading; None once it is over."""
    with connection.cursor() as cursor:
        cursor.execute("select * from emergency_case(%s)", [case_id])
        row = cursor.fetchone()
    if row is None:
        return None
    found = Opened(*row)
    log.record(
        "consent.emergency_read", action=log.EMERGENCY, case_id=case_id, person_id=found.person_id,
        object_type="consent.emergency", object_id=str(found.emergency_id), legal_basis="Nödöppning (PDL 4:5)",
    )  # fmt: skip
    return found


def end(*, case_id, by) -> None:
    """The one who opened says that it is no longer needed; nothing can be read from the next statement on."""
    found = opened(case_id, by=by)
    if found is None:
        raise RuleBroken("Nödöppningen är redan avslutad.")
    with connection.cursor() as cursor:
        cursor.execute("select end_emergency(%s)", [case_id])
    log.record("consent.emergency_ended", case_id=case_id, person_id=found.person_id, object_id=str(found.emergency_id))


def of_case(case) -> list[EmergencyAccess]:
    """Every time that the glass was broken in a case, for those who take part."""
    found = EmergencyAccess.objects.filter(case=case).select_related("unit__organisation", "assignment__staff")
    return list(found.order_by("-started_at", "-pk"))
