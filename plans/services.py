"""Writing a draft: every party in its own part, with a lock on each text (PLA-2, PLA-4, PLA-5).

Each service locks the draft's row first, so that two writers queue instead of waiting for each other crosswise.
"""

from django.db.models import Max, Prefetch
from django.utils import timezone

from audit import log
from cases import services as cases
from cases.access import steers
from cases.enums import State
from meetings.models import Meeting, MeetingState
from organisations import swedish
from organisations.errors import RuleBroken
from organisations.models import Unit
from plans.models import Goal, Measure, MeasureReport, MeasureStatus, Plan, PlanState
from plans.rules import APPROVED_MEANWHILE, Stale, digest

WRITABLE_STATES = (State.MET, State.PLANNED, State.FOLLOWING_UP)
# What the person said of the last version is asked anew; the old date has passed.
NOT_CARRIED = {"person_opinion", "follow_up_on", "follow_up_time"}
GOAL_TEXTS = ("text", "horizon", "how_noticed")
MEASURE_TEXTS = (
    "text", "doer", "unit_id", "doer_name", "starts_on", "ends_on", "ongoing", "frequency", "place",
)  # fmt: skip
PARKED = 32000


def with_content(plans):
    """Plans with everything that their pages show, in a fixed number of queries."""
    measures = Measure.objects.select_related("unit", "authority", "written_by__staff", "written_by__unit")
    goals = Goal.objects.order_by("position").prefetch_related(
        Prefetch("measures", measures.order_by("position", "pk"))
    )
    people = ("saved_by__staff", "lead_staff", "lead_unit", "lead_authority", "approved_by__staff", "meeting")
    return plans.select_related(*people).prefetch_related(Prefetch("goals", goals))


def draft_of(case) -> Plan | None:
    return with_content(case.plans.filter(state=PlanState.DRAFT)).first()


def in_force(case) -> Plan | None:
    return with_content(case.plans.filter(state=PlanState.APPROVED)).first()


def start_draft(*, case, by) -> Plan:
    """Start the first version after the meeting, or the next one on what stands now (PLA-5).

    Raises RuleBroken before the meeting, when a draft exists, or when a unit that does not steer asks.
    """
    if case.state not in WRITABLE_STATES:
        raise RuleBroken("Planen kan skrivas när mötet har hållits.")
    if not steers(case, by):
        raise RuleBroken("Bara den ansvariga enheten eller huvudansvarigs enhet kan börja på en ny version.")
    if case.plans.filter(state=PlanState.DRAFT).exists():
        raise RuleBroken("Det finns redan ett utkast. Skriv vidare i det.")
    before = in_force(case)
    held = Meeting.objects.filter(case=case, state=MeetingState.HELD).order_by("-starts_at").first()
    last = case.plans.aggregate(last=Max("version"))["last"] or 0
    carried = {name: getattr(before, name) for name in Plan.CONTENT if name not in NOT_CARRIED} if before else {}
    if not before:
        carried = {"why": case.reason_note}
    plan = Plan.objects.create(
        case=case, version=last + 1, based_on=before, meeting=held, created_by_id=by.assignment_id,
        saved_by_id=by.assignment_id, **carried,
    )  # fmt: skip
    if before:
        carry_goals(before, plan, by=by)
    cases.note(case, kind="plan_started", text=f"Version {plan.version} av planen påbörjades", by=by)
    log.record("plans.started", case_id=case.pk, person_id=case.person_id, object_id=str(plan.pk))
    return plan


def carry_goals(before: Plan, plan: Plan, *, by) -> None:
    """Copy goals and the measures that go on; what is done stays in the version where it was agreed."""
    done = done_measures(before)
    for old in before.goals.all():
        goal = Goal.objects.create(
            case_id=plan.case_id, plan=plan, position=old.position, **{name: getattr(old, name) for name in GOAL_TEXTS}
        )
        Measure.objects.bulk_create(
            Measure(
                case_id=plan.case_id, goal=goal, position=measure.position, carried_from=measure,
                written_by_id=measure.written_by_id, **{name: getattr(measure, name) for name in MEASURE_TEXTS},
            )
            for measure in old.measures.all() if measure.pk not in done
        )  # fmt: skip


def done_measures(plan: Plan) -> set[int]:
    """The measures whose latest report says done."""
    reports = MeasureReport.objects.filter(measure__goal__plan=plan).order_by("measure_id", "-reported_at", "-pk")
    latest = reports.distinct("measure_id").values_list("measure_id", "status")
    return {pk for pk, status in latest if status == MeasureStatus.DONE}


def locked_draft(plan) -> Plan:
    """The draft as it stands now, locked until the scope ends. Raises RuleBroken once it is approved."""
    found = Plan.objects.select_for_update(no_key=True, of=("self",)).select_related("case", "saved_by__staff")
    draft = found.filter(pk=plan.pk, state=PlanState.DRAFT).first()
    if draft is None:
        raise RuleBroken(APPROVED_MEANWHILE)
    return draft


def saved(plan: Plan, *, what: str, by) -> None:
    """Count the draft's revision up and note who saved, when and what."""
    plan.revision += 1
    plan.saved_at, plan.saved_by_id = timezone.now(), by.assignment_id
    plan.save(update_fields=["revision", "saved_at", "saved_by"])
    log.record(
        "plans.saved", case_id=plan.case_id, person_id=plan.case.person_id, object_id=str(plan.pk), object_type=what
    )


def saved_words(plan: Plan) -> str:
    """Who saved last, and when, in words."""
    who = plan.saved_by.staff.name if plan.saved_by_id else "Någon annan"
    return f"{who} sparade kl. {swedish.clock(plan.saved_at)}"


def save_block(*, plan, values: dict, revision: int, by, seen: str = "") -> Plan:
    """Save one block of the draft. `seen` marks the block's text as it was opened; without it `revision` decides.

    Raises Stale when somebody has saved another text in the same block meanwhile.
    """
    unknown = set(values) - {*Plan.CONTENT, "lead_staff_id", "lead_unit_id", "lead_authority_id"}
    if unknown:
        raise ValueError(f"not part of a plan's content: {unknown}")
    draft = locked_draft(plan)
    stands = {name: getattr(draft, name) for name in values}
    if digest(stands) != seen if seen else draft.revision != revision:
        if stands != values:
            raise Stale(theirs=stands, revision=draft.revision, saved=saved_words(draft))
    for name, value in values.items():
        setattr(draft, name, value)
    draft.save(update_fields=[name.removesuffix("_id") for name in values])
    saved(draft, what=", ".join(sorted(values))[:60], by=by)
    return draft


def add_goal(*, plan, text, by, horizon="short", how_noticed="") -> Goal:
    """Add a goal last in the draft."""
    draft = locked_draft(plan)
    last = draft.goals.aggregate(last=Max("position"))["last"] or 0
    goal = Goal.objects.create(
        case_id=draft.case_id, plan=draft, position=last + 1, text=text, horizon=horizon, how_noticed=how_noticed
    )
    saved(draft, what="goal", by=by)
    return goal


def change_goal(*, goal, values: dict, revision: int, by) -> Goal:
    """Change a goal of the draft. Raises Stale when somebody has changed it meanwhile."""
    draft = locked_draft(goal.plan)
    now = Goal.objects.get(pk=goal.pk)
    _change(now, draft, values, GOAL_TEXTS, revision)
    saved(draft, what="goal", by=by)
    return now


def delete_goal(*, goal, by) -> None:
    """Take a goal and its measures out of the draft; a party cannot take another huvudman's measures with it."""
    draft = locked_draft(goal.plan)
    for measure in goal.measures.select_related("unit"):
        own_part(draft.case, measure.unit, by=by)
    goal.delete()
    saved(draft, what="goal", by=by)


def add_measure(*, goal, text, doer, by, unit_id=None, **values) -> Measure:
    """Add a measure last under a goal; the database sets the huvudman from the unit (PLA-2, PLA-4)."""
    draft = locked_draft(goal.plan)
    unit = chosen_unit(draft.case, unit_id)
    own_part(draft.case, unit, by=by)
    last = goal.measures.aggregate(last=Max("position"))["last"] or 0
    measure = Measure.objects.create(
        case_id=draft.case_id, goal=goal, position=last + 1, text=text, doer=doer, unit=unit,
        written_by_id=by.assignment_id, **values,
    )  # fmt: skip
    saved(draft, what="measure", by=by)
    return measure


def change_measure(*, measure, values: dict, revision: int, by) -> Measure:
    """Change a measure of the draft. Raises Stale when somebody has changed it meanwhile."""
    draft = locked_draft(measure.goal.plan)
    now = Measure.objects.select_related("unit").get(pk=measure.pk)
    own_part(draft.case, now.unit, by=by)
    if values["unit_id"] != now.unit_id:
        own_part(draft.case, chosen_unit(draft.case, values["unit_id"]), by=by)
    now.written_by_id = by.assignment_id
    _change(now, draft, values, MEASURE_TEXTS, revision)
    saved(draft, what="measure", by=by)
    return now


def delete_measure(*, measure, by) -> None:
    """Take a measure out of the draft."""
    draft = locked_draft(measure.goal.plan)
    own_part(draft.case, measure.unit, by=by)
    measure.delete()
    saved(draft, what="measure", by=by)


def move(*, item: Goal | Measure, up: bool, by) -> None:
    """Move a goal or a measure one step; at the end nothing happens."""
    plan = item.plan if isinstance(item, Goal) else item.goal.plan
    draft = locked_draft(plan)
    beside = Goal.objects.filter(plan=plan) if isinstance(item, Goal) else Measure.objects.filter(goal=item.goal)
    if up:
        other = beside.filter(position__lt=item.position).order_by("-position").first()
    else:
        other = beside.filter(position__gt=item.position).order_by("position").first()
    if other is None:
        return
    # Two goals cannot stand in one place even for a moment, so one steps aside first.
    beside.filter(pk=item.pk).update(position=PARKED)
    beside.filter(pk=other.pk).update(position=item.position)
    beside.filter(pk=item.pk).update(position=other.position)
    saved(draft, what="order", by=by)


def _change(row, draft, values: dict, names: tuple, revision: int) -> None:
    stands = {name: getattr(row, name) for name in names}
    if row.revision != revision and stands != values:
        raise Stale(theirs=stands, revision=row.revision, saved=saved_words(draft))
    for name in names:
        setattr(row, name, values[name])
    row.revision += 1
    row.save()


def chosen_unit(case, unit_id) -> Unit | None:
    """The unit of a measure. Raises RuleBroken for a unit that takes no part in the case."""
    if unit_id is None:
        return None
    parties = {case.owner_unit_id, *case.participations.active().values_list("unit_id", flat=True)}
    if unit_id not in parties:
        raise RuleBroken("Välj en enhet som är med i ärendet.", field="who")
    return Unit.objects.get(pk=unit_id)


def own_part(case, unit: Unit | None, *, by) -> None:
    """Refuse a party that decides measures for another huvudman; the steering unit writes what was agreed (PLA-4)."""
    if unit is None or unit.pk == by.unit_id or steers(case, by):
        return
    own = Unit.objects.get(pk=by.unit_id)
    if unit.acts_for_id is None or unit.acts_for_id != own.acts_for_id:
        raise RuleBroken(f"Bara {unit.name} eller den ansvariga enheten kan skriva den insatsen.", field="who")
