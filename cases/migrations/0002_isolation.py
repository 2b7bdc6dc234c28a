"""Who sees a case: policies on `case_access`, and the functions that write what no role may write by hand."""

from django.db import migrations

from organisations.rls import STEERS, WRITES, case_rows, definer, enable, policy, same_case

# What was opened in an emergency is for the one who opened it, until the minute it ends.
ACCESS_TABLES = f"""
{enable("case_access")}
grant select on case_access to sip_staff;
{
    policy(
        "case_access",
        "staff_select",
        "select",
        "sip_staff",
        using="unit_id = (select ctx_unit()) and valid_to >= (select sip_today()) and (not emergency or "
        "(assignment_id = (select ctx_assignment()) and until > now()))",
    )
}
grant select (case_id, unit_id, valid_to, is_open, open_deadline, listed, emergency) on case_access to sip_worker;
{policy("case_access", "worker_select", "select", "sip_worker", using="true")}
{enable("person_access")}
grant select on person_access to sip_citizen;
{
    policy(
        "person_access",
        "own_select",
        "select",
        "sip_citizen",
        using="user_id = (select ctx_user()) and (select sip_today()) between valid_from and valid_to",
    )
}
{enable("cases_person")}
grant select on cases_person to sip_staff, sip_citizen;
{
    policy(
        "cases_person",
        "staff_select",
        "select",
        "sip_staff",
        using="exists (select 1 from case_access a where a.person_id = cases_person.id and "
        "a.unit_id = (select ctx_unit()) and a.valid_to >= (select sip_today()) and not a.emergency)",
    )
}
{
    policy(
        "cases_person",
        "citizen_select",
        "select",
        "sip_citizen",
        using="exists (select 1 from person_access p where p.person_id = cases_person.id and "
        "p.user_id = (select ctx_user()) and (select sip_today()) between p.valid_from and p.valid_to)",
    )
}
-- The person's own rows; a guardian's are those of the case that it reads, and no lists.
{
    policy(
        "audit_event",
        "citizen_own",
        "select",
        "sip_citizen",
        using="person_id in (select person_id from person_access p where p.user_id = (select ctx_user()) and "
        "p.case_id is null and (select sip_today()) between p.valid_from and p.valid_to) or "
        "(person_id, case_id) in (select person_id, p.case_id from person_access p where "
        "p.user_id = (select ctx_user()) and (select sip_today()) between p.valid_from and p.valid_to) or "
        "exists (select 1 from person_access p where p.user_id = (select ctx_user()) and p.case_id is null and "
        "(select sip_today()) between p.valid_from and p.valid_to and p.person_id = any(persons))",
    )
}

-- The log's rows of lists in which the person was shown. A function, since the index of the lists cannot be used
-- behind row security, and the whole log would be read; whoever asks must be the person.
create function listed_with(pid bigint) returns setof bigint stable language sql security definer
  set search_path = public, pg_temp as $$
  select e.id from audit_event e where e.persons @> array[pid] and e.persons <> '{{}}'
    and exists (select 1 from person_access p where p.user_id = ctx_user() and p.person_id = pid
      and p.case_id is null and sip_today() between p.valid_from and p.valid_to) $$;
{definer("listed_with(bigint)", to="sip_citizen")}

-- The owner's and huvudansvarig's unit steer: they add parties, call, approve and close.
create function may_steer(cid uuid) returns boolean stable language sql as $$
  select exists (select 1 from cases_case c where c.id = cid
    and (select ctx_unit()) in (c.owner_unit_id, c.lead_unit_id)) $$;
"""

CASE_POLICIES = f"""
{
    policy(
        "cases_case",
        "citizen_select",
        "select",
        "sip_citizen",
        using="close_reason <> 'mistake' and exists (select 1 from person_access p where "
        "p.person_id = cases_case.person_id and (p.case_id is null or p.case_id = cases_case.id) and "
        "p.user_id = (select ctx_user()) and (select sip_today()) between p.valid_from and p.valid_to)",
    )
}
grant select on cases_case to sip_citizen;

-- A party that does not steer may tell where in hospital the person is, and nothing else of the case itself.
create function case_steering_guard() returns trigger language plpgsql as $$
declare free text[] := array['inpatient', 'ward_unit_id', 'discharge_ready_at', 'updated_at'];
begin
  if current_user = 'sip_staff' and ctx_unit() is distinct from old.owner_unit_id
     and ctx_unit() is distinct from old.lead_unit_id and to_jsonb(new) - free <> to_jsonb(old) - free then
    raise exception 'only the steering units change a case' using errcode = '42501';
  end if;
  return new;
end $$;
create trigger steering_guard before update on cases_case for each row execute function case_steering_guard();

-- A protection mark set anywhere hides the name everywhere.
create function spread_protection() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  if new.protection <> 'none' then
    update cases_case set protection = new.protection
      where person_id = new.person_id and id <> new.id and protection = 'none';
  end if;
  return null;
end $$;
{definer("spread_protection()", to="")}
create trigger spread_protection after insert or update of protection on cases_case
  for each row execute function spread_protection();
"""

FUNCTIONS = f"""
create sequence case_reference_seq;
alter sequence case_reference_seq owner to sip_owner;
grant usage on sequence case_reference_seq to sip_def;

-- Opens a case for the acting unit. A function, since the access row must be there before the case can be read,
-- and since numbers may not be probed by inserting persons.
create function open_case(p jsonb) returns uuid language plpgsql security definer
  set search_path = public, pg_temp as $$
declare pid bigint; cid uuid := coalesce((p->>'id')::uuid, gen_random_uuid()); kept text;
begin
  if not ctx_handler() or ctx_unit() is null then
    raise exception 'only a handler opens a case' using errcode = '42501';
  end if;
  -- The form chooses the id, so that a form sent twice opens one case; the second waits for the first.
  perform pg_advisory_xact_lock(hashtextextended('open_case:' || cid, 0));
  if exists (select 1 from cases_case where id = cid and opened_by_id = ctx_assignment()) then return cid; end if;
  insert into cases_person (id_kind, number) values (p->>'id_kind', p->>'number') on conflict (number) do nothing;
  select id into pid from cases_person where number = p->>'number';
  select protection into kept from cases_case where person_id = pid and protection <> 'none' limit 1;
  if p->>'previous_case' is not null and not exists (select 1 from case_access a where
      a.case_id = (p->>'previous_case')::uuid and a.unit_id = ctx_unit() and a.person_id = pid
      and a.valid_to >= sip_today() and not a.emergency) then
    raise exception 'the earlier case is not visible' using errcode = '42501';
  end if;
  insert into cases_case (id, reference, person_id, owner_unit_id, guideline_id, state, need_found_on, opened_at,
      opened_by_id, updated_at, inpatient, ward_unit_id, discharge_ready_at, given_name, family_name, phone, address,
      language, interpreter, protection, previous_case_id, close_reason, asked_by)
    values (cid, to_char(sip_today(), 'YYYY') || '-' || lpad(nextval('case_reference_seq')::text, 4, '0'), pid,
      ctx_unit(), (p->>'guideline')::bigint, 'initiated', (p->>'need_found_on')::date, now(), ctx_assignment(), now(),
      coalesce((p->>'inpatient')::boolean, false), (p->>'ward_unit')::bigint,
      (p->>'discharge_ready_at')::timestamptz, p->>'given_name', p->>'family_name', coalesce(p->>'phone', ''),
      coalesce(p->>'address', ''), coalesce(p->>'language', ''), coalesce((p->>'interpreter')::boolean, false),
      coalesce(nullif(p->>'protection', 'none'), kept, 'none'), (p->>'previous_case')::uuid, '',
      coalesce(p->>'asked_by', 'staff'));
  -- A row also for an empty text: one that cannot be read is hidden, never unwritten.
  insert into cases_casetext (case_id, key, text, topics, saved_at, saved_by_id)
    select cid, t.key, t.said, coalesce((p->>'need_topics')::bigint, -1), now(), ctx_assignment()
    from (values ('reasons', array_to_string(array(select jsonb_array_elements_text(p->'reasons')), ' ')),
                 ('reason_note', coalesce(p->>'reason_note', ''))) t(key, said);
  return cid;
end $$;
{definer("open_case(jsonb)")}

create function has_access(cid uuid, uid bigint) returns boolean stable language sql security definer
  set search_path = public, pg_temp as $$
  select exists (select 1 from case_access where case_id = cid and unit_id = uid and valid_to >= sip_today()
    and not emergency) $$;
{definer("has_access(uuid, bigint)", to="")}
grant execute on function has_access(uuid, bigint) to sip_def;

-- What a unit may not see in a case now, a mask for each of its grounds: it sees what either shows, and a text with
-- topics from two masks on neither. Empty without access.
create function masks_for(cid uuid, uid bigint) returns bigint[] stable language sql security definer
  set search_path = public, pg_temp as $$
  select coalesce(array_agg(distinct hidden_topics), '{{}}') from case_access where case_id = cid and unit_id = uid
    and valid_to >= sip_today() and not emergency $$;
{definer("masks_for(uuid, bigint)", to="")}
grant execute on function masks_for(uuid, bigint) to sip_def;

create function shown_by(topics bigint, masks bigint[]) returns boolean immutable language sql
  set search_path = public, pg_temp as $$ select exists (select 1 from unnest(masks) m where topics & m = 0) $$;

-- Whether another unit may read of these topics, for one who writes to it and can read them itself.
create function readable_by(cid uuid, uid bigint, topics bigint) returns boolean stable language sql security definer
  set search_path = public, pg_temp as $$
  select shown_by(topics, masks_for(cid, ctx_unit())) and shown_by(topics, masks_for(cid, uid)) $$;
{definer("readable_by(uuid, bigint, bigint)")}

-- Which units see the case now; whoever sees it may know who else does.
create function units_with_access(cid uuid) returns table (unit_id bigint) stable language sql security definer
  set search_path = public, pg_temp as $$
  select distinct a.unit_id from case_access a where a.case_id = cid and a.valid_to >= sip_today() and not a.emergency
    and has_access(cid, ctx_unit()) $$;
{definer("units_with_access(uuid)")}

-- Notices to other units: only about a case that the acting unit has, or by a job.
create function may_notify(cid uuid) returns boolean stable language sql security definer
  set search_path = public, pg_temp as $$
  select current_setting('role') = 'sip_worker' or (ctx_writer() and has_access(cid, ctx_unit())) $$;
{definer("may_notify(uuid)", to="")}
grant execute on function may_notify(uuid) to sip_def;

create function put_in_inbox(uid bigint, cid uuid, what text, key text) returns void language plpgsql
  security definer set search_path = public, pg_temp as $$
begin
  if not may_notify(cid) then raise exception 'no access to the case' using errcode = '42501'; end if;
  insert into notifications_inboxitem (unit_id, case_id, reference, kind, dedupe_key, created_at)
    select uid, cid, reference, what, key, now() from cases_case where id = cid on conflict (dedupe_key) do nothing;
end $$;
{definer("put_in_inbox(bigint, uuid, text, text)", to="sip_staff, sip_worker")}

create function queue_delivery(uid bigint, cid uuid, what text, key text, due timestamptz, expires timestamptz)
  returns void language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if not may_notify(cid) then raise exception 'no access to the case' using errcode = '42501'; end if;
  insert into notifications_delivery (id, dedupe_key, channel, template, unit_id, case_id, state, due_at, expires_at,
      attempts, last_error, created_at)
    values (gen_random_uuid(), key, 'email', what, uid, cid, 'due', coalesce(due, now()), expires, 0, '', now())
    on conflict (dedupe_key) do nothing;
end $$;
{definer("queue_delivery(bigint, uuid, text, text, timestamptz, timestamptz)", to="sip_staff, sip_worker")}

-- What takes an entry out of a calendar is sent, whatever else is stopped: else it would stay there (KAL-7).
create function cancel_deliveries(cid uuid, key_prefix text) returns int language plpgsql
  security definer set search_path = public, pg_temp as $$
declare n int;
begin
  if not may_notify(cid) then raise exception 'no access to the case' using errcode = '42501'; end if;
  update notifications_delivery set state = 'cancelled'
    where case_id = cid and state in ('due', 'to_post') and starts_with(dedupe_key, key_prefix)
      and calendar ->> 'method' is distinct from 'CANCEL';
  get diagnostics n = row_count;
  -- One whose sender has died in the middle is not taken up again.
  update notifications_delivery set expires_at = now()
    where case_id = cid and state = 'sending' and starts_with(dedupe_key, key_prefix)
      and calendar ->> 'method' is distinct from 'CANCEL';
  return n;
end $$;
{definer("cancel_deliveries(uuid, text)", to="sip_staff, sip_worker")}

-- What never came through is a task for people: the owner's inbox, and who to phone in the case's history. A notice to
-- one of a unit's own staff is that unit's task alone.
create function tell_of_failed_delivery(did uuid) returns void language plpgsql
  security definer set search_path = public, pg_temp as $$
declare c cases_case; d notifications_delivery;
begin
  select * into d from notifications_delivery where id = did and state = 'failed';
  select * into c from cases_case where id = d.case_id;
  if c.id is null then return; end if;
  insert into notifications_inboxitem (unit_id, case_id, reference, kind, dedupe_key, created_at)
    values (case when d.assignment_id is null then c.owner_unit_id else d.unit_id end, c.id, c.reference,
      'delivery_failed', 'delivery_failed:' || did, now())
    on conflict (dedupe_key) do nothing;
  if found and d.assignment_id is null then
    insert into cases_caseevent (case_id, at, kind, text, detail, topics, by_id)
      select c.id, now(), 'delivery_failed', left(case d.channel when 'sms' then 'Sms' when 'letter' then 'Brev'
          when 'sdk' then 'Meddelande' else 'E-post' end || ' till '
          || case when d.template = 'guest' then 'en deltagare utan konto' when d.to_person then 'personen' else u.name end || ' kom inte fram. Ring i stället.', 300),
        '', 0, null from organisations_unit u where u.id = d.unit_id;
  end if;
end $$;
{definer("tell_of_failed_delivery(uuid)", to="sip_worker")}
"""

CASE_COLUMNS = (
    "state, discharge_ready_at, inpatient, ward_unit_id, given_name, family_name, phone, address, language, interpreter,"
    " protection, lead_unit_id, lead_staff_id, lead_authority_id, closed_on, close_reason, updated_at"
)
WORKER_CASE = (
    "id, state, owner_unit_id, lead_unit_id, guideline_id, need_found_on, opened_at, discharge_ready_at, reference"
)
WORKER_DEADLINE = (
    "id, case_id, kind, event, due_on, due_at, started_at, known_on, warn_before_days, escalate_after_days, paused_on,"
    " met_at, cancelled_at"
)
DEADLINE_COLUMNS = "due_on, paused_on, paused_days, met_at, cancelled_at"
WORKER_EVENT = "id, case_id, event, at, care_type, recorded_at, superseded_at"

WORKER = f"""
grant insert, update (met_at, cancelled_at) on cases_deadline to sip_worker;
{policy("cases_deadline", "worker_insert", "insert", "sip_worker", check="true")}
{policy("cases_deadline", "worker_update", "update", "sip_worker", using="true", check="true")}
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("notifications", "0002_isolation")]
    operations = [
        migrations.RunSQL(ACCESS_TABLES, migrations.RunSQL.noop),
        case_rows("cases_case", column="id", insert=None, update_columns=CASE_COLUMNS, worker=WORKER_CASE),
        migrations.RunSQL(CASE_POLICIES, migrations.RunSQL.noop),
        case_rows(
            "cases_participation",
            insert=STEERS,
            update_columns="ended_on, contact_staff_id",
            citizen=True,
            worker="case_id, unit_id, ended_on",
        ),
        case_rows("cases_outsideparty", insert=STEERS, update_columns="removed_at", citizen=True),
        case_rows("cases_deadline", update=WRITES, update_columns=DEADLINE_COLUMNS, worker=WORKER_DEADLINE),
        case_rows("cases_clockevent", update_columns="superseded_at", worker=WORKER_EVENT),
        case_rows("cases_deadlinepause", insert=STEERS, update=STEERS, update_columns="to_on, resumed_by_id"),
        same_case("cases_deadlinepause", "deadline_id", "cases_deadline"),
        case_rows("cases_leadterm", insert=STEERS, update=STEERS, update_columns="to_on", citizen=True),
        case_rows("cases_caseevent", insert=WRITES, update=None, open_only=False, topics=True),
        case_rows(
            "cases_casetext",
            insert=STEERS,
            update=STEERS,
            update_columns="text, topics, saved_at, saved_by_id",
            topics=True,
            citizen=True,
        ),
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
        migrations.RunSQL(WORKER, migrations.RunSQL.noop),
    ]
