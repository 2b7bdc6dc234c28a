"""Takes goals and measures out of a draft; what is taken is kept as it stood until the plan is approved (PLA-4)."""

from cases.access import steers
from organisations.errors import Conflict, RuleBroken
from plans import proposals, services, sharing, steps
from plans.models import Disagreement, Goal, Measure, PlanStep
from plans.rules import digest

NOT_YOURS_TO_REMOVE = "Bara den som ser det på ett annat sätt, eller den ansvariga enheten, kan ta bort det."
GONE = "Den delen är redan borttagen ur planen."
CHANGED = "Någon har ändrat här sedan du öppnade sidan. Läs igen innan du tar bort något."

KINDS = {model._meta.model_name: model for model in (Goal, Measure, Disagreement)}
# The draft's own, and what the database sets.
NOT_KEPT = {"case_id", "plan_id", "authority_id"}
LOOKED_AT = 20


def delete_goal(*, goal: Goal, by, seen: str = "") -> None:
    """Take a goal and its measures out of the draft; a party cannot take another huvudman's measures with it.

    Raises Conflict when they are no longer as in `seen` (`mark`).
    """
    draft = services.locked_draft(goal.plan)
    sharing.must_see_all(draft.case_id, by=by)
    now = to_remove(Goal.objects.filter(plan=draft), goal.pk, seen)
    for measure in now.measures.select_related("unit"):
        services.own_part(draft.case, measure.unit, by=by)
    if not all(may_remove(row, draft.case, by=by) for row in with_children(now) if isinstance(row, Disagreement)):
        raise RuleBroken(NOT_YOURS_TO_REMOVE)
    keep(draft, now, by=by)
    now.delete()
    services.saved(draft, what="goal", by=by)


def delete_measure(*, measure: Measure, by, seen: str = "") -> None:
    """Take a measure out of the draft. Raises Conflict when it is no longer as in `seen` (`mark`)."""
    draft = services.locked_draft(measure.goal.plan)
    found = Measure.objects.filter(goal__plan=draft).select_related("unit", "goal")
    now = to_remove(found, measure.pk, seen)
    services.own_part(draft.case, now.unit, by=by)
    keep(draft, now, by=by)
    waited = now.waits and now.unit_id == by.unit_id
    now.delete()
    if waited:
        proposals.answered(draft, written_by_id=now.written_by_id, by=by, at_once=True)
    services.saved(draft, what="measure", by=by)


def to_remove(found, pk: int, seen: str):
    """The row as it stands now. Raises Conflict when it is not there, or not as it was read."""
    now = found.filter(pk=pk).first()
    if now is None:
        raise Conflict(GONE)
    if seen and mark(now) != seen:
        raise Conflict(CHANGED)
    return now


def may_remove(row: Disagreement, case, *, by) -> bool:
    """Nobody takes away what another sees differently: whose it is, who wrote it, or those who lead the case."""
    return steers(case, by) or by.unit_id in {row.unit_id, row.written_by.unit_id}


def with_children(item) -> list:
    """The row with what goes with it when it is removed."""
    if not isinstance(item, Goal):
        return [item]
    return [
        item,
        *item.measures.order_by("position", "pk"),
        *Disagreement.objects.filter(goal=item).select_related("written_by").order_by("pk"),
    ]


def columns(row) -> dict:
    names = [field.attname for field in row._meta.concrete_fields if field.attname not in NOT_KEPT]
    return {name: steps.as_kept(getattr(row, name)) for name in names}


def mark(item) -> str:
    """A short mark of what would be removed, as it stands."""
    return digest({f"{row._meta.model_name} {row.pk}": columns(row) for row in with_children(item)})


def keep(draft, item, *, by) -> None:
    """Keep what is about to be removed: a row for each, with the topics under which it was read."""
    goal = item if isinstance(item, Goal) else item.goal
    for row in with_children(item):
        # What hangs on a goal is there only where the goal is.
        mask = row.topics | goal.topics if goal else row.topics
        about = {"topics": mask, "revision": draft.revision, "removed": row._meta.model_name}
        steps.keep(draft, before=columns(row), by=by, **about)


def of_plan(plan):
    """What has been removed from the draft, latest first; a goal stands before what went with it."""
    found = PlanStep.objects.filter(plan=plan).exclude(removed="").select_related("by__staff", "by__unit")
    return found.order_by("-save_number", "pk")


def heads(found) -> list[PlanStep]:
    """Of each removal only what was chosen to be removed."""
    first: dict[int, PlanStep] = {}
    for step in found:
        first.setdefault(step.save_number, step)
    return list(first.values())


def still_gone(found: list[PlanStep]) -> list[PlanStep]:
    """Those whose row is not there, each row once; a query for each kind, however many there are."""
    there = {kind: set(model.objects.filter(pk__in=keys_of(found, kind)).values_list("pk", flat=True))
             for kind, model in KINDS.items() if keys_of(found, kind)}  # fmt: skip
    seen, gone = set(), []
    for step in sorted(found, key=lambda step: -step.save_number):
        key = step.removed, step.before["id"]
        if key not in seen and step.before["id"] not in there[step.removed]:
            gone.append(step)
        seen.add(key)
    return gone


def keys_of(found, kind: str) -> set[int]:
    return {step.before["id"] for step in found if step.removed == kind}


def own_last(plan, actor) -> PlanStep | None:
    """The writer's own latest removal, if what it took is still gone."""
    found = heads(of_plan(plan).filter(by_id=actor.assignment_id)[:LOOKED_AT])
    return next(iter(still_gone(found)), None)
