"""Meetings: the steering units call and hold; every party answers for itself."""

from django.db import migrations

from organisations.rls import STEERS, case_rows, same_case

MEETING = "state, entered_at, entered_by_id"
# The party's own answer, or one that the steering unit took on the phone.
ANSWERS = "(select ctx_writer()) and (meetings_invitation.unit_id = (select ctx_unit()) or may_steer(case_id))"
ANSWER = (
    "told_at, read_at, answer, answered_at, answered_by_id, answered_how, attendee_name, attendee_title, mandate,"
    " name_to_person"
)
# A comment follows the answer; all else is told by those who steer.
TEXTS = (
    "(select ctx_writer()) and (may_steer(case_id) or exists (select 1 from meetings_invitation i"
    " where i.id = meetings_meetingtext.invitation_id and i.unit_id = (select ctx_unit())))"
)
CALL = "tries, tried_at, reached_at, reached_name, recorded_by_id"
WORKER = "id, case_id, kind, state, starts_at"


class Migration(migrations.Migration):
    dependencies = [("meetings", "0001_initial"), ("consent", "0002_isolation")]
    operations = [
        case_rows(
            "meetings_meeting", insert=STEERS, update=STEERS, update_columns=MEETING, citizen=True, worker=WORKER
        ),
        case_rows("meetings_invitation", insert=STEERS, update=ANSWERS, update_columns=ANSWER, citizen=True),
        case_rows(
            "meetings_meetingtext",
            insert=TEXTS,
            update=TEXTS,
            update_columns="text, topics",
            topics=True,
            citizen="invitation_id is null",
        ),
        # Somebody who comes late.
        case_rows("meetings_attendance", insert=STEERS, update=STEERS, update_columns="came", citizen=True),
        # Also in a closed case: a withdrawal on the meeting's own day leaves them to be made (KAL-7).
        case_rows("meetings_cancellationcall", insert=STEERS, update=STEERS, update_columns=CALL, open_only=False),
        same_case("meetings_cancellationcall", "meeting_id", "meetings_meeting"),
        same_case("meetings_cancellationcall", "invitation_id", "meetings_invitation"),
        same_case("meetings_cancellationcall", "representative_id", "consent_representative"),
        same_case("meetings_invitation", "meeting_id", "meetings_meeting"),
        same_case("meetings_invitation", "outside_party_id", "cases_outsideparty"),
        same_case("meetings_attendance", "meeting_id", "meetings_meeting"),
        same_case("meetings_meetingtext", "meeting_id", "meetings_meeting"),
        same_case("meetings_meetingtext", "invitation_id", "meetings_invitation"),
        same_case("meetings_attendance", "invitation_id", "meetings_invitation"),
        same_case("meetings_meeting", "replaces_id", "meetings_meeting"),
    ]
