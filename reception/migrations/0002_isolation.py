"""The rules are the organisation's own; a caller elsewhere is told where they lead, by a function."""

from django.db import migrations

from organisations.rls import definer, enable, policy

OWN = "reception_routingrule.organisation_id = (select ctx_organisation())"
KEPT = (
    f"(select ctx_admin()) and {OWN} and exists (select 1 from organisations_unit u"
    " where u.id = reception_routingrule.receiver_id and u.organisation_id = (select ctx_organisation()))"
)
RULES = f"""
{enable("reception_routingrule")}
grant select, insert, update on reception_routingrule to sip_staff;
{policy("reception_routingrule", "own_select", "select", "sip_staff", using=OWN)}
{policy("reception_routingrule", "admin_insert", "insert", "sip_staff", check=KEPT)}
{policy("reception_routingrule", "admin_update", "update", "sip_staff", using=f"(select ctx_admin()) and {OWN}", check=KEPT)}

-- The rules of a reception, in order, for one who sends it a kallelse: those that lead to an active unit of the same
-- huvudman. A Region that is a kommun too has both in one list.
create function routing_rules_of(uid bigint) returns table (number bigint, area varchar, profession varchar,
    listed_unit_id bigint, receiver_id bigint, words text) stable language sql security definer
  set search_path = public, pg_temp as $$
  select n.number, n.area, n.profession, n.listed_unit_id, n.receiver_id, n.words from (
    select row_number() over (order by r.position, r.id) as number, r.area, r.profession, r.listed_unit_id,
      r.receiver_id, u.is_active and u.organisation_id = me.organisation_id
        and u.acts_for_id is not distinct from me.acts_for_id as holds,
      concat_ws(', ', 'område ' || nullif(r.area, ''), 'yrke ' || nullif(r.profession, ''),
        'listad på ' || l.name) as words
    from organisations_unit me
      join reception_routingrule r on r.organisation_id = me.organisation_id and r.ended_at is null
      join organisations_unit u on u.id = r.receiver_id
      left join organisations_unit l on l.id = r.listed_unit_id
    where me.id = uid and me.is_reception and ctx_writer()) n
  where n.holds order by n.number $$;
{definer("routing_rules_of(bigint)")}
"""


class Migration(migrations.Migration):
    dependencies = [("reception", "0001_initial"), ("organisations", "0002_isolation")]
    operations = [migrations.RunSQL(RULES, migrations.RunSQL.noop)]
