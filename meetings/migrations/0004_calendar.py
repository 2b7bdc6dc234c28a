"""Calendar entries follow the meeting and the access, whoever ends them; so do the calls, and what it held (KAL-7)."""

from django.db import migrations

from organisations.rls import definer

CALENDAR = f"""
-- What an entry tells: when, and nothing of whom or where. A meeting that is off has a higher number than its last call.
create function calendar_of(m meetings_meeting) returns jsonb stable language sql
  set search_path = public, pg_temp as $$
  select case when m.state in ('called', 'cancelled', 'moved') then jsonb_build_object(
    'method', case when m.state = 'called' then 'REQUEST' else 'CANCEL' end,
    'uid', m.calendar_uid, 'sequence', m.sequence + (m.state <> 'called')::int,
    'starts', m.starts_at, 'ends', m.ends_at, 'stamp', now()) end $$;

-- Notices that have not been sent carry the entry: those of this meeting alone, by whoever may notify about the case.
create function attach_calendar(cid uuid, mid bigint, keys text[]) returns void language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  if not may_notify(cid) then raise exception 'no access to the case' using errcode = '42501'; end if;
  update notifications_delivery d set calendar = calendar_of(m) from meetings_meeting m
    where m.id = mid and m.case_id = cid and d.case_id = cid and d.channel = 'email' and d.state = 'due'
      and exists (select 1 from unnest(keys) k where starts_with(d.dedupe_key, k));
end $$;
{definer("attach_calendar(uuid, bigint, text[])")}

-- Called off, also by a withdrawal or when the case is void: everybody who was called gets the entry that takes it
-- back, with the notice that tells so when there is one. The person too, where a call was mailed.
create function calendar_cancelled() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  update notifications_delivery set calendar = calendar_of(new)
    where case_id = new.case_id and starts_with(dedupe_key, 'consent_ended:') and channel = 'email' and state = 'due'
      and unit_id in (select unit_id from meetings_invitation where meeting_id = new.id);
  insert into notifications_delivery (id, dedupe_key, channel, template, unit_id, to_person, case_id, state, due_at,
      expires_at, attempts, last_error, created_at, calendar)
    select gen_random_uuid(), w.key, 'email', w.template, w.unit_id, w.person, new.case_id, 'due', now(),
      case when w.person then now() + interval '7 days' end, 0, '', now(), calendar_of(new)
    from (
      select 'cancelled:' || new.id || ':' || i.unit_id as key, 'new_message' as template, i.unit_id, false as person
        from meetings_invitation i where i.meeting_id = new.id and i.unit_id is not null and not exists (
          select 1 from notifications_delivery d where d.case_id = new.case_id and d.unit_id = i.unit_id
            and starts_with(d.dedupe_key, 'consent_ended:') and d.state = 'due')
      union
      select 'person:cancelled:' || new.id || ':email', 'person', d.unit_id, true from notifications_delivery d
        where d.case_id = new.case_id and d.to_person and d.channel = 'email' and d.state in ('sent', 'sending')
          and d.calendar ->> 'uid' = new.calendar_uid::text
    ) w on conflict (dedupe_key) do nothing;
  return null;
end $$;
{definer("calendar_cancelled()", to="")}
create trigger calendar_cancelled after update of state on meetings_meeting
  for each row when (old.state = 'called' and new.state = 'cancelled') execute function calendar_cancelled();

-- The entry out of one unit's calendar, and what it had promised with it; the meeting goes on for the others.
create function take_out_of_calendar(mid bigint, uid bigint) returns void language plpgsql security definer
  set search_path = public, pg_temp as $$
declare m meetings_meeting;
begin
  update meetings_meeting set sequence = sequence + 1 where id = mid returning * into m;
  perform release_slots(m.reservation, uid);
  update notifications_delivery set state = 'cancelled' where case_id = m.case_id and unit_id = uid
    and state = 'due' and not to_person and assignment_id is null and calendar ->> 'uid' = m.calendar_uid::text;
  insert into notifications_delivery (id, dedupe_key, channel, template, unit_id, case_id, state, due_at, attempts,
      last_error, created_at, calendar)
    values (gen_random_uuid(), 'uncalled:' || m.id || ':' || m.sequence || ':' || uid, 'email', 'new_message', uid,
      m.case_id, 'due', now(), 0, '', now(), calendar_of(m) || '{{"method": "CANCEL"}}');
end $$;
{definer("take_out_of_calendar(bigint, bigint)", to="")}
grant execute on function take_out_of_calendar(bigint, bigint) to sip_def;

-- One who no longer takes part, and will not be told of changes, gets it out of the calendar. At the end of the
-- transaction: access that only changes its ground is taken away and given again within it.
create function calendar_access_ended() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
declare m meetings_meeting;
begin
  select * into m from meetings_meeting where case_id = old.case_id and state = 'called'
    and exists (select 1 from meetings_invitation i where i.meeting_id = meetings_meeting.id
      and i.unit_id = old.unit_id);
  if m.id is null or exists (select 1 from case_access where case_id = old.case_id and unit_id = old.unit_id
      and not emergency) then
    return null;
  end if;
  perform take_out_of_calendar(m.id, old.unit_id);
  return null;
end $$;
{definer("calendar_access_ended()", to="")}
create constraint trigger calendar_access_ended after delete on case_access deferrable initially deferred
  for each row when (not old.emergency) execute function calendar_access_ended();

-- A kallelse that is handed on (KAL-4) leaves one calendar and comes into another, with the notice that tells of it.
create function calendar_handed_on() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
declare m meetings_meeting;
begin
  select * into m from meetings_meeting where id = new.meeting_id and state = 'called';
  if m.id is null or new.unit_id is null then return null; end if;
  perform take_out_of_calendar(m.id, old.unit_id);
  select * into m from meetings_meeting where id = m.id;
  update notifications_delivery set calendar = calendar_of(m) where case_id = m.case_id and unit_id = new.unit_id
    and channel = 'email' and state = 'due' and not to_person and assignment_id is null and calendar is null
    and created_at = now();
  return null;
end $$;
{definer("calendar_handed_on()", to="")}
create constraint trigger calendar_handed_on after update of unit_id on meetings_invitation
  deferrable initially deferred for each row when (old.unit_id is distinct from new.unit_id)
  execute function calendar_handed_on();

-- A meeting that is not to be lets go of the standing times that it had taken (KAL-9), whoever ended it; one that is
-- moved lets go of them for the one that takes its place, unless that one is at the same time and keeps them.
create function standing_times_let_go() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  if tg_op = 'UPDATE' then
    perform release_slots(new.reservation, null);
  else
    perform release_slots(o.reservation, null) from meetings_meeting o
      where o.id = new.replaces_id and o.reservation is distinct from new.reservation;
  end if;
  return null;
end $$;
{definer("standing_times_let_go()", to="")}
create trigger standing_times_let_go after update of state on meetings_meeting
  for each row when (new.state = 'cancelled' and new.reservation is not null) execute function standing_times_let_go();
create trigger standing_times_moved after insert on meetings_meeting
  for each row when (new.replaces_id is not null) execute function standing_times_let_go();

-- A meeting that keeps its standing times when it is changed gives back those of whom it no longer calls.
create function release_left_out(mid bigint) returns void language plpgsql security definer
  set search_path = public, pg_temp as $$
declare m meetings_meeting;
begin
  select * into m from meetings_meeting where id = mid;
  if m.id is null or not (ctx_handler() and may_steer(m.case_id)) then
    raise exception 'not the caller' using errcode = '42501';
  end if;
  perform release_slots(m.reservation, b.unit_id) from slots_slotbooking b
    where b.reservation = m.reservation
      and b.unit_id <> (select a.unit_id from organisations_assignment a where a.id = m.called_by_id)
      and not exists (select 1 from meetings_invitation i where i.meeting_id = mid and i.unit_id = b.unit_id);
end $$;
{definer("release_left_out(bigint)")}
"""

CALLS = f"""
-- Whom to phone about a meeting that would have been on that day: all who would come, but those who are to be told
-- nothing; or some of those who were called alone. Nobody when its hour is past: whoever came has been there.
create function write_calls(m meetings_meeting, day date, alone bigint[]) returns int language plpgsql security definer
  set search_path = public, pg_temp as $$
declare n int;
begin
  if (m.starts_at at time zone 'Europe/Stockholm')::date <> day or m.ends_at <= now() then return 0; end if;
  insert into meetings_cancellationcall (case_id, meeting_id, callee, invitation_id, representative_id, listed_at, tries,
      reached_name)
    select m.case_id, m.id, w.callee, w.invitation, w.representative, now(), 0, '' from (
      select 1 as place, 'person' as callee, null::bigint as invitation, null::bigint as representative
      union all
      select 2, 'representative', null, r.id from consent_representative r
        join consent_representativecontact c on c.representative_id = r.id and c.no_sharing = ''
        where r.case_id = m.case_id and r.ended_at is null and day between r.from_on and coalesce(r.to_on, day)
      union all
      select 3, 'interpreter', null, null from preparation_booking b
        where b.case_id = m.case_id and b.kind = 'interpreter' and b.state in ('booked', 'confirmed')
      union all
      select 4, 'invited', i.id, null from meetings_invitation i where i.meeting_id = m.id
    ) w where alone is null or w.invitation = any(alone) order by w.place, w.invitation, w.representative
    on conflict do nothing;
  get diagnostics n = row_count;
  return n;
end $$;
{definer("write_calls(meetings_meeting, date, bigint[])", to="")}
grant execute on function write_calls(meetings_meeting, date, bigint[]) to sip_def;

-- Called off on its very day: whoever does it, and also by a withdrawal or when the case is closed or void.
create function calls_listed() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  perform write_calls(new, sip_today(), null);
  return null;
end $$;
{definer("calls_listed()", to="")}
create trigger calls_listed after update of state on meetings_meeting
  for each row when (old.state = 'called' and new.state = 'cancelled') execute function calls_listed();

-- A closed case is in no worklist: today's calls that are left come to the inbox of the unit that still has it. Nobody
-- phones one who has died.
create function calls_of_closed_case() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  if new.close_reason = 'died' then
    delete from meetings_cancellationcall where case_id = new.id and callee = 'person' and reached_at is null;
  end if;
  insert into notifications_inboxitem (unit_id, case_id, reference, kind, dedupe_key, created_at)
    select new.owner_unit_id, new.id, new.reference, 'calls', 'calls:' || new.id, now()
    where exists (select 1 from meetings_cancellationcall where case_id = new.id and reached_at is null
      and (listed_at at time zone 'Europe/Stockholm')::date = sip_today())
    on conflict (dedupe_key) do nothing;
  return null;
end $$;
{definer("calls_of_closed_case()", to="")}
create trigger calls_of_closed_case after update of state on cases_case
  for each row when (new.state = 'closed' and old.state <> 'closed') execute function calls_of_closed_case();

-- For the one who moves a meeting: a change of time or place is phoned about too.
create function list_calls(mid bigint, day date, alone bigint[]) returns int language plpgsql security definer
  set search_path = public, pg_temp as $$
declare m meetings_meeting;
begin
  select * into m from meetings_meeting where id = mid and state in ('moved', 'cancelled');
  if m.id is null or not (ctx_handler() and may_steer(m.case_id)) then
    raise exception 'not the caller' using errcode = '42501';
  end if;
  return write_calls(m, day, alone);
end $$;
{definer("list_calls(bigint, date, bigint[])")}
"""


class Migration(migrations.Migration):
    dependencies = [
        ("meetings", "0003_forwarding"),
        ("cases", "0002_isolation"),
        ("consent", "0004_who_consents"),
        ("notifications", "0002_isolation"),
        ("preparation", "0002_isolation"),
        ("slots", "0002_isolation"),
    ]
    operations = [
        migrations.RunSQL(CALENDAR, migrations.RunSQL.noop),
        migrations.RunSQL(CALLS, migrations.RunSQL.noop),
    ]
