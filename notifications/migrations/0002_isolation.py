"""Inbox rows belong to the receiving unit; deliveries are the worker's, in the columns it needs."""

from django.db import migrations

from organisations.rls import definer, enable, policy, unit_rows

WORKER_READS = (
    "id, dedupe_key, channel, template, unit_id, assignment_id, to_person, state, due_at, expires_at, lease_until,"
    " attempts, created_at, receipt_at, calendar"
)
WORKER_WRITES = "state, lease_until, attempts, last_error, sent_at, due_at, receipt_at"
STAFF_READS = "id, channel, unit_id, assignment_id, case_id, item_id, state, created_at, sent_at, read_at, posted_on, posted_by_id"
OWN_NOTICE = "channel = 'in_app' and assignment_id = (select ctx_assignment())"
# The address is known to those who see the case: a letter is only shown where there is access.
OWN_LETTER = "channel = 'letter' and unit_id = (select ctx_unit())"

DELIVERIES = f"""
{enable("notifications_delivery")}
grant select ({WORKER_READS}), update ({WORKER_WRITES}) on notifications_delivery to sip_worker;
{policy("notifications_delivery", "worker_select", "select", "sip_worker", using="true")}
{policy("notifications_delivery", "worker_update", "update", "sip_worker", using="true", check="true")}
-- The sweeps make their reminders as sets of rows; staff go through queue_delivery() and put_in_inbox().
grant insert on notifications_delivery to sip_worker;
{policy("notifications_delivery", "worker_insert", "insert", "sip_worker", check="true")}
-- A notice in the system is its own row; a letter is printed and posted by the unit that answers for it.
grant select ({STAFF_READS}), update (read_at) on notifications_delivery to sip_staff;
{policy("notifications_delivery", "own_select", "select", "sip_staff", using=f"({OWN_NOTICE}) or ({OWN_LETTER})")}
{policy("notifications_delivery", "own_update", "update", "sip_staff", using=OWN_NOTICE, check=OWN_NOTICE)}

create function oldest_due_delivery() returns timestamptz stable language sql security definer
  set search_path = public, pg_temp as $$
  select min(due_at) from notifications_delivery where state in ('due', 'sending') and due_at <= now() $$;
{definer("oldest_due_delivery()", to="sip_staff, sip_worker")}

create function post_letter(did uuid, day date) returns boolean language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  update notifications_delivery set state = 'sent', sent_at = now(), posted_on = day, posted_by_id = ctx_assignment()
    where id = did and channel = 'letter' and state = 'to_post' and unit_id = ctx_unit() and ctx_writer();
  return found;
end $$;
{definer("post_letter(uuid, date)")}

-- A unit with a function address is reached by it: no sender needs to know which way leads there.
create function by_function_address() returns trigger language plpgsql as $$
begin
  if exists (select 1 from organisations_unit where id = new.unit_id and function_address <> '') then
    new.channel := 'sdk';
  end if;
  return new;
end $$;
create trigger by_function_address before insert on notifications_delivery for each row
  when (new.channel = 'email' and new.assignment_id is null and not new.to_person and new.template <> 'guest')
  execute function by_function_address();

-- The end of somebody's hours of rest, or the moment itself; the hours are Stockholm's and may cross midnight.
create function after_quiet(at timestamptz, starts time, ends time) returns timestamptz stable language sql as $$
  select case
    when starts < ends and l::time >= starts and l::time < ends then (l::date + ends) at time zone 'Europe/Stockholm'
    when starts > ends and l::time >= starts then (l::date + 1 + ends) at time zone 'Europe/Stockholm'
    when starts > ends and l::time < ends then (l::date + ends) at time zone 'Europe/Stockholm'
    else at end
  from (select at at time zone 'Europe/Stockholm' as l) x $$;
"""

INBOX = f"""
grant insert, select (id, unit_id, case_id, kind, dedupe_key, created_at, read_at, done_at, escalated, passed_at),
  update (escalated, passed_at) on notifications_inboxitem to sip_worker;
{policy("notifications_inboxitem", "worker_select", "select", "sip_worker", using="true")}
{policy("notifications_inboxitem", "worker_insert", "insert", "sip_worker", check="true")}
{policy("notifications_inboxitem", "worker_update", "update", "sip_worker", using="true", check="true")}

-- As notifications.choices.GROUPS.
create function notice_group(kind text) returns text immutable language sql as $$
  select case
    when kind in ('call', 'moved', 'cancelled', 'calls', 'call_reminder', 'party', 'premeeting', 'handed_call') then 'call'
    when kind in ('answer', 'left', 'handed_on') then 'answer'
    when kind = 'message' then 'message'
    when kind in ('plan', 'proposed', 'answered_part', 'corrected', 'recalled', 'closed', 'voided', 'consent_ended',
      'handed_over') then 'plan'
    when kind in ('admitted', 'notice', 'notice_changed') then 'discharge'
    when kind in ('deadline', 'deadline_manager', 'consent_lapses', 'consent_lapsed') then 'deadline'
    when kind = 'deviation' then 'deviation'
    else 'other' end $$;

-- What comes to a unit is told to those of its staff who have chosen so, whoever put it there.
create function notify_staff() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  insert into notifications_delivery (id, dedupe_key, channel, template, unit_id, assignment_id, case_id, item_id,
      state, due_at, expires_at, attempts, last_error, created_at)
    select gen_random_uuid(), 'staff:' || n.id || ':' || ch || ':' || a.id, ch, 'new_message', n.unit_id, a.id,
      n.case_id, n.id, 'due', case when ch = 'in_app' then now() else after_quiet(now(), c.quiet_from, c.quiet_to) end,
      now() + interval '3 days', 0, '', now()
    from fresh n join organisations_assignment a on a.unit_id = n.unit_id
      join organisations_staff s on s.id = a.staff_id
      join notifications_noticechoice c on c.assignment_id = a.id
      cross join lateral jsonb_array_elements_text(c.channels -> notice_group(n.kind)) ch
    where a.is_active and s.is_active and a.valid_from <= sip_today() and coalesce(a.valid_to, sip_today()) >= sip_today()
      and (ch = 'in_app' or (ch = 'email' and s.email <> '') or (ch = 'sms' and s.mobile <> ''))
    on conflict (dedupe_key) do nothing;
  return null;
end $$;
{definer("notify_staff()", to="")}
create trigger notify_staff after insert on notifications_inboxitem
  referencing new table as fresh for each statement execute function notify_staff();
"""

MANAGER = "(select ctx_text('role')) = 'manager'"
OF_ORGANISATION = (
    "exists (select 1 from organisations_unit u where u.id = {0}.unit_id"
    " and u.organisation_id = (select ctx_organisation()))"
)
OWN_STAFF = (
    "exists (select 1 from organisations_assignment a join organisations_unit u on u.id = a.unit_id"
    " where a.id = notifications_inboxwatcher.assignment_id and u.organisation_id = (select ctx_organisation()))"
)


def routine(table: str, *, extra: str = "", commands=("insert", "update", "delete")) -> str:
    """Read in the own organisation, written by the unit's manager or the organisation's administrator (GUI-3)."""
    seen = OF_ORGANISATION.format(table)
    mine = f"({table}.unit_id = (select ctx_own_unit()) and {MANAGER}) or ((select ctx_admin()) and {seen})"
    checked = f"({mine}){extra}"
    sql = [enable(table), f"grant select, {', '.join(commands)} on {table} to sip_staff;"]
    sql += [f"grant select on {table} to sip_worker;", policy(table, "own_select", "select", "sip_staff", using=seen)]
    sql += [policy(table, "worker_select", "select", "sip_worker", using="true")]
    for command in commands:
        using = "" if command == "insert" else mine
        check = "" if command == "delete" else checked
        sql += [policy(table, f"own_{command}", command, "sip_staff", using=using, check=check)]
    return "\n".join(sql)


OWN_CHOICE = "assignment_id = (select ctx_assignment())"
ROUTINES = f"""
{routine("notifications_inboxroutine", commands=("insert", "update"))}
{routine("notifications_inboxwatcher", extra=f" and {OWN_STAFF}", commands=("insert", "delete"))}
{enable("notifications_noticechoice")}
grant select, insert, update on notifications_noticechoice to sip_staff;
{policy("notifications_noticechoice", "own_select", "select", "sip_staff", using=OWN_CHOICE)}
{policy("notifications_noticechoice", "own_insert", "insert", "sip_staff", check=OWN_CHOICE)}
{policy("notifications_noticechoice", "own_update", "update", "sip_staff", using=OWN_CHOICE, check=OWN_CHOICE)}
grant select on notifications_noticechoice to sip_worker;
{policy("notifications_noticechoice", "worker_select", "select", "sip_worker", using="true")}
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial"), ("organisations", "0002_isolation")]
    operations = [
        migrations.RunSQL(DELIVERIES, migrations.RunSQL.noop),
        unit_rows("notifications_inboxitem", update_columns="read_at, read_by, done_at, done_by"),
        migrations.RunSQL(ROUTINES, migrations.RunSQL.noop),
        migrations.RunSQL(INBOX, migrations.RunSQL.noop),
    ]
