"""What the page of a unit's standing times shows: a fixed number of queries however many there are."""

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from organisations import swedish
from slots.models import Slot, SlotBooking, SlotWindow

PAGE = 20


def standing_times(unit, *, number: str) -> dict:
    """The windows that go on, and the coming days with whether they are free, taken or given back."""
    windows = SlotWindow.objects.filter(unit=unit, ended_at=None, to_on__gte=timezone.localdate())
    taken = Exists(SlotBooking.objects.filter(slot_id=OuterRef("pk")))
    coming = Slot.objects.filter(unit=unit, ends_at__gt=timezone.now()).select_related("window").annotate(taken=taken)
    # Of a window that has ended only what is taken is left.
    coming = coming.filter(Q(taken=True) | Q(window__ended_at=None))
    shown = Paginator(coming.order_by("starts_at", "pk"), PAGE).get_page(number)
    now = timezone.now()
    return {
        "windows": [told(window) for window in windows.order_by("weekday", "starts", "pk")],
        "shown": shown,
        "days": [{"slot": slot, "window": slot.window, "tag": tag(slot, now)} for slot in shown],
    }


def told(window) -> dict:
    every = "varje" if window.every_weeks == 1 else f"var {window.every_weeks}:e"
    if window.every_weeks == 2:
        every = "varannan"
    when = f"{window.get_weekday_display()} {every} vecka kl. {swedish.clock(window.starts)}, {window.minutes} minuter"
    return {"window": window, "when": when[:1].upper() + when[1:]}


def tag(slot, now) -> tuple[str, str, str]:
    if slot.taken:
        return ("Tagen", "info", "calendar")
    if slot.offered_until <= now:
        return ("Släppt, ni kan använda den", "", "undo-2")
    return ("Ledig", "success", "check")
