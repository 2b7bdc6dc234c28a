"""The clocks in SQL: one statement per source of starts, which `cases.clocks` must agree with (a test compares them).

Each walks its source in batches by key, so that the work grows with the number of rows and not with its square.
"""

from notifications.reminders import cancelling

# The states in which a kind is of use; `True`: only until the first plan is approved.
KINDS = """
(values ('first_contact', array['initiated', 'consented'], false),
        ('call_after_ready', array['initiated', 'consented'], false),
        ('meeting', array['initiated', 'consented', 'called'], true),
        ('answer', array['called'], false),
        ('admission_notice', array['initiated', 'consented', 'called', 'met', 'planned', 'following_up'], false),
        ('consultation', array['consented', 'called', 'met', 'planned', 'following_up'], false),
        ('payment', array['initiated', 'consented', 'called', 'met', 'planned', 'following_up'], false)
) as k (kind, states, before_plan)
"""

# Of an admission and the doctor's later judgement the later one counts (LUS 2:3).
LATER = """
exists (select 1 from cases_clockevent o where o.case_id = e.case_id and o.superseded_at is null
  and o.event in ('admission', 'doctor_judged') and (o.at, o.id) > (e.at, e.id))
"""

# What starts clocks. `{narrow}` picks one case or the next batch; `key` is where the next batch goes on.
SOURCES = {
    "need": """
select c.id::text as key, c.id as case_id, 'need_found' as event, 'somatic' as care,
       c.need_found_on::timestamp at time zone 'Europe/Stockholm' as started, null::date as known_on,
       c.guideline_id, c.state, c.lead_unit_id
  from cases_case c where c.state in ('initiated', 'consented', 'called') {narrow}
""",
    "ready": """
select c.id::text as key, c.id as case_id, 'discharge_ready' as event,
       coalesce((select a.care_type from cases_clockevent a where a.case_id = c.id and a.superseded_at is null
         and a.event in ('admission', 'notice_sent') order by a.event limit 1), 'somatic') as care,
       c.discharge_ready_at as started, null::date as known_on, c.guideline_id, c.state, c.lead_unit_id
  from cases_case c where c.discharge_ready_at is not null
   and c.state in ('initiated', 'consented', 'called', 'met', 'planned', 'following_up') {narrow}
""",
    "event": """
select e.id::text as key, e.case_id, case e.event when 'doctor_judged' then 'admission' else e.event end as event,
       e.care_type as care, e.at as started, (e.recorded_at at time zone 'Europe/Stockholm')::date as known_on,
       c.guideline_id, c.state, c.lead_unit_id
  from cases_clockevent e join cases_case c on c.id = e.case_id
 where e.superseded_at is null and not (e.event in ('admission', 'doctor_judged') and {later}) {narrow}
""".replace("{later}", LATER),
}
# The first batch starts below every key.
FIRST = {"need": "00000000-0000-0000-0000-000000000000", "ready": "00000000-0000-0000-0000-000000000000", "event": "0"}
ONE_CASE = {"need": "and c.id = %(case)s", "ready": "and c.id = %(case)s", "event": "and e.case_id = %(case)s"}
NEXT = {
    "need": "and c.id > %(after)s::uuid order by c.id limit %(batch)s",
    "ready": "and c.id > %(after)s::uuid order by c.id limit %(batch)s",
    "event": "and e.id > %(after)s::bigint order by e.id limit %(batch)s",
}

# `closed` holds the holidays and eves on Mondays to Fridays, from the same library as `organisations.calendar_se`.
# A day `{day}` is a weekday.
WEEKDAY = "(extract(isodow from ({day})) < 6 and ({day}) <> all(%(closed)s::date[]))"
DUE = """
cross join lateral (select s.started at time zone 'Europe/Stockholm' as clock) l
cross join lateral (
  select l.clock::date + case when l.clock::time > r.cutoff_time then 1 else 0 end as day) zero
cross join lateral (select case
  when r.unit = 'hours' then
    ((s.started + make_interval(hours => r.amount)) at time zone 'Europe/Stockholm')::date
  when r.direction = 'before' then greatest(l.clock::date - r.amount, s.known_on)
  when r.unit = 'weekdays' then
    case when r.amount = 1 and r.day_zero_counts and {weekday zero.day} then zero.day
    else (select zero.day + i from generate_series(1, 21 + 3 * r.amount) i where {weekday zero.day + i}
      order by i limit 1
      offset r.amount - 1 - case when r.day_zero_counts and {weekday zero.day} then 1 else 0 end) end
  else zero.day + r.amount - case when r.day_zero_counts then 1 else 0 end end as day) counted
cross join lateral (select case r.moves when 'next_weekday' then
    (select min(counted.day + i) from generate_series(0, 14) i where {weekday counted.day + i})
  else counted.day end as due_on) due
"""
for place in ("zero.day", "zero.day + i", "counted.day + i"):
    DUE = DUE.replace("{weekday " + place + "}", WEEKDAY.replace("{day}", place))

# The anti-join comes first, `on conflict` only for races: six times quicker when nothing is missing.
MISSING = """
with s as materialized ({source}), made as (
insert into cases_deadline (case_id, kind, event, due_on, due_at, started_at, known_on, statutory, source,
    warn_before_days, escalate_after_days, paused_days, rule)
select s.case_id, r.kind, s.event, due.due_on,
       case when r.unit = 'hours' then s.started + make_interval(hours => r.amount) end, s.started,
       case when r.direction = 'before' then s.known_on end, r.statutory, r.legal_source, r.warn_before_days,
       r.escalate_after_days, 0, r.kept
from s
join {kinds} on s.state = any(k.states) and (s.lead_unit_id is null or not k.before_plan)
join (
  -- What a row keeps is made once for each rule, not for each row.
  select q.*, jsonb_build_object('kind', kind, 'starts_at', starts_at, 'direction', direction, 'amount', amount,
    'unit', unit, 'day_zero_counts', day_zero_counts, 'cutoff_time', cutoff_time, 'moves', moves, 'care_type',
    care_type) as kept
  from organisations_deadlinerule q offset 0
) r on r.guideline_id = s.guideline_id and r.kind = k.kind and r.starts_at = s.event
 and r.care_type in ('any', s.care)
 and (s.started at time zone 'Europe/Stockholm')::date
   between coalesce(r.valid_from, '-infinity'::date) and coalesce(r.valid_to, 'infinity'::date)
{due}
where not exists (select 1 from cases_deadline d where d.case_id = s.case_id and d.kind = r.kind
  and d.cancelled_at is null and d.started_at = s.started)
on conflict (case_id, kind, started_at) where cancelled_at is null do nothing returning id)
select (select count(*) from made), (select key from s order by {order} desc limit 1)
"""


def missing(source: str, *, one_case: bool) -> str:
    """The statement that makes what is missing; says how many were made, and the last key that it saw."""
    narrowed = SOURCES[source].replace("{narrow}", (ONE_CASE if one_case else NEXT)[source])
    order = "key::bigint" if source == "event" else "key"
    return MISSING.format(source=narrowed, kinds=KINDS, due=DUE, order=order)


# An event was corrected or taken back: the clock that it started is replaced, with its reminders.
STALE = """
with gone as (
  update cases_deadline d set cancelled_at = now() from cases_case c
  where c.id = d.case_id and d.event not in ('', 'need_found') and d.met_at is null and d.cancelled_at is null
    and case when d.event = 'discharge_ready' then c.discharge_ready_at is distinct from d.started_at
        else not exists (select 1 from cases_clockevent e where e.case_id = d.case_id and e.superseded_at is null
          and e.at = d.started_at and d.event = case e.event when 'doctor_judged' then 'admission' else e.event end
          and not (e.event in ('admission', 'doctor_judged') and {later})) end {case}
  returning d.id, d.case_id)
select count(cancel_deliveries(case_id, 'deadline:' || id || ':')) from gone
""".replace("{later}", LATER)

# A net for the moment between a sweep's reading and somebody's meeting the deadline.
NO_LONGER = cancelling(
    "deadline",
    "select d.met_at is not null or d.cancelled_at is not null or d.paused_on is not null"
    " from cases_deadline d where d.id",
)

# Nobody has anything to do by the day when payment may begin, and nobody is reminded of a clock that stands still.
OPEN = """
select d.id, d.case_id, c.reference, d.due_on, d.warn_before_days as warn, d.escalate_after_days as escalate,
       c.owner_unit_id as owner_unit, c.lead_unit_id as lead_unit
from cases_deadline d join cases_case c on c.id = d.case_id
where d.met_at is null and d.cancelled_at is null and d.paused_on is null and d.kind <> 'payment'
  and c.state not in ('closed', 'declined') and d.due_on between %(today)s - 8 and %(today)s + 1 + {warn}
"""

BLIND = """
select exists (select 1 from case_access where is_open)
         and not exists (select 1 from cases_case where state not in ('closed', 'declined'))
       or exists (select 1 from case_access where is_open and open_deadline is not null)
         and not exists (select 1 from cases_deadline where met_at is null and cancelled_at is null)
"""
