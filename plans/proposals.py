"""Tells a unit that others propose what it is to do, and those who proposed it what the unit said (PLA-4)."""

from cases import topics
from notifications import services as notifications
from organisations.models import Assignment
from plans import parties
from plans.models import Doer, Measure, MeasureState, Plan


def waiting_for(unit_id: int, plan: Plan):
    """What others propose that the unit does, in a draft."""
    found = Measure.objects.filter(goal__plan=plan, doer=Doer.UNIT, unit_id=unit_id)
    return found.filter(state=MeasureState.PROPOSED)


def asked(draft: Plan, measure: Measure, *, by) -> None:
    """The first proposal that waits tells the unit; the next ones lie on the page that it is led to.

    A unit that may not read the measure is told nothing of it.
    """
    if not measure.waits or measure.unit_id == by.unit_id:
        return
    told = waiting_for(measure.unit_id, draft).exclude(pk=measure.pk).exists()
    if not told and all(topics.readable_by(draft.case_id, measure.unit_id, m) for m in masks(measure)):
        key = f"{draft.pk}:{draft.revision}"
        notifications.tell_unit(unit_id=measure.unit_id, case_id=draft.case_id, kind="proposed", key=key)


def masks(measure: Measure) -> set[int]:
    return {measure.topics, measure.goal.topics}


def answered(draft: Plan, *, written_by_id: int, by, at_once: bool = False) -> None:
    """The unit has answered: who proposed it is told when nothing waits any more, and of a no `at_once`."""
    if not at_once and waiting_for(by.unit_id, draft).exists():
        return
    proposer = Assignment.objects.values_list("unit_id", flat=True).get(pk=written_by_id)
    told = proposer if proposer in parties.ids_of(draft.case) else draft.case.owner_unit_id
    if told != by.unit_id:
        key = f"{draft.pk}:{by.unit_id}:{draft.revision}"
        notifications.tell_unit(unit_id=told, case_id=draft.case_id, kind="answered_part", key=key)
