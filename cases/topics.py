"""Topics and their masks: what a text is about, and what a unit may not see (SAM-3).

A text without a chosen topic has all bits set: it counts as every topic, so that forgetting to choose hides it from
whoever has anything hidden. Row security compares the same numbers.
"""

from django.db import connection

from cases.access_models import CaseAccess
from organisations.errors import RuleBroken
from organisations.models import Topic

ALL = -1
# The system's own words, which say nothing of the person.
NO_TOPIC = 0
# Every bit that a topic can have, for "all but these".
EVERY_BIT = (1 << 62) - 1
NOT_SHARED = "Delas inte med er"
CHOOSE_A_TOPIC = (
    "Välj minst ett ämne, och bara ämnen som delas med er. Annars kan ni inte själva läsa det som ni skriver."
)
ONLY_WHO_SEES_ALL = "Bara en enhet som ser hela ärendet kan göra det. Personen har valt att en del inte delas med er."


def active() -> list[Topic]:
    """The topics that can be chosen, in their order; one query."""
    return list(Topic.objects.filter(is_active=True))


def choices() -> list[tuple[str, str]]:
    """(code, label) for forms."""
    return [(topic.code, topic.label) for topic in active()]


def mask_of(codes) -> int:
    """The mask of the topics with these codes; no topic gives ALL. Raises KeyError for an unknown code."""
    wanted = set(codes)
    if not wanted:
        return ALL
    bits = {topic.code: 1 << topic.bit for topic in Topic.objects.filter(code__in=wanted)}
    return sum(bits[code] for code in wanted)


def hidden_mask(codes) -> int:
    """The mask of exempted topics; none exempted is 0."""
    return mask_of(codes) if codes else 0


def codes_of(mask: int, topics=None) -> list[str]:
    """The codes in a mask, in the topics' order; ALL gives none, as nothing was chosen."""
    return [topic.code for topic in in_mask(mask, topics)]


def labels_of(mask: int, topics=None) -> list[str]:
    return [topic.label for topic in in_mask(mask, topics)]


def in_mask(mask: int, topics=None) -> list[Topic]:
    if mask in (ALL, 0):
        return []
    return [topic for topic in (active() if topics is None else topics) if mask >> topic.bit & 1]


def visible(topics: int, hidden: int) -> bool:
    """The rule of the policies, for what has already left the database: frozen copies and documents."""
    return topics & hidden == 0


def masks(case_id, by) -> list[int]:
    """What is hidden from the acting unit on each ground that it sees the case by; [0] when it sees all.

    A ground that shows no more than another is left out. A unit with two grounds sees what either shows.
    """
    rows = CaseAccess.objects.filter(case_id=case_id, unit_id=by.unit_id, emergency=False)
    found = set(rows.values_list("hidden_topics", flat=True))
    return sorted(mask for mask in found if not any(other != mask and other & ~mask == 0 for other in found))


def sees_all(case_id, by) -> bool:
    return masks(case_id, by) == [0]


def must_see_all(case_id, *, by) -> None:
    """Refuse what stands for the whole case to a unit that does not see the whole (the database does too)."""
    if not sees_all(case_id, by):
        raise RuleBroken(ONLY_WHO_SEES_ALL)


def must_be_readable(case_id, *chosen: int, by, field: str = "topics") -> None:
    """Refuse topics that the writer itself cannot read afterwards."""
    grounds = masks(case_id, by)
    if any(not any(visible(mask, hidden) for hidden in grounds) for mask in chosen):
        raise RuleBroken(CHOOSE_A_TOPIC, field=field)


def readable_by(case_id, unit_id, topics: int) -> bool:
    """Whether another unit may read of these topics; asked by one who sees the case."""
    with connection.cursor() as cursor:
        cursor.execute("select readable_by(%s, %s, %s)", [case_id, unit_id, topics])
        return cursor.fetchone()[0]
