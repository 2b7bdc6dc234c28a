"""What may be erased is decided in the database: due, not exempt, not held, approved by a person, exported."""

from django.db import migrations

from organisations.rls import definer, directory_rows, enable, policy

OWN = "{0}.organisation_id = (select ctx_organisation())"
ADMIN = "(select ctx_admin()) and " + OWN
OWN_BATCH = (
    "(select ctx_admin()) and exists (select 1 from retention_retentionbatch b"
    " where b.id = retention_retentionitem.batch_id and b.organisation_id = (select ctx_organisation()))"
)

TABLES = f"""
-- An administrator adds the own organisation's longer time, and ends it; the law's rows come with the product.
grant insert, update (valid_to) on retention_retentionprofile to sip_staff;
{policy("retention_retentionprofile", "admin_insert", "insert", "sip_staff", check=ADMIN.format("retention_retentionprofile"))}
{policy("retention_retentionprofile", "admin_update", "update", "sip_staff", using=ADMIN.format("retention_retentionprofile"), check=ADMIN.format("retention_retentionprofile"))}
{enable("retention_retentionhold")}
grant select, update (to_on, ended_by_id, end_note) on retention_retentionhold to sip_staff;
{policy("retention_retentionhold", "unit_select", "select", "sip_staff", using="unit_id = (select ctx_unit())")}
{policy("retention_retentionhold", "unit_update", "update", "sip_staff", using="unit_id = (select ctx_unit()) and (select ctx_handler())", check="unit_id = (select ctx_unit())")}
{enable("retention_retentionbatch")}
{enable("retention_retentionitem")}
{enable("retention_retentionledger")}
grant select on retention_retentionbatch, retention_retentionledger to sip_staff;
-- The administrator sees references and rules, never which case or chain in the database it is.
grant select (id, batch_id, kind, unit_id, reference, profile_id, due_from, due_by, state, reason)
  on retention_retentionitem to sip_staff;
{policy("retention_retentionbatch", "admin_select", "select", "sip_staff", using=ADMIN.format("retention_retentionbatch"))}
{policy("retention_retentionledger", "admin_select", "select", "sip_staff", using=ADMIN.format("retention_retentionledger"))}
{policy("retention_retentionitem", "admin_select", "select", "sip_staff", using=OWN_BATCH)}

-- The ledger only grows, also for the functions that write it.
revoke update, delete on retention_retentionledger from sip_def;
create function retention_ledger_grows() returns trigger language plpgsql as $$
begin
  raise exception 'the ledger only grows' using errcode = '42501';
end $$;
create trigger ledger_grows before update or delete or truncate on retention_retentionledger
  for each statement execute function retention_ledger_grows();

-- An organisation's own rule is never shorter than the law's; where the law says when to erase, longer needs a reason.
create function retention_rule_is_lawful() returns trigger language plpgsql as $$
declare law retention_retentionprofile;
begin
  if new.organisation_id is null then return new; end if;
  select * into law from retention_retentionprofile p where p.record = new.record and p.organisation_id is null
    and new.valid_from >= p.valid_from order by p.valid_from desc limit 1;
  if new.years < coalesce(law.years, 0) then
    raise exception 'shorter than the law' using errcode = '23514', constraint = 'profile_not_shorter';
  end if;
  if new.years > law.years and law.must_erase and new.reason = '' then
    raise exception 'longer than the law without a reason' using errcode = '23514', constraint = 'profile_longer_why';
  end if;
  new.counted_from := coalesce(law.counted_from, new.counted_from);
  new.must_erase := coalesce(law.must_erase, false);
  return new;
end $$;
create trigger rule_is_lawful before insert or update on retention_retentionprofile
  for each row execute function retention_rule_is_lawful();
"""

# Found in the catalogue, so that a table added by another app is exported and erased without being named here.
FOUND = """
-- Tables whose rows belong to a case: those whose case_id points at it.
create function retention_case_tables() returns table (name text) stable language sql as $$
  select distinct c.conrelid::regclass::text from pg_constraint c
    join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
    where c.contype = 'f' and c.confrelid = 'cases_case'::regclass and array_length(c.conkey, 1) = 1
      and a.attname = 'case_id' $$;
-- Tables whose rows are a unit's own copies: unit and case as plain ids.
create function retention_copy_tables() returns table (name text) stable language sql as $$
  select c.oid::regclass::text from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and c.relname !~ '^(audit_|retention_)'
      and exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'unit_id' and not a.attisdropped)
      and exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'case_id' and not a.attisdropped
        and not exists (select 1 from pg_constraint f where f.conrelid = c.oid and f.contype = 'f'
          and a.attnum = any(f.conkey))) $$;
-- Tables that speak of a person alone, by a plain id: they go with what the log says of the person.
create function retention_person_tables() returns table (name text) stable language sql as $$
  select c.oid::regclass::text from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and c.relname !~ '^(audit_|retention_)'
      and exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'person_id' and not a.attisdropped
        and not exists (select 1 from pg_constraint f where f.conrelid = c.oid and f.contype = 'f'
          and a.attnum = any(f.conkey)))
      and not exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'case_id'
        and not a.attisdropped) $$;
-- When something was written, among a table's columns: no day to come, and not that somebody read it.
create function retention_stamps(tab text, alias text) returns text stable language sql as $$
  select string_agg(format('%s.%I', alias, a.attname), ', ') from pg_attribute a
    where a.attrelid = tab::regclass and a.atttypid = 'timestamptz'::regtype and not a.attisdropped
      and a.attname not in ('due_at', 'expires_at', 'starts_at', 'ends_at', 'lease_until', 'until', 'read_at') $$;
create function retention_has_column(tab text, col text) returns boolean stable language sql as $$
  select exists (select 1 from pg_attribute where attrelid = tab::regclass and attname = col and not attisdropped) $$;

create function retention_day(instant timestamptz) returns date immutable language sql as $$
  select (instant at time zone 'Europe/Stockholm')::date $$;

-- The last entry in each case: the latest instant in any of its rows. One pass per table, however many cases.
create function retention_last_entries(cids uuid[]) returns table (case_id uuid, last_on date)
  stable language plpgsql as $$
declare tab text; cols text; parts text[] := '{}';
begin
  for tab in select name from retention_case_tables() where name <> 'case_access' loop
    cols := retention_stamps(tab, 't');
    continue when cols is null;
    parts := parts || format('select t.case_id, max(greatest(%s)) as latest from %I t where t.case_id = any($1)'
      ' group by t.case_id', cols, tab);
  end loop;
  return query execute 'select c.id, greatest(retention_day(greatest(c.updated_at, max(x.latest))), c.closed_on)'
    ' from cases_case c left join (' || array_to_string(parts, ' union all ') || ') x on x.case_id = c.id'
    ' where c.id = any($1) group by c.id, c.updated_at, c.closed_on' using cids;
end $$;

-- One row per copy: unit, case, reference, person and the last time anything was written in it.
create function retention_copies(uids bigint[], cid uuid, pid bigint) returns table (unit_id bigint, case_id uuid,
    reference text, person_id bigint, latest timestamptz) stable language plpgsql as $$
declare tab text; one text; parts text[] := '{}';
begin
  for tab in select name from retention_copy_tables() loop
    one := format('select t.unit_id, t.case_id, %s as reference, %s as person_id, %s as latest from %I t'
        ' where t.unit_id = any($1) and t.case_id is not null',
      case when retention_has_column(tab, 'reference') then 't.reference::text' else '''''' end,
      case when retention_has_column(tab, 'person_id') then 't.person_id' else 'null::bigint' end,
      coalesce('greatest(' || retention_stamps(tab, 't') || ')', 'null::timestamptz'), tab);
    if cid is not null then
      one := one || case when retention_has_column(tab, 'person_id') then ' and (t.case_id = $2 or t.person_id = $3)'
        else ' and (t.case_id = $2 or t.case_id in (select c.id from cases_case c where c.person_id = $3))' end;
    end if;
    parts := parts || one;
  end loop;
  return query execute 'select x.unit_id, x.case_id, max(x.reference), max(x.person_id), max(x.latest) from ('
    || array_to_string(parts, ' union all ') || ') x group by x.unit_id, x.case_id' using uids, cid, pid;
end $$;

create function retention_has_copy(uid bigint, cid uuid) returns boolean stable language plpgsql as $$
begin
  return exists (select 1 from retention_copies(array[uid], cid, null) x where x.case_id = cid);
end $$;
"""

DUE = """
-- Under which law a unit keeps its records: care by what it does, else by the huvudman it acts for.
create function retention_record(unit_kind text, sector text) returns text immutable language sql as $$
  select case
    when unit_kind = 'school' then 'school'
    when unit_kind in ('ward', 'primary_care', 'psychiatric_outpatient', 'child_psychiatry', 'home_nursing', 'rehab',
      'school_health') then 'health'
    when unit_kind in ('needs_assessment', 'home_care', 'social_adult', 'social_child', 'disability') then 'social'
    when sector = 'region' then 'health'
    when sector = 'kommun' then 'social'
    else 'other' end $$;

-- The day of birth that a number tells, or null; 60 is added in a samordningsnummer.
create function retention_birth_day(number text) returns int immutable language sql as $$
  select case when d between 1 and 31 then d when d between 61 and 91 then d - 60 end
    from (select case when number ~ '^[0-9]{8}' and number !~ '^99' then substr(number, 7, 2)::int end as d) x $$;

-- Time laid down in years ends on the same day of the last year, or on the month's last (lag 1930:173 1 §).
create function retention_last_day(counted date, years int) returns date immutable language sql as $$
  select (counted + make_interval(years => years))::date $$;

create function retention_rules(org bigint, day date) returns table (record text, profile_id bigint, years int,
    counted_from text, must_erase boolean, legal_source text) stable language sql as $$
  select distinct on (p.record) p.record::text, p.id, greatest(p.years, coalesce(l.years, 0))::int,
      coalesce(l.counted_from, p.counted_from)::text, coalesce(l.must_erase, p.must_erase), p.legal_source::text
    from retention_retentionprofile p
    left join retention_retentionprofile l on l.record = p.record and l.organisation_id is null
      and day >= l.valid_from and day <= coalesce(l.valid_to, 'infinity')
    where (p.organisation_id is null or p.organisation_id = org)
      and day >= p.valid_from and day <= coalesce(p.valid_to, 'infinity')
    order by p.record, p.organisation_id nulls last, p.valid_from desc $$;

-- Every record of an organisation's units on a day, and what is to become of it. `cid`: only those that bear on one
-- case, with what else the organisation has about its person.
create function retention_records(org bigint, day date, cid uuid default null) returns table (kind text,
    unit_id bigint, key text, reference text, person_id bigint, record text, profile_id bigint, last_on date,
    due_from date, due_by date, status text, reason text) stable language plpgsql as $$
declare pid bigint; uids bigint[]; cids uuid[]; fewest int;
begin
  select array_agg(u.id) into uids from organisations_unit u where u.organisation_id = org;
  if cid is not null then
    select c.person_id into pid from cases_case c where c.id = cid;
    if pid is null then
      select max(x.person_id) into pid from retention_copies(uids, cid, null) x where x.case_id = cid;
    end if;
  end if;
  -- A case whose closing day is too late for the shortest time needs no looking into.
  select min(r.years) into fewest from retention_rules(org, day) r where r.record <> 'log';
  select array_agg(c.id) into cids from cases_case c
    where c.owner_unit_id = any(uids) and c.state in ('closed', 'declined')
      and retention_last_day(coalesce(c.closed_on, retention_day(c.updated_at)), fewest) < day
      and (cid is null or c.id = cid or c.person_id = pid);
  return query
  with entries as materialized (
    select e.case_id, e.last_on from retention_last_entries(cids) e
  ), u as materialized (
    select un.id, un.acts_for_id, retention_record(un.kind, a.sector) as record, a.code, a.county_code
      from organisations_unit un left join organisations_authority a on a.id = un.acts_for_id
      where un.organisation_id = org
  ), found as (
    select 'case' as kind, c.owner_unit_id as unit_id, c.id as case_id, c.reference::text as reference, c.person_id,
        c.state not in ('closed', 'declined') as is_open, coalesce(c.closed_on, retention_day(c.updated_at)) as lowest
      from cases_case c where c.owner_unit_id = any(uids) and (cid is null or c.id = cid or c.person_id = pid)
    union all
    select 'copy', x.unit_id, x.case_id, coalesce(nullif(x.reference, ''), c.reference, ''),
        coalesce(x.person_id, c.person_id),
        coalesce(c.state not in ('closed', 'declined') and (c.owner_unit_id = x.unit_id or exists (
          select 1 from cases_participation p where p.case_id = c.id and p.unit_id = x.unit_id
            and p.ended_on is null)), false),
        retention_day(x.latest)
      from retention_copies(uids, cid, pid) x left join cases_case c on c.id = x.case_id
  ), dated as (
    select f.*, u.acts_for_id, u.record, u.code, u.county_code, r.profile_id, r.years, r.counted_from, r.must_erase,
        case when f.kind = 'case' then greatest(e.last_on, f.lowest) else f.lowest end as last_on
      from found f join u on u.id = f.unit_id left join retention_rules(org, day) r on r.record = u.record
      left join entries e on e.case_id = f.case_id
  ), filed as (
    select d.*, d.counted_from = 'file' and d.person_id is not null as in_file,
        max(d.last_on) over file as file_last, bool_or(d.is_open) over file as file_open
      from dated d window file as (partition by d.acts_for_id, d.record, d.person_id)
  ), timed as (
    select f.*, retention_last_day(case when f.in_file then f.file_last else f.last_on end, f.years) as last_day,
        f.is_open or (f.in_file and f.file_open) as going_on,
        (select h.kind::text from retention_retentionhold h join organisations_unit hu on hu.id = h.unit_id
          where day >= h.from_on and day <= coalesce(h.to_on, 'infinity')
            and (h.case_id = f.case_id and (f.kind = 'case' or hu.organisation_id = org)
              or f.in_file and h.person_id = f.person_id and hu.organisation_id = org
                and hu.acts_for_id is not distinct from f.acts_for_id)
          order by h.id limit 1) as hold,
        (select e.slug::text from retention_retentionexemption e where e.record = f.record
          and day >= e.valid_from and day <= coalesce(e.valid_to, 'infinity')
          and (f.county_code = any(e.county_codes) or f.code = any(e.kommun_codes)
            or retention_birth_day(p.number) = any(e.birth_days)) order by e.id limit 1) as exemption
      from filed f left join cases_person p on p.id = f.person_id
  )
  select t.kind, t.unit_id, t.case_id::text, t.reference, t.person_id, t.record, t.profile_id, t.last_on,
      t.last_day + 1,
      case when t.must_erase then make_date(extract(year from t.last_day)::int + 1, 12, 31) end,
      s.status, case s.status when 'held' then t.hold when 'exempt' then t.exemption else '' end
    from timed t, lateral (select case
      when t.going_on then 'open'
      when t.profile_id is null then 'no_rule'
      when t.last_day is null or day <= t.last_day then 'waiting'
      when t.hold is not null then 'held'
      when t.exemption is not null then 'exempt'
      else 'due' end as status) s
    where cid is null or t.case_id = cid;
end $$;
"""

INSIDE = (
    "retention_case_tables()", "retention_copy_tables()", "retention_person_tables()", "retention_stamps(text, text)",
    "retention_has_column(text, text)", "retention_last_entries(uuid[])", "retention_copies(bigint[], uuid, bigint)",
    "retention_has_copy(bigint, uuid)", "retention_rules(bigint, date)", "retention_records(bigint, date, uuid)",
)  # fmt: skip
# Run only within the functions of the next migration, with their rights.
CLOSED = "\n".join(
    f"revoke execute on function {name} from public; grant execute on function {name} to sip_def;" for name in INSIDE
)

HOLDS = f"""
-- A handler of a unit that has the case, or has received of it, says why the unit's record of it stays.
create function retention_hold(cid uuid, what text, why text, until_day date) returns bigint language plpgsql
  security definer set search_path = public, pg_temp as $$
declare ref text; pid bigint; made bigint;
begin
  if not (ctx_handler() and (has_access(cid, ctx_unit()) or retention_has_copy(ctx_unit(), cid))) then
    raise exception 'no record of the case' using errcode = '42501';
  end if;
  -- Erasing takes the same lock: either the stop is seen, or there is nothing left to stop.
  perform pg_advisory_xact_lock(hashtextextended('retention:' || cid, 0));
  select reference, person_id into ref, pid from cases_case where id = cid;
  if ref is null then
    select x.reference, x.person_id into ref, pid from retention_copies(array[ctx_unit()], cid, null) x
      where x.case_id = cid;
  end if;
  if ref is null then raise exception 'already erased' using errcode = 'P0002'; end if;
  insert into retention_retentionhold (unit_id, case_id, reference, person_id, kind, reason, from_on, to_on,
      recorded_by_id, recorded_at, end_note)
    values (ctx_unit(), cid, ref, pid, what, why, sip_today(), until_day, ctx_assignment(), now(), '')
    returning id into made;
  return made;
end $$;
{definer("retention_hold(uuid, text, text, date)")}
"""


class Migration(migrations.Migration):
    dependencies = [("retention", "0001_initial"), ("deviations", "0002_isolation")]
    operations = [
        directory_rows("retention_retentionprofile"),
        directory_rows("retention_retentionexemption"),
        migrations.RunSQL(TABLES + FOUND + DUE + CLOSED + HOLDS, migrations.RunSQL.noop),
    ]
