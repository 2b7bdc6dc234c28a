"""What deserves a second look among the goals and measures of a plan (PLA-3, PLA-4): facts in, findings out.

Reads nothing: who takes part and what is done is told by the caller. It advises and never refuses.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations, pairwise

from plans.matching import alike

# Two measures of different parties are the same task when their words are this alike; short ones must be the same.
SAME = 0.75
# More than this in a plan is not compared each with each.
MOST = 60
WEEKEND = 5


@dataclass(frozen=True)
class Task:
    """A measure as the check sees it; `party` tells who does it: a unit's id, or a word for somebody else."""

    pk: int
    text: str
    party: object
    who: str
    named: bool = True
    takes_part: bool = True
    starts: date | None = None
    ends: date | None = None
    ongoing: bool = False


@dataclass(frozen=True)
class Aim:
    """A goal with its measures in the order of the plan."""

    pk: int
    text: str
    tasks: tuple[Task, ...] = ()


@dataclass(frozen=True)
class Finding:
    """One thing to look at: what it is about, in words, and the goal that it stands under."""

    kind: str
    text: str
    goal: int
    measures: tuple[int, ...] = field(default=())


def check(aims: Iterable[Aim], *, today: date, whole: bool = True) -> list[Finding]:
    """Every finding, goal by goal. `whole`: the reader sees all, so that what is missing can be told."""
    aims = list(aims)
    found = [] if not whole else [
        Finding("goal_empty", f"Målet {short(aim.text)} har ingen insats.", aim.pk) for aim in aims if not aim.tasks
    ]  # fmt: skip
    for aim in aims:
        for task in aim.tasks:
            found += [Finding(kind, text, aim.pk, (task.pk,)) for kind, text in of_one(task, today)]
        # A measure that is not shared may lie in between.
        found += gaps(aim) if whole else []
    return [*found, *twice(aims)]


def of_one(task: Task, today: date):
    """What one measure gives by itself."""
    name = short(task.text)
    if not task.named:
        yield "no_owner", f"Det står inte vem som ansvarar för insatsen {name}."
    elif not task.takes_part:
        yield "not_party", f"{task.who} ansvarar för insatsen {name} men är inte med i ärendet."
    if task.ends is not None and task.ends < today:
        yield "past_end", f"Insatsen {name} skulle vara klar, men dagen har passerat."


def gaps(aim: Aim):
    """Days between one measure and the next that nothing under the goal covers; a weekend is no gap."""
    for one, after in pairwise(aim.tasks):
        if one.ends is None or after.starts is None or after.starts <= one.ends + timedelta(days=1):
            continue
        between = days(one.ends + timedelta(days=1), after.starts)
        others = [task for task in aim.tasks if task not in (one, after)]
        if any(day.weekday() < WEEKEND and not any(covers(task, day) for task in others) for day in between):
            text = f"{short(one.text)} slutar innan {short(after.text)} börjar. Vem gör något under tiden?"
            yield Finding("gap", text, aim.pk, (one.pk, after.pk))


def days(start: date, end: date) -> list[date]:
    """The days from `start` up to `end` (not included); a very long gap is known by its first week."""
    return [start + timedelta(days=step) for step in range(min((end - start).days, 7))]


def covers(task: Task, day: date) -> bool:
    if task.starts is None and task.ends is None and not task.ongoing:
        return False
    return (task.starts is None or task.starts <= day) and (task.ends is None or day <= task.ends)


def twice(aims: Iterable[Aim]):
    """The same task by two parties, wherever in the plan they stand."""
    tasks = [(aim.pk, task) for aim in aims for task in aim.tasks][:MOST]
    for (goal, one), (_, other) in combinations(tasks, 2):
        if one.party != other.party and same_task(one.text, other.text):
            text = f"{one.who} och {other.who} verkar göra samma sak: {short(one.text)}. Behövs båda?"
            yield Finding("twice", text, goal, (one.pk, other.pk))


def same_task(one: str, other: str) -> bool:
    left, right = plain(one), plain(other)
    if min(len(left.split()), len(right.split())) < 3:
        return left == right
    return alike(left, right) >= SAME


def plain(text: str) -> str:
    return " ".join(word.strip('.,;:!?”"()') for word in text.lower().split())


def short(text: str) -> str:
    words = " ".join(text.split()).rstrip(".")
    return f"”{words[:60]}{'…' if len(words) > 60 else ''}”"
