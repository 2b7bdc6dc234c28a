"""Deviations are seen by the case's parties; each side writes its own part."""

from django.db import migrations

from organisations.rls import STEERS, case_rows, same_case

REPORTS = "(select ctx_writer()) and deviations_deviation.reported_unit_id = (select ctx_unit())"
SIDES = (
    "(select ctx_writer()) and (select ctx_unit()) in (deviations_deviation.reported_unit_id,"
    " deviations_deviation.concerns_unit_id)"
)
COLUMNS = (
    "state, received_by_id, received_at, answer, answered_by_id, answered_at, closed_by_id, closed_at, closing_note"
)


class Migration(migrations.Migration):
    dependencies = [("deviations", "0001_initial"), ("plans", "0002_isolation")]
    operations = [
        case_rows(
            "deviations_deviation",
            insert=REPORTS,
            update=SIDES,
            update_columns=COLUMNS,
            open_only=False,
            topics=True,
        ),
        case_rows("deviations_absencedecision", insert=STEERS, update=None, open_only=False, topics=True),
        same_case("deviations_absencedecision", "attendance_id", "meetings_attendance"),
        same_case("deviations_absencedecision", "deviation_id", "deviations_deviation"),
    ]
