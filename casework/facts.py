"""Reads the facts of many cases in one statement, and says in SQL whose turn it is (the same as `next_step`)."""

from django.db.models import Count, Exists, IntegerField, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from cases.enums import DeadlineKind, State
from cases.models import Case, Deadline, Participation
from casework.next_step import FOLLOW_UP_BEFORE, REMIND_BEFORE, Facts
from consent.models import Answer, Consent
from meetings.models import AnswerKind, Invitation, Meeting, MeetingState
from notifications.models import InboxItem
from plans.models import Plan, PlanState

NEVER = Q(case_id__isnull=True)


def of_case(ref: str):
    """The conditions as subqueries over the case id `ref`: a column of the outer query."""
    outer = OuterRef(ref)
    return {
        "called": Meeting.objects.filter(case_id=outer, state=MeetingState.CALLED),
        "unanswered": Invitation.objects.filter(
            case_id=outer, meeting__state=MeetingState.CALLED, answer=AnswerKind.NONE
        ),
        "consent": Consent.objects.filter(
            case_id=outer, superseded_at=None, withdrawn_at=None, share_answer=Answer.YES, planning_answer=Answer.YES
        ),
        "draft": Plan.objects.filter(case_id=outer, state=PlanState.DRAFT),
        "deadline": Deadline.objects.filter(case_id=outer, met_at=None, cancelled_at=None),
        "parties": Participation.objects.filter(case_id=outer, ended_on=None),
        "unread": InboxItem.objects.filter(case_id=outer, read_at=None),
    }


def first(rows, column):
    return Subquery(rows.values(column)[:1])


def counted(rows):
    """How many, as a subquery; nothing is 0."""
    number = rows.order_by().values("case_id").annotate(number=Count("*")).values("number")
    return Coalesce(Subquery(number, output_field=IntegerField()), 0)


def with_facts(cases, *, unit_id: int, today):
    """Annotate cases with everything that `facts_of` needs, in one statement."""
    of = of_case("pk")
    due = of["deadline"].order_by("due_on")
    follow_up = (
        of["deadline"].filter(kind=DeadlineKind.FOLLOW_UP).values("case_id").annotate(on=Min("due_on")).values("on")
    )
    return cases.annotate(
        meeting_id=first(of["called"], "pk"),
        starts_at=first(of["called"], "starts_at"),
        ends_at=first(of["called"], "ends_at"),
        own_unanswered=Exists(of["unanswered"].filter(unit_id=unit_id)),
        others_unanswered=counted(of["unanswered"].exclude(unit_id=unit_id)),
        consent_ok=Exists(of["consent"]),
        consent_lapsed=Exists(of["consent"].filter(valid_to__lt=today)),
        has_draft=Exists(of["draft"]),
        what_matters_said=Exists(of["draft"].exclude(what_matters="")),
        has_parties=Exists(of["parties"]),
        due_on=first(due, "due_on"),
        due_kind=first(due, "kind"),
        follow_up_on=Subquery(follow_up),
        unread=counted(of["unread"].filter(unit_id=unit_id)),
    )


def facts_of(case: Case, actor, *, now, today, nameless: bool = False) -> Facts:
    """The facts of an annotated case for `actor`; `nameless` keeps the person's name out (coordinators)."""
    return Facts(
        state=case.state,
        now=now,
        today=today,
        steers=actor.unit_id in {case.owner_unit_id, case.lead_unit_id},
        may_write=actor.may("plans.edit"),
        may_answer=actor.may("meetings.answer"),
        first_name="personen" if nameless or case.is_protected else case.given_name,
        steering_unit=(case.lead_unit or case.owner_unit).name,
        consent_ok=case.consent_ok,
        consent_lapsed=case.consent_lapsed,
        has_parties=case.has_parties,
        meeting_id=case.meeting_id,
        starts_at=case.starts_at,
        ends_at=case.ends_at,
        own_unanswered=case.own_unanswered,
        others_unanswered=case.others_unanswered,
        has_draft=case.has_draft,
        follow_up_on=case.follow_up_on,
    )


def turns(actor, *, now, today) -> dict[str, Q]:
    """Conditions over `case_access` rows: whose turn it is. Kept equal to `next_step` by a test."""
    of = of_case("case_id")
    answer = NEVER
    if actor.may("meetings.answer"):
        answer = Q(Exists(of["unanswered"].filter(unit_id=actor.unit_id)))
    steers = Q(case__owner_unit_id=actor.unit_id) | Q(case__lead_unit_id=actor.unit_id)
    lapsed = Q(Exists(of["consent"].filter(valid_to__lt=today)))
    over = Q(Exists(of["called"].filter(ends_at__lte=now)))
    ahead = Q(Exists(of["called"].filter(starts_at__gt=now)))
    soon = Q(Exists(of["called"].filter(starts_at__lte=now + REMIND_BEFORE)))
    others = Q(Exists(of["unanswered"].exclude(unit_id=actor.unit_id)))
    follow_up = of["deadline"].filter(kind=DeadlineKind.FOLLOW_UP)
    no_day = ~Q(Exists(follow_up))
    due = Q(Exists(follow_up.filter(due_on__lte=today + FOLLOW_UP_BEFORE)))
    in_plan = Q(case__state__in=[State.PLANNED, State.FOLLOWING_UP])
    is_called = Q(case__state=State.CALLED)
    to_do = (
        Q(case__state__in=[State.INITIATED, State.CONSENTED, State.MET])
        | (is_called & (over | lapsed | (others & soon)))
        | (in_plan & (lapsed | Q(Exists(of["draft"])) | no_day | due))
    )
    waiting = is_called & ~over & ~lapsed & others & ~soon
    mine, theirs = steers & to_do, (steers & waiting) | (~steers & ~(is_called & ahead))
    if not actor.may("plans.edit"):
        mine, theirs = NEVER, theirs | mine
    return {"you": answer | mine, "others": ~answer & theirs}
