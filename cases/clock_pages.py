"""The clocks of a case as they are shown: what started each, the rule, its source, why that day, and its state."""

from django.utils import timezone

from cases import access, clock_services, clocks, payment
from cases.enums import DeadlineKind, PauseReason
from cases.frame import address
from organisations import swedish

RUNS, MET, PASSED, PAUSED, REPLACED, ENDED = "runs", "met", "passed", "paused", "replaced", "ended"
TAGS = {
    RUNS: ("Löper", "info", "clock"),
    MET: ("Uppfylld", "success", "check"),
    PASSED: ("Har passerat", "danger", "clock"),
    PAUSED: ("Pausad", "warn", "clock"),
    REPLACED: ("Ersatt", "", "x"),
    ENDED: ("Upphävd", "", "x"),
}
PAYMENT_TAGS = {True: ("Löper", "info", "clock"), False: ("Börjar inte", "", "x")}


def page(case, actor, others=()) -> dict:
    """All clocks, open ones first; as many statements however many clocks. `others`: days from plan and consent."""
    now, today = timezone.now(), timezone.localdate()
    rows = list(case.deadlines.prefetch_related("pauses__paused_by__staff").order_by("-pk"))
    newest = {row.kind: row.pk for row in reversed(rows)}
    may_pause = access.may(case, actor, "cases.pause_clock")
    shown = []
    for row in rows:
        item = one(row, now=now, today=today, is_newest=newest[row.kind] == row.pk)
        item["pauses"] = [pause_text(pause) for pause in row.pauses.all()]
        if row.kind == DeadlineKind.PAYMENT and row.cancelled_at is None:
            item |= payment_part(case, row)
        if may_pause and not clock_services.why_not_pause(row, today) and row.kind != DeadlineKind.PAYMENT:
            item["pause_url"] = address("cases:pause_clock", case, row.pk)
        if may_pause and item["state"] == PAUSED:
            item["resume_url"] = address("cases:resume_clock", case, row.pk)
        shown.append(item)
    going = sorted((i for i in [*shown, *others] if i["is_open"]), key=lambda i: (i["due_on"], i["kind"]))
    return {"clocks": going, "history": [i for i in shown if not i["is_open"]]}


def one(deadline, *, now, today, is_newest: bool = True) -> dict:
    """One clock; `is_newest`: no later clock of the same kind has taken its place."""
    state = state_of(deadline, now=now, today=today, is_newest=is_newest)
    ends = swedish.date_and_time(deadline.due_at) if deadline.due_at else swedish.long_date(deadline.due_on)
    return {
        "pk": deadline.pk,
        "kind": deadline.kind,
        "name": deadline.get_kind_display(),
        "state": state,
        "tag": TAGS[state],
        "is_open": deadline.is_open,
        "due_on": deadline.due_on,
        "ends": ends,
        "late": state == PASSED,
        "due_text": swedish.due(deadline.due_on, today),
        "why": why(deadline),
        "source": deadline.source,
        "statutory": deadline.statutory,
        "ended_at": deadline.met_at or deadline.cancelled_at,
    }  # fmt: skip


def agreed(*, kind: str, name: str, due_on, today, why: str, source: str) -> dict:
    """A day that stands in a plan or a consent and is its own clock, as `one` shows a deadline (TID-5, TID-7)."""
    state = PASSED if due_on < today else RUNS
    return {
        "pk": None, "kind": kind, "name": name, "state": state, "tag": TAGS[state], "is_open": True, "due_on": due_on,
        "ends": swedish.long_date(due_on), "late": state == PASSED, "due_text": swedish.due(due_on, today), "why": why,
        "source": source, "statutory": False, "ended_at": None, "pauses": [],
    }  # fmt: skip


def state_of(deadline, *, now, today, is_newest: bool) -> str:
    if deadline.cancelled_at:
        return ENDED if is_newest else REPLACED
    if deadline.met_at:
        return MET
    if deadline.paused_on:
        return PAUSED
    over = deadline.due_at < now if deadline.due_at else deadline.due_on < today
    return PASSED if over else RUNS


def why(deadline) -> str:
    """Why that day, from the rule that the clock keeps; an agreed day says when it was agreed on."""
    if not deadline.rule:
        added = swedish.count(deadline.paused_days, "dag", "dagar")
        paused = f" Pausad {added}." if deadline.paused_days else ""
        return f"Bestämdes {swedish.short_date(deadline.started_at)}.{paused}"
    rule = clocks.Rule.frozen(deadline.rule)
    return clocks.why(rule, deadline.started_at, known_on=deadline.known_on, paused_days=deadline.paused_days)


def pause_text(pause) -> str:
    """Why, when and by whom a clock was paused."""
    until = f" till {swedish.day_month(pause.to_on)}" if pause.to_on else ""
    days = f"från {swedish.day_month(pause.from_on)}{until}"
    return f"Pausad {days}. {PauseReason(pause.reason).label} ({pause.paused_by.staff.name})."


def payment_part(case, deadline) -> dict:
    """From which day a kommun may have to pay, or what the law demands first (LUS 5:3–5:5)."""
    planned = case.discharges.select_related("case__guideline").filter(ready_told_at=deadline.started_at).first()
    rule = clocks.Rule.frozen(deadline.rule)
    if planned:
        found = planned.liability(rule)
    else:
        found = payment.liability(rule, payment.Discharge(ready_sent_at=deadline.started_at))
    begins = found.first_day is not None
    ends = swedish.long_date(found.first_day) if begins else "börjar inte"
    tag = TAGS[MET] if deadline.met_at else PAYMENT_TAGS[begins]
    return {"why": found.why, "ends": ends, "tag": tag, "late": False, "begins": begins}
