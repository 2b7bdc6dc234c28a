"""A consent that runs out: the owner is warned before, and gets a task after (TID-5); the case's state stays."""

from notifications.reminders import WARN_AT_MOST, remind

ENDING = """
select k.id, k.case_id, c.reference, k.valid_to as due_on, r.warn_before_days as warn, c.owner_unit_id as owner_unit,
       c.lead_unit_id as lead_unit
from consent_consent k
join cases_case c on c.id = k.case_id and c.state not in ('closed', 'declined')
join organisations_deadlinerule r on r.guideline_id = c.guideline_id and r.kind = 'consent_expiry'
where k.superseded_at is null and k.withdrawn_at is null and k.share_answer = 'yes' and k.planning_answer = 'yes'
  and k.valid_to between %(today)s - 8 and %(today)s + 1 + {warn}
"""
TOLD = '{"before": "consent_lapses", "after": "consent_lapsed"}'


def sweep(*, now=None) -> int:
    """Warn about consents that soon run out or just did; returns how many rows were made."""
    return remind(job="consents", source=ENDING.format(warn=WARN_AT_MOST), prefix="consent", kinds=TOLD, now=now)
