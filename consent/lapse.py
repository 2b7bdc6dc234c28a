"""A consent that runs out: the owner is warned before, and gets a task after (TID-5); the case's state stays."""

from cases import clock_pages
from consent.models import Consent
from notifications.reminders import WARN_AT_MOST, cancelling, remind
from organisations import swedish
from organisations.jobs import alone, must_see
from organisations.models import DeadlineRule

# The rule is the one that held when the person answered; the days are looked up in the index of ends (consent_ends).
ENDING = """
select k.id, k.case_id, c.reference, k.valid_to as due_on, r.warn_before_days as warn, null::int as escalate,
       c.owner_unit_id as owner_unit, c.lead_unit_id as lead_unit
from consent_consent k
join cases_case c on c.id = k.case_id and c.state not in ('closed', 'declined')
join organisations_deadlinerule r on r.guideline_id = c.guideline_id and r.kind = 'consent_expiry'
 and k.given_on between coalesce(r.valid_from, '-infinity'::date) and coalesce(r.valid_to, 'infinity'::date)
where k.superseded_at is null and k.withdrawn_at is null and k.share_answer = 'yes' and k.planning_answer = 'yes'
  and k.valid_to between %(today)s - 8 and %(today)s + 1 + {warn}
"""
TOLD = '{"before": "consent_lapses", "after": "consent_lapsed"}'

# An answer that came after the warning was made: the old consent's end is nobody's concern any more.
NO_LONGER = cancelling(
    "consent", "select k.superseded_at is not null or k.withdrawn_at is not null from consent_consent k where k.id"
)
BLIND = """
select exists (select 1 from case_access where is_open and valid_to < date '9999-12-31')
  and not exists (select 1 from consent_consent where valid_to is not null)
"""


def open_clocks(case, today) -> list[dict]:
    """When the present consent runs out, under the rule that held when the person answered (TID-5)."""
    found = Consent.objects.filter(
        case=case, superseded_at=None, withdrawn_at=None, share_answer="yes", planning_answer="yes"
    )
    consent = found.exclude(valid_to=None).first()
    if consent is None:
        return []
    rules = DeadlineRule.objects.valid_on(consent.given_on)
    rule = rules.filter(guideline=case.guideline_id, kind="consent_expiry").first()
    given, ends = swedish.short_date(consent.given_on), swedish.short_date(consent.valid_to)
    why = f"Personen samtyckte {given} och ville att det skulle gälla till {ends}."
    return [
        clock_pages.agreed(
            kind="consent_expiry", name="Samtycket går ut", due_on=consent.valid_to, today=today, why=why,
            source=rule.legal_source if rule else "",
        )
    ]  # fmt: skip


def sweep(*, now=None) -> int:
    """Warn about consents that soon run out or just did; returns how many rows were made.

    Raises BlindSweep when the worker's role does not see them.
    """
    with alone("consents") as cursor:
        if cursor is None:
            return 0
        must_see(cursor, BLIND, "the consents that run out")
        cursor.execute(NO_LONGER)
    return remind(job="consents", source=ENDING.format(warn=WARN_AT_MOST), prefix="consent", kinds=TOLD, now=now)
