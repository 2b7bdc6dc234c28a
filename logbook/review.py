"""The recurring review of the unit's own log: picks by rule and at random, verdicts, a record (HSLF-FS 2016:40 4:9)."""

from datetime import date, time, timedelta

from django.db import connection
from django.utils import timezone

from audit import log
from audit.models import AuditEvent
from logbook.models import LogReview, ReviewPick
from organisations import swedish
from organisations.errors import Conflict, RuleBroken

RANDOM, PER_RULE = 10, 20
MANY_PERSONS = 40
DAYS_AFTER_CLOSING = 30
LONGEST_DAYS = 100

# The rows of the own unit that a rule speaks of; row security keeps all other units' rows away. Emergencies are all
# taken, whenever they were; of each other rule the latest, so that a review stays possible to finish.
# ruff: noqa: S608 - put together of our own words alone
MINE = "select e.log_id, e.at from audit_event e where e.unit_id = %(unit)s and e.actor_kind = 'staff'"
PERIOD = " and e.at >= %(start)s and e.at < %(end)s"
NEW = " and not exists (select 1 from logbook_reviewpick p where p.unit_id = %(unit)s and p.log_id = e.log_id)"
HOUR = "extract(hour from e.at at time zone 'Europe/Stockholm')"
DAY = "(e.at at time zone 'Europe/Stockholm')::date"
QUERIES = {
    "emergency": MINE + " and e.action = 'Nödöppning'" + NEW + " order by e.at",
    "revealed": MINE + PERIOD + " and e.action = 'Läsa skyddat'" + NEW + " order by e.at desc limit %(most)s",
    "refused": MINE + PERIOD + " and e.action = 'Nekad'" + NEW + " order by e.at desc limit %(most)s",
    "own_name": MINE + PERIOD + NEW + " and e.action = 'Läsa' and exists (select 1 from cases_case c"
    " where c.id = e.case_id and length(c.family_name) > 1"
    " and lower(e.actor_name) like '%% ' || lower(c.family_name)) order by e.at desc limit %(most)s",
    "closed": MINE + PERIOD + NEW + " and e.action = 'Läsa' and exists (select 1 from cases_case c"
    " where c.id = e.case_id and c.closed_on < " + DAY + " - %(after)s) order by e.at desc limit %(most)s",
    "night": MINE + PERIOD + " and e.action = 'Läsa' and e.person_id is not null and (" + HOUR + " >= 22 or " + HOUR
    + " < 6)" + NEW + " order by e.at desc limit %(most)s",
    "many": "select (array_agg(e.log_id order by e.at desc))[1], max(e.at) from audit_event e"
    " where e.unit_id = %(unit)s and e.actor_kind = 'staff'" + PERIOD + " and e.person_id is not null" + NEW
    + " group by e.staff_id, " + DAY + " having count(distinct e.person_id) > %(many)s limit %(most)s",
    "random": MINE + PERIOD + " and e.action in ('Läsa', 'Skriva', 'Utskrift') and e.person_id is not null" + NEW
    + " order by random() limit %(random)s",
}  # fmt: skip


def waiting_emergencies(by) -> int:
    """How many emergency openings of the unit nobody has reviewed yet: each must be (trust)."""
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from ({QUERIES['emergency']}) t", {"unit": by.unit_id})
        return cursor.fetchone()[0]


def start(*, from_on: date, to_on: date, by) -> LogReview:
    """Pick the rows to judge; the same row is never picked twice. Raises RuleBroken for an impossible period."""
    if to_on > timezone.localdate():
        raise RuleBroken("Perioden kan inte sluta längre fram än i dag.", field="to_on")
    if not from_on <= to_on <= from_on + timedelta(days=LONGEST_DAYS):
        raise RuleBroken(f"Välj en period på högst {LONGEST_DAYS} dagar.", field="from_on")
    if LogReview.objects.filter(unit_id=by.unit_id, finished_at=None).exists():
        raise RuleBroken("Det finns redan en granskning som inte är klar. Gör klart den först.")
    values = {
        "unit": by.unit_id, "start": day_start(from_on), "end": day_start(to_on + timedelta(days=1)),
        "most": PER_RULE, "random": RANDOM, "many": MANY_PERSONS, "after": DAYS_AFTER_CLOSING,
    }  # fmt: skip
    chosen: dict = {}
    with connection.cursor() as cursor:
        for rule, query in QUERIES.items():
            cursor.execute(query, values)
            for log_id, _ in cursor.fetchall():
                chosen.setdefault(log_id, rule)
    seen = AuditEvent.objects.filter(unit_id=by.unit_id, at__gte=values["start"], at__lt=values["end"]).count()
    review = LogReview.objects.create(
        unit_id=by.unit_id, from_on=from_on, to_on=to_on, started_by_id=by.assignment_id, looked_through=seen
    )
    ReviewPick.objects.bulk_create(
        ReviewPick(unit_id=by.unit_id, review=review, log_id=log_id, rule=rule) for log_id, rule in chosen.items()
    )
    log.record("logbook.review_started", object_type="logbook.review", object_id=str(review.pk))
    return review


def day_start(day: date):
    return swedish.instant(day, time())


def events_of(review) -> list[tuple[ReviewPick, AuditEvent | None]]:
    """Each pick with its row of the log; a row that has been erased since is None. Two statements."""
    picks = list(review.picks.select_related("decided_by__staff").order_by("pk"))
    rows = AuditEvent.objects.filter(unit_id=review.unit_id, log_id__in=[pick.log_id for pick in picks])
    found = {row.log_id: row for row in rows}
    return [(pick, found.get(pick.log_id)) for pick in picks]


def judge(*, pick: ReviewPick, verdict: str, note: str = "", by) -> None:
    """Write the verdict; what is not plainly right needs words. Nobody judges what one has done oneself."""
    if pick.review.finished_at:
        raise Conflict("Granskningen är redan avslutad.")
    row = AuditEvent.objects.filter(unit_id=by.unit_id, log_id=pick.log_id).first()
    if row is not None and row.staff_id == by.staff_id:
        raise RuleBroken("Någon annan chef ska bedöma det du själv har gjort.", field="verdict")
    if verdict != "ok" and not note:
        raise RuleBroken("Skriv vad du har kommit fram till och vad som görs.", field="note")
    pick.verdict, pick.note = verdict, note
    pick.decided_by_id, pick.decided_at = by.assignment_id, timezone.now()
    pick.save(update_fields=["verdict", "note", "decided_by", "decided_at"])
    log.record("logbook.judged", object_type="logbook.pick", object_id=str(pick.log_id), details={"verdict": verdict})


def finish(*, review: LogReview, summary: str = "", by) -> None:
    """Close the review for good; every row must have its verdict."""
    if review.finished_at:
        raise Conflict("Granskningen är redan avslutad.")
    left = review.picks.filter(verdict="").count()
    if left:
        raise RuleBroken(f"{left} {'rad' if left == 1 else 'rader'} är inte bedömda än.")
    review.summary, review.finished_at, review.finished_by_id = summary, timezone.now(), by.assignment_id
    review.save(update_fields=["summary", "finished_at", "finished_by"])
    log.record("logbook.review_finished", object_type="logbook.review", object_id=str(review.pk))
