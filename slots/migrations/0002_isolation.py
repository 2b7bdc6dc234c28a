"""Standing times are the unit's own; a caller sees free times alone, and takes them, by functions (KAL-9)."""

from django.db import migrations

from organisations.rls import WRITES, definer, enable, policy

OF_ORGANISATION = (
    "exists (select 1 from organisations_unit u where u.id = {0}.unit_id"
    " and u.organisation_id = (select ctx_organisation()))"
)
# Taken or not: never by what.
SEEN = "id, slot_id, unit_id, starts_at, ends_at, taken_at"


def own_rows(table: str, *, select: str = "", write: dict | None = None) -> str:
    """The acting unit's rows, and those of the organisation's units for its administrator."""
    admin = f"((select ctx_admin()) and {OF_ORGANISATION.format(table)})"
    mine = f"{table}.unit_id = (select ctx_unit())"
    sql = [enable(table), f"grant select{f' ({select})' if select else ''} on {table} to sip_staff;"]
    sql.append(policy(table, "own_select", "select", "sip_staff", using=f"{mine} or {admin}"))
    writes = f"({mine} and {WRITES}) or {admin}"
    for command, columns in (write or {}).items():
        using = "" if command == "insert" else writes
        check = "" if command == "delete" else writes
        sql.append(f"grant {command}{f' ({columns})' if columns else ''} on {table} to sip_staff;")
        sql.append(policy(table, f"own_{command}", command, "sip_staff", using=using, check=check))
    return "\n".join(sql)


FUNCTIONS = f"""
-- Two callers never get the same time: what a unit has promised may not overlap.
alter table slots_slotbooking add constraint slot_taken_once exclude using gist
  (int8range(unit_id, unit_id, '[]') with &&, tstzrange(starts_at, ends_at) with &&);

-- The slot and the unit of a window, and of what takes it, are the same unit's.
alter table slots_slotwindow add constraint slots_slotwindow_unit unique (id, unit_id);
alter table slots_slot add constraint slots_slot_unit unique (id, unit_id);
alter table slots_slot add constraint slots_slot_window_unit foreign key (window_id, unit_id)
  references slots_slotwindow (id, unit_id) deferrable initially deferred;
alter table slots_slotbooking add constraint slots_slotbooking_slot_unit foreign key (slot_id, unit_id)
  references slots_slot (id, unit_id) deferrable initially deferred;

-- A handler of a steering unit asks, about the units of its own case alone.
create function may_ask_slots(cid uuid, uids bigint[]) returns boolean stable language sql security definer
  set search_path = public, pg_temp as $$
  select ctx_handler() and has_access(cid, ctx_unit()) and exists (select 1 from cases_case c where c.id = cid
    and c.state not in ('closed', 'declined') and ctx_unit() in (c.owner_unit_id, c.lead_unit_id)
    and not exists (select 1 from unnest(uids) u where u <> ctx_unit() and u <> c.owner_unit_id
      and not exists (select 1 from cases_participation p
        where p.case_id = cid and p.unit_id = u and p.ended_on is null))) $$;
{definer("may_ask_slots(uuid, bigint[])", to="")}
grant execute on function may_ask_slots(uuid, bigint[]) to sip_def;

-- Which of the units have standing times at all.
create function publishing_units(uids bigint[]) returns setof bigint stable language sql security definer
  set search_path = public, pg_temp as $$
  select distinct unit_id from slots_slotwindow where unit_id = any(uids) and ended_at is null and to_on >= sip_today() $$;
{definer("publishing_units(bigint[])", to="")}
grant execute on function publishing_units(bigint[]) to sip_def;

create function free_slots(uids bigint[]) returns setof slots_slot stable language sql security definer
  set search_path = public, pg_temp as $$
  -- A day that was taken when its window ended, and is let go later, is the unit's own.
  select s.* from slots_slot s join slots_slotwindow w on w.id = s.window_id and w.ended_at is null
    where s.unit_id = any(uids) and s.starts_at > now() and s.offered_until > now()
    and not exists (select 1 from slots_slotbooking b where b.unit_id = s.unit_id
      and tstzrange(b.starts_at, b.ends_at) && tstzrange(s.starts_at, s.ends_at)) $$;
{definer("free_slots(bigint[])", to="")}
grant execute on function free_slots(bigint[]) to sip_def;

-- The first times that all the units which have standing times can come: a common time begins where the last of them
-- begins, and ends where the first ends. Each unit's own window is told with it.
create function common_slots(cid uuid, uids bigint[], shortest int, many int)
  returns table (starts_at timestamptz, ends_at timestamptz, windows jsonb) stable language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  if not may_ask_slots(cid, uids) then raise exception 'not the caller' using errcode = '42501'; end if;
  return query
    with free as materialized (
      select s.unit_id, s.starts_at as a, s.ends_at as b, w.form, w.place from free_slots(uids) s
        join slots_slotwindow w on w.id = s.window_id
    )
    select c.a, min(f.b), jsonb_agg(jsonb_build_object('unit', f.unit_id, 'form', f.form, 'place', f.place,
        'starts', f.a, 'ends', f.b) order by f.unit_id)
      from (select distinct free.a from free) c cross join lateral (
        select distinct on (free.unit_id) free.* from free where free.a <= c.a and free.b > c.a
          order by free.unit_id, free.b desc) f
      group by c.a
      having count(*) = (select count(*) from publishing_units(uids))
        and min(f.b) >= c.a + make_interval(mins => shortest)
      order by c.a limit many;
end $$;
{definer("common_slots(uuid, bigint[], int, int)")}

-- Which of the units have standing times, for the one who calls.
create function units_with_slots(cid uuid, uids bigint[]) returns setof bigint stable language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  if not may_ask_slots(cid, uids) then raise exception 'not the caller' using errcode = '42501'; end if;
  return query select publishing_units(uids);
end $$;
{definer("units_with_slots(uuid, bigint[])")}

-- Take the time of every unit that has standing times, or of none. In the order of the units, so that two callers wait
-- for each other at the first one; who comes second meets slot_taken_once.
create function take_slots(cid uuid, res uuid, uids bigint[], a timestamptz, b timestamptz) returns int
  language plpgsql security definer set search_path = public, pg_temp as $$
declare n int;
begin
  if not may_ask_slots(cid, uids) then raise exception 'not the caller' using errcode = '42501'; end if;
  insert into slots_slotbooking (slot_id, unit_id, starts_at, ends_at, reservation, taken_at)
    select * from (select distinct on (s.unit_id) s.id, s.unit_id, s.starts_at, s.ends_at, res, now()
      from free_slots(uids) s where s.starts_at <= a and s.ends_at >= b order by s.unit_id, s.starts_at desc) x
    order by x.unit_id;
  get diagnostics n = row_count;
  if n < (select count(*) from publishing_units(uids)) then
    raise exception 'no longer free' using errcode = '23P01', constraint = 'slot_taken_once';
  end if;
  return n;
end $$;
{definer("take_slots(uuid, uuid, bigint[], timestamptz, timestamptz)")}

-- Let go of what a meeting had taken: all of it, or one unit's.
create function release_slots(res uuid, uid bigint) returns void language sql security definer
  set search_path = public, pg_temp as $$
  delete from slots_slotbooking where reservation = res and (uid is null or unit_id = uid) $$;
{definer("release_slots(uuid, bigint)", to="")}
grant execute on function release_slots(uuid, bigint) to sip_def;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("slots", "0001_initial"),
        ("cases", "0002_isolation"),
        ("organisations", "0002_isolation"),
    ]
    operations = [
        migrations.RunSQL(
            own_rows("slots_slotwindow", write={"insert": "", "update": "ended_at"}), migrations.RunSQL.noop
        ),
        migrations.RunSQL(own_rows("slots_slot", write={"insert": "", "delete": ""}), migrations.RunSQL.noop),
        migrations.RunSQL(own_rows("slots_slotbooking", select=SEEN), migrations.RunSQL.noop),
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
    ]
