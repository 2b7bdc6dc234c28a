"""Puts back what was taken out of a draft, with what went with it (PLA-4)."""

from django.utils import timezone

from audit import log
from organisations.errors import Conflict, RuleBroken
from organisations.models import Unit
from plans import proposals, removed, services, sharing
from plans.models import Disagreement, Doer, Goal, Measure, MeasureState, PlanStep
from plans.removed import NOT_YOURS_TO_REMOVE, may_remove

BACK_ALREADY = "Det står redan i planen igen. Någon annan kan ha hunnit före."
REMOVED_AGAIN = "Det har tagits tillbaka, ändrats och tagits bort igen sedan dess. Ta tillbaka det som togs bort sist."
NO_GOAL = "Målet som det hörde till är borttaget. Ta tillbaka målet först."


def put_back(*, plan, step: PlanStep, by) -> None:
    """Put back what one removal took, as it stood. What another unit had agreed to do it is asked about anew.

    Raises Conflict when it is there already or was removed once more, RuleBroken for a part of another huvudman.
    """
    draft = services.locked_draft(plan)
    latest = PlanStep.objects.filter(plan=draft, removed=step.removed, before__id=step.before["id"])
    if latest.order_by("-save_number").first().pk != step.pk:
        raise Conflict(REMOVED_AGAIN)
    if removed.KINDS[step.removed].objects.filter(pk=step.before["id"]).exists():
        raise Conflict(BACK_ALREADY)
    if step.removed == "goal":
        sharing.must_see_all(draft.case_id, by=by)
    if step.removed == "disagreement" and not may_remove(row_of(step, draft), draft.case, by=by):
        raise RuleBroken(NOT_YOURS_TO_REMOVE)
    for kept in removed.of_plan(draft).filter(save_number=step.save_number):
        RESTORE[kept.removed](draft, row_of(kept, draft), by=by)
    services.saved(draft, what=step.removed, by=by)
    log.record(
        "plans.put_back", case_id=draft.case_id, person_id=draft.case.person_id, object_type=step.removed,
        object_id=str(step.before["id"]),
    )  # fmt: skip


def row_of(step: PlanStep, draft):
    """The row as it stood, not saved yet."""
    model = removed.KINDS[step.removed]
    said = {name: model._meta.get_field(name).to_python(value) for name, value in step.before.items()}
    return model(case_id=draft.case_id, **said)


def goal(draft, row: Goal, *, by) -> None:
    row.plan, row.revision = draft, row.revision + 1
    if Goal.objects.filter(plan=draft, position=row.position).exists():
        row.position = sharing.next_place(draft)
    row.save(force_insert=True)


def measure(draft, row: Measure, *, by) -> None:
    its_goal(draft, row)
    row.unit = Unit.objects.filter(pk=row.unit_id).first()
    services.own_part(draft.case, row.unit, by=by)
    row.revision += 1
    answered_before(row, by=by)
    row.save(force_insert=True)
    proposals.asked(draft, row, by=by)


def answered_before(row: Measure, *, by) -> None:
    """The unit's yes stands if it puts its measure back itself, or if the measure goes on unchanged since before."""
    if row.doer != Doer.UNIT or row.state == MeasureState.PROPOSED or goes_on(row):
        return
    said_yes = row.state == MeasureState.CONFIRMED
    row.reopened()
    if said_yes and row.unit_id == by.unit_id:
        row.confirmed(at=timezone.now(), by=by)


def goes_on(row: Measure) -> bool:
    before = row.carried_from
    names = set(services.MEASURE_CARRIED) - {"topics"}
    return before is not None and all(getattr(before, name) == getattr(row, name) for name in names)


def disagreement(draft, row: Disagreement, *, by) -> None:
    if row.goal_id:
        its_goal(draft, row)
    row.plan = draft
    row.save(force_insert=True)


def its_goal(draft, row) -> None:
    found = Goal.objects.filter(plan=draft, pk=row.goal_id).first()
    if found is None:
        raise RuleBroken(NO_GOAL)
    row.goal = found


RESTORE = {"goal": goal, "measure": measure, "disagreement": disagreement}
