"""Following up: how it went, a status per measure, and what it leads to (UPP-1, UPP-2, UPP-3, UPP-5)."""

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from audit import log
from cases import deadlines
from cases import services as cases
from cases.access import steers
from cases.enums import DeadlineKind, State
from cases.models import Case
from cases.topics import ALL
from consent import snapshot
from consent.handing_over import send_version
from meetings.models import Meeting, MeetingKind, MeetingState
from notifications import services as notifications
from organisations import swedish
from organisations.errors import RuleBroken
from organisations.models import Unit
from plans import services, sharing
from plans.measure_clocks import DAYS, FINISHED
from plans.models import FollowUp, Measure, MeasureReport, MeasureStatus, Plan


def measures_with_status(plan: Plan) -> list[Measure]:
    """The plan's measures in order, each with its `latest` report or None; two queries however many."""
    newest = MeasureReport.objects.filter(measure=OuterRef("pk")).order_by("-reported_at", "-pk").values("pk")[:1]
    found = Measure.objects.filter(goal__plan=plan).select_related("goal", "unit", "authority")
    measures = list(found.annotate(latest_id=Subquery(newest)).order_by("goal__position", "position", "pk"))
    reports = MeasureReport.objects.select_related("reported_by__staff", "reported_by__unit")
    by_id = reports.in_bulk([m.latest_id for m in measures if m.latest_id])
    for measure in measures:
        measure.latest = by_id.get(measure.latest_id)
    return measures


def history(case):
    """The case's follow-ups, latest first, with who wrote them and at which meeting."""
    return case.follow_ups.select_related("plan", "meeting", "by__staff").order_by("-held_on", "-pk")


def meetings_of(case):
    """Follow-up meetings that were held, latest first."""
    return Meeting.objects.filter(case=case, kind=MeetingKind.FOLLOW_UP, state=MeetingState.HELD).order_by("-starts_at")


def report(*, measure: Measure, status: str, by, reason: str = "") -> MeasureReport:
    """Tell how it goes with a measure of the plan in force (UPP-5); each party answers for its own (UPP-2).

    Raises RuleBroken for another party's measure, or when one that was not carried out has no reason.
    """
    plan = measure.goal.plan
    if plan.state != "approved":
        raise RuleBroken("Insatsen hör inte till den plan som gäller. Ladda om sidan.")
    if measure.unit_id and measure.unit_id != by.unit_id and not steers(plan.case, by):
        raise RuleBroken("Bara enheten som gör insatsen eller den ansvariga enheten kan skriva hur det går.")
    if status == MeasureStatus.NOT_DONE and not reason.strip():
        raise RuleBroken("Skriv varför insatsen inte blev av.", field="reason")
    found = MeasureReport.objects.create(
        case_id=measure.case_id, measure=measure, status=status, reason=reason.strip(), reported_by_id=by.assignment_id
    )
    if status in FINISHED:
        for day in DAYS:
            notifications.cancel(case_id=measure.case_id, key_prefix=f"{day.prefix}:{measure.pk}:")
    log.record("plans.measure_reported", case_id=plan.case_id, person_id=plan.case.person_id, object_id=str(measure.pk))
    return found


def may_report(measure: Measure, case, actor) -> bool:
    return measure.unit_id is None or measure.unit_id == actor.unit_id or steers(case, actor)


def tell_steering(*, measure: Measure, case, by) -> None:
    """A measure that was not carried out is a task for huvudansvarig's unit (UPP-2, UPP-5)."""
    for unit_id in {case.owner_unit_id, case.lead_unit_id} - {None, by.unit_id}:
        notifications.tell_unit(
            unit_id=unit_id, case_id=case.pk, kind="plan", key=f"measure:{measure.pk}:{timezone.localdate()}"
        )


def report_on_own(*, measure: Measure, status: str, by, reason: str = "") -> MeasureReport:
    """A party tells how it goes between follow-ups; one that was not carried out is told on (UPP-5)."""
    found = report(measure=measure, status=status, reason=reason, by=by)
    if status == MeasureStatus.NOT_DONE:
        tell_steering(measure=measure, case=measure.goal.plan.case, by=by)
    return found


def follow_up(
    *,
    case,
    held_on,
    how_it_went,
    outcome,
    by,
    statuses=None,
    helped="",
    hindered="",
    effect="",
    new_circumstances="",
    coordination_needed=True,
    next_on=None,
    meeting_id=None,
    topics=ALL,
) -> FollowUp:
    """Write a follow-up of the plan in force, with a status per measure: {measure id: (status, reason)}.

    `outcome` continue: the plan stands until the next date. revise: a draft of the next version is begun.
    close: the case can be ended. Raises RuleBroken without a plan in force, or while a meeting is called.
    """
    Case.objects.select_for_update(no_key=True, of=("self",)).get(pk=case.pk)
    plan = services.in_force(case)
    check(case, plan, held_on=held_on, outcome=outcome, next_on=next_on)
    sharing.must_be_readable(case.pk, topics, by=by)
    if outcome == "revise":
        sharing.must_see_all(case.pk, by=by)
    own = {measure.pk: measure for goal in plan.goals.all() for measure in goal.measures.all()}
    if not own.keys() >= (statuses or {}).keys():
        raise RuleBroken("En av insatserna finns inte i planen som gäller.", field="statuses")
    if case.state == State.PLANNED:
        # No meeting was called: the follow-up itself is the step.
        case.follow_up_held()
        case.save()
    meeting = meetings_of(case).get(pk=meeting_id) if meeting_id else None
    found = FollowUp.objects.create(
        case=case, plan=plan, meeting=meeting, held_on=held_on, how_it_went=how_it_went, helped=helped,
        hindered=hindered, effect=effect, new_circumstances=new_circumstances, coordination_needed=coordination_needed,
        outcome=outcome, next_on=None if outcome == "close" else next_on, by_id=by.assignment_id, topics=topics,
    )  # fmt: skip
    for pk, (status, reason) in (statuses or {}).items():
        measure = own[pk]
        measure.goal.plan = plan
        report(measure=measure, status=status, reason=reason, by=by)
    deadlines.meet(case=case, kind=DeadlineKind.FOLLOW_UP)
    if found.next_on:
        source = f"Uppföljningen {swedish.short_date(held_on)}"
        deadlines.agree(case=case, kind=DeadlineKind.FOLLOW_UP, due_on=found.next_on, source=source)
    text = f"Planen följdes upp: {found.get_outcome_display().lower()}"
    cases.note(case, kind="followed_up", text=text, by=by)
    log.record("plans.followed_up", case_id=case.pk, person_id=case.person_id, object_id=str(found.pk))
    if outcome == "revise":
        next_version(case, found, by=by)
    share(found, case, by=by)
    return found


def share(found: FollowUp, case, *, by) -> None:
    """Each party that sees the case gets its own frozen copy of what the follow-up found, and a disclosure row."""
    body = snapshot.build(case)
    others = cases.units_with_access(case) - {by.unit_id}
    for unit in Unit.objects.filter(pk__in=others).order_by("pk"):
        what = f"Uppföljningen {swedish.short_date(found.held_on)}"
        send_version(case=case, unit=unit, kind="follow_up", what=what, body=body, by=by)


def check(case, plan, *, held_on, outcome, next_on) -> None:
    """Raise RuleBroken when the follow-up cannot be written as told."""
    if plan is None:
        raise RuleBroken("Det finns ingen godkänd plan att följa upp.")
    if case.state == State.CALLED:
        raise RuleBroken("Ett uppföljningsmöte är kallat. Anteckna först att mötet hölls, eller ställ in det.")
    if plan.follow_ups.filter(held_on=held_on).exists():
        raise RuleBroken("Det finns redan en uppföljning den dagen. Läs den i listan.", field="held_on")
    if held_on > timezone.localdate():
        raise RuleBroken("Dagen har inte varit än. Ange vilken dag ni följde upp.", field="held_on")
    if held_on < timezone.localdate(plan.approved_at):
        raise RuleBroken("Uppföljningen kan inte vara före dagen då planen godkändes.", field="held_on")
    if outcome != "close" and next_on is None:
        raise RuleBroken("Skriv när nästa uppföljning är. Utan datum gäller ingen plan.", field="next_on")
    if outcome != "close" and next_on <= timezone.localdate():
        raise RuleBroken("Välj ett datum för nästa uppföljning som ligger framåt i tiden.", field="next_on")


def next_version(case, follow_up: FollowUp, *, by) -> Plan:
    """The draft of the next version with the agreed date in it; one that is already begun is kept (PLA-5)."""
    draft = services.draft_of(case) or services.start_draft(case=case, by=by)
    values = {"follow_up_on": follow_up.next_on}
    return services.save_block(plan=draft, values=values, revision=draft.revision, by=by)
