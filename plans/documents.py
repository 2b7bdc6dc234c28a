"""The plan as a finished document: its words, the PDF that a worker draws, and who was given a copy (PLA-1, PLA-6)."""

from datetime import timedelta

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from audit import log
from audit.models import AuditEvent
from cases import services as cases
from consent import representatives
from consent.models import Answer, Consent, Disclosure
from meetings.models import Attendance
from organisations import swedish
from organisations.enums import Sector
from organisations.errors import TooMany
from plans import crisis, disagreement, services, sharing
from plans.models import AgreedForm, BlockKey, Doer, HandedOutCopy, Plan, PlanDocument
from plans.sharing import NOT_SHARED, NOT_THE_WHOLE, PART_NOT_SHARED
from plans.tasks import nudge

ORDERED = "plans.pdf_ordered"
ORDERS_A_MINUTE = 30
THE_PERSON = "Du"
LABELS = {Doer.SELF: "Du själv"}
SAID_YES = {AgreedForm.SAID: "Du sa ja.", AgreedForm.NOD: "Du visade ja utan ord.", AgreedForm.WRITTEN: "Du skrev ja."}
SIGNED = {
    "required": "Planen skrivs under enligt riktlinjen. Den gäller även utan underskrift.",
    "optional": "Den som vill skriver under. Planen gäller även utan underskrift.",
}
KINDS = {Doer.SELF: "self", Doer.RELATIVE: "relative", Doer.OTHER: "other"}


def consent_of(case) -> Consent | None:
    """The latest recorded answer with the names of the units that it covers, in one query."""
    names = ArrayAgg("units__unit__name", order_by="units__unit__name", filter=Q(units__isnull=False), default=[])
    return Consent.objects.filter(case=case, superseded_at=None).annotate(unit_names=names).first()


def context(plan: Plan, *, consent: Consent | None = None) -> dict:
    """Everything that the plan says to its reader, in finished Swedish, as plain data: for the PDF and for a page.

    `plan` comes from `services.with_content`, so that the number of queries does not grow with the plan. A text that
    is not shared with the reader is said to be so, in the same words whatever it says.
    """
    case = plan.case
    consent = consent or consent_of(case)
    words = {key: plan.words.get(key, NOT_SHARED) for key in BlockKey.values}
    nobody = "Ingen annan gör något." if plan.others_nobody else ""
    return {
        "person": person_of(case),
        "version": plan.version,
        "approved_on": timezone.localdate(plan.approved_at).isoformat() if plan.approved_at else "",
        "draft": plan.is_draft,
        "correction": correction_text(plan),
        "issued_by": " och ".join(issuers(plan)),
        "case_number": case.reference,
        "hidden": plan.hidden,
        "not_the_whole": "" if plan.seen_whole else NOT_THE_WHOLE,
        "part_not_shared": "" if plan.seen_whole else PART_NOT_SHARED,
        "what_matters": words["what_matters"],
        "why": words["why"],
        "strengths": words["strengths"],
        "situation": words["situation"],
        "long_term_goal": words["long_term_goal"],
        "goals": [goal_text(number, goal) for number, goal in enumerate(plan.goals.all(), start=1)],
        "self_do": words["own_measures"],
        "relatives_do": words["relatives_measures"],
        "others_do": words["others_measures"] or nobody,
        "crisis": {"levels": crisis.strip(plan.words, instead=NOT_SHARED)},
        "own_opinion": words["person_opinion"],
        "disagreement": words["disagreement"],
        "disagreements": disagreement.lines(disagreement.of_plan(plan)),
        "lead": lead_text(plan),
        "follow_up": {
            "when": follow_up_when(plan),
            "where": plan.follow_up_place,
            "who_calls": plan.follow_up_caller or (plan.lead_staff.name if plan.lead_staff_id else ""),
        },
        "met": met_text(plan.meeting),
        "participants": participants(plan.meeting_id),
        "consent": {"text": consent_text(consent, whole=plan.seen_whole)},
        "copies": [line.strip() for line in plan.copies_to.split("\n") if line.strip()],
        "agreed": agreed_text(plan),
        "signatures": case.guideline.signatures in SIGNED,
        "signatures_text": SIGNED.get(case.guideline.signatures, ""),
    }


def person_of(case) -> dict:
    """Who the plan is about; nothing behind a protection mark, on paper neither."""
    if case.is_protected:
        return {"name": "", "number": ""}
    return {"name": case.full_name, "number": swedish.personnummer(case.person.number)}


def correction_text(plan: Plan) -> str:
    """Rättar version 1. En uppgift var fel."""
    correction = getattr(plan, "correction", None)
    return f"Rättar version {correction.corrects.version}. {correction.get_kind_display()}." if correction else ""


def goal_text(number: int, goal) -> dict:
    return {
        "number": number,
        "text": goal.text,
        "how_noticed": goal.how_noticed,
        "horizon": goal.horizon,
        "measures": [measure_text(measure) for measure in goal.measures.all()],
    }


def measure_text(measure) -> dict:
    return {
        "text": measure.text,
        "who_kind": who_kind(measure),
        "who_label": measure.authority.name if measure.authority_id else LABELS.get(measure.doer, ""),
        "who": ", ".join(filter(None, (measure.doer_name, measure.unit.name if measure.unit_id else ""))),
        "when": measure_when(measure),
        "where": measure.place,
    }


def who_kind(measure) -> str:
    """The key of the huvudman's colour and word: a unit's sector, or the person, a relative, somebody else."""
    if measure.doer != Doer.UNIT:
        return KINDS[measure.doer]
    return str(measure.authority.sector) if measure.authority_id else str(Sector.OTHER)


def measure_when(measure) -> str:
    """Tisdagar, 20 mars till 12 maj 2026; Varje dag, tills vidare från 2 april 2026; Senast 27 mars 2026"""
    if measure.starts_on and measure.ends_on:
        days = swedish.span(measure.starts_on, measure.ends_on)
    elif measure.ends_on:
        days = f"senast {swedish.short_date(measure.ends_on)}"
    elif measure.starts_on:
        days = f"från {swedish.short_date(measure.starts_on)}"
    else:
        days = ""
    words = ", ".join(filter(None, (measure.frequency, days, "tills vidare" if measure.ongoing else "")))
    return first_up(words)


def first_up(words: str) -> str:
    return words[:1].upper() + words[1:]


def lead_text(plan: Plan) -> dict:
    if not plan.lead_staff_id:
        return {}
    staff, unit = plan.lead_staff, plan.lead_unit
    return {
        "name": staff.name,
        "title": staff.title,
        "unit": unit.name if unit else "",
        "phone": staff.phone or (unit.phone if unit else ""),
        "authority": plan.lead_authority.name if plan.lead_authority_id else "",
    }


def follow_up_when(plan: Plan) -> str:
    if plan.follow_up_on is None:
        return ""
    at = f" kl. {swedish.clock(plan.follow_up_time)}" if plan.follow_up_time else ""
    return first_up(f"{swedish.long_date(plan.follow_up_on)}{at}")


def met_text(meeting) -> str:
    if meeting is None:
        return ""
    where = meeting.place or meeting.get_form_display().lower()
    later = f". Fört efter mötet, {swedish.date_and_time(meeting.entered_at)}" if meeting.entered_at else ""
    return first_up(f"{swedish.date_and_time(meeting.starts_at)}, {where}{later}")


def participants(meeting_id) -> list[dict]:
    """Who came to the meeting, and how to reach them (PLA-2)."""
    came = Attendance.objects.filter(meeting_id=meeting_id, came=True).select_related("unit")
    return [
        {
            "name": THE_PERSON if row.is_person else ", ".join(filter(None, (row.name, row.title))),
            # One who came without a name is told by the unit alone.
            "unit": row.unit.name if row.unit_id and row.unit.name != row.name else "",
            "phone": row.unit.phone if row.unit_id else "",
            "present": True,
        }
        for row in (came.order_by("-is_person", "pk") if meeting_id else ())
    ]


def agreed_text(plan: Plan) -> dict:
    """How the person said yes, who saw it and who approved; nothing before that (PLA-4)."""
    if not plan.approved_at:
        return {}
    said = SAID_YES.get(plan.agreed_form, "")
    how = plan.agreed_how.strip()
    return {
        "said": said if how.rstrip(".") == said.rstrip(".") else " ".join(filter(None, (said, how))),
        "before": list(plan.agreed_before),
        "by": plan.approved_by.staff.name if plan.approved_by_id else "",
        "on": swedish.short_date(plan.approved_at),
    }


def consent_text(consent: Consent | None, *, whole: bool = True) -> str:
    """What the person has said yes to; what is exempted only to one from whom nothing is."""
    if consent is None:
        return ""
    if refused := why_no_yes(consent):
        return refused
    said = ["Du har sagt ja till att vi planerar tillsammans."]
    if consent.share_answer == Answer.YES and consent.unit_names:
        said.append(f"De här får läsa den: {', '.join(consent.unit_names)}.")
    if whole and consent.excluded_note:
        said.append(f"Det här får inte delas: {consent.excluded_note}")
    if consent.valid_to:
        said.append(f"Samtycket gäller till {swedish.short_date(consent.valid_to)}.")
    said.append("Du kan ta tillbaka det när du vill.")
    return " ".join(said)


def why_no_yes(consent: Consent) -> str:
    """What to say when there is no yes, or none that holds; empty when the person has said yes."""
    if consent.withdrawn_at:
        return f"Samtycket togs tillbaka {swedish.short_date(consent.withdrawn_at)}."
    if consent.planning_answer == Answer.NO:
        return "Du har sagt nej till att vi planerar tillsammans."
    if consent.planning_answer != Answer.YES:
        return "Det finns inget svar om samtycke än."
    if consent.is_lapsed:
        return f"Samtycket gällde till {swedish.short_date(consent.valid_to)} och har gått ut."
    return ""


def issuers(plan: Plan) -> list[str]:
    """The huvudmän of the plan, kommun first."""
    owner = plan.case.owner_unit
    found = {owner.acts_for.pk: owner.acts_for} if owner.acts_for_id else {}
    for goal in plan.goals.all():
        found |= {m.authority_id: m.authority for m in goal.measures.all() if m.authority_id}
    return [a.name for a in sorted(found.values(), key=lambda a: (a.sector != Sector.KOMMUN, a.name))]


def latest(plan: Plan, *, by) -> PlanDocument | None:
    """The document of the plan as it stands now and as the unit sees it, without the PDF itself."""
    return mine(plan, by=by).defer("pdf", "context").first()


def mine(plan: Plan, *, by):
    """The documents that show what the unit sees of the plan: neither more nor less."""
    masks = sharing.masks(plan.case_id, by)
    return PlanDocument.objects.filter(plan=plan, revision=plan.revision, hidden_topics=masks)


def refuse_too_many(by) -> None:
    """Drawing is heavy: so many new documents in a minute for one user, and the log is the counter."""
    since = timezone.now() - timedelta(minutes=1)
    own = AuditEvent.objects.filter(unit_id=by.unit_id, user_id=by.user_id, event=ORDERED, at__gte=since)
    if own.count() >= ORDERS_A_MINUTE:
        raise TooMany("Du har beställt många pdf:er på kort tid. Vänta en minut och försök igen.")


def order(*, plan: Plan, by) -> PlanDocument:
    """Order the PDF of the plan as it stands and as the unit sees it.

    The same text again gives the same document, a failed one a new try. The masks first, then the plan anew: should
    the person exempt more in between, the document holds less than its masks say and never more.
    """
    masks = sharing.masks(plan.case_id, by)
    now = services.with_content(Plan.objects.filter(pk=plan.pk)).get()
    now.case = plan.case
    document, made = PlanDocument.objects.defer("pdf").get_or_create(
        plan=plan, revision=now.revision, hidden_topics=masks,
        defaults={"case_id": plan.case_id, "context": lambda: context(now)},
    )  # fmt: skip
    if made or document.state == "failed":
        refuse_too_many(by)
    if document.state == "failed":
        document.state, document.attempts = "queued", 0
        document.save(update_fields=["state", "attempts"])
        made = True
    if made:
        log.record(
            ORDERED, action=log.PRINT, case_id=plan.case_id, person_id=plan.case.person_id,
            object_id=str(document.pk),
        )  # fmt: skip
        transaction.on_commit(nudge)
    return document


def pdf_of(*, plan: Plan, by) -> bytes | None:
    """The finished PDF, logged as a print-out, or None while it is not ready."""
    found = mine(plan, by=by).filter(state="ready").values_list("pk", "pdf").first()
    if found is None:
        return None
    log.record(
        "plans.pdf_fetched", action=log.PRINT, case_id=plan.case_id, person_id=plan.case.person_id,
        object_id=str(found[0]),
    )  # fmt: skip
    return bytes(found[1])


def hand_out(*, plan: Plan, recipient, how, given_on, by) -> HandedOutCopy:
    """Record who was given the plan, and how, also among the disclosures (PLA-6)."""
    representatives.check_may_be_told(plan.case, [recipient])
    copy = HandedOutCopy.objects.create(
        case_id=plan.case_id, plan=plan, recipient=recipient, how=how, given_on=given_on, by_id=by.assignment_id
    )
    Disclosure.objects.create(
        case_id=plan.case_id, recipient=recipient, what=f"Planen, version {plan.version}", how=copy.get_how_display(),
        legal_basis="Samtycke (OSL 10:1)", by_id=by.assignment_id,
    )  # fmt: skip
    cases.note(plan.case, kind="plan_handed_out", text=f"Planen lämnades ut: {copy.get_how_display().lower()}", by=by)
    log.record("plans.handed_out", case_id=plan.case_id, person_id=plan.case.person_id, object_id=str(copy.pk))
    return copy
