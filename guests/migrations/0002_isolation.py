"""A guest's role reads no table: five functions are all it has, and each asks anew whether the link still stands."""

from django.db import migrations

from organisations.rls import STEERS, case_rows, definer, enable, policy, same_case

LINK = "revoked_at, revoked_by_id, code_way, code_given_on, code_given_by_id"
# Seconds that a visit lasts, tries within a quarter of an hour from one address, and wrong codes before a link is locked.
VISIT, TRIES, WRONG = "30 minutes", 30, 5

SECRETS = f"""
-- Written when the link is made, read by nobody.
{enable("guests_guestkey")}
grant insert on guests_guestkey to sip_staff;
{policy("guests_guestkey", "staff_insert", "insert", "sip_staff", check=STEERS.format(table="guests_guestkey", column="case_id"))}
{enable("guests_guesttry")}
grant usage on sequence guests_guesttry_id_seq to sip_def;
-- Who has a link, and its address, is for those who steer the case.
create policy steers on guests_guestlink as restrictive for select to sip_staff using (may_steer(case_id));
"""

FUNCTIONS = f"""
-- Whether a link stands now: not ended, locked or past its day, the meeting still called, the party still there, the case
-- open and not protected, and the person's yes to planning together still given.
create function guest_alive(lid uuid) returns boolean stable language sql security definer
  set search_path = public, pg_temp as $$
  select exists (select 1 from guests_guestlink l join meetings_invitation i on i.id = l.invitation_id
      join meetings_meeting m on m.id = i.meeting_id join cases_outsideparty p on p.id = i.outside_party_id
      join cases_case c on c.id = l.case_id
    where l.id = lid and l.revoked_at is null and l.locked_at is null and l.expires_at > now()
      and m.state = 'called' and m.ends_at > now() and p.removed_at is null
      and c.state not in ('closed', 'declined') and c.protection = 'none'
      and exists (select 1 from consent_consent k where k.case_id = c.id and k.superseded_at is null
        and k.withdrawn_at is null and k.planning_answer = 'yes' and coalesce(k.valid_to, sip_today()) >= sip_today())) $$;
{definer("guest_alive(uuid)", to="")}
grant execute on function guest_alive(uuid) to sip_def;

-- The link of a visit that is going on.
create function guest_visit(vis bytea) returns uuid stable language sql security definer
  set search_path = public, pg_temp as $$
  select k.link_id from guests_guestkey k where k.visit = vis and k.visit_until > now() and guest_alive(k.link_id) $$;
{definer("guest_visit(bytea)", to="")}
grant execute on function guest_visit(bytea) to sip_def;

-- One row in the person's own log for each thing that a guest does.
create function guest_log(lid uuid, what text, how text) returns void language sql security definer
  set search_path = public, pg_temp as $$
  select audit_append(jsonb_build_object('chain', 'person:' || c.person_id, 'event', what, 'action', how,
      'actor_kind', 'guest', 'actor_name', 'Deltagare utan konto', 'purpose', 'Svar på inbjudan', 'case_id', c.id,
      'person_id', c.person_id, 'persons', '[]'::jsonb, 'object_type', 'invitation', 'object_id', l.invitation_id::text))
    from guests_guestlink l join cases_case c on c.id = l.case_id where l.id = lid $$;
{definer("guest_log(uuid, text, text)", to="")}
grant execute on function guest_log(uuid, text, text) to sip_def;

-- The salt of a link's code. An unknown link has one too, so that both take the same time; nobody is shown it.
create function guest_salt(sec bytea) returns bytea stable language sql security definer
  set search_path = public, pg_temp as $$
  select coalesce((select salt from guests_guestkey where secret = sec), substring(sha256(sec) for 16)) $$;
{definer("guest_salt(bytea)", to="sip_guest")}

-- Link and code together begin a visit. Every no is the same no: unknown, ended, locked, wrong code, too many tries.
create function guest_enter(sec bytea, said bytea, vis bytea, addr bytea) returns boolean language plpgsql
  security definer set search_path = public, pg_temp as $$
declare k guests_guestkey; mine bigint;
begin
  -- Only tries on links that stand are counted: one without a link can shut nobody out, however many share an address.
  if not exists (select 1 from guests_guestkey where secret = sec and guest_alive(link_id)) then return false; end if;
  -- Tries at the same time wait for each other, so that each is counted.
  perform pg_advisory_xact_lock(hashtextextended('guest:' || encode(addr, 'hex'), 0));
  delete from guests_guesttry where at < now() - interval '15 minutes';
  if (select count(*) from guests_guesttry where key = addr) >= {TRIES} then return false; end if;
  insert into guests_guesttry (key, at) values (addr, now()) returning id into mine;
  select * into k from guests_guestkey where secret = sec for update;
  if k.link_id is null or not guest_alive(k.link_id) then return false; end if;
  if k.code <> said then
    update guests_guestkey set wrong = wrong + 1 where link_id = k.link_id;
    perform guest_log(k.link_id, 'guests.wrong_code', 'Nekad');
    if k.wrong + 1 >= {WRONG} then
      update guests_guestlink set locked_at = now() where id = k.link_id;
      insert into cases_caseevent (case_id, at, kind, text, detail, topics)
        values (k.case_id, now(), 'guest_locked', 'En länk för svar låstes efter fel kod', '', 0);
    end if;
    return false;
  end if;
  delete from guests_guesttry where id = mine;
  update guests_guestkey set wrong = 0, visit = vis, visit_until = now() + interval '{VISIT}' where link_id = k.link_id;
  update guests_guestlink set opened_at = coalesce(opened_at, now()) where id = k.link_id;
  update meetings_invitation i set read_at = coalesce(i.read_at, now()) from guests_guestlink l
    where l.id = k.link_id and i.id = l.invitation_id;
  perform guest_log(k.link_id, 'guests.entered', 'Inloggning');
  return true;
end $$;
{definer("guest_enter(bytea, bytea, bytea, bytea)", to="sip_guest")}

-- The invitation and nothing else. What is to be talked about only where it was so decided, the person shares, and
-- nothing of it is exempted for anybody.
create function guest_invitation(vis bytea) returns jsonb language plpgsql security definer
  set search_path = public, pg_temp as $$
declare lid uuid := guest_visit(vis); told jsonb;
begin
  if lid is null then return null; end if;
  select jsonb_build_object('starts_at', m.starts_at, 'ends_at', m.ends_at, 'form', m.form, 'place', m.place,
      'link', m.link, 'chair', ch.name, 'chair_title', ch.title, 'caller', cs.name, 'caller_title', cs.title,
      'caller_unit', u.name, 'caller_phone', u.phone, 'answer', i.answer, 'attendee_name', i.attendee_name,
      'attendee_title', i.attendee_title, 'until', y.visit_until,
      'agenda', (select t.text from meetings_meetingtext t
        join consent_consent k on k.case_id = l.case_id and k.superseded_at is null and k.share_answer = 'yes'
        where l.shows_agenda and t.meeting_id = m.id and t.key = 'agenda' and t.topics & coalesce((select bit_or(x.topics)
          from consent_consentexemption x where x.consent_id = k.id), 0) = 0))
    into told
    from guests_guestlink l join guests_guestkey y on y.link_id = l.id join meetings_invitation i on i.id = l.invitation_id
      join meetings_meeting m on m.id = i.meeting_id join organisations_staff ch on ch.id = m.chair_id
      join organisations_assignment a on a.id = m.called_by_id join organisations_staff cs on cs.id = a.staff_id
      join organisations_unit u on u.id = a.unit_id
    where l.id = lid;
  perform guest_log(lid, 'guests.read', 'Läsa');
  return told;
end $$;
{definer("guest_invitation(bytea)", to="sip_guest")}

-- The answer to that invitation; the same once more changes nothing. Who comes as invited is named by the invitation.
create function guest_answer(vis bytea, what text, who text, title text) returns boolean language plpgsql
  security definer set search_path = public, pg_temp as $$
declare lid uuid := guest_visit(vis); i meetings_invitation; p cases_outsideparty; c cases_case; uid bigint; key text;
begin
  -- A meeting that is being moved or called off at this moment is waited for, and asked about again.
  perform 1 from meetings_meeting m join meetings_invitation x on x.meeting_id = m.id
    join guests_guestlink l on l.invitation_id = x.id where l.id = lid for share of m;
  lid := guest_visit(vis);
  if lid is null then return false; end if;
  select x.* into i from meetings_invitation x join guests_guestlink l on l.invitation_id = x.id where l.id = lid
    for update of x;
  select * into p from cases_outsideparty where id = i.outside_party_id;
  select * into c from cases_case where id = i.case_id;
  if what not in ('coming', 'delegate', 'declined') or (what = 'delegate' and (who = '' or title = '')) then
    raise exception 'not an answer' using errcode = '22023';
  end if;
  who := case what when 'coming' then p.name when 'declined' then '' else who end;
  title := case what when 'coming' then p.relation when 'declined' then '' else title end;
  if (i.answer, i.attendee_name, i.attendee_title) = (what, who, title) then return true; end if;
  update meetings_invitation set answer = what, attendee_name = who, attendee_title = title, answered_at = now(),
      answered_by_id = null, answered_how = 'link' where id = i.id;
  insert into cases_caseevent (case_id, at, kind, text, detail, topics)
    values (c.id, now(), 'answered', 'En deltagare utan konto svarade genom länken: ' || case what
      when 'coming' then 'kommer' when 'delegate' then 'någon annan kommer' else 'kommer inte' end, '', 0);
  -- To the unit that called, or the owner's when that one takes no part any longer.
  select case when has_access(c.id, a.unit_id) then a.unit_id else c.owner_unit_id end into uid
    from meetings_meeting m join organisations_assignment a on a.id = m.called_by_id where m.id = i.meeting_id;
  key := 'answer:' || i.id || ':' || extract(epoch from now()) || ':' || uid;
  insert into notifications_inboxitem (unit_id, case_id, reference, kind, dedupe_key, created_at)
    values (uid, c.id, c.reference, 'answer', key, now()) on conflict (dedupe_key) do nothing;
  insert into notifications_delivery (id, dedupe_key, channel, template, unit_id, case_id, state, due_at, attempts,
      last_error, created_at)
    values (gen_random_uuid(), key, 'email', 'new_message', uid, c.id, 'due', now(), 0, '', now())
    on conflict (dedupe_key) do nothing;
  perform guest_log(lid, 'guests.answered', 'Skriva');
  return true;
end $$;
{definer("guest_answer(bytea, text, text, text)", to="sip_guest")}

create function guest_leave(vis bytea) returns void language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  update guests_guestkey set visit = null, visit_until = null where visit = vis;
end $$;
{definer("guest_leave(bytea)", to="sip_guest")}

-- A mail with the link, to the address that the link bears. Moving or calling off the meeting stops it with the rest.
create function queue_guest_mail(lid uuid) returns void language plpgsql security definer
  set search_path = public, pg_temp as $$
declare l guests_guestlink; c cases_case;
begin
  select * into l from guests_guestlink where id = lid;
  if l.id is null or l.way <> 'email' or not (ctx_handler() and may_steer(l.case_id)) or not guest_alive(lid) then
    raise exception 'not a link to be mailed' using errcode = '42501';
  end if;
  select * into c from cases_case where id = l.case_id;
  insert into notifications_delivery (id, dedupe_key, channel, template, unit_id, case_id, state, due_at, expires_at,
      attempts, last_error, created_at)
    select gen_random_uuid(), 'call:' || i.meeting_id || ':guest:' || lid, 'email', 'guest', c.owner_unit_id, c.id, 'due',
      now(), l.expires_at, 0, '', now() from meetings_invitation i where i.id = l.invitation_id
    on conflict (dedupe_key) do nothing;
end $$;
{definer("queue_guest_mail(uuid)")}

-- Asked by the sender with the digest of the secret that it is about to send: an earlier one stops working.
create function guest_address(did uuid, fresh bytea) returns text language plpgsql security definer
  set search_path = public, pg_temp as $$
declare l guests_guestlink;
begin
  select g.* into l from notifications_delivery d
    join guests_guestlink g on g.id = substring(d.dedupe_key from ':guest:([0-9a-f-]{{36}})$')::uuid
      and g.case_id = d.case_id
    where d.id = did and d.template = 'guest' and d.state = 'sending';
  if l.id is null or l.way <> 'email' or not guest_alive(l.id) then
    -- Ended since it was queued: nobody is to be phoned instead.
    update notifications_delivery set state = 'cancelled', lease_until = null
      where id = did and template = 'guest' and state = 'sending';
    return null;
  end if;
  update guests_guestkey set secret = fresh where link_id = l.id;
  return l.email;
end $$;
{definer("guest_address(uuid, bytea)", to="sip_worker")}
"""


class Migration(migrations.Migration):
    dependencies = [
        ("guests", "0001_initial"),
        ("meetings", "0002_isolation"),
        ("consent", "0002_isolation"),
        ("notifications", "0002_isolation"),
    ]
    operations = [
        case_rows("guests_guestlink", insert=STEERS, update=STEERS, update_columns=LINK),
        migrations.RunSQL(SECRETS, migrations.RunSQL.noop),
        same_case("guests_guestlink", "invitation_id", "meetings_invitation"),
        same_case("guests_guestkey", "link_id", "guests_guestlink"),
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
    ]
