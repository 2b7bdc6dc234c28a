"""A consent that runs out: the owner is warned before, and gets a task after (TID-5); the case's state stays."""

from notifications.reminders import WARN_AT_MOST, remind
from organisations.jobs import alone, must_see

ENDING = """
select k.id, k.case_id, c.reference, k.valid_to as due_on, r.warn_before_days as warn, null::int as escalate,
       c.owner_unit_id as owner_unit, c.lead_unit_id as lead_unit
from consent_consent k
join cases_case c on c.id = k.case_id and c.state not in ('closed', 'declined')
join organisations_deadlinerule r on r.guideline_id = c.guideline_id and r.kind = 'consent_expiry'
where k.superseded_at is null and k.withdrawn_at is null and k.share_answer = 'yes' and k.planning_answer = 'yes'
  and k.valid_to between %(today)s - 8 and %(today)s + 1 + {warn}
"""
TOLD = '{"before": "consent_lapses", "after": "consent_lapsed"}'

# An answer that came after the warning was made: the old consent's end is nobody's concern any more.
NO_LONGER = """
update notifications_delivery m set state = 'cancelled' from consent_consent k
where m.state = 'due' and m.template = 'reminder' and k.id = split_part(m.dedupe_key, ':', 2)::bigint
  and starts_with(m.dedupe_key, 'consent:') and (k.superseded_at is not null or k.withdrawn_at is not null)
"""
BLIND = """
select exists (select 1 from case_access where is_open and valid_to < date '9999-12-31')
  and not exists (select 1 from consent_consent where valid_to is not null)
"""


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
