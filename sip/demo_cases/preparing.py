"""What was written with the person before the meeting, and the standing times of some units."""

import json
from datetime import time, timedelta

from cases.topics import ALL
from organisations.scope import acting_for
from preparation import services as preparation
from sip.demo_cases.clock import Clock
from sip.demo_cases.data import DATA
from sip.demo_cases.people import People
from slots import services as slots

# What a plan begins with was said before the meeting (PLA-2).
FROM_PLAN = ("what_matters", "strengths")


def told() -> dict:
    return json.loads((DATA / "demo_preparations.json").read_text(encoding="utf-8"))


class Preparing:
    """Mixed into Walk: uses its story and steps."""

    def write_preparation(self) -> None:
        """The person's own words and the shared question, on the day of the kallelse, before it was sent (KAL-10)."""
        called, plan = self.story["meeting"], self.story["plan"] or {}
        texts = {name: plan[name] for name in FROM_PLAN if plan.get(name)}
        texts |= told()["texts"].get(self.story["key"], {})
        if not texts:
            return
        with self.step(called["called_by"], called["called_offset"], at="10:10") as (case, by):
            preparation.write(case=case, texts=texts, topics=ALL, seen={}, by=by)


def publish_windows(people: People, clock: Clock) -> None:
    """Some units have standing times for half a year, every other week (KAL-9)."""
    for row in told()["windows"]:
        unit = people.units[row["unit"]]
        window = slots.Window(
            weekday=row["weekday"],
            every_weeks=2,
            from_on=clock.day(0),
            to_on=clock.day(0) + timedelta(days=180),
            starts=time.fromisoformat(row["starts"]),
            minutes=60,
            form=row["form"],
            release_days=3,
            place=row["place"],
        )
        by = people.actor(row["staff"], unit.pk)
        with acting_for(by):
            slots.publish(unit=unit, window=window, by=by)
