"""When the kommun is liable to pay for a day in hospital, and why (LUS 5 kap.): dates counted over rows of data."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from audit import log
from discharge.enums import CareType, PaymentModel
from discharge.models import PaymentAmount, PaymentRule
from organisations import swedish

PAGE = 25
MOST = 5000
ONE_DAY = timedelta(days=1)
FIRST_YEAR = 2018


@dataclass(frozen=True)
class Facts:
    """What a discharge has of the law's conditions."""

    notice_in_time: bool
    ready_told_at: object
    call_due: bool = True
    called_at: object = None
    home_at: object = None
    broken: bool = False
    gaps: tuple = ()


@dataclass
class Liability:
    """The three conditions, the first day that is paid for, and which days that is until now."""

    conditions: list[dict]
    starts_on: date | None = None
    days: list[date] = field(default_factory=list)
    suspended: int = 0
    why: str = ""

    @property
    def met(self) -> bool:
        return all(condition["met"] for condition in self.conditions)


def rule_for(rules, county_code: str, care_type: str, day: date):
    """The county's own rule that day for that care, else the law's."""
    found = [
        rule
        for rule in rules
        if rule.county_code in (county_code, "")
        and rule.care_type in (care_type, "")
        and rule.valid_from <= day
        and (rule.valid_to is None or day <= rule.valid_to)
    ]
    return max(found, key=lambda rule: (rule.county_code, rule.care_type, rule.valid_from))


def first_day(rule, told_at) -> date:
    """The day when liability starts: so many days after the underrättelse, one more when sent after the cutoff."""
    told = swedish.local(told_at)
    late = rule.cutoff_time is not None and told.time() > rule.cutoff_time
    return told.date() + timedelta(days=rule.days + (1 if late else 0))


def liability(facts: Facts, rule, *, today: date) -> Liability:
    """What is due by the three conditions of LUS 5:3, from 5:4's day, without the days of 5:5."""
    called = not facts.call_due or facts.called_at is not None
    call_text = "Kallelsen är skickad" if facts.call_due else "Kallelse behövs inte: ingen SIP"
    conditions = [
        {"text": "Inskrivningsmeddelandet skickades inom 24 timmar", "met": facts.notice_in_time},
        {"text": "Underrättelsen om utskrivningsklar är skickad", "met": facts.ready_told_at is not None},
        {"text": call_text, "met": called},
    ]
    found = Liability(conditions)
    if facts.broken:
        found.why = "Processen avbröts."
    elif not found.met:
        found.why = "Ett villkor saknas, så inget betalningsansvar."
    elif rule.model == PaymentModel.AVERAGE:
        found.why = "Länet räknar på genomsnittet, inte för varje person."
    if found.why:
        return found
    found.starts_on = first_day(rule, facts.ready_told_at)
    if facts.call_due:
        # Nothing is due for days before the kallelse that is one of the conditions.
        found.starts_on = max(found.starts_on, swedish.as_date(facts.called_at))
    end = swedish.as_date(facts.home_at) if facts.home_at else today
    every = [found.starts_on + n * ONE_DAY for n in range(max(0, (end - found.starts_on).days))]
    found.days = [day for day in every if not any(inside(day, gap) for gap in facts.gaps)]
    found.suspended = len(every) - len(found.days)
    found.why = f"Från {swedish.short_date(found.starts_on)}."
    return found


def inside(day: date, gap) -> bool:
    """Whether open care was missing that day; a gap is (first, last) and may be open."""
    return gap[0] <= day and (gap[1] is None or day <= gap[1])


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
    today = timezone.localdate()
    found = processes(year)
    rules = list(PaymentRule.objects.all())
    by_year = amounts(found[0]["county_code"] if found else "")
    first = (number - 1) * PAGE
    rows = [row(one, rules, by_year, today) for one in found[first : first + PAGE]]
    log.record("discharge.payment_listed", action=log.READ, details={"shown": len(rows)})
    return {
        "rows": rows,
        "year": year,
        "years": list(range(today.year, FIRST_YEAR - 1, -1)),
        "amount": by_year.get(year),
        "average": average(found, rules, today),
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


def facts_of(one: dict) -> Facts:
    gaps = tuple((gap.lower, None if gap.upper is None else gap.upper - ONE_DAY) for gap in one["gaps"])
    values = {name: one[name] for name in ("notice_in_time", "ready_told_at", "call_due", "called_at", "home_at")}
    return Facts(**values, broken=one["broken"], gaps=gaps)


def row(one: dict, rules, by_year, today: date) -> dict:
    rule = rule_for(rules, one["county_code"], one["care_type"], swedish.as_date(one["ready_told_at"]))
    found = liability(facts_of(one), rule, today=today)
    return one | {"liability": found, "cost": cost(found.days, by_year), "rule": rule}


def average(found: list[dict], rules, today: date) -> list[dict]:
    """The year's mean days from ready to home per kind of care, beside the days that are free."""
    result = []
    for care in CareType:
        mine = [one for one in found if one["care_type"] == care and not one["broken"]]
        if not mine:
            continue
        days = [
            (
                (swedish.as_date(one["home_at"]) if one["home_at"] else today) - swedish.as_date(one["ready_told_at"])
            ).days
            for one in mine
        ]
        rule = rule_for(rules, mine[0]["county_code"], care, swedish.as_date(mine[0]["ready_told_at"]))
        mean = f"{sum(days) / len(days):.1f}".replace(".", ",")
        result.append({"care": care.label, "mean": mean, "free": rule.days, "count": len(mine)})
    return result


def of_discharge(discharge, *, called_at) -> Liability:
    """The same for one discharge, on its own page."""
    gaps = tuple((gap.from_on, gap.to_on) for gap in discharge.gaps.all())
    county = discharge.ward_unit.acts_for.county_code if discharge.ward_unit.acts_for_id else ""
    told = discharge.ready_told_at
    day = swedish.as_date(told) if told else timezone.localdate()
    rule = rule_for(list(PaymentRule.objects.all()), county, discharge.care_type, day)
    facts = Facts(
        notice_in_time=discharge.notice_in_time, ready_told_at=told, call_due=discharge.call_is_due,
        called_at=called_at, home_at=discharge.home_at, broken=discharge.state == "broken", gaps=gaps,
    )  # fmt: skip
    return liability(facts, rule, today=timezone.localdate())


def set_amount(*, county_code: str, year: int, kronor, source: str, by) -> PaymentAmount:
    """A county's own amount for a year (LUS 4:5); the national ones come with the product."""
    amount, _ = PaymentAmount.objects.update_or_create(
        county_code=county_code, year=year, defaults={"kronor": kronor, "source": source}
    )
    log.record("discharge.amount_set", object_type="amount", object_id=str(year), details={"kronor": kronor})
    return amount
