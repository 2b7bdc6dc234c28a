"""When something must be done, and why that day: pure functions over a rule and a moment, without a database (TID).

Days are added to Stockholm's dates, never to instants; only hours are hours. `cases.deadlines` says the same in SQL.
"""

from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime, time, timedelta

from organisations import calendar_se, swedish

# What starts a clock, as it is said in a sentence: "Tre dagar från utskrivningsklar 17 mars".
STARTS = {
    "need_found": "att behovet upptäcktes",
    "discharge_ready": "utskrivningsklar",
    "admission": "inskrivningen eller läkarens senare bedömning",
    "doctor_judged": "läkarens bedömning",
    "notice_sent": "inskrivningsmeddelandet",
    "call_sent": "kallelsen",
    "meeting_start": "mötet",
    "went_home": "att personen gick hem",
    "consultation_asked": "att personen bad om samråd",
}
UNITS = {"hours": ("timme", "timmar"), "days": ("dag", "dagar"), "weekdays": ("vardag", "vardagar")}
NEXT_WEEKDAY = "next_weekday"


@dataclass(frozen=True)
class Rule:
    """A deadline rule, as it stood when a clock started (GUI-2)."""

    kind: str
    starts_at: str
    amount: int
    unit: str = "days"
    direction: str = "after"
    day_zero_counts: bool = False
    cutoff_time: time | None = None
    moves: str = "none"
    care_type: str = "any"

    @classmethod
    def of(cls, row) -> "Rule":
        """The rule of a row of the register."""
        return cls(**{field.name: getattr(row, field.name) for field in fields(cls)})

    @classmethod
    def frozen(cls, kept: dict) -> "Rule":
        """The rule that a deadline keeps as JSON."""
        cutoff = kept.get("cutoff_time")
        values = {field.name: kept[field.name] for field in fields(cls) if field.name in kept}
        return cls(**(values | {"cutoff_time": time.fromisoformat(cutoff) if cutoff else None}))

    def as_json(self) -> dict:
        return asdict(self) | {"cutoff_time": self.cutoff_time.isoformat() if self.cutoff_time else None}


def due(rule: Rule, started_at: datetime, *, known_on: date | None = None, paused_days: int = 0) -> date | datetime:
    """The last day, or for hours the last instant (in UTC).

    `known_on`: a day counted backwards never lies before the day when it could be known. `paused_days` are added.
    """
    if rule.unit == "hours":
        return started_at.astimezone(UTC) + timedelta(hours=rule.amount)
    counted = _counted(rule, started_at, known_on) + timedelta(days=paused_days)
    return calendar_se.next_weekday(counted) if rule.moves == NEXT_WEEKDAY else counted


def due_on(rule: Rule, started_at: datetime, *, known_on: date | None = None, paused_days: int = 0) -> date:
    """The last day in Stockholm, also for hours."""
    return swedish.as_date(due(rule, started_at, known_on=known_on, paused_days=paused_days))


def first_day(rule: Rule, started_at: datetime) -> date:
    """The day that is day zero: the day of the event, or the next one when it came after the cut-off."""
    local = swedish.local(started_at)
    late = rule.cutoff_time is not None and local.time() > rule.cutoff_time
    return local.date() + timedelta(days=int(late))


def _counted(rule: Rule, started_at: datetime, known_on: date | None) -> date:
    if rule.direction == "before":
        day = swedish.as_date(started_at) - timedelta(days=rule.amount)
        return max(day, known_on) if known_on else day
    zero = first_day(rule, started_at)
    if rule.unit == "weekdays":
        counts = rule.day_zero_counts and calendar_se.is_weekday(zero)
        return calendar_se.add_weekdays(zero, rule.amount - int(counts))
    return zero + timedelta(days=rule.amount - int(rule.day_zero_counts))


def why(rule: Rule, started_at: datetime, *, known_on: date | None = None, paused_days: int = 0) -> str:
    """Why this date, in one Swedish sentence."""
    last = due(rule, started_at, known_on=known_on, paused_days=paused_days)
    amount = _many(rule.amount, *UNITS[rule.unit])
    amount = amount[:1].upper() + amount[1:]
    if rule.unit == "hours":
        return f"{amount} från {STARTS[rule.starts_at]} {_moment(started_at)}: {_moment(last)}."
    year = swedish.as_date(started_at).year != last.year
    started, ends = _day(swedish.as_date(started_at), year), _day(last, year)
    if rule.direction == "before":
        return _why_before(rule, started_at, f"{amount} före {STARTS[rule.starts_at]} {started}", ends, known_on)
    parts = [f"{amount} från {STARTS[rule.starts_at]} {started}"]
    if first_day(rule, started_at) != swedish.as_date(started_at):
        parts.append(f"efter kl. {swedish.clock(rule.cutoff_time)} och därför en dag till")
    if rule.day_zero_counts:
        parts.append("den första dagen räknas med")
    if rule.unit == "days":
        parts.append("alla dagar räknas")
    if paused_days:
        parts.append(f"pausad {_many(paused_days, 'dag', 'dagar')}")
    counted = _counted(rule, started_at, known_on) + timedelta(days=paused_days)
    if counted != last:
        return f"{', '.join(parts)}: {_day(counted, year)} är {calendar_se.name_of(counted)}, flyttas till {ends}."
    return f"{', '.join(parts)}: {ends}."


def _why_before(rule, started_at, said, ends, known_on) -> str:
    if known_on and known_on > swedish.as_date(started_at) - timedelta(days=rule.amount):
        return f"{said} har redan varit när det blev känt, så det gäller genast: {ends}."
    return f"{said}: {ends}."


def _many(number: int, one: str, many: str) -> str:
    return f"{swedish.number_word(number)} {one if number == 1 else many}"


def _day(day: date, year: bool) -> str:
    return swedish.short_date(day) if year else swedish.day_month(day)


def _moment(value: datetime) -> str:
    return f"{swedish.day_month(value)} kl. {swedish.clock(swedish.local(value))}"
