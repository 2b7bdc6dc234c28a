"""What is known, in finished words, for each paper; row security decides what the one who asks may read (SAM-3).

The drawing process puts lines where something is missing. Protected identity: no name, number, place or address.
"""

from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from cases import topics
from cases.enums import DeadlineKind
from cases.numbers import is_minor
from cases.services import units_with_access
from consent import coverage
from consent.models import Answer, Consent, Representative
from meetings.circle import shares_of
from meetings.models import Invitation, Meeting, MeetingState, MeetingTextKey
from organisations import swedish
from organisations.errors import RuleBroken
from papers import circle, words
from plans import documents
from preparation import bookings
from preparation import selectors as preparation
from preparation.models import ADAPTATIONS, BookingKind, BookingState, PreparationKey

GONE = "Det finns inte längre. Ladda om sidan."
# What the database does not show to citizens.
UNSEEN = ("child_mature",)
NO_CONTACT = ("outside_party__phone", "outside_party__address")


def common(case) -> dict:
    owner = case.owner_unit
    return {
        "language": get_language() or "sv",
        "issued_by": ", ".join(filter(None, (owner.name, owner.acts_for.name if owner.acts_for_id else ""))),
        "written_on": swedish.short_date(timezone.localdate()),
        "case_number": case.reference,
    }


def person_of(case) -> dict:
    return {"hidden": True} if case.is_protected else documents.person_of(case)


def contact_of(case) -> dict:
    """Huvudansvarig, and before there is one the unit that owns the case."""
    lead, unit = case.lead_staff, case.lead_unit or case.owner_unit
    if lead is None:
        return {"name": unit.name, "phone": unit.phone}
    return {"name": lead.name, "title": lead.title, "unit": unit.name, "phone": lead.phone or unit.phone}


def leaflet(case, about, by) -> dict:
    return common(case) | {"contact": contact_of(case)}


def consent(case, about, by) -> dict:
    """The two questions with parties and limits, and what has been answered when something has (SAM-1 to SAM-6)."""
    now = consent_now(case)
    covered = set(coverage.reach(now)) if now else set()
    units = [row.unit for row in case.participations.active().with_names().order_by("pk")]
    if case.owner_unit_id not in {unit.pk for unit in units}:
        units.insert(0, case.owner_unit)
    shared = bool(now) and now.share_answer == Answer.YES
    known = topics.active()
    return common(case) | {
        "person": person_of(case),
        "contact": contact_of(case),
        "told": told_of(now),
        "share": now.share_answer if now else "",
        "planning": now.planning_answer if now else "",
        "parties": [party(unit, yes=shared and unit.pk in covered) for unit in units],
        "topics": [topic.plain_label for topic in known],
        "exempted": exempted(now, known),
        "excluded": now.excluded_note if now else "",
        "as_long": bool(now) and now.both_yes and now.valid_to is None,
        "valid_to": swedish.short_date(now.valid_to) if now and now.valid_to else "",
        "child": is_minor(case.person.number, timezone.localdate()),
        "representatives": representatives(case) if by.is_staff else [],
        "grounds": grounds(),
    }


def consent_now(case) -> Consent | None:
    """The answer that stands. One that was taken back or has run out ticks no box on a form for a new one."""
    found = Consent.objects.filter(case=case, superseded_at=None, withdrawn_at=None).defer(*UNSEEN)
    now = found.prefetch_related("texts", "exemptions__unit", "units__unit").first()
    return None if now and now.is_lapsed else now


def told_of(now) -> str:
    if now is None:
        return ""
    day = {"day": swedish.short_date(now.given_on), "form": now.get_form_display().lower()}
    return _("Svaret som är ikryssat skrevs ner %(day)s: %(form)s.") % day


def party(unit, *, yes: bool) -> dict:
    return {"name": unit.name, "authority": unit.acts_for.name if unit.acts_for_id else "", "yes": yes}


def exempted(now, known) -> list[str]:
    rows = now.exemptions.all() if now else ()
    return [
        _("%(topic)s, inte till %(unit)s") % {"topic": topic.plain_label, "unit": row.unit.name}
        for row in rows
        for topic in topics.in_mask(row.topics, known)
    ]


def representatives(case) -> list[dict]:
    """Those who hold their right today; one who is shown nothing about the SIP stands on no paper."""
    today = timezone.localdate()
    found = Representative.objects.filter(case=case, ended_at=None).select_related("contact").order_by("pk")
    return [
        {"name": row.name, "ground": str(words.GROUNDS[row.ground][0]), "says": str(words.GROUNDS[row.ground][1])}
        for row in found
        if row.holds_on(today) and not row.contact.no_sharing and not case.is_protected
    ]


def grounds() -> list[dict]:
    return [{"name": str(name), "says": str(says)} for name, says in words.GROUNDS.values()]


def called_meeting(case) -> Meeting | None:
    people = ("chair", "writer", "called_by__staff", "called_by__unit")
    return Meeting.objects.filter(case=case, state=MeetingState.CALLED).select_related(*people).first()


def must_be_called(case) -> Meeting:
    meeting = called_meeting(case)
    if meeting is None:
        raise RuleBroken(GONE)
    return meeting


def invited_to(meeting):
    found = Invitation.objects.filter(meeting=meeting).select_related("unit", "outside_party")
    return found.defer(*NO_CONTACT).order_by("pk")


def when_and_where(case, meeting) -> dict:
    """The place may be the home of somebody whose address is protected."""
    where = _("Ring oss så berättar vi var.") if case.is_protected else meeting.place
    return {
        "when": capital(swedish.span(meeting.starts_at, meeting.ends_at)),
        "form": meeting.get_form_display(),
        "where": "\n".join(filter(None, (where, meeting.link, meeting.connection_help))),
    }


def who_leads(meeting) -> dict:
    return {"chair": meeting.chair.name, "writer": meeting.writer.name}


def capital(text: str) -> str:
    return documents.first_up(text)


def needs_of(case) -> list[str]:
    """The interpreter and the adaptations, and where the booking stands (KAL-6)."""
    found = []
    said = preparation.interpreter(case)
    if said["needed"]:
        how = preparation.HOW.get(said["form"], "")
        what = {"state": said["label"].lower(), "language": said["language"], "how": how}
        found.append(_("Tolk: %(what)s") % {"what": ", ".join(filter(None, what.values()))})
    state = bookings.state_of(case, BookingKind.ADAPTATION, bookings.find(case, BookingKind.ADAPTATION))
    if state != BookingState.NOT_NEEDED:
        found.append(_("Anpassningar: %(what)s") % {"what": state.label.lower()})
    return found


def support_of(case) -> str:
    """The same to the person, in sentences."""
    state = bookings.state_of(case, BookingKind.ADAPTATION, bookings.find(case, BookingKind.ADAPTATION))
    arranged = "" if state == BookingState.NOT_NEEDED else _("Vi ordnar det som du behöver för att kunna vara med.")
    return " ".join(filter(None, (preparation.words(preparation.interpreter(case)), arranged)))


def adaptations_of(case, unit_id: int | None = None) -> list[str]:
    """What has to be arranged in the room, as far as the one who prints and the one who gets the paper may read it."""
    rows = preparation.texts_of(case)
    return [
        f"{rows[key].get_key_display()}: {rows[key].text}"
        for key in ADAPTATIONS
        if key in rows and rows[key].text and shared_with(case, unit_id, rows[key].topics)
    ]


def shared_with(case, unit_id: int | None, topics_of_text: int) -> bool:
    return unit_id is None or topics.readable_by(case.pk, unit_id, topics_of_text)


def question_of(case, unit_id: int | None = None) -> str:
    """The shared question, to the person or to a unit that may read it."""
    row = preparation.texts_of(case).get(PreparationKey.QUESTION)
    return row.text if row and shared_with(case, unit_id, row.topics) else ""


def name_of(case, row) -> str:
    if row.unit_id:
        return row.unit.name
    return _("En person som är inbjuden") if case.is_protected else row.outside_party.name


def caller_of(meeting) -> dict:
    staff, unit = meeting.called_by.staff, meeting.called_by.unit
    return {"name": staff.name, "title": staff.title, "unit": unit.name, "phone": staff.phone or unit.phone}


def call(case, about, by) -> dict:
    """Kallelse or inbjudan to one party: a unit reads what the meeting is about only if it is shared with it."""
    meeting = must_be_called(case)
    rows = list(invited_to(meeting))
    row = next((row for row in rows if row.pk == about), None)
    if row is None:
        raise RuleBroken(GONE)
    open_clock = case.deadlines.filter(kind=DeadlineKind.ANSWER, met_at=None, cancelled_at=None)
    due = open_clock.filter(due_on__gte=timezone.localdate()).first()
    return {
        **common(case),
        **whom(case, meeting, rows, row),
        "receiver": name_of(case, row),
        "invited": not row.has_duty,
        "account": bool(row.unit_id),
        "meeting": when_and_where(case, meeting) | who_leads(meeting),
        "contact": caller_of(meeting),
        "question": question_of(case, row.unit_id) if row.unit_id else "",
        "about": text_for(case, meeting, MeetingTextKey.AGENDA, row),
        "professions": text_for(case, meeting, MeetingTextKey.PROFESSIONS, row),
        "answer_by": swedish.short_date(due.due_on) if due else "",
    }


def whom(case, meeting, rows, row) -> dict:
    """Whom the meeting is about and who else comes; one that the person's yes does not reach gets neither (KAL-4)."""
    if row.unit_id and row.unit_id not in units_with_access(case):
        return {"person": {"waits": True}, "needs": [], "others": []}
    person = person_of(case)
    # One without an account is told of the meeting and of nothing else in the case (KAL-3).
    others = (name_of(case, r) for r in rows if r is not row and (row.unit_id or r.unit_id))
    return {
        "person": person if row.unit_id else {**person, "number": ""},
        "needs": needs_of(case) + (adaptations_of(case, row.unit_id) if row.unit_id else []),
        "others": [meeting.called_by.unit.name, *others],
    }


def text_for(case, meeting, key, row) -> str:
    """A text of the meeting as far as both the one who prints and the one who gets the letter may read it."""
    said = meeting.said(key)
    shared = said and row.unit_id and topics.readable_by(case.pk, row.unit_id, meeting.topics_of(key))
    return said if shared else ""


def invitation(case, about, by) -> dict:
    """To the person in plain words (KAL-10), or to one who is invited without the duty to come."""
    if about:
        return call(case, about, by)
    meeting = must_be_called(case)
    named = {} if case.is_protected else {"name": case.full_name}
    lines = [case.full_name, *case.address.split("\n")] if case.address and by.is_staff else []
    return common(case) | {
        "person": named,
        "address": [] if case.is_protected else lines,
        "written_on": timezone.localdate().isoformat(),
        "meeting": when_and_where(case, meeting) | who_leads(meeting),
        "question": question_of(case),
        "about": meeting.agenda,
        "participants": [meeting.called_by.unit.name, *(name_of(case, row) for row in invited_to(meeting))],
        "support": support_of(case),
        "caller": caller_of(meeting),
    }


def circle_of(case, meeting) -> dict:
    length, begins = circle.USUAL_MINUTES, None
    shares = {"shares": shares_of(case.guideline)} if case else {}
    if meeting is not None:
        length, begins = int((meeting.ends_at - meeting.starts_at).total_seconds() // 60), meeting.starts_at
    return {
        "parts": circle.parts(length=length, starts_at=begins, **shares),
        "length": ngettext("%(number)s minut", "%(number)s minuter", length) % {"number": length},
        "when": capital(swedish.span(meeting.starts_at, meeting.ends_at)) if meeting else "",
    }


def meeting_circle(case, about, by) -> dict:
    return common(case) | circle_of(case, called_meeting(case))


def measure_of(measure) -> dict:
    told = documents.measure_text(measure)
    return {"text": measure.text, "who": "\n".join(filter(None, (told["who_label"], told["who"])))}


def closure(case, about, by) -> dict:
    """Why the plan ended, what happens now, and whom to ring (AVS-1, AVS-2)."""
    parties = case.participations.active().with_names().order_by("pk")
    lead = contact_of(case)
    calls = [lead, *({"name": row.unit.name, "phone": row.unit.phone} for row in parties)]
    return common(case) | {
        "person": person_of(case),
        "closed_on": swedish.short_date(case.closed_on),
        "why": str(words.WHY_CLOSED[case.close_reason]),
        "note": case.close_note,
        "by": ended_by(case) if by.is_staff else "",
        "calls": [{"name": row["name"], "phone": row["phone"]} for row in calls if row["phone"]],
    }


def ended_by(case) -> str:
    """Who carried it out (AVS-2); what has happened in a case is not shown to citizens."""
    found = case.events.filter(kind="closed", by__isnull=False).select_related("by__staff", "by__unit")
    last = found.order_by("-at").first()
    return f"{last.by.staff.name}, {last.by.unit.name}" if last else ""
