"""The contexts of the log's pages, and rows of the log in words for an extract."""

from datetime import timedelta

from django.db.models import Count, Q
from django.urls import reverse

from audit.labels import label
from audit.models import AuditEvent
from logbook import extracts as ordering
from logbook import review
from logbook.models import LogExtract
from organisations import swedish


def reviews(paginator, number) -> dict:
    paginator.object_list = paginator.object_list.select_related("started_by__staff").annotate(
        picked=Count("picks"), left=Count("picks", filter=Q(picks__verdict="")),
        breaches=Count("picks", filter=Q(picks__verdict="breach")),
    )  # fmt: skip
    return {"page": paginator.get_page(number)}


def review_page(found) -> dict:
    rows = [judge_row(pick, event) for pick, event in review.events_of(found)]
    return {"review": found, "rows": rows, "left": sum(not row["pick"].verdict for row in rows)}


def judge_page(pick) -> dict:
    event = AuditEvent.objects.filter(unit_id=pick.unit_id, log_id=pick.log_id).first()
    return judge_row(pick, event)


def judge_row(pick, event) -> dict:
    return {
        "pick": pick,
        "event": event,
        "what": label(event.event) if event else "Raden är gallrad",
        "persons": len(event.persons) if event else 0,
    }


def own_rows(case, by, from_on, to_on):
    """The unit's own rows about the person in the period, newest first."""
    about = Q(person_id=case.person_id) | Q(persons__contains=[case.person_id])
    return in_period(AuditEvent.objects.filter(about, unit_id=by.unit_id), from_on, to_on).order_by("-at", "-id")


def in_period(rows, from_on, to_on):
    return rows.filter(at__gte=review.day_start(from_on), at__lt=review.day_start(to_on + timedelta(days=1)))


def order_for_unit(case, *, from_on, to_on, by) -> LogExtract:
    rows = own_rows(case, by, from_on, to_on)
    return ordering.order(
        person_id=case.person_id,
        name=case.shown_name,
        rows=[in_words(row, case.person_id) for row in rows[: ordering.MAX_ROWS]],
        total=rows.count(),
        from_on=from_on,
        to_on=to_on,
        place=rows[0].unit_name if rows else "",
        by=by,
    )


def in_words(row, person_id: int) -> dict:
    what = label(row.event) if row.person_id == person_id else "Såg namnet i en lista"
    who = ", ".join(filter(None, [row.actor_name or "Tjänsten själv", row.actor_title]))
    return {
        "at": swedish.date_and_time(row.at), "who": who, "where": row.unit_name, "what": what, "why": row.purpose,
    }  # fmt: skip


def extracts(case, *, view: str, **whose) -> list[LogExtract]:
    """Earlier extracts, newest first, without their contents, with the address of each."""
    found = LogExtract.objects.filter(person_id=case.person_id, **whose).defer("pdf", "context")
    shown = list(found.order_by("-created_at")[:20])
    for one in shown:
        one.url = reverse(view, args=[case.pk, one.pk])
    return shown
