"""Carries out what has been approved: export, read back, erase one record at a time.

A crash leaves either an approved batch without a registered export, which is made again, or an exported one, where
erasing goes on with what is left.
"""

import json
import logging
import time

from django.conf import settings
from django.db import DatabaseError

from organisations.jobs import alone
from organisations.models import Organisation
from retention import package

logger = logging.getLogger(__name__)
JOB = "retention"
# Together with the export below the task's own limit; the clock comes again.
SECONDS_AT_ONCE = 40


def rows(cursor, statement: str, *params) -> list[dict]:
    cursor.execute(statement, params)
    names = [column.name for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def waiting(organisation_id: int | None = None) -> list[dict]:
    """The batches that a person has approved and that are not done."""
    with alone(JOB) as cursor:
        return rows(cursor, "select * from retention_next(%s)", organisation_id) if cursor else []


def carry_out(organisation_id: int | None = None) -> int:
    """Export and erase approved batches; returns how many records were erased."""
    erased = 0
    for batch in waiting(organisation_id):
        try:
            if batch["state"] == "approved":
                export(batch["id"])
            erased += erase(batch["id"])
        except (package.Corrupt, OSError, DatabaseError) as error:
            tell(batch["id"], error)
    return erased


def export(batch_id: int) -> None:
    """Write the package, read it back, and let the database compare; all under the job's lock."""
    with alone(JOB) as cursor:
        if cursor is None:
            return
        batch = next((b for b in rows(cursor, "select * from retention_next(null)") if b["id"] == batch_id), None)
        if batch is None or batch["state"] != "approved":
            return
        records = rows(cursor, "select * from retention_export(%s) order by item", batch_id)
        place = package.write(settings.SIP_EXPORT_DIR, batch, records)
        digests = package.read_back(place, records)
        params = [batch_id, place.name, package.digest_of(place), json.dumps(digests)]
        cursor.execute("select retention_exported(%s, %s, %s, %s::jsonb)", params)


def erase(batch_id: int) -> int:
    """Erase what the batch has exported, each record in a transaction of its own; returns how many."""
    with alone(JOB) as cursor:
        found = rows(cursor, "select * from retention_next(null)") if cursor else []
        batch = next((b for b in found if b["id"] == batch_id and b["state"] == "exported"), None)
        if batch is None:
            return 0
        place = settings.SIP_EXPORT_DIR / batch["export_name"]
        if package.digest_of(place) != batch["export_digest"]:
            raise package.Corrupt("the export is not what was registered")
        items = [row["id"] for row in rows(cursor, "select retention_items(%s) as id", batch_id)]
    enough = time.monotonic() + SECONDS_AT_ONCE
    erased = sum(erase_one(item) for item in items if time.monotonic() < enough)
    with alone(JOB) as cursor:
        if cursor:
            cursor.execute("select retention_finish(%s)", [batch_id])
    return erased


def erase_one(item: int) -> bool:
    with alone(JOB) as cursor:
        if cursor is None:
            return False
        cursor.execute("select retention_erase(%s)", [item])
        return cursor.fetchone()[0] == "erased"


def tell(batch_id: int, error: Exception) -> None:
    """Note on the batch that it stopped; the kind of error only, since a message can quote data."""
    logger.error("retention batch %s stopped: %s", batch_id, type(error).__name__)
    with alone(JOB) as cursor:
        if cursor:
            cursor.execute("select retention_failed(%s, %s)", [batch_id, WHY.get(type(error), OTHERWISE)])


OTHERWISE = "Databasen tog inte emot exporten. Inget mer gallrades. Nytt försök görs."
WHY = {
    package.Corrupt: "Exportfilen saknas eller är skadad. Inget mer gallrades.",
    OSError: "Exportfilen gick inte att skriva. Inget mer gallrades.",
    PermissionError: "Exportmappen går inte att skriva i. Inget mer gallrades.",
}


def overview(organisation_id: int) -> list[dict]:
    """What is due, exempt and kept, in numbers; nothing is changed."""
    with alone(JOB) as cursor:
        return rows(cursor, "select * from retention_overview(%s)", organisation_id) if cursor else []


def organisations() -> list[tuple[int, str]]:
    """Every organisation with units, by name."""
    with alone(JOB) as cursor:
        found = Organisation.objects.filter(unit__isnull=False).distinct().order_by("name")
        return list(found.values_list("pk", "name")) if cursor else []
