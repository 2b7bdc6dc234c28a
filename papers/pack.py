"""Mötespaketet: everything for a meeting without network, and the empty forms that go with it (MOT-2, MOT-3)."""

from django.utils.translation import gettext as _

from cases import topics
from consent import coverage
from meetings.models import MeetingTextKey
from organisations import swedish
from papers import contexts, words
from plans import crisis, disagreement, documents, services
from plans.models import BlockKey, Plan
from plans.sharing import NOT_SHARED, NOT_THE_WHOLE
from preparation import selectors as preparation

# The texts of the plan before its goals, and after.
BEFORE = (BlockKey.WHY, BlockKey.STRENGTHS, BlockKey.SITUATION, BlockKey.LONG_TERM_GOAL)
DONE_BY = (BlockKey.OWN_MEASURES, BlockKey.RELATIVES_MEASURES, BlockKey.OTHERS_MEASURES)
LAST = (BlockKey.PERSON_OPINION, BlockKey.DISAGREEMENT)


def plan_form() -> dict:
    return {
        "texts": [{"ask": str(ask)} for ask in words.PLAN_FIRST],
        "more": [{"ask": str(ask)} for ask in words.PLAN_LAST],
    }


def pack(case, about, by) -> dict:
    """Agenda, those who come, the plan so far and the forms, as far as the unit may read them."""
    meeting, whole = contexts.called_meeting(case), topics.sees_all(case.pk, by)
    plan = services.draft_of(case) or services.in_force(case)
    told = {}
    if meeting:
        when = contexts.when_and_where(case, meeting) | contexts.who_leads(meeting)
        told = {"meeting": when, "about": agenda(meeting, whole=whole)}
    return contexts.common(case) | plan_form() | contexts.circle_of(case, meeting) | told | plan_so_far(plan) | {
        "person": contexts.person_of(case),
        "question": preparation.question(case, whole=whole),
        "needs": contexts.needs_of(case) + contexts.adaptations_of(case),
        "consent": consent_of(case, whole=whole),
        "people": expected(case, meeting),
        "afterwards": [str(line) for line in words.AFTERWARDS],
        "not_the_whole": "" if whole else NOT_THE_WHOLE,
    }  # fmt: skip


def consent_of(case, *, whole: bool) -> str:
    """What the person has said yes to, or what is missing before anything may be shared."""
    now = coverage.current(case)
    if not coverage.planning_stands(now):
        return coverage.why_no_call(now)
    return documents.consent_text(documents.consent_of(case), whole=whole)


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
            "name": contexts.name_of(case, row),
            "says": "" if case.is_protected and not row.unit_id else who_comes(row),
            "phone": row.unit.phone if row.unit_id else "",
        }
        for row in contexts.invited_to(meeting)
    ]
    return [own, calls, *asked]


def who_comes(row) -> str:
    return ", ".join(filter(None, (row.attendee_name, row.attendee_title)))


def plan_so_far(plan: Plan | None) -> dict:
    """The whole plan as it stands, also a draft; what is not shared with the reader is said to be so."""
    if plan is None:
        return {}
    draft = "utkast" if plan.is_draft else f"godkänd {swedish.short_date(plan.approved_at)}"
    said = {key: plan.words.get(key, NOT_SHARED) for key in BlockKey}
    if plan.others_nobody and not said[BlockKey.OTHERS_MEASURES]:
        said[BlockKey.OTHERS_MEASURES] = _("Ingen annan gör något.")
    lead = documents.lead_text(plan)
    last = [
        *rows(said, DONE_BY),
        *worse(plan),
        *rows(said, LAST),
        *(
            {"ask": BlockKey.DISAGREEMENT.label, "said": line}
            for line in disagreement.lines(disagreement.of_plan(plan))
        ),
        {"ask": _("Huvudansvarig"), "said": ", ".join(filter(None, lead.values()))},
        {
            "ask": _("Uppföljning"),
            "said": "\n".join(filter(None, (documents.follow_up_when(plan), plan.follow_up_place))),
        },
    ]
    return {
        "plan_version": f"Version {plan.version}, {draft}",
        "what_matters": said[BlockKey.WHAT_MATTERS],
        "said": rows(said, BEFORE),
        "goals": [goal_of(number, goal) for number, goal in enumerate(plan.goals.all(), start=1)],
        "said_last": [row for row in last if row["said"]],
    }


def rows(said: dict, keys) -> list[dict]:
    return [{"ask": key.label, "said": said[key]} for key in keys if said[key]]


def worse(plan) -> list[dict]:
    """What happens if the person gets worse, each text by itself."""
    found = []
    for level in crisis.strip(plan.words, instead=NOT_SHARED):
        heading = _("Om du mår sämre") if level["plain"] else level["heading"]
        told = level["rows"][:1] if level["hidden"] else level["rows"]
        found += [
            {"ask": heading if level["hidden"] else f"{heading}. {row['label']}", "said": row["text"]} for row in told
        ]
    return found


def goal_of(number: int, goal) -> dict:
    measures = [contexts.measure_of(one) | {"when": documents.measure_when(one)} for one in goal.measures.all()]
    return {"number": number, "text": goal.text, "how_noticed": goal.how_noticed, "measures": measures}
