"""The follow-up on paper: the form for the next one, and the record of one that was held (UPP-1, UPP-3)."""

from django.utils.translation import gettext as _

from cases.enums import DeadlineKind
from meetings.models import MeetingKind
from organisations import swedish
from organisations.errors import RuleBroken
from papers import contexts, words
from plans import documents, followups, services
from plans.models import FollowUp, MeasureStatus, Plan
from plans.sharing import NOT_SHARED, NOT_THE_WHOLE


def follow_up(case, about, by) -> dict:
    """The form with the goals and measures of the plan in force, or the record of one follow-up (UPP-3)."""
    found = (
        FollowUp.objects.filter(case=case, pk=about).select_related("meeting", "by__staff").first() if about else None
    )
    plan = services.with_content(Plan.objects.filter(pk=found.plan_id)).first() if found else services.in_force(case)
    if plan is None or (about and found is None):
        raise RuleBroken(contexts.GONE)
    told = record(case, found) if found else planned(case, plan) | {"questions": asked_of(words.FOLLOW_UP)}
    statuses = {measure.pk: measure.latest for measure in followups.measures_with_status(plan)} if found else {}
    return contexts.common(case) | told | {
        "person": contexts.person_of(case),
        "not_the_whole": "" if plan.seen_whole else NOT_THE_WHOLE,
        "what_matters": plan.words.get("what_matters", NOT_SHARED),
        "goals": [
            {"number": number, "text": goal.text, "measures": measures_of(goal, statuses, found)}
            for number, goal in enumerate(plan.goals.all(), start=1)
        ],
    }  # fmt: skip


def measures_of(goal, statuses: dict, found) -> list[dict]:
    return [contexts.measure_of(one) | {"said": status_of(statuses, one, found)} for one in goal.measures.all()]


def asked_of(questions) -> list[dict]:
    return [{"ask": str(ask)} for ask in (*questions.values(), words.COORDINATION)]


def planned(case, plan) -> dict:
    """When and where the next one is: the called meeting's, else the day that was agreed last (UPP-1)."""
    meeting = contexts.called_meeting(case)
    if meeting is not None and meeting.kind == MeetingKind.FOLLOW_UP:
        told = contexts.when_and_where(case, meeting)
        return {"when": told["when"], "where": told["where"]}
    clock = case.deadlines.filter(kind=DeadlineKind.FOLLOW_UP, met_at=None, cancelled_at=None).first()
    day = clock.due_on if clock else plan.follow_up_on
    if day != plan.follow_up_on:
        return {"when": contexts.capital(swedish.long_date(day))}
    where = "" if case.is_protected else plan.follow_up_place
    return {"when": documents.follow_up_when(plan), "where": where}


def came_to(case, meeting_id) -> list[str]:
    """Those who were there; a relative's name tells whose paper it is."""
    return [
        _("En person som var inbjuden")
        if case.is_protected and not (row["unit"] or row["phone"] or row["name"] == documents.THE_PERSON)
        else ", ".join(filter(None, (row["name"], row["unit"])))
        for row in documents.participants(meeting_id)
    ]


def record(case, found: FollowUp) -> dict:
    questions = [{"ask": str(ask), "said": getattr(found, name)} for name, ask in words.FOLLOW_UP.items()]
    needed = _("Ja") if found.coordination_needed else _("Nej")
    questions.append({"ask": _("Behövs samordning fortfarande?"), "said": needed})
    return {
        "written": True,
        "held": contexts.capital(swedish.long_date(found.held_on)),
        "people": came_to(case, found.meeting_id),
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
