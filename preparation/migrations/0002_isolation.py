"""The preparation is the parties' with the person; a pre-meeting is seen by the units that take part in it."""

from django.db import migrations

from organisations.rls import HANDLES, STEERS, case_rows, definer, same_case

# A guardian reads the shared question; the person's own words are the person's, whoever else signs in.
OWN = (
    "(preparation_preparationtext.key = 'question' or exists (select 1 from cases_case k join person_access q"
    " on q.person_id = k.person_id where k.id = preparation_preparationtext.case_id and q.user_id = (select ctx_user())"
    " and q.relation = 'self' and (q.case_id is null or q.case_id = k.id)"
    " and (select sip_today()) between q.valid_from and q.valid_to))"
)
TEXT = "text, topics, revision, saved_at, saved_by_id"
BOOKING = "state, language, form, reference, booked_by_id, booked_at, confirmed_at"
CLOSED_DOOR = f"""
-- Whom the person does not want is told to those who call, and to nobody else.
create policy unwanted on preparation_guestwish as restrictive for select to sip_staff
  using (wanted or may_steer(case_id));
-- Of a pre-meeting the other parties of the case see nothing, and the person neither. Until it is held those that steer
-- see that it is planned: the case may have been handed over since, and somebody must be able to call it off.
create policy takes_part on preparation_premeeting as restrictive for select to sip_staff
  using ((select ctx_unit()) = any(units) or (state <> 'held' and may_steer(case_id)));
create policy of_visible on preparation_premeetingunit as restrictive for select to sip_staff
  using (exists (select 1 from preparation_premeeting m where m.id = preparation_premeetingunit.premeeting_id));
create policy of_visible on preparation_premeetingtext as restrictive for select to sip_staff
  using (exists (select 1 from preparation_premeeting m where m.id = preparation_premeetingtext.premeeting_id));

-- Nobody meets about a person whose SIP has ended, by a withdrawal too: those who would come are told that it ended.
create function premeetings_end() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  update preparation_premeeting set state = 'cancelled' where case_id = new.id and state = 'planned';
  return null;
end $$;
{definer("premeetings_end()", to="")}
create trigger premeetings_end after update of state on cases_case
  for each row when (new.state in ('closed', 'declined') and old.state <> new.state)
  execute function premeetings_end();
"""


class Migration(migrations.Migration):
    dependencies = [("preparation", "0001_initial"), ("consent", "0002_isolation")]
    operations = [
        case_rows(
            "preparation_preparationtext",
            insert=STEERS,
            update=STEERS,
            update_columns=TEXT,
            topics=True,
            citizen=OWN,
        ),
        case_rows("preparation_guestwish", insert=STEERS, update=STEERS, update_columns="removed_at", topics=True),
        # The ward books while the person lies there, and it does not steer.
        case_rows("preparation_booking", insert=HANDLES, update=HANDLES, update_columns=BOOKING, citizen=True),
        case_rows("preparation_premeeting", insert=STEERS, update=STEERS, update_columns="state, agenda_at, plan_at"),
        case_rows("preparation_premeetingunit", insert=STEERS, update=None),
        case_rows("preparation_premeetingtext", insert=STEERS, update=None, topics=True),
        same_case("preparation_premeetingunit", "premeeting_id", "preparation_premeeting"),
        same_case("preparation_premeetingtext", "premeeting_id", "preparation_premeeting"),
        migrations.RunSQL(CLOSED_DOOR, migrations.RunSQL.noop),
    ]
