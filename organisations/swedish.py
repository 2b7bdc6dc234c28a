"""Swedish dates, times and numbers in words, without the operating system's locales."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")
WEEKDAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
MONTHS = (
    "januari", "februari", "mars", "april", "maj", "juni",
    "juli", "augusti", "september", "oktober", "november", "december",
)  # fmt: skip
NUMBERS = (
    "noll", "en", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv",
)  # fmt: skip
FIRST_YEAR, LAST_YEAR = 1900, 2100
# A day and month without a year means this near past, otherwise the coming one.
RECENT = timedelta(days=92)

# Area codes of two and three digits; every other Swedish area code has four.
AREA_CODES = (
    "08",
    *"010 011 013 016 018 019 020 021 023 026 031 033 035 036 040 042 044 046".split(),
    *"054 060 063 070 072 073 076 077 079 090 099".split(),
)
GROUPS = {5: (3, 2), 6: (2, 2, 2), 7: (3, 2, 2), 8: (3, 3, 2)}


class UnclearDate(ValueError):
    """The text is no date; the message is Swedish and meant for the one who wrote it."""


class UnclearTime(ValueError):
    """The text is no time of day; the message is Swedish and meant for the one who wrote it."""


def local(value: datetime) -> datetime:
    """The same instant on Swedish clocks; a naive value already is."""
    return value.astimezone(STOCKHOLM) if value.tzinfo else value


def instant(day: date, clock: time) -> datetime:
    """The UTC instant of a Swedish date and time of day."""
    return datetime.combine(day, clock, tzinfo=STOCKHOLM).astimezone(UTC)


def as_date(value: date | datetime) -> date:
    return local(value).date() if isinstance(value, datetime) else value


def day_month(value: date | datetime) -> str:
    """17 mars"""
    day = as_date(value)
    return f"{day.day} {MONTHS[day.month - 1]}"


def short_date(value: date | datetime) -> str:
    """17 mars 2026"""
    return f"{day_month(value)} {as_date(value).year}"


def long_date(value: date | datetime) -> str:
    """tisdag 17 mars 2026"""
    return f"{WEEKDAYS[as_date(value).weekday()]} {short_date(value)}"


def clock(value: time | datetime) -> str:
    """13.30"""
    at = local(value) if isinstance(value, datetime) else value
    return f"{at.hour}.{at.minute:02}"


def date_and_time(value: datetime) -> str:
    """tisdag 17 mars 2026 kl. 13.30"""
    return f"{long_date(value)} kl. {clock(value)}"


def clock_span(start: time | datetime, end: time | datetime) -> str:
    """13.30–14.30, and 8–16 when both are whole hours"""
    a = local(start) if isinstance(start, datetime) else start
    b = local(end) if isinstance(end, datetime) else end
    if a.minute == b.minute == 0:
        return f"{a.hour}–{b.hour}"
    return f"{clock(a)}–{clock(b)}"


def span(start: date | datetime | time | None, end: date | datetime | time | None) -> str:
    """20 mars till 12 maj 2026; 13.30–14.30; tisdag 17 mars 2026 kl. 13.30–14.30"""
    if start is None or end is None:
        only = start if start is not None else end
        if only is None:
            return ""
        if isinstance(only, time):
            return ("från kl. " if start is not None else "till kl. ") + clock(only)
        return ("från " if start is not None else "till ") + short_date(only)
    if isinstance(start, time):
        return clock_span(start, end)
    if isinstance(start, datetime) and isinstance(end, datetime):
        if as_date(start) == as_date(end):
            return f"{long_date(start)} kl. {clock_span(start, end)}"
        return f"{date_and_time(start)} till {date_and_time(end)}"
    first, last = as_date(start), as_date(end)
    if first == last:
        return short_date(first)
    left = day_month(first) if first.year == last.year else short_date(first)
    return f"{left} till {short_date(last)}"


def when(value: datetime, today: date) -> str:
    """i dag kl. 8.12, i går kl. 8.12, måndag 9 mars kl. 14.05, with the year when it is another"""
    day = as_date(value)
    if day == today:
        return f"i dag kl. {clock(value)}"
    if day == today - timedelta(days=1):
        return f"i går kl. {clock(value)}"
    year = "" if day.year == today.year else f" {day.year}"
    return f"{WEEKDAYS[day.weekday()]} {day_month(day)}{year} kl. {clock(value)}"


def due(value: date, today: date) -> str:
    """7 dagar sen, i dag, i morgon, om 5 dagar"""
    days = (as_date(value) - today).days
    if days == 0:
        return "i dag"
    if days == 1:
        return "i morgon"
    if days > 1:
        return f"om {days} dagar"
    return "1 dag sen" if days == -1 else f"{-days} dagar sen"


def week(value: date) -> str:
    """Tisdag, vecka 12"""
    return f"{WEEKDAYS[value.weekday()].capitalize()}, vecka {value.isocalendar().week}"


def count(number: int, one: str, many: str) -> str:
    """1 uppgift, 3 uppgifter"""
    return f"{number} {one if number == 1 else many}"


def number_word(number: int) -> str:
    return NUMBERS[number] if 0 <= number < len(NUMBERS) else str(number)


def personnummer(value: str) -> str:
    """194305179808 and 19430517-9808 both as 19430517-9808; anything else as it stands"""
    digits = re.sub(r"[\s+-]", "", value or "")
    return f"{digits[:8]}-{digits[8:]}" if re.fullmatch(r"[0-9]{12}", digits) else value or ""


def phone(value: str) -> str:
    """+46 8 465 004 25 as 08-465 004 25; what is not a Swedish number stays as written"""
    written = " ".join((value or "").split())
    digits = re.sub(r"[^0-9+]", "", re.sub(r"\(0\)", "", written))
    digits = re.sub(r"^(\+46|0046)", "0", digits)
    if not re.fullmatch(r"0[0-9]{6,10}", digits) or re.search(r"[a-zåäö]", written, re.I):
        return written
    cut = next((len(code) for code in AREA_CODES if digits.startswith(code)), 4)
    area, rest = digits[:cut], digits[cut:]
    if len(rest) not in GROUPS:
        return written
    parts, start = [], 0
    for size in GROUPS[len(rest)]:
        parts.append(rest[start : start + size])
        start += size
    return f"{area}-{' '.join(parts)}"


def tel(value: str) -> str:
    """The number for a tel: link, international where it is a Swedish subscriber number"""
    digits = re.sub(r"[^0-9+]", "", re.sub(r"\(0\)", "", value or ""))
    return f"+46{digits[1:]}" if re.fullmatch(r"0[1-9][0-9]{5,9}", digits) else digits


def _month(word: str) -> int:
    name = word.rstrip(".").lower()
    if len(name) >= 3:
        for number, month in enumerate(MONTHS, start=1):
            if month.startswith(name) or (month == "september" and name == "sept"):
                return number
    raise UnclearDate(f"”{word[:20]}” är ingen månad. Skriv till exempel 17 mars 2026.")


def _on(year: int, month: int, day: int) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise UnclearDate(f"Skriv ett år mellan {FIRST_YEAR} och {LAST_YEAR}.")
    if not 1 <= month <= 12:
        raise UnclearDate("Månaden ska vara ett tal från 1 till 12. Skriv till exempel 2026-03-17.")
    try:
        return date(year, month, day)
    except ValueError:
        name = MONTHS[month - 1]
        raise UnclearDate(f"Det finns ingen {day} {name} {year}. Kontrollera dagen.") from None


def _guess_year(day: int, month: int, today: date, prefer: str) -> date:
    found = []
    # Eight years on either side always hold a leap day.
    for year in range(today.year - 8, today.year + 9):
        try:
            found.append(_on(year, month, day))
        except UnclearDate:
            continue
    if not found:
        _on(today.year, month, day)
    past = max((d for d in found if d <= today), default=None)
    coming = min((d for d in found if d >= today), default=None)
    if prefer == "past":
        return past or coming
    if prefer == "future":
        return coming or past
    if past and today - past <= RECENT:
        return coming if coming and coming - today < today - past else past
    return coming or past


def _full_year(text: str, today: date, prefer: str) -> int:
    if len(text) == 4:
        return int(text)
    year = today.year // 100 * 100 + int(text)
    return year - 100 if prefer == "past" and year > today.year else year


def parse_date(text: str, *, today: date, prefer: str = "near") -> date:
    """Read a date as people write it; `prefer` (near, future, past) settles a missing year."""
    said = " ".join(text.lower().replace("–", "-").split())
    simple = {"idag": 0, "i dag": 0, "imorgon": 1, "i morgon": 1, "igår": -1, "i går": -1}
    if said in simple:
        return today + timedelta(days=simple[said])
    weekday = None
    if lead := re.match(rf"({'|'.join(WEEKDAYS)})(en)?,? +", said):
        weekday, said = WEEKDAYS.index(lead[1]), said[lead.end() :]
    said = re.sub(r"^den ", "", said)
    result = _read(said, today, prefer)
    if weekday is not None and result.weekday() != weekday:
        right, wrong = WEEKDAYS[result.weekday()], WEEKDAYS[weekday]
        raise UnclearDate(f"{short_date(result)} är en {right}, inte en {wrong}.")
    return result


def _read(said: str, today: date, prefer: str) -> date:
    if m := re.fullmatch(r"([0-9]{4})[-/. ]([0-9]{1,2})[-/. ]([0-9]{1,2})", said):
        return _on(int(m[1]), int(m[2]), int(m[3]))
    if m := re.fullmatch(r"([0-9]{4}|[0-9]{2})([0-9]{2})([0-9]{2})", said):
        return _on(_full_year(m[1], today, prefer), int(m[2]), int(m[3]))
    if m := re.fullmatch(r"([0-9]{1,2})(?:/|\.) ?([0-9]{1,2})(?:[-/. ]+([0-9]{4}|[0-9]{2}))?", said):
        day, month, year = int(m[1]), int(m[2]), m[3]
    elif m := re.fullmatch(r"([0-9]{1,2})(?:[:.]?e)? ?([a-zåäö]+\.?)(?: ([0-9]{4}))?", said):
        day, month, year = int(m[1]), _month(m[2]), m[3]
    else:
        raise UnclearDate("Skriv ett datum, till exempel 2026-03-17 eller 17 mars.")
    if year:
        return _on(_full_year(year, today, prefer), month, day)
    return _guess_year(day, month, today, prefer)


def parse_time(text: str) -> time:
    """Read a time of day as people write it: 13.30, 13:30, 1330, 13, kl. 13"""
    said = re.sub(r"^(klockan|kl\.?) *", "", " ".join(text.lower().split()))
    m = re.fullmatch(r"([0-9]{1,2})(?:[.:, ]([0-9]{2}))?", said)
    m = m or re.fullmatch(r"([0-9]{1,2})([0-9]{2})", said)
    if not m:
        raise UnclearTime("Skriv ett klockslag, till exempel 13.30.")
    hour, minute = int(m[1]), int(m[2] or 0)
    if hour > 23:
        raise UnclearTime("Timmen ska vara ett tal från 0 till 23. Skriv till exempel 13.30.")
    if minute > 59:
        raise UnclearTime("Minuterna ska vara ett tal från 00 till 59. Skriv till exempel 13.30.")
    return time(hour, minute)
