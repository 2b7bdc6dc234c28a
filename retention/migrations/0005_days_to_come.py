"""What is no entry in a case: a day to come, by whatever name, and a file that was drawn of what stands there."""

from django.db import migrations

STAMPS = """
-- When something was written, among a table's columns: no day to come, and not that somebody read it or printed it.
create or replace function retention_stamps(tab text, alias text) returns text stable language sql as $$
  select string_agg(format('%s.%I', alias, a.attname), ', ') from pg_attribute a
    where a.attrelid = tab::regclass and a.atttypid = 'timestamptz'::regtype and not a.attisdropped
      and tab not in ('papers_paper', 'plans_partyexport', 'plans_plandocument')
      and a.attname not in ('due_at', 'expires_at', 'starts_at', 'ends_at', 'lease_until', 'until', 'read_at',
        'offered_for', 'closes_at', 'visit_until') $$;
"""


class Migration(migrations.Migration):
    dependencies = [("retention", "0004_law")]
    operations = [migrations.RunSQL(STAMPS, migrations.RunSQL.noop)]
