"""The statement that gives a plan from before the levels of getting worse their texts, all empty (PLA-2)."""

# A row that is missing reads as ”not shared”, so that every version has a row for every text. The new ones are about
# what the plan's own text of the same kind is about. An approved version does not change: its trigger rests meanwhile.
SQL = """
alter table plans_planblock disable trigger plan_is_immutable;
insert into plans_planblock (case_id, plan_id, key, text, topics, revision, saved_at, saved_by_id)
  select old.case_id, old.plan_id, replace(old.key, 'crisis_', 'crisis_' || level || '_'), '', old.topics, 1,
      old.saved_at, old.saved_by_id
    from plans_planblock old cross join unnest(array['green', 'red']) level
    where old.key in ('crisis_signs', 'crisis_self', 'crisis_call', 'crisis_we_do')
  on conflict (plan_id, key) do nothing;
-- A table with checks still to be made at commit cannot be altered.
set constraints all immediate;
alter table plans_planblock enable trigger plan_is_immutable;
"""
