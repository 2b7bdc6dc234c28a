"""A second calculation of deadlines, from the almanac's own rules, that shares nothing with the product's."""

from datetime import UTC, date, datetime, timedelta

DAY = timedelta(days=1)


def easter(year: int) -> date:
    """Easter Sunday by the Gregorian computus (golden number, century, epact)."""
    golden = year % 19 + 1
    century = year // 100 + 1
    skipped, moon = 3 * century // 4 - 12, (8 * century + 5) // 25 - 5
    sunday = 5 * year // 4 - skipped - 10
    epact = (11 * golden + 20 + moon - skipped) % 30
    if epact == 24 or (epact == 25 and golden > 11):
        epact += 1
    full = 44 - epact
    full += 30 if full < 21 else 0
    full += 7 - (sunday + full) % 7
    return date(year, 3, full) if full <= 31 else date(year, 4, full - 31)


def saturday_from(day: date) -> date:
    while day.isoweekday() != 6:
        day += DAY
    return day


def free_days(year: int) -> set[date]:
    """The red days by lag 1989:253 and the three eves by lag 1930:173, Saturdays and Sundays left out."""
    paschal = easter(year)
    midsummer = saturday_from(date(year, 6, 20))
    return {
        date(year, 1, 1), date(year, 1, 6), paschal - 2 * DAY, paschal, paschal + DAY, date(year, 5, 1),
        paschal + 39 * DAY, paschal + 49 * DAY, date(year, 6, 6), midsummer - DAY, midsummer,
        saturday_from(date(year, 10, 31)), date(year, 12, 24), date(year, 12, 25), date(year, 12, 26),
        date(year, 12, 31),
    }  # fmt: skip


def is_working(day: date) -> bool:
    return day.isoweekday() <= 5 and day not in free_days(day.year)


def last_sunday(year: int, month: int) -> date:
    day = date(year, month, 31)
    while day.isoweekday() != 7:
        day -= DAY
    return day


def on_swedish_clocks(moment: datetime) -> datetime:
    """The wall clock, naive: two hours ahead of UTC between the last Sundays of March and October at 01.00 UTC."""
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    begins, ends = (datetime.combine(last_sunday(utc.year, month), datetime.min.time()) for month in (3, 10))
    summer = begins + timedelta(hours=1) <= utc < ends + timedelta(hours=1)
    return utc + timedelta(hours=2 if summer else 1)


def last_day(rule: dict, moment: datetime) -> date:
    """The last day by counting one day at a time."""
    if rule["unit"] == "hours":
        return on_swedish_clocks(moment.astimezone(UTC) + timedelta(hours=rule["amount"])).date()
    wall = on_swedish_clocks(moment)
    day = wall.date()
    if rule["direction"] == "before":
        for _ in range(rule["amount"]):
            day -= DAY
        return day
    cutoff = rule["cutoff_time"]
    if cutoff and wall.strftime("%H:%M:%S.%f") > f"{cutoff[:5]}:00.000000":
        day += DAY
    left = rule["amount"]

    def counts(one):
        return rule["unit"] == "days" or is_working(one)

    if rule["day_zero_counts"] and counts(day):
        left -= 1
    while left > 0:
        day += DAY
        if counts(day):
            left -= 1
    while rule["moves"] == "next_weekday" and not is_working(day):
        day += DAY
    return day
