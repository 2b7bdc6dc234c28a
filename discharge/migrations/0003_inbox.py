"""A notice and what follows on it stand in the receiver's inbox, for as long as somebody has to see them."""

from django.db import migrations

from organisations.rls import definer

INBOX = f"""
-- What is sent to a receiver lies in its inbox too, in the same transaction, so that it is counted, told as its staff
-- have chosen and brought up when nobody opens it (GUI-3). Without a case and without a word of whom it is about.
create function notice_in_inbox() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    insert into notifications_inboxitem (unit_id, case_id, reference, kind, dedupe_key, created_at)
      select new.unit_id, null, r.reference, case new.kind when 'admission' then 'notice' else 'notice_changed' end,
        'notice:' || new.id, new.sent_at
      from discharge_noticereceiver r where r.id = new.receiver_id on conflict (dedupe_key) do nothing;
  else
    update notifications_inboxitem set read_at = coalesce(read_at, new.acknowledged_at),
        read_by = coalesce(read_by, new.acknowledged_by_id), done_at = new.acknowledged_at,
        done_by = new.acknowledged_by_id
      where dedupe_key = 'notice:' || new.id and done_at is null;
  end if;
  return null;
end $$;
{definer("notice_in_inbox()", to="")}
create trigger notice_in_inbox after insert or update of acknowledged_at on discharge_noticemessage
  for each row execute function notice_in_inbox();

-- A receiver that reads the notice no longer, and a process that is over: what was said before waits for nobody. The
-- message that tells so is sent after it, with a row of its own.
create function notice_out_of_inbox() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
declare at timestamptz; rids bigint[]; who bigint;
begin
  if tg_table_name = 'discharge_notice' then
    at := new.ended_at;
    rids := array(select id from discharge_noticereceiver where notice_id = new.id);
  else
    at := new.recalled_at;
    rids := array[new.id];
    -- The ward's own staff have acknowledged nothing in another unit.
    select id into who from organisations_assignment where id = new.recalled_by_id and unit_id = new.unit_id;
  end if;
  update notifications_inboxitem i set read_at = coalesce(i.read_at, at), done_at = at, done_by = who
    from discharge_noticemessage m
    where m.receiver_id = any(rids) and i.dedupe_key = 'notice:' || m.id and i.done_at is null;
  return null;
end $$;
{definer("notice_out_of_inbox()", to="")}
create trigger notice_out_of_inbox after update of recalled_at on discharge_noticereceiver
  for each row when (old.recalled_at is null and new.recalled_at is not null) execute function notice_out_of_inbox();
create trigger notice_out_of_inbox after update of state on discharge_notice
  for each row when (old.state = 'active' and new.state <> 'active') execute function notice_out_of_inbox();

-- A notice that is erased takes with it what was sent of it, to the last inbox row.
create function notice_erased() returns trigger language plpgsql security definer
  set search_path = public, pg_temp as $$
declare mids bigint[];
begin
  mids := array(select m.id from discharge_noticemessage m join discharge_noticereceiver r on r.id = m.receiver_id
    where r.notice_id = old.id);
  delete from notifications_inboxitem where dedupe_key in (select 'notice:' || m from unnest(mids) m);
  delete from discharge_noticemessage where id = any(mids);
  delete from discharge_noticereceiver where notice_id = old.id;
  return null;
end $$;
{definer("notice_erased()", to="")}
create trigger notice_erased after delete on discharge_notice for each row execute function notice_erased();
"""


class Migration(migrations.Migration):
    dependencies = [("discharge", "0002_isolation"), ("notifications", "0002_isolation")]
    operations = [migrations.RunSQL(INBOX, migrations.RunSQL.noop)]
