"""The person's own log extract: all units' rows, in the same words as on the page."""

from citizen import readers, words
from logbook import extracts
from logbook.pages import in_period
from organisations import swedish


def order(case, *, from_on, to_on, by):
    """Freeze the period's rows and queue the PDF. Raises RuleBroken when there is nothing, or too much."""
    rows = in_period(readers.log_of(case.person_id), from_on, to_on)
    return extracts.order(
        person_id=case.person_id,
        name=case.shown_name,
        rows=[in_words(row, case.person_id, by.user_id) for row in rows[: extracts.MAX_ROWS]],
        total=rows.count(),
        from_on=from_on,
        to_on=to_on,
        place="Alla enheter",
        by=by,
    )


def in_words(row, person_id: int, user_id: int) -> dict:
    told = words.reading(row, person_id, user_id)
    where = ", ".join(filter(None, [told.where, row.provider_name]))
    return {
        "at": swedish.date_and_time(row.at), "who": str(told.who), "where": where, "what": str(told.what),
        "why": row.purpose,
    }  # fmt: skip
