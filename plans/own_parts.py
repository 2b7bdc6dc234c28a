"""Each party's own part of the plan: it confirms what others propose that it does, and says when it is done (PLA-4)."""

from dataclasses import dataclass

from django.utils import timezone

from audit import log
from cases import services as cases
from organisations.errors import Conflict, RuleBroken
from organisations.models import Unit
from plans import parties, rules, services
from plans.models import Doer, Measure, MeasureState, PartDone, Plan

CHANGED = "Insatsen har ändrats sedan du öppnade sidan. Läs den igen innan du bekräftar den."


def confirm(*, measure: Measure, revision: int, by) -> Measure:
    """The unit that is to do a measure says yes to it, as it was read.

    Raises Conflict when it has been changed since, RuleBroken for any other unit.
    """
    draft = services.locked_draft(measure.goal.plan)
    now = Measure.objects.select_related("unit").get(pk=measure.pk)
    if now.doer != Doer.UNIT or now.unit_id != by.unit_id:
        who = now.unit.name if now.unit_id else "den som ska göra insatsen"
        raise RuleBroken(f"Bara {who} kan bekräfta den insatsen.")
    if now.revision != revision:
        raise Conflict(CHANGED)
    now.confirmed(at=timezone.now(), by=by)
    now.save()
    services.saved(draft, what="measure", by=by)
    log.record(
        "plans.measure_confirmed", case_id=draft.case_id, person_id=draft.case.person_id, object_type="measure",
        object_id=str(now.pk),
    )  # fmt: skip
    return now


def mark(*, plan: Plan, done: bool, by) -> PartDone:
    """The acting unit says that its part of the draft is written, or that it is not after all.

    Raises RuleBroken while something that others propose to the unit is unanswered.
    """
    draft = services.locked_draft(plan)
    if done and waiting_for(by.unit_id, draft).exists():
        raise RuleBroken("Bekräfta, ändra eller ta bort först de insatser som andra har föreslagit er.")
    before = PartDone.objects.filter(plan=draft, unit_id=by.unit_id).first()
    if before and before.done == done:
        return before
    values = {"done": done, "at": timezone.now(), "by_id": by.assignment_id}
    row, _ = PartDone.objects.update_or_create(
        plan=draft, unit_id=by.unit_id, defaults=values, create_defaults=values | {"case_id": draft.case_id}
    )
    unit = Unit.objects.get(pk=by.unit_id)
    said = "är klar" if done else "är inte klar"
    cases.note(draft.case, kind="part_done", text=f"{unit.name}: vår del av planen {said}", by=by)
    log.record("plans.part_done", case_id=draft.case_id, person_id=draft.case.person_id, object_id=str(plan.pk))
    return row


def waiting_for(unit_id: int, plan: Plan):
    """What others propose that the unit does, in a draft."""
    found = Measure.objects.filter(goal__plan=plan, doer=Doer.UNIT, unit_id=unit_id)
    return found.filter(state=MeasureState.PROPOSED)


@dataclass(frozen=True)
class Part:
    """How far one party has come: its measures, those that wait for its yes, and its own word that it is done."""

    unit: Unit
    measures: int
    waiting: int
    row: PartDone | None

    @property
    def done(self) -> bool:
        return self.waiting == 0 and self.row is not None and self.row.done


def parts(case, plan: Plan) -> list[Part]:
    """Every party of the case, with what the reader may see of its part."""
    said = {row.unit_id: row for row in PartDone.objects.filter(plan=plan).select_related("by__staff")}
    theirs: dict[int, list[Measure]] = {}
    for measure in rules.all_measures(plan):
        theirs.setdefault(measure.unit_id, []).append(measure)
    return [
        Part(unit, len(own), sum(m.waits for m in own), said.get(unit.pk))
        for unit in parties.units_of(case)
        for own in [theirs.get(unit.pk, [])]
    ]
