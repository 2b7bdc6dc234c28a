"""What the person reads before the meeting: own words, the question, interpreter, what to think about (KAL-10)."""

from cases.enums import State
from citizen.door import is_guardian
from meetings.models import Meeting, MeetingState
from preparation import bookings, selectors
from preparation.models import ADAPTATIONS, PreparationKey

BEFORE = {State.INITIATED, State.CONSENTED, State.CALLED}
# In the person's own words; a guardian has no row of them.
OWN = (PreparationKey.WHAT_MATTERS, PreparationKey.STRENGTHS, PreparationKey.RELATIVES, *ADAPTATIONS)


def before_meeting(case) -> dict | None:
    """Nothing once the meeting has been held, or when the case has ended."""
    if case.state not in BEFORE:
        return None
    texts = selectors.texts_of(bookings.fetch(case))
    said = selectors.for_meeting(case, whole=True)
    own = [(texts[key].get_key_display(), texts[key].text) for key in OWN if key in texts and texts[key].text]
    called = Meeting.objects.filter(case=case, state=MeetingState.CALLED).exists()
    return said | {
        "own": own,
        # A guardian thinks of the child: the same questions, asked of somebody else, would be wrong.
        "think_about": () if is_guardian(case) else said["think_about"],
        "interpreter_words": said["interpreter_words"] if called or said["interpreter"]["form"] else "",
    }
