"""Protected identity: two labels, set and removed with a reason, the same in all of the person's cases (OSL 22:1)."""

from django.db import connection, transaction

from audit import log
from cases.enums import Protection
from notifications.tasks import nudge
from organisations.errors import RuleBroken

# How the person is reached: by letter only, never by mail, text message or calendar.
LETTERS = {
    Protection.MARKED: (
        "Personen har sekretessmarkering. Skicka bara brev, aldrig mejl, sms eller kalenderinbjudan. Kontrollera "
        "adressen enligt er rutin och skriv den för hand."
    ),
    Protection.PROTECTED: (
        "Personen har skyddad folkbokföring. Skicka bara brev, aldrig mejl, sms eller kalenderinbjudan. Brevet går "
        "genom Skatteverkets postförmedling: lägg det i ett kuvert utan adress och skicka det till Skatteverket "
        "enligt er rutin."
    ),
}


def letters(case) -> str:
    """How a letter reaches a person with a mark; empty for others."""
    return LETTERS.get(case.protection, "")


def change(*, case, protection: str, reason: str, by, checked: bool = False) -> None:
    """Set, change or remove the mark, here and in every other case of the person.

    Raises RuleBroken without a reason, without a change, or for a removal that was not checked in folkbokföringen.
    """
    protection = Protection(protection)
    if protection == case.protection:
        raise RuleBroken("Det är redan så markerat.", field="protection")
    if not reason.strip():
        raise RuleBroken("Skriv varför.", field="reason")
    if protection == Protection.NONE and not checked:
        raise RuleBroken("Kontrollera först i folkbokföringen att skyddet har upphört.", field="checked")
    before = case.protection
    with connection.cursor() as cursor:
        cursor.execute("select set_protection(%s, %s)", [case.pk, protection.value])
        cases = cursor.fetchone()[0]
    case.protection = protection
    log.record(
        "cases.protection_changed", case_id=case.pk, person_id=case.person_id,
        details={"before": before, "after": protection.value, "reason": reason.strip(), "cases": cases},
    )  # fmt: skip
    transaction.on_commit(nudge)


def reveal(case) -> None:
    """Log that somebody chose to see what the mark hides."""
    log.record("cases.revealed", action=log.REVEAL, case_id=case.pk, person_id=case.person_id)


def marked_now(person_ids) -> set[int]:
    """Of the persons of received versions, those who are marked anywhere now."""
    with connection.cursor() as cursor:
        cursor.execute("select protected_now(%s)", [list(person_ids)])
        return {row[0] for row in cursor.fetchall()}
