"""Approving a version together with the person: what it demands and all that follows (PLA-3, PLA-4)."""

from django.db import connection
from django.utils import timezone

from audit import log
from cases import deadlines
from cases import services as cases
from cases.access import steers
from cases.enums import DeadlineKind, State
from cases.models import Case
from consent import coverage, snapshot
from consent.handing_over import send_version
from notifications import services as notifications
from organisations import swedish
from organisations.errors import RuleBroken
from organisations.models import Assignment, Unit
from plans import documents, rules, services, sharing
from plans.models import Plan, PlanCorrection, PlanState
from plans.rules import Missing, NotReady

READY_STATES = (State.MET, State.PLANNED, State.FOLLOWING_UP)


def ward_approves(case) -> bool:
    """Before discharge the ward approves, where the county has agreed so and the ward takes part (UTS-6)."""
    return (
        case.guideline.approver_at_discharge == "ward"
        and case.inpatient
        and case.ward_unit_id in cases.units_with_access(case)
    )


def why_not(case, *, by, consent) -> str:
    """The sentence that says why `by` cannot approve a plan in this case now, or an empty string."""
    if PlanCorrection.objects.filter(case=case, plan__state=PlanState.DRAFT).exists():
        return "Utkastet är en rättelse. Sätt den i kraft på sidan för rättelsen."
    if case.state not in READY_STATES:
        return "Planen kan godkännas när mötet har hållits."
    if ward_approves(case):
        if by.unit_id != case.ward_unit_id:
            return f"Före utskrivningen är det {case.ward_unit.name} som godkänner planen."
    elif not steers(case, by):
        return "Bara den ansvariga enheten eller huvudansvarigs enhet kan godkänna planen."
    if not coverage.may_go_on(consent):
        return "Samtycket gäller inte. Fråga personen igen innan planen godkänns."
    if not sharing.sees_all(case.pk, by):
        return sharing.ONLY_WHO_SEES_ALL
    return ""


def missing(plan, case) -> list[Missing]:
    """All that the plan lacks (PLA-3, UPP-1), also a huvudansvarig who does not see the case."""
    found = rules.missing(plan, today=timezone.localdate())
    if plan.lead_staff_id and plan.lead_unit_id:
        leads = cases.possible_leads(case).filter(staff_id=plan.lead_staff_id, unit_id=plan.lead_unit_id)
        if not leads.exists():
            text = f"{plan.lead_staff.name} kan inte vara huvudansvarig. Välj någon på en enhet som ser ärendet."
            found.append(Missing("lead", text, "ansvar"))
        elif not sharing.lead_sees_all(case.pk, plan.lead_unit_id):
            text = f"{plan.lead_unit.name} ser inte hela planen och kan inte ha huvudansvaret. Välj en annan enhet."
            found.append(Missing("lead", text, "ansvar"))
    return found


def witnesses(plan: Plan, *, by) -> list[str]:
    """Who may have seen the person's yes: those who came to the meeting beside the person, and the one who approves."""
    came = documents.participants(plan.meeting_id)
    names = [", ".join(filter(None, (one["name"], one["unit"]))) for one in came if one["name"] != documents.THE_PERSON]
    own = Assignment.objects.select_related("staff", "unit").get(pk=by.assignment_id)
    me = f"{own.staff.name}, {own.unit.name}"
    # At the meeting the own title may have stood between the name and the unit.
    others = [name for name in names if name.split(", ")[0] != own.staff.name]
    return list(dict.fromkeys([me, *others]))


def approve(
    *, plan: Plan, agreed_how: str, revision: int, by, person_view: str = "", agreed_form: str = "", agreed_before=()
) -> Plan:
    """Approve the version that the person said yes to; it replaces the one in force and never changes again (PLA-5).

    `agreed_form` is how the person showed it, `agreed_before` who saw it; one is not told without the other.

    Ownership moves to huvudansvarig's unit last, since the acting unit may stop steering by it.
    Raises NotReady naming each missing part, RuleBroken when somebody has written meanwhile or may not approve.
    """
    # The case first, then the plan: a withdrawal of the consent takes them in the same order.
    cases_now = Case.objects.select_for_update(no_key=True, of=("self",)).with_names()
    case = cases_now.select_related("guideline", "ward_unit").get(pk=plan.case_id)
    services.locked_draft(plan)
    plan = services.with_content(Plan.objects.filter(pk=plan.pk)).get()
    plan.case = case
    refusal = why_not(case, by=by, consent=documents.consent_of(case))
    if refusal:
        raise RuleBroken(refusal)
    if plan.revision != revision:
        raise RuleBroken("Planen har ändrats sedan du öppnade sidan. Läs den igen tillsammans med personen.")
    lacks = missing(plan, case)
    if lacks:
        raise NotReady(lacks)
    if bool(agreed_form) != bool(agreed_before):
        raise RuleBroken("Skriv både hur personen visade sitt ja och vilka som såg det.", field="agreed_before")
    if set(agreed_before) - set(witnesses(plan, by=by)):
        raise RuleBroken("Välj bland dem som var med på mötet, och dig själv.", field="agreed_before")
    adopt(plan, case, by=by, agreed_how=agreed_how, agreed_form=agreed_form, agreed_before=agreed_before)
    if steers(case, by):
        name_lead(plan, case, person_view=person_view, by=by)
    else:
        adopt_of_ward(plan, case, person_view=person_view, by=by)
    set_clocks(plan, case)
    cases.note(case, kind="plan_approved", text=f"Version {plan.version} av planen godkändes", by=by)
    log.record(
        "plans.approved", action=log.SIGN, case_id=case.pk, person_id=case.person_id, object_type="plan",
        object_id=str(plan.pk),
    )  # fmt: skip
    share(plan, case, by=by)
    notifications.tell_person(case_id=case.pk, key=f"plan:{plan.pk}")
    documents.order(plan=plan, by=by)
    cases.hand_over(case=case, unit=plan.lead_unit, by=by)
    return plan


def adopt(plan: Plan, case: Case, *, by, **agreed) -> None:
    """The version in force gives way; the draft becomes the plan, and the case is planned."""
    for before in case.plans.filter(state=PlanState.APPROVED):
        before.superseded()
        before.save(update_fields=["state"])
    plan.approved(at=timezone.now(), by=by, **agreed)
    # A new revision: a PDF of the draft, drawn before, is not the PDF of what was approved.
    plan.revision += 1
    plan.save(update_fields=Plan.APPROVAL)
    case.plan_adopted()


def name_lead(plan: Plan, case: Case, *, person_view: str, by) -> None:
    """Huvudansvarig and the new state are saved in one statement: a planned case has a lead (MOT-1)."""
    if (case.lead_staff_id, case.lead_unit_id, case.lead_authority_id) == (
        plan.lead_staff_id, plan.lead_unit_id, plan.lead_authority_id,
    ):  # fmt: skip
        case.save()
        return
    cases.name_lead(
        case=case, staff=plan.lead_staff, unit=plan.lead_unit, authority=plan.lead_authority,
        person_view=person_view, by=by,
    )  # fmt: skip


def adopt_of_ward(plan: Plan, case: Case, *, person_view: str, by) -> None:
    """The ward approves but does not steer: the database names huvudansvarig and moves the ownership for it (UTS-6)."""
    with connection.cursor() as cursor:
        cursor.execute("select adopt_plan_of_ward(%s, %s, %s)", [case.pk, plan.pk, person_view])
    if plan.lead_unit_id != case.owner_unit_id:
        key = f"plan:{plan.pk}"
        notifications.tell_unit(unit_id=plan.lead_unit_id, case_id=case.pk, kind="handed_over", key=key)
    cases.note(case, kind="lead_named", text=f"{plan.lead_staff.name} är huvudansvarig", by=by)
    log.record("cases.lead_named", case_id=case.pk, person_id=case.person_id, object_id=str(plan.lead_staff_id))
    case.owner_unit, case.lead_unit, case.lead_staff = plan.lead_unit, plan.lead_unit, plan.lead_staff
    case.lead_authority = plan.lead_authority


def set_clocks(plan: Plan, case: Case) -> None:
    """The meeting's deadline is met; the agreed follow-up gets its own (TID-3, TID-4)."""
    deadlines.meet(case=case, kind=DeadlineKind.MEETING)
    deadlines.agree(
        case=case, kind=DeadlineKind.FOLLOW_UP, due_on=plan.follow_up_on, source=f"Planen, version {plan.version}"
    )


def share(plan: Plan, case: Case, *, by) -> None:
    """Each party that sees the case gets its own frozen copy, a disclosure row and a notice (PDL 3:11)."""
    body = snapshot.build(case)
    what = f"Planen, version {plan.version}, godkänd {swedish.short_date(plan.approved_at)}"
    others = cases.units_with_access(case) - {by.unit_id}
    for unit in Unit.objects.filter(pk__in=others).order_by("pk"):
        send_version(case=case, unit=unit, kind="approved", what=what, body=body, by=by)
        notifications.tell_unit(unit_id=unit.pk, case_id=case.pk, kind="plan", key=str(plan.pk))
