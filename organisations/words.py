"""The word list of the plain-language check: the built-in words and the own organisation's (PLA-1)."""

from django.db import connection
from django.utils import timezone

from audit import log
from organisations.errors import RuleBroken
from organisations.word_models import OwnWord, WordKind
from plainlanguage.words import BadPattern, WordList, built_in, read

ENDED_ALREADY = "Ordet är redan avslutat."
BAD_WORD = "Skriv ett ord eller några få ord. Börja eller sluta med * för fler former, med minst tre bokstäver kvar."
# What everybody writes, and what would fall on every sentence.
MOST_OWN = 500


def own_words(by):
    """The own organisation's words, those that hold first."""
    found = OwnWord.objects.filter(organisation_id=by.organisation_id).select_related("added_by__staff")
    return found.order_by("valid_to", "kind", "pattern", "pk")


def word_list(by) -> WordList:
    """The list that holds today for whoever writes; one query."""
    today = timezone.localdate()
    rows = OwnWord.objects.filter(organisation_id=by.organisation_id).valid_on(today)
    return built_in().extended(rows.order_by("pk").values_list("kind", "pattern", "suggestion")[:MOST_OWN])


def add_word(*, kind: str, pattern: str, suggestion: str, by) -> OwnWord:
    """Add a word from today on. Raises RuleBroken for what is no word, one that is there, or no suggestion."""
    kind, pattern = WordKind(kind), pattern.strip()
    if kind != WordKind.ALLOWED and not suggestion.strip():
        raise RuleBroken("Skriv vad man kan skriva i stället.", field="suggestion")
    try:
        read(kind, pattern, suggestion)
    except BadPattern:
        raise RuleBroken(BAD_WORD, field="pattern") from None
    # Two who add at the very same moment wait for each other, so that the second reads what the first has added.
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"own_words.{by.organisation_id}"])
    own = OwnWord.objects.filter(organisation_id=by.organisation_id, valid_to=None)
    if own.filter(pattern__iexact=pattern).exists():
        raise RuleBroken("Ordet finns redan i er lista.", field="pattern")
    if own.count() >= MOST_OWN:
        raise RuleBroken(f"Listan är full, den tar {MOST_OWN} ord. Avsluta några först.", field="pattern")
    made = OwnWord.objects.create(
        organisation_id=by.organisation_id, kind=kind, pattern=pattern, suggestion=suggestion.strip(),
        added_by_id=by.assignment_id,
    )  # fmt: skip
    details = {"kind": kind.value, "word": pattern}
    log.record("organisations.word_added", object_type="word", object_id=str(made.pk), details=details)
    return made


def end_word(*, word: OwnWord, by) -> None:
    """End a word from today on; the row stays. Raises RuleBroken when that is done already."""
    if word.organisation_id != by.organisation_id:
        raise RuleBroken("Du kan bara ändra i din egen organisation.")
    ended = {"valid_to": timezone.localdate(), "ended_by_id": by.assignment_id}
    # Asked and written in one statement: of two at once one has ended it.
    if not OwnWord.objects.filter(pk=word.pk, valid_to=None).update(**ended):
        raise RuleBroken(ENDED_ALREADY)
    details = {"kind": word.kind, "word": word.pattern}
    log.record("organisations.word_ended", object_type="word", object_id=str(word.pk), details=details)
