"""What a staff member wants to be told, and when a unit looks at what has come (GUI-3)."""

from datetime import time

from django.db import connection
from django.utils import timezone

from audit import log
from notifications.choices import CHANNELS, DEFAULT, GROUPS
from notifications.escalation import DEFAULT_ROUTINE, ONE_ROUTINE
from notifications.models import (
    QUIET_FROM,
    QUIET_TO,
    Channel,
    Delivery,
    DeliveryState,
    InboxItem,
    InboxRoutine,
    InboxWatcher,
    NoticeChoice,
)
from organisations.enums import Role
from organisations.errors import RuleBroken
from organisations.models import Assignment

MOST_TIMES = 12
WATCHING = (Role.HANDLER, Role.RECEPTION, Role.MANAGER)
SHOWN = ("id", "unit_id", "item_id", "sent_at", "read_at", "case_id", "channel", "assignment_id")


def choice_of(by) -> NoticeChoice:
    """The present choice, saved or not."""
    found = NoticeChoice.objects.filter(assignment_id=by.assignment_id).first()
    return found or NoticeChoice(
        assignment_id=by.assignment_id, channels=dict(DEFAULT), quiet_from=QUIET_FROM, quiet_to=QUIET_TO
    )


def choose(*, channels: dict[str, list[str]], quiet_from: time, quiet_to: time, by) -> None:
    """Save which channels are wanted for each group. Raises RuleBroken for what the directory has no address to."""
    if set(channels) - set(GROUPS) or {one for chosen in channels.values() for one in chosen} - set(CHANNELS):
        raise RuleBroken("Välj bland aviseringarna på sidan.")
    me = Assignment.objects.select_related("staff").get(pk=by.assignment_id).staff
    for channel, address, name in ((Channel.EMAIL, me.email, "e-postadress"), (Channel.SMS, me.mobile, "mobilnummer")):
        wanted = any(channel in chosen and channel not in DEFAULT.get(group, []) for group, chosen in channels.items())
        if wanted and not address:
            raise RuleBroken(f"Det finns ingen {name} till dig i katalogen. Be din administratör lägga in den.")
    NoticeChoice.objects.update_or_create(
        assignment_id=by.assignment_id,
        defaults={"channels": channels, "quiet_from": quiet_from, "quiet_to": quiet_to, "saved_at": timezone.now()},
    )
    log.record("notifications.chosen")


def notices(by):
    """The own notices in the system, newest first."""
    own = Delivery.objects.filter(channel=Channel.IN_APP, assignment_id=by.assignment_id, state=DeliveryState.SENT)
    return own.only(*SHOWN).select_related(None).order_by("-created_at", "-pk")


def items_of(page) -> dict[int, InboxItem]:
    """What the notices of a page are about, of what the acting unit has."""
    return InboxItem.objects.in_bulk({row.item_id for row in page if row.item_id})


def read_all(*, by) -> None:
    notices(by).filter(read_at=None).update(read_at=timezone.now())


def routine_of(unit) -> dict:
    """The unit's weekdays and times as the sweep takes them, whether they are its own, and who watches."""
    own = InboxRoutine.objects.filter(unit=unit).first()
    with connection.cursor() as cursor:
        cursor.execute(ONE_ROUTINE, {"today": timezone.localdate(), "routine": DEFAULT_ROUTINE, "unit": unit.pk})
        *_, weekdays, times = cursor.fetchone()
    watchers = list(InboxWatcher.objects.filter(unit=unit).values_list("assignment_id", flat=True))
    seen = own.saved_at.isoformat() if own else ""
    return {"own": own, "seen": seen, "weekdays": list(weekdays), "times": list(times), "watchers": watchers}


def may_watch(unit):
    """Who can watch: those who handle what comes to the unit, and a reception that does it for the unit."""
    found = Assignment.objects.valid_on(timezone.localdate()).with_names().filter(role__in=WATCHING)
    return found.filter(unit__organisation_id=unit.organisation_id, unit_id__in=[unit.pk, unit.parent_id])


def set_routine(*, unit, weekdays: list[int], times: list[time], watchers, seen: str, by) -> None:
    """The unit's own routine takes the place of the guideline's.

    `seen` is what `routine_of` said when the writer began. Raises RuleBroken without a day or a time, or when somebody
    else has saved since then.
    """
    own = InboxRoutine.objects.select_for_update().filter(unit=unit).first()
    if seen != (own.saved_at.isoformat() if own else ""):
        raise RuleBroken("Någon annan har sparat rutinen sedan du öppnade sidan. Det du valde står kvar; spara igen.")
    if not weekdays or not times or len(times) > MOST_TIMES:
        raise RuleBroken(f"Välj minst en dag och skriv ett till {MOST_TIMES} klockslag.", field="times")
    wanted = {watcher.pk for watcher in watchers}
    own = own or InboxRoutine(unit=unit)
    own.weekdays, own.times = sorted(set(weekdays)), sorted(set(times))
    own.saved_at, own.saved_by_id = timezone.now(), by.assignment_id
    own.save()
    InboxWatcher.objects.filter(unit=unit).exclude(assignment_id__in=wanted).delete()
    rows = [InboxWatcher(unit=unit, assignment_id=pk) for pk in sorted(wanted)]
    InboxWatcher.objects.bulk_create(rows, ignore_conflicts=True)
    log.record("notifications.routine_set", object_type="unit", object_id=str(unit.pk))
