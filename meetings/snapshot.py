"""The meetings' part of what a unit receives."""

from django.db.models import Prefetch

from consent.snapshot import part, section
from meetings.models import Invitation, Meeting, MeetingTextKey
from organisations import swedish


@section("meetings", order=40)
def meetings_section(case) -> dict:
    invited = Prefetch(
        "invitations",
        Invitation.objects.select_related("unit", "outside_party").prefetch_related("texts").order_by("pk"),
    )
    found = Meeting.objects.filter(case=case).select_related("chair", "writer").order_by("-starts_at", "-pk")
    return part("Kallelser och möten", parts=[one(m) for m in found.prefetch_related(invited, "attendances", "texts")])


def one(meeting) -> dict:
    answers = [
        ", ".join(filter(None, [f"{i.unit or i.outside_party}: {i.get_answer_display().lower()}", i.attendee_name]))
        for i in meeting.invitations.all()
    ]
    came = [row.name for row in meeting.attendances.all() if row.came]
    return part(
        f"{meeting.get_kind_display()} {swedish.span(meeting.starts_at, meeting.ends_at)}",
        [
            ("Läge", meeting.get_state_display()),
            ("Form", meeting.get_form_display()),
            ("Plats", meeting.place),
            ("Länk eller nummer", meeting.link),
            row(meeting, MeetingTextKey.AGENDA),
            row(meeting, MeetingTextKey.PROFESSIONS),
            ("Hjälp med uppkopplingen", meeting.connection_help),
            ("Leder mötet", meeting.chair.name),
            ("Skriver", meeting.writer.name),
            ("Fört efter mötet", swedish.date_and_time(meeting.entered_at) if meeting.entered_at else ""),
            ("Kallade", "; ".join(answers)),
            ("Kom", "; ".join(came)),
            row(meeting, MeetingTextKey.HELD_NOTE),
            row(meeting, MeetingTextKey.ENDED_NOTE),
            *(
                (f"Kommentar från {i.unit or i.outside_party}", i.answer_note, i.topics_of(MeetingTextKey.ANSWER_NOTE))
                for i in meeting.invitations.all()
            ),
        ],
    )


def row(meeting, key) -> tuple[str, str, int]:
    """A text with its topics, so that the copy of a narrowed party is without it (SAM-3)."""
    return (key.label, meeting.said(key), meeting.topics_of(key))
