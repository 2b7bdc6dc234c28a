"""What kommun and region see of payment liability, and what a day costs (LUS 5 kap.): references and days, never who.

When it begins is worked out by `cases.payment`, by the rule that the case's clock keeps.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from audit import log
from cases import payment
from cases.clocks import Rule
from cases.enums import CareType, DeadlineKind
from discharge.models import PaymentAmount
from organisations import swedish
from organisations.errors import RuleBroken

PAGE = 25
MOST = 5000
ONE_DAY = timedelta(days=1)
FIRST_YEAR = 2018


@dataclass(frozen=True)
class Bill:
    """One discharge as it is shown: the conditions of the law, from when and why, which days, and by which rule."""

    conditions: list[tuple[str, bool]]
    why: str
    first_day: date | None
    days: list[date]
    suspended: int
    source: str

    @classmethod
    def of(cls, found: payment.Liability, stay: payment.Discharge, source: str) -> "Bill":
        today = timezone.localdate()
        return cls(
            stay.conditions(), found.why, found.first_day, found.days(stay, today=today),
            found.suspended(stay, today=today), source,
        )  # fmt: skip


def of_discharge(discharge) -> Bill:
    """The bill of one discharge, on its own page."""
    rows = discharge.case.deadlines.filter(kind=DeadlineKind.PAYMENT, started_at=discharge.ready_told_at)
    clock = rows.order_by("cancelled_at", "-pk").first() if discharge.ready_told_at else None
    rule = Rule.frozen(clock.rule) if clock else None
    return Bill.of(discharge.liability(rule), discharge.stay(), clock.source if clock else "LUS 5 kap. 3–5 §§")


def amounts(county_code: str) -> dict[int, int | None]:
    """What a day costs each year: the county's own where there is one, else the national; None where not known."""
    rows = PaymentAmount.objects.filter(Q(county_code=county_code) | Q(county_code="")).order_by("county_code")
    return {row.year: row.kronor for row in rows}


def cost(days: list[date], by_year: dict[int, int | None]) -> int | None:
    """The sum for the days, or None when a year's amount is not known."""
    total = 0
    for year, group in groupby(days, key=lambda day: day.year):
        kronor = by_year.get(year)
        if kronor is None:
            return None
        total += kronor * len(list(group))
    return total


def page(actor, *, year: int, number: int) -> dict:
    """One year's processes of the own kommun or region: references, conditions, days; nobody's name (KVA, UTS)."""
    found = processes(year)
    by_year = amounts(found[0]["county_code"] if found else "")
    first = (number - 1) * PAGE
    rows = [row(one, by_year) for one in found[first : first + PAGE]]
    log.record("discharge.payment_listed", action=log.READ, details={"shown": len(rows)})
    return {
        "rows": rows,
        "year": year,
        "years": list(range(timezone.localdate().year, FIRST_YEAR - 1, -1)),
        "amount": by_year.get(year),
        "average": average(found),
        "total": len(found),
        "previous_page": number - 1 if number > 1 else 0,
        "next_page": number + 1 if number * PAGE < len(found) else 0,
    }


def processes(year: int) -> list[dict]:
    """All of the year, newest first, as the database lets the acting unit's kommun or region see them."""
    with connection.cursor() as cursor:
        cursor.execute("select * from discharge_payments(%s, %s, %s)", [date(year, 1, 1), date(year, 12, 31), MOST])
        names = [column.name for column in cursor.description]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


def stay_of(one: dict) -> payment.Discharge:
    return payment.Discharge(
        ready_sent_at=one["ready_told_at"],
        notice_sent_at=one["notice_sent_at"],
        call_sent_at=one["called_at"],
        notice_late=not one["notice_in_time"],
        sip_due=one["call_due"],
        gaps=tuple((gap.lower, None if gap.upper is None else gap.upper - ONE_DAY) for gap in one["gaps"]),
        home_on=swedish.as_date(one["home_at"]) if one["home_at"] else None,
        broken=one["broken"],
    )


def rule_of(one: dict) -> Rule | None:
    """The rule that the case's clock keeps, as the database tells it."""
    return Rule.frozen(json.loads(one["rule"])) if one["rule"] else None


def row(one: dict, by_year) -> dict:
    rule = rule_of(one)
    stay = stay_of(one)
    bill = Bill.of(payment.liability(rule, stay, model=one["model"]), stay, one["source"])
    return one | {"bill": bill, "cost": cost(bill.days, by_year), "average": one["model"] == payment.AVERAGE}


def average(found: list[dict]) -> list[dict]:
    """The year's mean days from ready to home per kind of care, beside the days that are free; for the report."""
    result = []
    for care in CareType:
        mine = [one for one in found if one["care_type"] == care and not one["broken"] and one["rule"]]
        if not mine:
            continue
        figures = payment.average(rule_of(mine[0]), [stay_of(one) for one in mine])
        if figures.stays:
            shown = {"mean": tenths(figures.days), "over": tenths(figures.over)}
            result.append(shown | {"care": care.label, "free": figures.free_days, "count": figures.stays})
    return result


def tenths(number) -> str:
    """4,5"""
    return f"{float(number):.1f}".replace(".", ",")


def own_amounts(county_code: str) -> str:
    """A digest of a county's own amounts, to tell whether somebody else has changed them."""
    own = PaymentAmount.objects.filter(county_code=county_code).order_by("year")
    return hashlib.sha256(repr(list(own.values_list("year", "kronor", "source"))).encode()).hexdigest()


def set_amount(*, county_code: str, year: int, kronor, source: str, seen: str, by) -> PaymentAmount:
    """A county's own amount for a year (LUS 4:5); the national ones come with the product.

    `seen` is what `own_amounts` said when the writer began. Raises RuleBroken when somebody else has saved since then.
    """
    # Locked before it is compared: the second of two at the same moment waits, and then sees the first.
    own = {row.year: row for row in PaymentAmount.objects.select_for_update().filter(county_code=county_code)}
    if seen != own_amounts(county_code):
        raise RuleBroken("Någon annan har skrivit in ett belopp sedan du öppnade sidan. Se tabellen och spara igen.")
    # A year that two make at the same moment is refused by the database.
    amount = own.get(year) or PaymentAmount(county_code=county_code, year=year)
    amount.kronor, amount.source = kronor, source
    amount.save(update_fields=["kronor", "source"] if year in own else None)
    log.record("discharge.amount_set", object_type="amount", object_id=str(year), details={"kronor": kronor})
    return amount
