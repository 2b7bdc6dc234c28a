"""The plans' part of what a unit receives: every version, the draft too, with goals, measures and how they went."""

from django.db.models import Prefetch

from consent.snapshot import build, day, part, section
from plans import disagreement
from plans.models import BlockKey, Doer, FollowUp, Goal, Measure, MeasureReport, Plan

__all__ = ["build"]
# The headings of what is not a text of its own are the fields' own names.
COLUMNS = ["follow_up_place", "follow_up_caller", "copies_to"]


@section("plans", order=50)
def plans_section(case) -> dict:
    reports = Prefetch("reports", MeasureReport.objects.order_by("-reported_at", "-pk"))
    measures = Measure.objects.select_related("unit", "authority").order_by("position", "pk")
    goals = Goal.objects.order_by("position").prefetch_related(Prefetch("measures", measures.prefetch_related(reports)))
    found = Plan.objects.filter(case=case).select_related("lead_staff", "lead_authority", "approved_by__staff")
    found = found.select_related("correction__corrects").prefetch_related(Prefetch("goals", goals), "blocks")
    found = found.order_by("-version")
    return part("Planen", parts=[one(plan) for plan in found])


def one(plan) -> dict:
    field = plan._meta.get_field
    texts = [(key.label, plan.rows[key].text, plan.rows[key].topics) for key in BlockKey if key in plan.rows]
    columns = [(str(field(name).verbose_name).capitalize(), getattr(plan, name)) for name in COLUMNS]
    return part(
        f"Version {plan.version}, {plan.get_state_display().lower()}{corrected(plan)}",
        [
            *texts,
            *(("Det här är vi inte överens om", line, topics) for line, topics in not_agreed(plan)),
            *columns,
            ("Huvudansvarig", plan.lead_staff.name if plan.lead_staff_id else ""),
            ("Huvudman med övergripande ansvar", plan.lead_authority.name if plan.lead_authority_id else ""),
            ("Uppföljning", day(plan.follow_up_on)),
            ("Godkänd", day(plan.approved_at)),
            ("Godkänd av", plan.approved_by.staff.name if plan.approved_by_id else ""),
            ("Så visade personen ja", plan.get_agreed_form_display()),
            ("Så sa personen ja", plan.agreed_how),
            ("Vilka såg det", "; ".join(plan.agreed_before)),
        ],
        [goal_part(goal) for goal in plan.goals.all()],
    )


def not_agreed(plan):
    """Each disagreement with its topics, and those of the goal that it is about."""
    for row in disagreement.of_plan(plan):
        [line] = disagreement.lines([row])
        yield line, row.topics | row.goal.topics if row.goal_id else row.topics


def corrected(plan) -> str:
    correction = getattr(plan, "correction", None)
    return f", rättelse av version {correction.corrects.version}" if correction else ""


def goal_part(goal) -> dict:
    """Measures bear no number: one that a unit may not see would leave a gap."""
    rows = [("Sikt", goal.get_horizon_display()), ("Så märker du det", goal.how_noticed)]
    rows += [("Insats", measure_text(measure), measure.topics) for measure in goal.measures.all()]
    return part(f"Mål: {goal.text}", rows, topics=goal.topics)


def measure_text(measure) -> str:
    who = measure.unit.name if measure.doer == Doer.UNIT and measure.unit_id else measure.get_doer_display()
    authority = measure.authority.name if measure.authority_id else ""
    until = "tills vidare" if measure.ongoing else f"klart senast {day(measure.ends_on)}" if measure.ends_on else ""
    since = f"från {day(measure.starts_on)}" if measure.starts_on else ""
    said = [measure.text, who, authority, measure.doer_name, since, until, measure.frequency, measure.place]
    latest = next(iter(measure.reports.all()), None)
    said.append(f"{latest.get_status_display()} {latest.reason}".strip() if latest else "")
    return ". ".join(text for text in said if text)


@section("follow_ups", order=60)
def follow_ups_section(case) -> dict:
    asked = ["how_it_went", "helped", "hindered", "new_circumstances", "effect"]
    field = FollowUp._meta.get_field
    parts = [
        part(
            f"Uppföljning {day(found.held_on)}",
            [(str(field(name).verbose_name).capitalize(), getattr(found, name)) for name in asked]
            + [("Och nu?", found.get_outcome_display()), ("Nästa uppföljning", day(found.next_on))],
            topics=found.topics,
        )
        for found in FollowUp.objects.filter(case=case).order_by("-held_on", "-pk")
    ]
    return part("Uppföljningar", parts=parts)
