"""Reads the facts of many cases in one statement, and says in SQL whose turn it is (the same as `next_step`)."""

from datetime import date, datetime

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Case as Choose
from django.db.models import (
    Count,
    DateField,
    Exists,
    Expression,
    F,
    FilteredRelation,
    Func,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Coalesce, JSONObject
from django.utils import timezone

from cases.enums import DeadlineKind, State
from cases.models import Case, Deadline, Participation
from casework.next_step import FOLLOW_UP_BEFORE, REMIND_BEFORE, Facts
from consent.models import WAITING, Answer, Consent, LegalGround
from deviations.selectors import undecided
from meetingroom.consultation import not_offered
from meetings import calling
from meetings.forwarding import unasked
from meetings.forwarding_models import TimeProposal
from meetings.models import AnswerKind, CancellationCall, Invitation, Meeting, MeetingState
from notifications.models import InboxItem
from plans.models import BlockKey, Doer, Measure, MeasureState, Plan, PlanState
from preparation.bookings import ORDERED
from preparation.models import Booking, BookingKind, PreparationKey, PreparationText

# Another ground in law stands in for the answer about sharing, for the party that it names.
TODAY = Func(function="sip_today", output_field=DateField())
GROUND = LegalGround.objects.filter(case_id=OuterRef("case_id"), ended_at=None, valid_to__gte=TODAY)
# The states in which a plan may be written.
WRITTEN_IN = [State.MET, State.PLANNED, State.FOLLOWING_UP]
NEVER = Q(case_id__isnull=True)
# Where a case stands after a meeting was called off, or moved, on its very day; a withdrawal closes it.
AFTER_CALLED_OFF = [State.CONSENTED, State.CALLED, State.PLANNED, State.FOLLOWING_UP, State.CLOSED]
# Where a case stands after a meeting was held; in the others there is always something else to do.
AFTER_MEETING = [State.CONSENTED, State.CALLED, State.MET, State.PLANNED, State.FOLLOWING_UP]
AT_REST = [State.CALLED, State.PLANNED, State.FOLLOWING_UP]
PREPARED = (PreparationKey.WHAT_MATTERS, PreparationKey.QUESTION)


def of_case(ref: str, *, now):
    """The conditions as subqueries over the case id `ref`: a column of the outer query."""
    outer = OuterRef(ref)
    return {
        "called": Meeting.objects.filter(case_id=outer, state=MeetingState.CALLED),
        "unanswered": Invitation.objects.filter(
            case_id=outer, meeting__state=MeetingState.CALLED, answer=AnswerKind.NONE
        ),
        "calls": CancellationCall.objects.filter(calling.left(now), case_id=outer),
        "consent": Consent.objects.filter(
            Q(share_answer=Answer.YES) | Exists(GROUND),
            case_id=outer,
            superseded_at=None,
            withdrawn_at=None,
            planning_answer=Answer.YES,
        ),  # fmt: skip
        "waiting": Consent.objects.filter(
            Q(share_answer=WAITING) | Q(planning_answer=WAITING), case_id=outer, superseded_at=None
        ),
        "draft": Plan.objects.filter(case_id=outer, state=PlanState.DRAFT),
        "drafted_words": Plan.objects.filter(case_id=outer, state=PlanState.DRAFT).annotate(
            row=FilteredRelation("blocks", condition=Q(blocks__key=BlockKey.WHAT_MATTERS))
        ),
        "proposed": Measure.objects.filter(
            case_id=outer, doer=Doer.UNIT, state=MeasureState.PROPOSED, goal__plan__state=PlanState.DRAFT
        ),
        "deadline": Deadline.objects.filter(case_id=outer, met_at=None, cancelled_at=None),
        "parties": Participation.objects.filter(case_id=outer, ended_on=None),
        "prepared": PreparationText.objects.filter(case_id=outer, key__in=PREPARED).exclude(text=""),
        "unread": InboxItem.objects.filter(case_id=outer, read_at=None),
    }


def to_book(ref: str, unit_id: int):
    """The case `ref` when an interpreter is needed and not ordered, and the unit books it (as `bookings.who_books`)."""
    on_ward = Participation.objects.filter(case_id=OuterRef("pk"), ended_on=None, unit_id=OuterRef("ward_unit_id"))
    steering = Q(ward_unit_id=F("owner_unit_id")) | Q(ward_unit_id=F("lead_unit_id"))
    ward = Choose(When(Q(inpatient=True) & (steering | Exists(on_ward)), then=Value(True)), default=Value(False))
    ordered = Booking.objects.filter(case_id=OuterRef("pk"), kind=BookingKind.INTERPRETER, state__in=ORDERED)
    calls = Q(owner_unit_id=unit_id) | Q(lead_unit_id=unit_id)
    needed = Case.objects.filter(~Exists(ordered), pk=OuterRef(ref), interpreter=True).annotate(ward=ward)
    return needed.filter(Q(ward=True, ward_unit_id=unit_id) | Q(calls, ward=False))


def absent(ref: str, unit_id: int):
    """The absences of the case `ref` that the unit has not decided on."""
    return undecided(unit_id).filter(case_id=OuterRef(ref))


def first(rows, column):
    """A column or an expression of the only row there is."""
    return Subquery(rows.values(found=column if isinstance(column, Expression) else F(column))[:1])


def counted(rows):
    """How many, as a subquery; nothing is 0."""
    number = rows.order_by().values("case_id").annotate(number=Count("*")).values("number")
    return Coalesce(Subquery(number, output_field=IntegerField()), 0)


def only_in(states, subquery):
    """The subquery in those states only: each one costs a look in `case_access` too."""
    return Choose(When(state__in=states, then=subquery))


def meeting_facts(now) -> JSONObject:
    ahead = TimeProposal.objects.filter(invitation__meeting=OuterRef("pk"), starts_at__gt=now)
    return JSONObject(id="pk", starts_at="starts_at", ends_at="ends_at", proposed=Exists(ahead))


def with_facts(cases, *, unit_id: int):
    """Annotate cases with everything that `facts_of` needs, in one statement with few subqueries."""
    of = of_case("pk", now=timezone.now())
    calls = of["calls"].order_by().values("case_id").annotate(left=Count("*"), last=Max("meeting_id"))
    follow_up = (
        of["deadline"].filter(kind=DeadlineKind.FOLLOW_UP).values("case_id").annotate(on=Min("due_on")).values("on")
    )
    unanswered = of["unanswered"].order_by().values("case_id")
    return cases.annotate(
        meeting=only_in([State.CALLED], first(of["called"], meeting_facts(timezone.now()))),
        unanswered=only_in(
            [State.CALLED], Subquery(unanswered.annotate(units=ArrayAgg(Coalesce("unit_id", 0))).values("units"))
        ),
        calls=only_in(
            AFTER_CALLED_OFF,
            first(calls, JSONObject(left="left", meeting="last", state=Max("meeting__state"))),
        ),
        consent_until=first(of["consent"], Coalesce("valid_to", Value(date.max))),
        # What matters to the person, as far as the draft says it to the unit; no draft is null.
        said=first(of["drafted_words"], Coalesce("row__text", Value(""), output_field=TextField())),
        to_confirm=only_in(WRITTEN_IN, Exists(of["proposed"].filter(unit_id=unit_id))),
        consent_waiting=Exists(of["waiting"]),
        has_parties=Exists(of["parties"]),
        follow_up_on=only_in([State.PLANNED, State.FOLLOWING_UP], Subquery(follow_up)),
        prepared=only_in([State.CONSENTED], Exists(of["prepared"])),
        books_interpreter=only_in([State.CALLED], Exists(to_book("pk", unit_id))),
        waits_for_yes=only_in([State.CALLED], Exists(unasked(OuterRef("pk")))),
        absence=only_in([*AFTER_MEETING, State.CLOSED], Exists(absent("pk", unit_id))),
        consultation=only_in(AFTER_MEETING, Exists(not_offered(OuterRef("pk")))),
        unread=counted(of["unread"].filter(unit_id=unit_id)),
    )


def facts_of(case: Case, actor, *, now, today, nameless: bool = False) -> Facts:
    """The facts of an annotated case for `actor`; `nameless` keeps the person's name out (coordinators)."""
    meeting, unanswered, calls = case.meeting or {}, case.unanswered or [], case.calls or {}
    return Facts(
        state=case.state,
        now=now,
        today=today,
        steers=actor.unit_id in {case.owner_unit_id, case.lead_unit_id},
        may_write=actor.may("plans.edit"),
        may_answer=actor.may("meetings.answer"),
        first_name="personen" if nameless or case.is_protected else case.given_name,
        steering_unit=(case.lead_unit or case.owner_unit).name,
        consent_ok=case.consent_until is not None and case.consent_until >= today,
        consent_lapsed=case.consent_until is not None and case.consent_until < today,
        consent_waiting=case.consent_waiting,
        has_parties=case.has_parties,
        meeting_id=meeting.get("id"),
        starts_at=instant(meeting.get("starts_at")),
        ends_at=instant(meeting.get("ends_at")),
        proposed=bool(meeting.get("proposed")),
        own_unanswered=actor.unit_id in unanswered,
        calls_left=calls.get("left", 0),
        calls_meeting=calls.get("meeting"),
        calls_about=MeetingState(calls["state"]).label.lower() if calls else "",
        others_unanswered=sum(unit != actor.unit_id for unit in unanswered),
        has_draft=case.said is not None,
        to_confirm=bool(case.to_confirm),
        what_matters_said=bool(case.said),
        follow_up_on=case.follow_up_on,
        unprepared=case.prepared is False,
        books_interpreter=bool(case.books_interpreter),
        waits_for_yes=bool(case.waits_for_yes),
        absence=bool(case.absence),
        consultation=bool(case.consultation),
    )


def instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def turns(actor, *, now, today) -> dict[str, Q]:
    """Conditions over `case_access` rows: whose turn it is. Kept equal to `next_step` by a test."""
    of = of_case("case_id", now=now)
    is_called = Q(case__state=State.CALLED)
    answer = NEVER
    if actor.may("meetings.answer"):
        # The state first: what is cheap spares the subquery.
        answer = is_called & Q(Exists(of["unanswered"].filter(unit_id=actor.unit_id)))
    confirm = NEVER
    if actor.may("plans.edit"):
        confirm = Q(case__state__in=WRITTEN_IN) & Q(Exists(of["proposed"].filter(unit_id=actor.unit_id)))
    steers = Q(case__owner_unit_id=actor.unit_id) | Q(case__lead_unit_id=actor.unit_id)
    lapsed = Q(Exists(of["consent"].filter(valid_to__lt=today)))
    over = Q(Exists(of["called"].filter(ends_at__lte=now)))
    ahead = Q(Exists(of["called"].filter(starts_at__gt=now)))
    soon = Q(Exists(of["called"].filter(starts_at__lte=now + REMIND_BEFORE)))
    others = Q(Exists(of["unanswered"].exclude(unit_id=actor.unit_id)))
    follow_up = of["deadline"].filter(kind=DeadlineKind.FOLLOW_UP)
    # No day, or one that is near: there is at most one open follow-up.
    due = ~Q(Exists(follow_up.filter(due_on__gt=today + FOLLOW_UP_BEFORE)))
    books = is_called & Q(Exists(to_book("case_id", actor.unit_id)))
    unknown = is_called & Q(Exists(unasked(OuterRef("case_id"))))
    besides = Q(case__state__in=AT_REST) & (
        Q(Exists(absent("case_id", actor.unit_id))) | Q(Exists(not_offered(OuterRef("case_id"))))
    )
    in_plan = Q(case__state__in=[State.PLANNED, State.FOLLOWING_UP])
    calls = Q(case__state__in=AFTER_CALLED_OFF) & Q(Exists(of["calls"]))
    to_do = (
        Q(case__state__in=[State.INITIATED, State.CONSENTED, State.MET])
        | (is_called & (over | lapsed | unknown | books | (others & soon)))
        | (in_plan & (due | Q(Exists(of["draft"])) | lapsed))
        | calls
        | besides
    )
    waiting = is_called & ~over & ~lapsed & ~unknown & ~books & others & ~soon & ~calls & ~besides
    # The ward books without steering, while the meeting lies ahead.
    mine, theirs = (steers & to_do) | (~steers & ahead & books), (steers & waiting) | (~steers & ~(is_called & ahead))
    if not actor.may("plans.edit"):
        mine, theirs = NEVER, theirs | (steers & to_do)
    return {"you": answer | confirm | mine, "others": ~answer & ~confirm & theirs}
