"""What the pages of the preparation show; a fixed number of queries."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from cases import access, frame
from cases.enums import Reason, State
from cases.text_models import TextKey
from cases.topics import NOT_SHARED, active, labels_of, sees_all
from organisations import swedish
from preparation import bookings, selectors
from preparation.forms import PARTS
from preparation.models import BookingKind, BookingState, GuestWish, PreMeeting, PreMeetingKey, PreMeetingState

# In the address, and what is booked under it.
KINDS = {"tolk": BookingKind.INTERPRETER, "anpassningar": BookingKind.ADAPTATION}
TAGS = {
    BookingState.NEEDED: ("warn", "clock"),
    BookingState.BOOKED: ("info", "calendar"),
    BookingState.CONFIRMED: ("success", "check"),
    BookingState.NOT_NEEDED: ("", ""),
}
# A plan is written once there has been a meeting.
WRITTEN_IN = (State.MET, State.PLANNED, State.FOLLOWING_UP)
PREMEETING_TAGS = {
    PreMeetingState.PLANNED: ("info", "calendar"),
    PreMeetingState.HELD: ("success", "check"),
    PreMeetingState.CANCELLED: ("", "x"),
}


def overview(case, actor, *, form=None, editing: str = "") -> dict:
    """The whole preparation, with the part that is being written as a form in its place."""
    whole, known = sees_all(case.pk, actor), active()
    rows = selectors.texts_of(bookings.fetch(case))
    may_write = access.may(case, actor, "preparation.write") and whole
    reasons = dict(Reason.choices)
    return {
        **frame.context(case, actor, here="preparation"),
        "reasons": [reasons.get(value, value) for value in case.reasons],
        "reason_note": case.reason_note if whole or TextKey.REASON_NOTE in case.rows else f"{NOT_SHARED}.",
        "parts": [part(case, item, rows, known, whole=whole, form=form, editing=editing) for item in PARTS.values()],
        "wishes": wishes(case, known),
        "bookings": [booking(case, slug, kind, actor) for slug, kind in KINDS.items()],
        "premeetings": [premeeting_row(row) for row in PreMeeting.objects.filter(case=case).order_by("-starts_at")],
        "form": form,
        "editing": editing,
        "may_write": may_write,
        "may_premeet": access.may(case, actor, "preparation.hold_premeeting"),
        "steers": access.steers(case, actor),
    }


def part(case, item, rows, known, *, whole, form, editing) -> dict:
    """A part as it stands; what is not shared with the reader is said to be so, whether it was written or not."""
    said = [
        {
            "label": "" if len(item.keys) == 1 else key.label,
            "text": rows[key].text if key in rows else "" if whole else f"{NOT_SHARED}.",
            "tags": labels_of(rows[key].topics, known) if key in rows else [],
        }
        for key in item.keys
    ]
    last = max((rows[key] for key in item.keys if key in rows), key=lambda row: row.saved_at, default=None)
    return {
        "part": item,
        "rows": [row for row in said if row["text"]],
        "saved": f"Sparat {swedish.date_and_time(last.saved_at)}" if last else "",
        "form": form if editing == item.name else None,
    }


def wishes(case, known) -> dict:
    found = GuestWish.objects.filter(case=case, removed_at=None).select_related("unit").order_by("said_at", "pk")
    rows = [{"row": row, "tags": labels_of(row.topics, known)} for row in found]
    return {
        "wanted": [item for item in rows if item["row"].wanted],
        "unwanted": [item for item in rows if not item["row"].wanted],
    }


def booking(case, slug: str, kind: str, actor) -> dict:
    row = bookings.find(case, kind)
    state = bookings.state_of(case, kind, row)
    booker = bookings.who_books(case)
    mine = actor.unit_id in {booker.pk, case.owner_unit_id, case.lead_unit_id}
    ordered = state in bookings.ORDERED
    return {
        "slug": slug,
        "title": BookingKind(kind).label,
        "what": BookingKind(kind).label.lower(),
        "state": state,
        "tag": (state.label, *TAGS[state]),
        "row": row if ordered else None,
        "booker": booker,
        "ward": bookings.ward_books(case),
        "may": mine and access.may(case, actor, "preparation.book"),
        "language": bookings.spoken(case) if kind == BookingKind.INTERPRETER else "",
    }


def premeeting_row(row: PreMeeting) -> dict:
    return {"row": row, "tag": (row.get_state_display(), *PREMEETING_TAGS[row.state]), "about": about(row)}


def about(row: PreMeeting) -> str:
    said = [word for word, on in (("kostnader", row.about_costs), ("ansvar", row.about_responsibility)) if on]
    return " och ".join(said)


def premeeting_of(case, pk) -> PreMeeting:
    """A pre-meeting of this case in which the acting unit takes part, or 404."""
    found = get_object_or_404(PreMeeting.objects.select_related("made_by__staff", "made_by__unit"), pk=pk, case=case)
    found.case = case
    return found


def premeeting(case, row: PreMeeting, actor) -> dict:
    whole = sees_all(case.pk, actor)
    steers = access.may(case, actor, "preparation.hold_premeeting")
    notes = row.said(PreMeetingKey.NOTES) if whole or PreMeetingKey.NOTES in row.rows else f"{NOT_SHARED}."
    outcome = row.said(PreMeetingKey.OUTCOME)
    return {
        **frame.context(case, actor, here="preparation"),
        **premeeting_row(row),
        "guests": row.guests.select_related("unit").order_by("unit__name"),
        "notes": notes if row.state == PreMeetingState.HELD else "",
        "outcome": outcome,
        "may_hold": steers and row.state == PreMeetingState.PLANNED and actor.unit_id in row.units,
        "may_cancel": steers and row.state == PreMeetingState.PLANNED,
        "may_agenda": bool(outcome) and row.agenda_at is None and access.may(case, actor, "meetings.change"),
        "may_plan": bool(outcome)
        and row.plan_at is None
        and case.state in WRITTEN_IN
        and access.may(case, actor, "plans.start"),
    }


def kind_of(slug: str) -> str:
    if slug not in KINDS:
        raise Http404
    return KINDS[slug]
