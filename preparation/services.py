"""Writing the preparation together with the person: its texts, and who shall and shall not come (KAL-10)."""

from django.utils import timezone

from audit import log
from cases import services as cases
from cases.models import Case
from cases.topics import ALL, must_be_readable, must_see_all
from organisations import swedish
from organisations.errors import RuleBroken
from preparation.models import GuestWish, PreparationKey, PreparationText


class Overtaken(RuleBroken):
    """Somebody saved meanwhile: what stands there now, by text, and the revisions that the next save stands on."""

    def __init__(self, sentences: dict[str, str], *, revisions: dict[str, int]):
        field, sentence = next(iter(sentences.items()))
        super().__init__(sentence, field=field)
        self.sentences, self.revisions = sentences, revisions


SAVED = ["text", "topics", "revision", "saved_at", "saved_by"]


def write(*, case, texts: dict[str, str], topics: int, seen: dict[str, int], by) -> list[str]:
    """Save texts of one part of the preparation; returns the keys of those that changed.

    `seen` is the revision of each text that the form began with, 0 for none. Raises RuleBroken when somebody has
    saved since, with what stands there now, so that nobody's words are lost.
    """
    must_see_all(case.pk, by=by)
    must_be_readable(case.pk, topics, by=by)
    # The case, not the rows alone: a text that nobody has written has no row to wait for.
    Case.objects.select_for_update(no_key=True, of=("self",)).filter(pk=case.pk).first()
    standing = {row.key: row for row in rows_of(case)}
    before = {key: (row.text, row.topics) for key, row in standing.items()}
    changed = [key for key, text in texts.items() if before.get(key, ("", topics)) != (text, topics)]
    overtaken = [row for key, row in standing.items() if key in changed and row.revision != seen.get(key, 0)]
    if overtaken:
        now = {row.key: row.revision for row in standing.values()}
        raise Overtaken({row.key: stands_now(row, topics) for row in overtaken}, revisions=now)
    for key in changed:
        row = standing.get(key) or PreparationText(case=case, key=key, revision=0)
        row.text, row.topics, row.revision = texts[key], topics, row.revision + 1
        row.saved_at, row.saved_by_id = timezone.now(), by.assignment_id
        row.save(update_fields=SAVED if row.pk else None)
    if changed:
        cases.note(case, kind="prepared", text="Förberedelsen fylldes i eller ändrades", by=by)
        log.record("preparation.written", case_id=case.pk, person_id=case.person_id, details={"fields": changed})
    return changed


def rows_of(case) -> list[PreparationText]:
    return list(PreparationText.objects.filter(case=case).select_related("saved_by__staff").order_by("pk"))


def stands_now(row, topics: int) -> str:
    """What the writer is shown of a text that somebody has saved since; `topics` are the writer's own."""
    who, when = row.saved_by.staff.name, swedish.clock(row.saved_at)
    other = "" if row.topics == topics else " Ämnena är också ändrade, så välj dem igen."
    return (
        f"{who} sparade kl. {when} medan du skrev. Där står nu: ”{row.text}”.{other} Din text är kvar här nedanför. "
        "Sätt ihop dem och spara igen."
    )


def wish(*, case, wanted: bool, by, unit=None, name: str = "", topics: int = ALL) -> GuestWish:
    """Note that the person wants somebody at the meeting, or does not. Raises RuleBroken when it is noted already."""
    name = name.strip()
    if (unit is None) == (not name):
        raise RuleBroken("Välj en enhet eller skriv ett namn eller en roll.", field="name")
    must_be_readable(case.pk, topics, by=by)
    standing = GuestWish.objects.filter(case=case, removed_at=None)
    same = standing.filter(unit=unit).first() if unit else standing.filter(unit=None, name__iexact=name).first()
    if same:
        noted = "ska komma" if same.wanted else "inte ska komma"
        raise RuleBroken(f"Det står redan att {same} {noted}. Ta bort det först om det har ändrats.", field="name")
    row = GuestWish.objects.create(
        case=case, wanted=wanted, unit=unit, name=name, topics=topics, said_by_id=by.assignment_id
    )
    cases.note(case, kind="prepared", text="Ett önskemål om vilka som kommer skrevs in", by=by)
    log.record("preparation.wish_added", case_id=case.pk, person_id=case.person_id, object_id=str(row.pk))
    return row


def take_back(*, case, wish: GuestWish, by) -> None:
    """The person has changed its mind about somebody. Raises RuleBroken the second time."""
    if wish.removed_at:
        raise RuleBroken("Önskemålet är redan borttaget.")
    wish.removed_at = timezone.now()
    wish.save(update_fields=["removed_at"])
    cases.note(case, kind="prepared", text="Ett önskemål om vilka som kommer togs bort", by=by)
    log.record("preparation.wish_removed", case_id=case.pk, person_id=case.person_id, object_id=str(wish.pk))


def plan_start(case) -> dict[str, tuple[str, int]]:
    """What the person has said beforehand, by the plan's own names of its texts, to begin a draft with (PLA-2)."""
    wanted = (PreparationKey.WHAT_MATTERS, PreparationKey.STRENGTHS)
    rows = PreparationText.objects.filter(case=case, key__in=wanted).exclude(text="")
    return {row.key: (row.text, row.topics) for row in rows}
