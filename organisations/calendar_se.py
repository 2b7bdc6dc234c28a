"""The Swedish calendar: which days are weekdays (vardagar), with the public holidays and the three eves.

Midsommarafton, julafton and nyårsafton count as holidays where an act is due (lag 1930:173 § 2), and so does Saturday.
"""

from datetime import date, timedelta
from functools import cache

from holidays.countries import Sweden

ONE_DAY = timedelta(days=1)
SATURDAY = 5


@cache
def days_off(year: int) -> dict[date, str]:
    """The holidays and eves of a year with their Swedish names; Saturdays and Sundays are not named."""
    return dict(Sweden(years=year, categories=("public", "de_facto"), include_sundays=False, language="sv"))


def is_weekday(day: date) -> bool:
    return day.weekday() < SATURDAY and day not in days_off(day.year)


def name_of(day: date) -> str:
    """Why a day is no weekday, in Swedish; an empty string for a weekday."""
    weekends = {5: "en lördag", 6: "en söndag"}
    return days_off(day.year).get(day, "").lower() or weekends.get(day.weekday(), "")


def next_weekday(day: date) -> date:
    """The day itself when it is a weekday, else the first one after it."""
    while not is_weekday(day):
        day += ONE_DAY
    return day


def add_weekdays(day: date, number: int) -> date:
    """The `number`th weekday after a day; 0 is the day itself."""
    for _ in range(number):
        day = next_weekday(day + ONE_DAY)
    return day


def closed_between(first: int, last: int) -> list[date]:
    """All holidays and eves of those years that fall on Monday to Friday, for a statement in SQL."""
    years = range(first, last + 1)
    return [day for year in years for day in sorted(days_off(year)) if day.weekday() < SATURDAY]
