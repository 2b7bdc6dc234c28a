"""A meeting that is called off on its very day: the parties must be phoned, and each call is recorded (KAL-7)."""

from datetime import datetime

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from audit import log
from cases import services as cases
from meetings.calling_models import Callee, CancellationCall
from organisations import swedish
from organisations.errors import RuleBroken

WHO = {Callee.PERSON: "Personen", Callee.REPRESENTATIVE: "Företrädaren", Callee.INTERPRETER: "Tolken"}


def is_today(meeting) -> bool:
    """The meeting's day is the present one in Stockholm."""
    return timezone.localdate(meeting.starts_at) == timezone.localdate()


def left(now, at: str = "") -> Q:
    """The calls that are not over: nobody reached, and the hour of the meeting is ahead or nobody has tried.

    `at` is the way to the call, of the rows that are asked about.
    """
    untold = Q(**{f"{at}reached_at": None, f"{at}listed_at__isnull": False})
    return untold & (Q(**{f"{at}tries": 0}) | Q(**{f"{at}meeting__ends_at__gt": now}))


def is_over(call, now) -> bool:
    """The same as `left` says, of one call whose meeting is known."""
    return call.reached_at is not None or (call.tries > 0 and call.meeting.ends_at <= now)


def list_calls(*, meeting, alone=None) -> int:
    """Everybody who would have come to a moved meeting today, or those invitations alone; how many they are.

    Who they are is the database's own function, since a withdrawal lists them too: when a meeting is called off,
    whoever does it, the database does this by itself.
    """
    with connection.cursor() as cursor:
        cursor.execute("select list_calls(%s, %s, %s)", [meeting.pk, timezone.localdate(), alone])
        return cursor.fetchone()[0]


def to_make(case) -> int | None:
    """The latest meeting of the case with calls left, when the acting unit sees it."""
    waiting = CancellationCall.objects.filter(left(timezone.now()), case=case)
    return waiting.order_by("-meeting_id").values_list("meeting_id", flat=True).first()


def record(*, case, call, reached: bool, by, name: str = "", at: datetime | None = None) -> None:
    """Write how one call went: who was reached and when, or that nobody was and it must be tried again.

    Raises RuleBroken without a name, for an hour that has not been, and for a call that is over.
    """
    now = timezone.now()
    at = at or now
    call = CancellationCall.objects.select_for_update(of=("self",)).select_related(
        "meeting", "invitation__unit", "invitation__outside_party"
    ).get(pk=call.pk)  # fmt: skip
    if call.reached_at is not None:
        raise RuleBroken("Det samtalet är redan inskrivet.")
    if reached and not name:
        raise RuleBroken("Skriv vem du pratade med.", field="name")
    if at > now:
        raise RuleBroken("Klockslaget har inte varit än.", field="at")
    call.tries, call.tried_at, call.recorded_by_id = call.tries + 1, at, by.assignment_id
    if reached:
        call.reached_at, call.reached_name = at, name
    call.save(update_fields=["tries", "tried_at", "reached_at", "reached_name", "recorded_by"])
    what = call.meeting.get_state_display().lower()
    how = f"har fått veta att mötet är {what}" if reached else f"gick inte att nå om att mötet är {what}"
    cases.note(case, kind="phoned", text=f"{told_to(call)} {how} (kl. {swedish.clock(at)})", by=by)
    log.record("meetings.phoned", case_id=case.pk, person_id=case.person_id, object_id=str(call.pk))


def told_to(call) -> str:
    """Whom a call was to, without a name: the history says no more than it says elsewhere."""
    if call.invitation_id is None:
        return WHO[call.callee]
    invitation = call.invitation
    return invitation.unit.name if invitation.unit_id else invitation.outside_party.get_kind_display()
