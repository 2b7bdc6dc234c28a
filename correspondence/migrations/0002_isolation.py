"""Messages are the parties' own, a yes to a channel is the person's: who reads, writes and ends what."""

from django.db import migrations

from organisations.rls import HANDLES, WRITES, case_rows, definer, same_case

TO_ME = "to_units = '{}' or unit_id = (select ctx_unit()) or (select ctx_unit()) = any(to_units)"
FROM_ME = "{table}.unit_id = (select ctx_unit())"
VISIBLE = "exists (select 1 from correspondence_casemessage m where m.id = correspondence_messagereading.message_id)"

MESSAGES = f"""
-- To chosen units: the others do not see that it was written either.
create policy addressed on correspondence_casemessage as restrictive for select to sip_staff using ({TO_ME});
create policy of_visible on correspondence_messagereading as restrictive for select to sip_staff using ({VISIBLE});

-- Each unit's frozen copy holds the messages that it wrote or got, and no others: they are of its own record (SAM-5).
create function add_messages() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
declare said jsonb;
begin
  select jsonb_agg(jsonb_build_object('term',
      to_char(m.at at time zone 'Europe/Stockholm', 'YYYY-MM-DD HH24.MI') || ', ' || u.name, 'text', m.text)
      order by m.at, m.id)
    into said from correspondence_casemessage m join organisations_unit u on u.id = m.unit_id
    where m.case_id = new.case_id and (m.to_units = '{{}}' or m.unit_id = new.unit_id or new.unit_id = any(m.to_units))
      and shown_by(m.topics, masks_for(new.case_id, new.unit_id));
  if said is not null and new.content ? 'sections' then
    new.content := jsonb_set(new.content, '{{sections}}', (new.content -> 'sections')
      || jsonb_build_object('heading', 'Meddelanden', 'rows', said, 'parts', '[]'::jsonb));
  end if;
  return new;
end $$;
{definer("add_messages()", to="")}
create trigger add_messages before insert on consent_receivedversion
  for each row execute function add_messages();
"""

CHANNELS = f"""
-- The person decides: by the own login, or as said to a party's handler. Nobody else's login, and no guardian's.
create function decides_channels(cid uuid) returns boolean stable language sql security definer
  set search_path = public, pg_temp as $$
  select case current_setting('role')
    when 'sip_staff' then ctx_handler() and has_access(cid, ctx_unit())
    when 'sip_citizen' then exists (select 1 from cases_case c join person_access p on p.person_id = c.person_id
      where c.id = cid and p.user_id = ctx_user() and p.relation = 'self' and (p.case_id is null or p.case_id = c.id)
        and sip_today() between p.valid_from and p.valid_to)
    else false end $$;
{definer("decides_channels(uuid)", to="")}
grant execute on function decides_channels(uuid) to sip_def;

-- What has not been sent by a channel is not sent any more.
create function cancel_channel(cid uuid, chan text) returns void language sql security definer
  set search_path = public, pg_temp as $$
  update notifications_delivery set state = 'cancelled'
    where case_id = cid and to_person and channel = chan and state in ('due', 'to_post');
  update notifications_delivery set expires_at = now()
    where case_id = cid and to_person and channel = chan and state = 'sending' $$;
{definer("cancel_channel(uuid, text)", to="")}
grant execute on function cancel_channel(uuid, text) to sip_def;

-- A yes takes the place of an earlier one to the same channel, with its address.
create function choose_channel(cid uuid, chan text, addr text, how text) returns void language plpgsql
  security definer set search_path = public, pg_temp as $$
declare c cases_case;
begin
  if not decides_channels(cid) then
    raise exception 'not the person, nor a party' using errcode = '42501';
  end if;
  select * into c from cases_case where id = cid for no key update;
  if c.state in ('closed', 'declined') then
    raise exception 'the case has ended' using errcode = '42501';
  end if;
  if c.protection <> 'none' then
    raise exception 'letters only' using errcode = '23514', constraint = 'letters_only';
  end if;
  if exists (select 1 from correspondence_channelconsent where case_id = cid and channel = chan and ended_at is null
      and address = addr) then
    return;
  end if;
  update correspondence_channelconsent set ended_at = now(), ended_form = how, ended_by_id = ctx_assignment()
    where case_id = cid and channel = chan and ended_at is null;
  insert into correspondence_channelconsent (case_id, channel, address, given_form, given_at, given_by_id, ended_form)
    values (cid, chan, addr, how, now(), ctx_assignment(), '');
end $$;
{definer("choose_channel(uuid, text, text, text)", to="sip_staff, sip_citizen")}

-- A no never waits: also in a case that has ended.
create function end_channel(cid uuid, chan text, how text) returns boolean language plpgsql
  security definer set search_path = public, pg_temp as $$
declare ended boolean;
begin
  if not decides_channels(cid) then
    raise exception 'not the person, nor a party' using errcode = '42501';
  end if;
  perform 1 from cases_case where id = cid for no key update;
  update correspondence_channelconsent set ended_at = now(), ended_form = how, ended_by_id = ctx_assignment()
    where case_id = cid and channel = chan and ended_at is null;
  ended := found;
  perform cancel_channel(cid, chan);
  return ended;
end $$;
{definer("end_channel(uuid, text, text)", to="sip_staff, sip_citizen")}

-- Protected identity: letters only, from the same moment (trust.md 6).
create function letters_only() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  update correspondence_channelconsent set ended_at = now(), ended_form = 'guard', ended_by_id = ctx_assignment()
    where case_id = new.id and ended_at is null and channel <> 'letter';
  perform cancel_channel(new.id, 'email'), cancel_channel(new.id, 'sms');
  return null;
end $$;
{definer("letters_only()", to="")}
create trigger letters_only after update of protection on cases_case
  for each row when (new.protection <> 'none') execute function letters_only();

-- A new owner answers for what still waits: it posts the letter, and phones when nothing came through.
create function notices_follow_owner() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  update notifications_delivery set unit_id = new.owner_unit_id
    where case_id = new.id and to_person and state in ('due', 'sending', 'to_post');
  update notifications_inboxitem set unit_id = new.owner_unit_id
    where case_id = new.id and kind = 'letter' and done_at is null;
  return null;
end $$;
{definer("notices_follow_owner()", to="")}
create trigger notices_follow_owner after update of owner_unit_id on cases_case
  for each row when (old.owner_unit_id is distinct from new.owner_unit_id) execute function notices_follow_owner();

-- A letter that is posted, or is not to be sent any more, is no task.
create function letter_done() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  update notifications_inboxitem set read_at = coalesce(read_at, now()), done_at = now(), done_by = new.posted_by_id,
      read_by = coalesce(read_by, new.posted_by_id)
    where dedupe_key = new.dedupe_key and kind = 'letter' and done_at is null;
  return null;
end $$;
{definer("letter_done()", to="")}
create trigger letter_done after update of state on notifications_delivery
  for each row when (new.channel = 'letter' and new.state not in ('due', 'sending', 'to_post'))
  execute function letter_done();

-- A neutral notice by each channel the person has said yes to; by letter alone with protected identity. The unit
-- that owns the case answers for it: it posts the letter, and phones when nothing came through.
create function tell_person(cid uuid, key text) returns int language plpgsql
  security definer set search_path = public, pg_temp as $$
declare c cases_case; n int;
begin
  if not may_notify(cid) then raise exception 'no access to the case' using errcode = '42501'; end if;
  select * into c from cases_case where id = cid;
  insert into notifications_delivery (id, dedupe_key, channel, template, unit_id, to_person, case_id, state, due_at,
      expires_at, attempts, last_error, created_at)
    select gen_random_uuid(), 'person:' || key || ':' || w.chan, w.chan, 'person', c.owner_unit_id, true, cid, 'due',
      case when w.chan = 'sms' then after_quiet(now(), time '18:00', time '08:00') else now() end,
      now() + interval '7 days', 0, '', now()
    from (select 'letter' as chan where c.protection <> 'none'
      union select channel from correspondence_channelconsent
        where case_id = cid and ended_at is null and c.protection = 'none') w
    on conflict (dedupe_key) do nothing;
  get diagnostics n = row_count;
  -- A letter is nobody's before somebody looks: it is a task of the unit, with the routine's watch times.
  insert into notifications_inboxitem (unit_id, case_id, reference, kind, dedupe_key, created_at)
    select d.unit_id, cid, c.reference, 'letter', d.dedupe_key, now() from notifications_delivery d
      where d.dedupe_key = 'person:' || key || ':letter'
    on conflict (dedupe_key) do nothing;
  return n;
end $$;
{definer("tell_person(uuid, text)", to="sip_staff, sip_worker")}

-- Where a notice to the person goes, looked up when it is sent: a yes that has ended gives no address.
create function person_address(did uuid) returns text stable language sql security definer
  set search_path = public, pg_temp as $$
  select k.address from notifications_delivery d join cases_case c on c.id = d.case_id and c.protection = 'none'
    join correspondence_channelconsent k on k.case_id = d.case_id and k.channel = d.channel and k.ended_at is null
  where d.id = did and d.to_person and d.state = 'sending' $$;
{definer("person_address(uuid)", to="sip_worker")}
"""


class Migration(migrations.Migration):
    dependencies = [
        ("correspondence", "0001_initial"),
        ("cases", "0003_protection"),
        ("consent", "0005_corrections"),
        ("notifications", "0002_isolation"),
    ]
    operations = [
        case_rows("correspondence_casemessage", insert=f"{HANDLES} and {FROM_ME}", update=None, topics=True),
        case_rows(
            "correspondence_messagereading",
            insert=f"{WRITES} and {FROM_ME} and {VISIBLE}",
            update=None,
            open_only=False,
        ),
        # A yes is written and ended by functions alone.
        case_rows("correspondence_channelconsent", insert=None, update=None, citizen=True),
        same_case("correspondence_messagereading", "message_id", "correspondence_casemessage"),
        migrations.RunSQL(MESSAGES, migrations.RunSQL.noop),
        migrations.RunSQL(CHANNELS, migrations.RunSQL.noop),
    ]
