"""The worklist: starts from `case_access`, picks a page of ids there, and only then looks the cases up."""

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from audit import log
from cases.enums import STEP_OF, STEPS
from cases.models import Case, CaseAccess, Participation
from cases.numbers import ADULT, age
from casework import facts
from casework.next_step import next_step
from meetings.models import AnswerKind, Invitation, MeetingState
from notifications.models import InboxItem
from organisations import swedish

PAGE = 25
CHOICES = {
    "": "Alla öppna",
    "forsenat": "Försenat",
    "dig": "Väntar på dig",
    "andra": "Väntar på andra",
    "olast": "Oläst",
}
ROLES = {
    "ansvarig": "Jag är huvudansvarig",
    "agare": "Vår enhet ansvarar",
    "inbjuden": "Vår enhet är kallad eller inbjuden",
}
NOTES = {
    "": "där din enhet är med",
    "forsenat": "datumet har passerat",
    "dig": "du har nästa steg",
    "andra": "svar eller underlag",
    "olast": "nytt sedan sist",
}
ANSWERS = {
    AnswerKind.NONE: "waiting",
    AnswerKind.COMING: "coming",
    AnswerKind.DELEGATE: "coming",
    AnswerKind.DECLINED: "not_coming",
}


@dataclass(frozen=True)
class Wanted:
    """What the one who looks has chosen to see; unknown values mean everything."""

    choice: str = ""
    step: int = 0
    role: str = ""
    page: int = 1

    def address(self, **changes) -> str:
        values = {"visa": self.choice, "steg": self.step, "roll": self.role, "sida": self.page} | changes
        kept = {k: v for k, v in values.items() if v and (k, v) != ("sida", 1)}
        return reverse("casework:worklist") + (f"?{urlencode(kept)}" if kept else "")


def wanted(query) -> Wanted:
    def number(name, allowed):
        text = query.get(name, "")
        return int(text) if text.isdecimal() and int(text) in allowed else 0

    return Wanted(
        choice=query.get("visa", "") if query.get("visa", "") in CHOICES else "",
        step=number("steg", range(1, len(STEPS) + 1)),
        role=query.get("roll", "") if query.get("roll", "") in ROLES else "",
        page=number("sida", range(1, 10_000)) or 1,
    )


def page(actor, want: Wanted) -> dict:
    """The template context of one page; logs one row with the persons shown."""
    now, today = timezone.now(), timezone.localdate()
    mine = CaseAccess.objects.filter(unit_id=actor.unit_id, is_open=True, listed=True)
    conditions = choices_as_sql(actor, now=now, today=today)
    counts = mine.aggregate(**{f"n_{key}": Count("case_id", filter=condition) for key, condition in conditions.items()})
    picked = pick(mine, actor, want, conditions)
    rows = rows_of(dict(picked[:PAGE]), actor, now=now, today=today)
    log.record(
        "cases.listed", action=log.READ, persons=[row["person_id"] for row in rows], details={"shown": len(rows)}
    )
    first = (want.page - 1) * PAGE
    return {
        "today": today,
        "want": want,
        "groups": groups(rows, today),
        "choices": [choice(key, counts[f"n_{key}"], want) for key in CHOICES],
        "steps": list(enumerate(STEPS, start=1)),
        "roles": ROLES,
        "total": counts["n_"],
        "shown": f"Visar {first + 1}–{first + len(rows)}" if rows else "",
        "waiting_for_you": counts["n_dig"],
        "previous_url": want.address(sida=want.page - 1) if want.page > 1 else "",
        "next_url": want.address(sida=want.page + 1) if len(picked) > PAGE else "",
    }


def choices_as_sql(actor, *, now, today) -> dict[str, Q]:
    turn = facts.turns(actor, now=now, today=today)
    unread = InboxItem.objects.filter(case_id=OuterRef("case_id"), unit_id=actor.unit_id, read_at=None)
    return {
        "": Q(),
        "forsenat": Q(open_deadline__lt=today),
        "dig": turn["you"],
        "andra": turn["others"],
        "olast": Q(Exists(unread)),
    }


def pick(mine, actor, want: Wanted, conditions) -> list:
    """The ids and days of one page and one more, so that the page knows whether there is a next."""
    rows = mine.filter(conditions[want.choice])
    if want.step:
        rows = rows.filter(case__state__in=[state for state, step in STEP_OF.items() if step == want.step])
    if want.role == "ansvarig":
        rows = rows.filter(case__lead_staff_id=actor.staff_id)
    elif want.role == "agare":
        rows = rows.filter(case__owner_unit_id=actor.unit_id)
    elif want.role == "inbjuden":
        rows = rows.exclude(case__owner_unit_id=actor.unit_id)
    start = (want.page - 1) * PAGE
    ordered = rows.order_by(F("open_deadline").asc(nulls_last=True), "case_id")
    return list(ordered.values_list("case_id", "open_deadline")[start : start + PAGE + 1])


def rows_of(due_on: dict, actor, *, now, today) -> list[dict]:
    """The rows for those case ids in their order: two statements, however many rows."""
    cases = facts.with_facts(Case.objects.with_names(), unit_id=actor.unit_id).in_bulk(list(due_on))
    parties = parties_of(list(due_on), actor)
    nameless = not actor.may("cases.view")
    return [
        row(cases[pk], day, parties.get(pk, []), actor, nameless=nameless, now=now, today=today)
        for pk, day in due_on.items()
    ]


def parties_of(ids, actor) -> dict:
    """The other units of those cases with their answers to the coming meeting."""
    answer = Invitation.objects.filter(
        case_id=OuterRef("case_id"), unit_id=OuterRef("unit_id"), meeting__state=MeetingState.CALLED
    )
    found = Participation.objects.active().with_names().filter(case_id__in=ids).exclude(unit_id=actor.unit_id)
    result = {}
    for party in found.annotate(answer=Subquery(answer.values("answer")[:1])).order_by("unit__short_name"):
        shown = {"kind": party.unit.sector, "name": party.unit.short_name, "answer": ANSWERS.get(party.answer, "")}
        result.setdefault(party.case_id, []).append(shown)
    return result


def row(case, due_on, parties, actor, *, nameless, now, today) -> dict:
    hidden = nameless or case.is_protected
    known = facts.facts_of(case, actor, now=now, today=today, nameless=nameless)
    years = age(case.person.number, today)
    return {
        "pk": case.pk,
        "person_id": case.person_id,
        "url": "" if nameless else reverse("casework:case", args=[case.pk]),
        "name": f"Ärende {case.reference}" if nameless else case.shown_name,
        "protected": case.is_protected and not nameless,
        "number": "" if hidden else case.person.number,
        "age": years if years is not None and years < ADULT and not hidden else None,
        "reference": case.reference,
        "unread": case.unread,
        "step": case.step,
        "next": next_step(known),
        "starts_at": known.starts_at if known.starts_at and known.starts_at > now else None,
        "due_on": due_on,
        "late": bool(due_on and due_on < today),
        "soon": bool(due_on and today <= due_on <= today + timedelta(days=1)),
        "due_text": swedish.due(due_on, today) if due_on else "",
        "parties": parties,
        "lead_is_me": case.lead_staff_id is not None and case.lead_staff_id == actor.staff_id,
        "lead": case.lead_staff.name if case.lead_staff_id else "",
        "lead_unit": case.lead_unit.name if case.lead_unit_id else "",
    }


def groups(rows, today: date) -> list[dict]:
    """Late, this week, later; empty groups are left out."""
    week_ends = today + timedelta(days=6 - today.weekday())
    late = [r for r in rows if r["late"]]
    week = [r for r in rows if r["due_on"] and today <= r["due_on"] <= week_ends]
    later = [r for r in rows if not r["due_on"] or r["due_on"] > week_ends]
    named = [("Försenat", late, True), ("Den här veckan", week, False), ("Senare", later, False)]
    return [{"name": name, "rows": found, "late": is_late} for name, found, is_late in named if found]


def choice(key: str, number: int, want: Wanted) -> dict:
    return {
        "url": want.address(visa=key, sida=1),
        "count": number,
        "text": CHOICES[key],
        "note": NOTES[key],
        "current": want.choice == key,
        "late": key == "forsenat" and number > 0,
    }
