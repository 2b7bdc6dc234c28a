"""What the page of messages shows: each with who wrote it, to whom, and which units have read it."""

from django.core.paginator import Paginator
from django.db.models import Prefetch

from cases import services as cases
from correspondence.models import CaseMessage, MessageReading
from organisations import roles
from organisations.models import Unit

PAGE = 25


def receivers(case, by) -> set[int]:
    """The other units that see the case now."""
    return cases.units_with_access(case) - {by.unit_id}


def unread(case, by):
    """What others have written that the acting unit has not read; the database leaves out what is not to it."""
    read = MessageReading.objects.filter(case=case, unit_id=by.unit_id).values("message_id")
    return CaseMessage.objects.filter(case=case).exclude(unit_id=by.unit_id).exclude(pk__in=read)


def page(case, by, *, number: str) -> dict:
    """One page, newest first; a text that waits for its read stamp is not shown before it."""
    readings = MessageReading.objects.select_related("unit", "by__staff").order_by("read_at")
    found = CaseMessage.objects.filter(case=case).select_related("unit", "by__staff").order_by("-at", "-pk")
    shown = Paginator(found.prefetch_related(Prefetch("readings", readings)), PAGE).get_page(number)
    names = Unit.objects.in_bulk({pk for message in shown for pk in message.to_units})
    stamps = by.role in roles.WRITERS
    rows = [row(message, by, names, stamps=stamps) for message in shown]
    # Also those of other pages.
    waiting = unread(case, by).count() if stamps else 0
    return {"rows": rows, "shown": shown, "waiting": waiting}


def row(message, by, names, *, stamps: bool) -> dict:
    readings = list(message.readings.all())
    mine = message.unit_id == by.unit_id
    return {
        "message": message,
        "mine": mine,
        "hidden": stamps and not mine and by.unit_id not in {reading.unit_id for reading in readings},
        "to": [names[pk].name for pk in message.to_units if pk in names],
        "readings": readings,
    }
