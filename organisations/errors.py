"""What services raise when a rule says no, and the one table from exceptions to Swedish sentences."""

from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django_fsm import ConcurrentTransition, TransitionNotAllowed

SOMEBODY_ELSE = "Någon annan ändrade samtidigt. Ladda om sidan och se vad som gäller nu."
WRONG_STEP = "Det steget går inte att göra nu. Ärendet kan ha ändrats. Ladda om sidan och se vad som gäller."
ALREADY = "Det här är redan gjort, eller någon annan hann före. Ladda om sidan och se vad som gäller nu."


class RuleBroken(Exception):
    """A rule of the process refuses this; nothing has been changed. `field` names the form field, if any."""

    def __init__(self, message: str, *, field: str | None = None):
        super().__init__(message)
        self.field = field


class Conflict(RuleBroken):
    """Somebody else changed the same thing first."""


class TooMany(RuleBroken):
    """The same thing too often in a short time; answered with 429."""


def conflict_message(error: Exception) -> str | None:
    """The sentence for a broken rule or a lost race, or None for another kind of exception."""
    if isinstance(error, RuleBroken):
        return str(error)
    if isinstance(error, ConcurrentTransition):
        return SOMEBODY_ELSE
    if isinstance(error, TransitionNotAllowed):
        return WRONG_STEP
    if isinstance(error, IntegrityError):
        return ALREADY
    return None


def is_lost_race(error: Exception) -> bool:
    return isinstance(error, (Conflict, ConcurrentTransition))


def refused_by_database(error: Exception) -> bool:
    """Row-level security or a missing right said no (SQLSTATE 42501)."""
    return getattr(error.__cause__, "sqlstate", None) == "42501"


@contextmanager
def shown_on(form):
    """Run a service; a broken rule is undone and shown at its field, what was typed stays. A lost race is raised."""
    try:
        with transaction.atomic():
            yield
    except Conflict:
        raise
    except RuleBroken as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
