"""The sweep of deadlines: one statement per source of starts against one row at a time, again, and as it grows."""

import statistics
from datetime import time

from django.db import connections

from benchmarks.timing import timed
from cases import clocks, deadlines
from cases.models import Case, Deadline
from organisations import swedish
from organisations.actors import worker_actor
from organisations.models import DeadlineRule
from organisations.scope import acting_for

SAMPLE = 200
KINDS = ("first_contact", "meeting")
# Fewer batches than this say nothing about growth within the run; compare two runs instead.
ENOUGH_BATCHES = 8


def one_by_one(some) -> int:
    """The same rows as a loop over objects: for each its rule, its day, and the row in a transaction of its own."""
    made = 0
    for pk, kind in [(pk, kind) for pk in some for kind in KINDS]:
        with acting_for(worker_actor("mätning")):
            case = Case.objects.only("id", "guideline_id", "need_found_on").get(pk=pk)
            started = swedish.instant(case.need_found_on, time(0))
            rules = DeadlineRule.objects.valid_on(case.need_found_on)
            row = rules.get(guideline=case.guideline_id, kind=kind)
            rule = clocks.Rule.of(row)
            if Deadline.objects.only("id").filter(case=case, kind=kind, started_at=started).exists():
                continue
            Deadline.objects.bulk_create([Deadline(
                case=case, kind=kind, event="need_found", started_at=started, rule=rule.as_json(),
                due_on=clocks.due_on(rule, started), statutory=row.statutory, source=row.legal_source,
                warn_before_days=row.warn_before_days, escalate_after_days=row.escalate_after_days,
            )])  # fmt: skip
            made += 1
    return made


def run(say) -> None:
    """Measure; `say` prints a row and keeps whether its limit was passed."""
    with connections["admin"].cursor() as cursor:
        cursor.execute("select id from cases_case where state = 'initiated' order by id limit %s", [SAMPLE])
        some = [pk for (pk,) in cursor.fetchall()]
    looped = []
    loop = timed(lambda: looped.append(one_by_one(some))) / looped[0]
    batches, made = [], 0

    def walk():
        nonlocal made
        for source in deadlines.SOURCES:
            walker = deadlines.batches(source)
            while True:
                number = []
                seconds = timed(lambda walker=walker, number=number: number.extend(next_of(walker)))
                if not number:
                    break
                made += number[0]
                if number[0] == 2 * deadlines.BATCH:
                    batches.append(seconds)

    rows = timed(walk)
    say("svep: nya rader, i sats / en i taget", loop / (rows / made), 100, f"{made} på {rows:.2f} s", at_least=True)
    first = rows + timed(deadlines.sweep)
    again = timed(deadlines.sweep)
    say("svep: om igen / första gången", again / first, 0.2, f"{again:.2f} s mot {first:.2f} s")
    say("svep: mikrosekunder per ny rad", rows / made * 1e6)
    if len(batches) >= ENOUGH_BATCHES:
        quarter = len(batches) // 4
        growth = statistics.median(batches[-quarter:]) / statistics.median(batches[:quarter])
        say("svep: sista fjärdedelen / första (1 är linjärt)", growth, 1.5, f"{len(batches)} fulla omgångar")


def next_of(walker) -> list[int]:
    """The next batch's number of rows, or nothing when the walk is over."""
    return [number for number in [next(walker, None)] if number is not None]
