"""What is left before the meeting: each row done, left or not needed, with the page where it is done (KAL-10)."""

from cases.frame import address
from meetings.models import AnswerKind
from organisations import swedish
from preparation import bookings, selectors
from preparation.models import BookingKind, BookingState, PreparationKey

DONE, LEFT, NOT_NEEDED = "done", "left", "not_needed"
TAGS = {DONE: ("Klar", "success", "check"), LEFT: ("Kvar", "", ""), NOT_NEEDED: ("Behövs inte", "", "")}
BOOKINGS = {BookingKind.INTERPRETER: "Boka tolk", BookingKind.ADAPTATION: "Ordna anpassningar"}


def before_meeting(case, known, meeting, answers, first_name, *, whole: bool) -> list[dict]:
    """The rows, in the order that the work is done in; a fixed number of queries."""
    texts = selectors.texts_of(case)

    def written(key):
        # Whoever does not see all is not told that something is left which may only be hidden.
        return bool(texts[key].text) if key in texts else not whole

    matters = known.what_matters_said or written(PreparationKey.WHAT_MATTERS)
    return [
        task("Fråga om samtycke", "consent:history", case, DONE if known.consent_ok else LEFT),
        task("Bestäm vilka som ska vara med", "cases:parties", case, DONE if known.has_parties else LEFT),
        prepared(f"Fråga {first_name} vad som är viktigt", case, matters),
        prepared("Skriv frågan som ni ska lösa", case, written(PreparationKey.QUESTION)),
        *(booking(case, kind, text) for kind, text in BOOKINGS.items()),
        task("Skicka kallelsen", "meetings:overview", case, DONE if meeting else LEFT),
        *asked_about(case, known, first_name),
        answered(case, answers),
        told(case, answers),
    ]


def task(text, url_name, case, state: str, waits: str = "", anchor: str = "") -> dict:
    tag = (waits, "warn", "clock") if waits else TAGS[state]
    return {"text": text, "url": address(url_name, case) + anchor, "state": state, "tag": tag}


def prepared(text, case, done: bool) -> dict:
    return task(text, "preparation:overview", case, DONE if done else LEFT)


def booking(case, kind: str, text: str) -> dict:
    """What is ordered counts as done; that it is not confirmed yet stands beside it."""
    state = bookings.state_of(case, kind, bookings.find(case, kind))
    found = {BookingState.NOT_NEEDED: NOT_NEEDED, BookingState.NEEDED: LEFT}.get(state, DONE)
    row = task(text, "preparation:overview", case, found, anchor="#bokningar")
    if state == BookingState.NEEDED:
        row["tag"] = (f"{bookings.who_books(case).name} bokar", "warn", "clock")
    elif state == BookingState.BOOKED:
        row["tag"] = ("Bokad", "success", "calendar")
    return row


def asked_about(case, known, first_name) -> list[dict]:
    """Only while a kallelse lies at a unit that the person has not been asked about (KAL-4)."""
    if not known.waits_for_yes:
        return []
    text = f"Fråga {first_name} om en enhet till får vara med"
    return [task(text, "meetings:overview", case, LEFT, "Väntar på personens ja")]


def answered(case, answers) -> dict:
    waiting = sum(row.answer == AnswerKind.NONE for row in answers)
    waits = f"Väntar på {swedish.count(waiting, 'svar', 'svar')}" if waiting else ""
    state = DONE if answers and not waiting else LEFT
    return task("Få svar från alla som är kallade", "meetings:overview", case, state, waits)


def told(case, answers) -> dict:
    """Those without an account are told by letter or phone, and that is noted."""
    outside = [row for row in answers if row.outside_party_id]
    left = [row for row in outside if row.told_at is None and row.answer == AnswerKind.NONE]
    state = NOT_NEEDED if answers and not outside else LEFT if left or not answers else DONE
    return task("Meddela dem som inte har konto", "meetings:overview", case, state)


def counted(rows) -> dict:
    """How many of those that are needed are done."""
    needed = [row for row in rows if row["state"] != NOT_NEEDED]
    return {"tasks_done": sum(row["state"] == DONE for row in needed), "tasks_needed": len(needed)}
