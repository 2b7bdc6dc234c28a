"""What has come to the unit: read, opened and handled by those who receive (KAL-2, KAL-3)."""

from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils import timezone

from audit import log
from cases.access_models import CaseAccess
from cases.models import Case
from notifications.escalation import ENDINGS
from notifications.models import InboxItem
from organisations import swedish
from organisations.errors import RuleBroken
from organisations.models import Assignment

PAGE = 25
CHOICES = {"": "Att göra", "olast": "Olästa", "klara": "Kvitterade"}
ICONS = {
    "call": "calendar", "moved": "calendar", "cancelled": "x", "calls": "phone", "answer": "circle-check",
    "plan": "file-text",
    "proposed": "circle-check", "answered_part": "file-text",
    "handed_over": "user-plus", "consent_ended": "shield", "closed": "flag", "deviation": "triangle-alert",
    "deadline": "clock", "party": "users", "glass_broken": "key-round", "corrected": "history", "voided": "x",
    "recalled": "undo-2", "protection": "shield", "admitted": "hospital", "message": "message-square",
    "letter": "printer", "premeeting": "users", "notice": "hospital", "notice_changed": "hospital",
    "handed_call": "calendar", "handed_on": "arrow-right",
}  # fmt: skip


# Where the one who opens a row is led; else to the case.
LEADS_TO = {
    "deviation": "deviations:list", "message": "correspondence:messages", "admitted": "discharge:admitted",
    "premeeting": "preparation:overview", "proposed": "plans:plan", "answered_part": "plans:plan",
}  # fmt: skip
# Where it is the unit's list that is led to.
LISTS = {"letter": "correspondence:letters", "notice": "discharge:notices", "notice_changed": "discharge:notices"}
# A kallelse alone has a page of its own, whether the unit sees the case or not (KAL-4).
ALONE = {"handed_call": "meetings:handed_list"}
STEPS = ("", "Den som bevakar har fått veta det", "SIP-samordnaren har fått veta det", "Chefen har fått veta det")


def items(actor, choice: str):
    """The unit's rows: everything not handled, only unread, or handled."""
    own = InboxItem.objects.filter(unit_id=actor.unit_id).order_by("-created_at", "-pk")
    if choice == "klara":
        return own.exclude(done_at=None)
    own = own.filter(done_at=None)
    return own.filter(waits(actor), read_at=None) if choice == "olast" else own


def waits(actor) -> Q:
    """Rows of cases that the unit sees or that have none, and those that say it has ended; as the menu's count."""
    seen = CaseAccess.objects.filter(unit_id=actor.unit_id, valid_to__gte=timezone.localdate(), emergency=False)
    return Q(case_id=None) | Q(kind__in=ENDINGS) | Q(case_id__in=seen.values("case_id"))


def page(actor, *, choice: str, number: str) -> dict:
    """The template context; names are shown only of cases that the unit still sees, and logged."""
    choice = choice if choice in CHOICES else ""
    shown = Paginator(items(actor, choice), PAGE).get_page(number)
    cases = Case.objects.in_bulk({item.case_id for item in shown if item.case_id})
    log.record("cases.inbox_read", action=log.READ, persons=sorted({case.person_id for case in cases.values()}))
    who = Assignment.objects.select_related("staff").in_bulk({pk for i in shown for pk in (i.read_by, i.done_by) if pk})
    rows = [row(item, cases.get(item.case_id), who) for item in shown]
    tabs = [{"key": key, "text": text, "current": key == choice} for key, text in CHOICES.items()]
    extra = f"visa={choice}&" if choice else ""
    return {
        "rows": rows,
        "tabs": tabs,
        "shown": shown,
        "extra": extra,
        "may_handle": actor.may("casework.handle_inbox"),
        "may_route": actor.may("notifications.routine"),
        "may_publish": actor.may("slots.own"),
    }


def row(item, case, who) -> dict:
    """A row with who has opened and acknowledged it, and the watch time that it has passed unread."""
    late = item.passed_at if item.read_at is None and item.done_at is None else None
    return {
        "item": item,
        "case": case,
        "list": LISTS[item.kind] if item.case_id is None else "",
        "alone": ALONE.get(item.kind, ""),
        "icon": ICONS.get(item.kind, "mail"),
        "read_by": who.get(item.read_by),
        "done_by": who.get(item.done_by),
        "passed": f"passerat {swedish.clock(item.passed_at)}" if late else "",
        "brought_to": STEPS[min(item.escalated, len(STEPS) - 1)] if late else "",
    }


def opened(*, item_id: int, by) -> InboxItem:
    """Mark a row of the own unit as read, once."""
    item = get_object_or_404(InboxItem, pk=item_id)
    if item.read_at is None:
        item.read_at, item.read_by = timezone.now(), by.assignment_id
        item.save(update_fields=["read_at", "read_by"])
        log.record("inbox.opened", case_id=item.case_id, object_type=item.kind, object_id=str(item.pk))
    return item


def leads_to(item, case) -> tuple | None:
    """Where the one who opens a row is led; nowhere when the unit does not see the case any more."""
    if item.kind in ALONE:
        return (ALONE[item.kind],)
    if item.kind in LISTS and (case is not None or item.case_id is None):
        return (LISTS[item.kind],)
    return (LEADS_TO.get(item.kind, "casework:case"), case.pk) if case is not None else None


def finished(*, item_id: int, by) -> InboxItem:
    """Acknowledge a row (kvittera): who and when; it moves to the acknowledged ones.

    Raises RuleBroken for a notice without a case: its sender waits for the acknowledgement of the notice itself.
    """
    if InboxItem.objects.filter(pk=item_id, case_id=None).exists():
        raise RuleBroken("Kvittera under Inskrivningar, så att avdelningen ser det.")
    item = opened(item_id=item_id, by=by)
    if item.done_at is None:
        item.done_at, item.done_by = timezone.now(), by.assignment_id
        item.save(update_fields=["done_at", "done_by"])
        log.record("inbox.finished", case_id=item.case_id, object_type=item.kind, object_id=str(item.pk))
    return item
