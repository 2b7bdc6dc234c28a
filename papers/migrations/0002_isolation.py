"""A paper is its unit's, for as long as the unit sees as much as it holds; or the person's own. Empty forms are all's."""

from django.db import migrations

from organisations.rls import PERSON, case_rows, definer, enable, policy

MINE = "papers_paper.citizen_id = (select ctx_user()) and " + PERSON.format(table="papers_paper", column="case_id")
QUEUED = "state = 'queued' and pdf is null"
LANGUAGE = "language ~ '^[a-z]{2,3}(-[a-z]{2,8})?$'"

PAPERS = f"""
create policy own_unit on papers_paper as restrictive for all to sip_staff
  using (papers_paper.unit_id = (select ctx_unit())) with check (papers_paper.unit_id = (select ctx_unit()));
-- It holds what the unit saw when it was ordered, and is hidden once the unit may see less (SAM-3).
create policy seen_by_such_eyes on papers_paper as restrictive for all to sip_staff using (not exists (
  select 1 from unnest(papers_paper.hidden_topics) mask where not exists (
    select 1 from case_access a where a.case_id = papers_paper.case_id and a.unit_id = (select ctx_unit())
      and a.valid_to >= (select sip_today()) and not a.emergency and a.hidden_topics & ~mask = 0)));
grant select, insert, update (state, attempts) on papers_paper to sip_citizen;
{policy("papers_paper", "citizen_select", "select", "sip_citizen", using=MINE)}
{policy("papers_paper", "citizen_insert", "insert", "sip_citizen", check=f"{MINE} and {QUEUED}")}
{policy("papers_paper", "citizen_retry", "update", "sip_citizen", using=f"{MINE} and state = 'failed'", check=MINE)}
grant select (id, case_id, state, context, attempts, created_at), delete, update (state, pdf, attempts, finished_at)
  on papers_paper to sip_worker;
{policy("papers_paper", "worker_select", "select", "sip_worker", using="true")}
{policy("papers_paper", "worker_update", "update", "sip_worker", using="true", check="true")}
{policy("papers_paper", "worker_delete", "delete", "sip_worker", using="created_at < now() - interval '30 days'")}

-- A paper has the name in it: with a protection mark it is made anew, without.
create function papers_protected() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  delete from papers_paper where case_id in (select id from cases_case where person_id = new.person_id);
  return null;
end $$;
{definer("papers_protected()", to="")}
create trigger papers_protected after insert or update of protection on cases_case
  for each row when (new.protection <> 'none') execute function papers_protected();
"""

BLANKS = f"""
{enable("papers_blankpaper")}
-- All read it: it can hold nothing but which form it is, in which language.
alter table papers_blankpaper add constraint blank_paper_is_blank
  check (context = jsonb_build_object('kind', kind, 'language', language) and {LANGUAGE});
grant select, insert, update (state, attempts) on papers_blankpaper to sip_staff, sip_citizen;
{policy("papers_blankpaper", "all_select", "select", "sip_staff, sip_citizen", using="true")}
{policy("papers_blankpaper", "all_insert", "insert", "sip_staff, sip_citizen", check=QUEUED)}
{policy("papers_blankpaper", "all_retry", "update", "sip_staff, sip_citizen", using="state = 'failed'", check="state = 'queued'")}
grant select (id, state, context, attempts, created_at), delete, update (state, pdf, attempts, finished_at)
  on papers_blankpaper to sip_worker;
{policy("papers_blankpaper", "worker_select", "select", "sip_worker", using="true")}
{policy("papers_blankpaper", "worker_update", "update", "sip_worker", using="true", check="true")}
{policy("papers_blankpaper", "worker_delete", "delete", "sip_worker", using="created_at < now() - interval '1 day'")}
"""


class Migration(migrations.Migration):
    dependencies = [("papers", "0001_initial"), ("plans", "0002_isolation"), ("cases", "0003_protection")]
    operations = [
        # Ordered by any reader, also in a closed case; a failed one may be tried again.
        case_rows("papers_paper", insert=QUEUED, update="true", update_columns="state, attempts", open_only=False),
        migrations.RunSQL(PAPERS + BLANKS, migrations.RunSQL.noop),
    ]
