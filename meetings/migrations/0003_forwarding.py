"""A kallelse handed on inside a huvudman: who sees its way, and what a unit outside the consent may do with it (KAL-4)."""

from django.db import migrations

from organisations.rls import STEERS, case_rows, definer, policy, same_case

PROPOSES = (
    "(select ctx_writer()) and (may_steer(case_id) or exists (select 1 from meetings_invitation i"
    " where i.id = meetings_timeproposal.invitation_id and i.unit_id = (select ctx_unit())))"
)

# A row for a unit, with a neutral e-mail, as `notifications.services.tell_unit`.
TELL = """
create function tell_of_call(uid bigint, cid uuid, what text, key text) returns void language sql security definer
  set search_path = public, pg_temp as $$
  insert into notifications_inboxitem (unit_id, case_id, reference, kind, dedupe_key, created_at)
    select uid, cid, reference, what, what || ':' || key || ':' || uid, now() from cases_case where id = cid
    on conflict (dedupe_key) do nothing;
  insert into notifications_delivery (id, dedupe_key, channel, template, unit_id, case_id, state, due_at, attempts,
      last_error, created_at)
    values (gen_random_uuid(), what || ':' || key || ':' || uid, 'email', 'new_message', uid, cid, 'due', now(), 0, '',
      now()) on conflict (dedupe_key) do nothing $$;
"""

FORWARDING = f"""
{TELL}
{definer("tell_of_call(bigint, uuid, text, text)", to="")}
grant execute on function tell_of_call(bigint, uuid, text, text) to sip_def;

-- Whether the acting unit has had the kallelse on its way: it goes on seeing the way, whatever it sees of the case.
create function on_trail(iid bigint) returns boolean stable language sql security definer
  set search_path = public, pg_temp as $$
  select exists (select 1 from meetings_handon h where h.invitation_id = iid
    and ctx_unit() in (h.from_unit_id, h.to_unit_id)) $$;
{definer("on_trail(bigint)")}
grant execute on function on_trail(bigint) to sip_def;
{policy("meetings_handon", "trail_select", "select", "sip_staff", using="on_trail(invitation_id)")}

-- The kallelse as such, for a unit that has it or has had it: when, where and who calls to the one that has it now, and to the others
-- only how it went. Never who it is about: that is of the case, and takes the person's yes.
create function handed_invitation(iid bigint) returns table (case_id uuid, reference varchar, person_id bigint,
    meeting_id bigint, unit_id bigint, has_duty boolean, answer varchar, attendee_name varchar, attendee_title varchar, mandate varchar,
    name_to_person boolean, kind varchar, state varchar, is_open boolean, starts_at timestamptz, ends_at timestamptz,
    form varchar, place varchar, link varchar, caller varchar, caller_unit varchar, phone varchar, sees boolean,
    hosts bigint[])
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if not (on_trail(iid) or exists (select 1 from meetings_invitation i
      where i.id = iid and i.unit_id = ctx_unit() and has_access(i.case_id, ctx_unit()))) then
    return;
  end if;
  if ctx_writer() then
    update meetings_invitation i set read_at = now() from meetings_meeting m, cases_case c
      where i.id = iid and i.unit_id = ctx_unit() and i.read_at is null and m.id = i.meeting_id and m.state = 'called'
        and c.id = i.case_id and c.state not in ('closed', 'declined');
  end if;
  return query select i.case_id, c.reference, c.person_id, m.id, i.unit_id, i.has_duty,
      case when x.mine then i.answer else '' end, case when x.mine then i.attendee_name else '' end,
      case when x.mine then i.attendee_title else '' end, case when x.mine then i.mandate else '' end,
      x.mine and i.name_to_person, m.kind, m.state, c.state not in ('closed', 'declined'), m.starts_at, m.ends_at,
      case when x.mine then m.form else '' end,
      case when x.mine and c.protection = 'none' then m.place else '' end,
      case when x.mine and c.protection = 'none' then m.link else '' end,
      case when x.mine then s.name else '' end, u.name, u.phone, has_access(i.case_id, ctx_unit()),
      case when x.mine then array[u.id, c.owner_unit_id] else '{{}}' end
    from meetings_invitation i join meetings_meeting m on m.id = i.meeting_id join cases_case c on c.id = i.case_id
      join organisations_assignment a on a.id = m.called_by_id join organisations_staff s on s.id = a.staff_id
      join organisations_unit u on u.id = a.unit_id
      cross join lateral (select i.unit_id = ctx_unit() and m.state = 'called'
        and c.state not in ('closed', 'declined') as mine) x
    where i.id = iid;
end $$;
{definer("handed_invitation(bigint)")}

-- The case and the kallelse under lock, for the unit that has it now; one that has handed it on comes too late.
create function my_call(iid bigint) returns meetings_invitation language plpgsql security definer
  set search_path = public, pg_temp as $$
declare cid uuid; i meetings_invitation; c cases_case;
begin
  select case_id into cid from meetings_invitation where id = iid;
  select * into c from cases_case where id = cid for no key update;
  select * into i from meetings_invitation where id = iid for no key update;
  if i.id is null or not ctx_writer() or not (has_access(cid, ctx_unit()) or on_trail(iid)) then
    raise exception 'the kallelse is not here' using errcode = '42501';
  end if;
  if i.unit_id is distinct from ctx_unit() then
    if not on_trail(iid) then raise exception 'the kallelse is not here' using errcode = '42501'; end if;
    raise exception 'the kallelse is handed on already' using errcode = 'P0002';
  end if;
  if c.state in ('closed', 'declined')
      or not exists (select 1 from meetings_meeting where id = i.meeting_id and state = 'called') then
    raise exception 'the meeting is called no longer' using errcode = 'P0002';
  end if;
  return i;
end $$;
{definer("my_call(bigint)", to="")}
grant execute on function my_call(bigint) to sip_def;

-- On to another unit of the same huvudman. No clock is touched. The receiver becomes a party, and so sees the case if
-- the consent reaches it; else it has the kallelse and nothing more. The one that hands on takes no part any longer,
-- unless it steers or has a plan in force to answer for.
create function hand_on(iid bigint, other bigint, why text, body jsonb) returns boolean language plpgsql
  security definer set search_path = public, pg_temp as $$
declare i meetings_invitation; c cases_case; me organisations_unit; you organisations_unit; caller bigint; sees boolean;
  what text;
begin
  i := my_call(iid);
  select * into c from cases_case where id = i.case_id;
  select * into me from organisations_unit where id = ctx_unit();
  select * into you from organisations_unit where id = other;
  select a.unit_id into caller from meetings_meeting m join organisations_assignment a on a.id = m.called_by_id
    where m.id = i.meeting_id;
  if you.id is null or not you.is_active or you.kind = 'administration' or you.id in (me.id, caller, c.owner_unit_id)
      or you.acts_for_id is distinct from me.acts_for_id
      or (me.acts_for_id is null and you.organisation_id <> me.organisation_id) or why = 'rule' then
    raise exception 'only on to another unit of the same huvudman' using errcode = '42501';
  end if;
  if exists (select 1 from meetings_handon h where h.invitation_id = iid and other in (h.from_unit_id, h.to_unit_id)) then
    raise exception 'the unit has had the kallelse' using errcode = 'P0002';
  end if;
  insert into meetings_handon (case_id, invitation_id, reference, from_unit_id, to_unit_id, reason, rule, at, by_id)
    values (c.id, iid, c.reference, me.id, other, why, '', now(), ctx_assignment());
  update meetings_invitation set unit_id = other, read_at = null, told_at = null, answer = 'none', answered_at = null,
    answered_by_id = null, answered_how = '', attendee_name = '', attendee_title = '', mandate = '', name_to_person = false where id = iid;
  delete from meetings_meetingtext where invitation_id = iid;
  delete from meetings_timeproposal where invitation_id = iid;
  if not exists (select 1 from cases_participation where case_id = c.id and unit_id = other and ended_on is null) then
    insert into cases_participation (case_id, unit_id, obligation, started_on, added_by_id)
      values (c.id, other, case when i.has_duty then 'duty' else 'invited' end, sip_today(), ctx_assignment());
  end if;
  sees := has_access(c.id, other);
  what := 'Kallelse som ' || me.name || ' lämnade vidare';
  if sees and body is not null and has_access(c.id, me.id) then
    insert into consent_receivedversion (unit_id, case_id, reference, person_id, kind, content, received_at)
      values (other, c.id, c.reference, c.person_id, 'call', shared_copy(body, masks_for(c.id, other)), now());
    insert into consent_disclosure (case_id, unit_id, recipient, what, how, legal_basis, topics, at, by_id)
      values (c.id, other, you.name, left(what, 300), 'I systemet', basis_for(c.id, other), 0, now(), ctx_assignment());
  elsif not sees then
    insert into consent_disclosure (case_id, unit_id, recipient, what, how, legal_basis, topics, at, by_id)
      values (c.id, other, you.name, 'Mötets tid och plats, utan namn och innehåll', 'I systemet',
        'Kallelse till huvudmannen', 0, now(), ctx_assignment());
  end if;
  if me.id not in (c.owner_unit_id, coalesce(c.lead_unit_id, 0)) and c.lead_unit_id is null then
    if has_access(c.id, me.id) and body is not null then
      insert into consent_receivedversion (unit_id, case_id, reference, person_id, kind, content, received_at)
        values (me.id, c.id, c.reference, c.person_id, 'access_ended', body, now());
    end if;
    update cases_participation set ended_on = sip_today()
      where case_id = c.id and unit_id = me.id and ended_on is null;
  end if;
  insert into cases_caseevent (case_id, at, kind, text, detail, topics, by_id)
    values (c.id, now(), 'handed_on', left(me.name || ' lämnade kallelsen vidare till ' || you.name, 300), '', 0,
      ctx_assignment());
  perform tell_of_call(other, c.id, case when sees then 'call' else 'handed_call' end, iid::text);
  perform tell_of_call(caller, c.id, 'handed_on', iid || '-' || other);
  return sees;
end $$;
{definer("hand_on(bigint, bigint, text, jsonb)")}

-- The answer of a unit that has the kallelse alone: who comes, what that person may decide. No free text about the
-- person, since nothing is shared with the unit yet.
create function answer_handed(iid bigint, p jsonb) returns void language plpgsql security definer
  set search_path = public, pg_temp as $$
declare i meetings_invitation; caller bigint;
begin
  i := my_call(iid);
  update meetings_invitation set answer = p->>'answer', answered_at = now(), answered_by_id = ctx_assignment(),
    answered_how = '', attendee_name = p->>'attendee_name', attendee_title = p->>'attendee_title', mandate = p->>'mandate',
    name_to_person = (p->>'name_to_person')::boolean, read_at = coalesce(read_at, now()) where id = iid;
  if not exists (select 1 from meetings_invitation where meeting_id = i.meeting_id and answer = 'none'
      and unit_id is not null) then
    update cases_deadline set met_at = now()
      where case_id = i.case_id and kind = 'answer' and met_at is null and cancelled_at is null;
  end if;
  insert into cases_caseevent (case_id, at, kind, text, detail, topics, by_id)
    select i.case_id, now(), 'answered', left(u.name || ' svarade på kallelsen: ' || (p->>'said'), 300), '', 0,
      ctx_assignment() from organisations_unit u where u.id = i.unit_id;
  select a.unit_id into caller from meetings_meeting m join organisations_assignment a on a.id = m.called_by_id
    where m.id = i.meeting_id;
  perform tell_of_call(caller, i.case_id, 'answer', iid || ':' || extract(epoch from now())::bigint);
end $$;
{definer("answer_handed(bigint, jsonb)")}

create function propose_handed(iid bigint, begins timestamptz, finishes timestamptz) returns void language plpgsql
  security definer set search_path = public, pg_temp as $$
declare i meetings_invitation; caller bigint;
begin
  i := my_call(iid);
  if (select count(*) from meetings_timeproposal where invitation_id = iid) >= 3 then
    raise exception 'three times are enough' using errcode = 'P0002';
  end if;
  insert into meetings_timeproposal (case_id, invitation_id, starts_at, ends_at, at, by_id)
    values (i.case_id, iid, begins, finishes, now(), ctx_assignment());
  select a.unit_id into caller from meetings_meeting m join organisations_assignment a on a.id = m.called_by_id
    where m.id = i.meeting_id;
  perform tell_of_call(caller, i.case_id, 'answer', iid || ':tid:' || extract(epoch from begins)::bigint);
end $$;
{definer("propose_handed(bigint, timestamptz, timestamptz)")}

-- A withdrawal or a voided case calls the meeting off without a service: those that have the kallelse alone are in no
-- list of the case's, and are told here that the meeting is off, not why.
create function meeting_called_off() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  perform tell_of_call(i.unit_id, new.case_id, 'cancelled', new.id::text) from meetings_invitation i
    where i.meeting_id = new.id and i.unit_id is not null
      and exists (select 1 from meetings_handon h where h.invitation_id = i.id)
      and not has_access(new.case_id, i.unit_id);
  return null;
end $$;
{definer("meeting_called_off()", to="")}
create trigger meeting_called_off after update of state on meetings_meeting
  for each row when (old.state = 'called' and new.state = 'cancelled') execute function meeting_called_off();
"""


class Migration(migrations.Migration):
    dependencies = [("meetings", "0002_isolation")]
    operations = [
        # Written by the caller when a reception's rule sends the kallelse on, else by hand_on() alone.
        case_rows("meetings_handon", insert=STEERS, update=None, citizen=True),
        case_rows("meetings_timeproposal", insert=PROPOSES, update=None, delete=PROPOSES, citizen=True),
        same_case("meetings_handon", "invitation_id", "meetings_invitation"),
        same_case("meetings_timeproposal", "invitation_id", "meetings_invitation"),
        migrations.RunSQL(FORWARDING, migrations.RunSQL.noop),
    ]
