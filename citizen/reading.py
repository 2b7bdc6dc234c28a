"""What the citizen's pages show, fetched with few queries; drafts are kept away by the database."""

from dataclasses import dataclass
from itertools import groupby

from django.db.models import Case as Choose
from django.db.models import Exists, OuterRef, Q, Subquery, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import topics
from citizen import words
from citizen.door import is_guardian, may_see_place
from consent import corrections
from consent.models import WAITING, Answer, Consent, ConsentUnit, Disclosure, LegalGround
from meetingroom.models import Consultation
from meetings.models import AnswerKind, Invitation, Meeting, MeetingState
from organisations import swedish
from plans.models import (
    FollowUp,
    Goal,
    HandedOutCopy,
    Measure,
    MeasureReport,
    MeasureStatus,
    Plan,
    PlanDocument,
    PlanState,
)

# What the database does not show to citizens: how mature somebody found the child to be.
UNSEEN = ("child_mature",)
TAGS = {
    MeasureStatus.PLANNED: (gettext_lazy("Planerad"), "", ""),
    MeasureStatus.ONGOING: (gettext_lazy("Pågår"), "info", ""),
    MeasureStatus.DONE: (gettext_lazy("Klar"), "success", "check"),
    MeasureStatus.NOT_DONE: (gettext_lazy("Blev inte av"), "warn", ""),
}


def plans_of(case) -> list[Plan]:
    """Approved versions, newest first: the one in force or last in force, then the earlier ones."""
    ready = PlanDocument.objects.filter(plan=OuterRef("pk"), state="ready")
    found = Plan.objects.filter(case=case).select_related("lead_staff", "lead_unit", "lead_authority")
    found = found.exclude(state=PlanState.DRAFT).prefetch_related("blocks")
    return list(found.annotate(has_pdf=Exists(ready)).order_by("-version"))


def goals_of(plan) -> list[dict]:
    """Goals with their measures, each measure in the words of the page."""
    reports = MeasureReport.objects.filter(measure=OuterRef("pk")).order_by("-reported_at", "-pk")
    found = Measure.objects.filter(goal__plan=plan).select_related("unit__acts_for").order_by("goal_id", "position")
    found = found.annotate(status=Subquery(reports.values("status")[:1]), reason=Subquery(reports.values("reason")[:1]))
    by_goal = {goal_id: list(rows) for goal_id, rows in groupby(found, key=lambda row: row.goal_id)}
    goals = Goal.objects.filter(plan=plan).order_by("position")
    return [{"goal": goal, "measures": [told(row) for row in by_goal.get(goal.pk, [])]} for goal in goals]


def told(measure) -> dict:
    kind, word = words.doer(measure)
    text, css, icon = TAGS[measure.status or MeasureStatus.PLANNED]
    return {
        "text": measure.text,
        "kind": kind,
        "word": word,
        "name": measure.doer_name,
        "unit": measure.unit.name if measure.unit_id else "",
        "when": words.when(measure),
        "place": measure.place,
        "status": {"text": text, "kind": css, "icon": icon},
        "reason": measure.reason if measure.status == MeasureStatus.NOT_DONE else "",
    }


def next_meeting(case) -> dict | None:
    """The meeting that is called, with who comes; else nothing."""
    found = Meeting.objects.filter(case=case, state=MeetingState.CALLED, ends_at__gte=timezone.now())
    found = found.select_related("called_by__unit")
    meeting = found.first() if case.is_open else None
    if meeting is None:
        return None
    coming, waiting = who_comes(meeting)
    return {
        "meeting": meeting,
        "month": swedish.MONTHS[timezone.localtime(meeting.starts_at).month - 1],
        "caller": meeting.called_by.unit.name,
        "coming": coming,
        "waiting": words.and_list(waiting),
        "where": may_see_place(case),
    }


def consultation_now(case) -> Consultation | None:
    """The samråd that the person has asked for and that goes on (MOT-4)."""
    return Consultation.objects.filter(case=case, ended_at=None).select_related("unit").first()


def who_comes(meeting) -> tuple[list[dict], list[str]]:
    """Those who have said that they come, and the names of those who have not answered (KAL-5).

    A name that staff have not given for the person's reading never leaves the database. Of others than units only
    the name does: the database shows citizens no telephone number or address of others.
    """
    unseen = ("outside_party__phone", "outside_party__address", "attendee_name")
    given = Choose(When(Q(name_to_person=True) | Q(unit=None), then="attendee_name"), default=Value(""))
    asked = Invitation.objects.filter(meeting=meeting).select_related("unit", "outside_party").defer(*unseen)
    coming, waiting = [], []
    for row in asked.annotate(given_name=given).order_by("pk"):
        name = row.unit.name if row.unit_id else row.outside_party.name
        if row.answer in {AnswerKind.COMING, AnswerKind.DELEGATE}:
            coming.append(words.attendee(row.given_name, row.attendee_title, name if row.unit_id else ""))
        elif row.answer == AnswerKind.NONE:
            waiting.append(name)
    return coming, waiting


def agreed_follow_up(case, plan) -> dict | None:
    """The agreed day, when no meeting has been called yet: the plan's, or a later one set at a follow-up (UPP-1)."""
    if not case.is_open or plan is None or plan.follow_up_on is None:
        return None
    set_later = FollowUp.objects.filter(plan=plan, next_on__isnull=False).order_by("-held_on", "-pk")
    day = set_later.values_list("next_on", flat=True).first() or plan.follow_up_on
    as_planned = day == plan.follow_up_on
    return {
        "day": day,
        "month": swedish.MONTHS[day.month - 1],
        "time": plan.follow_up_time if as_planned else None,
        "place": plan.follow_up_place if as_planned and may_see_place(case) else "",
        "caller": plan.follow_up_caller,
        "passed": day < timezone.localdate(),
    }


@dataclass(frozen=True)
class Contact:
    """Whom to ring about the plan: huvudansvarig, before that the unit that started."""

    name: str
    title: str
    unit: str
    phone: str
    is_lead: bool


def contact_of(case) -> Contact:
    if case.lead_staff_id:
        lead, unit = case.lead_staff, case.lead_unit
        return Contact(lead.name, lead.title, unit.name, lead.phone or unit.phone, True)
    unit = case.owner_unit
    return Contact(unit.name, "", unit.organisation.name, unit.phone, False)


def consents_of(case) -> list[dict]:
    """Every answer, newest first, each with the units it covers (SAM-8)."""
    found = Consent.objects.filter(case=case).defer(*UNSEEN).order_by("-recorded_at", "-pk")
    rows = list(found.prefetch_related("texts", "exemptions__unit"))
    known = topics.active()
    units = ConsentUnit.objects.filter(case=case).select_related("unit__organisation").order_by("unit__name")
    today = timezone.localdate()
    return [
        {
            "consent": row,
            "units": [unit for unit in units if unit.consent_id == row.pk],
            "exempted": [(item.unit, plain_topics(item.topics, known)) for item in row.exemptions.all()],
            "now": row.superseded_at is None and row.both_yes and not row.lapsed(today),
            "lapsed": row.superseded_at is None and row.both_yes and row.lapsed(today),
        }
        for row in rows
    ]


def plain_topics(mask: int, known) -> str:
    """The subjects in words that the person uses."""
    return "; ".join(topic.plain_label for topic in topics.in_mask(mask, known))


def grounds_of(case) -> list[dict]:
    """What a unit may read by law without a yes to sharing, newest first: what, why and until when."""
    found = LegalGround.objects.filter(case=case).select_related("unit").order_by("-recorded_at", "-pk")
    known = topics.active()
    return [{"row": row, "topics": plain_topics(row.topics, known)} for row in found]


def consent_now(case) -> dict | None:
    """The present answer with its units, or nothing when none has been asked for."""
    row = Consent.objects.filter(case=case, superseded_at=None).defer(*UNSEEN).first()
    if row is None:
        return None
    units = ConsentUnit.objects.filter(consent=row).select_related("unit").order_by("unit__name")
    lapsed = row.lapsed(timezone.localdate())
    return {
        "consent": row,
        "names": words.and_list([unit.unit.name for unit in units]),
        "stands": row.both_yes and not lapsed,
        "waiting": WAITING in (row.share_answer, row.planning_answer),
        "no": Answer.NO in (row.share_answer, row.planning_answer),
        "lapsed": row.both_yes and lapsed,
    }


def copies_of(case) -> list[dict]:
    """Who was given the plan or other facts, when and how, newest first (PLA-6)."""
    copies = HandedOutCopy.objects.filter(case=case)
    given = [
        {"day": row.given_on, "to": row.recipient, "what": _("Planen"), "how": row.get_how_display()} for row in copies
    ]
    disclosed = corrections.mark(list(Disclosure.objects.filter(case=case)), corrections.of_case(case))
    for row in disclosed:
        told = {"day": swedish.as_date(row.at), "to": row.recipient, "what": row.what, "how": row.how}
        given.append(told | {"recall": row.recall})
    return sorted(given, key=lambda row: row["day"], reverse=True)


def happened(case, consents) -> list[dict]:
    """What has been done so far, newest first, for a person who has no plan yet."""
    name = case.owner_unit.name
    events = [(case.opened_at, "flag", _("%(unit)s började arbeta med en plan") % {"unit": name})]
    for row in consents:
        consent = row["consent"]
        events.append((consent.recorded_at, "hand-heart", consent_words(case, consent)))
    for meeting in Meeting.objects.filter(case=case):
        day = {"day": swedish.long_date(meeting.starts_at)}
        events.append((meeting.called_at, "mail", _("Ett möte bestämdes till %(day)s") % day))
        if meeting.state == MeetingState.HELD:
            events.append((meeting.ends_at, "users", _("Mötet hölls")))
    events.sort(key=lambda event: event[0], reverse=True)
    return [{"icon": icon, "title": text, "meta": swedish.short_date(at)} for at, icon, text in events]


def consent_words(case, consent) -> str:
    if is_guardian(case):
        return _("Samtycket skrevs ner: ja") if consent.both_yes else _("Samtycket skrevs ner")
    if consent.both_yes:
        return _("Du sa ja till att planera tillsammans")
    return _("Ditt svar om samtycke skrevs ner")


def document_of(case):
    """The PDF of the plan in force or last in force; nothing when none has been ordered."""
    found = PlanDocument.objects.filter(case=case).exclude(plan__state=PlanState.DRAFT)
    return found.order_by("-plan__version", "-revision").first()
