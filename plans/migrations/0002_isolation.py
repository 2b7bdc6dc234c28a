"""Plans: parties write drafts, nobody changes what is approved, the person reads what is approved."""

from django.db import migrations

from organisations.rls import HANDLES, STEERS, case_rows, policy, same_case

IN_FORCE = "state <> 'draft'"
OF_VISIBLE = "exists (select 1 from {0} parent where parent.id = {1})"

GUARDS = """
-- An approved version never changes; the only step left is that a newer one replaces it (PLA-5).
create function plan_is_immutable() returns trigger language plpgsql as $$
begin
  if old.state <> 'draft' and not (old.state = 'approved' and new.state = 'superseded'
      and to_jsonb(new) - 'state' = to_jsonb(old) - 'state') then
    raise exception 'an approved plan does not change' using errcode = '23514', constraint = 'plan_is_immutable';
  end if;
  return new;
end $$;
create trigger plan_is_immutable before update on plans_plan for each row execute function plan_is_immutable();

create function plan_part_is_immutable() returns trigger language plpgsql as $$
declare r jsonb := to_jsonb(case when tg_op = 'DELETE' then old else new end); plan_state text;
begin
  if tg_table_name = 'plans_goal' then
    select p.state into plan_state from plans_plan p where p.id = (r->>'plan_id')::bigint for share;
  else
    select p.state into plan_state from plans_plan p join plans_goal g on g.plan_id = p.id
      where g.id = (r->>'goal_id')::bigint for share of p;
  end if;
  if plan_state is distinct from 'draft' then
    raise exception 'an approved plan does not change' using errcode = '23514', constraint = 'plan_is_immutable';
  end if;
  return case when tg_op = 'DELETE' then old else new end;
end $$;
create trigger plan_is_immutable before insert or update or delete on plans_goal
  for each row execute function plan_part_is_immutable();
create trigger plan_is_immutable before insert or update or delete on plans_measure
  for each row execute function plan_part_is_immutable();

-- The huvudman of a measure is the one its unit acts for; never another (PLA-4).
create function measure_authority() returns trigger language plpgsql as $$
begin
  new.authority_id := (select u.acts_for_id from organisations_unit u where u.id = new.unit_id);
  return new;
end $$;
create trigger measure_authority before insert or update on plans_measure
  for each row execute function measure_authority();
"""

WORKER = f"""
grant select (id, case_id, plan_id, state, context, attempts, created_at), update (state, pdf, attempts, finished_at)
  on plans_plandocument to sip_worker;
{policy("plans_plandocument", "worker_select", "select", "sip_worker", using="true")}
{policy("plans_plandocument", "worker_update", "update", "sip_worker", using="true", check="true")}
-- Deleting a draft's goal asks whether reports hang on its measures; none do, and none may be deleted.
grant delete on plans_measurereport to sip_staff;
"""


class Migration(migrations.Migration):
    dependencies = [("plans", "0001_initial"), ("meetings", "0002_isolation")]
    operations = [
        case_rows("plans_plan", insert=HANDLES, update=HANDLES, citizen=IN_FORCE, worker="id, case_id, state, follow_up_on"),
        case_rows("plans_goal", delete=HANDLES, citizen=OF_VISIBLE.format("plans_plan", "plans_goal.plan_id")),
        case_rows("plans_measure", delete=HANDLES, citizen=OF_VISIBLE.format("plans_goal", "plans_measure.goal_id")),
        case_rows("plans_measurereport", update=None, citizen=True),
        case_rows("plans_followup", insert=STEERS, update=None, citizen=True),
        # A failed document may be ordered again; what it says was frozen when it was first ordered.
        case_rows("plans_plandocument", insert="true", update="true", update_columns="state, attempts", open_only=False,
                  citizen=OF_VISIBLE.format("plans_plan", "plans_plandocument.plan_id")),
        case_rows("plans_handedoutcopy", update=None, open_only=False, citizen=True),
        same_case("plans_goal", "plan_id", "plans_plan"),
        same_case("plans_measure", "goal_id", "plans_goal"),
        same_case("plans_measurereport", "measure_id", "plans_measure"),
        same_case("plans_followup", "plan_id", "plans_plan"),
        same_case("plans_plandocument", "plan_id", "plans_plan"),
        same_case("plans_handedoutcopy", "plan_id", "plans_plan"),
        same_case("plans_plan", "meeting_id", "meetings_meeting"),
        migrations.RunSQL(GUARDS + WORKER, migrations.RunSQL.noop),
    ]
