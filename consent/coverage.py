"""Which units a consent covers, and who loses or gains by a new one; the database's own rule is `wanted_access`."""

from django.db import connection
from django.db.models import Prefetch
from django.utils import timezone

from consent.models import Answer, Consent, ConsentUnit, GiverAnswer, LegalGround
from organisations.models import Unit

# Each covered unit with the mask of what is exempted for it, by its own name or by a whole that it lies in.
COVERED = """
with recursive exempted as (
  select * from unnest(%s::bigint[], %s::bigint[]) t(id, mask)
), covered as (
  select u.id, t.whole, coalesce(x.mask, 0) as mask from unnest(%s::bigint[], %s::boolean[]) t(id, whole)
    join organisations_unit u on u.id = t.id left join exempted x on x.id = u.id
  union
  select u.id, true, covered.mask | coalesce(x.mask, 0)
    from covered join organisations_unit u on covered.whole and u.parent_id = covered.id
    left join exempted x on x.id = u.id
)
select id, bit_or(mask) from covered group by id
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
    found = Consent.objects.filter(case=case, superseded_at=None).prefetch_related(WITH_UNITS).first()
    if found:
        found.case = case
    return found


def stands(consent: Consent | None) -> bool:
    """Both answers are yes, not withdrawn and not run out: others may see and be called (SAM-1)."""
    return consent is not None and consent.both_yes and not consent.lapsed(timezone.localdate())


def planning_stands(consent: Consent | None) -> bool:
    """The person wants coordinated planning, and that has not been withdrawn or run out."""
    if consent is None or consent.withdrawn_at is not None or consent.lapsed(timezone.localdate()):
        return False
    return consent.planning_answer == Answer.YES


def standing_grounds(case) -> list[LegalGround]:
    """The grounds in law by which a party sees named topics today, whatever the answer about sharing."""
    today = timezone.localdate()
    found = LegalGround.objects.filter(case=case, ended_at=None, from_on__lte=today, valid_to__gte=today)
    return list(found.select_related("unit").order_by("unit__name", "pk"))


def may_go_on(consent: Consent | None) -> bool:
    """Others may see and be called: both answers are yes, or a ground in law stands in for the one about sharing."""
    return stands(consent) or (planning_stands(consent) and bool(standing_grounds(consent.case)))


def reached_by(consent: Consent | None) -> set[int]:
    """The ids of all units that can be called: by the consent, or by a ground in law (KAL-1)."""
    if not planning_stands(consent):
        return set()
    return covered_by(consent) | {ground.unit_id for ground in standing_grounds(consent.case)}


def not_answered(consent: Consent | None) -> list[str]:
    """The names of those whose answer is needed and has not come (SAM-6)."""
    return [giver.name for giver in consent.givers.all() if giver.state == GiverAnswer.MISSING] if consent else []


def why_no_call(consent: Consent | None) -> str:
    """The sentence that says which answer is missing before a kallelse can go out, or an empty string (SAM-1)."""
    if may_go_on(consent):
        return ""
    if consent is None:
        return "Två svar saknas: att dela uppgifter och att planera tillsammans. Utan båda kan ingen kallelse skickas."
    if consent.both_yes:
        return "Samtycket har gått ut. Fråga igen innan någon kallas."
    if waiting := not_answered(consent):
        return f"Svar saknas från {' och '.join(waiting)}. Fråga och skriv in svaret. Innan dess kan ingen kallas."
    missing = [
        text
        for answer, text in (
            (consent.share_answer, "att dela uppgifter"),
            (consent.planning_answer, "att planera tillsammans"),
        )
        if answer != "yes"
    ]
    return f"Ett ja saknas till {' och '.join(missing) or 'samordningen'}. Utan båda svaren kan ingen kallelse skickas."


def covered_masks(units, trees=(), exempted=None) -> dict[int, int]:
    """Each unit of `units`, and in `trees` with what lies below, with what is exempted for it; one query.

    `exempted`: a mask by unit id (SAM-3).
    """
    ids = [*(unit.pk for unit in units), *(unit.pk for unit in trees)]
    whole = [False] * len(units) + [True] * len(trees)
    masks = exempted or {}
    with connection.cursor() as cursor:
        cursor.execute(COVERED, [list(masks), list(masks.values()), ids, whole])
        return dict(cursor.fetchall())


def covered_ids(units, trees=()) -> set[int]:
    """The ids of `units` and of all units in `trees` with what lies below them; one query."""
    return set(covered_masks(units, trees))


def exempted_by(consent: Consent | None) -> dict[int, int]:
    """What the answer exempts, a mask by unit id, as far as the reader may know it."""
    if consent is None:
        return {}
    return dict(consent.exemptions.values_list("unit_id", "topics"))


def masks_by(consent: Consent | None) -> dict[int, int]:
    """Each unit that the consent reaches while it stands, with what is exempted for it."""
    return reach(consent) if stands(consent) else {}


def reach(consent: Consent) -> dict[int, int]:
    """Each unit that the answers are about, whether all have been given or not."""
    named = list(consent.units.all())
    single, trees = [n.unit for n in named if not n.whole_tree], [n.unit for n in named if n.whole_tree]
    return covered_masks(single, trees, exempted_by(consent))


def covered_by(consent: Consent | None) -> set[int]:
    """The ids of all units that the consent reaches, while it stands."""
    return set(masks_by(consent))


def above(unit_ids) -> list[Unit]:
    """The units above these in their organisations' trees, nearest first."""
    with connection.cursor() as cursor:
        cursor.execute(ABOVE, [list(unit_ids)])
        order = [row[0] for row in cursor.fetchall()]
    found = Unit.objects.with_names().in_bulk(order)
    return [found[pk] for pk in order]
