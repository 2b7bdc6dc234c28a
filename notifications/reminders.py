"""Reminders before, on and after a day, then to the manager, for all rows of a source in one statement (TID).

They are made up to a day ahead, so that a sweep that is late costs nothing, and each gives way to the next one: after
an outage only the latest is sent. The day is Stockholm's, and so is eight o'clock.
"""

from datetime import date

from django.utils import timezone

from organisations.jobs import alone

# A batch is whole days: each begins in the index where the one before ended, so that the work grows with the rows.
BATCH = 5000
IN_ORDER = "set local enable_bitmapscan = off; set local random_page_cost = 1.1"
# A source's warnings lie at most this many days before its day; it bounds what a sweep reads.
WARN_AT_MOST = 31

# `{source}` gives id, case_id, reference, due_on, warn (int[]), escalate (days after, or null), owner_unit and
# lead_unit of what is still open.
REMIND = """
with picked as materialized (
  select q.* from ({source}) q where q.due_on > %(after)s
  order by q.due_on fetch first %(batch)s rows with ties
), moment as (
  select s.*, m.what, m.label, m.day, lead(m.day, 1, s.due_on + 8) over (partition by s.id order by m.day) as next_day
  from picked s cross join lateral (
    select 'before' as what, 'before' || w as label, s.due_on - w as day from unnest(s.warn) w where w > 0
    union all values ('on', 'on', s.due_on), ('after', 'after', s.due_on + 1)
    union all select 'escalate', 'escalate', s.due_on + s.escalate where s.escalate is not null) m
  where %(kinds)s::jsonb ? m.what
), reminder as (
  select m.what, m.case_id, m.reference, u.unit_id,
         concat_ws(':', %(prefix)s, m.id, m.due_on, m.label, u.unit_id) as key,
         (m.day + time '08:00') at time zone 'Europe/Stockholm' as from_at,
         (m.next_day + time '08:00') at time zone 'Europe/Stockholm' as to_at
  from moment m cross join lateral unnest(
    case when m.lead_unit is distinct from m.owner_unit
         then array[m.owner_unit, m.lead_unit] else array[m.owner_unit] end
  ) as u(unit_id)
  where m.day <= %(today)s + 1 and u.unit_id is not null
    and (m.next_day + time '08:00') at time zone 'Europe/Stockholm' > %(now)s
), mail as (
  insert into notifications_delivery (id, dedupe_key, channel, template, unit_id, case_id, state, due_at, expires_at,
      attempts, last_error, created_at)
  select gen_random_uuid(), r.key, 'email', 'reminder', r.unit_id, r.case_id, 'due', greatest(r.from_at, %(now)s),
      r.to_at, 0, '', %(now)s
  from reminder r where not exists (select 1 from notifications_delivery d where d.dedupe_key = r.key)
  on conflict (dedupe_key) do nothing returning 1
), item as (
  insert into notifications_inboxitem (unit_id, case_id, reference, kind, dedupe_key, created_at)
  select r.unit_id, r.case_id, r.reference, %(kinds)s::jsonb ->> r.what, r.key, %(now)s
  from reminder r where %(kinds)s::jsonb ->> r.what <> '' and r.from_at <= %(now)s
    and not exists (select 1 from notifications_inboxitem i where i.dedupe_key = r.key)
  on conflict (dedupe_key) do nothing returning 1
)
select (select count(*) from mail), (select count(*) from item), (select max(due_on) from picked)
"""


# Each waiting reminder's row is looked up by its key, and no other table is read whole. `case` says what comes first:
# other keys hold no number.
CANCEL = """
update notifications_delivery waiting set state = 'cancelled'
where waiting.state = 'due' and waiting.template = 'reminder' and case when starts_with(waiting.dedupe_key, '{prefix}:')
  then ({over} = split_part(waiting.dedupe_key, ':', 2)::bigint) else false end
"""


def cancelling(prefix: str, over: str) -> str:
    """The statement that cancels waiting reminders whose row has no more to do.

    `over` is a query up to its last comparison: whether a row is over, of the row with the id that follows.
    """
    return CANCEL.format(prefix=prefix, over=over)


def remind(*, job: str, source: str, prefix: str, kinds: str, now=None) -> int:
    """Make the e-mails and inbox rows that are missing; returns how many rows were made.

    `kinds` is JSON: which of before, on, after and escalate are told, and the inbox kind (empty: e-mail only).
    `source` uses the parameter `today`. Each batch is a transaction of its own; a second sweep at the same time does
    nothing.
    """
    now = now or timezone.now()
    values = {"prefix": prefix, "kinds": kinds, "now": now, "today": timezone.localdate(now), "batch": BATCH}
    made, last = 0, date.min
    while last is not None:
        with alone(job) as cursor:
            if cursor is None:
                return made
            cursor.execute(IN_ORDER)
            cursor.execute(REMIND.format(source=source), values | {"after": last})
            mails, items, last = cursor.fetchone()
        made += mails + items
    return made
