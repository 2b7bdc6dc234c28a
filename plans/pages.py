"""What the plan's pages show, as plain context for the templates."""

from django.http import Http404
from django.urls import reverse

from cases import frame, topics
from cases import services as cases
from cases.access import may
from organisations import swedish
from plans import (
    approval,
    attention,
    corrections,
    documents,
    language,
    own_parts,
    removed,
    rules,
    services,
    sharing,
    versions,
)
from plans.forms_parts import RemoveForm
from plans.models import HandedOutCopy, Plan, PlanState


def plan_of(case, version: int | None) -> Plan:
    """That version, or the one in force and else the draft; 404 when there is none."""
    if version is None:
        found = services.in_force(case) or services.draft_of(case)
    else:
        found = versions.one(case, version)
    if found is None:
        raise Http404
    found.case = case
    return found


def approved_of(case, version: int) -> Plan:
    """An approved version: a draft is handed out to nobody."""
    found = plan_of(case, version)
    if found.is_draft:
        raise Http404
    return found


def overview(actor, case) -> dict:
    """The plan in force, what is being written, and the copies that were handed out."""
    plan = services.in_force(case)
    draft = services.with_content(case.plans.filter(state=PlanState.DRAFT)).first()
    may_edit = may(case, actor, "plans.edit")
    if plan:
        plan.case = case
    return {
        **frame.context(case, actor, here="plan"),
        "plan": plan,
        "heading": versions.heading(plan) if plan else "",
        **(tagged(plan) | corrections.told(plan) if plan else {}),
        "correcting": draft is not None and getattr(draft, "correction", None) is not None,
        "may_correct": plan is not None and draft is None and may(case, actor, "plans.correct"),
        "draft": draft,
        "score": language.Reader(actor, case).score(draft) if draft and may_edit else None,
        "to_confirm": own_parts.waiting_for(actor.unit_id, draft).count() if draft and may_edit else 0,
        "copies": handed_out(case) if plan else [],
        "writable": case.state in services.WRITABLE_STATES,
        "may_start": may(case, actor, "plans.start"),
        "may_edit": may_edit,
        "may_approve": may(case, actor, "plans.approve"),
        "may_hand_out": may(case, actor, "plans.hand_out"),
        "may_export": plan is not None and may(case, actor, "plans.export"),
    }


def meter_of(case, actor) -> dict:
    """The law's four parts in the draft, for the case page; nothing when no plan is being written."""
    # Before the meeting there is no draft to ask for.
    draft = services.draft_of(case) if case.state in services.WRITABLE_STATES else None
    if draft is None:
        return {"meter": None}
    draft.case = case
    write_url = reverse("plans:edit", args=[case.pk]) if may(case, actor, "plans.edit") else None
    return {"meter": rules.meter(draft, approval.missing(draft, case)), "meter_of": draft, "write_url": write_url}


def handed_out(case):
    copies = HandedOutCopy.objects.filter(case=case).select_related("plan", "by__staff")
    return copies.order_by("-given_on", "-pk")


def tagged(plan) -> dict:
    """The plan as it is read, and for staff what each text, goal and measure is about."""
    known, sheet = topics.active(), documents.context(plan)
    for goal, shown in zip(plan.goals.all(), sheet["goals"], strict=True):
        shown["tags"] = topics.labels_of(goal.topics, known)
        for measure, told in zip(goal.measures.all(), shown["measures"], strict=True):
            told["tags"] = topics.labels_of(measure.topics, known)
    return {"sheet": sheet, "tags": {key: topics.labels_of(row.topics, known) for key, row in plan.rows.items()}}


def preview(actor, case, plan) -> dict:
    """As the person will read it: without the topics."""
    return reading(actor, case, plan) | {"tags": None}


def reading(actor, case, plan) -> dict:
    return {
        **frame.context(case, actor, here="plan"),
        "plan": plan,
        "heading": versions.heading(plan),
        **tagged(plan),
        **corrections.told(plan),
        "may_hand_out": may(case, actor, "plans.hand_out") and not plan.is_draft,
        "may_edit": may(case, actor, "plans.edit"),
    }


def version_list(actor, case, form) -> dict:
    plans = [{"plan": plan, "heading": versions.heading(plan)} for plan in form.plans]
    return {**frame.context(case, actor, here="plan"), "plans": plans, "form": form if len(plans) > 1 else None}


def comparing(actor, case, older: Plan, newer: Plan) -> dict:
    sections = versions.compare(older, newer)
    return {
        **frame.context(case, actor, here="plan"),
        "older": versions.heading(older),
        "newer": versions.heading(newer),
        "sections": sections,
        "changed": sum(section.changed for section in sections),
        "part_not_shared": "" if newer.seen_whole else sharing.PART_NOT_SHARED,
    }


def approving(actor, case, plan, form) -> dict:
    """The checklist, and the whole plan to be read aloud; the form stands for exactly this revision."""
    if form.is_bound:
        form.renew(revision=plan.revision)
    lacking = approval.missing(plan, case)
    consent = documents.consent_of(case)
    return {
        **frame.context(case, actor, here="plan"),
        "plan": plan,
        "form": form,
        "refusal": approval.why_not(case, by=actor, consent=consent),
        "checklist": rules.checklist(plan, lacking),
        "missing": lacking,
        "hints": attention.hints(plan, case),
        "parts": own_parts.parts(case, plan),
        "sheet": documents.context(plan, consent=consent),
        "new_lead": case.lead_staff_id != plan.lead_staff_id or case.lead_unit_id != plan.lead_unit_id,
        "moves_to": plan.lead_unit if plan.lead_unit_id and plan.lead_unit_id != case.owner_unit_id else None,
    }


def after_approval(actor, case) -> str:
    """To the plan, or to the worklist when the case has moved out of sight."""
    if actor.unit_id in cases.units_with_access(case):
        return reverse("plans:plan", args=[case.pk])
    return reverse("casework:worklist")


def document(actor, case, plan) -> dict:
    found = documents.latest(plan, by=actor)
    return {
        **frame.context(case, actor, here="plan"),
        "plan": plan,
        "heading": versions.heading(plan),
        "may_hand_out": may(case, actor, "plans.hand_out") and not plan.is_draft,
        "document": found,
        "waiting": found is not None and found.state == "queued",
        "ordered": swedish.clock(found.created_at) if found else "",
    }


def handing_out(actor, case, plan, form) -> dict:
    copies = handed_out(case)
    return {**frame.context(case, actor, here="plan"), "plan": plan, "form": form, "copies": copies}


def deleting(actor, case, item, what: str) -> dict:
    form = RemoveForm(initial={"seen": removed.mark(item)})
    text = "\n\n".join(getattr(row, "text", "") or row.view for row in removed.with_children(item))
    return {**frame.context(case, actor, here="plan"), "heading": f"Ta bort {what}?", "text": text, "form": form}


def declining(actor, case, measure, form) -> dict:
    heading = "Kan ni inte göra insatsen?"
    return {**frame.context(case, actor, here="plan"), "heading": heading, "text": measure.text, "form": form}
