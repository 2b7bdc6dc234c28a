"""The case page: what to do now, what remains before the meeting, what has happened, who takes part."""

from django.core.paginator import Paginator
from django.utils import timezone

from cases import access, clock_pages
from cases.enums import CloseReason, DeadlineKind, OutsideKind, Reason, State
from cases.frame import address, context
from cases.models import Case, CaseEvent
from cases.text_models import TextKey
from cases.topics import NOT_SHARED, sees_all
from casework import facts, tasks
from casework.next_step import NOBODY, next_step
from discharge import process
from meetingroom import services as meetingroom
from meetings import calling_pages
from meetings.models import AnswerKind, Invitation, Meeting, MeetingState
from organisations import swedish
from plans import pages as plans
from preparation import bookings
from preparation.selectors import question

LATEST = 5
PAGE = 50
BEFORE_MEETING = (State.INITIATED, State.CONSENTED, State.CALLED)
ICONS = {
    "started": "flag", "edited": "pencil", "party_added": "user-plus", "party_ended": "x",
    "lead_named": "user", "handed_over": "users", "called": "send", "answered": "circle-check", "moved": "calendar",
    "cancelled": "x", "phoned": "phone", "held": "users", "reminded": "bell", "approved": "file-text",
    "follow_up": "list-checks", "outside_party_added": "user-plus", "closed": "flag", "withdrawn": "shield",
    "deviation": "triangle-alert",
}  # fmt: skip
ANSWER_TAGS = {
    AnswerKind.NONE: ("Har inte svarat", "warn", "clock"),
    AnswerKind.COMING: ("Kommer", "success", "check"),
    AnswerKind.DELEGATE: ("Annan kommer", "success", "check"),
    AnswerKind.DECLINED: ("Kommer inte", "danger", "x"),
}


def page(case, actor, *, revealed: bool = False) -> dict:
    """The template context of the overview."""
    now, today = timezone.now(), timezone.localdate()
    seen = facts.with_facts(Case.objects.with_names().select_related("ward_unit"), unit_id=actor.unit_id).get(
        pk=case.pk
    )
    known = facts.facts_of(seen, actor, now=now, today=today)
    result = context(case, actor, "overview", revealed=revealed)
    meetings = meetings_of(case)
    meeting = latest_meeting(meetings)
    answers = list(meeting.invitations.all()) if meeting else []
    open_clocks = case.deadlines.filter(cancelled_at=None, met_at=None).order_by("due_on", "pk")
    deadlines = [clock_pages.one(row, now=now, today=today) for row in open_clocks if row.kind != DeadlineKind.PAYMENT]
    happened = events(case, LATEST + 1)
    before = case.state in BEFORE_MEETING
    first_name = result["frame"]["first_name"]
    whole = sees_all(case.pk, actor)
    bookings.fetch(case)
    todo_before = tasks.before_meeting(case, known, meeting, answers, first_name, whole=whole) if before else []
    return (
        result
        | meeting_part(case, meeting, deadlines, now)
        | parties_part(case, actor, answers)
        | links(case, actor)
        | tasks.counted(todo_before)
        | plans.meter_of(case, actor)
        | {
            "todo": todo(case, known, deadlines) | into_meeting(case, actor, known, today),
            "called_off": calling_pages.called_off(case, actor, meetings),
            "tasks": todo_before,
            "question": question(case, whole=whole),
            "events": [timeline_row(event, actor, today) for event in happened[:LATEST]],
            "more_events": len(happened) > LATEST,
            "deadlines": deadlines,
            # A reason that the product no longer knows is shown as it was written.
            "reasons": [dict(Reason.choices).get(value, value) for value in case.reasons],
            "texts": shared_texts(case, whole=whole),
            "ward": seen.ward_unit,
            "consent_units": consent_units(result["frame"]["consent"]),
        }
    )


def links(case, actor) -> dict:
    """Where the one who looks may go on; an empty address is not shown."""

    def link(action, name):
        return address(name, case) if access.may(case, actor, action) else ""

    return {
        "contact_person_url": link("correspondence.channels", "correspondence:contact"),
        "edit_url": link("cases.edit", "cases:edit"),
        "add_party_url": link("cases.add_party", "cases:add_party"),
        "contact_url": link("cases.note_contact", "cases:note_contact"),
        "ready_url": ""
        if case.inpatient and process.goes_on(case)
        else link("cases.discharge_ready", "cases:discharge_ready"),
        "close_url": link("cases.close", "plans:close"),
        "protect_url": link("cases.protect", "cases:protect"),
        "void_url": link("cases.void", "consent:void") if case.close_reason != CloseReason.MISTAKE else "",
        "leave_url": "" if access.steers(case, actor) else link("cases.leave", "plans:leave"),
        "withdraw_url": link("consent.withdraw", "plans:withdraw"),
        "link_new_url": "" if case.is_open else link("cases.link_new", "cases:link_new"),
        "retention_url": "" if case.is_open else link("retention.hold", "retention:case_holds"),
        "consent_url": link("cases.view", "consent:history"),
        "meetings_url": link("cases.view", "meetings:overview"),
        "may_record_consent": access.may(case, actor, "consent.record"),
    }


def meeting_part(case, meeting, deadlines, now) -> dict:
    """The meeting's card: when it is, whether it is in time, and why that day (TID-3)."""
    limit = next((row for row in deadlines if row["kind"] == DeadlineKind.MEETING), None)
    if meeting is None:
        return {"meeting": None}
    tag = ("Hållet", "success", "check") if meeting.state == MeetingState.HELD else None
    if tag is None and meeting.ends_at <= now:
        tag = ("Har passerat", "warn", "clock")
    elif tag is None and limit:
        late = swedish.as_date(meeting.starts_at) > limit["due_on"]
        tag = ("Efter tidsgränsen", "warn", "clock") if late else ("I tid", "success", "check")
    when = f"{swedish.long_date(meeting.starts_at)} kl. {swedish.clock_span(meeting.starts_at, meeting.ends_at)}"
    return {"meeting": meeting, "meeting_tag": tag, "meeting_deadline": limit, "meeting_when": when}


def parties_part(case, actor, answers) -> dict:
    parties = case.participations.active().with_names().select_related("contact_staff").order_by("unit__name")
    rows = [party_row(party, answers, case, actor) for party in parties]
    outside = case.outside_parties.filter(removed_at=None).order_by("pk")
    return {
        "parties": rows,
        "owner_is_party": any(row["unit"].pk == case.owner_unit_id for row in rows),
        "outside": [outside_row(party) for party in outside],
    }


def shared_texts(case, *, whole: bool) -> dict[str, str]:
    """The texts of the case, by key; what is not shared with the unit is said to be so, whatever it says (SAM-3)."""
    return {key: case.said(key) if whole or key in case.rows else f"{NOT_SHARED}." for key in TextKey.values}


def meetings_of(case) -> list[Meeting]:
    """All meetings of the case with their answers, latest first."""
    found = calling_pages.with_calls(case.meetings.select_related("chair", "writer"))
    return list(found.prefetch_related("invitations").order_by("-starts_at"))


def latest_meeting(meetings) -> Meeting | None:
    """The meeting that is called, else the last one that was held."""
    ranked = {MeetingState.CALLED: 0, MeetingState.HELD: 1}
    return min((one for one in meetings if one.state in ranked), key=lambda one: ranked[one.state], default=None)


def todo(case, known, deadlines) -> dict:
    """The panel ”Gör det här nu”, with the nearest day; what the one who looks may not do has no way on."""
    step = next_step(known)
    shown = {"title": step.title, "why": step.why}
    if step.url_name:
        more = [step.meeting] if step.meeting else []
        shown |= {"url": address(step.url_name, case, *more), "action": step.action, "icon": step.icon}
    if step.other_url_name:
        shown |= {"other_url": address(step.other_url_name, case), "other_action": step.other_action}
    # While a meeting is called its own day is what matters, and it stands in the text.
    going = [row for row in deadlines if row["state"] != clock_pages.PAUSED]
    if going and step.turn != NOBODY and case.state != State.CALLED:
        nearest = going[0]
        shown["due"] = ("skulle vara klart " if nearest["late"] else "senast ") + swedish.long_date(nearest["due_on"])
    return shown


def into_meeting(case, actor, known, today) -> dict:
    """The way into the meeting on its day, and back into one that goes on (MOT-2)."""
    if not access.may(case, actor, "meetings.hold"):
        return {}
    if known.meeting_id and swedish.as_date(known.starts_at) == today:
        return {"other_url": address("meetingroom:start", case, known.meeting_id), "other_action": "Börja mötet"}
    if going_on := meetingroom.going_on(case):
        return {"other_url": address("meetingroom:start", case, going_on), "other_action": "Tillbaka till mötet"}
    return {}


def events(case, number: int):
    """The latest events with who wrote them; a party's own colleagues are named, nobody's unit is guessed."""
    return list(case.events.select_related("by__staff", "by__unit").order_by("-at", "-pk")[:number])


def all_events(case, actor, *, number: str) -> dict:
    """One page of everything that has happened in the case."""
    today = timezone.localdate()
    rows = case.events.select_related("by__staff", "by__unit").order_by("-at", "-pk")
    shown = Paginator(rows, PAGE).get_page(number)
    return {"shown": shown, "events": [timeline_row(event, actor, today) for event in shown]}


def timeline_row(event: CaseEvent, actor, today) -> dict:
    who = "automatiskt"
    if event.by_id:
        who = "du" if event.by_id == actor.assignment_id else f"{event.by.staff.name}, {event.by.unit.name}"
    when = swedish.when(event.at, today)
    return {
        "icon": ICONS.get(event.kind, "circle-check"),
        "title": event.text,
        "text": event.detail,
        "meta": f"{when[:1].upper()}{when[1:]} · {who}",
    }


def party_row(party, answers, case, actor) -> dict:
    answer = next((a for a in answers if a.unit_id == party.unit_id), None)
    return {
        "unit": party.unit,
        "obligation": party.get_obligation_display(),
        "is_mine": party.unit_id == actor.unit_id,
        "leads": party.unit_id == case.lead_unit_id,
        "contact": party.contact_staff,
        "who": ", ".join(filter(None, [answer.attendee_name, answer.attendee_title])) if answer else "",
        "read_at": answer.read_at if answer else None,
        "tag": answer_tag(answer) if answer else None,
    }


def outside_row(party) -> dict:
    near = party.kind in (OutsideKind.RELATIVE, OutsideKind.GUARDIAN)
    return {
        "huvudman": "relative" if near else "other",
        "name": party.name,
        "kind_label": party.get_kind_display(),
        "relation": party.relation,
        "phone": party.phone,
        "tell_by": party.get_tell_by_display(),
    }


def answer_tag(answer: Invitation) -> tuple:
    return ANSWER_TAGS[answer.answer]


def consent_units(consent) -> list:
    if consent is None or not consent.both_yes:
        return []
    return list(consent.units.select_related("unit").order_by("unit__name"))
