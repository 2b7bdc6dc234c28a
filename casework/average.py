"""The average model as a report for kommun and region: mean days from ready to home, against the free ones (LUS 4:4).

Figures over all stays of a kommun; nobody's name or number is read, and no row is one person's.
"""

from collections import defaultdict
from datetime import date

from django.db import connection
from django.utils import timezone

from audit import log
from cases import clocks, payment
from cases.enums import CareType, DeadlineKind
from organisations import swedish
from organisations.models import Guideline

MOST = 100_000
YEARS = 5
AVERAGE = "average"
STAYS = """
select county_code, kommun, care_type, ready_told_at, home_at from discharge_payments(%s, %s, %s)
where home_at is not null and not broken
"""
QUARTERS = ("januari–mars", "april–juni", "juli–september", "oktober–december")


def page(year_text: str) -> dict:
    """The template context: one table for each quarter of the year that has any stay, latest first."""
    today = timezone.localdate()
    years = [today.year - n for n in range(YEARS)]
    year = int(year_text) if year_text.isdecimal() and int(year_text) in years else today.year
    parts, rules = defaultdict(lambda: defaultdict(list)), {}
    for county, kommun, care, ready_at, home_at in stays(year):
        ready_on = swedish.as_date(ready_at)
        stay = payment.Discharge(ready_sent_at=ready_at, home_on=swedish.as_date(home_at))
        quarter = (ready_on.month - 1) // 3
        # The rule of the quarter's first day: one figure is never counted by two rules.
        key = (county, care, quarter)
        if key not in rules:
            rules[key] = rule_of(county, care, date(year, 3 * quarter + 1, 1))
        parts[quarter][kommun, care, key].append(stay)
    found = [{"name": QUARTERS[q], "rows": rows_of(parts[q], rules)} for q in sorted(parts, reverse=True)]
    log.record("discharge.payment_listed", action=log.READ, details={"shown": sum(len(f["rows"]) for f in found)})
    return {"year": year, "years": years, "quarters": found}


def stays(year: int) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(STAYS, [date(year, 1, 1), date(year, 12, 31), MOST])
        return cursor.fetchall()


def rule_of(county: str, care: str, on: date) -> tuple[clocks.Rule | None, bool]:
    """The county's payment rule for that care on that day, and whether the county counts by the average."""
    guideline = Guideline.objects.for_county(county, on)
    if guideline is None:
        return None, False
    rules = guideline.deadline_rules.valid_on(on).filter(kind=DeadlineKind.PAYMENT, care_type__in=["any", care])
    row = rules.first()
    return row and clocks.Rule.of(row), guideline.settings.get("payment_model") == AVERAGE


def rows_of(part: dict, rules: dict) -> list[dict]:
    """A row for each kommun and kind of care, in that order."""
    rows = []
    for (kommun, care, key), some in sorted(part.items(), key=lambda item: item[0][:2]):
        rule, by_average = rules[key]
        if rule is None:
            continue
        found = payment.average(rule, some)
        rows.append({
            "kommun": kommun or "Ingen kommun",
            "care": dict(CareType.choices).get(care, "Inte angivet"),
            "stays": found.stays,
            "mean": decimal(found.days),
            "free": found.free_days,
            "over": decimal(found.over),
            # What the reckoning between the huvudmän starts from: the days above the free ones, for all stays.
            "days_over": decimal(found.over * found.stays) if by_average else "",
            "by_average": by_average,
        })  # fmt: skip
    return rows


def decimal(number) -> str:
    """One decimal with a comma; an exact fraction is rounded only here."""
    return f"{float(round(number, 1)):.1f}".replace(".", ",")
