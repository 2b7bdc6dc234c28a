"""What is not shared with the unit that reads or writes, in words and masks; the database decides (SAM-3)."""

from django.db import connection

from cases import topics
from cases.models import CaseAccess
from organisations.errors import RuleBroken

# The same words whatever the text says, and whether it says anything.
NOT_SHARED = f"{topics.NOT_SHARED}."
PART_NOT_SHARED = "Personen har valt att en del inte delas med er."
NOT_THE_WHOLE = "Det här är inte hela planen. Personen har valt att en del inte delas med den enhet som skrev ut den."
ONLY_WHO_SEES_ALL = "Bara en enhet som ser hela planen kan göra det. Personen har valt att en del inte delas med er."
CHOOSE_A_TOPIC = (
    "Välj minst ett ämne, och bara ämnen som delas med er. Annars kan ni inte själva läsa det som ni skriver."
)


def masks(case_id, by) -> list[int]:
    """What is hidden from the unit, on each ground that it sees the case by; [0] when it sees all.

    A ground that shows no more than another is left out. A unit with two grounds sees what either shows.
    """
    rows = CaseAccess.objects.filter(case_id=case_id, unit_id=by.unit_id, emergency=False)
    found = set(rows.values_list("hidden_topics", flat=True))
    return sorted(mask for mask in found if not any(other != mask and other & ~mask == 0 for other in found))


def sees_all(case_id, by) -> bool:
    return masks(case_id, by) == [0]


def must_see_all(case_id, *, by) -> None:
    """Refuse what stands for the whole plan to a unit that does not see the whole (the database does too)."""
    if not sees_all(case_id, by):
        raise RuleBroken(ONLY_WHO_SEES_ALL)


def must_be_readable(case_id, *chosen: int, by, field: str = "topics") -> None:
    """Refuse topics that the writer itself cannot read afterwards."""
    grounds = masks(case_id, by)
    if any(not any(topics.visible(mask, hidden) for hidden in grounds) for mask in chosen):
        raise RuleBroken(CHOOSE_A_TOPIC, field=field)


def lead_sees_all(case_id, unit_id) -> bool:
    """Whether huvudansvarig's unit sees the whole plan; asked of the database, which knows other units' access."""
    with connection.cursor() as cursor:
        cursor.execute("select lead_sees_all(%s, %s)", [case_id, unit_id])
        return cursor.fetchone()[0]


def next_place(parent) -> int:
    """The last place among goals of a plan, or measures of a goal, also after one that is hidden from the unit."""
    kind = "goal" if parent._meta.model_name == "plan" else "measure"
    with connection.cursor() as cursor:
        cursor.execute("select next_place(%s, %s)", [kind, parent.pk])
        return cursor.fetchone()[0]
