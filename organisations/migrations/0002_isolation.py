"""The directory is read by all who are signed in and written by each organisation's administrator (GUI-1)."""

from django.db import migrations

from organisations.rls import definer, directory_rows, enable, policy

OWN = "{0}.organisation_id = (select ctx_organisation())"
OWN_UNIT = (
    "exists (select 1 from organisations_unit u where u.id = organisations_assignment.unit_id"
    " and u.organisation_id = (select ctx_organisation()))"
    " and exists (select 1 from organisations_staff s where s.id = organisations_assignment.staff_id"
    " and s.organisation_id = (select ctx_organisation()))"
)


# An administrator ends the logins of the own organisation's staff: the scope itself has no right to sessions.
END_SESSIONS = f"""
grant select, delete on django_session, organisations_signin to sip_def;
create function end_sessions_of(who bigint) returns bigint language plpgsql security definer
  set search_path = public, pg_temp as $$
declare found bigint;
begin
  if not (ctx_admin() and exists (select 1 from organisations_staff s
      where s.id = who and s.organisation_id = ctx_organisation())) then
    raise exception 'not of the own organisation' using errcode = '42501';
  end if;
  with theirs as (delete from organisations_signin i using organisations_staff s
      where s.id = who and i.user_id = s.user_id returning i.session_key),
    gone as (delete from django_session d using theirs t where d.session_key = t.session_key returning 1)
  select count(*) into found from gone;
  return found;
end $$;
{definer("end_sessions_of(bigint)")}
"""

# Whether the own organisation's health units may break the glass is its administrator's to decide, and nothing else.
BREAK_GLASS = f"""
grant update (break_glass, break_glass_hours) on organisations_organisation to sip_staff;
{
    policy(
        "organisations_organisation",
        "admin_update",
        "update",
        "sip_staff",
        using="(select ctx_admin()) and id = (select ctx_organisation())",
        check="(select ctx_admin()) and id = (select ctx_organisation())",
    )
}
"""

# The own words of the plain-language check: read by the own organisation's staff, kept by its administrators (PLA-1).
OWN_WORDS = OWN.format("organisations_ownword")
MAY_KEEP_WORDS = f"{OWN_WORDS} and (select ctx_text('role')) in ('org_admin', 'guideline_admin')"
WORDS = f"""
{enable("organisations_ownword")}
grant select, insert, update (valid_to, ended_by_id) on organisations_ownword to sip_staff;
{policy("organisations_ownword", "own_select", "select", "sip_staff", using=OWN_WORDS)}
{policy("organisations_ownword", "admin_insert", "insert", "sip_staff", check=MAY_KEEP_WORDS)}
{policy("organisations_ownword", "admin_update", "update", "sip_staff", using=MAY_KEEP_WORDS, check=MAY_KEEP_WORDS)}
"""


class Migration(migrations.Migration):
    dependencies = [("organisations", "0001_initial"), ("audit", "0001_log"), ("sessions", "0001_initial")]
    operations = [
        directory_rows("organisations_organisation"),
        directory_rows("organisations_authority"),
        directory_rows("organisations_unit", own=OWN.format("organisations_unit")),
        directory_rows("organisations_staff", own=OWN.format("organisations_staff")),
        directory_rows("organisations_assignment", own=OWN_UNIT),
        directory_rows("organisations_guideline"),
        directory_rows("organisations_topic"),
        directory_rows("organisations_deadlinerule"),
        migrations.RunSQL(WORDS, migrations.RunSQL.noop),
        migrations.RunSQL(END_SESSIONS, migrations.RunSQL.noop),
        migrations.RunSQL(BREAK_GLASS, migrations.RunSQL.noop),
    ]
