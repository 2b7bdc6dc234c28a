"""Whose pages a citizen's login may read; written by the administrator's side only, never by a web process."""

from datetime import date

from django.db import connections

from cases.enums import Relation
from cases.models import PersonAccess

NO_BEGINNING, NO_END = date(1, 1, 1), date(9999, 12, 31)


def grant(db, user, person, valid_to=NO_END, *, relation=Relation.SELF, valid_from=NO_BEGINNING) -> PersonAccess:
    """Let `user` read the pages of `person` in these days (MED-1); granting again changes the row.

    `db` is the administrator's alias: no role of the web may write these rows.
    """
    row, _ = PersonAccess.objects.using(db).update_or_create(
        user_id=user.pk,
        person=person,
        case=None,
        defaults={"relation": relation, "valid_from": valid_from, "valid_to": valid_to},
    )
    return row


def link(db, user, number: str) -> None:
    """`user` has proved a number: its own pages, and those of the children that it is recorded as guardian for."""
    with connections[db].cursor() as cursor:
        cursor.execute("select link_citizen(%s, %s)", [user.pk, number])
