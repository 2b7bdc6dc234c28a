"""What is worth a second look in a plan that is being written, each with the way to it (PLA-3, PLA-4, PLA-7)."""

from django.utils import timezone

from cases.models import Case
from plans import measure_check, parties, rules
from plans.documents import LABELS
from plans.measure_check import Aim, Task
from plans.models import Doer
from plans.rules import Missing


def hints(plan, case: Case) -> list[Missing]:
    """The hints on the plan as a whole, then on its measures; one query more, however many there are."""
    units = parties.ids_of(case)
    found = measure_check.check(aims_of(plan, units), today=timezone.localdate(), whole=plan.seen_whole)
    on_measures = [Missing(item.kind, item.text, f"mal-{item.goal}") for item in found]
    return rules.hints(plan) + on_measures


def aims_of(plan, units: set[int]) -> list[Aim]:
    """The goals and measures as the check wants them."""
    return [
        Aim(goal.pk, goal.text, tuple(task_of(measure, units) for measure in goal.measures.all()))
        for goal in plan.goals.all()
    ]


def task_of(measure, units: set[int]) -> Task:
    by_unit = measure.doer == Doer.UNIT
    who = measure.unit.name if by_unit else measure.doer_name or LABELS.get(measure.doer) or measure.get_doer_display()
    return Task(
        pk=measure.pk, text=measure.text, party=measure.unit_id if by_unit else (measure.doer, measure.doer_name),
        who=who, named=by_unit or measure.doer in (Doer.SELF, Doer.RELATIVE) or bool(measure.doer_name.strip()),
        takes_part=not by_unit or measure.unit_id in units,
        starts=measure.starts_on, ends=measure.ends_on, ongoing=measure.ongoing,
    )  # fmt: skip
