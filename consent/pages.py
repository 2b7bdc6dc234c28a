"""What the pages of consent show; a fixed number of queries."""

from cases import access, topics
from consent import corrections, coverage, services
from consent.models import Consent, LegalGround


def history(case, actor) -> dict:
    """Every answer, newest first, what was disclosed, and what the actor may do about it."""
    found = Consent.objects.filter(case=case).select_related("recorded_by__staff", "recorded_by__unit")
    found = found.select_related("withdrawn_by__staff", "withdrawn_by__unit").order_by("-recorded_at", "-pk")
    consents = list(found.prefetch_related(coverage.WITH_UNITS, "givers", "texts", "exemptions__unit"))
    known = topics.active()
    for consent in consents:
        consent.exempted = [(row.unit, topics.labels_of(row.topics, known)) for row in consent.exemptions.all()]
    now = next((consent for consent in consents if consent.superseded_at is None), None)
    return {
        "consents": consents,
        "disclosures": corrections.mark(
            list(case.disclosures.select_related("by__staff", "by__unit").order_by("-at", "-pk")),
            corrections.of_case(case),
        ),
        "grounds": grounds_of(case, known),
        "may_ground": access.may(case, actor, "consent.ground"),
        "may_recall": access.may(case, actor, "consent.recall"),
        "missing": coverage.why_no_call(now) if case.is_open else "",
        "other_sips": services.other_sips(case),
        "may_record": access.may(case, actor, "consent.record"),
        "may_withdraw": access.may(case, actor, "consent.withdraw"),
        "may_leave": access.may(case, actor, "cases.leave") and not access.steers(case, actor),
    }


def grounds_of(case, known) -> list[dict]:
    """Other grounds in law, newest first, as far as their topics are shared with the reader."""
    standing = {ground.pk for ground in coverage.standing_grounds(case)}
    found = LegalGround.objects.filter(case=case).select_related("unit", "recorded_by__staff", "recorded_by__unit")
    return [
        {"row": row, "stands": row.pk in standing, "topics": ", ".join(topics.labels_of(row.topics, known))}
        for row in found.order_by("-recorded_at", "-pk")
    ]
