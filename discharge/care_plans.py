"""Samordnad vårdplan: written by the unit that answers for the care, adjusted by each, then upprättad (LPT 7 a §)."""

import hashlib
import json
import uuid

from django.db import DatabaseError, transaction
from django.utils import timezone

from audit import log
from discharge.enums import CarePlanState
from discharge.models import CarePlan, CarePlanMeasure, CarePlanUnit
from discharge.notices import call
from notifications.tasks import nudge
from organisations.enums import Sector, UnitKind
from organisations.errors import Conflict, RuleBroken
from organisations.models import Unit

MAKERS = {UnitKind.PSYCHIATRIC_OUTPATIENT, UnitKind.CHILD_PSYCHIATRY, UnitKind.WARD}
ONLY_PSYCHIATRY = (
    "Den samordnade vårdplanen görs av den psykiatriska enhet som ansvarar för vården. Ring den, så görs planen "
    "tillsammans med er."
)
CHANGED = "Planen har ändrats sedan du öppnade sidan. Läs den igen innan ni justerar."
TEXTS = ("needs_region", "needs_kommun", "patient_view", "by_others", "physician")
# What the plan must say (LPT 7 a §), in the order of the page.
DEMANDS = {
    "needs_region": "det bedömda behovet av insatser från regionen",
    "needs_kommun": "det bedömda behovet av insatser från kommunen",
    "patient_view": "patientens inställning, så långt det går",
    "physician": "vilken chefsöverläkare som har gjort planen",
}


def why_not_make(*, by) -> str:
    """The sentence that says why the acting unit makes no such plan, or an empty string."""
    unit = Unit.objects.with_names().get(pk=by.unit_id)
    return "" if unit.kind in MAKERS and unit.sector == Sector.REGION else ONLY_PSYCHIATRY


def note(event: str, plan: CarePlan, *, action=log.WRITE, **details) -> None:
    log.record(
        f"discharge.{event}", action=action, person_id=plan.person_id, object_type="care_plan",
        object_id=plan.reference, legal_basis=plan.get_kind_display(), details=details,
    )  # fmt: skip


def make(*, number, given_name, family_name, kind, by, plan_id=None) -> CarePlan:
    """Begin a plan; no consent is asked for. `number` is a cases.numbers.Number; the same id again is the same plan."""
    if refusal := why_not_make(by=by):
        raise RuleBroken(refusal)
    values = {
        "id": str(plan_id or uuid.uuid4()), "id_kind": number.kind, "number": number.canonical, "kind": kind,
        "given_name": given_name, "family_name": family_name, "at": timezone.now().isoformat(),
    }  # fmt: skip
    plan = CarePlan.objects.get(pk=call("select open_care_plan(%s::jsonb)", [json.dumps(values)]))
    note("plan_made", plan)
    return plan


def must_be_draft(plan: CarePlan) -> None:
    if not plan.is_draft:
        raise RuleBroken(f"Planen är {plan.get_state_display().lower()} och ändras inte mer.")


def must_be_maker(plan: CarePlan, by) -> None:
    if plan.maker_unit_id != by.unit_id:
        raise RuleBroken("Bara den ansvariga enheten kan göra det här.")


def texts_of(plan: CarePlan) -> dict[str, str]:
    """What has been written, by its heading."""
    return {CarePlan._meta.get_field(name).verbose_name: getattr(plan, name) for name in TEXTS}


def seen(plan: CarePlan) -> str:
    """A digest of the texts, to tell whether a writer began from them; `revision` also counts others' measures."""
    return hashlib.sha256(repr([getattr(plan, name) for name in TEXTS]).encode()).hexdigest()


def write(*, plan, by, began_from: str, **texts) -> None:
    """Write what the law demands; what a unit adjusted before is adjusted again.

    `began_from` is what `seen` said when the writer began. Raises RuleBroken when the texts are others now.
    """
    must_be_draft(plan)
    must_be_maker(plan, by)
    if began_from != seen(CarePlan.objects.select_for_update().get(pk=plan.pk)):
        raise RuleBroken("Någon annan har skrivit i planen. Det du skrev står kvar här; det som är sparat står sist.")
    changed = [name for name, text in texts.items() if getattr(plan, name) != text]
    for name in changed:
        setattr(plan, name, texts[name])
    if changed:
        plan.save(update_fields=changed)
        note("plan_written", plan, fields=changed)


def add_unit(*, plan, unit, by) -> CarePlanUnit:
    """A unit at kommun or region takes part: it sees the plan, writes its own measures, and adjusts."""
    must_be_draft(plan)
    must_be_maker(plan, by)
    if unit.sector not in (Sector.KOMMUN, Sector.REGION):
        raise RuleBroken("Välj en enhet som arbetar för kommunen eller regionen.", field="unit")
    if plan.units.filter(unit=unit).exists():
        raise RuleBroken(f"{unit.name} är redan med.", field="unit")
    now = timezone.now()
    row = CarePlanUnit.objects.create(plan=plan, unit=unit, maker_unit_id=plan.maker_unit_id, added_at=now)
    tell(plan, [unit.pk], now)
    note("plan_unit_added", plan, unit=unit.pk)
    return row


def tell(plan: CarePlan, units, at) -> None:
    for unit_id in units:
        call("select tell_care_plan(%s, %s, %s)::text", [plan.pk, unit_id, at])
    transaction.on_commit(nudge)


def add_measure(*, plan, text, by) -> CarePlanMeasure:
    """A decided measure of the own unit, which answers for it: nobody decides for another huvudman."""
    must_be_draft(plan)
    measure = CarePlanMeasure.objects.create(plan=plan, unit_id=by.unit_id, text=text, written_by_id=by.assignment_id)
    note("plan_measure_added", plan)
    return measure


def remove_measure(*, measure, by) -> None:
    must_be_draft(measure.plan)
    if measure.unit_id != by.unit_id:
        raise RuleBroken("Bara den enhet som skrev insatsen kan ta bort den.")
    plan = measure.plan
    measure.delete()
    note("plan_measure_removed", plan)


def missing(plan: CarePlan) -> list[str]:
    """What the plan lacks before it can be adjusted."""
    lacks = [text for name, text in DEMANDS.items() if not getattr(plan, name)]
    sectors = {row.unit.sector for row in plan.units.select_related("unit__acts_for")}
    if Sector.KOMMUN not in sectors:
        lacks.append("minst en enhet från kommunen")
    if not plan.measures.exists():
        lacks.append("minst en beslutad insats med ansvarig enhet")
    return lacks


def adjust(*, plan, revision: int, by) -> bool:
    """The acting unit adjusts (justerar) the revision it has read; true when that made the plan upprättad."""
    must_be_draft(plan)
    if lacks := missing(plan):
        raise RuleBroken(f"Planen kan inte justeras än. Det saknas: {', '.join(lacks)}.")
    now = timezone.now()
    try:
        done = call("select adjust_care_plan(%s, %s, %s)", [plan.pk, revision, now])
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", None) == "P0002":
            raise Conflict(CHANGED) from error
        raise
    note("plan_adjusted", plan, revision=revision)
    if done:
        others = plan.units.exclude(unit_id=by.unit_id).order_by("unit_id").values_list("unit_id", flat=True)
        tell(plan, list(others), now)
        note("plan_established", plan)
    return done


def end(*, plan, by) -> None:
    """The open compulsory care is over; afterwards the person can be offered a SIP as anybody."""
    must_be_maker(plan, by)
    if plan.state == CarePlanState.ENDED:
        raise RuleBroken("Planen är redan avslutad.")
    plan.ended(at=timezone.now())
    plan.save(update_fields=["state", "ended_at"])
    note("plan_ended", plan)
