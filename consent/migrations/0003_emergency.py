"""Breaking the glass: one function does all of it, so that nobody opens a plan without reason, log row and notice."""

from django.db import migrations

from organisations.rls import definer

# As organisations.enums.HEALTH_KINDS; a test compares them.
HEALTH = "'ward', 'primary_care', 'psychiatric_outpatient', 'child_psychiatry', 'home_nursing', 'rehab'"
CARE = "'Vård och behandling'"
TRIES_AN_HOUR = 10

EMERGENCY = f"""
-- Why somebody had to look may tell how the person was: for those who steer, and for the one who wrote it.
create policy reason_for_steering on consent_emergencyaccess as restrictive for select to sip_staff
  using (assignment_id = (select ctx_assignment()) or may_steer(case_id));
-- Whether the acting assignment may break the glass at all: its organisation has switched it on, its unit gives health
-- care for a huvudman, and it acts for care and treatment (PDL 4:1, 4:2).
create function glass_hours() returns int stable language sql security definer set search_path = public, pg_temp as $$
  select o.break_glass_hours::int from organisations_unit u join organisations_organisation o on o.id = u.organisation_id
    where u.id = ctx_unit() and u.is_active and o.is_active and o.break_glass and u.kind in ({HEALTH})
      and u.acts_for_id is not null and ctx_purpose() = {CARE} and ctx_text('role') in ('handler', 'reader') $$;
{definer("glass_hours()")}

-- The case whose plan in force may be read in an emergency: both answers stand and it is open. Else there is none.
create function glass_case(wanted text) returns uuid stable language sql security definer
  set search_path = public, pg_temp as $$
  select c.id from cases_person p join cases_case c on c.person_id = p.id
    join plans_plan v on v.case_id = c.id and v.state = 'approved'
    join consent_consent k on k.case_id = c.id and k.superseded_at is null and k.withdrawn_at is null
      and k.share_answer = 'yes' and k.planning_answer = 'yes'
      and coalesce(k.valid_to, date '9999-12-31') >= sip_today()
    where p.number = wanted and c.state not in ('closed', 'declined') order by v.approved_at desc limit 1 $$;
{definer("glass_case(text)", to="")}
grant execute on function glass_case(text) to sip_def;

-- One try: 'opened', 'already' (the unit takes part), 'none' or 'throttled'. All tries leave one log row. 'none' is the
-- same row, whether there is no such person, no SIP, no plan in force, or a consent that has ended: on the unit's chain
-- and without a person.
create function break_glass(wanted text, kind text, why text, hours int) returns table (outcome text, case_id uuid)
  language plpgsql security definer set search_path = public, pg_temp as $$
declare cid uuid; c cases_case; eid bigint; most int := glass_hours(); told bigint;
  line jsonb := jsonb_build_object('action', 'Nödöppning', 'actor_kind', 'staff', 'purpose', ctx_purpose(),
    'role', ctx_text('role'), 'legal_basis', 'Nödöppning (PDL 4:5)', 'object_type', 'consent.break_glass',
    'chain', 'unit:' || ctx_own_unit(), 'details', jsonb_build_object('kind', kind, 'reason', why, 'hours', hours));
begin
  if most is null then
    raise exception 'the glass is not to be broken from here' using errcode = '42501';
  end if;
  if coalesce(hours, 0) not between 1 and most or length(btrim(coalesce(why, ''))) < 20 or coalesce(kind, '') = '' then
    raise exception 'a reason and a time within the limit' using errcode = '23514', constraint = 'emergency_has_reason';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('break_glass:' || ctx_user(), 0));
  if (select count(*) from audit_event e where e.unit_id = ctx_own_unit() and e.user_id = ctx_user()
      and e.at > now() - interval '1 hour' and e.object_type = 'consent.break_glass') >= {TRIES_AN_HOUR} then
    perform audit_append(line || jsonb_build_object('event', 'consent.glass_throttled'));
    return query select 'throttled', null::uuid;
    return;
  end if;
  cid := glass_case(wanted);
  -- A withdrawal may be on its way: lock, then ask again.
  select * into c from cases_case where id = cid for no key update;
  if glass_case(wanted) is distinct from cid then cid := null; end if;
  if cid is null then
    perform audit_append(line || jsonb_build_object('event', 'consent.glass_missed'));
    return query select 'none', null::uuid;
    return;
  end if;
  line := line || jsonb_build_object('chain', 'person:' || c.person_id, 'case_id', cid, 'person_id', c.person_id);
  if has_access(cid, ctx_unit()) then
    perform audit_append(line || jsonb_build_object('event', 'consent.glass_not_needed', 'action', 'Läsa'));
    return query select 'already', cid;
    return;
  end if;
  select e.id into eid from consent_emergencyaccess e where e.case_id = cid and e.unit_id = ctx_unit()
    and e.assignment_id = ctx_assignment() and e.ended_at is null and e.ends_at > now();
  if eid is null then
    insert into consent_emergencyaccess (case_id, unit_id, assignment_id, reason, started_at, ends_at)
      values (cid, ctx_unit(), ctx_assignment(), btrim(why), now(), now() + make_interval(hours => hours))
      returning id into eid;
    insert into cases_caseevent (case_id, at, kind, text, detail, topics, by_id)
      select cid, now(), 'glass_broken', left('Planen nödöppnades av ' || u.name, 300), '', 0, ctx_assignment()
      from organisations_unit u where u.id = ctx_unit();
    for told in select distinct t from unnest(array[c.owner_unit_id, c.lead_unit_id]) t where t is not null order by t
    loop
      insert into notifications_inboxitem (unit_id, case_id, reference, kind, dedupe_key, created_at)
        values (told, cid, c.reference, 'glass_broken', 'glass_broken:' || eid || ':' || told, now());
      insert into notifications_delivery (id, dedupe_key, channel, template, unit_id, case_id, state, due_at, attempts,
          last_error, created_at)
        values (gen_random_uuid(), 'glass_broken:' || eid || ':' || told, 'email', 'new_message', told, cid, 'due',
          now(), 0, '', now());
    end loop;
  end if;
  perform audit_append(line || jsonb_build_object('event', 'consent.glass_broken', 'object_id', eid::text));
  return query select 'opened', cid;
end $$;
{definer("break_glass(text, text, text, int)")}

-- What the page needs beside the plan's own rows, for the one who has broken the glass and only while it lasts.
create function emergency_case(cid uuid) returns table (emergency_id bigint, reference text, person_id bigint,
    given_name text, family_name text, protected boolean, owner_name text, owner_phone text, ends_at timestamptz)
  stable language sql security definer set search_path = public, pg_temp as $$
  select e.id, c.reference, c.person_id, case when c.protection = 'none' then c.given_name else '' end,
      case when c.protection = 'none' then c.family_name else '' end, c.protection <> 'none', u.name, u.phone, e.ends_at
    from consent_emergencyaccess e join cases_case c on c.id = e.case_id
    join organisations_unit u on u.id = c.owner_unit_id
    where e.case_id = cid and e.unit_id = ctx_unit() and e.assignment_id = ctx_assignment() and e.ended_at is null
      and glass_hours() is not null
      and exists (select 1 from case_access a where a.case_id = cid and a.source = 'emergency:' || e.id
        and a.until > now() and a.valid_to >= sip_today())
    order by e.ends_at desc limit 1 $$;
{definer("emergency_case(uuid)")}

create function end_emergency(cid uuid) returns void language sql security definer
  set search_path = public, pg_temp as $$
  update consent_emergencyaccess set ended_at = now() where case_id = cid and assignment_id = ctx_assignment()
    and unit_id = ctx_unit() and ended_at is null $$;
{definer("end_emergency(uuid)")}
"""


class Migration(migrations.Migration):
    dependencies = [("consent", "0002_isolation"), ("plans", "0002_isolation"), ("notifications", "0002_isolation")]
    operations = [migrations.RunSQL(EMERGENCY, migrations.RunSQL.noop)]
