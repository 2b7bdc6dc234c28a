"""Notices are seen by sender and named receivers alone; what follows lies in the case; care plans by their units."""

from django.db import migrations

from organisations.rls import HANDLES, WRITES, case_rows, definer, directory_rows, enable, policy, same_case

MINE = "{0} = (select ctx_unit())"
MY_NOTICE = (
    "sender_unit_id = (select ctx_unit()) or exists (select 1 from discharge_noticereceiver r"
    " where r.notice_id = discharge_notice.id and r.unit_id = (select ctx_unit()) and r.recalled_at is null)"
)
SENDS = "sender_unit_id = (select ctx_unit()) and (select ctx_handler())"
BOTH_ENDS = "(select ctx_unit()) in (unit_id, sender_unit_id)"
WARD = "ward_unit_id = (select ctx_unit()) and (select ctx_handler())"

TABLES = f"""
create sequence discharge_reference_seq;
alter sequence discharge_reference_seq owner to sip_owner;
grant usage on sequence discharge_reference_seq to sip_def;

{enable("discharge_admission")}
grant select, update (state, break_reason, ended_at, judged_at, due_at, rule, source) on discharge_admission to sip_staff;
{policy("discharge_admission", "ward_select", "select", "sip_staff", using=MINE.format("ward_unit_id"))}
{policy("discharge_admission", "ward_update", "update", "sip_staff", using=WARD, check=MINE.format("ward_unit_id"))}

{enable("discharge_notice")}
grant select, update (state, expected_on, ended_at) on discharge_notice to sip_staff;
{enable("discharge_noticereceiver")}
grant select, update (recalled_at, recalled_by_id, recall_reason) on discharge_noticereceiver to sip_staff;
{policy("discharge_noticereceiver", "ends_select", "select", "sip_staff", using=BOTH_ENDS)}
{policy("discharge_noticereceiver", "sender_update", "update", "sip_staff", using=f"{SENDS} and recalled_at is null", check=MINE.format("sender_unit_id"))}
{policy("discharge_notice", "ends_select", "select", "sip_staff", using=MY_NOTICE)}
{policy("discharge_notice", "sender_update", "update", "sip_staff", using=SENDS, check=MINE.format("sender_unit_id"))}

{enable("discharge_noticemessage")}
grant select, update (acknowledged_at, acknowledged_by_id) on discharge_noticemessage to sip_staff;
{policy("discharge_noticemessage", "ends_select", "select", "sip_staff", using=BOTH_ENDS)}
{policy("discharge_noticemessage", "receiver_update", "update", "sip_staff", using=f"{MINE.format('unit_id')} and {WRITES} and acknowledged_at is null", check=MINE.format("unit_id"))}

-- Kept ten years after the last entry (PDL 3:17), whatever else of the person is erased.
create function discharge_kept() returns trigger language plpgsql as $$
begin
  if greatest((to_jsonb(old)->>'ended_at')::timestamptz, (to_jsonb(old)->>'sent_at')::timestamptz,
      (to_jsonb(old)->>'registered_at')::timestamptz, (to_jsonb(old)->>'made_at')::timestamptz)
      > now() - interval '10 years' then
    raise exception 'kept for ten years' using errcode = '23503';
  end if;
  return old;
end $$;
create trigger kept before delete on discharge_admission for each row execute function discharge_kept();
create trigger kept before delete on discharge_notice for each row execute function discharge_kept();
create trigger kept before delete on discharge_careplan for each row execute function discharge_kept();
"""

NOTICES = f"""
-- A function, since numbers may not be probed by inserting persons. The form chooses the id: sent twice, one stay.
create function open_admission(p jsonb) returns uuid language plpgsql security definer
  set search_path = public, pg_temp as $$
declare pid bigint; aid uuid := (p->>'id')::uuid;
begin
  if not (ctx_handler() and exists (select 1 from organisations_unit where id = ctx_unit() and kind = 'ward')) then
    raise exception 'only a handler of a ward registers an admission' using errcode = '42501';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('open_admission:' || aid, 0));
  if exists (select 1 from discharge_admission where id = aid and ward_unit_id = ctx_unit()) then return aid; end if;
  insert into cases_person (id_kind, number) values (p->>'id_kind', p->>'number') on conflict (number) do nothing;
  select id into pid from cases_person where number = p->>'number';
  insert into discharge_admission (id, reference, person_id, id_kind, number, given_name, family_name, address,
      protected, ward_unit_id, care_type, admitted_at, judged_at, due_at, rule, source, state, break_reason,
      registered_at, registered_by_id)
    values (aid, 'U' || to_char(sip_today(), 'YYYY') || '-' || lpad(nextval('discharge_reference_seq')::text, 4, '0'),
      pid, p->>'id_kind', p->>'number', p->>'given_name', p->>'family_name', p->>'address',
      (p->>'protected')::boolean or exists (select 1 from cases_case where person_id = pid and protection <> 'none'),
      ctx_unit(), p->>'care_type', (p->>'admitted_at')::timestamptz, (p->>'judged_at')::timestamptz,
      (p->>'due_at')::timestamptz, p->'rule', p->>'source', 'admitted', '', (p->>'at')::timestamptz, ctx_assignment());
  return aid;
end $$;
{definer("open_admission(jsonb)")}

-- One message to each of the units: a row to acknowledge and a neutral e-mail. The first one makes them receivers.
create function notice_message(nid uuid, uids bigint[], what text, day date, at timestamptz) returns int
  language plpgsql security definer set search_path = public, pg_temp as $$
declare n discharge_notice; u bigint; rid bigint; mid bigint; told int := 0;
begin
  select * into n from discharge_notice where id = nid for no key update;
  if n.id is null or not (ctx_handler() and n.sender_unit_id = ctx_unit()) then
    raise exception 'only the sending ward tells the receivers' using errcode = '42501';
  end if;
  foreach u in array uids loop
    if what = 'admission' then
      insert into discharge_noticereceiver (notice_id, unit_id, sender_unit_id, reference, sent_at, recall_reason)
        values (nid, u, n.sender_unit_id, n.reference, at, '') returning id into rid;
    else
      select id into rid from discharge_noticereceiver where notice_id = nid and unit_id = u
        and (recalled_at is null) = (what <> 'recalled') order by id desc limit 1;
      continue when rid is null;
    end if;
    insert into discharge_noticemessage (receiver_id, unit_id, sender_unit_id, kind, expected_on, sent_at)
      values (rid, u, n.sender_unit_id, what, day, at) returning id into mid;
    insert into notifications_delivery (id, dedupe_key, channel, template, unit_id, case_id, state, due_at, attempts,
        last_error, created_at)
      values (gen_random_uuid(), 'notice:' || mid, 'email', 'new_message', u, null, 'due', at, 0, '', at);
    told := told + 1;
  end loop;
  return told;
end $$;
{definer("notice_message(uuid, bigint[], text, date, timestamptz)")}

-- The wrong receiver hands the notice back, or on to the right unit of its own huvudman, and reads it no longer.
create function hand_back_notice(rid bigint, why text, other bigint, at timestamptz) returns void language plpgsql
  security definer set search_path = public, pg_temp as $$
declare r discharge_noticereceiver; n discharge_notice; nrid bigint; mid bigint;
begin
  select * into r from discharge_noticereceiver where id = rid for no key update;
  if r.id is null or r.recalled_at is not null or not (ctx_writer() and r.unit_id = ctx_unit()) then
    raise exception 'only a receiver hands the notice back' using errcode = '42501';
  end if;
  select * into n from discharge_notice where id = r.notice_id for no key update;
  update discharge_noticereceiver set recalled_at = at, recalled_by_id = ctx_assignment(), recall_reason = why,
    handed_on_to_id = other where id = rid;
  update discharge_noticemessage set acknowledged_at = at, acknowledged_by_id = ctx_assignment()
    where receiver_id = rid and acknowledged_at is null;
  insert into notifications_delivery (id, dedupe_key, channel, template, unit_id, case_id, state, due_at, attempts,
      last_error, created_at)
    values (gen_random_uuid(), 'notice:back:' || rid, 'email', 'new_message', r.sender_unit_id, null, 'due', at, 0, '',
      at);
  if other is null then return; end if;
  -- One that has it already is refused by the unique constraint.
  if n.state <> 'active' or other = r.unit_id or not exists (select 1 from organisations_unit a join organisations_unit b on b.acts_for_id = a.acts_for_id
        where a.id = r.unit_id and b.id = other and b.kind not in ('ward', 'administration')) then
    raise exception 'only on to a unit of the same huvudman' using errcode = '42501';
  end if;
  insert into discharge_noticereceiver (notice_id, unit_id, sender_unit_id, reference, sent_at, recall_reason)
    values (n.id, other, n.sender_unit_id, n.reference, at, '') returning id into nrid;
  insert into discharge_noticemessage (receiver_id, unit_id, sender_unit_id, kind, expected_on, sent_at)
    values (nrid, other, n.sender_unit_id, 'admission', n.expected_on, at) returning id into mid;
  insert into notifications_delivery (id, dedupe_key, channel, template, unit_id, case_id, state, due_at, attempts,
      last_error, created_at)
    values (gen_random_uuid(), 'notice:' || mid, 'email', 'new_message', other, null, 'due', at, 0, '', at);
end $$;
{definer("hand_back_notice(bigint, text, bigint, timestamptz)")}

create function send_notice(aid uuid, nid uuid, day date, uids bigint[], at timestamptz) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
declare a discharge_admission;
begin
  select * into a from discharge_admission where id = aid for no key update;
  if a.id is null or not (ctx_handler() and a.ward_unit_id = ctx_unit()) then
    raise exception 'only the ward sends the notice' using errcode = '42501';
  end if;
  insert into discharge_notice (id, admission_id, reference, person_id, id_kind, number, given_name, family_name,
      address, protected, expected_on, sender_unit_id, state, sent_at, sent_by_id)
    values (nid, aid, a.reference, a.person_id, a.id_kind, a.number, a.given_name, a.family_name, a.address,
      a.protected, day, ctx_unit(), 'active', at, ctx_assignment());
  perform notice_message(nid, uids, 'admission', day, at);
end $$;
{definer("send_notice(uuid, uuid, date, bigint[], timestamptz)")}

-- The person has a SIP in force: its owner and huvudansvarig are told of the admission (UPP-4). The ward is told only
-- of what it sees already, so that it does not learn that a SIP exists.
create function tell_of_admission(aid uuid) returns setof uuid language plpgsql security definer
  set search_path = public, pg_temp as $$
declare a discharge_admission; c cases_case; u bigint; key text;
begin
  select * into a from discharge_admission where id = aid;
  if a.id is null or not (ctx_handler() and a.ward_unit_id = ctx_unit()) then
    raise exception 'only the ward tells of its admissions' using errcode = '42501';
  end if;
  for c in select * from cases_case where person_id = a.person_id and lead_unit_id is not null
      and state not in ('closed', 'declined') order by id
  loop
    for u in select distinct unnest(array[c.owner_unit_id, c.lead_unit_id]) loop
      continue when u = ctx_unit() or not has_access(c.id, u);
      key := 'admitted:' || aid || ':' || c.id || ':' || u;
      insert into notifications_inboxitem (unit_id, case_id, reference, kind, dedupe_key, created_at)
        values (u, c.id, c.reference, 'admitted', key, now()) on conflict (dedupe_key) do nothing;
      insert into notifications_delivery (id, dedupe_key, channel, template, unit_id, case_id, state, due_at, attempts,
          last_error, created_at)
        values (gen_random_uuid(), key, 'email', 'new_message', u, c.id, 'due', now(), 0, '', now())
        on conflict (dedupe_key) do nothing;
    end loop;
    if has_access(c.id, ctx_unit()) then return next c.id; end if;
  end loop;
end $$;
{definer("tell_of_admission(uuid)")}

-- A mark set in any case hides who the person is here too.
create function notices_protected() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  update discharge_admission set protected = true where person_id = new.person_id and not protected;
  update discharge_notice set protected = true where person_id = new.person_id and not protected;
  update discharge_careplan set protected = true where person_id = new.person_id and not protected;
  return null;
end $$;
{definer("notices_protected()", to="")}
create trigger notices_protected after insert or update of protection on cases_case
  for each row when (new.protection <> 'none') execute function notices_protected();
"""

IN_CASE = f"""
-- What the case may know of the notice: when it went and the day, never when the person was admitted.
create function discharge_facts() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
declare n discharge_notice;
begin
  select * into n from discharge_notice where id = new.notice_id;
  if current_setting('role') = 'sip_staff' and not (n.sender_unit_id = ctx_unit() or exists (
      select 1 from discharge_noticereceiver r where r.notice_id = n.id and r.unit_id = ctx_unit()
        and r.recalled_at is null)) then
    raise exception 'the notice is not visible' using errcode = '42501';
  end if;
  if n.person_id is distinct from (select person_id from cases_case where id = new.case_id) then
    raise exception 'the notice is about another person' using errcode = '42501';
  end if;
  new.reference := n.reference; new.ward_unit_id := n.sender_unit_id; new.care_type := '';
  new.notice_sent_at := n.sent_at; new.expected_on := n.expected_on; new.notice_in_time := null;
  return new;
end $$;
{definer("discharge_facts()", to="")}
create trigger discharge_facts before insert on discharge_discharge
  for each row execute function discharge_facts();

-- A receiver may learn neither the kind of care nor the hours from the notice (LUS 2:2). With the underrättelse, in a
-- case that the ward sees, they are told: payment is counted from them.
create function discharge_told() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  if has_access(new.case_id, new.ward_unit_id) then
    select a.care_type, n.sent_at <= a.due_at into new.care_type, new.notice_in_time
      from discharge_notice n join discharge_admission a on a.id = n.admission_id where n.id = new.notice_id;
  end if;
  return new;
end $$;
{definer("discharge_told()", to="")}
create trigger discharge_told before update of state on discharge_discharge
  for each row when (new.state = 'ready') execute function discharge_told();

create function notice_day_changed() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  update discharge_discharge set expected_on = new.expected_on where notice_id = new.id
    and state in ('planning', 'ready');
  return null;
end $$;
{definer("notice_day_changed()", to="")}
create trigger notice_day_changed after update of expected_on on discharge_notice
  for each row execute function notice_day_changed();

-- The ward breaks off also where it does not see the case, so that another admission can be planned there.
create function notice_broken() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  update discharge_discharge set state = 'broken' where notice_id = new.id and state in ('planning', 'ready');
  return null;
end $$;
{definer("notice_broken()", to="")}
create trigger notice_broken after update of state on discharge_notice
  for each row when (new.state = 'broken') execute function notice_broken();

-- The unit of the fast vårdkontakt who coordinates gets the case, so that it can call (LUS 4:3). Huvudansvarig of a
-- plan in force keeps it.
create function take_over_discharge(did bigint) returns boolean language plpgsql security definer
  set search_path = public, pg_temp as $$
declare d discharge_discharge; c cases_case;
begin
  select * into d from discharge_discharge where id = did;
  select * into c from cases_case where id = d.case_id for no key update;
  if not (ctx_handler() and has_access(c.id, ctx_unit()) and d.state in ('planning', 'ready')
      and c.state not in ('closed', 'declined')
      and exists (select 1 from discharge_carecontact k where k.discharge_id = did and k.unit_id = ctx_unit()
        and k.coordinates and k.ended_at is null)
      and exists (select 1 from organisations_unit u join organisations_authority a on a.id = u.acts_for_id
        where u.id = ctx_unit() and a.sector = 'region' and u.kind <> 'ward')) then
    raise exception 'only the coordinating open care takes over' using errcode = '42501';
  end if;
  if c.lead_unit_id is not null or c.owner_unit_id = ctx_unit() then return false; end if;
  if not exists (select 1 from cases_participation where case_id = c.id and unit_id = c.owner_unit_id
      and ended_on is null) then
    insert into cases_participation (case_id, unit_id, obligation, started_on, added_by_id)
      values (c.id, c.owner_unit_id, 'duty', sip_today(), ctx_assignment());
  end if;
  update cases_case set owner_unit_id = ctx_unit(), updated_at = now() where id = c.id;
  return true;
end $$;
{definer("take_over_discharge(bigint)")}

-- What payment is counted from, for the kommun and the region that it concerns: references and days, never who.
create function discharge_payments(first_day date, last_day date, most int) returns table (
    reference text, case_id uuid, ward text, kommun text, county_code text, care_type text,
    notice_sent_at timestamptz, notice_in_time boolean, ready_told_at timestamptz, call_due boolean,
    called_at timestamptz, home_at timestamptz, broken boolean, gaps daterange[], rule jsonb, source text, model text) stable language sql security definer set search_path = public, pg_temp as $$
  with own as (
    select u.acts_for_id as id from organisations_unit u where u.id = ctx_unit()
      and ctx_text('role') in ('manager', 'sip_coordinator')
  ), one as (
    select distinct on (d.notice_id) d.*, w.name as ward, wa.county_code as county, wa.id as region_id
      from discharge_discharge d join organisations_unit w on w.id = d.ward_unit_id
      join organisations_authority wa on wa.id = w.acts_for_id
      where d.ready_told_at is not null
        and (d.ready_told_at at time zone 'Europe/Stockholm')::date between first_day and last_day
      order by d.notice_id, d.state = 'broken', d.started_at
  )
  select one.reference, case when has_access(one.case_id, ctx_unit()) then one.case_id end, one.ward,
      coalesce(k.names, ''), one.county, a.care_type, n.sent_at, n.sent_at <= a.due_at, one.ready_told_at,
      one.decision <> 'none',
      (select min(m.called_at) from meetings_meeting m join organisations_assignment s on s.id = m.called_by_id
        where m.case_id = one.case_id and m.called_at >= one.started_at and exists (
          select 1 from discharge_carecontact c where c.discharge_id = one.id and c.unit_id = s.unit_id)),
      one.home_at, one.state = 'broken',
      coalesce((select array_agg(daterange(g.from_on, g.to_on, '[]') order by g.from_on) from discharge_caregap g
        where g.discharge_id = one.id), '{{}}'),
      kept.rule, coalesce(kept.source, ''), coalesce(g.settings->>'payment_model', 'individual')
    from one cross join own
    join discharge_notice n on n.id = one.notice_id
    join discharge_admission a on a.id = n.admission_id
    join cases_case c on c.id = one.case_id
    join organisations_guideline g on g.id = c.guideline_id
    left join lateral (select d.rule, d.source from cases_deadline d where d.case_id = one.case_id
      and d.kind = 'payment' and d.started_at = one.ready_told_at
      order by d.cancelled_at nulls first, d.id desc limit 1) kept on true
    left join lateral (select string_agg(distinct a.name, ', ') as names, array_agg(a.id) as ids
      from discharge_noticereceiver r join organisations_unit u on u.id = r.unit_id
      join organisations_authority a on a.id = u.acts_for_id and a.sector = 'kommun'
      where r.notice_id = one.notice_id and r.recalled_at is null) k on true
    where own.id = one.region_id or own.id = any(k.ids)
    order by one.ready_told_at desc, one.reference limit most $$;
{definer("discharge_payments(date, date, int)")}
"""

PLAN_SEEN = "care_plan_seen({0}.plan_id)"
DOCUMENT = "discharge_careplandocument"
PLAN_TEXTS = "needs_region, needs_kommun, patient_view, by_others, physician"
CARE_PLANS = f"""
{enable("discharge_careplan")}
{enable("discharge_careplanunit")}
{enable("discharge_careplanmeasure")}
create function care_plan_seen(pid uuid) returns boolean stable language sql security definer
  set search_path = public, pg_temp as $$
  select exists (select 1 from discharge_careplan p where p.id = pid and (p.maker_unit_id = ctx_unit() or exists (
    select 1 from discharge_careplanunit u where u.plan_id = pid and u.unit_id = ctx_unit()))) $$;
{definer("care_plan_seen(uuid)")}
grant select, update (state, {PLAN_TEXTS}, ended_at) on discharge_careplan to sip_staff;
{policy("discharge_careplan", "units_select", "select", "sip_staff", using="maker_unit_id = (select ctx_unit()) or care_plan_seen(id)")}
{policy("discharge_careplan", "maker_update", "update", "sip_staff", using="maker_unit_id = (select ctx_unit()) and (select ctx_handler())", check=MINE.format("maker_unit_id"))}
grant select, insert on discharge_careplanunit to sip_staff;
{policy("discharge_careplanunit", "units_select", "select", "sip_staff", using=PLAN_SEEN.format("discharge_careplanunit"))}
{policy("discharge_careplanunit", "maker_insert", "insert", "sip_staff", check="maker_unit_id = (select ctx_unit()) and (select ctx_handler()) and adjusted_at is null and exists (select 1 from discharge_careplan p where p.id = plan_id and p.maker_unit_id = (select ctx_unit()))")}
grant select, insert, delete on discharge_careplanmeasure to sip_staff;
{policy("discharge_careplanmeasure", "units_select", "select", "sip_staff", using=PLAN_SEEN.format("discharge_careplanmeasure"))}
{policy("discharge_careplanmeasure", "own_insert", "insert", "sip_staff", check="(select ctx_handler()) and unit_id = (select ctx_unit()) and " + PLAN_SEEN.format("discharge_careplanmeasure"))}
{policy("discharge_careplanmeasure", "own_delete", "delete", "sip_staff", using="(select ctx_handler()) and unit_id = (select ctx_unit())")}

-- The plan as PDF: read and ordered by its units, drawn by the worker.
{enable(DOCUMENT)}
grant select, insert, update (state, attempts) on {DOCUMENT} to sip_staff;
{policy(DOCUMENT, "units_select", "select", "sip_staff", using=PLAN_SEEN.format(DOCUMENT))}
{policy(DOCUMENT, "units_insert", "insert", "sip_staff", check=PLAN_SEEN.format(DOCUMENT) + " and state = 'queued' and pdf is null")}
{policy(DOCUMENT, "units_retry", "update", "sip_staff", using=PLAN_SEEN.format(DOCUMENT) + " and state = 'failed'", check=PLAN_SEEN.format(DOCUMENT) + " and state = 'queued'")}
grant select, update (state, pdf, attempts, finished_at) on {DOCUMENT} to sip_worker;
{policy(DOCUMENT, "worker_select", "select", "sip_worker", using="true")}
{policy(DOCUMENT, "worker_update", "update", "sip_worker", using="true", check="true")}

create function open_care_plan(p jsonb) returns uuid language plpgsql security definer
  set search_path = public, pg_temp as $$
declare pid bigint; cid uuid := (p->>'id')::uuid;
begin
  if not (ctx_handler() and exists (select 1 from organisations_unit where id = ctx_unit()
      and kind in ('psychiatric_outpatient', 'child_psychiatry', 'ward'))) then
    raise exception 'only psychiatric care makes a samordnad vårdplan' using errcode = '42501';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('open_care_plan:' || cid, 0));
  if exists (select 1 from discharge_careplan where id = cid and maker_unit_id = ctx_unit()) then return cid; end if;
  insert into cases_person (id_kind, number) values (p->>'id_kind', p->>'number') on conflict (number) do nothing;
  select id into pid from cases_person where number = p->>'number';
  insert into discharge_careplan (id, reference, kind, person_id, id_kind, number, given_name, family_name, protected,
      maker_unit_id, physician, needs_region, needs_kommun, patient_view, by_others, state, revision, made_at,
      made_by_id)
    values (cid, 'V' || to_char(sip_today(), 'YYYY') || '-' || lpad(nextval('discharge_reference_seq')::text, 4, '0'),
      p->>'kind', pid, p->>'id_kind', p->>'number', p->>'given_name', p->>'family_name',
      exists (select 1 from cases_case where person_id = pid and protection <> 'none'), ctx_unit(), '', '', '', '', '',
      'draft', 1, (p->>'at')::timestamptz, ctx_assignment());
  insert into discharge_careplanunit (plan_id, unit_id, maker_unit_id, added_at)
    values (cid, ctx_unit(), ctx_unit(), (p->>'at')::timestamptz);
  return cid;
end $$;
{definer("open_care_plan(jsonb)")}

-- An established plan never changes; a change to a draft is a new revision, which nobody has adjusted yet.
create function care_plan_revised() returns trigger language plpgsql as $$
begin
  if ({", ".join(f"old.{name}" for name in PLAN_TEXTS.split(", "))})
     is distinct from ({", ".join(f"new.{name}" for name in PLAN_TEXTS.split(", "))}) then
    if old.state <> 'draft' then
      raise exception 'an established plan never changes' using errcode = '23514', constraint = 'care_plan_immutable';
    end if;
    new.revision := old.revision + 1;
  end if;
  if current_user = 'sip_staff' and new.state = 'established' and old.state <> 'established' then
    raise exception 'a plan is established by its units' using errcode = '42501';
  end if;
  return new;
end $$;
create trigger revised before update on discharge_careplan for each row execute function care_plan_revised();

create function care_plan_part_changed() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
declare pid uuid := case when tg_op = 'DELETE' then old.plan_id else new.plan_id end; now_state text;
begin
  select state into now_state from discharge_careplan where id = pid for no key update;
  -- The plan itself is going, with all its parts.
  if now_state is null then return null; end if;
  if now_state <> 'draft' then
    raise exception 'an established plan never changes' using errcode = '23514', constraint = 'care_plan_immutable';
  end if;
  update discharge_careplan set revision = revision + 1 where id = pid;
  return null;
end $$;
{definer("care_plan_part_changed()", to="")}
create trigger part_changed after insert or update or delete on discharge_careplanmeasure
  for each row execute function care_plan_part_changed();
create trigger part_changed after insert on discharge_careplanunit
  for each row when (new.unit_id <> new.maker_unit_id) execute function care_plan_part_changed();

-- Justering: a unit agrees to the revision that it has read; the last one makes the plan upprättad (LPT 7 a §).
create function adjust_care_plan(pid uuid, seen int, at timestamptz) returns boolean language plpgsql
  security definer set search_path = public, pg_temp as $$
declare p discharge_careplan;
begin
  select * into p from discharge_careplan where id = pid for no key update;
  if not (coalesce(ctx_text('role') in ('handler', 'manager'), false) and exists (
      select 1 from discharge_careplanunit where plan_id = pid and unit_id = ctx_unit())) then
    raise exception 'only a named unit adjusts' using errcode = '42501';
  end if;
  if p.state <> 'draft' or p.revision <> seen then
    raise exception 'the plan has changed' using errcode = 'P0002';
  end if;
  update discharge_careplanunit set adjusted_at = at, adjusted_by_id = ctx_assignment(), adjusted_revision = seen
    where plan_id = pid and unit_id = ctx_unit();
  if exists (select 1 from discharge_careplanunit where plan_id = pid and adjusted_revision is distinct from seen)
     or not exists (select 1 from discharge_careplanunit x join organisations_unit u on u.id = x.unit_id
       join organisations_authority a on a.id = u.acts_for_id where x.plan_id = pid and a.sector = 'kommun') then
    return false;
  end if;
  update discharge_careplan set state = 'established', established_at = at where id = pid;
  return true;
end $$;
{definer("adjust_care_plan(uuid, integer, timestamptz)")}

create function tell_care_plan(pid uuid, uid bigint, at timestamptz) returns void language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  if not care_plan_seen(pid) or not ctx_writer() or not exists (
      select 1 from discharge_careplanunit where plan_id = pid and unit_id = uid) then
    raise exception 'no part in the plan' using errcode = '42501';
  end if;
  insert into notifications_delivery (id, dedupe_key, channel, template, unit_id, case_id, state, due_at, attempts,
      last_error, created_at)
    values (gen_random_uuid(), 'care_plan:' || pid || ':' || uid || ':' || at, 'email', 'new_message', uid, null,
      'due', at, 0, '', at) on conflict (dedupe_key) do nothing;
end $$;
{definer("tell_care_plan(uuid, bigint, timestamptz)")}
"""

OWN_COUNTY = (
    "(select ctx_text('role')) = 'guideline_admin' and county_code <> '' and exists (select 1 from"
    " organisations_authority a where a.organisation_id = (select ctx_organisation())"
    " and a.county_code = discharge_paymentamount.county_code)"
)
AMOUNTS = f"""
grant insert, update (kronor, source) on discharge_paymentamount to sip_staff;
{policy("discharge_paymentamount", "county_insert", "insert", "sip_staff", check=OWN_COUNTY)}
{policy("discharge_paymentamount", "county_update", "update", "sip_staff", using=OWN_COUNTY, check=OWN_COUNTY)}
insert into discharge_paymentamount (county_code, year, kronor, source) values
  ('', 2019, 7800, 'Socialstyrelsen, HSLF-FS 2018:67'),
  ('', 2020, 8200, 'Socialstyrelsens belopp så som Region Stockholm återger det'),
  ('', 2021, null, ''),
  ('', 2022, 9300, 'Socialstyrelsen'),
  ('', 2023, null, ''), ('', 2024, null, ''), ('', 2025, null, ''), ('', 2026, null, '');
"""

NOTICE_IS_SEEN = f"{HANDLES} and exists (select 1 from discharge_notice n where n.id = {{table}}.notice_id)"
DISCHARGE_COLUMNS = (
    "state, ready_at, ready_told_at, both_needed, decision, why_none, decided_at, interpreter_booked_at,"
    " transferred_at, home_at"
)


class Migration(migrations.Migration):
    dependencies = [
        ("discharge", "0001_initial"),
        ("plans", "0002_isolation"),
        ("meetings", "0002_isolation"),
        ("consent", "0002_isolation"),
        ("cases", "0003_protection"),
        ("notifications", "0002_isolation"),
    ]
    operations = [
        migrations.RunSQL(TABLES, migrations.RunSQL.noop),
        migrations.RunSQL(NOTICES, migrations.RunSQL.noop),
        case_rows("discharge_discharge", insert=NOTICE_IS_SEEN, update_columns=DISCHARGE_COLUMNS),
        case_rows("discharge_carecontact", update_columns="ended_at, coordinates"),
        case_rows("discharge_caregap", update_columns="to_on"),
        same_case("discharge_carecontact", "discharge_id", "discharge_discharge"),
        same_case("discharge_caregap", "discharge_id", "discharge_discharge"),
        migrations.RunSQL(IN_CASE, migrations.RunSQL.noop),
        migrations.RunSQL(CARE_PLANS, migrations.RunSQL.noop),
        directory_rows("discharge_paymentamount"),
        migrations.RunSQL(AMOUNTS, migrations.RunSQL.noop),
    ]
