"""Three levels of getting worse in the plans that are there; and what a party fetches for its own record (PLA-2, PLA-8)."""

from django.db import migrations

from organisations.rls import HANDLES, case_rows, definer, policy, same_case
from plans.levels import SQL as LEVELS

OWN = "plans_partyexport.unit_id = (select ctx_unit())"
EXPORT = f"""
create policy own_unit on plans_partyexport as restrictive for all to sip_staff using ({OWN}) with check ({OWN});
-- It holds what the unit saw when it was ordered, and is for one that sees as much now.
create policy seen_by_such_eyes on plans_partyexport as restrictive for all to sip_staff using (not exists (
  select 1 from unnest(plans_partyexport.hidden_topics) mask where not exists (
    select 1 from case_access a where a.case_id = plans_partyexport.case_id and a.unit_id = (select ctx_unit())
      and a.valid_to >= (select sip_today()) and not a.emergency and a.hidden_topics & ~mask = 0)));
grant select (id, case_id, plan_id, state, context, attempts, created_at), update (state, pdf, attempts, finished_at)
  on plans_partyexport to sip_worker;
{policy("plans_partyexport", "worker_select", "select", "sip_worker", using="true")}
{policy("plans_partyexport", "worker_update", "update", "sip_worker", using="true", check="true")}

-- It has the name in it: with a protection mark it is made anew, without.
create function exports_protected() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  delete from plans_partyexport where case_id in (select id from cases_case where person_id = new.person_id);
  return null;
end $$;
{definer("exports_protected()", to="")}
create trigger exports_protected after insert or update of protection on cases_case
  for each row when (new.protection <> 'none') execute function exports_protected();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("plans", "0003_corrections"),
        ("organisations", "0002_isolation"),
        ("cases", "0003_protection"),
    ]
    operations = [
        # A failed one may be ordered again; what it says was frozen when it was first ordered.
        case_rows(
            "plans_partyexport", insert=HANDLES, update=HANDLES, update_columns="state, attempts", open_only=False
        ),
        same_case("plans_partyexport", "plan_id", "plans_plan"),
        migrations.RunSQL(EXPORT, migrations.RunSQL.noop),
        migrations.RunSQL(LEVELS, migrations.RunSQL.noop),
    ]
