"""What the editor's page shows: the blocks with their state, the goals, and the one form that is open."""

from functools import wraps

from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from cases import frame, topics
from cases.access import may
from plans import (
    approval,
    attention,
    changes,
    clash,
    disagreement,
    documents,
    language,
    own_parts,
    rules,
    services,
    steps,
)
from plans.blocks import BLOCKS
from plans.forms import MeasureForm
from plans.models import Doer, Goal, Measure, PlanState
from plans.parties import Choices
from plans.sharing import NOT_SHARED, PART_NOT_SHARED

# The goals stand between the main goal and what others do.
BEFORE_GOALS = ("viktigt", "varfor", "fungerar", "nulage", "huvudmal")
GONE = "Någon har tagit bort den här delen. Din text är inte sparad. Kopiera den innan du går vidare."
HIDDEN = {"csrfmiddlewaretoken", "revision", "seen"}


def drafting(view):
    """Give a case view the draft; without one, what was typed is shown, so that no text is lost."""

    @wraps(view)
    def with_draft(request, case, *args, **kwargs):
        plan = services.draft_of(case)
        if plan is None:
            return no_draft(request, case)
        plan.case = case
        try:
            return view(request, case, plan, *args, **kwargs)
        except Http404:
            # Somebody took the part away while this was written: what was typed is shown.
            if not typed_in(request):
                raise
            if by_itself(request):
                return JsonResponse({"errors": [GONE]})
            return render(request, "plans/no_part.html", gone(request, case), status=409)

    return with_draft


def by_itself(request) -> bool:
    """The page saves while somebody writes on (static/js/plan.js)."""
    return "X-Autosave" in request.headers


def typed_in(request) -> list[str]:
    said = ((name, text) for name, text in request.POST.items() if name not in HIDDEN and text.strip())
    return [text for name, text in said if not name.startswith("topics")]


def gone(request, case) -> dict:
    return {**frame.context(case, request.actor, here="plan"), "typed": typed_in(request)}


def no_draft(request, case):
    if by_itself(request):
        return JsonResponse({"errors": [rules.APPROVED_MEANWHILE]})
    context = {
        **frame.context(case, request.actor, here="plan"),
        "typed": typed_in(request),
        "may_start": may(case, request.actor, "plans.start") and case.state in services.WRITABLE_STATES,
        "exists": case.plans.exists(),
    }
    return render(request, "plans/no_draft.html", context)


def block_of(name: str):
    if name not in BLOCKS:
        raise Http404
    return BLOCKS[name]


def goal_of(plan, pk: int) -> Goal:
    goal = get_object_or_404(Goal.objects.filter(plan=plan), pk=pk)
    goal.plan = plan
    return goal


def measure_of(plan, pk: int) -> Measure:
    found = Measure.objects.select_related("goal", "unit").filter(goal__plan=plan)
    measure = get_object_or_404(found, pk=pk)
    measure.goal.plan = plan
    return measure


def block_form(request, case, plan, block):
    """The form of a block. A block of which nothing is shared with the unit has none."""
    if block.is_hidden(plan):
        raise Http404
    choices = Choices(case) if block.name == "ansvar" else None
    return block.form(clash.chosen(request.POST) or None, plan=plan, choices=choices, topics=topics.active())


def measure_form(request, case, measure) -> MeasureForm:
    about = {"goal": measure.goal, "measure": measure, "topics": topics.active()}
    return MeasureForm(clash.chosen(request.POST) or None, choices=Choices(case), **about)


def number(text) -> int:
    """A number that was sent, or one that nothing has."""
    return int(text) if text and text.isdecimal() and len(text) < 10 else -1


def back(case, anchor: str):
    """To the editor, at the block that was saved."""
    return redirect(f"{reverse('plans:edit', args=[case.pk])}#{anchor}")


def show(request, case, plan, *, form=None, editing: str = "", status: int = 200):
    shown = page(request.actor, case, plan, form=form, editing=editing)
    return render(request, "plans/edit.html", shown, status=status)


def page(actor, case, plan, *, form=None, editing: str = "") -> dict:
    lacking = approval.missing(plan, case)
    known = topics.active()
    reader = language.Reader(actor, case)
    blocks = [shown(block, plan, lacking, known, reader) for block in BLOCKS.values()]
    goals = [shown_goal(number, goal, known, reader) for number, goal in enumerate(plan.goals.all(), start=1)]
    mark_own(blocks, goals, plan, actor)
    return {
        **frame.context(case, actor, here="plan"),
        "plan": plan,
        "form": form,
        "editing": editing,
        "blocks_before": [b for b in blocks if b["block"].name in BEFORE_GOALS],
        "blocks_after": [b for b in blocks if b["block"].name not in BEFORE_GOALS],
        "goals": goals,
        "views": disagreement.shown(plan, case, actor),
        "nav": navigation(blocks, goals, lacking, editing),
        "missing": lacking,
        "hints": attention.hints(plan, case),
        "meter": rules.meter(plan, lacking),
        "checked": reader.form(form),
        "score": reader.score(plan),
        "writers": writers(plan, actor),
        "writing": changes.writing(plan, actor),
        **own_part(case, plan, actor),
        "may_approve": may(case, actor, "plans.approve"),
        "part_not_shared": "" if plan.seen_whole else PART_NOT_SHARED,
    }


def shown(block, plan, lacking, known, reader) -> dict:
    """A block as it stands: label, text and the chosen topics of each part."""
    own = {"ansvar": lead_rows, "uppfoljning": follow_up_rows}.get(block.name)
    said = [(label, text, 0) for label, text in own(plan)] if own else block.rows(plan)
    rows = [(label, "Ja" if text is True else text, topics.labels_of(mask, known)) for label, text, mask in said]
    return {
        "block": block,
        "rows": rows,
        "hidden": block.is_hidden(plan),
        "written": any(text != NOT_SHARED for _, text, _ in rows),
        "quote": len(block.form.columns) == 1,
        "lacks": of_block(block.name, lacking),
        "language": reader.block(block, plan),
    }


def lead_rows(plan) -> list[tuple[str, str]]:
    said = documents.lead_text(plan)
    if not said:
        return []
    who = ", ".join(filter(None, (said["name"], said["title"], said["unit"])))
    return [row for row in (("Person", who), ("Telefon", said["phone"]), ("Huvudman", said["authority"])) if row[1]]


def follow_up_rows(plan) -> list[tuple[str, str]]:
    when = documents.follow_up_when(plan)
    rows = [("När", when), ("Plats", plan.follow_up_place), ("Vem kallar", plan.follow_up_caller)]
    return [row for row in rows if row[1]]


def of_block(name: str, lacking) -> list:
    return [item for item in lacking if item.block == name]


def shown_goal(number: int, goal, known, reader) -> dict:
    measures = [
        {
            "row": measure,
            "kind": documents.who_kind(measure),
            "when": documents.measure_when(measure),
            "who": ", ".join(filter(None, (measure.doer_name, measure.unit.name if measure.unit_id else ""))),
            "key": f"measure:{measure.pk}",
            "tags": topics.labels_of(measure.topics, known),
            "language": language.shown(reader.measure(measure)),
            "unwritten": measure.doer == Doer.UNIT and measure.authority_id is None,
            "agreed": measure.doer == Doer.UNIT and not measure.waits,
        }
        for measure in goal.measures.all()
    ]
    keys = {"key": f"goal:{goal.pk}", "new": f"new:{goal.pk}"}
    tags = topics.labels_of(goal.topics, known)
    return {
        "row": goal,
        "number": number,
        "measures": measures,
        "tags": tags,
        "language": reader.goal(goal),
        "smart": language.smart(goal),
        **keys,
    }


def navigation(blocks, goals, lacking, editing) -> list[dict]:
    """The side list: each block with its state in a word or a tick."""

    def entry(name, text, done, note):
        lacks = bool(of_block(name, lacking))
        return {"name": name, "text": text, "done": done and not lacks, "note": "saknas" if lacks else note}

    found = []
    for item in blocks:
        block = item["block"]
        found.append({**entry(block.name, block.short, item["written"], ""), "now": editing == block.name})
        if block.name == BEFORE_GOALS[-1]:
            open_here = editing.partition(":")[0] in {"goal", "measure", "new"}
            found.append({**entry("mal", "Mål och insatser", False, f"{len(goals)} mål"), "now": open_here})
    return found


def writers(plan, actor) -> list[dict]:
    """Who has written in the draft, latest saver first."""
    people = {plan.saved_by_id: plan.saved_by} if plan.saved_by_id else {}
    for measure in rules.all_measures(plan):
        people.setdefault(measure.written_by_id, measure.written_by)
    return [{"name": a.staff.name, "mine": pk == actor.assignment_id} for pk, a in people.items()]


def mark_own(blocks, goals, plan, actor) -> None:
    """Say at each part whether its last change is the reader's own, and so can be taken back; and what to confirm."""
    last = steps.latest(plan)

    def mine(*keys) -> bool:
        found = [last[key] for key in keys if key in last]
        return bool(found) and max(found)[1] == actor.assignment_id

    for item in blocks:
        keys = [("block", row.pk) for key, row in plan.rows.items() if key in item["block"].texts]
        item["undo"] = mine(*keys, *(("column", name) for name in item["block"].form.columns))
    for goal in goals:
        goal["undo"] = mine(("goal", goal["row"].pk))
        for measure in goal["measures"]:
            measure["undo"] = mine(("measure", measure["row"].pk))
            measure["to_confirm"] = measure["row"].waits and measure["row"].unit_id == actor.unit_id


def own_part(case, plan, actor) -> dict:
    """How far each party has come, and the reader's own."""
    parts = own_parts.parts(case, plan)
    return {"parts": parts, "own_part": next((part for part in parts if part.unit.pk == actor.unit_id), None)}


def now(case, actor) -> dict:
    """Who else writes in the draft now; the page asks every few seconds."""
    plan = case.plans.filter(state=PlanState.DRAFT).first()
    return {"case": case, "writing": changes.writing(plan, actor) if plan else []}
