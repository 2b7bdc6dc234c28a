"""From when a kommun may have to pay for a person who is ready for discharge (LUS 5:3–5:5); pure functions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from cases import clocks
from organisations import swedish


@dataclass(frozen=True)
class Discharge:
    """What has been sent and said about one stay in hospital."""

    ready_sent_at: datetime | None = None
    notice_sent_at: datetime | None = None
    call_sent_at: datetime | None = None
    sip_due: bool = True
    open_care_missing: bool = False
    home_on: date | None = None


@dataclass(frozen=True)
class Liability:
    """The first day that is paid for, or None, and why; `waits` says what stands in the way."""

    first_day: date | None
    why: str
    waits: tuple[str, ...] = ()


def liability(rule: clocks.Rule, stay: Discharge, *, model: str = "individual") -> Liability:
    """Say from which day the kommun answers, or what the law demands first.

    What was sent late counts from the day it was sent. In the average model the day is only a figure for the report.
    """
    missing = [
        words
        for sent, words in (
            (stay.notice_sent_at, "inskrivningsmeddelandet är inte skickat"),
            (stay.ready_sent_at, "beskedet om utskrivningsklar är inte skickat"),
            (stay.call_sent_at or not stay.sip_due, "kallelsen till SIP är inte skickad"),
        )
        if not sent
    ]
    if stay.open_care_missing:
        missing.append("insatserna i den öppna vården saknas eller är oklara (LUS 5 kap. 5 §)")
    if missing:
        return Liability(None, f"Betalningsansvaret börjar inte: {swedish_list(missing)}.", tuple(missing))
    counted = clocks.due_on(rule, stay.ready_sent_at)
    sent = [stay.notice_sent_at, stay.call_sent_at] if stay.sip_due else [stay.notice_sent_at]
    why = clocks.why(rule, stay.ready_sent_at)
    if rule.day_zero_counts:
        # Where the first day counts the agreement names the days that are free; the law names the day it begins.
        counted += timedelta(days=1)
        why += " Ansvaret börjar dagen efter."
    day = max(counted, *(swedish.as_date(moment) for moment in sent))
    if day > counted:
        why += f" Allt som lagen kräver var skickat först {swedish.day_month(day)}."
    if stay.home_on and stay.home_on <= day:
        return Liability(None, f"{why} Personen gick hem {swedish.day_month(stay.home_on)}, innan ansvaret började.")
    if model == "average":
        why += " Länet räknar på ett medelvärde, så dagen är bara underlag till rapporten."
    return Liability(day, why)


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


def swedish_list(words: list[str]) -> str:
    """”a, b och c”"""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} och {words[-1]}"
