"""A party's own measures for its own record: as text, JSON and PDF, and nothing of the other parties' (PLA-8).

Row security decides what there is to take: a goal or a measure that is not shared with the unit is not there for it.
"""

from datetime import date

from django.db import transaction
from django.utils import timezone

from audit import log
from organisations import swedish
from organisations.errors import RuleBroken
from organisations.models import Unit
from plans import documents, services, sharing
from plans.models import MeasureReport, MeasureStatus, PartyExport, Plan
from plans.tasks import nudge_exports

# The format is described in docs/drift.md; a field that changes its meaning or goes away makes a new version.
FORMAT, FORMAT_VERSION = "sip-egna-insatser", 1
NOTHING = "Din enhet har inga insatser i planen som gäller."


def own_goals(plan: Plan, unit_id: int) -> list[tuple]:
    """(goal, the unit's measures) in the order of the plan; a goal without any is left out."""
    pairs = ((goal, [row for row in goal.measures.all() if row.unit_id == unit_id]) for goal in plan.goals.all())
    return [(goal, measures) for goal, measures in pairs if measures]


def facts(plan: Plan, *, by) -> dict:
    """What the unit fetches, as plain data with dates in ISO: the exchange format. Raises RuleBroken without any."""
    found = own_goals(plan, by.unit_id)
    if not found:
        raise RuleBroken(NOTHING)
    unit = Unit.objects.select_related("acts_for").get(pk=by.unit_id)
    reported = reports_of([row for _, measures in found for row in measures])
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "person": documents.person_of(plan.case),
        "case": plan.case.reference,
        "plan_version": plan.version,
        "approved_on": timezone.localdate(plan.approved_at).isoformat(),
        "fetched_at": timezone.localtime().isoformat(timespec="seconds"),
        "unit": unit.name,
        "authority": unit.acts_for.name if unit.acts_for_id else "",
        "goals": [goal_facts(goal, measures, reported) for goal, measures in found],
        "lead": documents.lead_text(plan),
        "follow_up": {
            "on": plan.follow_up_on.isoformat() if plan.follow_up_on else None,
            "at": plan.follow_up_time.isoformat("minutes") if plan.follow_up_time else None,
            "place": plan.follow_up_place,
            "caller": plan.follow_up_caller,
        },
    }


def reports_of(measures) -> dict[int, MeasureReport]:
    """Measure → its latest report, of those that have one; one query."""
    rows = MeasureReport.objects.filter(measure__in=measures).order_by("measure_id", "-reported_at", "-pk")
    return {row.measure_id: row for row in rows.distinct("measure_id")}


def state_of(report: MeasureReport | None) -> dict:
    """How far a measure has come; one that nobody has told of is planned."""
    if report is None:
        return {"status": str(MeasureStatus.PLANNED), "status_on": None, "status_reason": ""}
    return {
        "status": report.status,
        "status_on": timezone.localdate(report.reported_at).isoformat(),
        "status_reason": report.reason,
    }


def goal_facts(goal, measures, reported) -> dict:
    return {
        "text": goal.text,
        "horizon": goal.horizon,
        "how_noticed": goal.how_noticed,
        "measures": [
            {
                "id": row.pk,
                "text": row.text,
                "who": row.doer_name,
                "starts_on": row.starts_on.isoformat() if row.starts_on else None,
                "ends_on": row.ends_on.isoformat() if row.ends_on else None,
                "ongoing": row.ongoing,
                "frequency": row.frequency,
                "place": row.place,
                "when": documents.measure_when(row),
                **state_of(reported.get(row.pk)),
            }
            for row in measures
        ],
    }


def state_line(row: dict) -> str:
    """Pågår, 12 mars 2026; Blev inte av, 12 mars 2026. Du var sjuk."""
    said = str(MeasureStatus(row["status"]).label)
    when = f", {swedish.short_date(date.fromisoformat(row['status_on']))}" if row["status_on"] else ""
    return f"{said}{when}" + (f". {row['status_reason']}" if row["status_reason"] else "")


def lead_line(told: dict) -> str:
    return ", ".join(filter(None, (told["lead"].get(name) for name in ("name", "title", "unit", "phone"))))


def follow_up_line(plan: Plan) -> str:
    return ", ".join(filter(None, (documents.follow_up_when(plan), plan.follow_up_place, plan.follow_up_caller)))


def as_text(plan: Plan, *, by) -> str:
    """The same in plain lines, to paste into a record."""
    told = facts(plan, by=by)
    person = ", ".join(filter(None, told["person"].values())) or "Skyddade personuppgifter"
    lines = [
        "Egna insatser ur en samordnad individuell plan (SIP)",
        f"Person: {person}",
        f"Ärende: {told['case']}, version {told['plan_version']}, godkänd {told['approved_on']}",
        f"Enhet: {', '.join(filter(None, (told['unit'], told['authority'])))}",
    ]
    for goal in told["goals"]:
        lines += ["", f"Mål: {goal['text']}"]
        lines += [f"Så märks det: {goal['how_noticed']}"] if goal["how_noticed"] else []
        for row in goal["measures"]:
            named = (("Vem", row["who"]), ("När", row["when"]), ("Var", row["place"]), ("Läge", state_line(row)))
            lines += [f"Insats: {row['text']}", *(f"  {name}: {text}" for name, text in named if text)]
    lines += ["", f"Huvudansvarig: {lead_line(told)}", f"Uppföljning: {follow_up_line(plan)}"]
    return "\n".join(lines) + "\n"


def context(plan: Plan, *, by) -> dict:
    """The same for the PDF, in finished Swedish."""
    told = facts(plan, by=by)
    return {
        "document": "measures",
        "person": told["person"],
        "case_number": told["case"],
        "version": told["plan_version"],
        "approved_on": told["approved_on"],
        "written_on": timezone.localdate().isoformat(),
        "unit": told["unit"],
        "authority": told["authority"],
        "goals": [
            {"text": goal["text"], "how_noticed": goal["how_noticed"], "measures": goal["measures"]}
            for goal in told["goals"]
        ],
        "lead": lead_line(told),
        "follow_up": follow_up_line(plan),
    }


def fetched(plan: Plan, *, kind: str) -> None:
    """Write the taking out in the log, by kind of file."""
    log.record(
        "plans.measures_exported", action=log.PRINT, case_id=plan.case_id, person_id=plan.case.person_id,
        object_type=kind, object_id=str(plan.pk),
    )  # fmt: skip


def latest(plan: Plan, *, by) -> PartyExport | None:
    """The unit's PDF of this version as it sees it now, without the file."""
    return mine(plan, by=by).defer("pdf", "context").first()


def mine(plan: Plan, *, by):
    return PartyExport.objects.filter(plan=plan, unit_id=by.unit_id, hidden_topics=sharing.masks(plan.case_id, by))


def order(*, plan: Plan, by) -> PartyExport:
    """Order the PDF; the same again gives the same, a failed one a new try. The masks first, as for the whole plan."""
    masks = sharing.masks(plan.case_id, by)
    now = services.with_content(Plan.objects.filter(pk=plan.pk)).get()
    now.case = plan.case
    made = context(now, by=by)
    found, is_new = PartyExport.objects.defer("pdf").get_or_create(
        plan=plan, unit_id=by.unit_id, hidden_topics=masks,
        defaults={"case_id": plan.case_id, "context": made, "by_id": by.assignment_id},
    )  # fmt: skip
    if not is_new and found.state != "failed":
        return found
    documents.refuse_too_many(by)
    if not is_new:
        found.state, found.attempts = "queued", 0
        found.save(update_fields=["state", "attempts"])
    log.record(
        documents.ORDERED, action=log.PRINT, case_id=plan.case_id, person_id=plan.case.person_id,
        object_type="own measures", object_id=str(found.pk),
    )  # fmt: skip
    transaction.on_commit(nudge_exports)
    return found


def pdf_of(*, plan: Plan, by) -> bytes | None:
    """The finished PDF, logged as taken out, or None while it is not ready."""
    content = mine(plan, by=by).filter(state="ready").values_list("pdf", flat=True).first()
    if content is None:
        return None
    fetched(plan, kind="pdf")
    return bytes(content)


def page(plan: Plan | None, *, by) -> dict:
    """What the page shows: the measures that would be taken out, and how far the PDF has come."""
    goals = own_goals(plan, by.unit_id) if plan else []
    document = latest(plan, by=by) if goals else None
    shown = [
        {"text": goal.text, "measures": [documents.measure_text(row) for row in measures]} for goal, measures in goals
    ]
    return {
        "plan": plan,
        "goals": shown,
        "document": document,
        "waiting": document is not None and document.state == "queued",
        "ordered": swedish.clock(document.created_at) if document else "",
    }
