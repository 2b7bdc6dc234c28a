"""The plan in force as it is read in an emergency: what to do if the person gets worse first, and nothing beside it.

Reads the plan's own tables alone: row security shows one who has broken the glass nothing else.
"""

from cases import topics
from organisations import swedish
from plans import crisis, documents, services, versions
from plans.models import BlockKey, Plan, PlanState

# Meant for the person and the parties: no help in an emergency.
NOT_SHOWN = {BlockKey.PERSON_OPINION, BlockKey.DISAGREEMENT}


def page(case_id, opened, *, now) -> dict | None:
    """The template context, or None when the plan is no longer in force."""
    plan = services.with_content(Plan.objects.filter(case_id=case_id, state=PlanState.APPROVED)).first()
    if plan is None:
        return None
    rest = [key for key in BlockKey if key not in crisis.KEYS and key not in NOT_SHOWN]
    return {
        "case_id": case_id,
        "opened": opened,
        "left": time_left(opened.ends_at, now),
        "heading": versions.heading(plan),
        # The worst first: that is what somebody has opened it for.
        "crisis": crisis.strip(plan.words, instead=topics.NOT_SHARED)[::-1],
        "texts": texts(plan, rest),
        "goals": [documents.goal_text(number, goal) for number, goal in enumerate(plan.goals.all(), start=1)],
        "lead": documents.lead_text(plan),
        "follow_up": documents.follow_up_when(plan),
        "not_shared": topics.NOT_SHARED,
        "part_hidden": not plan.seen_whole,
    }


def texts(plan, keys) -> list[dict]:
    """The texts under these keys that say something; one that is kept out even now says only that."""
    found = []
    for key in keys:
        text = plan.words.get(key)
        if text or text is None:
            found.append({"label": key.label, "text": text or topics.NOT_SHARED, "hidden": text is None})
    return found


def time_left(ends_at, now) -> str:
    """3 timmar och 12 minuter, till tisdag 17 mars 2026 kl. 13.30"""
    minutes = max(0, int((ends_at - now).total_seconds()) // 60)
    hours, rest = divmod(minutes, 60)
    said = [swedish.count(hours, "timme", "timmar")] if hours else []
    said += [swedish.count(rest, "minut", "minuter")] if rest or not hours else []
    return f"{' och '.join(said)}, till {swedish.date_and_time(ends_at)}"
