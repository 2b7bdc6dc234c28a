"""What has been changed in the draft, for its page: who, when, where, and what stood before."""

from cases import frame
from plans import removed, steps, undo
from plans.blocks import BLOCKS
from plans.models import Plan, PlanStep

SHOWN = 50
GOALS = "Mål och insatser"


def part_of(step: PlanStep) -> tuple[str, str]:
    """The part of the plan that a change was in: its anchor and its title."""
    if step.goal_id or step.measure_id or step.removed:
        return "mal", GOALS
    names = {step.block.key} if step.block_id else set(step.before)
    for block in BLOCKS.values():
        if names & set(block.form.columns):
            return block.name, block.title
    return "", "Planen"


def of_plan(plan: Plan):
    people = ("by__staff", "by__unit", "plan", "block", "goal", "measure")
    return PlanStep.objects.filter(plan=plan).select_related(*people).order_by("-save_number", "-pk")


def page(actor, case, plan) -> dict:
    rows = [row(step) for step in of_plan(plan).filter(removed="")[:SHOWN]]
    gone = list(removed.of_plan(plan))
    heads = {step.pk for step in removed.heads(gone)}
    rows += [taken_away(step, gone) for step in removed.still_gone(gone) if step.pk in heads]
    rows = sorted(rows, key=lambda shown: -shown["step"].save_number)[:SHOWN]
    return {**frame.context(case, actor, here="plan"), "plan": plan, "changes": rows}


def row(step: PlanStep) -> dict:
    name, title = part_of(step)
    label = step.block.get_key_display() if step.block_id else title
    return {
        "step": step,
        "anchor": name,
        "title": label,
        "said": words(step),
        "now": undo.mark(step),
    }


def taken_away(step: PlanStep, gone: list[PlanStep]) -> dict:
    """A removal, with the texts of all that went with it."""
    with_it = [one for one in gone if one.save_number == step.save_number and one.pk != step.pk]
    texts = [one.before.get("text") or one.before["view"] for one in (step, *with_it)]
    return {"step": step, "anchor": "mal", "title": step.get_removed_display(), "said": [("", t) for t in texts]}


def words(step: PlanStep) -> list[tuple[str, str]]:
    """What stood before, in words; what is a choice among people or units is not told here."""
    if step.block_id:
        return [("", step.before["text"])]
    model = Plan if step.goal_id is None and step.measure_id is None else type(step.goal or step.measure)
    told = [(model._meta.get_field(name), value) for name, value in step.before.items() if isinstance(value, str)]
    kept = [(str(field.verbose_name).capitalize(), value) for field, value in told if value and not field.choices]
    return kept or [("", "")]


def writing(plan: Plan, actor) -> list[dict]:
    """Who else writes now, and in which part."""
    return [
        {"name": step.by.staff.name, "unit": step.by.unit.name, "anchor": anchor, "part": title}
        for step in steps.writing_now(plan, actor)
        for anchor, title in [part_of(step)]
    ]
