"""Call to a meeting, answer, remind, move, cancel and hold it (KAL, MOT)."""

from dataclasses import fields

from django.utils import timezone

from audit import log
from cases import deadlines
from cases import services as cases
from cases.enums import ClockEventKind, DeadlineKind
from cases.models import plan_in_force
from cases.topics import ALL, must_be_readable
from consent import coverage, snapshot
from consent.handing_over import send_version
from meetings import answering, calendar, calling, forwarding, rules, standing
from meetings.models import (
    AnswerKind,
    Attendance,
    Invitation,
    Meeting,
    MeetingKind,
    MeetingState,
    MeetingText,
    MeetingTextKey,
    SentBy,
)
from meetings.rules import Details
from notifications import services as notifications
from organisations import roles, swedish
from organisations.errors import Conflict, RuleBroken
from preparation import bookings

NOT_KEPT = {"agenda", "professions", "topics", "area", "listed_unit"}
SAID = ["answer", "attendee_name", "attendee_title", "mandate", "name_to_person"]
ANSWERED = [*SAID, "answered_at", "answered_by", "answered_how", "read_at"]


def call(*, case, units, by, outside=(), **details) -> Meeting:
    """Send the kallelse: `units` among the covered parties, `outside` told by letter or phone (KAL-1 to KAL-3, MED-4).

    `details` are those of rules.Details. Meets TID-1 and TID-2. Raises RuleBroken; Conflict when a meeting is already
    called.
    """
    details = Details(**details)
    consent = coverage.current(case)
    rules.check_call(case, consent=consent, units=units, outside=outside, by=by, details=details)
    if case.meetings.filter(state=MeetingState.CALLED).exists():
        raise Conflict("Ett möte är redan kallat. Flytta det eller ställ in det innan du kallar igen.")
    case.meeting_called()
    meeting = create(case=case, details=details, by=by)
    case.save()
    units = invite(case=case, meeting=meeting, units=units, outside=outside, consent=consent, details=details, by=by)
    deadlines.happened(case=case, event=ClockEventKind.CALL_SENT, at=timezone.now(), by=by)
    deadlines.happened(case=case, event=ClockEventKind.MEETING_START, at=meeting.starts_at, by=by)
    cases.note(case, kind="called", text=f"Kallelse till {when(meeting)}", by=by)
    log.record("meetings.called", case_id=case.pk, person_id=case.person_id, object_id=str(meeting.pk))
    send(case=case, meeting=meeting, units=units, kinds={}, by=by)
    notifications.tell_person(case_id=case.pk, key=f"call:{meeting.pk}")
    calendar.attach(case=case, meeting=meeting)
    return meeting


def create(*, case, details: Details, by, kind="", replaces=None) -> Meeting:
    kind = kind or (MeetingKind.FOLLOW_UP if plan_in_force(case) else MeetingKind.FIRST)
    must_be_readable(case.pk, details.topics, by=by)
    values = {field.name: getattr(details, field.name) for field in fields(details) if field.name not in NOT_KEPT}
    values |= calendar.goes_on(replaces)
    meeting = Meeting.objects.create(case=case, kind=kind, called_by_id=by.assignment_id, replaces=replaces, **values)
    for key in (MeetingTextKey.AGENDA, MeetingTextKey.PROFESSIONS):
        write_text(meeting, key=key, text=getattr(details, key), topics=details.topics, by=by)
    return meeting


def write_text(meeting, *, key: str, text: str, topics: int, by, invitation=None) -> None:
    """Write or change one text about a meeting; raises RuleBroken when the writer could not read it afterwards."""
    about = invitation or meeting
    if not text and key not in about.rows:
        return
    must_be_readable(meeting.case_id, topics, by=by)
    which = {"meeting": meeting, "key": key, "invitation": invitation}
    MeetingText.objects.update_or_create(
        **which, defaults={"text": text, "topics": topics}, create_defaults={
            "text": text, "topics": topics, "case_id": meeting.case_id}
    )  # fmt: skip
    about.forget_texts()


def invite(*, case, meeting, units, outside, consent, details, by) -> list:
    """One row for each who is called; the duty follows the party (KAL-3).

    Returns the units that got it: a reception's own rule may have taken the kallelse on (KAL-4).
    """
    landed = forwarding.landings(case=case, units=units, details=details, by=by)
    units = list(dict.fromkeys(landing.unit for landing in landed))
    duty = {guest.unit.pk: guest.has_duty for guest in rules.guests(case, by, consent)}
    duty |= {landing.unit.pk: True for landing in landed if landing.has_duty}
    if meeting.reservation and not standing.is_kept(meeting):
        standing.take(case=case, meeting=meeting, unit_ids=[unit.pk for unit in units if duty[unit.pk]], by=by)
    rows = [
        Invitation(case=case, meeting=meeting, unit=unit, has_duty=duty[unit.pk], sent_by=SentBy.SYSTEM)
        for unit in units
    ]
    rows += [Invitation(case=case, meeting=meeting, outside_party=party, sent_by=party.tell_by) for party in outside]
    Invitation.objects.bulk_create(rows)
    standing.give_back(meeting)
    forwarding.note_landings(case=case, meeting=meeting, found=landed, by=by)
    forwarding.carry(meeting=meeting)
    return units


def send(*, case, meeting, units, kinds: dict, by) -> None:
    """Each unit gets its own copy, an inbox row and a neutral e-mail; `kinds` names other news than a kallelse.

    One that the person's yes does not reach gets the kallelse alone.
    """
    body, seen = snapshot.build(case), cases.units_with_access(case)
    what = f"Kallelse till {when(meeting)}"
    for unit in units:
        if unit.pk in seen:
            send_version(case=case, unit=unit, kind="call", what=what, by=by, body=body)
        tell(case, meeting, unit.pk, kinds.get(unit.pk, "call") if unit.pk in seen else "handed_call")


def tell(case, meeting, unit_id: int, kind: str, key: str = "") -> None:
    notifications.tell_unit(unit_id=unit_id, case_id=case.pk, kind=kind, key=key or str(meeting.pk))


def when(meeting) -> str:
    return f"{meeting.get_kind_display()} {swedish.span(meeting.starts_at, meeting.ends_at)}"


def opened(*, case, by) -> None:
    """Note that the acting unit has read its kallelse; readers leave no mark."""
    if by.role in roles.WRITERS and case.is_open:
        own = Invitation.objects.filter(case=case, unit_id=by.unit_id, read_at=None, meeting__state=MeetingState.CALLED)
        own.update(read_at=timezone.now())


def answer(
    *, case, invitation, answer, by, attendee_name="", attendee_title="", mandate="", name_to_person=False, note="",
    today="", topics: int | None = None, how="", seen: str | None = None,
) -> None:  # fmt: skip
    """A party says who comes, and what that person may decide (KAL-5); the steering unit, `how` it was told.

    A party with the duty names somebody and never just refuses (KAL-4). One without it may say what it does `today`.
    `seen` is what `answering.stamp` said when the writer began. Raises RuleBroken when somebody has answered since.
    """
    must_be_called(invitation.meeting)
    must_be_here(invitation)
    # The row is locked by now: what somebody else has answered meanwhile is read before anything is compared.
    invitation.refresh_from_db(fields=ANSWERED)
    forwarding.check_answer(answer, invitation.has_duty, attendee_name, attendee_title)
    if answer == AnswerKind.DECLINED:
        attendee_name, attendee_title, mandate, name_to_person = "", "", "", False
    said = dict(zip(SAID, (answer, attendee_name, attendee_title, mandate, name_to_person), strict=True))
    notes = answering.notes_of(case=case, invitation=invitation, answer=answer, note=note, today=today, topics=topics)
    if not notes and all(getattr(invitation, name) == value for name, value in said.items()):
        return
    if seen is not None and seen != answering.stamp(invitation):
        raise RuleBroken(answering.overtaken(invitation), field="answer")
    for key, text, about in notes:
        write_text(invitation.meeting, key=key, text=text, topics=about, by=by, invitation=invitation)
    for name, value in said.items():
        setattr(invitation, name, value)
    invitation.answered_at, invitation.answered_by_id = timezone.now(), by.assignment_id
    invitation.answered_how = how
    invitation.read_at = invitation.read_at or invitation.answered_at
    invitation.save(update_fields=ANSWERED)
    if not invitation.meeting.invitations.filter(answer=AnswerKind.NONE, unit__isnull=False).exists():
        deadlines.meet(case=case, kind=DeadlineKind.ANSWER)
    who = invitation.unit.name if invitation.unit_id else invitation.outside_party.get_kind_display()
    text = f"{who} svarade på kallelsen: {invitation.get_answer_display().lower()}"
    cases.note(case, kind="answered", text=text, by=by)
    log.record("meetings.answered", case_id=case.pk, person_id=case.person_id, object_id=str(invitation.pk))
    caller = invitation.meeting.called_by.unit_id
    if by.unit_id != caller:
        tell(case, invitation.meeting, caller, "answer", key=f"{invitation.pk}:{invitation.answered_at:%s}")


def must_be_here(invitation) -> None:
    """Raises Conflict when the kallelse has been handed on since the page was shown; else nobody does so meanwhile."""
    here = Invitation.objects.select_for_update(no_key=True, of=("self",))
    if not here.filter(pk=invitation.pk, unit_id=invitation.unit_id).exists():
        raise Conflict("Kallelsen är lämnad vidare till en annan enhet. Ladda om sidan och se vem som har den nu.")


def told(*, case, invitation, by) -> None:
    """Note that somebody was told by letter or phone (KAL-2)."""
    who = invitation.unit.name if invitation.unit_id else invitation.outside_party.get_kind_display()
    if invitation.told_at is None:
        invitation.told_at = timezone.now()
        invitation.save(update_fields=["told_at"])
        cases.note(case, kind="told", text=f"{who} är meddelad om mötet", by=by)
    log.record("meetings.told", case_id=case.pk, person_id=case.person_id, object_id=str(invitation.pk))


def remind(*, case, meeting, by) -> int:
    """Remind the units that have not answered, at most once a day; how many they are."""
    must_be_called(meeting)
    silent = meeting.invitations.filter(answer=AnswerKind.NONE, unit__isnull=False)
    ids = list(silent.order_by("unit_id").values_list("unit_id", flat=True))
    for unit_id in ids:
        tell(case, meeting, unit_id, "call_reminder", key=f"{meeting.pk}:{timezone.localdate():%Y%m%d}")
    log.record("meetings.reminded", case_id=case.pk, person_id=case.person_id, object_id=str(meeting.pk))
    return len(ids)


def move(*, case, meeting, why, units, by, outside=(), why_topics=ALL, **details) -> Meeting:
    """Replace the meeting by another; all are told, and phoned when the one they would have come to was today.

    What was sent stays as it was; what was not is not sent.
    """
    must_be_called(meeting)
    details = standing.kept(meeting, Details(**details))
    consent = coverage.current(case)
    alone = forwarding.alone(case, meeting)
    rules.check_call(case, consent=consent, units=units, outside=outside, by=by, details=details, alone=alone)
    before = set(meeting.invitations.filter(unit__isnull=False).values_list("unit_id", flat=True))
    meeting.moved()
    meeting.save(update_fields=["state"])
    write_text(meeting, key=MeetingTextKey.ENDED_NOTE, text=why, topics=why_topics, by=by)
    new = create(case=case, details=details, by=by, kind=meeting.kind, replaces=meeting)
    units = invite(case=case, meeting=new, units=units, outside=outside, consent=consent, details=details, by=by)
    deadlines.happened(case=case, event=ClockEventKind.MEETING_START, at=new.starts_at, by=by)
    cases.note(case, kind="moved", text=f"Mötet flyttades till {when(new)}", by=by)
    calling.list_calls(meeting=meeting, alone=None if rules.must_know_today(meeting, new) else left_out(meeting, new))
    if rules.is_elsewhen(meeting, new):
        bookings.meeting_changed(case=case, by=by)
    log.record("meetings.moved", case_id=case.pk, person_id=case.person_id, object_id=str(new.pk))
    stop_notices(case, meeting)
    send(case=case, meeting=new, units=units, kinds=dict.fromkeys(before, "moved"), by=by)
    notifications.tell_person(case_id=case.pk, key=f"call:{new.pk}")
    for unit_id in sorted(before - {unit.pk for unit in units}):
        tell(case, meeting, unit_id, "cancelled")
    calendar.attach(case=case, meeting=meeting)
    calendar.attach(case=case, meeting=new)
    return new


def left_out(old, new) -> list[int]:
    """The invitations to the old meeting of those who are not called to the one that takes its place."""
    called = set(new.invitations.values_list("unit_id", "outside_party_id"))
    before = old.invitations.order_by("pk").values_list("pk", "unit_id", "outside_party_id")
    return [pk for pk, unit, outside in before if (unit, outside) not in called]


def stop_notices(case, meeting) -> None:
    """Notices and reminders of a meeting that is not to be are not sent."""
    for prefix in calendar.NOTICES:
        notifications.cancel(case_id=case.pk, key_prefix=f"{prefix}:{meeting.pk}:")


def cancel(*, case, meeting, why, by, topics=ALL) -> bool:
    """The meeting will not be; all units are told at once, and the case steps back. Whether the person is told too.

    The database lists whom to phone on the very day (KAL-7), and makes the calendar entries that take it back.
    """
    must_be_called(meeting)
    if plan_in_force(case):
        case.follow_up_cancelled()
    else:
        case.meeting_cancelled()
    meeting.cancelled()
    meeting.save(update_fields=["state"])
    write_text(meeting, key=MeetingTextKey.ENDED_NOTE, text=why, topics=topics, by=by)
    case.save()
    deadlines.take_back(case=case, event=ClockEventKind.MEETING_START)
    cases.note(case, kind="cancelled", text=f"{when(meeting)} ställdes in", by=by)
    bookings.meeting_changed(case=case, by=by)
    log.record("meetings.cancelled", case_id=case.pk, person_id=case.person_id, object_id=str(meeting.pk))
    stop_notices(case, meeting)
    for unit_id in meeting.invitations.filter(unit__isnull=False).values_list("unit_id", flat=True).order_by("unit_id"):
        tell(case, meeting, unit_id, "cancelled")
    told = notifications.tell_person(case_id=case.pk, key=f"cancelled:{meeting.pk}")
    calendar.attach(case=case, meeting=meeting)
    return told > 0


def hold(
    *, case, meeting, came, person_came: bool, by, others=(), note="", topics=ALL, afterwards: bool = False
) -> None:
    """Record that the meeting took place and who came (MOT-3); `came` holds the ids of the invitations that did.

    Meets TID-3. After a follow-up meeting the follow-up itself is written in the plan's pages. `afterwards` marks a
    meeting that was held without the system as written in afterwards.
    """
    must_be_called(meeting)
    if timezone.localdate(meeting.starts_at) > timezone.localdate():
        raise RuleBroken("Mötet har inte varit än. Flytta det först om det hölls en annan dag.")
    if plan_in_force(case):
        case.follow_up_held()
    else:
        case.meeting_held()
    meeting.held(entered_at=timezone.now() if afterwards else None, by=by)
    meeting.save(update_fields=["state", "entered_at", "entered_by"])
    write_text(meeting, key=MeetingTextKey.HELD_NOTE, text=note, topics=topics, by=by)
    Attendance.objects.bulk_create(attendance(case, meeting, set(came), person_came, others))
    case.save()
    if meeting.kind == MeetingKind.FIRST:
        deadlines.meet(case=case, kind=DeadlineKind.MEETING)
    deadlines.cancel(case=case, kind=DeadlineKind.ANSWER)
    cases.note(case, kind="held", text=f"{when(meeting)} hölls{'. Fört efter mötet' if afterwards else ''}", by=by)
    bookings.meeting_over(case=case)
    event = "meetings.held_entered_afterwards" if afterwards else "meetings.held"
    log.record(event, case_id=case.pk, person_id=case.person_id, object_id=str(meeting.pk))


def came_late(*, case, attendance, by) -> None:
    """One who was invited and not there at the beginning has come (MOT-3)."""
    if attendance.came:
        raise RuleBroken("Den personen är redan inskriven som närvarande.")
    attendance.came = True
    attendance.save(update_fields=["came"])
    log.record("meetings.came_late", case_id=case.pk, person_id=case.person_id, object_id=str(attendance.pk))


def attendance(case, meeting, came: set[int], person_came: bool, others) -> list[Attendance]:
    """The person, the caller's side and each who was invited, came or not; then those who came besides."""

    def row(**values):
        return Attendance(case=case, meeting=meeting, **values)

    invited = [
        row(
            invitation=invitation,
            name=invitation.attendee_name or str(invitation.unit or invitation.outside_party),
            title=invitation.attendee_title,
            unit_id=invitation.unit_id,
            came=invitation.pk in came,
        )
        for invitation in meeting.invitations.select_related("unit", "outside_party").order_by("pk")
    ]
    named = {entry.name for entry in invited}
    caller = meeting.called_by
    own = [
        row(name=s.name, title=s.title, unit_id=caller.unit_id if s.pk == caller.staff_id else None, came=True)
        for s in dict.fromkeys([meeting.chair, meeting.writer])
        if s.name not in named
    ]
    person = row(is_person=True, name="Personen själv", came=person_came)
    return [person, *own, *invited, *(row(name=name, came=True) for name in others)]


def must_be_called(meeting) -> None:
    if meeting.state != MeetingState.CALLED:
        raise RuleBroken(f"Mötet är redan {meeting.get_state_display().lower()}.")
