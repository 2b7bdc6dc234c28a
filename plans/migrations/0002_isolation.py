"""Plans: parties write drafts, nobody changes what is approved, the person reads what is approved.

Each text, goal and measure has its topics; what a unit may not see is not there for it (SAM-3).
"""

from django.db import migrations

from organisations.rls import HANDLES, STEERS, case_rows, definer, policy, same_case

IN_FORCE = "state <> 'draft'"
IN_FORCE_NOW = "plans_plan.state = 'approved'"
OF_VISIBLE = "exists (select 1 from {0} parent where parent.id = {1})"
# One who has broken the glass reads the plan in force, and nothing that is being written.
OF_PLAN_IN_FORCE = "exists (select 1 from plans_plan p where p.id = {0} and p.state = 'approved')"
OF_GOAL_IN_FORCE = (
    "exists (select 1 from plans_goal g join plans_plan p on p.id = g.plan_id"
    " where g.id = plans_measure.goal_id and p.state = 'approved')"
)

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
  -- Only retention erases as this role, and only whole cases (retention_erase).
  if tg_op = 'DELETE' and current_user = 'sip_def' then return old; end if;
  if r ? 'plan_id' then
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
create trigger plan_is_immutable before insert or update or delete on plans_planblock
  for each row execute function plan_part_is_immutable();
create trigger plan_is_immutable before insert or update or delete on plans_measure
  for each row execute function plan_part_is_immutable();
create trigger plan_is_immutable before insert or update or delete on plans_disagreement
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

TOPICS = f"""
-- A measure is there only where its goal is, a report only where its measure is, whatever their own topics say.
create policy goal_is_seen on plans_measure as restrictive for all to sip_staff
  using ({OF_VISIBLE.format("plans_goal", "plans_measure.goal_id")});
create policy goal_is_seen on plans_disagreement as restrictive for all to sip_staff
  using (plans_disagreement.goal_id is null or {OF_VISIBLE.format("plans_goal", "plans_disagreement.goal_id")});
create policy measure_is_seen on plans_measurereport as restrictive for all to sip_staff
  using ({OF_VISIBLE.format("plans_measure", "plans_measurereport.measure_id")});
-- A PDF holds what the unit that ordered it saw: one mask for each ground that it saw by. It is for those who see as
-- much by each of them.
create policy seen_by_such_eyes on plans_plandocument as restrictive for all to sip_staff using (not exists (
  select 1 from unnest(plans_plandocument.hidden_topics) mask where not exists (
    select 1 from case_access a where a.case_id = plans_plandocument.case_id and a.unit_id = (select ctx_unit())
      and a.valid_to >= (select sip_today()) and not a.emergency and a.hidden_topics & ~mask = 0)));

-- Nothing at all is hidden from the unit on at least one ground: two grounds that each hide something are not enough,
-- since a text with both topics, or with none chosen, is seen on neither.
create function sees_all(cid uuid, uid bigint) returns boolean stable language sql security definer
  set search_path = public, pg_temp as $$
  select exists (select 1 from case_access where case_id = cid and unit_id = uid and valid_to >= sip_today()
    and not emergency and hidden_topics = 0) $$;
{definer("sees_all(uuid, bigint)", to="")}
grant execute on function sees_all(uuid, bigint) to sip_def;

-- Whether a unit can be huvudansvarig: it is to see all of the plan. Asked by one who sees the case.
create function lead_sees_all(cid uuid, uid bigint) returns boolean stable language sql security definer
  set search_path = public, pg_temp as $$
  select has_access(cid, ctx_unit()) and sees_all(cid, uid) $$;
{definer("lead_sees_all(uuid, bigint)")}

-- Beginning a version copies the one before, and approving it is to stand for all of it: both are for a unit that
-- sees all. So is being huvudansvarig. The law's "what others do" must be said, or that nobody does (PLA-3).
create function plan_is_seen_whole() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  if ctx_unit() is not null and not sees_all(new.case_id, ctx_unit()) then
    raise exception 'only a unit that sees the whole plan' using errcode = '42501';
  end if;
  if new.state = 'approved' then
    if not new.others_nobody and not exists (select 1 from plans_planblock
        where plan_id = new.id and key = 'others_measures' and text <> '') then
      raise exception 'what others do is not said' using errcode = '23514', constraint = 'plan_others_said';
    end if;
    if ctx_unit() is not null and new.lead_unit_id is not null and not sees_all(new.case_id, new.lead_unit_id) then
      raise exception 'huvudansvarig does not see the whole plan' using errcode = '23514',
        constraint = 'plan_lead_sees_all';
    end if;
  end if;
  return new;
end $$;
{definer("plan_is_seen_whole()", to="")}
create trigger plan_is_seen_whole before insert or update of state on plans_plan
  for each row execute function plan_is_seen_whole();

-- The place after the last goal of a plan, or the last measure of a goal, also when that one is hidden from the unit.
create function next_place(kind text, parent bigint) returns int language plpgsql stable security definer
  set search_path = public, pg_temp as $$
declare cid uuid; last int;
begin
  if kind = 'goal' then
    select case_id into cid from plans_plan where id = parent;
    select max(position) into last from plans_goal where plan_id = parent;
  else
    select case_id into cid from plans_goal where id = parent;
    select max(position) into last from plans_measure where goal_id = parent;
  end if;
  if cid is null or not has_access(cid, ctx_unit()) then
    raise exception 'no access to the case' using errcode = '42501';
  end if;
  return coalesce(last, 0) + 1;
end $$;
{definer("next_place(text, bigint)")}
"""

WARD = f"""
-- Before discharge the ward approves where the county has agreed so (UTS-6). It does not steer the case, so what
-- follows on the version that it has just approved is done here: huvudansvarig, state and owner.
create function adopt_plan_of_ward(cid uuid, pid bigint, view_of_lead text) returns void language plpgsql
  security definer set search_path = public, pg_temp as $$
declare c cases_case; p plans_plan; term bigint;
begin
  select * into c from cases_case where id = cid for no key update;
  select * into p from plans_plan where id = pid and case_id = cid;
  if not (ctx_handler() and has_access(cid, ctx_unit()) and c.inpatient and c.ward_unit_id = ctx_unit()
          and c.state in ('met', 'planned', 'following_up') and p.state = 'approved'
          and p.approved_by_id = ctx_assignment() and sees_all(cid, ctx_unit()) and sees_all(cid, p.lead_unit_id)
          and exists (select 1 from organisations_guideline g
                      where g.id = c.guideline_id and g.approver_at_discharge = 'ward')) then
    raise exception 'only the ward adopts the plan that it approved' using errcode = '42501';
  end if;
  if (c.lead_staff_id, c.lead_unit_id, c.lead_authority_id)
     is distinct from (p.lead_staff_id, p.lead_unit_id, p.lead_authority_id) then
    update cases_leadterm set to_on = sip_today() where case_id = cid and to_on is null;
    insert into cases_leadterm (case_id, staff_id, unit_id, authority_id, from_on, decided_by_id)
      values (cid, p.lead_staff_id, p.lead_unit_id, p.lead_authority_id, sip_today(), ctx_assignment())
      returning id into term;
    insert into cases_casetext (case_id, key, text, saved_at, saved_by_id)
      select cid, 'view_of_lead:' || term, view_of_lead, now(), ctx_assignment() where view_of_lead <> '';
  end if;
  if c.owner_unit_id <> p.lead_unit_id and not exists (select 1 from cases_participation
      where case_id = cid and unit_id = c.owner_unit_id and ended_on is null) then
    insert into cases_participation (case_id, unit_id, obligation, started_on, added_by_id)
      values (cid, c.owner_unit_id, 'duty', sip_today(), ctx_assignment());
  end if;
  update cases_case set state = 'planned', lead_staff_id = p.lead_staff_id, lead_unit_id = p.lead_unit_id,
      lead_authority_id = p.lead_authority_id, owner_unit_id = p.lead_unit_id, updated_at = now()
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
            "plans_plan",
            emergency=IN_FORCE_NOW,
            citizen=IN_FORCE,
            worker="id, case_id, state, follow_up_on, approved_at",
        ),
        case_rows(
            "plans_planblock",
            topics=True,
            update_columns="text, topics, revision, saved_at, saved_by_id",
            emergency=OF_PLAN_IN_FORCE.format("plans_planblock.plan_id"),
            citizen=OF_VISIBLE.format("plans_plan", "plans_planblock.plan_id"),
        ),
        case_rows(
            "plans_goal",
            topics=True,
            delete=HANDLES,
            emergency=OF_PLAN_IN_FORCE.format("plans_goal.plan_id"),
            citizen=OF_VISIBLE.format("plans_plan", "plans_goal.plan_id"),
            worker="id, plan_id",
        ),
        case_rows(
            "plans_measure",
            topics=True,
            delete=HANDLES,
            emergency=OF_GOAL_IN_FORCE,
            citizen=OF_VISIBLE.format("plans_goal", "plans_measure.goal_id"),
            # The dates of measures are clocks (TID-7); what they say is not the jobs' to read.
            worker="id, case_id, goal_id, unit_id, starts_on, ends_on",
        ),
        case_rows("plans_measurereport", update=None, citizen=True, worker="id, measure_id, status, reported_at"),
        case_rows("plans_followup", topics=True, insert=STEERS, update=None, citizen=True),
        # A failed document may be ordered again; what it says was frozen when it was first ordered.
        case_rows(
            "plans_plandocument",
            insert="true",
            update="true",
            update_columns="state, attempts",
            open_only=False,
            # The person's copy is the whole one.
            citizen="hidden_topics = '{0}' and " + OF_VISIBLE.format("plans_plan", "plans_plandocument.plan_id"),
        ),
        case_rows("plans_handedoutcopy", update=None, open_only=False, citizen=True),
        case_rows(
            "plans_disagreement",
            topics=True,
            update=None,
            delete=HANDLES,
            citizen=OF_VISIBLE.format("plans_plan", "plans_disagreement.plan_id"),
        ),
        same_case("plans_planblock", "plan_id", "plans_plan"),
        same_case("plans_disagreement", "plan_id", "plans_plan"),
        same_case("plans_disagreement", "goal_id", "plans_goal"),
        same_case("plans_goal", "plan_id", "plans_plan"),
        same_case("plans_measure", "goal_id", "plans_goal"),
        same_case("plans_measurereport", "measure_id", "plans_measure"),
        same_case("plans_followup", "plan_id", "plans_plan"),
        same_case("plans_plandocument", "plan_id", "plans_plan"),
        same_case("plans_handedoutcopy", "plan_id", "plans_plan"),
        same_case("plans_plan", "meeting_id", "meetings_meeting"),
        migrations.RunSQL(GUARDS + TOPICS + WARD + WORKER, migrations.RunSQL.noop),
    ]
