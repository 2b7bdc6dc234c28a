"""What the pages of retention show: numbers, references and rules; never a name of a person."""

from django.db import connection
from django.utils import timezone

from retention import services
from retention.enums import REASONS, Kind, Record, Status
from retention.models import RetentionExemption, RetentionProfile

# What an administrator may list, by the word in the address.
LISTED = {"gallras": Status.DUE, "undantag": Status.EXEMPT, "stopp": Status.HELD, "utan-regel": Status.NO_RULE}
ORDER = (Status.DUE, Status.HELD, Status.EXEMPT, Status.NO_RULE, Status.WAITING, Status.OPEN)


def fetched(statement: str, *params) -> list[dict]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def reasons() -> dict[str, str]:
    """Words for why something stays, the law's exemptions among them."""
    return REASONS | dict(RetentionExemption.objects.values_list("slug", "text"))


def in_words(row: dict, words: dict) -> dict:
    return row | {
        "kind_text": Kind(row["kind"]).label,
        "record_text": Record(row["record"]).label,
        "why": words.get(row["reason"], row["reason"]),
    }


def overview(actor) -> dict:
    """How much there is of each, per unit, and the batches."""
    words = reasons()
    rows = fetched("select * from retention_overview(%s)", actor.organisation_id)
    rows.sort(key=lambda row: (ORDER.index(row["status"]), row["unit"], row["kind"], row["record"]))
    shown = [in_words(row, words) | {"status_text": Status(row["status"]).label} for row in rows]
    batches = list(services.batches()[:10])
    going_on = [batch for batch in batches if batch.state in ("prepared", "approved", "exported")]
    due = sum(row["amount"] for row in rows if row["status"] == Status.DUE)
    late = sum(row["late"] for row in rows)
    return {"rows": shown, "batches": batches, "due": due, "late": late, "may_prepare": due and not going_on}


def listed(actor, word: str) -> list[dict]:
    words = reasons()
    rows = fetched("select * from retention_list(%s, %s)", actor.organisation_id, LISTED[word])
    return [in_words(row, words) for row in rows]


def batch(found) -> dict:
    """A batch with its records; those that are gone stand in the ledger."""
    words = reasons()
    columns = ("kind", "unit__name", "reference", "due_from", "due_by", "state", "reason", "profile__record")
    items = [
        row | {"kind_text": Kind(row["kind"]).label, "why": words.get(row["reason"], row["reason"]),
               "record_text": Record(row["profile__record"]).label}
        for row in found.items.order_by("id").values(*columns)
    ]  # fmt: skip
    erased = found.ledger.count()
    return {"batch": found, "items": items, "erased": erased, "planned": len(items)}


def rules(actor) -> dict:
    """The law's rules and exemptions in force, and the organisation's own."""
    today = timezone.localdate()
    in_force = RetentionProfile.objects.filter(valid_from__lte=today).exclude(valid_to__lt=today)
    return {
        "law": in_force.filter(organisation=None).order_by("record"),
        "own": in_force.filter(organisation_id=actor.organisation_id).order_by("record", "-valid_from"),
        "exemptions": RetentionExemption.objects.filter(valid_from__lte=today).exclude(valid_to__lt=today),
    }
