"""Writing a draft: every party in its own part, with a lock on each text (PLA-2, PLA-4, PLA-5).

Each service locks the draft's row first, so that two writers queue instead of waiting for each other crosswise. What
was taken away while somebody wrote is a 404, to which the editor's pages answer with what was typed.
"""

from django.db.models import Exists, Max, OuterRef, Prefetch
from django.shortcuts import get_object_or_404
from django.utils import timezone

from audit import log
from cases import services as cases
from cases.access import steers
from cases.enums import State
from cases.models import CaseAccess
from cases.text_models import TextKey
from cases.topics import ALL
from meetings.models import Meeting, MeetingState
from organisations import swedish
from organisations.errors import RuleBroken
from organisations.models import Unit
from plans import disagreement_carry, proposals, sharing, steps
from plans.models import (
    BlockKey,
    Goal,
    Measure,
    MeasureReport,
    MeasureState,
    MeasureStatus,
    Plan,
    PlanBlock,
    PlanState,
    PlanStep,
)
from plans.rules import APPROVED_MEANWHILE, Stale, digest
from preparation import services as preparation

WRITABLE_STATES = (State.MET, State.PLANNED, State.FOLLOWING_UP)
# What the person said of the last version is asked anew; the old date has passed.
NOT_CARRIED = {"person_opinion", "follow_up_on", "follow_up_time"}
GOAL_TEXTS = ("text", "horizon", "how_noticed", "topics")
MEASURE_TEXTS = (
    "text", "doer", "unit_id", "doer_name", "starts_on", "ends_on", "ongoing", "frequency", "place", "topics",
)  # fmt: skip
# A measure that goes on unchanged needs no new yes from its unit.
MEASURE_CARRIED = (*MEASURE_TEXTS, "state", "confirmed_at", "confirmed_by_id")
COLUMNS = {*Plan.CONTENT, "lead_staff_id", "lead_unit_id", "lead_authority_id"}
# The name under which a text's topics stand among the values of its block.
TOPICS_OF = "topics_{}"
NOT_YOURS = "Den delen av planen delas inte med er. Ladda om sidan och se vad ni kan skriva i."
PARKED = 32000


def with_content(plans):
    """Plans with everything that their pages show, in a fixed number of queries."""
    measures = Measure.objects.select_related("unit", "authority", "written_by__staff", "written_by__unit")
    goals = Goal.objects.order_by("position").prefetch_related(
        Prefetch("measures", measures.order_by("position", "pk"))
    )
    people = ("saved_by__staff", "lead_staff", "lead_unit", "lead_authority", "approved_by__staff", "meeting")
    correction = ("correction__corrects", "correction__by__staff", "correction__by__unit")
    # Of the access rows the reader's role sees none but its own unit's.
    whole = CaseAccess.objects.filter(case_id=OuterRef("case_id"), hidden_topics=0)
    return (
        plans.select_related(*people, *correction)
        .prefetch_related(Prefetch("goals", goals), "blocks")
        .annotate(seen_whole=Exists(whole))
    )


def draft_of(case) -> Plan | None:
    return with_content(case.plans.filter(state=PlanState.DRAFT)).first()


def in_force(case) -> Plan | None:
    return with_content(case.plans.filter(state=PlanState.APPROVED)).first()


def start_draft(*, case, by) -> Plan:
    """Start the first version after the meeting, or the next one on what stands now (PLA-5).

    Raises RuleBroken before the meeting, when a draft exists, or when a unit that does not steer asks.
    """
    if case.state not in WRITABLE_STATES:
        raise RuleBroken("Planen kan skrivas när mötet har hållits.")
    if not steers(case, by):
        raise RuleBroken("Bara den ansvariga enheten eller huvudansvarigs enhet kan börja på en ny version.")
    if case.plans.filter(state=PlanState.DRAFT).exists():
        raise RuleBroken("Det finns redan ett utkast. Skriv vidare i det.")
    sharing.must_see_all(case.pk, by=by)
    before = in_force(case)
    held = Meeting.objects.filter(case=case, state=MeetingState.HELD).order_by("-starts_at").first()
    last = case.plans.aggregate(last=Max("version"))["last"] or 0
    carried = {name: getattr(before, name) for name in Plan.CONTENT if name not in NOT_CARRIED} if before else {}
    plan = Plan.objects.create(
        case=case, version=last + 1, based_on=before, meeting=held, created_by_id=by.assignment_id,
        saved_by_id=by.assignment_id, **carried,
    )  # fmt: skip
    if before:
        carry_texts(before, plan, by=by)
        carry_goals(before, plan, by=by)
        disagreement_carry.carry(before, plan)
    else:
        # Why is what the need was said to be, about what that was about; the rest the person said beforehand.
        said = {BlockKey.WHY: (case.reason_note, case.topics_of(TextKey.REASON_NOTE))}
        make_texts(plan, preparation.plan_start(case) | said, by=by)
    cases.note(case, kind="plan_started", text=f"Version {plan.version} av planen påbörjades", by=by)
    log.record("plans.started", case_id=case.pk, person_id=case.person_id, object_id=str(plan.pk))
    return plan


def carry_texts(before: Plan, plan: Plan, *, by) -> None:
    """Copy the texts with their topics; `before` is seen whole, or what is hidden would be lost."""
    kept = {key: (row.text, row.topics) for key, row in before.rows.items() if key not in NOT_CARRIED}
    make_texts(plan, kept, by=by)


def make_texts(plan: Plan, said: dict, *, by) -> None:
    """A row for every text, also the empty ones: one that cannot be read is hidden, never unwritten."""
    PlanBlock.objects.bulk_create(
        PlanBlock(case_id=plan.case_id, plan=plan, key=key, text=text, topics=topics, saved_by_id=by.assignment_id)
        for key in BlockKey.values
        for text, topics in [said.get(key, ("", ALL))]
    )


def carry_goals(before: Plan, plan: Plan, *, by) -> None:
    """Copy goals and the measures that go on; what is done stays in the version where it was agreed."""
    done = done_measures(before)
    for old in before.goals.all():
        goal = Goal.objects.create(
            case_id=plan.case_id, plan=plan, position=old.position, **{name: getattr(old, name) for name in GOAL_TEXTS}
        )
        Measure.objects.bulk_create(
            Measure(
                case_id=plan.case_id, goal=goal, position=measure.position, carried_from=measure,
                written_by_id=measure.written_by_id, **{name: getattr(measure, name) for name in MEASURE_CARRIED},
            )
            for measure in old.measures.all() if measure.pk not in done
        )  # fmt: skip


def done_measures(plan: Plan) -> set[int]:
    """The measures whose latest report says done."""
    reports = MeasureReport.objects.filter(measure__goal__plan=plan).order_by("measure_id", "-reported_at", "-pk")
    latest = reports.distinct("measure_id").values_list("measure_id", "status")
    return {pk for pk, status in latest if status == MeasureStatus.DONE}


def locked_draft(plan) -> Plan:
    """The draft as it stands now, locked until the scope ends. Raises RuleBroken once it is approved."""
    found = Plan.objects.select_for_update(no_key=True, of=("self",)).select_related("case")
    draft = found.filter(pk=plan.pk, state=PlanState.DRAFT).first()
    if draft is None:
        raise RuleBroken(APPROVED_MEANWHILE)
    return draft


def saved(plan: Plan, *, what: str, by) -> None:
    """Count the draft's revision up and note who saved, when and what."""
    plan.revision += 1
    plan.saved_at, plan.saved_by_id = timezone.now(), by.assignment_id
    plan.save(update_fields=["revision", "saved_at", "saved_by"])
    log.record(
        "plans.saved", case_id=plan.case_id, person_id=plan.case.person_id, object_id=str(plan.pk), object_type=what
    )


def saved_words(found, *, by) -> str:
    """Who made the last of these changes, and when, in words; the same person may have two windows open."""
    last = found.select_related("by__staff").order_by("-save_number", "-pk").first()
    if last is None:
        return "Någon annan sparade"
    if last.by_id == by.assignment_id:
        return f"Du sparade i ett annat fönster kl. {swedish.clock(last.at)}"
    return f"{last.by.staff.name} sparade kl. {swedish.clock(last.at)}"


def block_rows(draft: Plan, values: dict) -> dict[str, PlanBlock]:
    """The rows of the texts among `values`. Raises RuleBroken when one of them is not shared with the writer."""
    keys = {key for key in BlockKey.values if key in values or TOPICS_OF.format(key) in values}
    if "others_nobody" in values:
        # One question with two answers: who does not see the one may not give the other.
        keys.add(BlockKey.OTHERS_MEASURES.value)
    rows = {row.key: row for row in draft.blocks.filter(key__in=keys)}
    if keys - rows.keys():
        raise RuleBroken(NOT_YOURS)
    return rows


def standing(plan: Plan, rows: dict, names) -> dict:
    """What the plan says now under these names: texts, their topics, and columns of the plan."""
    texts = {key: row.text for key, row in rows.items()}
    topics = {TOPICS_OF.format(key): row.topics for key, row in rows.items()}
    return {name: getattr(plan, name) if name in COLUMNS else (texts | topics)[name] for name in names}


def mark(plan: Plan, rows: dict, names) -> str:
    """A short mark of a block as it stands, also of how many times each of its texts was saved."""
    saves = {f"{key} revision": row.revision for key, row in rows.items()}
    return digest(standing(plan, rows, names) | saves)


def save_block(
    *, plan, values: dict, revision: int, by, topics: dict | None = None, seen: str = "", by_itself: bool = False
) -> Plan:
    """Save one block of the draft: texts by key, columns of the plan, and in `topics` the mask of each text.

    `seen` is the block's mark as it was opened; without it `revision` decides. Raises Stale when somebody has saved
    another text in the same block meanwhile, RuleBroken for what the writer cannot read before or after.
    `by_itself`: the page saved while somebody wrote on.
    """
    values = values | {TOPICS_OF.format(key): mask for key, mask in (topics or {}).items()}
    known = {*BlockKey.values, *map(TOPICS_OF.format, BlockKey.values), *COLUMNS}
    if set(values) - known:
        raise ValueError(f"not part of a plan's content: {set(values) - known}")
    draft = locked_draft(plan)
    rows = block_rows(draft, values)
    stands, now = standing(draft, rows, values), mark(draft, rows, values)
    if now != seen if seen else draft.revision != revision:
        if stands != values:
            saved_by = saved_words(steps.of_block(draft, values), by=by)
            raise Stale(theirs=stands, revision=draft.revision, seen=now, saved=saved_by)
    for key, mask in (topics or {}).items():
        sharing.must_be_readable(draft.case_id, mask, by=by, field=TOPICS_OF.format(key))
    for key, row in rows.items():
        said = values.get(key, row.text), values.get(TOPICS_OF.format(key), row.topics)
        save_text(draft, row, *said, by_itself=by_itself, by=by)
    columns = [name for name in values if name in COLUMNS]
    if changed := {name: stands[name] for name in columns if stands[name] != values[name]}:
        # Who may not see what others do may not see that nobody does either.
        mask = rows[BlockKey.OTHERS_MEASURES].topics if "others_nobody" in changed else 0
        about = {"topics": mask, "revision": draft.revision, "by_itself": by_itself}
        steps.keep(draft, before=changed, by=by, **about)
    for name in columns:
        setattr(draft, name, values[name])
    draft.save(update_fields=[name.removesuffix("_id") for name in columns])
    saved(draft, what=", ".join(sorted({*rows, *columns}))[:60], by=by)
    return draft


def save_text(draft: Plan, row: PlanBlock, text: str, topics: int, *, by, by_itself: bool = False) -> None:
    """Write one text, if it is another than before, which is kept."""
    if (row.text, row.topics) == (text, topics):
        return
    before = {"text": row.text, "topics": row.topics}
    about = {"topics": row.topics, "revision": row.revision, "by_itself": by_itself}
    steps.keep(draft, block=row, before=before, by=by, **about)
    row.text, row.topics, row.revision = text, topics, row.revision + 1
    row.saved_at, row.saved_by_id = timezone.now(), by.assignment_id
    row.save(update_fields=["text", "topics", "revision", "saved_at", "saved_by"])


def add_goal(*, plan, text, by, horizon="short", how_noticed="", topics=ALL) -> Goal:
    """Add a goal last in the draft."""
    draft = locked_draft(plan)
    sharing.must_be_readable(draft.case_id, topics, by=by)
    goal = Goal.objects.create(
        case_id=draft.case_id, plan=draft, position=sharing.next_place(draft), text=text, horizon=horizon,
        how_noticed=how_noticed, topics=topics,
    )  # fmt: skip
    saved(draft, what="goal", by=by)
    return goal


def change_goal(*, goal, values: dict, revision: int, by, by_itself: bool = False) -> Goal:
    """Change a goal of the draft. Raises Stale when somebody has changed it meanwhile."""
    draft = locked_draft(goal.plan)
    now = get_object_or_404(Goal, pk=goal.pk)
    _change(now, draft, values, GOAL_TEXTS, revision, by_itself=by_itself, by=by)
    saved(draft, what="goal", by=by)
    return now


def add_measure(*, goal, text, doer, by, unit_id=None, topics=None, **values) -> Measure:
    """Add a measure last under a goal, about what the goal is about unless `topics` says otherwise.

    The database sets the huvudman from the unit. What another unit is to do is proposed to it (PLA-2, PLA-4).
    """
    draft = locked_draft(goal.plan)
    goal = get_object_or_404(Goal, pk=goal.pk)
    topics = goal.topics if topics is None else topics
    unit = chosen_unit(draft.case, unit_id)
    own_part(draft.case, unit, by=by)
    sharing.must_be_readable(draft.case_id, topics, by=by)
    measure = Measure(
        case_id=draft.case_id, goal=goal, position=sharing.next_place(goal), text=text, doer=doer, unit=unit,
        written_by_id=by.assignment_id, topics=topics, **values,
    )  # fmt: skip
    if measure.unit_id == by.unit_id:
        measure.confirmed(at=timezone.now(), by=by)
    measure.save()
    proposals.asked(draft, measure, by=by)
    saved(draft, what="measure", by=by)
    return measure


def change_measure(*, measure, values: dict, revision: int, by, by_itself: bool = False) -> Measure:
    """Change a measure of the draft; what another unit had confirmed is proposed to it anew (PLA-4).

    Raises Stale when somebody has changed it meanwhile.
    """
    draft = locked_draft(measure.goal.plan)
    now = get_object_or_404(Measure.objects.select_related("unit", "goal"), pk=measure.pk)
    own_part(draft.case, now.unit, by=by)
    if values["unit_id"] != now.unit_id:
        own_part(draft.case, chosen_unit(draft.case, values["unit_id"]), by=by)
    waited, proposed_by = now.unit_id if now.waits else None, now.written_by_id
    now.written_by_id = by.assignment_id
    _change(now, draft, values, MEASURE_TEXTS, revision, by_itself=by_itself, by=by)
    if now.unit_id != waited:
        proposals.asked(draft, now, by=by)
    if waited == by.unit_id:
        proposals.answered(draft, written_by_id=proposed_by, by=by)
    saved(draft, what="measure", by=by)
    return now


def move(*, item: Goal | Measure, up: bool, by) -> None:
    """Move a goal or a measure one step; at the end nothing happens."""
    plan = item.plan if isinstance(item, Goal) else item.goal.plan
    draft = locked_draft(plan)
    beside = Goal.objects.filter(plan=plan) if isinstance(item, Goal) else Measure.objects.filter(goal=item.goal)
    # Somebody may have moved it since it was read, or taken it away.
    item = get_object_or_404(beside, pk=item.pk)
    if up:
        other = beside.filter(position__lt=item.position).order_by("-position").first()
    else:
        other = beside.filter(position__gt=item.position).order_by("position").first()
    if other is None:
        return
    # Two goals cannot stand in one place even for a moment, so one steps aside first.
    beside.filter(pk=item.pk).update(position=PARKED)
    beside.filter(pk=other.pk).update(position=item.position)
    beside.filter(pk=item.pk).update(position=other.position)
    saved(draft, what="order", by=by)


def _change(row, draft, values: dict, names: tuple, revision: int, *, by, by_itself: bool) -> None:
    stands = {name: getattr(row, name) for name in names}
    values = {"topics": row.topics} | values
    if stands == values:
        # What the page has saved by itself is often sent once more, and is no change to take back.
        return
    about = {row._meta.model_name: row}
    if row.revision != revision:
        changes = PlanStep.objects.filter(plan=draft, **about)
        raise Stale(theirs=stands, revision=row.revision, saved=saved_words(changes, by=by))
    sharing.must_be_readable(draft.case_id, values["topics"], by=by)
    about |= {"topics": row.topics, "revision": row.revision, "by_itself": by_itself}
    steps.keep(draft, before=stands, by=by, **about)
    for name in names:
        setattr(row, name, values[name])
    if isinstance(row, Measure) and any(stands[name] != values[name] for name in names if name != "topics"):
        said_anew(row, by=by)
    row.revision += 1
    row.save()


def said_anew(measure: Measure, *, by) -> None:
    """Another wording: one's own is said by that, another unit's waits for its yes."""
    if measure.state != MeasureState.PROPOSED:
        measure.reopened()
    if measure.unit_id == by.unit_id:
        measure.confirmed(at=timezone.now(), by=by)


def chosen_unit(case, unit_id) -> Unit | None:
    """The unit of a measure. Raises RuleBroken for a unit that takes no part in the case."""
    if unit_id is None:
        return None
    parties = {case.owner_unit_id, *case.participations.active().values_list("unit_id", flat=True)}
    if unit_id not in parties:
        raise RuleBroken("Välj en enhet som är med i ärendet.", field="who")
    return Unit.objects.get(pk=unit_id)


def own_part(case, unit: Unit | None, *, by) -> None:
    """Refuse a party that decides measures for another huvudman; the steering unit writes what was agreed (PLA-4)."""
    if unit is None or unit.pk == by.unit_id or steers(case, by):
        return
    own = Unit.objects.get(pk=by.unit_id)
    if unit.acts_for_id is None or unit.acts_for_id != own.acts_for_id:
        raise RuleBroken(f"Bara {unit.name} eller den ansvariga enheten kan skriva den insatsen.", field="who")
