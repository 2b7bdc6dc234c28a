"""Whose pages a citizen's login may read; written by the administrator's side only, never by a web process."""

from datetime import date

from cases.enums import Relation
from cases.models import PersonAccess

NO_END = date(9999, 12, 31)


def grant(db, user, person, valid_to=NO_END, *, relation=Relation.SELF) -> PersonAccess:
    """Let `user` read the pages of `person` to and with `valid_to` (MED-1); granting again changes the row.

    `db` is the administrator's alias: no role of the web may write these rows.
    """
    row, _ = PersonAccess.objects.using(db).update_or_create(
        user_id=user.pk, person=person, defaults={"relation": relation, "valid_to": valid_to}
    )
    return row
