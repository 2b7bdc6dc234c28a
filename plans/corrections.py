"""A correction version: what was wrong is put right visibly, without a meeting and without new agreements (PLA-9)."""

from django.db.models import Max
from django.utils import timezone

from audit import log
from cases import deadlines
from cases import services as cases
from cases.access import steers
from cases.enums import DeadlineKind
from cases.models import CaseText
from consent import snapshot
from consent.handing_over import send_version
from notifications import services as notifications
from organisations import swedish
from organisations.errors import RuleBroken
from organisations.models import Unit
from plans import disagreement_carry, documents, rules, services, sharing
from plans.correction_models import REASON, PlanCorrection
from plans.models import Goal, HandedOutCopy, Measure, Plan, PlanState
from plans.rules import NotReady

SAME_LEAD = "En rättelse ändrar inte vem som är huvudansvarig. Byt huvudansvarig på sidan Aktörer."


def why_not(case, *, by) -> str:
    """The sentence that says why a correction cannot be started now, or an empty string."""
    if not steers(case, by):
        return "Bara den ansvariga enheten eller huvudansvarigs enhet kan rätta planen."
    if not case.plans.filter(state=PlanState.APPROVED).exists():
        return "Det finns ingen godkänd plan att rätta."
    if case.plans.filter(state=PlanState.DRAFT).exists():
        return "Det finns redan ett utkast. Godkänn det först, eller rätta i det."
    return ""


def start(*, case, kind: str, reason: str, by) -> PlanCorrection:
    """Copy the plan in force, all of it, to be corrected; says what kind of mistake it was, and why.

    Raises RuleBroken without a plan in force, with a draft, or for a unit that does not steer or see all.
    """
    if refusal := why_not(case, by=by):
        raise RuleBroken(refusal)
    if not reason.strip():
        raise RuleBroken("Skriv vad som blev fel.", field="reason")
    sharing.must_see_all(case.pk, by=by)
    before = services.in_force(case)
    last = case.plans.aggregate(last=Max("version"))["last"]
    plan = Plan.objects.create(
        case=case, version=last + 1, based_on=before, meeting=before.meeting, created_by_id=by.assignment_id,
        saved_by_id=by.assignment_id, **{name: getattr(before, name) for name in Plan.CONTENT},
    )  # fmt: skip
    services.make_texts(plan, {key: (row.text, row.topics) for key, row in before.rows.items()}, by=by)
    copy_goals(before, plan)
    disagreement_carry.carry(before, plan)
    correction = PlanCorrection.objects.create(case=case, plan=plan, corrects=before, kind=kind, by_id=by.assignment_id)
    CaseText.objects.create(case=case, key=REASON.format(plan.pk), text=reason.strip(), saved_by_id=by.assignment_id)
    cases.note(case, kind="correction_started", text=f"En rättelse av version {before.version} påbörjades", by=by)
    log.record("plans.correction_started", case_id=case.pk, person_id=case.person_id, object_id=str(plan.pk))
    return correction


def copy_goals(before: Plan, plan: Plan) -> None:
    """Every goal and measure, also what is done: nothing but the mistake differs."""
    for old in before.goals.all():
        kept = {name: getattr(old, name) for name in services.GOAL_TEXTS}
        goal = Goal.objects.create(case_id=plan.case_id, plan=plan, position=old.position, **kept)
        Measure.objects.bulk_create(
            Measure(
                case_id=plan.case_id, goal=goal, position=measure.position, carried_from=measure,
                written_by_id=measure.written_by_id,
                **{name: getattr(measure, name) for name in services.MEASURE_CARRIED},
            )
            for measure in old.measures.all()
        )  # fmt: skip


def missing(plan: Plan) -> list:
    """What the law demands still holds; a follow-up day that was agreed and has passed is no mistake."""
    found = rules.missing(plan, today=timezone.localdate())
    same_day = plan.follow_up_on == plan.correction.corrects.follow_up_on
    return [item for item in found if not (item.part == "follow_up" and plan.follow_up_on and same_day)]


def approve(*, plan: Plan, revision: int, by) -> Plan:
    """The correction takes the place of the version that it corrects, which stays readable; all holders are told.

    Raises NotReady, RuleBroken when somebody has written meanwhile or huvudansvarig is another.
    """
    services.locked_draft(plan)
    case, correction = plan.case, plan.correction
    plan = services.with_content(Plan.objects.filter(pk=plan.pk)).get()
    plan.case, before = case, Plan.objects.get(pk=correction.corrects_id)
    if plan.revision != revision:
        raise RuleBroken("Planen har ändrats sedan du öppnade sidan. Läs den igen.")
    if before.state != PlanState.APPROVED:
        raise RuleBroken("Versionen som rättas gäller inte längre.")
    if (plan.lead_staff_id, plan.lead_unit_id) != (before.lead_staff_id, before.lead_unit_id):
        raise RuleBroken(SAME_LEAD)
    if lacks := missing(plan):
        raise NotReady(lacks)
    sharing.must_see_all(case.pk, by=by)
    put_in_force(plan, before, by=by)
    if plan.follow_up_on != before.follow_up_on:
        source = f"Planen, version {plan.version}"
        deadlines.agree(case=case, kind=DeadlineKind.FOLLOW_UP, due_on=plan.follow_up_on, source=source)
    text = f"Version {before.version} av planen rättades: version {plan.version} gäller"
    cases.note(case, kind="plan_corrected", text=text, by=by)
    log.record(
        "plans.corrected", action=log.SIGN, case_id=case.pk, person_id=case.person_id, object_type="plan",
        object_id=str(plan.pk), details={"corrects": before.pk},
    )  # fmt: skip
    share(plan, case, by=by)
    documents.order(plan=plan, by=by)
    return plan


def put_in_force(plan: Plan, before: Plan, *, by) -> None:
    """One version in force at any time; what the person said of the first holds for the corrected one."""
    before.superseded()
    before.save(update_fields=["state"])
    plan.approved(
        at=timezone.now(), by=by, agreed_how=f"Rättelse, inget nytt möte. {before.agreed_how}"[:300],
        agreed_form=before.agreed_form, agreed_before=before.agreed_before,
    )  # fmt: skip
    plan.revision += 1
    plan.save(update_fields=Plan.APPROVAL)


def share(plan: Plan, case, *, by) -> None:
    """Those who were sent the version get the corrected one, and are told (PDL 3:14)."""
    body = snapshot.build(case)
    what = f"Rättad plan, version {plan.version}, {swedish.short_date(plan.approved_at)}"
    for unit in Unit.objects.filter(pk__in=cases.units_with_access(case) - {by.unit_id}).order_by("pk"):
        send_version(case=case, unit=unit, kind="corrected", what=what, body=body, by=by)
        notifications.tell_unit(unit_id=unit.pk, case_id=case.pk, kind="corrected", key=str(plan.pk))


def to_be_told(plan: Plan) -> list[str]:
    """Who holds a copy of a version that was corrected and has not been given the corrected one: the person first."""
    if getattr(plan, "correction", None) is None:
        return []
    copies = HandedOutCopy.objects.filter(case_id=plan.case_id)
    told = set(copies.filter(plan=plan).values_list("recipient", flat=True))
    holders = copies.filter(plan__version__lt=plan.version).order_by("recipient").values_list("recipient", flat=True)
    return [name for name in dict.fromkeys(["Personen", *holders]) if name not in told]


def reason_of(plan: Plan) -> str:
    """Why it was corrected; nothing to one who does not see all."""
    found = CaseText.objects.filter(case_id=plan.case_id, key=REASON.format(plan.pk)).first()
    return found.text if found else ""


def told(plan: Plan) -> dict:
    """The mark of a corrected version for its pages: which, what, who, when, why, and who is still to be told."""
    correction = getattr(plan, "correction", None)
    if correction is None:
        return {}
    return {
        "correction": correction,
        "correction_reason": reason_of(plan),
        "to_be_told": [] if plan.is_draft else to_be_told(plan),
    }
