"""Taking back a change; what is put back is a new revision, so that this too can be taken back (PLA-4)."""

from organisations.errors import Conflict, RuleBroken
from plans import restoring, services, steps
from plans.models import Goal, Measure, Plan, PlanStep
from plans.rules import digest

NOTHING = "Det finns inget att ångra här. Någon annan kan ha ändrat efter dig."
CHANGED = "Texten har ändrats sedan du öppnade sidan. Läs den igen innan du tar tillbaka något."


def my_last(found, by) -> list[PlanStep]:
    """The writer's last change, newest step first. Raises RuleBroken when somebody else changed after it."""
    run = steps.last_run(found, by)
    if not run:
        raise RuleBroken(NOTHING)
    return run


def block(*, plan: Plan, names, by) -> Plan:
    """Put back what a block's texts and columns said before the writer's last change."""
    draft = services.locked_draft(plan)
    values, topics = {}, {}
    for step in my_last(steps.of_block(draft, names).select_related("block"), by):
        if step.block_id:
            values[step.block.key], topics[step.block.key] = step.before["text"], step.before["topics"]
        else:
            values |= {name: value for name, value in said(step, Plan).items() if name in names}
    return services.save_block(plan=draft, values=values, topics=topics, revision=draft.revision, by=by)


def goal(*, goal: Goal, by) -> None:
    """Put back what a goal said before the writer's last change."""
    draft = services.locked_draft(goal.plan)
    put_back_row(my_last(PlanStep.objects.filter(plan=draft, goal=goal), by)[-1], by=by)


def measure(*, measure: Measure, by) -> None:
    """Put back what a measure said before the writer's last change; whoever does it confirms it anew."""
    draft = services.locked_draft(measure.goal.plan)
    put_back_row(my_last(PlanStep.objects.filter(plan=draft, measure=measure), by)[-1], by=by)


def put_back(*, plan: Plan, step: PlanStep, seen: str, by) -> None:
    """Put back what stood before a change, whoever made it; `seen` is the mark of what stood when it was chosen.

    Raises Conflict when the text has been changed since. What was removed comes back as it was (`restoring`).
    """
    draft = services.locked_draft(plan)
    if step.removed:
        restoring.put_back(plan=draft, step=step, by=by)
        return
    if mark(step) != seen:
        raise Conflict(CHANGED)
    if step.goal_id or step.measure_id:
        put_back_row(step, by=by)
        return
    if step.block_id:
        key, before = step.block.key, step.before
        values, topics = {key: before["text"]}, {key: before["topics"]}
    else:
        values, topics = said(step, Plan), {}
    services.save_block(plan=draft, values=values, topics=topics, revision=draft.revision, by=by)


def put_back_row(step: PlanStep, *, by) -> None:
    if step.goal_id:
        now = Goal.objects.select_related("plan").get(pk=step.goal_id)
        services.change_goal(goal=now, values=said(step, Goal), revision=now.revision, by=by)
    else:
        now = Measure.objects.select_related("goal__plan").get(pk=step.measure_id)
        services.change_measure(measure=now, values=said(step, Measure), revision=now.revision, by=by)


def said(step: PlanStep, model) -> dict:
    """What stood before, as the columns of the model hold it."""
    return {name: model._meta.get_field(name).to_python(value) for name, value in step.before.items()}


def mark(step: PlanStep) -> str:
    """A short mark of what stands now, of all that the change touched."""
    row = step.block or step.goal or step.measure or step.plan
    return digest({name: steps.as_kept(getattr(row, name)) for name in step.before})
