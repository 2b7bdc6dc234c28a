"""The law's own rules and exemptions, from the data file."""

import json
from pathlib import Path

from django.db import migrations

FILE = Path(__file__).resolve().parents[1] / "data" / "profiles.json"


def load(apps, schema_editor):
    law, db = json.loads(FILE.read_text(encoding="utf-8")), schema_editor.connection.alias
    for name, rows in (("RetentionProfile", law["profiles"]), ("RetentionExemption", law["exemptions"])):
        model = apps.get_model("retention", name)
        model.objects.using(db).bulk_create([model(**row) for row in rows])


class Migration(migrations.Migration):
    dependencies = [("retention", "0003_batches")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
