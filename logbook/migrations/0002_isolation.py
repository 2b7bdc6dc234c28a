"""An extract belongs to who asked for it; a review to the unit's managers, and is closed for good when finished."""

from django.db import migrations

from organisations.rls import enable, policy

OWN = "{0}.unit_id = (select ctx_own_unit()) and (select ctx_manager())"
PERSON = (
    "user_id = (select ctx_user()) and exists (select 1 from person_access p where p.user_id = (select ctx_user())"
    " and p.person_id = logbook_logextract.person_id and (select sip_today()) between p.valid_from and p.valid_to)"
)


def own(table):
    return OWN.format(table)


OPEN_REVIEW = (
    "exists (select 1 from logbook_logreview r where r.id = logbook_reviewpick.review_id"
    " and r.unit_id = logbook_reviewpick.unit_id and r.finished_at is null)"
)

SQL = f"""
{enable("logbook_logextract")}
grant select, insert on logbook_logextract to sip_staff, sip_citizen;
{policy("logbook_logextract", "citizen_select", "select", "sip_citizen", using=PERSON)}
{policy("logbook_logextract", "citizen_insert", "insert", "sip_citizen", check=PERSON)}
{policy("logbook_logextract", "staff_select", "select", "sip_staff", using=own("logbook_logextract"))}
{policy("logbook_logextract", "staff_insert", "insert", "sip_staff", check=own("logbook_logextract"))}
grant select, delete, update (state, pdf, attempts, finished_at) on logbook_logextract to sip_worker;
{policy("logbook_logextract", "worker_select", "select", "sip_worker", using="true")}
{policy("logbook_logextract", "worker_update", "update", "sip_worker", using="true", check="true")}
{policy("logbook_logextract", "worker_delete", "delete", "sip_worker", using="created_at < now() - interval '30 days'")}

{enable("logbook_logreview")}
grant select, insert, update (finished_at, finished_by_id, summary) on logbook_logreview to sip_staff;
{policy("logbook_logreview", "staff_select", "select", "sip_staff", using=own("logbook_logreview"))}
{policy("logbook_logreview", "staff_insert", "insert", "sip_staff", check=own("logbook_logreview"))}
{
    policy(
        "logbook_logreview",
        "staff_update",
        "update",
        "sip_staff",
        using=own("logbook_logreview") + " and finished_at is null",
        check=own("logbook_logreview"),
    )
}

{enable("logbook_reviewpick")}
grant select, insert, update (verdict, note, decided_by_id, decided_at) on logbook_reviewpick to sip_staff;
{policy("logbook_reviewpick", "staff_select", "select", "sip_staff", using=own("logbook_reviewpick"))}
{
    policy(
        "logbook_reviewpick",
        "staff_insert",
        "insert",
        "sip_staff",
        check=own("logbook_reviewpick") + " and " + OPEN_REVIEW,
    )
}
{
    policy(
        "logbook_reviewpick",
        "staff_update",
        "update",
        "sip_staff",
        using=own("logbook_reviewpick") + " and " + OPEN_REVIEW,
        check=own("logbook_reviewpick"),
    )
}

-- A review is finished only when every row in it has been judged.
create function review_is_whole() returns trigger language plpgsql as $$
begin
  if new.finished_at is not null and old.finished_at is null
     and exists (select 1 from logbook_reviewpick where review_id = new.id and verdict = '') then
    raise exception 'rows without a verdict' using errcode = '23514', constraint = 'review_is_whole';
  end if;
  return new;
end $$;
create trigger review_is_whole before update on logbook_logreview for each row execute function review_is_whole();
"""


class Migration(migrations.Migration):
    dependencies = [("logbook", "0001_initial"), ("cases", "0002_isolation")]
    operations = [migrations.RunSQL(SQL, migrations.RunSQL.noop)]
