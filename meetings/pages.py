"""What the pages of meetings show; a fixed number of queries however many are invited."""

from django.db.models import Prefetch
from django.utils import timezone

from cases import access
from cases.enums import State
from cases.topics import NOT_SHARED, sees_all
from consent import coverage
from meetings import calling_pages, forwarding_pages
from meetings.models import AnswerKind, Invitation, Meeting, MeetingState, MeetingTextKey
from organisations import swedish
from preparation import bookings
from preparation import selectors as preparation

ANSWER_TAGS = {
    AnswerKind.NONE: ("Har inte svarat", "warn", "clock"),
    AnswerKind.COMING: ("Kommer", "success", "check"),
    AnswerKind.DELEGATE: ("Någon annan kommer", "success", "check"),
    AnswerKind.DECLINED: ("Kommer inte", "", "x"),
}
MAY_CALL = {State.CONSENTED, State.MET, State.PLANNED, State.FOLLOWING_UP}


def meetings_of(case):
    units = Invitation.objects.select_related("unit__organisation", "unit__acts_for", "outside_party")
    units = units.prefetch_related("texts")
    found = calling_pages.with_calls(Meeting.objects.filter(case=case)).select_related(
        "chair", "writer", "called_by__staff", "called_by__unit", "entered_by__staff", "room"
    )
    return found.prefetch_related(Prefetch("invitations", units.order_by("pk")), "attendances", "texts").order_by(
        "-called_at", "-pk"
    )


def texts_of(meeting, *, whole: bool) -> dict[str, str]:
    """What is told about the meeting, by key; what is not shared with the reader is said to be so (SAM-3).

    The same words whatever a text says, and whether it was written at all.
    """
    due = {MeetingTextKey.AGENDA, MeetingTextKey.PROFESSIONS}
    if meeting.state == MeetingState.HELD:
        due.add(MeetingTextKey.HELD_NOTE)
    elif meeting.state != MeetingState.CALLED:
        due.add(MeetingTextKey.ENDED_NOTE)
    missing = "" if whole else f"{NOT_SHARED}."
    return {key.value: meeting.said(key) if key in meeting.rows else missing for key in due}


def told(case, meeting, *, whole: bool) -> dict:
    """What the one who answers is told of the meeting."""
    return {"texts": texts_of(meeting, whole=whole), "prepared": preparation.for_meeting(case, whole=whole)}


def overview(case, actor) -> dict:
    """The present meeting with its answers, earlier ones, and what the actor may do."""
    found = list(meetings_of(bookings.fetch(case)))
    whole = sees_all(case.pk, actor)
    now = next((m for m in found if m.state == MeetingState.CALLED), None)
    missing = coverage.why_no_call(coverage.current(case)) if case.is_open and now is None else ""
    page = {
        "meeting": now,
        "now_texts": texts_of(now, whole=whole) if now else {},
        "earlier": [earlier(m, whole=whole) for m in found if m is not now],
        "called_off": calling_pages.called_off(case, actor, found),
        "missing": missing,
        "texts": texts(case),
        "prepared": preparation.for_meeting(case, whole=whole),
        "may_call": case.state in MAY_CALL and access.may(case, actor, "meetings.call"),
        "may_prepare": case.state == State.INITIATED and access.may(case, actor, "meetings.call"),
        "may_hold": access.may(case, actor, "meetings.hold"),
        "may_change": now is not None and access.may(case, actor, "meetings.change"),
    }
    return page | (answers(case, now, actor) if now else {})


def earlier(meeting, *, whole: bool) -> dict:
    came = [row for row in meeting.attendances.all() if row.came]
    return {"meeting": meeting, "came": came, "texts": texts_of(meeting, whole=whole)}


def answers(case, meeting, actor) -> dict:
    rows = [row(case, invitation, actor) for invitation in meeting.invitations.all()]
    counted = {kind: sum(r["answer"] == kind for r in rows) for kind in AnswerKind.values}
    own = next((r for r in rows if r["is_own"]), None)
    return {
        "rows": rows,
        "own": own,
        "coming": counted["coming"] + counted["delegate"],
        "silent": counted["none"],
        "declined": counted["declined"],
        "silent_units": any(r["answer"] == AnswerKind.NONE and r["is_unit"] for r in rows),
        "not_wanted": unwanted(case, meeting) if access.may(case, actor, "meetings.change") else [],
        "may_answer": own is not None and access.may(case, actor, "meetings.answer"),
        "has_begun": timezone.localdate(meeting.starts_at) <= timezone.localdate(),
        "is_today": timezone.localdate(meeting.starts_at) == timezone.localdate(),
    } | forwarding_pages.at_a_glance(case, meeting, rows, actor)


def unwanted(case, meeting) -> list[str]:
    """A hint to those who call: somebody who was called, or who comes, whom the person does not want there."""
    invited = list(meeting.invitations.all())
    names = [i.attendee_name for i in invited] + [i.outside_party.name for i in invited if i.outside_party_id]
    return preparation.unwanted(case, units=[i.unit for i in invited if i.unit_id], names=names)


def row(case, invitation, actor) -> dict:
    text, kind, icon = ANSWER_TAGS[invitation.answer]
    party = invitation.outside_party
    return {
        "invitation": invitation,
        "name": invitation.unit.name if invitation.unit_id else hidden(case, party.name),
        "kind": invitation.unit.sector if invitation.unit_id else "relative" if party.kind == "relative" else "other",
        "is_unit": invitation.unit_id is not None,
        "is_own": invitation.unit_id is not None and invitation.unit_id == actor.unit_id,
        "phone": invitation.unit.phone if invitation.unit_id else ("" if case.is_protected else party.phone),
        "answer": invitation.answer,
        "tag": {"text": text, "kind": kind, "icon": icon},
    }


def hidden(case, name: str) -> str:
    return "Skyddade personuppgifter" if case.is_protected else name


def texts(case) -> list[str]:
    """What the county's agreement says about the meeting and the duty to come (GUI-2)."""
    said = case.guideline.settings.get("texts", {})
    keys = ["duty", "meeting"] + (["at_discharge"] if case.inpatient or case.discharge_ready_at else [])
    return [said[key] for key in keys if said.get(key)]


def calling(case, form) -> dict:
    """What stands beside the kallelse while it is written."""
    return {
        "missing": coverage.why_no_call(form.consent),
        "texts": texts(case),
        "booker": bookings.who_books(case),
        "interpreter": preparation.interpreter(case),
        "not_wanted": preparation.not_wanted(case),
    }


def letter(case, meeting, actor) -> dict:
    """The invitation to the person, in plain words (KAL-10)."""
    coming = [i.unit.name if i.unit_id else hidden(case, i.outside_party.name) for i in
              meeting.invitations.select_related("unit", "outside_party").order_by("pk")]  # fmt: skip
    return {
        "meeting": meeting,
        "texts": texts_of(meeting, whole=sees_all(case.pk, actor)),
        "prepared": preparation.for_meeting(case, whole=sees_all(case.pk, actor)),
        "when": swedish.span(meeting.starts_at, meeting.ends_at),
        "coming": [meeting.called_by.unit.name, *coming],
        "to": "" if case.is_protected else case.full_name,
        "address": "" if case.is_protected else case.address,
        "contact": meeting.called_by,
        "today": timezone.localdate(),
    }
