"""Writing together: who confirms a measure, what can be taken back, and whose part is done (PLA-4)."""

from django.db import migrations

from organisations.rls import case_rows, definer, same_case

OWN_UNIT = "(select ctx_handler()) and {table}.unit_id = (select ctx_unit())"

CONFIRMED = """
-- No huvudman decides measures for another (PLA-4): only a handler of the unit that is to do it confirms it. Carried
-- into the next version unchanged it stays as it was; the place in the list and the topics are not what was confirmed.
create function measure_said(m plans_measure) returns jsonb immutable language sql as $$
  select jsonb_build_array(m.text, m.doer, m.unit_id, m.doer_name, m.starts_on, m.ends_on, m.ongoing, m.frequency,
    m.place, m.confirmed_by_id, m.confirmed_at) $$;
create function measure_confirmed_by_own() returns trigger language plpgsql as $$
declare stood plans_measure;
begin
  if new.doer <> 'unit' or new.state <> 'confirmed' or ctx_unit() is null then return new; end if;
  if tg_op = 'UPDATE' then
    stood := old;
  elsif new.carried_from_id is not null then
    select * into stood from plans_measure where id = new.carried_from_id;
  end if;
  if stood.state = 'confirmed' and measure_said(stood) = measure_said(new) then return new; end if;
  if ctx_handler() and new.unit_id = ctx_unit() and new.confirmed_by_id = ctx_assignment() then return new; end if;
  raise exception 'only the unit that does a measure confirms it' using errcode = '42501';
end $$;
create trigger measure_confirmed before insert or update on plans_measure
  for each row execute function measure_confirmed_by_own();

-- Who approves sees the whole plan (plan_is_seen_whole), so nothing that waits is hidden here.
create function plan_is_confirmed() returns trigger language plpgsql as $$
begin
  if exists (select 1 from plans_measure m join plans_goal g on g.id = m.goal_id
      where g.plan_id = new.id and m.doer = 'unit' and m.state <> 'confirmed') then
    raise exception 'a measure waits for its unit' using errcode = '23514', constraint = 'plan_measures_confirmed';
  end if;
  return new;
end $$;
create trigger plan_measures_confirmed before update of state on plans_plan
  for each row when (old.state = 'draft' and new.state = 'approved') execute function plan_is_confirmed();
"""

STEPS = f"""
-- A change is seen where the text that it changed is seen, whatever its own topics say (SAM-3).
create policy step_is_seen on plans_planstep as restrictive for all to sip_staff using (
  (block_id is null or exists (select 1 from plans_planblock b where b.id = plans_planstep.block_id))
  and (goal_id is null or exists (select 1 from plans_goal g where g.id = plans_planstep.goal_id))
  and (measure_id is null or exists (select 1 from plans_measure m where m.id = plans_planstep.measure_id)));

-- A draft is working material: the latest 200 changes of a text are kept, and none once the plan is approved.
create function plan_steps_end() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  if tg_table_name = 'plans_plan' then
    delete from plans_planstep where plan_id = new.id;
  else
    delete from plans_planstep s where s.plan_id = new.plan_id and s.block_id is not distinct from new.block_id
      and s.goal_id is not distinct from new.goal_id and s.measure_id is not distinct from new.measure_id
      and s.revision + 200 <= new.revision;
  end if;
  return null;
end $$;
{definer("plan_steps_end()", to="")}
create trigger plan_steps_bounded after insert on plans_planstep
  for each row execute function plan_steps_end();
create trigger plan_steps_end after update of state on plans_plan
  for each row when (new.state <> 'draft') execute function plan_steps_end();

-- Steps are of drafts alone, and made by the one who is said to have made them.
create function plan_step_is_own() returns trigger language plpgsql as $$
begin
  if ctx_unit() is not null and (new.by_id is distinct from ctx_assignment()
      or not exists (select 1 from plans_plan p where p.id = new.plan_id and p.state = 'draft')) then
    raise exception 'a change in a draft, by oneself' using errcode = '42501';
  end if;
  return new;
end $$;
create trigger plan_step_is_own before insert on plans_planstep for each row execute function plan_step_is_own();
"""

CASCADES = "\n".join(
    f"""
do $$ declare name text; begin
  select conname into name from pg_constraint where conrelid = 'plans_planstep'::regclass and contype = 'f'
    and confrelid = '{parent}'::regclass and array_length(conkey, 1) = 1;
  execute format('alter table plans_planstep drop constraint %I', name);
end $$;
alter table plans_planstep add constraint plans_planstep_{column} foreign key ({column}) references {parent} (id)
  on delete cascade deferrable initially deferred;"""
    for column, parent in (
        ("block_id", "plans_planblock"),
        ("goal_id", "plans_goal"),
        ("measure_id", "plans_measure"),
    )
)


class Migration(migrations.Migration):
    dependencies = [("plans", "0004_levels_and_exports")]
    operations = [
        case_rows("plans_planstep", topics=True, update=None),
        case_rows("plans_partdone", insert=OWN_UNIT, update=OWN_UNIT, update_columns="done, at, by_id"),
        same_case("plans_planstep", "plan_id", "plans_plan"),
        same_case("plans_planstep", "block_id", "plans_planblock"),
        same_case("plans_planstep", "goal_id", "plans_goal"),
        same_case("plans_planstep", "measure_id", "plans_measure"),
        same_case("plans_partdone", "plan_id", "plans_plan"),
        # What a version begins with is the case's own: a measure carried over stays confirmed.
        same_case("plans_plan", "based_on_id", "plans_plan"),
        same_case("plans_measure", "carried_from_id", "plans_measure"),
        same_case("plans_followup", "meeting_id", "meetings_meeting"),
        migrations.RunSQL(CONFIRMED + STEPS + CASCADES, migrations.RunSQL.noop),
    ]
