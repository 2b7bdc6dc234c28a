"""The contexts of the citizen's pages."""

from citizen import givers, news, preparing, readers, reading, words
from citizen.door import is_guardian
from papers.possible import OWN, Facts
from plans import crisis, disagreement


def only_one(cases):
    """The case to show at once: the only one, or the only open one; nothing when there is a choice to make."""
    running = [case for case in cases if case.is_open]
    found = running or cases
    return found[0] if len(found) == 1 else None


def frame(case) -> dict:
    """What every page about a case needs."""
    return {
        "case": case,
        "guardian": is_guardian(case),
        "first_name": "" if case.is_protected or is_guardian(case) else case.given_name,
        "contact": reading.contact_of(case),
        "closed_why": words.closed(case),
    }


def plan_page(case, actor) -> dict:
    """The plan in force with what matters most first; without a plan what has happened so far."""
    plans = reading.plans_of(case)
    plan = plans[0] if plans else None
    shown = {
        "plan": plan,
        "earlier": plans[1:],
        "meeting": reading.next_meeting(case),
        "consultation": reading.consultation_now(case),
        "before": preparing.before_meeting(case),
        "consent": reading.consent_now(case),
        "last_reader": readers.last_reader(case, actor.user_id),
    }
    if plan is None:
        shown["events"] = reading.happened(case, reading.consents_of(case))
    else:
        shown |= version_content(plan) | {"follow_up": reading.agreed_follow_up(case, plan)}
        shown["news"] = news.since(plans[1], plan) if plans[1:] else []
    return frame(case) | shown


def papers_page(case, actor) -> dict:
    """The person's own papers, and why one is not there yet."""
    facts = Facts(case, actor)
    rows = [
        {"kind": kind.value, "refused": "" if facts.why_not(kind) == "" else words.NO_PAPER[kind]} | words.PAPERS[kind]
        for kind in OWN
    ]
    return frame(case) | {"rows": rows}


def version_page(case, plan) -> dict:
    return frame(case) | {"plan": plan} | version_content(plan)


def version_content(plan) -> dict:
    return {
        "goals": reading.goals_of(plan),
        "worse": worse_of(plan),
        "disagreements": disagreement.lines(disagreement.of_plan(plan)),
    }


def worse_of(plan) -> list[dict]:
    """The levels of what happens if the person gets worse, each with the numbers to press."""
    return [level | {"numbers": numbers_of(level)} for level in crisis.strip(plan.words)]


def numbers_of(level) -> list:
    return [n for row in level["rows"] if row["name"] == "call_first" for n in words.numbers_in(row["text"])]


def consents_page(case) -> dict:
    rows, told = reading.consents_of(case), givers.told_of(case)
    for row in rows:
        row["givers"] = told.get(row["consent"].pk, [])
    now = next((row for row in rows if row["consent"].superseded_at is None), None)
    missing = [line for line in now["givers"] if line.missing] if now and case.is_open else []
    return frame(case) | {
        "rows": rows,
        "missing": missing,
        "grounds": reading.grounds_of(case),
        "may_answer": givers.who_may_answer(case),
    }
