"""A protection mark is set and taken away by one function, with the same answer in all of the person's cases."""

from django.db import migrations

from organisations.rls import definer

PROTECTION = f"""
-- Through any other way the mark stays as it is; the function below is its owner's.
create function protection_guard() returns trigger language plpgsql as $$
begin
  if current_user = 'sip_staff' and new.protection is distinct from old.protection then
    raise exception 'a protection mark is changed by set_protection' using errcode = '42501';
  end if;
  return new;
end $$;
create trigger protection_guard before update of protection on cases_case
  for each row execute function protection_guard();

-- A finished PDF has the name in it: with a mark it is made anew, without.
create function protection_set() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  delete from plans_plandocument where case_id in (select id from cases_case where person_id = new.person_id);
  return null;
end $$;
{definer("protection_set()", to="")}
create trigger protection_set after insert or update of protection on cases_case
  for each row when (new.protection <> 'none') execute function protection_set();

-- Sets, changes or takes away the mark in every case of the person, also closed ones. The other owners are told, so
-- that one who has marked the person for a reason of its own can do so again.
create function set_protection(cid uuid, wanted text) returns int language plpgsql
  security definer set search_path = public, pg_temp as $$
declare c cases_case; o record; n int := 0; nth text := gen_random_uuid()::text;
begin
  select * into c from cases_case where id = cid for no key update;
  if not (ctx_handler() and ctx_unit() in (c.owner_unit_id, coalesce(c.lead_unit_id, 0))
          and has_access(cid, ctx_unit())) then
    raise exception 'only a steering unit changes a protection mark' using errcode = '42501';
  end if;
  for o in select id, reference, owner_unit_id from cases_case where person_id = c.person_id
      and protection <> wanted order by id for no key update
  loop
    n := n + 1;
    update cases_case set protection = wanted, updated_at = now() where id = o.id;
    insert into cases_caseevent (case_id, at, kind, text, detail, topics, by_id)
      values (o.id, now(), 'protection', case when wanted = 'none' then 'Skyddade personuppgifter togs bort'
        else 'Skyddade personuppgifter markerades' end, '', 0, case when o.id = cid then ctx_assignment() end);
    if o.owner_unit_id <> ctx_unit() then
      insert into notifications_inboxitem (unit_id, case_id, reference, kind, dedupe_key, created_at)
        values (o.owner_unit_id, o.id, o.reference, 'protection', 'protection:' || nth || ':' || o.id, now());
      insert into notifications_delivery (id, dedupe_key, channel, template, unit_id, case_id, state, due_at, attempts,
          last_error, created_at)
        values (gen_random_uuid(), 'protection:' || nth || ':' || o.id, 'email', 'new_message', o.owner_unit_id, o.id,
          'due', now(), 0, '', now());
    end if;
  end loop;
  return n;
end $$;
{definer("set_protection(uuid, text)")}

-- Whether a mark stands anywhere on the persons of versions that the acting unit has received: a frozen copy may be
-- older than the mark.
create function protected_now(pids bigint[]) returns setof bigint stable language sql security definer
  set search_path = public, pg_temp as $$
  select distinct c.person_id from cases_case c where c.person_id = any(pids) and c.protection <> 'none'
    and exists (select 1 from consent_receivedversion v where v.person_id = c.person_id and v.unit_id = ctx_unit()) $$;
{definer("protected_now(bigint[])")}
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_isolation"), ("consent", "0002_isolation"), ("plans", "0002_isolation")]
    operations = [migrations.RunSQL(PROTECTION, migrations.RunSQL.noop)]
