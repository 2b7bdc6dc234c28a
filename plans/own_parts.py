"""Each party's own part of the plan: it confirms what others propose that it does, and says when it is done (PLA-4)."""

from dataclasses import dataclass

from django.shortcuts import get_object_or_404
from django.utils import timezone

from audit import log
from cases import services as cases
from organisations.errors import Conflict, RuleBroken
from organisations.models import Unit
from plans import parties, proposals, rules, services
from plans.models import Doer, Measure, MeasureState, PartDone, Plan
from plans.proposals import waiting_for as waiting_for

CHANGED = "Insatsen har ändrats sedan du öppnade sidan. Läs den igen innan du svarar."


def confirm(*, measure: Measure, revision: int, by) -> Measure:
    """The unit that is to do a measure says yes to it, as it was read.

    Raises Conflict when it has been changed since, RuleBroken for any other unit.
    """
    draft, now = to_answer(measure, revision, by=by)
    now.confirmed(at=timezone.now(), by=by)
    return said(draft, now, "confirmed", by=by)


def decline(*, measure: Measure, revision: int, why: str, by) -> Measure:
    """The unit that was to do a measure says no to it, and why; another solution is for those who lead the case.

    Raises as `confirm`.
    """
    draft, now = to_answer(measure, revision, by=by)
    now.declined(why=why)
    # What was said no to, and why, stands at the measure, for those who may read it.
    cases.note(draft.case, kind="measure_declined", text=f"{now.unit.name} kan inte göra en insats i utkastet", by=by)
    return said(draft, now, "declined", by=by)


def to_answer(measure: Measure, revision: int, *, by) -> tuple[Plan, Measure]:
    draft = services.locked_draft(measure.goal.plan)
    now = get_object_or_404(Measure.objects.select_related("unit"), pk=measure.pk)
    if now.doer != Doer.UNIT or now.unit_id != by.unit_id:
        who = now.unit.name if now.unit_id else "den som ska göra insatsen"
        raise RuleBroken(f"Bara {who} kan svara på den insatsen.")
    if now.revision != revision:
        raise Conflict(CHANGED)
    return draft, now


def said(draft: Plan, now: Measure, what: str, *, by) -> Measure:
    now.save()
    proposals.answered(draft, written_by_id=now.written_by_id, by=by, at_once=what == "declined")
    services.saved(draft, what="measure", by=by)
    log.record(
        f"plans.measure_{what}", case_id=draft.case_id, person_id=draft.case.person_id, object_type="measure",
        object_id=str(now.pk),
    )  # fmt: skip
    return now


def mark(*, plan: Plan, done: bool, by) -> PartDone:
    """The acting unit says that its part of the draft is written, or that it is not after all.

    Raises RuleBroken while something that others propose to the unit is unanswered.
    """
    draft = services.locked_draft(plan)
    if done and waiting_for(by.unit_id, draft).exists():
        raise RuleBroken("Svara först på de insatser som andra har föreslagit er.")
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


@dataclass(frozen=True)
class Part:
    """How far one party has come: its measures, those that wait for its yes, those that it has said no to, and its
    own word that it is done."""

    unit: Unit
    measures: int
    waiting: int
    declined: int
    row: PartDone | None

    @property
    def done(self) -> bool:
        return self.waiting == 0 and self.row is not None and self.row.done


def parts(case, plan: Plan) -> list[Part]:
    """Every party of the case, with what the reader may see of its part."""
    done = {row.unit_id: row for row in PartDone.objects.filter(plan=plan).select_related("by__staff")}
    theirs: dict[int, list[Measure]] = {}
    for measure in rules.all_measures(plan):
        theirs.setdefault(measure.unit_id, []).append(measure)
    return [
        Part(
            unit,
            len(own),
            sum(m.waits for m in own),
            sum(m.state == MeasureState.DECLINED for m in own),
            done.get(unit.pk),
        )  # fmt: skip
        for unit in parties.units_of(case)
        for own in [theirs.get(unit.pk, [])]
    ]
