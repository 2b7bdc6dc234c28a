"""The sweep of deadlines: one statement per source of starts against one row at a time, again, and as it grows."""

import statistics
from datetime import time

from django.db import connections
from django.utils import timezone

from benchmarks.timing import timed
from cases import clocks, deadlines
from cases.models import Case, Deadline
from consent import lapse
from notifications.reminders import WARN_AT_MOST
from organisations import swedish
from organisations.actors import worker_actor
from organisations.jobs import alone
from organisations.models import DeadlineRule
from organisations.scope import acting_for

SAMPLE, PER_TURN = 200, 50
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
    """Measure; `say` prints a row and keeps whether its limit was passed. The loop runs between the batches."""
    with connections["admin"].cursor() as cursor:
        # The last ones by key, which the walk has not come to.
        cursor.execute("select id from cases_case where state = 'initiated' order by id desc limit %s", [SAMPLE])
        waiting = [pk for (pk,) in cursor.fetchall()]
    loops, full, rows, made = [], [], 0, 0
    for source in deadlines.SOURCES:
        walker, number = deadlines.batches(source), [0]
        while number:
            if source == "need" and waiting:
                some, waiting = waiting[:PER_TURN], waiting[PER_TURN:]
                looped = []
                seconds = timed(lambda some=some, to=looped: to.append(one_by_one(some)))
                # The walk's last turns have nothing left for the loop.
                loops += [seconds / sum(looped)] if sum(looped) else []
            number = []
            seconds = timed(lambda walker=walker, number=number: number.extend(next_of(walker)))
            rows, made = rows + seconds, made + sum(number)
            if sum(number) == 2 * deadlines.BATCH:
                full.append(seconds)
    ratio = statistics.median(loops) / (rows / made)
    say("svep: nya rader, i sats / en i taget", ratio, 100, f"{made} på {rows:.2f} s", at_least=True)
    first = rows + timed(deadlines.sweep)
    # The first can be run only once; of the ones that find nothing the one in the middle is taken.
    again = statistics.median(timed(deadlines.sweep) for _ in range(3))
    say("svep: om igen / första gången", again / first, 0.2, f"{again:.2f} s mot {first:.2f} s")
    say("svep: mikrosekunder per ny rad", rows / made * 1e6)
    consents(say)
    if len(full) >= ENOUGH_BATCHES:
        quarter = len(full) // 4
        growth = statistics.median(full[-quarter:]) / statistics.median(full[:quarter])
        say("svep: sista fjärdedelen / första (1 är linjärt)", growth, 1.5, f"{len(full)} fulla omgångar")


def consents(say) -> None:
    """Those that run out are looked up by their day: what is read grows with them, and not with all there are."""
    made = []
    seconds = timed(lambda: made.append(lapse.sweep()))
    source = lapse.ENDING.format(warn=WARN_AT_MOST)
    with alone("mätning") as cursor:
        cursor.execute("explain (analyze, buffers, format json) " + source, {"today": timezone.localdate()})
        plan = cursor.fetchone()[0][0]["Plan"]
    with connections["admin"].cursor() as cursor:
        cursor.execute("""select count(*) from consent_consent where superseded_at is null and withdrawn_at is null
                          and valid_to between current_date - 8 and current_date + 32""")
        [near] = cursor.fetchone()
    buffers = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    note = f"{made[0]} rader på {seconds:.2f} s, {near} inom tiden"
    say("samtycken som löper ut: buffertar per samtycke", buffers / max(1, near), 30, note)


def next_of(walker) -> list[int]:
    """The next batch's number of rows, or nothing when the walk is over."""
    return [number for number in [next(walker, None)] if number is not None]
