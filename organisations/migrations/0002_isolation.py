"""The directory is read by all who are signed in and written by each organisation's administrator (GUI-1)."""

from django.db import migrations

from organisations.rls import directory_rows

OWN = "{0}.organisation_id = (select ctx_organisation())"
OWN_UNIT = (
    "exists (select 1 from organisations_unit u where u.id = organisations_assignment.unit_id"
    " and u.organisation_id = (select ctx_organisation()))"
    " and exists (select 1 from organisations_staff s where s.id = organisations_assignment.staff_id"
    " and s.organisation_id = (select ctx_organisation()))"
)


class Migration(migrations.Migration):
    dependencies = [("organisations", "0001_initial"), ("audit", "0001_log")]
    operations = [
        directory_rows("organisations_organisation"),
        directory_rows("organisations_authority"),
        directory_rows("organisations_unit", own=OWN.format("organisations_unit")),
        directory_rows("organisations_staff", own=OWN.format("organisations_staff")),
        directory_rows("organisations_assignment", own=OWN_UNIT),
        directory_rows("organisations_guideline"),
        directory_rows("organisations_deadlinerule"),
    ]
