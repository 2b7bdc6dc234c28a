"""The samordnade vårdplanen as a finished document, for its units and for the application to the court (LPT 7 a §)."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from audit import log
from audit.models import AuditEvent
from discharge import care_plans
from discharge.models import CarePlan, CarePlanDocument
from discharge.tasks import nudge
from organisations import swedish
from organisations.errors import TooMany

ORDERED = "discharge.plan_pdf_ordered"
ORDERS_A_MINUTE = 30


def context(plan: CarePlan) -> dict:
    """What the law demands that the plan says, and who has adjusted it, in finished Swedish as plain data."""
    rows = plan.units.select_related("unit__acts_for", "adjusted_by__staff").order_by("pk")
    hidden = plan.protected
    return {
        "person": {
            "name": plan.shown_name,
            "number": "" if hidden else swedish.personnummer(plan.number),
        },
        "kind": plan.get_kind_display(),
        "reference": plan.reference,
        "issued_by": plan.maker_unit.name,
        "draft": plan.is_draft,
        "established_on": timezone.localdate(plan.established_at).isoformat() if plan.established_at else "",
        "ended_on": timezone.localdate(plan.ended_at).isoformat() if plan.ended_at else "",
        "needs_region": plan.needs_region,
        "needs_kommun": plan.needs_kommun,
        "patient_view": plan.patient_view,
        "by_others": plan.by_others,
        "physician": plan.physician,
        "measures": [
            {"text": measure.text, "unit": measure.unit.name, "who_kind": str(measure.unit.sector)}
            for measure in plan.measures.select_related("unit__acts_for").order_by("unit__name", "pk")
        ],
        "units": [unit_text(row, plan) for row in rows],
    }


def unit_text(row, plan) -> dict:
    """A unit and its justering; one that was for an earlier text is none."""
    if row.adjusted_revision != plan.revision:
        return {"name": row.unit.name, "when": "", "who": ""}
    return {
        "name": row.unit.name,
        "when": swedish.date_and_time(row.adjusted_at),
        "who": row.adjusted_by.staff.name,
    }


def shows(plan: CarePlan) -> str:
    """What a document of the plan shows: the text, how many have adjusted it, how far it has come, and the mark."""
    adjusted = plan.units.filter(adjusted_revision=plan.revision).count()
    return f"{plan.revision}:{adjusted}:{plan.state}:{'protected' if plan.protected else 'open'}"


def latest(plan: CarePlan) -> CarePlanDocument | None:
    """The document of the plan as it stands now, without the PDF itself."""
    return CarePlanDocument.objects.filter(plan=plan, shows=shows(plan)).defer("pdf", "context").first()


def refuse_too_many(by) -> None:
    """Drawing is heavy: so many new documents in a minute for one user, and the log is the counter."""
    since = timezone.now() - timedelta(minutes=1)
    own = AuditEvent.objects.filter(unit_id=by.unit_id, user_id=by.user_id, event=ORDERED, at__gte=since)
    if own.count() >= ORDERS_A_MINUTE:
        raise TooMany("Du har beställt många pdf:er på kort tid. Vänta en minut och försök igen.")


def order(*, plan: CarePlan, by) -> CarePlanDocument:
    """Order the PDF of the plan as it stands; the same again is the same document, a failed one a new try."""
    document, made = CarePlanDocument.objects.defer("pdf").get_or_create(
        plan=plan, shows=shows(plan), defaults={"context": lambda: context(plan)}
    )
    if not made and document.state != "failed":
        return document
    refuse_too_many(by)
    if not made:
        document.state, document.attempts = "queued", 0
        document.save(update_fields=["state", "attempts"])
    care_plans.note("plan_pdf_ordered", plan, action=log.PRINT)
    transaction.on_commit(nudge)
    return document


def pdf_of(*, plan: CarePlan, by) -> bytes | None:
    """The finished PDF, logged as a print-out, or None while it is not ready."""
    found = CarePlanDocument.objects.filter(plan=plan, shows=shows(plan), state="ready").values_list("pdf", flat=True)
    pdf = found.first()
    if pdf is None:
        return None
    care_plans.note("plan_pdf_fetched", plan, action=log.PRINT)
    return bytes(pdf)
