"""Meeting mode is led by those who steer the case; of samråd all parties read what they may, and the person too."""

from django.db import migrations

from organisations.rls import STEERS, case_rows, same_case

ROOM = "read_aloud_at, ended_at, ended_by_id, follow_up_on, next_meeting_id, closes_at"
CONSULTATION = "offered_for, offered_at, offered_by_id, ended_at, ended_by_id, result, outcome"


class Migration(migrations.Migration):
    dependencies = [("meetingroom", "0001_initial"), ("deviations", "0002_isolation")]
    operations = [
        case_rows("meetingroom_room", insert=STEERS, update=STEERS, update_columns=ROOM),
        case_rows(
            "meetingroom_consultation",
            insert=STEERS,
            update=STEERS,
            update_columns=CONSULTATION,
            topics=True,
            citizen=True,
        ),
        same_case("meetingroom_room", "meeting_id", "meetings_meeting"),
        same_case("meetingroom_room", "next_meeting_id", "meetings_meeting"),
        same_case("meetingroom_consultation", "meeting_id", "meetings_meeting"),
    ]
