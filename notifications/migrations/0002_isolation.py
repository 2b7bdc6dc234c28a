"""Inbox rows belong to the receiving unit; deliveries are the worker's, in the columns it needs."""

from django.db import migrations

from organisations.rls import definer, enable, policy, unit_rows

WORKER_READS = (
    "id, dedupe_key, channel, template, unit_id, state, due_at, expires_at, lease_until, attempts, created_at"
)
WORKER_WRITES = "state, lease_until, attempts, last_error, sent_at, due_at"

DELIVERIES = f"""
{enable("notifications_delivery")}
grant select ({WORKER_READS}), update ({WORKER_WRITES}) on notifications_delivery to sip_worker;
{policy("notifications_delivery", "worker_select", "select", "sip_worker", using="true")}
{policy("notifications_delivery", "worker_update", "update", "sip_worker", using="true", check="true")}
-- The sweeps make their reminders as sets of rows; staff go through queue_delivery() and put_in_inbox().
grant insert on notifications_delivery to sip_worker;
{policy("notifications_delivery", "worker_insert", "insert", "sip_worker", check="true")}

create function oldest_due_delivery() returns timestamptz stable language sql security definer
  set search_path = public, pg_temp as $$
  select min(due_at) from notifications_delivery where state in ('due', 'sending') and due_at <= now() $$;
{definer("oldest_due_delivery()", to="sip_staff, sip_worker")}
"""

INBOX = f"""
grant insert, select (dedupe_key) on notifications_inboxitem to sip_worker;
{policy("notifications_inboxitem", "worker_select", "select", "sip_worker", using="true")}
{policy("notifications_inboxitem", "worker_insert", "insert", "sip_worker", check="true")}
"""


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial"), ("organisations", "0002_isolation")]
    operations = [
        migrations.RunSQL(DELIVERIES, migrations.RunSQL.noop),
        unit_rows("notifications_inboxitem", update_columns="read_at, read_by, done_at"),
        migrations.RunSQL(INBOX, migrations.RunSQL.noop),
    ]
