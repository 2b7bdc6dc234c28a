"""The log: monthly partitions, one hash chain per person or unit, INSERT only through audit_append()."""

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
create function ctx_writer() returns boolean stable parallel safe language sql
  as $$ select coalesce(ctx_text('role') in ('handler', 'reception', 'manager'), false) $$;
create function ctx_handler() returns boolean stable parallel safe language sql
  as $$ select coalesce(ctx_text('role') = 'handler', false) $$;
create function ctx_admin() returns boolean stable parallel safe language sql
  as $$ select coalesce(ctx_text('role') = 'org_admin', false) $$;
-- Dates in policies are Stockholm's, whatever the session's time zone is.
create function sip_today() returns date stable parallel safe language sql
  as $$ select (now() at time zone 'Europe/Stockholm')::date $$;
"""

TABLE = """
create table audit_chain (chain text primary key, seq bigint not null, hash bytea not null);
create table audit_event (
  id bigint generated always as identity,
  at timestamptz not null default now(),
  chain text not null, seq bigint not null,
  event text not null, action text not null,
  actor_kind text not null, actor_name text not null default '', actor_title text not null default '',
  user_id bigint, staff_id bigint, assignment_id bigint, unit_id bigint, organisation_id bigint,
  role text not null default '', purpose text not null default '', legal_basis text not null default '',
  case_id uuid, person_id bigint, persons bigint[] not null default '{}',
  object_type text not null default '', object_id text not null default '', details jsonb not null default '{}',
  salt bytea not null, payload_digest bytea not null, prev_hash bytea not null, hash bytea not null,
  primary key (id, at)
) partition by range (at);
create table audit_event_default partition of audit_event default;
create index on audit_event (person_id, at) where person_id is not null;
create index on audit_event (case_id, at) where case_id is not null;
create index on audit_event (unit_id, at);
create index on audit_event using gin (persons) where persons <> '{}';
create index on audit_event (chain, seq);
"""

FUNCTIONS = """
create function audit_payload(e audit_event) returns text immutable language sql as $$
  select (to_jsonb(e) - array['id', 'at', 'salt', 'payload_digest', 'prev_hash', 'hash'])::text $$;

create function audit_link(e audit_event) returns bytea immutable language sql as $$
  select sha256(e.prev_hash || convert_to(e.seq::text || '|' || (extract(epoch from e.at) * 1000000)::bigint::text,
         'UTF8') || e.payload_digest) $$;

create function audit_append(r jsonb) returns bigint language plpgsql security definer
  set search_path = public, pg_temp as $$
declare e audit_event; head audit_chain; new_id bigint;
begin
  insert into audit_chain values (r->>'chain', 0, sha256(convert_to(r->>'chain', 'UTF8')))
    on conflict (chain) do nothing;
  select * into head from audit_chain where chain = r->>'chain' for update;
  e.at := now(); e.chain := head.chain; e.seq := head.seq + 1;
  e.event := r->>'event'; e.action := r->>'action';
  e.actor_kind := r->>'actor_kind'; e.actor_name := coalesce(r->>'actor_name', '');
  e.actor_title := coalesce(r->>'actor_title', '');
  -- Inside a scope the database's own context decides who it was, whatever the row says.
  e.user_id := coalesce(ctx_user(), (r->>'user_id')::bigint);
  e.assignment_id := coalesce(ctx_assignment(), (r->>'assignment_id')::bigint);
  e.unit_id := coalesce(ctx_own_unit(), (r->>'own_unit_id')::bigint);
  e.organisation_id := coalesce(ctx_organisation(), (r->>'organisation_id')::bigint);
  e.staff_id := (r->>'staff_id')::bigint;
  e.role := coalesce(r->>'role', ''); e.purpose := coalesce(r->>'purpose', '');
  e.legal_basis := coalesce(r->>'legal_basis', '');
  e.case_id := (r->>'case_id')::uuid; e.person_id := (r->>'person_id')::bigint;
  e.persons := array(select jsonb_array_elements_text(coalesce(r->'persons', '[]'))::bigint);
  e.object_type := coalesce(r->>'object_type', ''); e.object_id := coalesce(r->>'object_id', '');
  e.details := coalesce(r->'details', '{}');
  e.salt := uuid_send(gen_random_uuid());
  e.payload_digest := sha256(e.salt || convert_to(audit_payload(e), 'UTF8'));
  e.prev_hash := head.hash;
  e.hash := audit_link(e);
  insert into audit_event (at, chain, seq, event, action, actor_kind, actor_name, actor_title, user_id, staff_id,
      assignment_id, unit_id, organisation_id, role, purpose, legal_basis, case_id, person_id, persons, object_type,
      object_id, details, salt, payload_digest, prev_hash, hash)
    values (e.at, e.chain, e.seq, e.event, e.action, e.actor_kind, e.actor_name, e.actor_title, e.user_id, e.staff_id,
      e.assignment_id, e.unit_id, e.organisation_id, e.role, e.purpose, e.legal_basis, e.case_id, e.person_id,
      e.persons, e.object_type, e.object_id, e.details, e.salt, e.payload_digest, e.prev_hash, e.hash)
    returning id into new_id;
  update audit_chain set seq = e.seq, hash = e.hash where chain = e.chain;
  return new_id;
end $$;

create function audit_keep_partitions(months_ahead int default 3) returns int language plpgsql security definer
  set search_path = public, pg_temp as $$
declare month date; made int := 0; name text;
begin
  for i in 0..months_ahead loop
    month := (date_trunc('month', now() at time zone 'UTC') + make_interval(months => i))::date;
    name := 'audit_event_' || to_char(month, 'YYYY_MM');
    if to_regclass('public.' || name) is null then
      execute format('create table %I partition of audit_event for values from (%L) to (%L)', name,
        month::text || ' 00:00+00', (month + interval '1 month')::date::text || ' 00:00+00');
      made := made + 1;
    end if;
  end loop;
  return made;
end $$;

-- For /readyz: rows can be inserted now and next month's partition is there.
create function audit_ready() returns boolean language sql security definer set search_path = public, pg_temp as $$
  select to_regclass('public.audit_event_' || to_char((now() at time zone 'UTC') + interval '1 month', 'YYYY_MM'))
    is not null and has_table_privilege(current_user, 'audit_event', 'insert') $$;
"""

RIGHTS = """
alter table audit_event enable row level security;
alter table audit_event force row level security;
alter table audit_chain enable row level security;
alter table audit_chain force row level security;
alter table audit_event_default enable row level security;
grant select, insert on audit_event to sip_def;
grant select, insert, update on audit_chain to sip_def;
grant select on audit_event to sip_staff, sip_citizen;
create policy staff_own_unit on audit_event for select to sip_staff using (unit_id = (select ctx_own_unit()));
alter function audit_append(jsonb) owner to sip_def;
alter function audit_ready() owner to sip_def;
alter table audit_event owner to sip_owner;
alter table audit_event_default owner to sip_owner;
alter table audit_chain owner to sip_owner;
alter function audit_keep_partitions(int) owner to sip_owner;
revoke execute on function audit_append(jsonb), audit_keep_partitions(int), audit_ready() from public;
grant execute on function audit_append(jsonb), audit_ready() to sip_staff, sip_citizen, sip_worker;
grant execute on function audit_keep_partitions(int) to sip_worker;
select audit_keep_partitions(3);
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(CONTEXT + TABLE + FUNCTIONS + RIGHTS),
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
