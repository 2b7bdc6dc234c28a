"""From prepared to erased: every function asks again, so that a check forgotten outside erases nothing."""

from django.db import migrations

from organisations.rls import definer

CONTENT = """
create function retention_as_worker() returns void language plpgsql as $$
begin
  if current_setting('role') <> 'sip_worker' then
    raise exception 'only the job does this' using errcode = '42501';
  end if;
  -- What is digested must not depend on the session.
  perform set_config('timezone', 'UTC', true);
end $$;

create function retention_rows(tab text, cond text, uid bigint, cid uuid) returns jsonb stable language plpgsql as $$
declare found jsonb;
begin
  execute format('select jsonb_agg(to_jsonb(t) order by to_jsonb(t)->>''id'', to_jsonb(t)::text) from %I t where %s',
    tab, cond) into found using uid, cid;
  return found;
end $$;

-- A huvudman's own rows on a chain of the log, before an instant.
create function retention_log_rows(org bigint, one_chain text, until timestamptz) returns setof audit_event
  stable language sql as $$
  select e.* from audit_link l join audit_event e on e.id = l.id and e.at = l.at
    where l.chain = one_chain and l.at < until and e.unit_id in (select id from organisations_unit where organisation_id = org)
    order by l.seq $$;

-- All that a record says, as the text that is exported and whose digest is asked for again before it is erased.
create function retention_content(what text, org bigint, uid bigint, wanted text, until timestamptz) returns text
  stable language plpgsql as $$
declare tab text; tables jsonb := '{}'; rows jsonb; pid bigint; cid uuid;
begin
  if what = 'log' then
    select jsonb_agg(to_jsonb(e) - 'salt' order by e.at, e.id) into rows from retention_log_rows(org, wanted, until) e;
    return jsonb_build_object('format', 1, 'kind', what, 'tables', jsonb_build_object('audit_event', rows))::text;
  end if;
  cid := wanted::uuid;
  if what = 'case' then
    select person_id into pid from cases_case where id = cid;
    tables := jsonb_build_object('cases_case', retention_rows('cases_case', 't.id = $2', uid, cid));
    for tab in select c.name from retention_case_tables() c where c.name <> 'case_access' loop
      rows := retention_rows(tab, 't.case_id = $2', uid, cid);
      if rows is not null then tables := tables || jsonb_build_object(tab, rows); end if;
    end loop;
  else
    select x.person_id into pid from retention_copies(array[uid], cid, null) x where x.case_id = cid;
    for tab in select c.name from retention_copy_tables() c loop
      rows := retention_rows(tab, 't.unit_id = $1 and t.case_id = $2', uid, cid);
      if rows is not null then tables := tables || jsonb_build_object(tab, rows); end if;
    end loop;
  end if;
  if pid is not null then
    tables := tables || jsonb_build_object('cases_person', retention_rows('cases_person', 't.id = ' || pid, uid, cid));
  end if;
  return jsonb_build_object('format', 1, 'kind', what, 'tables', tables)::text;
end $$;

create function retention_digest(content text) returns text immutable language sql as $$
  select encode(sha256(convert_to(content, 'UTF8')), 'hex') $$;
"""

LOG = """
-- Somebody still has a record of the case or of the person: what the log says of it stays (HSLF-FS 2016:40 4:9).
create function retention_is_kept(cid uuid, pids bigint[]) returns boolean stable language plpgsql as $$
declare tab text; found boolean;
begin
  if exists (select 1 from cases_case where id = cid or person_id = any(pids)) then return true; end if;
  for tab in select name from retention_copy_tables() loop
    execute format('select exists (select 1 from %I t where t.case_id = $1 %s)', tab,
      case when retention_has_column(tab, 'person_id') then 'or t.person_id = any($2)' else '' end)
      into found using cid, pids;
    if found then return true; end if;
  end loop;
  return false;
end $$;

-- Chains on which an organisation has rows whose time is out and whose records are gone, up to when. A person's chain
-- is written by several huvudmän; each gives up its own, and the payload goes when the last has.
create function retention_log_chains(org bigint, day date, one text default null) returns table (key text,
    unit_id bigint, profile_id bigint, due_from date, until timestamptz) stable language plpgsql as $$
declare rule record; latest timestamptz; c record; kept timestamptz; given timestamptz; first timestamptz;
begin
  select * into rule from retention_rules(org, day) r where r.record = 'log';
  if not found then return; end if;
  latest := (day - make_interval(years => rule.years))::date::timestamp at time zone 'Europe/Stockholm';
  for c in
    select e.chain, min(e.unit_id) as uid from audit_event e
      where e.unit_id in (select id from organisations_unit where organisation_id = org) and e.at < latest
        and (one is null or e.chain = one) group by e.chain
  loop
    select max(g.log_until) into given from retention_retentionledger g where g.organisation_id = org
      and g.kind = 'log' and g.reference_hash = retention_digest(c.chain);
    -- The first row that speaks of something that is kept stops what comes after it as well.
    select min(e.at) into kept from audit_link l join audit_event e on e.id = l.id and e.at = l.at
      where l.chain = c.chain and l.at < latest and (e.case_id is not null or e.person_id is not null or e.persons <> '{}')
        and retention_is_kept(e.case_id, e.persons || e.person_id);
    until := least(latest, kept);
    select min(e.at) into first from retention_log_rows(org, c.chain, until) e
      where e.at >= coalesce(given, '-infinity');
    continue when first is null;
    key := c.chain; unit_id := c.uid; profile_id := rule.profile_id;
    due_from := retention_last_day(retention_day(first), rule.years) + 1;
    return next;
  end loop;
end $$;

-- Up to when every organisation with rows on a chain has given up its own.
create function retention_log_given(one_chain text, until timestamptz) returns timestamptz stable language sql as $$
  select least(until, now(), min(o.upto)) from (
    select coalesce((select max(g.log_until) from retention_retentionledger g where g.organisation_id = u.organisation_id
        and g.kind = 'log' and g.reference_hash = retention_digest(one_chain)), min(e.at)) as upto
      from audit_link l join audit_event e on e.id = l.id and e.at = l.at
      join organisations_unit u on u.id = e.unit_id
      where l.chain = one_chain and l.at < until group by u.organisation_id) o $$;
"""

READING = f"""
create function retention_may_see(org bigint) returns boolean stable language sql as $$
  select current_setting('role') = 'sip_worker' or (ctx_admin() and org = ctx_organisation()) $$;

-- How much is due, exempt, held and kept, per unit; no personal data.
create function retention_overview(org bigint) returns table (huvudman text, unit text, kind text, record text,
    years int, status text, reason text, amount bigint, late bigint, due_by date) language plpgsql
  security definer set search_path = public, pg_temp as $$
begin
  if not retention_may_see(org) then raise exception 'not this organisation' using errcode = '42501'; end if;
  return query
  select coalesce(a.name, o.name)::text, u.name::text, x.kind, x.record, r.years, x.status, x.reason, count(*),
      count(*) filter (where x.status = 'due' and x.due_by < sip_today()),
      min(x.due_by) filter (where x.status = 'due')
    from (select k.kind, k.unit_id, k.record, k.status, k.reason, k.due_by
            from retention_records(org, sip_today()) k
          union all
          select 'log', c.unit_id, 'log', 'due', '', null from retention_log_chains(org, sip_today()) c) x
    join organisations_unit u on u.id = x.unit_id join organisations_organisation o on o.id = u.organisation_id
    left join organisations_authority a on a.id = u.acts_for_id
    left join retention_rules(org, sip_today()) r on r.record = x.record
    group by 1, 2, 3, 4, 5, 6, 7 order by 1, 2, 3, 6, 7;
end $$;
{definer("retention_overview(bigint)", to="sip_staff, sip_worker")}

-- References with one status, for the administrator: numbers of cases and rules, no names.
create function retention_list(org bigint, wanted text) returns table (kind text, unit text, reference text,
    record text, due_from date, due_by date, reason text) language plpgsql
  security definer set search_path = public, pg_temp as $$
begin
  if not retention_may_see(org) then raise exception 'not this organisation' using errcode = '42501'; end if;
  return query
  select x.kind, u.name::text, x.reference, x.record, x.due_from, x.due_by, x.reason
    from retention_records(org, sip_today()) x join organisations_unit u on u.id = x.unit_id
    where x.status = wanted order by x.due_by nulls last, x.due_from, x.reference, x.kind;
end $$;
{definer("retention_list(bigint, text)")}
"""

DECIDING = f"""
-- Freezes what is due as a batch, the longest due first; null when nothing is.
create function retention_prepare(most int) returns bigint language plpgsql
  security definer set search_path = public, pg_temp as $$
declare org bigint := ctx_organisation(); made bigint; n bigint;
begin
  if not ctx_admin() or ctx_assignment() is null then
    raise exception 'only an administrator prepares' using errcode = '42501';
  end if;
  insert into retention_retentionbatch (organisation_id, state, prepared_by_id, prepared_at, export_name, export_digest,
      last_error) values (org, 'prepared', ctx_assignment(), now(), '', '', '') returning id into made;
  insert into retention_retentionitem (batch_id, kind, unit_id, key, reference, profile_id, due_from, due_by, state,
      digest, reason, log_until)
    select made, x.kind, x.unit_id, x.key, x.reference, x.profile_id, x.due_from, x.due_by, 'planned', '', '', x.until
    from (select k.kind, k.unit_id, k.key, k.reference, k.profile_id, k.due_from, k.due_by, null::timestamptz as until
            from retention_records(org, sip_today()) k where k.status = 'due'
          union all
          select 'log', c.unit_id, c.key, '', c.profile_id, c.due_from, null, c.until
            from retention_log_chains(org, sip_today()) c) x
    order by x.due_by nulls last, x.due_from, x.kind, x.key limit most;
  get diagnostics n = row_count;
  if n = 0 then
    delete from retention_retentionbatch where id = made;
    return null;
  end if;
  return made;
end $$;
{definer("retention_prepare(int)")}

-- A person approves, or calls off; the job does the rest.
create function retention_decide(bid bigint, approve boolean) returns void language plpgsql
  security definer set search_path = public, pg_temp as $$
declare b retention_retentionbatch;
begin
  select * into b from retention_retentionbatch where id = bid for update;
  if not ctx_admin() or ctx_assignment() is null or b.organisation_id is distinct from ctx_organisation() then
    raise exception 'not a batch of this organisation' using errcode = '42501';
  end if;
  if b.state <> 'prepared' and (approve or b.state <> 'approved') then
    raise exception 'too late' using errcode = 'P0002';
  end if;
  if approve then
    update retention_retentionbatch set state = 'approved', approved_by_id = ctx_assignment(), approved_at = now()
      where id = bid;
  else
    delete from retention_retentionitem where batch_id = bid;
    update retention_retentionbatch set state = 'cancelled', ended_at = now(), last_error = '' where id = bid;
  end if;
end $$;
{definer("retention_decide(bigint, boolean)")}
"""

JOB = f"""
create function retention_status(i retention_retentionitem, org bigint) returns text stable language plpgsql as $$
declare found record;
begin
  if i.kind = 'log' then
    return case when exists (select 1 from retention_log_chains(org, sip_today(), i.key) c
      where c.until >= i.log_until) then 'due' else 'changed' end;
  end if;
  select x.status, x.reason into found from retention_records(org, sip_today(), i.key::uuid) x
    where x.kind = i.kind and x.unit_id = i.unit_id and x.key = i.key;
  return coalesce(case when found.reason <> '' then found.reason else found.status end, 'gone');
end $$;

-- What waits for the job, of one organisation or all.
create function retention_next(org bigint) returns table (id bigint, organisation_id bigint, state text,
    export_name text, export_digest text, organisation text, approved_at timestamptz) language plpgsql
  security definer set search_path = public, pg_temp as $$
begin
  perform retention_as_worker();
  return query select b.id, b.organisation_id, b.state::text, b.export_name::text, b.export_digest::text,
      o.name::text, b.approved_at
    from retention_retentionbatch b join organisations_organisation o on o.id = b.organisation_id
    where b.state in ('approved', 'exported') and (org is null or b.organisation_id = org) order by b.id;
end $$;
{definer("retention_next(bigint)", to="sip_worker")}

-- The records of an approved batch that are still due, as they are now; the others are marked with the reason.
create function retention_export(bid bigint) returns table (item bigint, kind text, unit text, huvudman text,
    reference text, record text, years int, legal_source text, due_from date, content text) language plpgsql
  security definer set search_path = public, pg_temp as $$
declare b retention_retentionbatch; i retention_retentionitem; answer text;
begin
  perform retention_as_worker();
  select * into b from retention_retentionbatch x where x.id = bid for update;
  if b.state is distinct from 'approved' then
    raise exception 'not approved' using errcode = '42501';
  end if;
  for i in select * from retention_retentionitem x where x.batch_id = bid and x.state = 'planned' order by x.id loop
    answer := retention_status(i, b.organisation_id);
    if answer <> 'due' then
      update retention_retentionitem x set state = 'refused', reason = answer where x.id = i.id;
      continue;
    end if;
    return query select i.id, i.kind::text, u.name::text, coalesce(a.name, o.name)::text, i.reference::text,
        p.record::text, p.years::int, p.legal_source::text, i.due_from,
        retention_content(i.kind, b.organisation_id, i.unit_id, i.key, i.log_until)
      from organisations_unit u join organisations_organisation o on o.id = u.organisation_id
      left join organisations_authority a on a.id = u.acts_for_id
      join retention_retentionprofile p on p.id = i.profile_id where u.id = i.unit_id;
  end loop;
end $$;
{definer("retention_export(bigint)", to="sip_worker")}

-- What was read back from the file must be, digest by digest, what the database has; otherwise nothing has happened.
create function retention_exported(bid bigint, file_name text, file_digest text, digests jsonb) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
declare b retention_retentionbatch; i retention_retentionitem;
begin
  perform retention_as_worker();
  select * into b from retention_retentionbatch where id = bid for update;
  if b.state is distinct from 'approved' or length(file_digest) <> 64 or file_name = '' then
    raise exception 'not approved, or no file' using errcode = '42501';
  end if;
  for i in select * from retention_retentionitem where batch_id = bid and state = 'planned' order by id loop
    if digests->>i.id::text is distinct from
       retention_digest(retention_content(i.kind, b.organisation_id, i.unit_id, i.key, i.log_until)) then
      raise exception 'the export is not what the database has' using errcode = '22000';
    end if;
    update retention_retentionitem set state = 'exported', digest = digests->>i.id::text where id = i.id;
  end loop;
  update retention_retentionbatch set state = 'exported', exported_at = now(), export_name = file_name,
    export_digest = file_digest, last_error = '' where id = bid;
end $$;
{definer("retention_exported(bigint, text, text, jsonb)", to="sip_worker")}

create function retention_failed(bid bigint, what text) returns void language plpgsql
  security definer set search_path = public, pg_temp as $$
begin
  perform retention_as_worker();
  update retention_retentionbatch set last_error = left(what, 200) where id = bid and state in ('approved', 'exported');
end $$;
{definer("retention_failed(bigint, text)", to="sip_worker")}

create function retention_items(bid bigint) returns setof bigint language plpgsql
  security definer set search_path = public, pg_temp as $$
begin
  perform retention_as_worker();
  -- A case before the one that it follows: letting go of that one would change what was exported of this.
  return query select i.id from retention_retentionitem i left join cases_case c on i.kind = 'case' and c.id::text = i.key
    where i.batch_id = bid and i.state = 'exported' order by c.opened_at desc nulls last, i.id;
end $$;
{definer("retention_items(bigint)", to="sip_worker")}

create function retention_delete(what text, uid bigint, cid uuid) returns bigint language plpgsql as $$
declare tab text; n bigint; total bigint := 0;
begin
  if what = 'case' then
    update cases_case set previous_case_id = null where previous_case_id = cid;
    for tab in select name from retention_case_tables() order by name = 'case_access' loop
      execute format('delete from %I where case_id = $1', tab) using cid;
      get diagnostics n = row_count;
      total := total + case when tab = 'case_access' then 0 else n end;
    end loop;
    delete from cases_case where id = cid;
    total := total + 1;
  else
    for tab in select name from retention_copy_tables() loop
      execute format('delete from %I where unit_id = $1 and case_id = $2', tab) using uid, cid;
      get diagnostics n = row_count;
      total := total + n;
    end loop;
  end if;
  -- The unit's notes on keeping it go with the last of it.
  if not exists (select 1 from cases_case where id = cid and owner_unit_id = uid) and not retention_has_copy(uid, cid) then
    delete from retention_retentionhold where unit_id = uid and case_id = cid;
  end if;
  return total;
end $$;

-- A number that no record and no row of the log speaks of any more goes too, with what hangs on the person alone.
create function retention_forget(pids bigint[]) returns void language plpgsql as $$
declare pid bigint; tab record;
begin
  foreach pid in array pids loop
    continue when retention_is_kept(null, array[pid]);
    continue when exists (select 1 from audit_event where (person_id = pid or persons @> array[pid])
      and event <> 'audit.erased');
    begin
      for tab in select c.conrelid::regclass::text as name, a.attname from pg_constraint c
          join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
          where c.contype = 'f' and c.confrelid = 'cases_person'::regclass and array_length(c.conkey, 1) = 1
            and c.conrelid <> 'cases_case'::regclass loop
        execute format('delete from %s where %I = $1', tab.name, tab.attname) using pid;
      end loop;
      for tab in select t.name from retention_person_tables() t loop
        execute format('delete from %s where person_id = $1', tab.name) using pid;
      end loop;
      delete from cases_person where id = pid;
      set constraints all immediate;
    exception when foreign_key_violation or insufficient_privilege then null; -- something of the person's stays
    end;
    set constraints all deferred;
  end loop;
end $$;

-- Erases one exported record of an approved batch, writes the ledger and the log; or refuses, and says why.
create function retention_erase(iid bigint) returns text language plpgsql
  security definer set search_path = public, pg_temp as $$
declare i retention_retentionitem; b retention_retentionbatch; p retention_retentionprofile; answer text; n bigint;
  pids bigint[] := '{{}}'; cid uuid; upto timestamptz; entry bigint; tab text;
begin
  perform retention_as_worker();
  select * into i from retention_retentionitem where id = iid for update;
  if not found then return 'gone'; end if;
  select * into b from retention_retentionbatch where id = i.batch_id for update;
  if b.state is distinct from 'exported' or b.approved_by_id is null or i.state <> 'exported' or i.digest = '' then
    raise exception 'not approved and exported' using errcode = '42501';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('retention:' || i.key, 0));
  if i.kind <> 'log' then
    cid := i.key::uuid;
    -- A new case of the person, and whatever is being written in this one, is waited for and seen.
    select array_agg(distinct x.person_id) into pids from retention_records(b.organisation_id, sip_today(), cid) x
      where x.person_id is not null;
    perform 1 from cases_person where id = any(pids) order by id for update;
    perform 1 from cases_case where id = cid for update;
  end if;
  answer := retention_status(i, b.organisation_id);
  if answer = 'due' and i.digest <>
     retention_digest(retention_content(i.kind, b.organisation_id, i.unit_id, i.key, i.log_until)) then
    answer := 'changed';
  end if;
  if answer <> 'due' then
    update retention_retentionitem set state = 'refused', reason = answer where id = iid;
    return 'refused';
  end if;
  select * into p from retention_retentionprofile where id = i.profile_id;
  if i.kind = 'log' then
    select count(*), array_agg(distinct x.pid) filter (where x.pid is not null) into n, pids
      from retention_log_rows(b.organisation_id, i.key, i.log_until) e
      left join lateral unnest(e.persons || e.person_id) x(pid) on true;
    select count(*) into n from retention_log_rows(b.organisation_id, i.key, i.log_until);
  else
    n := retention_delete(i.kind, i.unit_id, cid);
  end if;
  insert into retention_retentionledger (batch_id, organisation_id, unit_id, kind, rows, reference_hash, profile_id,
      years, legal_source, due_from, erased_at, approved_by_id, export_name, export_digest, content_digest, log_until)
    values (b.id, b.organisation_id, i.unit_id, i.kind, n, retention_digest(i.key), p.id, p.years, p.legal_source,
      i.due_from, now(), b.approved_by_id, b.export_name, b.export_digest, i.digest, i.log_until)
    returning id into entry;
  delete from retention_retentionitem where id = iid;
  if i.kind = 'log' then
    upto := retention_log_given(i.key, i.log_until);
    perform audit_erase(upto, array[i.key], 'Gallring, omgång ' || b.id);
    -- What has been drawn from the log goes with it.
    for tab in select t.name from retention_person_tables() t loop
      execute format('delete from %I t where t.person_id = $1 and greatest(%s) < $2', tab, retention_stamps(tab, 't'))
        using substring(i.key from '^person:([0-9]+)$')::bigint, upto;
    end loop;
  else
    perform audit_append(jsonb_build_object('chain', coalesce('person:' || pids[1], 'unit:' || i.unit_id),
      'event', 'retention.erased', 'action', 'Radera', 'actor_kind', 'worker', 'actor_name', 'retention',
      'own_unit_id', i.unit_id, 'organisation_id', b.organisation_id, 'purpose', 'Gallring', 'case_id', cid,
      'person_id', pids[1], 'legal_basis', p.legal_source, 'object_type', i.kind, 'object_id', entry::text,
      'details', jsonb_build_object('batch', b.id)));
  end if;
  set constraints all immediate;
  set constraints all deferred;
  perform retention_forget(coalesce(pids, '{{}}'));
  return 'erased';
end $$;
{definer("retention_erase(bigint)", to="sip_worker")}

create function retention_finish(bid bigint) returns boolean language plpgsql
  security definer set search_path = public, pg_temp as $$
begin
  perform retention_as_worker();
  update retention_retentionbatch set state = 'done', ended_at = now(), last_error = ''
    where id = bid and state = 'exported'
      and not exists (select 1 from retention_retentionitem where batch_id = bid and state = 'exported');
  return found;
end $$;
{definer("retention_finish(bigint)", to="sip_worker")}
"""

INSIDE = (
    "retention_as_worker()", "retention_rows(text, text, bigint, uuid)",
    "retention_log_rows(bigint, text, timestamptz)", "retention_content(text, bigint, bigint, text, timestamptz)",
    "retention_is_kept(uuid, bigint[])", "retention_log_chains(bigint, date, text)",
    "retention_log_given(text, timestamptz)", "retention_may_see(bigint)",
    "retention_status(retention_retentionitem, bigint)", "retention_delete(text, bigint, uuid)",
    "retention_forget(bigint[])",
)  # fmt: skip
CLOSED = "\n".join(
    f"revoke execute on function {name} from public; grant execute on function {name} to sip_def;" for name in INSIDE
)

# The log asks for what is left of a person or a case, and erasing looks up copies by them.
INDEXES = """
create index received_person on consent_receivedversion (person_id);
create index received_case on consent_receivedversion (case_id);
create index inbox_case on notifications_inboxitem (case_id);
"""


class Migration(migrations.Migration):
    dependencies = [("retention", "0002_isolation")]
    operations = [
        migrations.RunSQL(CONTENT + LOG + READING + DECIDING + JOB + CLOSED + INDEXES, migrations.RunSQL.noop)
    ]
