"""The log: what was done (`audit_event`, erasable in time), and beside it the hash chain that stays (`audit_link`).

Both lie in monthly partitions; rows come in only through audit_append(), one chain per person or unit.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

CONTEXT = """
create function ctx_text(setting text) returns text stable parallel safe language sql
  as $$ select nullif(current_setting('sip.' || setting, true), '') $$;
create function ctx_unit() returns bigint stable parallel safe language sql
  as $$ select ctx_text('unit_id')::bigint $$;
create function ctx_own_unit() returns bigint stable parallel safe language sql
  as $$ select ctx_text('own_unit_id')::bigint $$;
create function ctx_organisation() returns bigint stable parallel safe language sql
  as $$ select ctx_text('organisation_id')::bigint $$;
create function ctx_user() returns bigint stable parallel safe language sql
  as $$ select ctx_text('user_id')::bigint $$;
create function ctx_assignment() returns bigint stable parallel safe language sql
  as $$ select ctx_text('assignment_id')::bigint $$;
create function ctx_purpose() returns text stable parallel safe language sql
  as $$ select ctx_text('purpose') $$;
create function ctx_writer() returns boolean stable parallel safe language sql
  as $$ select coalesce(ctx_text('role') in ('handler', 'reception', 'manager'), false) $$;
create function ctx_handler() returns boolean stable parallel safe language sql
  as $$ select coalesce(ctx_text('role') = 'handler', false) $$;
create function ctx_manager() returns boolean stable parallel safe language sql
  as $$ select coalesce(ctx_text('role') = 'manager', false) $$;
create function ctx_admin() returns boolean stable parallel safe language sql
  as $$ select coalesce(ctx_text('role') = 'org_admin', false) $$;
-- Dates in policies are Stockholm's, whatever the session's time zone is.
create function sip_today() returns date stable parallel safe language sql
  as $$ select (now() at time zone 'Europe/Stockholm')::date $$;
"""

TABLE = """
create table audit_chain (chain text collate "C" primary key, seq bigint not null, hash bytea not null);
create table audit_link (
  id bigint generated always as identity,
  at timestamptz not null, chain text collate "C" not null, seq bigint not null,
  payload_digest bytea not null, prev_hash bytea not null, hash bytea not null,
  primary key (chain, seq, at)
) partition by range (at);
create table audit_event (
  id bigint not null,
  log_id uuid not null, system text not null,
  at timestamptz not null, chain text collate "C" not null, seq bigint not null,
  event text not null,
  action text not null check (action in ('Läsa', 'Skriva', 'Signera', 'Utskrift', 'Radera', 'Nödöppning', 'Läsa skyddat',
    'Nekad', 'Inloggning')),
  level text not null, details jsonb not null,
  actor_kind text not null, actor_name text not null, actor_title text not null, actor_hsa_id text not null,
  user_id bigint, staff_id bigint, assignment_id bigint, role text not null,
  unit_id bigint, unit_name text not null, unit_hsa_id text not null, organisation_id bigint,
  provider_id bigint, provider_name text not null,
  purpose text not null, legal_basis text not null,
  case_id uuid, person_id bigint, persons bigint[] not null,
  object_type text not null, object_id text not null,
  owner_unit_id bigint, owner_unit_name text not null, owner_provider_name text not null,
  salt bytea not null,
  primary key (id, at)
) partition by range (at);
create table audit_link_default partition of audit_link default;
create table audit_event_default partition of audit_event default;
create index on audit_event (person_id, at) where person_id is not null;
create index on audit_event (case_id, at) where case_id is not null;
create index on audit_event (unit_id, at);
create index on audit_event using gin (persons) where persons <> '{}';
-- One row each: what the administrator alone may change, and the newest anchor.
create table audit_rule (only_row boolean primary key default true check (only_row),
  keep interval not null default interval '5 years');
insert into audit_rule default values;
create table audit_anchor (only_row boolean primary key default true check (only_row),
  number bigint not null, at timestamptz not null, digest bytea not null);
"""

FUNCTIONS = """
-- What the digest covers. A row as text quotes its fields, and nothing in it depends on the session's settings.
create function audit_payload(e audit_event) returns text stable language sql as $$
  select row(e.log_id, e.system, e.chain, e.seq, e.event, e.action, e.level, e.details, e.actor_kind, e.actor_name,
    e.actor_title, e.actor_hsa_id, e.user_id, e.staff_id, e.assignment_id, e.role, e.unit_id, e.unit_name,
    e.unit_hsa_id, e.organisation_id, e.provider_id, e.provider_name, e.purpose, e.legal_basis, e.case_id,
    e.person_id, e.persons, e.object_type, e.object_id, e.owner_unit_id, e.owner_unit_name,
    e.owner_provider_name)::text $$;

create function audit_append(r jsonb) returns bigint language plpgsql security definer
  set search_path = public, pg_temp as $$
declare e audit_event; l audit_link; head audit_chain; known record;
begin
  insert into audit_chain values (r->>'chain', 0, sha256(convert_to(r->>'chain', 'UTF8')))
    on conflict (chain) do nothing;
  select * into head from audit_chain where chain = r->>'chain' for update;
  e.at := now(); e.chain := head.chain; e.seq := head.seq + 1;
  e.log_id := gen_random_uuid(); e.system := coalesce(ctx_text('system'), 'SIP-stödet');
  e.event := r->>'event'; e.action := r->>'action'; e.level := coalesce(r->>'level', '');
  e.actor_kind := r->>'actor_kind'; e.actor_name := coalesce(r->>'actor_name', '');
  e.actor_title := coalesce(r->>'actor_title', ''); e.actor_hsa_id := '';
  -- Inside a scope the database's own context decides who it was, whatever the row says.
  e.user_id := coalesce(ctx_user(), (r->>'user_id')::bigint);
  e.assignment_id := coalesce(ctx_assignment(), (r->>'assignment_id')::bigint);
  e.unit_id := coalesce(ctx_own_unit(), (r->>'own_unit_id')::bigint);
  e.organisation_id := coalesce(ctx_organisation(), (r->>'organisation_id')::bigint);
  e.staff_id := (r->>'staff_id')::bigint;
  e.role := coalesce(r->>'role', ''); e.purpose := coalesce(ctx_text('purpose'), r->>'purpose', '');
  e.legal_basis := coalesce(r->>'legal_basis', '');
  e.case_id := (r->>'case_id')::uuid; e.person_id := (r->>'person_id')::bigint;
  e.persons := array(select jsonb_array_elements_text(coalesce(r->'persons', '[]'))::bigint);
  e.object_type := coalesce(r->>'object_type', ''); e.object_id := coalesce(r->>'object_id', '');
  e.details := coalesce(r->'details', '{}');
  e.unit_name := ''; e.unit_hsa_id := ''; e.provider_name := ''; e.owner_unit_name := ''; e.owner_provider_name := '';
  -- Names as they were then, from the directory and not from who asks.
  if e.assignment_id is not null then
    select s.id, s.name, s.title, s.hsa_id into known
      from organisations_assignment a join organisations_staff s on s.id = a.staff_id where a.id = e.assignment_id;
    if found then
      e.staff_id := known.id; e.actor_name := known.name; e.actor_title := known.title; e.actor_hsa_id := known.hsa_id;
    end if;
  end if;
  if e.unit_id is not null then
    select u.name, u.hsa_id, h.id as huvudman, coalesce(h.name, o.name) as provider into known
      from organisations_unit u join organisations_organisation o on o.id = u.organisation_id
      left join organisations_authority h on h.id = u.acts_for_id where u.id = e.unit_id;
    if found then
      e.unit_name := known.name; e.unit_hsa_id := known.hsa_id;
      e.provider_id := known.huvudman; e.provider_name := known.provider;
    end if;
  end if;
  if e.case_id is not null then
    select u.id, u.name, coalesce(h.name, o.name) as provider into known
      from cases_case c join organisations_unit u on u.id = c.owner_unit_id
      join organisations_organisation o on o.id = u.organisation_id
      left join organisations_authority h on h.id = u.acts_for_id where c.id = e.case_id;
    if found then
      e.owner_unit_id := known.id; e.owner_unit_name := known.name; e.owner_provider_name := known.provider;
    end if;
  end if;
  e.salt := uuid_send(gen_random_uuid());
  l.at := e.at; l.chain := e.chain; l.seq := e.seq; l.prev_hash := head.hash;
  l.payload_digest := sha256(e.salt || convert_to(audit_payload(e), 'UTF8'));
  l.hash := sha256(l.prev_hash || convert_to(l.seq::text || '|' || (extract(epoch from l.at) * 1000000)::bigint::text,
    'UTF8') || l.payload_digest);
  insert into audit_link (at, chain, seq, payload_digest, prev_hash, hash)
    values (l.at, l.chain, l.seq, l.payload_digest, l.prev_hash, l.hash) returning id into e.id;
  insert into audit_event values (e.*);
  update audit_chain set seq = l.seq, hash = l.hash where chain = l.chain;
  return e.id;
end $$;

-- Nobody changes or takes away a row; the two exceptions are the definer functions' own.
create function audit_only_grows() returns trigger language plpgsql as $$
begin
  raise exception 'the log only grows' using errcode = '42501';
end $$;
create trigger only_grows before update on audit_event for each row execute function audit_only_grows();
create trigger only_erased before delete on audit_event for each row when (current_user <> 'sip_def')
  execute function audit_only_grows();
create trigger only_grows before update or delete on audit_link for each row execute function audit_only_grows();
create trigger only_grows before delete on audit_chain for each row execute function audit_only_grows();
create trigger only_moved before update on audit_chain for each row when (current_user <> 'sip_def')
  execute function audit_only_grows();
create trigger never_emptied before truncate on audit_chain for each statement execute function audit_only_grows();
create trigger never_emptied before truncate on audit_link for each statement execute function audit_only_grows();
create trigger never_emptied before truncate on audit_event for each statement execute function audit_only_grows();
create trigger never_emptied before truncate on audit_link_default for each statement execute function audit_only_grows();
create trigger never_emptied before truncate on audit_event_default for each statement
  execute function audit_only_grows();

create function audit_keep_partitions(months_ahead int default 3) returns int language plpgsql security definer
  set search_path = public, pg_temp as $$
declare month date; made int := 0; parent text; name text;
begin
  for i in 0..months_ahead loop
    month := (date_trunc('month', now() at time zone 'UTC') + make_interval(months => i))::date;
    foreach parent in array array['audit_event', 'audit_link'] loop
      name := parent || '_' || to_char(month, 'YYYY_MM');
      if to_regclass('public.' || name) is null then
        execute format('create table %I partition of %I for values from (%L) to (%L)', name, parent,
          month::text || ' 00:00+00', (month + interval '1 month')::date::text || ' 00:00+00');
        execute format('create trigger never_emptied before truncate on %I for each statement'
          ' execute function audit_only_grows()', name);
        made := made + 1;
      end if;
    end loop;
  end loop;
  return made;
end $$;

-- For /readyz: rows can be inserted now and next month's partitions are there.
create function audit_ready() returns boolean language sql security definer set search_path = public, pg_temp as $$
  select bool_and(to_regclass('public.' || name || to_char((now() at time zone 'UTC') + interval '1 month', '_YYYY_MM'))
    is not null and has_table_privilege(current_user, name, 'insert'))
  from unnest(array['audit_event', 'audit_link']) name $$;

-- When the newest anchor was made, and the note of a new one.
create function audit_anchor_at() returns timestamptz language sql security definer
  set search_path = public, pg_temp as $$ select at from audit_anchor $$;
create function audit_anchored(new_number bigint, new_digest bytea) returns void language sql security definer
  set search_path = public, pg_temp as $$
  insert into audit_anchor (number, at, digest) values (new_number, now(), new_digest)
    on conflict (only_row) do update set number = excluded.number, at = excluded.at, digest = excluded.digest $$;
"""

ERASURE = """
create function audit_chains_before(before timestamptz, max int) returns setof text language sql security definer
  set search_path = public, pg_temp as $$
  select distinct e.chain from audit_event e where e.at < before and e.event <> 'audit.erased' limit max $$;

-- Takes away what rows say and leaves their links. Each chain gets a row that tells which numbers lost their payload;
-- an erased row of that kind hands its numbers on, so that a payload gone in another way is never covered.
create function audit_erase(before timestamptz, chains text[], reason text) returns bigint language plpgsql
  security definer set search_path = public, pg_temp as $$
declare name text; gone bigint; numbers int8multirange; total bigint := 0;
begin
  if before > now() - (select keep from audit_rule) then
    raise exception 'log rows are kept longer than that' using errcode = '42501';
  end if;
  for name in select c.chain from audit_chain c where c.chain = any(chains) order by c.chain for update loop
    continue when not exists (select 1 from audit_link l join audit_event e on e.id = l.id and e.at = l.at
      where l.chain = name and l.at < before and e.event <> 'audit.erased');
    with dead as (
      delete from audit_event e using audit_link l
        where l.chain = name and l.at < before and e.id = l.id and e.at = l.at
        returning l.seq, case when e.event = 'audit.erased' then (e.details->>'numbers')::int8multirange end as handed_on)
    select count(*), range_agg(int8range(seq, seq, '[]')) + coalesce(range_agg(handed_on), '{}')
      into gone, numbers from dead;
    perform audit_append(jsonb_build_object('chain', name, 'event', 'audit.erased', 'action', 'Radera',
      'actor_kind', 'worker', 'actor_name', 'retention', 'purpose', 'Gallring av logg',
      'person_id', substring(name from '^person:([0-9]+)$')::bigint,
      'details', jsonb_build_object('numbers', numbers::text, 'rows', gone, 'reason', reason)));
    total := total + gone;
  end loop;
  return total;
end $$;
"""

RIGHTS = """
alter table audit_event enable row level security;
alter table audit_event force row level security;
alter table audit_event_default enable row level security;
alter table audit_link enable row level security;
alter table audit_link force row level security;
alter table audit_link_default enable row level security;
alter table audit_chain enable row level security;
alter table audit_chain force row level security;
alter table audit_rule enable row level security;
alter table audit_rule force row level security;
alter table audit_anchor enable row level security;
alter table audit_anchor force row level security;
grant select, insert, delete on audit_event to sip_def;
grant select, insert on audit_link to sip_def;
grant select, insert, update on audit_chain, audit_anchor to sip_def;
grant select on audit_rule to sip_def;
grant select on audit_event to sip_staff, sip_citizen;
create policy staff_own_unit on audit_event for select to sip_staff using (unit_id = (select ctx_own_unit()));
-- The anchor job reads every chain's head: a name without a person, a number and a hash.
grant select on audit_chain, audit_anchor to sip_worker;
create policy worker_select on audit_chain for select to sip_worker using (true);
create policy worker_select on audit_anchor for select to sip_worker using (true);
alter function audit_append(jsonb) owner to sip_def;
alter function audit_ready() owner to sip_def;
alter function audit_anchor_at() owner to sip_def;
alter function audit_anchored(bigint, bytea) owner to sip_def;
alter function audit_chains_before(timestamptz, int) owner to sip_def;
alter function audit_erase(timestamptz, text[], text) owner to sip_def;
alter table audit_event owner to sip_owner;
alter table audit_event_default owner to sip_owner;
alter table audit_link owner to sip_owner;
alter table audit_link_default owner to sip_owner;
alter table audit_chain owner to sip_owner;
alter table audit_rule owner to sip_owner;
alter table audit_anchor owner to sip_owner;
alter function audit_keep_partitions(int) owner to sip_owner;
revoke execute on function audit_append(jsonb), audit_keep_partitions(int), audit_ready(), audit_anchor_at(),
  audit_anchored(bigint, bytea), audit_chains_before(timestamptz, int), audit_erase(timestamptz, text[], text) from public;
grant execute on function audit_append(jsonb), audit_ready(), audit_anchor_at()
  to sip_staff, sip_citizen, sip_worker;
grant execute on function audit_keep_partitions(int), audit_anchored(bigint, bytea),
  audit_chains_before(timestamptz, int), audit_erase(timestamptz, text[], text) to sip_worker;
select audit_keep_partitions(3);
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(CONTEXT + TABLE + FUNCTIONS + ERASURE + RIGHTS),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="AuditEvent",
                    fields=[
                        ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("at", models.DateTimeField(verbose_name="tid")),
                        ("persons", ArrayField(models.BigIntegerField(), verbose_name="visade personer")),
                    ],
                    options={
                        "db_table": "audit_event",
                        "managed": False,
                        "verbose_name": "logghändelse",
                        "verbose_name_plural": "logghändelser",
                    },
                )
            ]
        ),
    ]
