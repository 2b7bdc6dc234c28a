"""Who has read about the person: the rows of the log in words (PDL 8:5)."""

from dataclasses import replace

from django.core.paginator import Paginator
from django.db import connection
from django.db.models import Q
from django.http import Http404

from audit.models import AuditEvent
from cases.enums import Relation
from cases.models import PersonAccess
from citizen import words
from organisations import swedish

PER_PAGE = 25


def own_access():
    """The citizen's right to all about itself, in contrast to a guardian's to one case."""
    return PersonAccess.objects.filter(relation=Relation.SELF, case=None)


def myself() -> int:
    """The id of the person that the signed-in citizen is. Raises Http404 when the citizen only reads for others."""
    found = own_access().values_list("person_id", flat=True).first()
    if found is None:
        raise Http404
    return found


def has_log() -> bool:
    """Whether the signed-in citizen is somebody about whom a log has been kept."""
    return own_access().exists()


def log_of(person_id: int):
    """The person's rows in the log, newest first; the lists are looked up first, by their own index."""
    with connection.cursor() as cursor:
        cursor.execute("select listed_with(%s)", [person_id])
        listed = [row[0] for row in cursor.fetchall()]
    about = Q(person_id=person_id) | Q(pk__in=listed)
    return AuditEvent.objects.filter(about).order_by("-at", "-id")


def last_reader(case, user_id):
    row = log_of(case.person_id).filter(actor_kind="staff").first()
    return words.reading(row, case.person_id, user_id) if row else None


def page_of(person_id: int, user_id: int, number, *, own: bool):
    """One page of who has read or written, and the page object; `own`: also what one has read oneself."""
    rows = log_of(person_id)
    if not own:
        rows = rows.exclude(actor_kind="citizen", user_id=user_id)
    page = Paginator(rows, PER_PAGE).get_page(number)
    return together([words.reading(row, person_id, user_id) for row in page]), page


def together(rows: list[words.Reading]) -> list[words.Reading]:
    """Rows after one another that say the same of the same day, as one row that says how often."""
    found = []
    for row in rows:
        if found and alike(found[-1], row):
            found[-1] = replace(found[-1], since=row.at, times=found[-1].times + 1)
        else:
            found.append(row)
    return found


def alike(one: words.Reading, other: words.Reading) -> bool:
    same = (one.who, one.where, one.what) == (other.who, other.where, other.what)
    return same and swedish.as_date(one.at) == swedish.as_date(other.at)
