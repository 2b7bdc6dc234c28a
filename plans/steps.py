"""Each change in a draft, kept with what stood before it: for taking it back, and for saying who writes where."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from plans.models import BlockKey, Plan, PlanStep

# Saves that the page made by itself while one person wrote on belong together when they are this close.
ONE_SITTING = timedelta(minutes=5)
WRITING_NOW = timedelta(seconds=60)


def as_kept(value):
    """A column's value as JSON keeps it; a time to its last digit, as what was agreed is compared with it."""
    return value.isoformat() if hasattr(value, "isoformat") else value


def keep(draft: Plan, *, before: dict, topics: int, by, revision: int, by_itself=False, **about) -> PlanStep:
    """Keep what stood before a change of a text, a goal, a measure (`about`) or the plan's own columns."""
    said = {name: as_kept(value) for name, value in before.items()}
    return PlanStep.objects.create(
        case_id=draft.case_id, plan=draft, save_number=draft.revision + 1, revision=revision, before=said,
        topics=topics, by_itself=by_itself, by_id=by.assignment_id, **about,
    )  # fmt: skip


def of_block(plan: Plan, names):
    """The changes of a block's texts and columns."""
    texts = Q(block__key__in=[name for name in names if name in BlockKey.values])
    columns = Q(block=None, goal=None, measure=None, removed="", before__has_any_keys=list(names))
    return PlanStep.objects.filter(texts | columns, plan=plan)


def last_run(found, by) -> list[PlanStep]:
    """The latest change of these, with what the page saved by itself right before it; none unless `by` made it."""
    run: list[PlanStep] = []
    for step in found.order_by("-save_number", "-pk")[:200]:
        same_save = run and run[-1].save_number == step.save_number
        goes_on = run and run[-1].by_itself and step.by_itself and run[-1].at - step.at <= ONE_SITTING
        if step.by_id != by.assignment_id or (run and not same_save and not goes_on):
            break
        run.append(step)
    return run


def writing_now(plan: Plan, by) -> list[PlanStep]:
    """The latest change of each other who has written within a minute, latest first."""
    since = timezone.now() - WRITING_NOW
    found = PlanStep.objects.filter(plan=plan, at__gte=since).exclude(by_id=by.assignment_id)
    found = found.select_related("by__staff", "by__unit", "block", "goal", "measure__goal")
    return sorted(found.order_by("by_id", "-save_number").distinct("by_id"), key=lambda step: -step.save_number)


def latest(plan: Plan) -> dict[tuple, tuple[int, int]]:
    """When each text, goal, measure and column was last changed, and by which assignment."""
    keys = ("block_id", "goal_id", "measure_id")
    texts = PlanStep.objects.filter(plan=plan).exclude(block=None, goal=None, measure=None)
    last = texts.order_by(*keys, "-save_number").distinct(*keys).values_list(*keys, "save_number", "by_id")
    found = {("block", b) if b else ("goal", g) if g else ("measure", m): (n, who) for b, g, m, n, who in last}
    own = PlanStep.objects.filter(plan=plan, block=None, goal=None, measure=None, removed="").order_by("save_number")
    for number, who, before in own.values_list("save_number", "by_id", "before"):
        found |= {("column", name): (number, who) for name in before}
    return found
