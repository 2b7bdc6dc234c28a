"""Topics and their masks: what a text is about, and what a unit may not see (SAM-3).

A text without a chosen topic has all bits set: it counts as every topic, so that forgetting to choose hides it from
whoever has anything hidden. Row security compares the same numbers.
"""

from django.db import connection

from organisations.models import Topic

ALL = -1
# Every bit that a topic can have, for "all but these".
EVERY_BIT = (1 << 62) - 1
NOT_SHARED = "Delas inte med er"


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


def hidden_from_me(case) -> int:
    """The mask of what the acting unit may not see in the case; 0 when it sees all."""
    with connection.cursor() as cursor:
        cursor.execute("select hidden_from_me(%s)", [case.pk])
        return cursor.fetchone()[0]
