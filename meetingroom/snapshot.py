"""The samråd's part of what a unit receives: what the person was not content with, and how it ended (MOT-4)."""

from consent.snapshot import day, part, section
from meetingroom import consultation
from organisations import swedish


@section("consultations", order=45)
def consultations_section(case) -> dict:
    parts = [
        part(
            f"Samråd {day(row.asked_at)}",
            [
                ("Det här var personen inte nöjd med", row.about),
                ("Enhet som svarar", row.unit.name),
                ("Tid för samråd", swedish.date_and_time(row.offered_for) if row.offered_for else ""),
                ("Hur det slutade", row.get_result_display()),
                ("Det här kom ni fram till", row.outcome),
            ],
            topics=row.topics,
        )
        for row in consultation.of_case(case)
    ]
    return part("Samråd", parts=parts)
