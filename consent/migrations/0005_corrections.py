"""Wrongful disclosures and voided cases: where another unit's rows are touched, functions do it (PLA-9)."""

from django.db import migrations

from organisations.rls import case_rows, definer

FUNCTIONS = f"""
-- The cases of which the acting unit was sent something by mistake, and until when: that it can no longer read.
create function recalled_for_me() returns table (case_id uuid, at timestamptz) stable language sql security definer
  set search_path = public, pg_temp as $$
  select r.case_id, max(r.at) from consent_recall r where r.unit_id = ctx_unit() group by r.case_id $$;
{definer("recalled_for_me()")}
create policy not_recalled on consent_receivedversion as restrictive for select to sip_staff using (not exists (
  select 1 from recalled_for_me() r where r.case_id = consent_receivedversion.case_id
    and r.at >= consent_receivedversion.received_at));

-- Notes a wrongful disclosure, takes back what the unit has, and tells it to destroy what it has on paper.
create function recall_from(cid uuid, uid bigint, who text, what text, why text) returns bigint language plpgsql
  security definer set search_path = public, pg_temp as $$
declare rid bigint; ref text;
begin
  select reference into ref from cases_case where id = cid;
  insert into consent_recall (case_id, unit_id, recipient, kind, reason, topics, at, by_id)
    values (cid, uid, who, what, btrim(why), -1, clock_timestamp(), ctx_assignment()) returning id into rid;
  if uid is not null then
    insert into notifications_inboxitem (unit_id, case_id, reference, kind, dedupe_key, created_at)
      values (uid, cid, ref, case what when 'voided' then 'voided' else 'recalled' end, 'recalled:' || rid, now());
    insert into notifications_delivery (id, dedupe_key, channel, template, unit_id, case_id, state, due_at, attempts,
        last_error, created_at)
      values (gen_random_uuid(), 'recalled:' || rid, 'email', 'new_message', uid, cid, 'due', now(), 0, '', now());
  end if;
  return rid;
end $$;
{definer("recall_from(uuid, bigint, text, text, text)", to="")}
grant execute on function recall_from(uuid, bigint, text, text, text) to sip_def;

-- Something reached the wrong receiver. Only a steering unit says so, and not of a unit that still takes part.
create function recall_disclosure(did bigint, why text) returns bigint language plpgsql
  security definer set search_path = public, pg_temp as $$
declare d consent_disclosure; c cases_case; rid bigint;
begin
  select * into d from consent_disclosure where id = did;
  select * into c from cases_case where id = d.case_id for no key update;
  if not (ctx_handler() and ctx_unit() in (c.owner_unit_id, coalesce(c.lead_unit_id, 0))
          and has_access(c.id, ctx_unit())) then
    raise exception 'only a steering unit recalls' using errcode = '42501';
  end if;
  if btrim(coalesce(why, '')) = '' then
    raise exception 'a recall says why' using errcode = '23514', constraint = 'recall_says_why';
  end if;
  if d.unit_id is not null and has_access(c.id, d.unit_id) then
    raise exception 'the unit still takes part' using errcode = 'P0002';
  end if;
  if exists (select 1 from consent_recall r where r.case_id = c.id and r.recipient = d.recipient
      and r.unit_id is not distinct from d.unit_id and r.at >= d.at) then
    raise exception 'already recalled' using errcode = 'P0002';
  end if;
  rid := recall_from(c.id, d.unit_id, d.recipient, 'wrong', why);
  insert into cases_caseevent (case_id, at, kind, text, detail, topics, by_id)
    values (c.id, now(), 'recalled', left('Felaktigt utlämnande till ' || d.recipient || ' återkallades', 300), '', 0,
      ctx_assignment());
  return rid;
end $$;
{definer("recall_disclosure(bigint, text)")}

-- A case that was opened on the wrong person: closed for everybody but the owner, whatever state it is in. Each unit
-- that has had something of it is told, and can no longer read what it was sent.
create function void_case(cid uuid, why text) returns void language plpgsql
  security definer set search_path = public, pg_temp as $$
declare c cases_case; u record;
begin
  select * into c from cases_case where id = cid for no key update;
  if not (ctx_handler() and ctx_unit() = c.owner_unit_id and has_access(cid, ctx_unit())) then
    raise exception 'only the owner voids a case' using errcode = '42501';
  end if;
  if btrim(coalesce(why, '')) = '' then
    raise exception 'a void case says why' using errcode = '23514', constraint = 'recall_says_why';
  end if;
  if c.close_reason = 'mistake' then
    raise exception 'already void' using errcode = 'P0002';
  end if;
  -- As at a withdrawal: what takes a meeting out of a calendar still goes, and nothing else is sent or tried again.
  update notifications_delivery set state = 'cancelled' where case_id = cid and state in ('due', 'to_post')
    and calendar ->> 'method' is distinct from 'CANCEL';
  update notifications_delivery set expires_at = now() where case_id = cid and state = 'sending'
    and calendar ->> 'method' is distinct from 'CANCEL';
  update consent_emergencyaccess set ended_at = now() where case_id = cid and ended_at is null;
  update consent_legalground set ended_at = now(), ended_by_id = ctx_assignment()
    where case_id = cid and ended_at is null;
  update meetings_meeting set state = 'cancelled' where case_id = cid and state = 'called';
  update cases_deadline set cancelled_at = now() where case_id = cid and met_at is null and cancelled_at is null;
  for u in select id, name from organisations_unit where id <> c.owner_unit_id and id in (
      select unit_id from case_access where case_id = cid
      union select unit_id from consent_receivedversion where case_id = cid
      union select unit_id from consent_disclosure where case_id = cid and unit_id is not null
      union select unit_id from cases_participation where case_id = cid) order by id
  loop
    perform recall_from(cid, u.id, u.name, 'voided', why);
  end loop;
  insert into cases_caseevent (case_id, at, kind, text, detail, topics, by_id)
    values (cid, now(), 'voided', 'Ärendet makulerades. Det var öppnat på fel person.', '', 0, ctx_assignment());
  insert into cases_casetext (case_id, key, text, topics, saved_at, saved_by_id)
    values (cid, 'close_note', btrim(why), -1, now(), ctx_assignment())
    on conflict (case_id, key) do update set text = excluded.text, topics = -1, saved_at = now(),
      saved_by_id = ctx_assignment();
  update cases_case set state = 'closed', close_reason = 'mistake', closed_on = coalesce(closed_on, sip_today()),
      updated_at = now() where id = cid;
end $$;
{definer("void_case(uuid, text)")}
"""


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0004_who_consents"),
        ("meetings", "0002_isolation"),
        ("cases", "0002_isolation"),
        ("organisations", "0002_isolation"),
    ]
    operations = [
        case_rows("consent_recall", insert=None, update=None, open_only=False, topics=True, citizen=True),
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
    ]
