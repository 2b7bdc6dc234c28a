"""What a party says with its answer, in its own words (KAL-5): texts with topics, so that each reads what it may."""

from consent import coverage
from meetings.models import AnswerKind, MeetingTextKey
from organisations import swedish
from organisations.errors import RuleBroken


def may_say_today(case, invitation) -> bool:
    """Whether what a party without the duty does today may be shared: the person's yes reaches it.

    A relative or other without an account is told of by the caller; then the yes itself must stand.
    """
    if invitation.has_duty:
        return False
    consent = coverage.current(case)
    if invitation.unit_id:
        return invitation.unit_id in coverage.covered_by(consent)
    return coverage.stands(consent)


def stamp(invitation) -> str:
    """What an answer that is being written stands on: when the one before it was given."""
    return invitation.answered_at.isoformat() if invitation.answered_at else ""


def overtaken(invitation) -> str:
    """Somebody has answered while this answer was written; what is typed stays on the page."""
    if invitation.answered_at is None:
        return ""
    who = invitation.answered_by.staff.name if invitation.answered_by_id else "Deltagaren själv"
    said = invitation.get_answer_display().lower()
    if invitation.attendee_name:
        said = f"{said} ({invitation.attendee_name})"
    return (
        f"{who} svarade kl. {swedish.clock(invitation.answered_at)} medan du skrev: {said}. Det du skrev är kvar här. "
        "Spara igen om det är ditt svar som ska gälla."
    )


def notes_of(*, case, invitation, answer, note: str, today: str, topics: int | None) -> list[tuple]:
    """The texts that are to be written with the answer: key, text, topics; those that stand as they are left out."""
    if today and answer != AnswerKind.DECLINED:
        raise RuleBroken("Det här skriver den som inte kommer. Ta bort texten eller ändra svaret.", field="today")
    if today and not may_say_today(case, invitation):
        raise RuleBroken("Personens samtycke täcker inte att det delas. Ta bort texten.", field="today")
    wanted = []
    for key, text in ((MeetingTextKey.ANSWER_NOTE, note), (MeetingTextKey.TODAY, today)):
        about = invitation.topics_of(key) if topics is None else topics
        if (text, about) == (invitation.said(key), invitation.topics_of(key)) or not (text or invitation.said(key)):
            continue
        wanted.append((key, text, about))
    return wanted
