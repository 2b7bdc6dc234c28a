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
from consent.models import Answer, Consent, ConsentUnit, Representative
from meetings.circle import shares_of
from meetings.models import Invitation, Meeting, MeetingState, MeetingTextKey
from organisations import swedish
from organisations.errors import RuleBroken
from papers import circle, words
from plans import documents, followups, services
from plans.models import FollowUp, MeasureStatus, Plan
from plans.sharing import NOT_SHARED, NOT_THE_WHOLE
from preparation import selectors as preparation
from preparation.models import PreparationKey

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
    found = Consent.objects.filter(case=case, superseded_at=None, withdrawn_at=None).defer(*UNSEEN)
    now = found.prefetch_related("texts", "exemptions__unit").first()
    covered = set(ConsentUnit.objects.filter(consent=now).values_list("unit_id", flat=True)) if now else set()
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


def capital(text: str) -> str:
    return documents.first_up(text)


def needs_of(case) -> list[str]:
    """The interpreter, and where the booking stands (KAL-6)."""
    said = preparation.interpreter(case)
    if not said["needed"]:
        return []
    what = {"state": said["label"].lower(), "language": said["language"], "how": preparation.HOW.get(said["form"], "")}
    return [_("Tolk: %(what)s") % {"what": ", ".join(filter(None, what.values()))}]


def with_question(case, agenda: str, unit_id: int | None = None) -> str:
    """The shared question before the agenda, to the person or to a unit that may read it."""
    row = preparation.texts_of(case).get(PreparationKey.QUESTION)
    shared = row and (unit_id is None or topics.readable_by(case.pk, unit_id, row.topics))
    return "\n".join(filter(None, [row.text if shared else "", agenda]))


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
    due = case.deadlines.filter(kind=DeadlineKind.ANSWER, met_at=None, cancelled_at=None).first()
    about = text_for(case, meeting, MeetingTextKey.AGENDA, row)
    return {
        **common(case),
        **whom(case, meeting, rows, row),
        "receiver": name_of(case, row),
        "invited": not row.has_duty,
        "meeting": when_and_where(case, meeting),
        "contact": caller_of(meeting),
        "about": with_question(case, about, row.unit_id) if row.unit_id else about,
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
        "needs": needs_of(case),
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
        "meeting": when_and_where(case, meeting),
        "about": with_question(case, meeting.agenda),
        "participants": [meeting.called_by.unit.name, *(name_of(case, row) for row in invited_to(meeting))],
        "support": ". ".join(needs_of(case)),
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


def plan_form() -> dict:
    return {
        "texts": [{"ask": str(ask)} for ask in words.PLAN_FIRST],
        "more": [{"ask": str(ask)} for ask in words.PLAN_LAST],
    }


def pack(case, about, by) -> dict:
    """Everything for a meeting without network, as far as the unit may read it (MOT-2, MOT-3)."""
    meeting = called_meeting(case)
    plan = services.draft_of(case) or services.in_force(case)
    told, whole = {}, topics.sees_all(case.pk, by)
    if meeting:
        people = {"chair": meeting.chair.name, "writer": meeting.writer.name}
        told = {"meeting": when_and_where(case, meeting) | people, "about": agenda(meeting, whole=whole)}
    return common(case) | plan_form() | circle_of(case, meeting) | told | plan_so_far(plan) | {
        "person": person_of(case),
        "needs": needs_of(case),
        "consent": documents.consent_text(documents.consent_of(case), whole=whole),
        "people": expected(case, meeting),
        "afterwards": [str(line) for line in words.AFTERWARDS],
        "not_the_whole": "" if whole else NOT_THE_WHOLE,
    }  # fmt: skip


def agenda(meeting, *, whole: bool) -> str:
    return meeting.agenda if whole or MeetingTextKey.AGENDA in meeting.rows else NOT_SHARED


def expected(case, meeting) -> list[dict]:
    """The person, the one who calls and all who are asked, with who comes."""
    if meeting is None:
        return []
    own = {"name": _("Personen själv") if case.is_protected else case.full_name}
    unit = meeting.called_by.unit
    calls = {"name": unit.name, "says": _("Kallar"), "phone": unit.phone}
    asked = [
        {
            "name": name_of(case, row),
            "says": ", ".join(filter(None, (row.attendee_name, row.attendee_title))),
            "phone": row.unit.phone if row.unit_id else "",
        }
        for row in invited_to(meeting)
    ]
    return [own, calls, *asked]


def plan_so_far(plan: Plan | None) -> dict:
    if plan is None:
        return {}
    draft = "utkast" if plan.is_draft else f"godkänd {swedish.short_date(plan.approved_at)}"
    said = {
        key: plan.words.get(key, NOT_SHARED) for key in ("what_matters", "strengths", "situation", "long_term_goal")
    }
    named = {"strengths": words.PLAN_FIRST[2], "situation": words.PLAN_FIRST[3], "long_term_goal": words.PLAN_FIRST[4]}
    return {
        "plan_version": f"Version {plan.version}, {draft}",
        "what_matters": said["what_matters"],
        "said": [{"ask": str(ask), "said": said[key]} for key, ask in named.items() if said[key]],
        "goals": [
            {
                "number": number,
                "text": goal.text,
                "measures": [
                    measure_of(measure) | {"when": documents.measure_when(measure)} for measure in goal.measures.all()
                ],
            }
            for number, goal in enumerate(plan.goals.all(), start=1)
        ],
    }


def measure_of(measure) -> dict:
    told = documents.measure_text(measure)
    return {"text": measure.text, "who": "\n".join(filter(None, (told["who_label"], told["who"])))}


def follow_up(case, about, by) -> dict:
    """The form with the goals and measures of the plan in force, or the record of one follow-up (UPP-3)."""
    found = (
        FollowUp.objects.filter(case=case, pk=about).select_related("meeting", "by__staff").first() if about else None
    )
    plan = services.with_content(Plan.objects.filter(pk=found.plan_id)).first() if found else services.in_force(case)
    if plan is None or (about and found is None):
        raise RuleBroken(GONE)
    asked = words.FOLLOW_UP.items()
    told = (
        record(found)
        if found
        else {"questions": [{"ask": str(ask)} for ask in [*dict(asked).values(), words.COORDINATION]]}
    )
    statuses = {measure.pk: measure.latest for measure in followups.measures_with_status(plan)} if found else {}
    return common(case) | told | {
        "person": person_of(case),
        "not_the_whole": "" if plan.seen_whole else NOT_THE_WHOLE,
        "what_matters": plan.words.get("what_matters", NOT_SHARED),
        "goals": [
            {
                "number": number,
                "text": goal.text,
                "measures": [measure_of(m) | {"said": status_of(statuses, m, found)} for m in goal.measures.all()],
            }
            for number, goal in enumerate(plan.goals.all(), start=1)
        ],
    }  # fmt: skip


def record(found: FollowUp) -> dict:
    questions = [{"ask": str(ask), "said": getattr(found, name)} for name, ask in words.FOLLOW_UP.items()]
    needed = _("Ja") if found.coordination_needed else _("Nej")
    questions.append({"ask": _("Behövs samordning fortfarande?"), "said": needed})
    return {
        "written": True,
        "held": capital(swedish.long_date(found.held_on)),
        "questions": questions,
        "outcome": found.outcome,
        "next_on": swedish.long_date(found.next_on) if found.next_on else "",
        "by": _("Skrivet av %(name)s.") % {"name": found.by.staff.name},
    }


def status_of(statuses: dict, measure, found) -> str:
    if found is None:
        return ""
    latest = statuses.get(measure.pk)
    if latest is None:
        return _("Inget sagt")
    reason = latest.reason if latest.status == MeasureStatus.NOT_DONE else ""
    return "\n".join(filter(None, (latest.get_status_display(), reason)))


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
        "calls": [{"name": row["name"], "phone": row["phone"]} for row in calls if row["phone"]],
    }
