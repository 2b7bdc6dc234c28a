"""From when a kommun may have to pay for a person who is ready for discharge (LUS 5:3–5:5); pure functions.

The only place where it is worked out: the clocks of a case, the discharge's own page and the report all ask here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from cases import clocks
from organisations import swedish

ONE_DAY = timedelta(days=1)
INDIVIDUAL, AVERAGE = "individual", "average"
GAP = "insatserna i den öppna vården saknas eller är oklara (LUS 5 kap. 5 §)"
# The law demands the notice "enligt 2 kap. 1–3 §§", and 2:3 says when.
TOO_LATE = "inskrivningsmeddelandet skickades senare än 24 timmar (LUS 2 kap. 3 §)"


@dataclass(frozen=True)
class Discharge:
    """What has been sent and said about one stay in hospital; a gap is its first and last day, or still open."""

    ready_sent_at: datetime | None = None
    notice_sent_at: datetime | None = None
    call_sent_at: datetime | None = None
    notice_late: bool = False
    sip_due: bool = True
    gaps: tuple[tuple[date, date | None], ...] = ()
    home_on: date | None = None
    broken: bool = False

    def conditions(self) -> list[tuple[str, bool]]:
        """The three conditions of LUS 5:3 and whether each is met."""
        call = "Kallelsen till SIP är skickad av den fasta vårdkontakten"
        return [
            ("Inskrivningsmeddelandet skickades inom 24 timmar", bool(self.notice_sent_at) and not self.notice_late),
            ("Underrättelsen om utskrivningsklar är skickad", bool(self.ready_sent_at)),
            (call, bool(self.call_sent_at)) if self.sip_due else ("Kallelse behövs inte: det blir ingen SIP", True),
        ]

    def waits(self) -> tuple[str, ...]:
        """What the law demands first, in words that fit into a sentence."""
        demands = (
            (self.notice_sent_at, "inskrivningsmeddelandet är inte skickat"),
            (not self.notice_late or not self.notice_sent_at, TOO_LATE),
            (self.ready_sent_at, "beskedet om utskrivningsklar är inte skickat"),
            (self.call_sent_at or not self.sip_due, "kallelsen till SIP är inte skickad"),
        )
        return tuple(words for met, words in demands if not met)

    def lacks_care(self, day: date) -> bool:
        """Whether open care was missing or unclear that day (LUS 5:5)."""
        return any(first <= day and (last is None or day <= last) for first, last in self.gaps)


@dataclass(frozen=True)
class Liability:
    """The first day that is paid for, or None, and why; `waits` says what stands in the way."""

    first_day: date | None
    why: str
    waits: tuple[str, ...] = ()
    model: str = INDIVIDUAL

    def days(self, stay: Discharge, *, today: date) -> list[date]:
        """The days that are paid for until now or the way home; none in the average model."""
        return [day for day in self._all(stay, today) if not stay.lacks_care(day)]

    def suspended(self, stay: Discharge, *, today: date) -> int:
        """How many days after the first one are not paid for, since open care was missing."""
        return sum(stay.lacks_care(day) for day in self._all(stay, today))

    def _all(self, stay: Discharge, today: date) -> list[date]:
        if self.first_day is None or self.model == AVERAGE:
            return []
        until = stay.home_on or today
        return [self.first_day + n * ONE_DAY for n in range(max(0, (until - self.first_day).days))]


def liability(rule: clocks.Rule | None, stay: Discharge, *, model: str = INDIVIDUAL) -> Liability:
    """Say from which day the kommun answers, or what the law demands first.

    What was sent late counts from the day it was sent. In the average model the day is only a figure for the report.
    """
    if stay.broken:
        return Liability(None, "Betalningsansvaret börjar inte: utskrivningsprocessen avbröts.", ("avbruten",), model)
    missing = stay.waits()
    if missing:
        return Liability(None, f"Betalningsansvaret börjar inte: {swedish_list(missing)}.", missing, model)
    if rule is None:
        return Liability(None, "Riktlinjen har ingen regel om betalningsansvar.", ("regel saknas",), model)
    day, why = begins(rule, stay)
    if stay.lacks_care(day):
        after = after_gaps(stay, day)
        if after is None:
            return Liability(None, f"Betalningsansvaret börjar inte: {GAP}.", (GAP,), model)
        day, why = after, f"{why} Öppenvården saknades, så ansvaret började {swedish.day_month(after)}."
    if stay.home_on and stay.home_on <= day:
        gone = f"{why} Personen gick hem {swedish.day_month(stay.home_on)}, innan ansvaret började."
        return Liability(None, gone, model=model)
    if any(last is None for _, last in stay.gaps):
        why += f" Nu räknas inga dygn: {GAP}."
    if model == AVERAGE:
        why += " Länet räknar på ett medelvärde, så dagen är bara underlag till rapporten."
    return Liability(day, why, model=model)


def begins(rule: clocks.Rule, stay: Discharge) -> tuple[date, str]:
    """The day when everything that the law demands is there and its days have gone, and why."""
    counted, why = clocks.due_on(rule, stay.ready_sent_at), clocks.why(rule, stay.ready_sent_at)
    if rule.day_zero_counts:
        # Where the first day counts the agreement names the days that are free; the law names the day it begins.
        counted += ONE_DAY
        why += " Ansvaret börjar dagen efter."
    sent = [stay.notice_sent_at, stay.call_sent_at] if stay.sip_due else [stay.notice_sent_at]
    day = max(counted, *(swedish.as_date(moment) for moment in sent))
    if day > counted:
        why += f" Allt som lagen kräver var skickat först {swedish.day_month(day)}."
    return day, why


def after_gaps(stay: Discharge, day: date) -> date | None:
    """The first day from `day` on when open care was there, or None while it is missing."""
    for first, last in sorted(stay.gaps):
        if first <= day and last is None:
            return None
        if first <= day <= last:
            day = last + ONE_DAY
    return day


@dataclass(frozen=True)
class Average:
    """The average model's figures for one kommun and one period: a report, never a bill for one person."""

    stays: int
    days: Fraction
    free_days: int

    @property
    def over(self) -> Fraction:
        """How many days the average lies above those that cost nothing."""
        return max(Fraction(0), self.days - self.free_days)


def average(rule: clocks.Rule, stays: Iterable[Discharge]) -> Average:
    """The mean number of days in hospital from ready to home, against the days of the agreement."""
    done = [stay for stay in stays if stay.ready_sent_at and stay.home_on]
    days = sum(
        max(0, (stay.home_on - clocks.first_day(rule, stay.ready_sent_at)).days + int(rule.day_zero_counts))
        for stay in done
    )
    return Average(len(done), Fraction(days, len(done)) if done else Fraction(0), rule.amount)


def swedish_list(words) -> str:
    """”a, b och c”"""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} och {words[-1]}"
