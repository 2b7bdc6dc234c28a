"""What a unit has not read by its watch times is brought up: watchers, then coordinator, then manager (GUI-3).

Set-based and idempotent: how far a row has come stands on the row, and each telling has its own key. The watch times
are Stockholm's, on the weekdays of the unit's routine; a holiday or one of the three eves counts as a Sunday.
"""

import json
from datetime import timedelta

from django.utils import timezone

from notifications.choices import DEFAULT
from notifications.models import QUIET_FROM, QUIET_TO
from organisations import calendar_se
from organisations.jobs import alone

BATCH = 5000
STEPS = 3
# Whoever watches at 11.30 has until twelve to open what came before.
GRACE_MINUTES = 30
# Three watch times of a unit that looks once a week, over Christmas; what is older is nobody's any more.
OLDEST_DAYS = 42
SUNDAY = 7
WEEKDAYS, TIMES = [1, 2, 3, 4, 5], ["08:00", "11:30", "15:00"]

# The unit's own routine, else its county's guideline, else the three times of Kalmar's.
ROUTINE = """
select u.id as unit_id, u.parent_id, u.organisation_id,
  coalesce(r.weekdays::int[], array(select jsonb_array_elements_text(g.w -> 'weekdays')::int)) as weekdays,
  coalesce(r.times, array(select jsonb_array_elements_text(g.w -> 'times')::time)) as times
from organisations_unit u left join notifications_inboxroutine r on r.unit_id = u.id
cross join lateral (select coalesce((
    select k.settings -> 'inbox_watch' from organisations_guideline k
      join organisations_authority h on h.id = u.acts_for_id
    where k.county_code in (h.county_code, '') and %(today)s between k.valid_from and coalesce(k.valid_to, %(today)s)
    order by k.county_code desc, k.valid_from desc limit 1), %(routine)s::jsonb) as w) g
"""

# What tells a unit that something is over, or gives it a kallelse alone, is for it also when it does not see the case.
ENDINGS = ("consent_ended", "voided", "recalled", "handed_call")
# What is unread, and still the unit's to open; what has no case belongs to the unit as long as it lies there.
WAITS = f"""
i.read_at is null and i.done_at is null and (i.case_id is null or i.kind in {ENDINGS} or exists (
  select 1 from case_access s where s.case_id = i.case_id and s.unit_id = i.unit_id and s.valid_to >= %(today)s
    and not s.emergency))
"""  # noqa: S608 - our own words

DEFAULT_ROUTINE = json.dumps({"weekdays": WEEKDAYS, "times": TIMES})
ONE_ROUTINE = f"{ROUTINE} where u.id = %(unit)s"

ESCALATE = f"""
with unread as (
  select i.id, i.unit_id, i.case_id, i.created_at, i.escalated from notifications_inboxitem i
  where {WAITS} and i.escalated < %(steps)s
    and i.created_at > %(now)s - make_interval(days => %(oldest)s) and i.created_at < %(now)s
), routine as materialized (
  {ROUTINE} where u.id in (select unit_id from unread)
), passed as (
  select i.id, i.unit_id, i.case_id, i.escalated, r.parent_id, r.organisation_id, count(*) as reached,
         min(m.at) as first_at
  from unread i join routine r on r.unit_id = i.unit_id
    cross join lateral generate_series((i.created_at at time zone 'Europe/Stockholm')::date, %(today)s, '1 day') d
    cross join lateral (select (d::date + t) at time zone 'Europe/Stockholm' as at from unnest(r.times) t) m
  where case when d::date = any(%(closed)s::date[]) then %(sunday)s else extract(isodow from d)::int end
      = any(r.weekdays) and m.at > i.created_at and m.at <= %(now)s - make_interval(mins => %(grace)s)
  group by 1, 2, 3, 4, 5, 6 having least(count(*), %(steps)s) > i.escalated
  order by i.id limit %(batch)s
), step as (
  select p.*, s as step from passed p, generate_series(p.escalated + 1, least(p.reached, %(steps)s)::int) s
), held as (
  select a.id, a.unit_id, a.role, t.organisation_id, t.email, t.mobile, coalesce(c.channels, '{{}}') as channels,
    coalesce(c.quiet_from, %(quiet_from)s) as quiet_from, coalesce(c.quiet_to, %(quiet_to)s) as quiet_to
  from organisations_assignment a join organisations_staff t on t.id = a.staff_id
    left join notifications_noticechoice c on c.assignment_id = a.id
  where a.is_active and t.is_active and %(today)s between a.valid_from and coalesce(a.valid_to, %(today)s)
), who as (
  select s.id, s.step, s.unit_id, s.case_id, h.id as assignment_id, h.email, h.mobile, h.channels, h.quiet_from,
    h.quiet_to, rank() over (partition by s.id, s.step order by case
      when s.step = 1 then case when exists (select 1 from notifications_inboxwatcher w where w.unit_id = s.unit_id
        and w.assignment_id = h.id) then 0 else 1 end
      when h.unit_id = s.unit_id then 0 when h.unit_id = s.parent_id then 1 else 2 end) as near
  from step s join held h on case s.step
    when 1 then h.unit_id = s.unit_id and h.role in ('handler', 'reception') or exists (
      select 1 from notifications_inboxwatcher w where w.unit_id = s.unit_id and w.assignment_id = h.id)
    when 2 then h.role = 'sip_coordinator' and h.organisation_id = s.organisation_id
    else h.role = 'manager' and h.unit_id in (s.unit_id, s.parent_id) end
), notice as (
  select 'unread:' || w.id || ':' || w.step || ':' || w.assignment_id || ':' || ch as key, ch as channel, w.unit_id,
         w.case_id, w.id as item_id, w.assignment_id,
         case when ch = 'in_app' then %(now)s else after_quiet(%(now)s, w.quiet_from, w.quiet_to) end as due_at
  from who w cross join lateral jsonb_array_elements_text(coalesce(w.channels -> 'unread', %(default)s::jsonb)) ch
  where w.near = 1 and (ch = 'in_app' or (ch = 'email' and w.email <> '') or (ch = 'sms' and w.mobile <> ''))
  union all
  -- Nobody to tell: the unit's own mailbox, so that no step is silent.
  select 'unread:' || s.id || ':' || s.step || ':unit', 'email', s.unit_id, s.case_id, s.id, null, %(now)s
  from step s where not exists (select 1 from who w where w.id = s.id and w.step = s.step)
), told as (
  insert into notifications_delivery (id, dedupe_key, channel, template, unit_id, assignment_id, case_id, item_id,
      state, due_at, expires_at, attempts, last_error, created_at)
  select gen_random_uuid(), n.key, n.channel, 'new_message', n.unit_id, n.assignment_id, n.case_id, n.item_id, 'due',
      n.due_at, n.due_at + interval '2 days', 0, '', %(now)s
  from notice n on conflict (dedupe_key) do nothing returning 1
), marked as (
  update notifications_inboxitem i set escalated = least(p.reached, %(steps)s), passed_at = p.first_at
  from passed p where i.id = p.id returning 1
)
select (select count(*) from marked), (select count(*) from told)
"""  # noqa: S608 - made of our own statements


def escalate(*, now=None) -> int:
    """Bring up what is unread; returns how many rows were brought up. Each batch is a transaction of its own."""
    now = now or timezone.now()
    today = timezone.localdate(now)
    years = {(today - timedelta(days=OLDEST_DAYS)).year, today.year}
    closed = [day for year in years for day in calendar_se.days_off(year)]
    values = {
        "now": now, "today": today, "closed": closed, "sunday": SUNDAY, "batch": BATCH, "steps": STEPS,
        "grace": GRACE_MINUTES, "oldest": OLDEST_DAYS, "default": json.dumps(DEFAULT["unread"]),
        "quiet_from": QUIET_FROM, "quiet_to": QUIET_TO, "routine": DEFAULT_ROUTINE,
    }  # fmt: skip
    brought = 0
    while True:
        with alone("notifications.escalate") as cursor:
            if cursor is None:
                return brought
            cursor.execute(ESCALATE, values)
            rows, _ = cursor.fetchone()
        brought += rows
        if rows < BATCH:
            return brought
