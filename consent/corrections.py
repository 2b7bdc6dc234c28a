"""Wrongful disclosure, corrected visibly: a case on the wrong person, something to the wrong receiver (PLA-9)."""

from django.db import transaction

from audit import log
from consent.handing_over import call
from consent.models import Disclosure, Recall
from notifications.tasks import nudge
from organisations.errors import RuleBroken

WRONGFUL = "Felaktigt utlämnande"


def void(*, case, reason: str, by) -> None:
    """The case was opened on the wrong person: hidden from all but the owner and the log, what others got recalled.

    Raises RuleBroken for another unit than the owner's, Conflict when it is void already.
    """
    if by.unit_id != case.owner_unit_id:
        raise RuleBroken("Bara den ansvariga enheten kan makulera ärendet.")
    if not reason.strip():
        raise RuleBroken("Skriv vad som blev fel.", field="reason")
    call("select void_case(%s, %s)::text", [case.pk, reason])
    log.record("cases.voided", case_id=case.pk, person_id=case.person_id)
    transaction.on_commit(nudge)


def recall(*, disclosure: Disclosure, reason: str, by) -> None:
    """Something reached the wrong receiver: it can no longer read it, is told to destroy it, and it is on record.

    Raises RuleBroken while the receiver takes part in the case, Conflict when it is recalled already.
    """
    if disclosure.unit_id and disclosure.unit_id in units_in(disclosure.case):
        raise RuleBroken(f"{disclosure.recipient} är med i ärendet. Avsluta deras deltagande först, på sidan Aktörer.")
    if not reason.strip():
        raise RuleBroken("Skriv vad som blev fel.", field="reason")
    pk = call("select recall_disclosure(%s, %s)", [disclosure.pk, reason])
    log.record(
        "consent.recalled", case_id=disclosure.case_id, person_id=disclosure.case.person_id, object_type=WRONGFUL,
        object_id=str(pk), details={"disclosure": disclosure.pk, "unit": disclosure.unit_id},
    )  # fmt: skip
    transaction.on_commit(nudge)


def units_in(case) -> set[int]:
    """The units that take part, the owner's too."""
    return {case.owner_unit_id, *case.participations.active().values_list("unit_id", flat=True)}


def of_case(case) -> list[Recall]:
    return list(Recall.objects.filter(case=case).select_related("by__staff", "by__unit").order_by("-at", "-pk"))


def mark(disclosures, recalls) -> list:
    """Each disclosure with the recall that took it back, if any: the same receiver, sent before."""
    for row in disclosures:
        row.recall = next(
            (r for r in recalls if (r.unit_id, r.recipient) == (row.unit_id, row.recipient) and r.at >= row.at), None
        )
    return disclosures
