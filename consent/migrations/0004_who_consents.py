"""Who answers for the person, and what age does: representatives, their contact data, access by date, birthdays."""

from pathlib import Path

from django.db import migrations

from organisations.rls import STEERS, case_rows, definer, directory_rows, same_case

RULES = (Path(__file__).resolve().parents[1] / "data" / "age_rules.json").read_text(encoding="utf-8")

# What no citizen may read, not even in raw SQL: one guardian must not learn it about the other, or about the child.
UNSEEN = {
    "consent_consent": ("child_mature",),
    "consent_consentgiver": ("waiver_reason", "decided_scope"),
    "consent_representative": ("evidence", "understands_note"),
    "consent_representativecontact": ("number", "no_sharing", "user_ids"),
    "consent_ageexception": ("reason",),
    "cases_outsideparty": ("phone", "address"),
}
# Contact data is for the one it belongs to, and for other citizens only while it is not marked as hidden.
CONTACT = (
    "((select ctx_user()) = any(user_ids) or no_sharing = '' and exists (select 1 from consent_representative r"
    " where r.id = representative_id and r.ended_at is null and not r.contact_hidden))"
)


def unseen_by_citizens(table: str, columns: tuple[str, ...]) -> str:
    """Grant the citizen's role all columns that there are now but these; a column that comes later is not seen."""
    named = ", ".join(f"'{column}'" for column in columns)
    return f"""
        do $$ declare seen text; begin
          select string_agg(quote_ident(attname), ', ') into seen from pg_attribute
            where attrelid = '{table}'::regclass and attnum > 0 and not attisdropped and attname not in ({named});
          revoke select on {table} from sip_citizen;
          execute format('grant select (%s) on {table} to sip_citizen', seen);
        end $$;
    """


AGES = """
-- The last day on which the person may have been born, as cases.numbers.born_in reads it; null when nothing tells.
create function born_on(number text) returns date immutable language plpgsql set search_path = public, pg_temp as $$
declare told int; century int; y int; m int; d int; last_day int;
begin
  if number !~ '^[0-9]{8}' then return null; end if;
  told := substr(number, 1, 2)::int;
  century := case when told <= 20 then told when (told - 19) % 3 = 0 then 19 when (told - 20) % 3 = 0 then 20 end;
  if century is null or century < 18 then return null; end if;
  y := century * 100 + substr(number, 3, 2)::int;
  m := substr(number, 5, 2)::int;
  d := substr(number, 7, 2)::int;
  if d < 60 and (m = 0 or d = 0) then return null; end if;
  if d >= 60 then d := d - 60; end if;
  if m > 12 then return null; end if;
  -- A samordningsnummer without a known month or day: the last that is possible, so that the age is certain.
  if m = 0 then return make_date(y, 12, 31); end if;
  last_day := extract(day from make_date(y, m, 1) + interval '1 month - 1 day');
  if d > last_day then return null; end if;
  return make_date(y, m, case when d = 0 then last_day else d end);
end $$;

-- The day of turning so old; somebody born on a leap day turns on the day after 28 February.
create function birthday(born date, years int) returns date immutable language sql set search_path = public, pg_temp as $$
  select r + case when extract(day from born) = 29 and extract(day from r) = 28 then 1 else 0 end
    from (select (born + make_interval(years => years))::date as r) t $$;

-- The birthday that an age rule names, by the rule that is in force on it.
create function age_day(rule text, born date) returns date stable language sql set search_path = public, pg_temp as $$
  select birthday(born, age) from consent_agerule
    where key = rule and birthday(born, age) between valid_from and coalesce(valid_to, date '9999-12-31')
    order by valid_from desc limit 1 $$;
"""

READERS = f"""
-- Whose logins read in which case of the person, and in which days: guardians until the child is so old, the child
-- itself where it may read early. A guardian marked in any case of the child as shown nothing is shown nothing in all.
create function wanted_person_access(pid bigint) returns table (user_id bigint, case_id uuid, relation text,
    representative uuid, valid_from date, valid_to date) stable language sql security definer
  set search_path = public, pg_temp as $$
  with born as (
    select born_on(number) as day from cases_person where id = pid
  ), own as (
    select id from cases_case where person_id = pid
  ), e as (
    select x.case_id, max(x.day) filter (where x.kind = 'extend') as longer,
        min(x.day) filter (where x.kind = 'block') as blocked, min(x.day) filter (where x.kind = 'early') as early
      from consent_ageexception x join own on own.id = x.case_id where x.ended_at is null group by x.case_id
  ), known as (
    select r.case_id, r.line, r.ground, r.from_on, r.to_on, k.number, k.no_sharing, k.user_ids
      from own join consent_representative r on r.case_id = own.id and r.ended_at is null
      join consent_representativecontact k on k.representative_id = r.id
  )
  select distinct on (u.id, k.case_id) u.id, k.case_id, 'guardian', k.line, k.from_on,
      least(coalesce(k.to_on, date '9999-12-31'), age_day('adult', born.day) - 1, e.blocked - 1,
        coalesce(e.longer, age_day('guardians_read', born.day) - 1))
    from known k cross join born cross join lateral unnest(k.user_ids) as u(id) left join e on e.case_id = k.case_id
    where k.ground = 'guardian' and born.day is not null
      and not exists (select 1 from known o where o.number = k.number and o.no_sharing <> '')
  union all
  select a.user_id, e.case_id, 'self', null, e.early, date '9999-12-31'
    from e join person_access a on a.person_id = pid and a.case_id is null and a.relation = 'self'
    where e.early is not null $$;
{definer("wanted_person_access(bigint)", to="")}
grant execute on function wanted_person_access(bigint) to sip_def;

create function rebuild_person_access(pid bigint) returns void language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  perform 1 from cases_person where id = pid for no key update;
  delete from person_access a where a.person_id = pid and a.case_id is not null and not exists (
    select 1 from wanted_person_access(pid) w where w.user_id = a.user_id and w.case_id = a.case_id);
  insert into person_access (user_id, person_id, case_id, relation, representative, valid_from, valid_to)
    select w.user_id, pid, w.case_id, w.relation, w.representative, w.valid_from, w.valid_to
      from wanted_person_access(pid) w
    on conflict (user_id, person_id, case_id) do update set relation = excluded.relation,
      representative = excluded.representative, valid_from = excluded.valid_from, valid_to = excluded.valid_to;
end $$;
{definer("rebuild_person_access(bigint)", to="")}
grant execute on function rebuild_person_access(bigint) to sip_def;

create function readers_changed() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  perform rebuild_person_access(person_id) from cases_case
    where id = case when tg_op = 'DELETE' then old.case_id else new.case_id end;
  return null;
end $$;
{definer("readers_changed()", to="")}
create trigger readers_changed after insert or update or delete on consent_representative
  for each row execute function readers_changed();
create trigger readers_changed after insert or update or delete on consent_representativecontact
  for each row execute function readers_changed();
create trigger readers_changed after insert or update or delete on consent_ageexception
  for each row execute function readers_changed();

-- Logins that have proved this number before, as somebody's representative or for their own pages: whatever staff
-- write in the column is not kept.
create function contact_logins() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  new.user_ids := array(
    select unnest(k.user_ids) from consent_representativecontact k where k.number = new.number and new.number <> ''
    union select a.user_id from person_access a join cases_person p on p.id = a.person_id
      where p.number = new.number and a.relation = 'self' and a.case_id is null);
  return new;
end $$;
{definer("contact_logins()", to="")}
create trigger contact_logins before insert on consent_representativecontact
  for each row execute function contact_logins();

-- A login has proved a number: its own pages from the age when one reads them, and those of the children that it is
-- recorded as guardian for. Nothing is left of a number that the login no longer proves.
create function link_citizen(uid bigint, p_number text) returns void language plpgsql security definer
  set search_path = public, pg_temp as $$
declare pid bigint;
begin
  select id into pid from cases_person where number = p_number;
  delete from person_access where user_id = uid and relation = 'self' and person_id is distinct from pid;
  update consent_representativecontact set user_ids = array_remove(user_ids, uid)
    where uid = any(user_ids) and number <> p_number;
  update consent_representativecontact set user_ids = array_append(user_ids, uid)
    where number = p_number and p_number <> '' and not uid = any(user_ids);
  if pid is not null then
    insert into person_access (user_id, person_id, relation, valid_from, valid_to)
      values (uid, pid, 'self', coalesce(age_day('child_reads', born_on(p_number)), date '0001-01-01'),
        date '9999-12-31')
      on conflict (user_id, person_id, case_id) do update set relation = 'self', valid_from = excluded.valid_from,
        valid_to = excluded.valid_to;
    perform rebuild_person_access(pid);
  end if;
end $$;
{definer("link_citizen(bigint, text)", to="")}
grant execute on function link_citizen(bigint, text) to sip_def;
"""

EFFECTS = f"""
-- What guardians have said holds until the child is of age: the end is a date in the row, so that all policies know.
create function consent_ends_of_age() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
declare grown date;
begin
  select age_day('adult', born_on(p.number)) into grown
    from cases_case c join cases_person p on p.id = c.person_id where c.id = new.case_id;
  if grown > sip_today() then new.valid_to := least(coalesce(new.valid_to, grown - 1), grown - 1); end if;
  return new;
end $$;
{definer("consent_ends_of_age()", to="")}
create trigger ends_of_age before insert on consent_consent for each row execute function consent_ends_of_age();

-- Birthdays that an age rule names, in the last month and while the case was open: one task for each steering unit
-- and one line of history. The job needs no right to any person's number.
create function make_age_tasks(today date) returns bigint language sql security definer
  set search_path = public, pg_temp as $$
  with turned as (
    select c.id, c.reference, c.owner_unit_id, c.lead_unit_id, g.key, g.task, g.effect, b.day,
        'age:' || c.id || ':' || g.key || ':' as stem
      from cases_case c join cases_person p on p.id = c.person_id
      cross join lateral (select born_on(p.number) as born) n
      join consent_agerule g on n.born is not null
      cross join lateral (select birthday(n.born, g.age) as day) b
      where c.state not in ('closed', 'declined') and b.day between today - 31 and today
        and b.day between g.valid_from and coalesce(g.valid_to, date '9999-12-31')
        and b.day > (c.opened_at at time zone 'Europe/Stockholm')::date
  ), told as (
    insert into notifications_inboxitem (unit_id, case_id, reference, kind, dedupe_key, created_at)
      select u.id, t.id, t.reference, case when t.key = 'adult' then 'adult' else 'birthday' end, t.stem || u.id, now()
        from turned t cross join lateral (select t.owner_unit_id as id union select t.lead_unit_id) u
        where u.id is not null on conflict (dedupe_key) do nothing
      returning unit_id, case_id, dedupe_key
  ), mailed as (
    insert into notifications_delivery (id, dedupe_key, channel, template, unit_id, case_id, state, due_at, attempts,
        last_error, created_at)
      select gen_random_uuid(), dedupe_key, 'email', 'new_message', unit_id, case_id, 'due', now(), 0, '', now()
        from told on conflict (dedupe_key) do nothing
  ), noted as (
    insert into cases_caseevent (case_id, at, kind, text, detail, topics, by_id)
      select t.id, now(), 'age', t.task, '', 0, null from turned t join told on told.dedupe_key = t.stem || t.owner_unit_id
  )
  select count(*) from told $$;
{definer("make_age_tasks(date)", to="sip_worker")}
"""

# The child may be open with the one who asks: what it said is not for its guardians to read.
CHILD_VIEW = """
create policy not_for_citizens on consent_consenttext as restrictive for select to sip_citizen
  using (key not in ('child_view', 'maturity_note'));
"""

LOAD = """
insert into consent_agerule (key, age, valid_from, valid_to, source, effect, task)
  select key, age, valid_from, valid_to, source, effect, task
  from jsonb_to_recordset(%s::jsonb) as r(key text, age int, valid_from date, valid_to date, source text, effect text,
    task text)
"""


class Migration(migrations.Migration):
    dependencies = [("consent", "0003_emergency")]
    operations = [
        case_rows(
            "consent_representative", insert=STEERS, update=STEERS, update_columns="ended_at, ended_by_id", citizen=True
        ),
        case_rows("consent_representativecontact", insert=STEERS, update=None, citizen=CONTACT),
        case_rows(
            "consent_ageexception", insert=STEERS, update=STEERS, update_columns="ended_at, ended_by_id", citizen=True
        ),
        directory_rows("consent_agerule"),
        same_case("consent_representativecontact", "representative_id", "consent_representative"),
        same_case("consent_consentgiver", "representative_id", "consent_representative"),
        migrations.RunSQL(AGES + READERS + EFFECTS + CHILD_VIEW, migrations.RunSQL.noop),
        migrations.RunSQL([(LOAD, [RULES])], migrations.RunSQL.noop),
        *(
            migrations.RunSQL(unseen_by_citizens(table, columns), migrations.RunSQL.noop)
            for table, columns in UNSEEN.items()
        ),
    ]
