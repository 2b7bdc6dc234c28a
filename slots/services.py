"""A unit publishes and ends standing times; a caller finds the first common ones and takes one (KAL-9)."""

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import DatabaseError, connection
from django.utils import timezone

from audit import log
from organisations import swedish
from organisations.calendar_se import is_weekday
from organisations.errors import RuleBroken
from organisations.models import Unit
from slots.models import Slot, SlotWindow

# Shorter than this is no meeting, and farther ahead than a year no unit knows its rooms.
LEAST_MINUTES = 30
LONGEST = timedelta(days=366)
OFFERED = 6
TAKEN = "Tiden blev just tagen av någon annan. Välj en annan tid."


@dataclass(frozen=True)
class Window:
    """What a standing time says."""

    weekday: int
    every_weeks: int
    from_on: date
    to_on: date
    starts: time
    minutes: int
    form: str
    release_days: int
    place: str = ""


@dataclass(frozen=True)
class Common:
    """A time when all can come, and whose window it lies in."""

    starts_at: datetime
    ends_at: datetime
    windows: list[dict]

    @property
    def key(self) -> str:
        return f"{self.starts_at.isoformat()}/{self.ends_at.isoformat()}"


def days_of(window: Window) -> list[date]:
    """The days of the window; holidays and eves are left out, and the count of weeks goes on over them."""
    first = window.from_on + timedelta(days=(window.weekday - window.from_on.isoweekday()) % 7)
    step = timedelta(weeks=window.every_weeks)
    number = max(0, (window.to_on - first) // step + 1) if first <= window.to_on else 0
    return [day for day in (first + step * n for n in range(number)) if is_weekday(day)]


def publish(*, unit, window: Window, by) -> SlotWindow:
    """Make the window and its days from today on. Raises RuleBroken when it has none, or meets another of the unit."""
    if window.to_on < window.from_on:
        raise RuleBroken("Sista dagen ligger före den första.", field="to_on")
    if window.to_on - window.from_on > LONGEST:
        raise RuleBroken("Lägg upp högst ett år i taget.", field="to_on")
    if window.form in ("physical", "hybrid") and not window.place:
        raise RuleBroken("Skriv var ni träffas.", field="place")
    rows = [row for day in days_of(window) if (row := occasion(unit, window, day)).starts_at > timezone.now()]
    if not rows:
        raise RuleBroken("Ingen sådan dag finns kvar mellan de datumen. Helgdagar räknas inte.", field="to_on")
    with connection.cursor() as cursor:
        # Two who publish for the same unit at once wait for each other here.
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"slots:{unit.pk}"])
    clash = first_clash(unit, rows)
    if clash:
        raise RuleBroken(f"Enheten har redan en stående tid {swedish.date_and_time(clash)}.", field="starts")
    made = SlotWindow.objects.create(unit=unit, created_by_id=by.assignment_id, **vars(window))
    for row in rows:
        row.window = made
    Slot.objects.bulk_create(rows)
    log.record("slots.published", object_type="unit", object_id=str(unit.pk))
    return made


def occasion(unit, window: Window, day: date) -> Slot:
    starts_at = swedish.instant(day, window.starts)
    given_back = swedish.instant(day - timedelta(days=window.release_days), time(0))
    return Slot(
        unit=unit,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=window.minutes),
        offered_until=given_back if window.release_days else starts_at,
    )


def first_clash(unit, rows) -> datetime | None:
    """The beginning of the first day of another window that overlaps one of the rows."""
    own = Slot.objects.filter(unit=unit, ends_at__gt=rows[0].starts_at, starts_at__lt=rows[-1].ends_at)
    taken = list(own.order_by("starts_at").values_list("starts_at", "ends_at"))
    return next((a for a, b in taken for row in rows if a < row.ends_at and row.starts_at < b), None)


def end(*, window, by) -> int:
    """Offer no more of the window; what is taken stays. How many days that was. Raises RuleBroken when it has ended."""
    if window.ended_at is not None:
        raise RuleBroken("Den stående tiden är redan avslutad.")
    window.ended_at = timezone.now()
    window.save(update_fields=["ended_at"])
    gone, _ = Slot.objects.filter(window=window, starts_at__gt=window.ended_at, booking=None).delete()
    log.record("slots.ended", object_type="unit", object_id=str(window.unit_id))
    return gone


def common(*, case, unit_ids) -> list[Common]:
    """The first times that all of the units which have standing times can come; empty when none has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select starts_at, ends_at, windows::text from common_slots(%s, %s, %s, %s)",
            [case.pk, list(unit_ids), LEAST_MINUTES, OFFERED],
        )
        rows = [(a, b, json.loads(windows)) for a, b, windows in cursor.fetchall()]
    names = dict(Unit.objects.filter(pk__in={w["unit"] for _, _, ws in rows for w in ws}).values_list("pk", "name"))
    return [Common(a, b, [window | {"name": names[window["unit"]]} for window in windows]) for a, b, windows in rows]


def publishing(*, case, unit_ids) -> set[int]:
    """Those of the units that have standing times."""
    with connection.cursor() as cursor:
        cursor.execute("select * from units_with_slots(%s, %s)", [case.pk, list(unit_ids)])
        return {pk for (pk,) in cursor.fetchall()}


def take(*, case, reservation, unit_ids, starts_at, ends_at) -> None:
    """Take the time for each unit that has standing times. Raises RuleBroken when somebody else was first."""
    values = [case.pk, reservation, list(unit_ids), starts_at, ends_at]
    try:
        with connection.cursor() as cursor:
            cursor.execute("select take_slots(%s, %s, %s, %s, %s)", values)
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", None) in ("23P01", "23505"):
            raise RuleBroken(TAKEN, field="slot") from error
        raise
