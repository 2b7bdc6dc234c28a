"""Messages between the parties of a case (KAL-11): written, and read by each unit once."""

import uuid

from django.utils import timezone

from audit import log
from cases import services as cases
from cases.topics import ALL, must_be_readable, readable_by
from correspondence.models import MAX_TEXT, CaseMessage, MessageReading
from correspondence.selectors import receivers, unread
from notifications import services as notifications
from notifications.models import InboxItem
from organisations import roles
from organisations.errors import RuleBroken

NOBODY = "Ingen annan enhet kan läsa i ärendet än. Fråga om samtycke först."
NOT_A_PARTY = "Välj bland de enheter som ser ärendet."
NOT_READABLE = "Alla som du har valt får inte läsa om de ämnena. Välj andra ämnen eller andra mottagare."


def send(*, case, text: str, by, to=(), topics: int = ALL, key: uuid.UUID | None = None) -> CaseMessage:
    """Write to all other parties, or to the units `to` alone.

    `key` is the form's own: the same form twice is one message, and one that was written anew in it is another. Units
    that may not read of the topics are not told (SAM-3). Raises RuleBroken without a receiver, for one who may not read
    it, and for a text that is too long.
    """
    if not text.strip() or len(text) > MAX_TEXT:
        raise RuleBroken(f"Skriv högst {MAX_TEXT} tecken.", field="text")
    others = receivers(case, by)
    chosen = {unit.pk for unit in to}
    if not others:
        raise RuleBroken(NOBODY)
    if chosen - others:
        raise RuleBroken(NOT_A_PARTY, field="to")
    must_be_readable(case.pk, topics, by=by)
    told = {unit_id for unit_id in chosen or others if readable_by(case.pk, unit_id, topics)}
    if chosen - told or not told:
        raise RuleBroken(NOT_READABLE, field="topics")
    content = f"{case.pk} {by.assignment_id} {sorted(chosen)} {topics} {text}"
    message, new = CaseMessage.objects.get_or_create(
        pk=uuid.uuid5(key or uuid.uuid4(), content),
        defaults={
            "case": case, "text": text, "topics": topics, "to_units": sorted(chosen), "unit_id": by.unit_id,
            "by_id": by.assignment_id,
        },
    )  # fmt: skip
    if new:
        if not chosen:
            # The case's history is read by all: of what was written to some of them it says nothing.
            cases.note(case, kind="message", text="Ett meddelande skrevs", topics=topics, by=by)
        log.record("messages.sent", case_id=case.pk, person_id=case.person_id, object_id=str(message.pk))
        for unit_id in sorted(told):
            notifications.tell_unit(unit_id=unit_id, case_id=case.pk, kind="message", key=str(message.pk))
    return message


def read(*, case, by) -> int:
    """The acting unit has read all that was written to it; how many were new. Readers leave no mark."""
    if by.role not in roles.WRITERS:
        return 0
    now = timezone.now()
    rows = [
        MessageReading(message=message, case=case, unit_id=by.unit_id, by_id=by.assignment_id, read_at=now)
        for message in unread(case, by)
    ]
    # Two colleagues at once: the first one's mark stands.
    MessageReading.objects.bulk_create(rows, ignore_conflicts=True)
    told = InboxItem.objects.filter(case_id=case.pk, unit_id=by.unit_id, kind="message", read_at=None)
    told.update(read_at=now, read_by=by.assignment_id)
    return len(rows)
