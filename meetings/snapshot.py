"""The meetings' part of what a unit receives."""

from django.db.models import Prefetch

from consent.snapshot import part, section
from meetings.models import Invitation, Meeting
from organisations import swedish


@section("meetings", order=40)
def meetings_section(case) -> dict:
    invited = Prefetch("invitations", Invitation.objects.select_related("unit", "outside_party").order_by("pk"))
    found = Meeting.objects.filter(case=case).select_related("chair", "writer").order_by("-starts_at", "-pk")
    return part("Kallelser och möten", parts=[one(m) for m in found.prefetch_related(invited, "attendances")])


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
            ("Det här ska vi prata om", meeting.agenda),
            ("Yrken som behövs", meeting.professions),
            ("Hjälp med uppkopplingen", meeting.connection_help),
            ("Leder mötet", meeting.chair.name),
            ("Skriver", meeting.writer.name),
            ("Kallade", "; ".join(answers)),
            ("Kom", "; ".join(came)),
            ("Anteckning", meeting.held_note),
            ("Varför det ändrades", meeting.ended_note),
        ],
    )
