"""Letting a clock stand still and go on, with a reason, who and when; never one that the law has set."""

from datetime import timedelta

from django.utils import timezone

from audit import log
from cases import clocks
from cases.enums import PauseReason
from cases.models import Deadline, DeadlinePause
from cases.services import note
from notifications import services as notifications
from organisations.errors import RuleBroken


def pause(*, case, deadline, reason: str, by) -> DeadlinePause:
    """Let a clock stand still from today (rådrum, or the person asks to wait); its reminders stop (MOT-4).

    Raises RuleBroken for what the law says, and for a clock that does not run.
    """
    if refusal := why_not_pause(deadline, timezone.localdate()):
        raise RuleBroken(refusal)
    reason = PauseReason(reason)
    deadline.paused_on = timezone.localdate()
    deadline.save(update_fields=["paused_on"])
    notifications.cancel(case_id=case.pk, key_prefix=f"deadline:{deadline.pk}:")
    made = DeadlinePause.objects.create(
        case=case, deadline=deadline, reason=reason, from_on=deadline.paused_on, paused_by_id=by.assignment_id
    )
    text = f"Tidsgränsen {deadline.get_kind_display()} pausades. {reason.label}"
    note(case, kind="clock_paused", text=text, by=by)
    log.record(
        "cases.clock_paused",
        case_id=case.pk,
        person_id=case.person_id,
        object_id=str(deadline.pk),
        details={"reason": reason.value},
    )
    return made


def why_not_pause(deadline, today) -> str:
    """The sentence that says why a clock cannot be paused, or an empty string."""
    if deadline.statutory:
        return "Tiden står i lagen och kan inte pausas."
    if not deadline.is_open or deadline.paused_on:
        return "Tidsgränsen löper inte, så den kan inte pausas."
    if deadline.due_on < today:
        return "Tiden har redan gått ut och kan inte pausas."
    return ""


def resume(*, case, deadline, by) -> Deadline:
    """Start a paused clock again; the days that it stood still are added."""
    paused = deadline.pauses.filter(to_on=None).first()
    if paused is None or not deadline.is_open:
        raise RuleBroken("Tidsgränsen är inte pausad.")
    today = timezone.localdate()
    paused.to_on, paused.resumed_by_id = today, by.assignment_id
    paused.save(update_fields=["to_on", "resumed_by_id"])
    days = (today - deadline.paused_on).days
    deadline.paused_days += days
    if deadline.rule:
        rule, moment = clocks.Rule.frozen(deadline.rule), deadline.started_at
        kept = {"known_on": deadline.known_on, "paused_days": deadline.paused_days}
        deadline.due_on = clocks.due_on(rule, moment, **kept)
    else:
        deadline.due_on += timedelta(days=days)
    deadline.paused_on = None
    deadline.save(update_fields=["due_on", "paused_on", "paused_days"])
    note(case, kind="clock_resumed", text=f"Tidsgränsen {deadline.get_kind_display()} löper igen", by=by)
    log.record("cases.clock_resumed", case_id=case.pk, person_id=case.person_id, object_id=str(deadline.pk))
    return deadline
