"""Consent makes access: `rebuild_access`, its triggers (lock first, then read), and the ways access ends."""

from django.db import migrations

from organisations.rls import STEERS, case_rows, definer, same_case, unit_rows

REBUILD = f"""
-- Who may see the case, from which source: the owner; each active party that the present consent covers, but for
-- the topics the person exempted; a party under another ground in law, for that ground's topics alone; one who has
-- broken the glass, for a time. Each source has its own end, so that none lives on the other's date.
create function wanted_access(cid uuid) returns table (unit_id bigint, source text, valid_to date,
    hidden_topics bigint, emergency boolean, assignment_id bigint, until timestamptz) stable language sql
  security definer set search_path = public, pg_temp as $$
  with recursive c as (
    select owner_unit_id, close_reason, state from cases_case where id = cid
  ), k as (
    select id, consent_consent.valid_to, share_answer from consent_consent where case_id = cid
      and superseded_at is null and withdrawn_at is null and planning_answer = 'yes'
  ), covered as (
    select cu.unit_id, cu.whole_tree, coalesce(x.topics, 0) as hidden_topics from consent_consentunit cu
      join k on k.id = cu.consent_id and k.share_answer = 'yes'
      left join consent_consentexemption x on x.consent_id = cu.consent_id and x.unit_id = cu.unit_id
    union
    -- What was exempted for a whole is exempted below it too, besides what was exempted there.
    select u.id, true, covered.hidden_topics | coalesce(x.topics, 0)
      from covered join organisations_unit u on covered.whole_tree and u.parent_id = covered.unit_id
      left join consent_consentexemption x on x.consent_id = (select id from k) and x.unit_id = u.id
  ), party as (
    select p.unit_id from cases_participation p cross join c
      where p.case_id = cid and p.ended_on is null and c.close_reason <> 'mistake'
  )
  select c.owner_unit_id, 'owner', date '9999-12-31', 0::bigint, false, null::bigint, null::timestamptz from c
  union all
  -- Named twice, by itself and within a whole: what was exempted in either place is hidden.
  select party.unit_id, 'consent', coalesce(k.valid_to, date '9999-12-31'), bit_or(covered.hidden_topics), false,
      null, null
    from party join covered on covered.unit_id = party.unit_id cross join k cross join c
    where party.unit_id <> c.owner_unit_id group by party.unit_id, k.valid_to
  union all
  select g.unit_id, 'ground:' || g.id, least(g.valid_to, coalesce(k.valid_to, date '9999-12-31')), ~g.topics, false,
      null, null
    from consent_legalground g join party on party.unit_id = g.unit_id cross join k cross join c
    where g.case_id = cid and g.ended_at is null and g.from_on <= sip_today() and g.unit_id <> c.owner_unit_id
  union all
  -- In an emergency: never wider in time than the consent, and without the topics that the person exempted for a unit
  -- of the same huvudman, or for every unit that was named (PDL 4:5: no more than what may be presumed to be needed).
  select e.unit_id, 'emergency:' || e.id, least((e.ends_at at time zone 'Europe/Stockholm')::date,
      coalesce(k.valid_to, date '9999-12-31')), coalesce(h.mask, 0), true, e.assignment_id, e.ends_at
    from consent_emergencyaccess e cross join c join k on k.share_answer = 'yes'
      join organisations_unit me on me.id = e.unit_id
      cross join lateral (select bit_and(covered.hidden_topics) | coalesce(bit_or(covered.hidden_topics)
          filter (where u.id = me.id or u.acts_for_id = me.acts_for_id), 0) as mask
        from covered join organisations_unit u on u.id = covered.unit_id) h
    where e.case_id = cid and e.ended_at is null and e.ends_at > now() and c.state not in ('closed', 'declined')
      and c.close_reason = '' $$;

create function rebuild_access(cid uuid) returns void language plpgsql security definer
  set search_path = public, pg_temp as $$
declare person bigint; opened boolean; due date;
begin
  select person_id, state not in ('closed', 'declined') into person, opened from cases_case where id = cid;
  if opened then
    select min(due_on) into due from cases_deadline
      where case_id = cid and met_at is null and cancelled_at is null and paused_on is null and kind <> 'payment';
  end if;
  delete from case_access a where a.case_id = cid
    and not exists (select 1 from wanted_access(cid) w where w.unit_id = a.unit_id and w.source = a.source);
  -- Of a unit's rows the one that lasts longest is the one that lists start from.
  insert into case_access (case_id, unit_id, person_id, open_deadline, is_open, source, valid_to, hidden_topics,
      emergency, assignment_id, until, listed)
    select cid, w.unit_id, person, case when not w.emergency then due end, opened, w.source, w.valid_to,
        w.hidden_topics, w.emergency, w.assignment_id, w.until, not w.emergency and 1 = row_number() over
          (partition by w.unit_id, w.emergency order by w.valid_to desc, w.source)
      from wanted_access(cid) w
    on conflict (case_id, unit_id, source) do update
      set open_deadline = excluded.open_deadline, is_open = excluded.is_open, valid_to = excluded.valid_to,
        hidden_topics = excluded.hidden_topics, until = excluded.until, listed = excluded.listed
      where (case_access.open_deadline, case_access.is_open, case_access.valid_to, case_access.hidden_topics,
          case_access.until, case_access.listed)
        is distinct from (excluded.open_deadline, excluded.is_open, excluded.valid_to, excluded.hidden_topics,
          excluded.until, excluded.listed);
end $$;
{definer("wanted_access(uuid)", to="")}
{definer("rebuild_access(uuid)", to="")}
grant execute on function wanted_access(uuid), rebuild_access(uuid) to sip_def;

-- Lock first, then read: otherwise a withdrawal and an added party could both commit and leave a stale grant.
create function access_changed() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
declare cid uuid := case when tg_op = 'DELETE' then old.case_id else new.case_id end;
begin
  perform 1 from cases_case where id = cid for no key update;
  perform rebuild_access(cid);
  return null;
end $$;
create function case_access_changed() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  perform rebuild_access(new.id);
  return null;
end $$;
create function unit_tree_changed() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
declare cid uuid;
begin
  for cid in
    with recursive below as (
      select new.id union select u.id from organisations_unit u join below on u.parent_id = below.id)
    select distinct case_id from cases_participation where ended_on is null and unit_id in (select id from below)
      order by case_id
  loop
    perform 1 from cases_case where id = cid for no key update;
    perform rebuild_access(cid);
  end loop;
  return null;
end $$;
-- Deadlines are made by the hundred thousand: one pass per statement, and only the date is touched. A new one can
-- only bring the nearest day forward, so that the case's other deadlines need not be read.
create function deadlines_made() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  perform 1 from cases_case where id in (select case_id from changed) order by id for no key update;
  update case_access a set open_deadline = due.first
    from (select case_id, min(due_on) as first from changed
          where met_at is null and cancelled_at is null and paused_on is null and kind <> 'payment'
          group by case_id offset 0) due
    where a.case_id = due.case_id and a.is_open and not a.emergency
      and (a.open_deadline is null or due.first < a.open_deadline);
  return null;
end $$;
create function deadlines_changed() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  perform 1 from cases_case where id in (select case_id from changed) order by id for no key update;
  update case_access a set open_deadline = due.next
    from (select c.case_id, (select min(d.due_on) from cases_deadline d
            where d.case_id = c.case_id and d.met_at is null and d.cancelled_at is null
              and d.paused_on is null and d.kind <> 'payment') as next
          from (select distinct case_id from changed) c offset 0) due
    where a.case_id = due.case_id and a.is_open and not a.emergency and a.open_deadline is distinct from due.next;
  return null;
end $$;
{definer("access_changed()", to="")}
{definer("deadlines_made()", to="")}
{definer("deadlines_changed()", to="")}
{definer("case_access_changed()", to="")}
{definer("unit_tree_changed()", to="")}
create trigger access_changed after insert or update or delete on cases_participation
  for each row execute function access_changed();
create trigger access_changed after insert or update or delete on consent_consent
  for each row execute function access_changed();
create trigger access_changed after insert or update or delete on consent_consentunit
  for each row execute function access_changed();
create trigger access_changed after insert or update or delete on consent_consentexemption
  for each row execute function access_changed();
create trigger access_changed after insert or update or delete on consent_legalground
  for each row execute function access_changed();
create trigger access_changed after insert or update or delete on consent_emergencyaccess
  for each row execute function access_changed();
create trigger deadlines_made after insert on cases_deadline
  referencing new table as changed for each statement execute function deadlines_made();
create trigger deadlines_changed after update on cases_deadline
  referencing new table as changed for each statement execute function deadlines_changed();
create trigger deadlines_gone after delete on cases_deadline
  referencing old table as changed for each statement execute function deadlines_changed();
create trigger access_changed after insert or update of state, owner_unit_id, close_reason on cases_case
  for each row execute function case_access_changed();
create trigger unit_tree_changed after update of parent_id on organisations_unit
  for each row when (old.parent_id is distinct from new.parent_id) execute function unit_tree_changed();
"""

FUNCTIONS = f"""
-- A copy without the parts and rows that the unit may not see (SAM-3); `topics` stands on each that has any.
create function shared_copy(part jsonb, masks bigint[]) returns jsonb immutable language sql
  set search_path = public, pg_temp as $$
  select case jsonb_typeof(part)
    when 'array' then coalesce((select jsonb_agg(shared_copy(e, masks) order by n)
      from jsonb_array_elements(part) with ordinality t(e, n)
      where jsonb_typeof(e) <> 'object' or shown_by(coalesce((e->>'topics')::bigint, 0), masks)), '[]')
    when 'object' then (select jsonb_object_agg(key, shared_copy(value, masks)) from jsonb_each(part))
    else part end $$;
{definer("shared_copy(jsonb, bigint[])", to="")}
grant execute on function shared_copy(jsonb, bigint[]) to sip_def;

-- On which basis a unit sees the case now: the consent, else the grounds in law (PDL 3:11).
create function basis_for(cid uuid, uid bigint) returns text stable language sql security definer
  set search_path = public, pg_temp as $$
  select coalesce(
    (select 'Samtycke (OSL 10:1)' from case_access where case_id = cid and unit_id = uid
      and source in ('owner', 'consent') and valid_to >= sip_today() and has_access(cid, ctx_unit())),
    (select string_agg(distinct g.statute, ', ') from case_access a
      join consent_legalground g on a.source = 'ground:' || g.id
      where a.case_id = cid and a.unit_id = uid and a.valid_to >= sip_today() and has_access(cid, ctx_unit())), '') $$;
{definer("basis_for(uuid, bigint)")}
grant execute on function basis_for(uuid, bigint) to sip_def;

-- A frozen copy for another unit, of what it may see at this moment; it becomes that unit's own record.
create function deliver_version(uid bigint, cid uuid, what text, body jsonb) returns void language plpgsql
  security definer set search_path = public, pg_temp as $$
begin
  if not (ctx_writer() and has_access(cid, ctx_unit()) and has_access(cid, uid)) then
    raise exception 'no access to the case' using errcode = '42501';
  end if;
  insert into consent_receivedversion (unit_id, case_id, reference, person_id, kind, content, received_at)
    select uid, cid, reference, person_id, what, shared_copy(body, masks_for(cid, uid)), now()
      from cases_case where id = cid;
end $$;
{definer("deliver_version(bigint, uuid, text, jsonb)")}

-- The person withdraws (SAM-5): one function, since the party that records it loses its own access on the way.
-- Order: lock, received versions, deliveries, meeting, state, consent last.
create function withdraw_consent(cid uuid, how text, who text, giver bigint, body jsonb) returns text language plpgsql
  security definer set search_path = public, pg_temp as $$
declare c cases_case; uid bigint; k bigint;
begin
  if not (ctx_handler() and has_access(cid, ctx_unit())) then
    raise exception 'no access to the case' using errcode = '42501';
  end if;
  select * into c from cases_case where id = cid for no key update;
  select id into k from consent_consent where case_id = cid and superseded_at is null and withdrawn_at is null;
  if c.state in ('closed', 'declined') or k is null then
    raise exception 'nothing to withdraw' using errcode = 'P0002';
  end if;
  -- What takes an earlier meeting out of a calendar still goes.
  update notifications_delivery set state = 'cancelled' where case_id = cid and state in ('due', 'to_post')
    and calendar ->> 'method' is distinct from 'CANCEL';
  -- One whose sender has died in the middle is not taken up again.
  update notifications_delivery set expires_at = now() where case_id = cid and state = 'sending'
    and calendar ->> 'method' is distinct from 'CANCEL';
  for uid in select distinct unit_id from case_access where case_id = cid and not emergency order by unit_id loop
    -- A unit whose access has already run out is told, but gets nothing more.
    if uid <> c.owner_unit_id and has_access(cid, uid) then
      insert into consent_receivedversion (unit_id, case_id, reference, person_id, kind, content, received_at)
        values (uid, cid, c.reference, c.person_id, 'access_ended', shared_copy(body, masks_for(cid, uid)), now());
      insert into consent_disclosure (case_id, unit_id, recipient, what, how, legal_basis, topics, at, by_id)
        select cid, uid, u.name, 'Enhetens egna uppgifter när samtycket återkallades', 'I systemet',
          replace(basis_for(cid, uid), 'Samtycke', 'Samtycke fram till återkallelsen'), 0, now(), ctx_assignment()
        from organisations_unit u where u.id = uid;
    end if;
    insert into notifications_inboxitem (unit_id, case_id, reference, kind, dedupe_key, created_at)
      values (uid, cid, c.reference, 'consent_ended', 'consent_ended:' || cid || ':' || uid, now())
      on conflict (dedupe_key) do nothing;
    insert into notifications_delivery (id, dedupe_key, channel, template, unit_id, case_id, state, due_at, attempts,
        last_error, created_at)
      values (gen_random_uuid(), 'consent_ended:' || cid || ':' || uid, 'email', 'new_message', uid, cid, 'due', now(),
        0, '', now()) on conflict (dedupe_key) do nothing;
  end loop;
  update consent_emergencyaccess set ended_at = now() where case_id = cid and ended_at is null;
  update consent_legalground set ended_at = now(), ended_by_id = ctx_assignment()
    where case_id = cid and ended_at is null;
  insert into cases_caseevent (case_id, at, kind, text, detail, topics, by_id)
    values (cid, now(), 'consent_withdrawn', 'Samtycket är återkallat. Ärendet är avslutat.', '', 0, ctx_assignment());
  update meetings_meeting set state = 'cancelled' where case_id = cid and state = 'called';
  update cases_deadline set cancelled_at = now() where case_id = cid and met_at is null and cancelled_at is null;
  update cases_case set state = 'closed', close_reason = 'withdrawn', closed_on = sip_today(), updated_at = now()
    where id = cid;
  update consent_consentgiver set revoked_at = now() where id = giver and consent_id = k;
  if giver is not null and not found then
    raise exception 'that giver is of another answer' using errcode = 'P0002';
  end if;
  update consent_consent set withdrawn_at = now(), withdrawn_form = how, withdrawn_who = who,
      withdrawn_by_id = ctx_assignment() where id = k;
  return c.reference;
end $$;
{definer("withdraw_consent(uuid, text, text, bigint, jsonb)")}

-- A party leaves: its own copy first, then its part ends, and with it what it sees.
create function leave_case(cid uuid, why text, body jsonb) returns text language plpgsql
  security definer set search_path = public, pg_temp as $$
declare c cases_case;
begin
  if not (ctx_handler() and has_access(cid, ctx_unit())) then
    raise exception 'no access to the case' using errcode = '42501';
  end if;
  select * into c from cases_case where id = cid for no key update;
  if ctx_unit() in (c.owner_unit_id, coalesce(c.lead_unit_id, 0)) then
    raise exception 'the steering units cannot leave' using errcode = '42501';
  end if;
  insert into consent_receivedversion (unit_id, case_id, reference, person_id, kind, content, received_at)
    values (ctx_unit(), cid, c.reference, c.person_id, 'access_ended', body, now());
  -- Why is a line of its own, about all topics, so that it stays with those who see all.
  insert into cases_caseevent (case_id, at, kind, text, detail, topics, by_id)
    select cid, now(), 'party_left', t.said, t.more, t.topics, ctx_assignment() from organisations_unit u
      cross join lateral (values (u.name || ' deltar inte längre', '', 0), ('Varför en aktör slutade', why, -1))
        t(said, more, topics)
      where u.id = ctx_unit() and (t.topics = 0 or why <> '');
  update cases_participation set ended_on = sip_today() where case_id = cid and unit_id = ctx_unit() and ended_on is null;
  return c.reference;
end $$;
{definer("leave_case(uuid, text, jsonb)")}

-- Ownership moves to a unit that already takes part under the consent; the old owner stays as a party.
create function hand_over(cid uuid, uid bigint) returns void language plpgsql
  security definer set search_path = public, pg_temp as $$
declare c cases_case; k bigint;
begin
  select * into c from cases_case where id = cid for no key update;
  if not (ctx_handler() and ctx_unit() in (c.owner_unit_id, coalesce(c.lead_unit_id, 0))
          and has_access(cid, ctx_unit()) and has_access(cid, uid)) then
    raise exception 'only a steering unit hands over, to a party' using errcode = '42501';
  end if;
  if uid = c.owner_unit_id then return; end if;
  if not exists (select 1 from cases_participation where case_id = cid and unit_id = c.owner_unit_id
                 and ended_on is null) then
    insert into cases_participation (case_id, unit_id, obligation, started_on, added_by_id)
      values (cid, c.owner_unit_id, 'duty', sip_today(), ctx_assignment());
  end if;
  update cases_case set owner_unit_id = uid, updated_at = now() where id = cid;
end $$;
{definer("hand_over(uuid, bigint)")}

-- A new answer takes the place of the one that `seen` names (none: the first). A function, since a huvudansvarig
-- unit has its own access from the consent and would lose it between the two statements.
create function replace_consent(cid uuid, p jsonb) returns bigint language plpgsql
  security definer set search_path = public, pg_temp as $$
declare c cases_case; k bigint;
begin
  select * into c from cases_case where id = cid for no key update;
  if not (ctx_handler() and ctx_unit() in (c.owner_unit_id, coalesce(c.lead_unit_id, 0))
          and has_access(cid, ctx_unit()) and c.state not in ('closed', 'declined')) then
    raise exception 'only a steering unit records consent, in an open case' using errcode = '42501';
  end if;
  -- What is exempted must be seen by the one who writes the next answer, or it would be lost in it.
  if not shown_by(-1, masks_for(cid, ctx_unit())) then
    raise exception 'only a unit that sees all records consent' using errcode = '42501';
  end if;
  if p->>'form' in ('spoken', 'presumed') and coalesce(p->>'informed_how', '') = '' then
    raise exception 'it is not said how the person was informed' using errcode = '23514';
  end if;
  select id into k from consent_consent where case_id = cid and superseded_at is null;
  if k is distinct from (p->>'seen')::bigint then
    raise exception 'another answer was recorded meanwhile' using errcode = 'P0002';
  end if;
  update consent_consent set superseded_at = now() where id = k;
  insert into consent_consent (case_id, share_answer, planning_answer, form, given_on, valid_to, may_tell_other_sip,
      recorded_by_id, recorded_at, withdrawn_form, withdrawn_who, child_mature)
    values (cid, p->>'share_answer', p->>'planning_answer', p->>'form', (p->>'given_on')::date,
      (p->>'valid_to')::date, (p->>'may_tell_other_sip')::boolean, ctx_assignment(), now(), '', '',
      (p->>'child_mature')::boolean)
    returning id into k;
  insert into consent_consenttext (consent_id, case_id, key, text)
    select k, cid, key, p->>key from unnest(array['informed_how', 'excluded_note', 'child_view', 'maturity_note']) key
    where coalesce(p->>key, '') <> '';
  -- Before the units, whose rows give access.
  insert into consent_consentexemption (consent_id, case_id, unit_id, topics)
    select k, cid, (x->>'unit')::bigint, (x->>'topics')::bigint
    from jsonb_array_elements(coalesce(p->'exemptions', '[]')) x where (x->>'topics')::bigint <> 0;
  insert into consent_consentunit (consent_id, case_id, unit_id, whole_tree)
    select k, cid, (u->>'unit')::bigint, (u->>'whole_tree')::boolean from jsonb_array_elements(p->'units') u;
  insert into consent_consentgiver (consent_id, case_id, kind, name, representative_id, share_answer, planning_answer,
      answered_on, form, waiver, waiver_reason, decided_on, decided_scope)
    select k, cid, g->>'kind', g->>'name', (g->>'representative')::bigint, g->>'share_answer', g->>'planning_answer',
      (g->>'answered_on')::date, coalesce(g->>'form', ''), coalesce(g->>'waiver', ''),
      coalesce(g->>'waiver_reason', ''), (g->>'decided_on')::date, coalesce(g->>'decided_scope', '')
    from jsonb_array_elements(p->'givers') g;
  return k;
end $$;
{definer("replace_consent(uuid, jsonb)")}

-- The person has agreed, in this case, that another unit may hear that there is a SIP here.
create function tells_other_sip(cid uuid) returns boolean stable language sql
  security definer set search_path = public, pg_temp as $$
  select exists (select 1 from consent_consent where case_id = cid and superseded_at is null and withdrawn_at is null
    and share_answer = 'yes' and planning_answer = 'yes' and may_tell_other_sip
    and coalesce(valid_to, date '9999-12-31') >= sip_today()) $$;
{definer("tells_other_sip(uuid)", to="")}
grant execute on function tells_other_sip(uuid) to sip_def;

-- Other open SIPs of the same person: for the steering units, that they exist and whom to phone, nothing more.
create function other_open_cases(cid uuid) returns table (unit_name text, phone text, unit_id bigint) stable
  language sql security definer set search_path = public, pg_temp as $$
  select distinct u.name, u.phone, u.id from cases_case c
    join cases_case o on o.person_id = c.person_id and o.id <> c.id and o.state not in ('closed', 'declined')
    join organisations_unit u on u.id = o.owner_unit_id
    where c.id = cid and has_access(cid, ctx_unit()) and ctx_unit() in (c.owner_unit_id, coalesce(c.lead_unit_id, 0))
      and c.state not in ('closed', 'declined') and (tells_other_sip(c.id) or tells_other_sip(o.id)) $$;
{definer("other_open_cases(uuid)")}

-- Both owners learn of each other, each by a row about its own case.
create function tell_other_owners(cid uuid) returns void language plpgsql
  security definer set search_path = public, pg_temp as $$
declare c cases_case; item record;
begin
  select * into c from cases_case where id = cid;
  if not (ctx_handler() and has_access(cid, ctx_unit()) and tells_other_sip(cid)) then
    raise exception 'the person has not agreed to this' using errcode = '42501';
  end if;
  for item in
    select o.id as about, o.reference, o.owner_unit_id as to_unit from cases_case o
      where o.person_id = c.person_id and o.id <> cid and o.state not in ('closed', 'declined')
    union all
    select cid, c.reference, c.owner_unit_id where exists (select 1 from cases_case o
      where o.person_id = c.person_id and o.id <> cid and o.state not in ('closed', 'declined'))
  loop
    insert into notifications_inboxitem (unit_id, case_id, reference, kind, dedupe_key, created_at)
      values (item.to_unit, item.about, item.reference, 'other_sip', 'other_sip:' || cid || ':' || item.about, now())
      on conflict (dedupe_key) do nothing;
    insert into notifications_delivery (id, dedupe_key, channel, template, unit_id, case_id, state, due_at, attempts,
        last_error, created_at)
      values (gen_random_uuid(), 'other_sip:' || cid || ':' || item.about, 'email', 'new_message', item.to_unit,
        item.about, 'due', now(), 0, '', now()) on conflict (dedupe_key) do nothing;
  end loop;
end $$;
{definer("tell_other_owners(uuid)")}
"""

# To name what is exempted is to reveal it: only those who steer the case see that.
STEERING_ONLY = """
create policy steers on consent_consentexemption as restrictive for select to sip_staff using (may_steer(case_id));
create policy steers on consent_consenttext as restrictive for select to sip_staff
  using (key <> 'excluded_note' or may_steer(case_id));
"""


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0001_initial"),
        ("cases", "0002_isolation"),
    ]
    operations = [
        case_rows(
            "consent_consent",
            insert=None,
            update=None,
            citizen=True,
            # The warning before a consent runs out needs its day, and whether it still stands.
            worker="id, case_id, given_on, valid_to, superseded_at, withdrawn_at, share_answer, planning_answer",
        ),
        # An answer is written by replace_consent and withdraw_consent alone.
        case_rows("consent_consentunit", insert=None, update=None, citizen=True),
        case_rows("consent_consentgiver", insert=None, update=None, citizen=True),
        case_rows("consent_consenttext", insert=None, update=None, topics=True, citizen=True),
        case_rows("consent_consentexemption", insert=None, update=None, topics=True, citizen=True),
        migrations.RunSQL(STEERING_ONLY, migrations.RunSQL.noop),
        case_rows("consent_disclosure", update=None, open_only=False, topics=True, citizen=True),
        case_rows(
            "consent_legalground",
            insert=STEERS,
            update=STEERS,
            update_columns="ended_at, ended_by_id",
            topics=True,
            citizen=True,
        ),
        # Broken glass is made and ended by functions alone; those who see the case see that it happened.
        case_rows(
            "consent_emergencyaccess",
            insert=None,
            update=None,
            open_only=False,
            emergency="consent_emergencyaccess.assignment_id = (select ctx_assignment())",
            citizen=True,
        ),
        unit_rows("consent_receivedversion"),
        same_case("consent_consentunit", "consent_id", "consent_consent"),
        same_case("consent_consentgiver", "consent_id", "consent_consent"),
        same_case("consent_consenttext", "consent_id", "consent_consent"),
        same_case("consent_consentexemption", "consent_id", "consent_consent"),
        migrations.RunSQL(REBUILD + FUNCTIONS, migrations.RunSQL.noop),
    ]
