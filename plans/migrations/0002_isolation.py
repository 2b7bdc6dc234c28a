"""Plans: parties write drafts, nobody changes what is approved, the person reads what is approved."""

from django.db import migrations

from organisations.rls import HANDLES, STEERS, case_rows, definer, policy, same_case

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

WARD = f"""
-- Before discharge the ward approves where the county has agreed so (UTS-6). It does not steer the case, so what
-- follows on the version that it has just approved is done here: huvudansvarig, state and owner.
create function adopt_plan_of_ward(cid uuid, pid bigint, view_of_lead text) returns void language plpgsql
  security definer set search_path = public, pg_temp as $$
declare c cases_case; p plans_plan;
begin
  select * into c from cases_case where id = cid for no key update;
  select * into p from plans_plan where id = pid and case_id = cid;
  if not (ctx_handler() and has_access(cid, ctx_unit()) and c.inpatient and c.ward_unit_id = ctx_unit()
          and c.state in ('met', 'planned', 'following_up') and p.state = 'approved'
          and p.approved_by_id = ctx_assignment() and has_access(cid, p.lead_unit_id)
          and exists (select 1 from organisations_guideline g
                      where g.id = c.guideline_id and g.approver_at_discharge = 'ward')) then
    raise exception 'only the ward adopts the plan that it approved' using errcode = '42501';
  end if;
  if (c.lead_staff_id, c.lead_unit_id, c.lead_authority_id)
     is distinct from (p.lead_staff_id, p.lead_unit_id, p.lead_authority_id) then
    update cases_leadterm set to_on = sip_today() where case_id = cid and to_on is null;
    insert into cases_leadterm (case_id, staff_id, unit_id, authority_id, from_on, person_view, decided_by_id)
      values (cid, p.lead_staff_id, p.lead_unit_id, p.lead_authority_id, sip_today(), view_of_lead, ctx_assignment());
  end if;
  if c.owner_unit_id <> p.lead_unit_id and not exists (select 1 from cases_participation
      where case_id = cid and unit_id = c.owner_unit_id and ended_on is null) then
    insert into cases_participation (case_id, unit_id, obligation, started_on, end_note, added_by_id)
      values (cid, c.owner_unit_id, 'duty', sip_today(), '', ctx_assignment());
  end if;
  update cases_case set state = 'planned', lead_staff_id = p.lead_staff_id, lead_unit_id = p.lead_unit_id,
      lead_authority_id = p.lead_authority_id, owner_unit_id = p.lead_unit_id, updated_at = now(),
      person_view_of_lead = coalesce(nullif(view_of_lead, ''), person_view_of_lead)
    where id = cid;
end $$;
{definer("adopt_plan_of_ward(uuid, bigint, text)")}
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
        case_rows(
            "plans_plan", insert=HANDLES, update=HANDLES, citizen=IN_FORCE, worker="id, case_id, state, follow_up_on"
        ),
        case_rows("plans_goal", delete=HANDLES, citizen=OF_VISIBLE.format("plans_plan", "plans_goal.plan_id")),
        case_rows("plans_measure", delete=HANDLES, citizen=OF_VISIBLE.format("plans_goal", "plans_measure.goal_id")),
        case_rows("plans_measurereport", update=None, citizen=True),
        case_rows("plans_followup", insert=STEERS, update=None, citizen=True),
        # A failed document may be ordered again; what it says was frozen when it was first ordered.
        case_rows(
            "plans_plandocument",
            insert="true",
            update="true",
            update_columns="state, attempts",
            open_only=False,
            citizen=OF_VISIBLE.format("plans_plan", "plans_plandocument.plan_id"),
        ),
        case_rows("plans_handedoutcopy", update=None, open_only=False, citizen=True),
        same_case("plans_goal", "plan_id", "plans_plan"),
        same_case("plans_measure", "goal_id", "plans_goal"),
        same_case("plans_measurereport", "measure_id", "plans_measure"),
        same_case("plans_followup", "plan_id", "plans_plan"),
        same_case("plans_plandocument", "plan_id", "plans_plan"),
        same_case("plans_handedoutcopy", "plan_id", "plans_plan"),
        same_case("plans_plan", "meeting_id", "meetings_meeting"),
        migrations.RunSQL(GUARDS + WARD + WORKER, migrations.RunSQL.noop),
    ]
