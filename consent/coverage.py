"""Which units a consent covers, and who loses or gains by a new one; the database's own rule is `wanted_access`."""

from django.db import connection
from django.db.models import Prefetch
from django.utils import timezone

from consent.models import Consent, ConsentUnit
from organisations.models import Unit

COVERED = """
with recursive covered as (
  select u.id, t.whole from unnest(%s::bigint[], %s::boolean[]) t(id, whole) join organisations_unit u on u.id = t.id
  union
  select u.id, true from organisations_unit u join covered on covered.whole and u.parent_id = covered.id
)
select distinct id from covered
"""
ABOVE = """
with recursive above as (
  select u.parent_id as id, 1 as steps from organisations_unit u where u.id = any(%s) and u.parent_id is not null
  union
  select u.parent_id, above.steps + 1 from organisations_unit u join above on above.id = u.id
    where u.parent_id is not null
)
select id from above group by id order by min(steps), id
"""
WITH_UNITS = Prefetch("units", ConsentUnit.objects.select_related("unit").order_by("unit__name"))


def current(case) -> Consent | None:
    """The latest recorded answer, also when it is a no, withdrawn or has run out."""
    found = Consent.objects.filter(case=case, superseded_at=None)
    return found.prefetch_related(WITH_UNITS).first()


def stands(consent: Consent | None) -> bool:
    """Both answers are yes, not withdrawn and not run out: others may see and be called (SAM-1)."""
    return consent is not None and consent.both_yes and not consent.lapsed(timezone.localdate())


def why_no_call(consent: Consent | None) -> str:
    """The sentence that says which answer is missing before a kallelse can go out, or an empty string (SAM-1)."""
    if stands(consent):
        return ""
    if consent is None:
        return "Två svar saknas: att dela uppgifter och att planera tillsammans. Utan båda kan ingen kallelse skickas."
    if consent.both_yes:
        return "Samtycket har gått ut. Fråga igen innan någon kallas."
    missing = [
        text
        for answer, text in (
            (consent.share_answer, "att dela uppgifter"),
            (consent.planning_answer, "att planera tillsammans"),
        )
        if answer != "yes"
    ]
    return f"Ett ja saknas till {' och '.join(missing) or 'samordningen'}. Utan båda svaren kan ingen kallelse skickas."


def covered_ids(units, trees=()) -> set[int]:
    """The ids of `units` and of all units in `trees` with what lies below them; one query."""
    ids = [*(unit.pk for unit in units), *(unit.pk for unit in trees)]
    whole = [False] * len(units) + [True] * len(trees)
    with connection.cursor() as cursor:
        cursor.execute(COVERED, [ids, whole])
        return {row[0] for row in cursor.fetchall()}


def covered_by(consent: Consent | None) -> set[int]:
    """The ids of all units that the consent reaches, while it stands."""
    if not stands(consent):
        return set()
    named = list(consent.units.all())
    return covered_ids([n.unit for n in named if not n.whole_tree], [n.unit for n in named if n.whole_tree])


def above(unit_ids) -> list[Unit]:
    """The units above these in their organisations' trees, nearest first."""
    with connection.cursor() as cursor:
        cursor.execute(ABOVE, [list(unit_ids)])
        order = [row[0] for row in cursor.fetchall()]
    found = Unit.objects.with_names().in_bulk(order)
    return [found[pk] for pk in order]
