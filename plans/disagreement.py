"""Writing down that somebody sees it differently (MOT-4), and saying so in plain words."""

from audit import log
from cases.access import steers
from organisations.errors import RuleBroken
from organisations.models import Unit
from plans import removed, sharing
from plans.disagreement_models import Disagreement, Dissenter
from plans.removed import NOT_YOURS_TO_REMOVE
from plans.removed import may_remove as may_remove
from plans.services import chosen_unit, locked_draft, saved

AT_MOST = 20
NOT_YOUR_VIEW = "Skriv er egen syn, personens eller en närståendes. {} eller den ansvariga enheten skriver sin egen."


def of_plan(plan):
    """The plan's disagreements that the reader may see, in the order in which they were written; one query."""
    return Disagreement.objects.filter(plan=plan).select_related("goal", "unit").order_by("written_at", "pk")


def write(*, plan, whose, view, topics, by, goal=None, unit_id=None, name="") -> Disagreement:
    """Write whose view differs, on a goal or, without one, on the whole plan.

    Raises RuleBroken when the plan is no draft, when nobody is named, for the view of another huvudman, or for topics
    that the writer cannot read.
    """
    draft = locked_draft(plan)
    whose = Dissenter(whose)
    if whose == Dissenter.UNIT and unit_id is None:
        raise RuleBroken("Välj vilken verksamhet som ser det på ett annat sätt.", field="whose")
    if whose in (Dissenter.RELATIVE, Dissenter.OTHER) and not name:
        raise RuleBroken("Skriv namnet på den som ser det på ett annat sätt.", field="name")
    if goal is not None and goal.plan_id != draft.pk:
        raise RuleBroken("Målet finns inte i planen längre. Välj ett annat.", field="goal")
    if Disagreement.objects.filter(plan=draft).count() >= AT_MOST:
        raise RuleBroken(f"Skriv högst {AT_MOST} oenigheter. Fler får inte plats i planen.")
    unit = chosen_unit(draft.case, unit_id) if whose == Dissenter.UNIT else None
    if unit and not voices(draft.case, [unit], by=by):
        raise RuleBroken(NOT_YOUR_VIEW.format(unit.name), field="whose")
    # What is said of a goal may not be read by one who does not see the goal.
    topics = topics if goal is None else topics | goal.topics
    sharing.must_be_readable(draft.case_id, topics, by=by)
    said = {"goal": goal, "whose": whose, "unit": unit, "name": "" if unit else name, "view": view}
    if again := Disagreement.objects.filter(plan=draft, topics=topics, **said).first():
        # Sent twice: it stands there already.
        return again
    found = Disagreement.objects.create(
        case_id=draft.case_id, plan=draft, topics=topics, written_by_id=by.assignment_id, **said
    )
    saved(draft, what="disagreement", by=by)
    record("written", found, draft)
    return found


def remove(*, disagreement, by) -> None:
    """Those who did not agree do so now; only in a draft, since a version that was approved stays as it is."""
    draft = locked_draft(disagreement.plan)
    if not may_remove(disagreement, draft.case, by=by):
        raise RuleBroken(NOT_YOURS_TO_REMOVE)
    removed.keep(draft, disagreement, by=by)
    disagreement.delete()
    saved(draft, what="disagreement", by=by)
    record("removed", disagreement, draft)


def to_change(plan):
    """The same, with who wrote each; for those who write in the plan."""
    return of_plan(plan).select_related("plan", "written_by")


def voices(case, units, *, by) -> list[Unit]:
    """Those of the units whose view the writer may write down: the steering unit all, a party its own huvudman's."""
    if steers(case, by):
        return list(units)
    own = Unit.objects.get(pk=by.unit_id)
    return [u for u in units if u.pk == own.pk or (u.acts_for_id and u.acts_for_id == own.acts_for_id)]


def record(what: str, found: Disagreement, draft) -> None:
    log.record(
        f"plans.disagreement_{what}", case_id=draft.case_id, person_id=draft.case.person_id, object_id=str(draft.pk)
    )


def told(row: Disagreement) -> dict:
    """A disagreement in plain words, to the person: who, about what, and how it is seen."""
    who = {
        Dissenter.PERSON: "Du",
        Dissenter.UNIT: row.unit.name if row.unit_id else "",
        Dissenter.RELATIVE: f"{row.name} (närstående)" if row.name else "",
        Dissenter.OTHER: row.name,
    }[row.whose]
    about = f"om målet ”{row.goal.text}”" if row.goal_id else "om planen"
    return {"pk": row.pk, "who": who, "about": about, "view": row.view, "topics": row.topics}


def shown(plan, case, by) -> list[dict]:
    """The plan's disagreements as a page lists them, with whether the reader may take one away."""
    return [told(row) | {"removable": may_remove(row, case, by=by)} for row in to_change(plan)]


def lines(rows) -> list[str]:
    """Du ser det på ett annat sätt, om målet ”Du sover gott”: Jag vill …"""
    return [f"{said['who']} ser det på ett annat sätt, {said['about']}: {said['view']}" for said in map(told, rows)]
