"""Logins are tied to people by two functions, and by nothing else: the web may read identities, never write them."""

from django.db import migrations

from organisations.rls import definer

TABLES = """
alter table identity_identity owner to sip_owner;
alter table identity_usedtoken owner to sip_owner;
grant select, insert on identity_identity to sip_def;
grant select, insert, update (name) on organisations_user to sip_def;
"""

FUNCTIONS = f"""
-- The first login of a pre-registered member of staff; null when somebody else has that place already.
create function bind_staff(p_issuer text, p_subject text, p_staff bigint) returns bigint language plpgsql
  security definer set search_path = public, pg_temp as $$
declare person organisations_staff; uid bigint;
begin
  select * into person from organisations_staff where id = p_staff and is_active for update;
  if person.id is null then return null; end if;
  uid := person.user_id;
  if uid is null then
    insert into organisations_user (username, password, kind, name, is_active, is_demo, is_operator)
      values ('personal-' || gen_random_uuid(), '!' || gen_random_uuid(), 'staff', person.name, true, false, false)
      returning id into uid;
    update organisations_staff set user_id = uid where id = person.id;
  end if;
  insert into identity_identity (issuer, subject, user_id, bound_at) values (p_issuer, p_subject, uid, now())
    on conflict do nothing;
  if not found then return null; end if;
  return uid;
end $$;
{definer("bind_staff(text, text, bigint)", to="")}

-- A citizen has proved a number. The number decides each time whose pages the login reads, by age and by what is
-- recorded of guardians; this app keeps it nowhere.
create function citizen_signed_in(p_issuer text, p_subject text, p_number text, p_name text) returns bigint
  language plpgsql security definer set search_path = public, pg_temp as $$
declare uid bigint;
begin
  perform pg_advisory_xact_lock(hashtextextended('citizen:' || p_issuer || ' ' || p_subject, 0));
  select user_id into uid from identity_identity where issuer = p_issuer and subject = p_subject;
  if uid is null then
    insert into organisations_user (username, password, kind, name, is_active, is_demo, is_operator)
      values ('medborgare-' || gen_random_uuid(), '!' || gen_random_uuid(), 'citizen', p_name, true, false, false)
      returning id into uid;
    insert into identity_identity (issuer, subject, user_id, bound_at) values (p_issuer, p_subject, uid, now());
  else
    update organisations_user set name = p_name where id = uid and kind = 'citizen' and name <> p_name;
  end if;
  if not exists (select 1 from organisations_user where id = uid and kind = 'citizen' and is_active) then
    return uid;
  end if;
  perform link_citizen(uid, p_number);
  return uid;
end $$;
{definer("citizen_signed_in(text, text, text, text)", to="")}
"""


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial"), ("consent", "0004_who_consents")]
    operations = [migrations.RunSQL(TABLES + FUNCTIONS, migrations.RunSQL.noop)]
