"""What the pages of meeting mode show: the circle with its clock, the notes, and what is read aloud."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from cases import frame, topics
from cases.models import plan_in_force
from deviations import selectors
from meetingroom import consultation, drawing
from meetingroom.models import Room
from meetings import circle
from meetings.models import Meeting, MeetingState
from organisations import swedish
from plans import disagreement, documents
from plans.approval import missing
from plans.editor import shown_goal
from plans.language import Reader
from plans.models import PlanState

SUMMARY, LAST = 4, 5


def address(room: Room, name: str, *more) -> str:
    return reverse(f"meetingroom:{name}", args=[room.case_id, room.meeting_id, *more])


def first_name(case) -> str:
    return "personen" if case.is_protected else case.given_name


def planned_minutes(meeting: Meeting) -> int:
    """The length that the kallelse says, within what the circle can share out."""
    planned = (meeting.ends_at - meeting.starts_at) // timedelta(minutes=1)
    return min(max(planned, circle.SHORTEST), circle.LONGEST)


def outline(case, length: int) -> list[dict]:
    """The parts with their minutes, before the meeting has begun."""
    given = circle.minutes(length, circle.shares_of(case.guideline))
    paths = drawing.arcs(given)
    return [
        {"part": part, "minutes": minutes, "path": path}
        for part, minutes, path in zip(circle.PARTS, given, paths, strict=True)
    ]


def round_of(case, room: Room, here: int, now) -> dict:
    """The circle while the meeting goes on: where it is, where it should be, and when each part ends."""
    shares = circle.shares_of(case.guideline)
    spans = circle.spans(room.opened_at, room.minutes, shares)
    due = circle.part_at(now, room.opened_at, room.minutes, shares)
    parts = [
        row | {
            "url": address(room, "part", row["part"].number),
            "here": row["part"].number == here,
            "due": row["part"].number == due,
            "ends": swedish.clock(ends),
        }
        for row, (_begins, ends) in zip(outline(case, room.minutes), spans, strict=True)
    ]  # fmt: skip
    share = (now - room.opened_at) / timedelta(minutes=room.minutes)
    return {
        "parts": parts,
        "due": due,
        "due_name": circle.PARTS[due - 1].name if due else "",
        "ends": swedish.clock(spans[-1][1]),
        "closes": swedish.clock(room.closes_at),
        "hand": drawing.degrees(share),
        "began_s": int(room.opened_at.timestamp()),
        "now_s": int(now.timestamp()),
        "ends_s": ",".join(str(int(ends.timestamp())) for _begins, ends in spans),
        "left": left(spans[here - 1][1], now) if here else "",
    }


def left(ends, now) -> str:
    """Tolv minuter kvar av delen."""
    minutes = round((ends - now).total_seconds() / 60)
    if minutes > 0:
        return f"{swedish.count(minutes, 'minut', 'minuter')} kvar av den här delen"
    return "Tiden för den här delen är slut"


def base(request, case, room: Room, here: int = 0) -> dict:
    """What every page of the mode has."""
    context = frame.context(case, request.actor, here="meetings")
    return context | {
        "room": room,
        "meeting": room.meeting,
        "name": first_name(case),
        "ring": None if room.afterwards else round_of(case, room, here, timezone.now()),
        "parts": [(part, address(room, "part", part.number), part.number == here) for part in circle.PARTS],
        "taken": room.meeting.state == MeetingState.HELD,
    }


def part_page(request, case, room: Room, number: int, *, notes=None, form=None) -> dict:
    """One part of the circle with its prompts, and what is written in it."""
    found = base(request, case, room, number) | {
        "part": circle.PARTS[number - 1],
        "notes": notes,
        "form": form or (notes.bad if notes else None),
        "before": address(room, "part", number - 1) if number > 1 else "",
        "after": address(room, "part", number + 1) if number < LAST else "",
        "is_summary": number == SUMMARY,
        "is_last": number == LAST,
        "has_goals": number == circle.PARTS[2].number,
    }
    if number == 1:
        return found | present(case, room, form)
    plan = notes.plan
    plan.case = case
    found["checked"] = notes.checked(Reader(request.actor, case))
    if number == SUMMARY:
        found["sheet"] = documents.context(plan)
    if found["has_goals"]:
        found |= goals_part(request, case, plan)
    if number == LAST:
        found |= last_part(request, case, plan)
    return found


def present(case, room: Room, form) -> dict:
    """Who is here, or the form that asks; the present are never asked for twice."""
    rows = list(room.meeting.attendances.select_related("unit", "invitation").order_by("pk"))
    no_draft = room.meeting.state == MeetingState.HELD and not case.plans.filter(state=PlanState.DRAFT).exists()
    return {
        "attend": form,
        "came": [r for r in rows if r.came],
        "away": [r for r in rows if not r.came],
        # The meeting was written as held on another page, or the draft was approved while the meeting went on.
        "no_draft": no_draft,
        "approved": no_draft and bool(plan_in_force(case)),
    }


def goals_part(request, case, plan) -> dict:
    known, reader = topics.active(), Reader(request.actor, case)
    goals = [shown_goal(number, goal, known, reader) for number, goal in enumerate(plan.goals.all(), start=1)]
    return {"goals": goals, "views": views(plan)}


def last_part(request, case, plan) -> dict:
    """What is still to be done before all go home."""
    return {
        "plan": plan,
        "missing": [row for row in missing(plan, case) if row.part != "follow_up"],
        "absences": selectors.absences(case, request.actor),
        "asked": consultation.of_case(case).filter(ended_at=None).first(),
    }


def views(plan) -> list[dict]:
    return [disagreement.told(row) for row in disagreement.of_plan(plan)]


def disagreeing(request, case, room: Room, plan, form) -> dict:
    return base(request, case, room) | {"form": form, "views": views(plan), "back": address(room, "part", 3)}


def writing(request, case, room: Room, form, **more) -> dict:
    """A page with one form, with the hints on what stands in it, and the way back to the goals."""
    checked = Reader(request.actor, case).form(form)
    return base(request, case, room) | {"form": form, "checked": checked, "back": address(room, "part", 3)} | more


def due(case, room: Room) -> int:
    """The part in which the meeting should be now; the last one when its time is over."""
    shares = circle.shares_of(case.guideline)
    return circle.part_at(timezone.now(), room.opened_at, room.minutes, shares) or LAST


# Where a button leads once what was written is saved: the name of a page of the mode.
WAYS = {"goal": "goal_new", "disagree": "disagree", "respite": "respite", "consult": "consult"}


def way(room: Room, part: int, go: str) -> str:
    """The address that a button asks for; an unknown one stays on the part."""
    what, _, number = go.partition("-")
    if what in WAYS:
        return address(room, WAYS[what])
    if what in ("measure", "goals", "measures") and number.isdecimal():
        return address(room, {"measure": "measure_new", "goals": "goal", "measures": "measure"}[what], int(number))
    if what == "part" and number.isdecimal() and 1 <= int(number) <= LAST:
        return address(room, "part", int(number))
    return address(room, "part", part)
