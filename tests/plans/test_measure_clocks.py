"""A measure's own dates are clocks: told before, on and after, then the manager, until it is done (TID-7)."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connections

from cases.models import Case
from notifications.models import Delivery, InboxItem
from organisations.jobs import BlindSweep
from organisations.models import DeadlineRule
from plans import approval, followups, measure_clocks, services
from plans.models import Measure
from tests import build
from tests.cast import Cast

STOCKHOLM = ZoneInfo("Europe/Stockholm")
ENDS = 20


def at(day: date, hour: int = 9) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=STOCKHOLM)


def approved(cast, *, unit="owner", starts=None, ends=ENDS, doer="unit"):
    """A plan in force where one measure has dates, and the others none; returns that measure."""
    draft = build.drafted(cast)
    with cast.acting("owner"):
        Measure.objects.filter(goal__plan=draft).delete()
        goal = draft.goals.get()
        about = {"unit_id": cast.unit(unit).pk} if doer == "unit" else {}
        measure = services.add_measure(
            goal=goal, text="Vi tränar balans hemma hos dig.", doer=doer, by=cast.owner,
            starts_on=starts and build.today() + timedelta(starts), ends_on=ends and build.today() + timedelta(ends),
            **about,
        )  # fmt: skip
        for other in ("owner", "party"):
            services.add_measure(
                goal=goal, text="Vi hör av oss.", doer="unit", unit_id=cast.unit(other).pk, ongoing=True, by=cast.owner
            )
    build.confirmed(cast, draft)
    with cast.acting("owner"):
        draft = services.draft_of(draft.case)
        approval.approve(plan=draft, agreed_how="Du sa ja.", revision=draft.revision, by=cast.owner)
        return Measure.objects.select_related("goal__plan__case").get(pk=measure.pk)


def told(cast, measure, prefix="measure") -> dict[str, tuple]:
    """The mails about a measure, by what the key says of moment and unit: when they are due, and their state."""
    with cast.acting("worker"):
        found = Delivery.objects.filter(dedupe_key__startswith=f"{prefix}:{measure.pk}:")
        rows = list(found.values_list("dedupe_key", "due_at", "state"))
    return {":".join(key.split(":")[3:]): (due.astimezone(STOCKHOLM), state) for key, due, state in rows}


def walk(days) -> None:
    """The worker's sweep three times each of those days."""
    for day in days:
        for hour in (0, 8, 23):
            measure_clocks.sweep(now=at(build.today() + timedelta(day), hour))


def test_the_unit_that_does_it_and_the_one_that_leads_are_told_each_once(cast):
    measure = approved(cast, unit="party")
    walk(range(ENDS + 9))
    ends = measure.ends_on
    moments = {"before7": -7, "on": 0, "after": 1, "escalate": 7}
    wanted = {
        f"{what}:{cast.unit(who).pk}": at(ends + timedelta(days), 8)
        for what, days in moments.items()
        for who in ("party", "owner")
    }
    assert {key: due for key, (due, _) in told(cast, measure).items()} == wanted
    for who in ("party", "owner"):
        with cast.acting(who):
            rows = InboxItem.objects.filter(dedupe_key__startswith=f"measure:{measure.pk}:").order_by("pk")
            assert list(rows.values_list("kind", flat=True)) == ["deadline", "deadline", "deadline_manager"]


def test_a_measure_that_should_have_begun_is_told_of_without_warning(cast):
    measure = approved(cast, starts=3, ends=None)
    walk(range(12))
    unit = cast.unit("owner").pk
    assert set(told(cast, measure, "measure_start")) == {f"on:{unit}", f"after:{unit}", f"escalate:{unit}"}
    assert told(cast, measure) == {}


def test_one_that_the_person_does_is_told_to_those_who_lead(cast):
    measure = approved(cast, doer="self")
    walk(range(ENDS - 8, ENDS + 1))
    assert set(told(cast, measure)) == {f"{what}:{cast.unit('owner').pk}" for what in ("before7", "on", "after")}


def test_a_unit_that_no_longer_sees_the_case_is_not_told(cast):
    measure = approved(cast, unit="party")
    build.answered(cast, measure.goal.plan.case, units=())
    walk(range(ENDS - 8, ENDS + 1))
    assert {key.split(":")[1] for key in told(cast, measure)} == {str(cast.unit("owner").pk)}


@pytest.mark.parametrize(("status", "starts", "ends"), [
    ("planned", 1, 1), ("ongoing", 0, 1), ("done", 0, 0), ("not_done", 0, 0),
])  # fmt: skip
def test_what_is_reported_silences_what_is_over(cast, status, starts, ends):
    measure = approved(cast, starts=2, ends=5)
    with cast.acting("owner"):
        followups.report(
            measure=Measure.objects.select_related("goal__plan__case").get(pk=measure.pk), status=status,
            reason="Personen var bortrest.", by=cast.owner,
        )  # fmt: skip
    measure_clocks.sweep(now=at(measure.ends_on))
    measure_clocks.sweep(now=at(measure.starts_on))
    assert (bool(told(cast, measure, "measure_start")), bool(told(cast, measure))) == (bool(starts), bool(ends))


def test_a_report_cancels_what_waits_at_once(cast):
    measure = approved(cast)
    measure_clocks.sweep(now=at(measure.ends_on - timedelta(1)))
    assert {state for _, state in told(cast, measure).values()} == {"due"}
    with cast.acting("owner"):
        found = Measure.objects.select_related("goal__plan__case").get(pk=measure.pk)
        followups.report(measure=found, status="done", by=cast.owner)
    assert {state for _, state in told(cast, measure).values()} == {"cancelled"}


def test_a_new_version_replaces_the_clocks_and_the_old_stay_as_history(cast):
    measure = approved(cast)
    measure_clocks.sweep(now=at(measure.ends_on - timedelta(1)))
    with cast.acting("owner"):
        case = Case.objects.with_names().get(pk=measure.case_id)
        draft = services.start_draft(case=case, by=cast.owner)
        new = Measure.objects.get(goal__plan=draft, carried_from=measure)
        values = {name: getattr(new, name) for name in services.MEASURE_TEXTS}
        values |= {"unit_id": new.unit_id, "ends_on": measure.ends_on + timedelta(30)}
        services.change_measure(measure=new, values=values, revision=new.revision, by=cast.owner)
        draft = services.draft_of(draft.case)
        again = {"follow_up_on": build.today() + timedelta(90)}
        services.save_block(plan=draft, values=again, revision=draft.revision, by=cast.owner)
        draft = services.draft_of(draft.case)
        approval.approve(plan=draft, agreed_how="Du sa ja igen.", revision=draft.revision, by=cast.owner)
    measure_clocks.sweep(now=at(measure.ends_on - timedelta(1)))
    assert {state for _, state in told(cast, measure).values()} == {"cancelled"}
    assert told(cast, new) == {}
    with cast.acting("owner"):
        assert Measure.objects.get(pk=measure.pk).ends_on == measure.ends_on


def test_the_rule_of_the_day_of_approval_is_used_and_one_rule_only(own_database):
    """A rule that ended before, and one that begins after: neither changes what was agreed under the one between."""
    cast = Cast()
    today = build.today()
    for rule in DeadlineRule.objects.using("admin").filter(kind="measure"):
        rule.valid_from, rule.valid_to = today, today
        rule.save(using="admin")
        for since, until, warn in ((None, today - timedelta(1), [3]), (today + timedelta(1), None, [9])):
            rule.pk, rule.valid_from, rule.valid_to, rule.warn_before_days = None, since, until, warn
            rule.save(using="admin")
    measure = approved(cast)
    walk(range(ENDS - 12, ENDS - 1))
    assert {key.split(":")[0] for key in told(cast, measure)} == {"before7"}


def test_a_sweep_again_makes_nothing_and_a_closed_case_is_silent(cast):
    measure = approved(cast)
    assert measure_clocks.sweep(now=at(measure.ends_on)) > 0
    assert measure_clocks.sweep(now=at(measure.ends_on)) == 0


def test_a_sweep_that_is_blind_says_so(own_database):
    cast = Cast()
    approved(cast)
    with connections["admin"].cursor() as cursor:
        cursor.execute("drop policy worker_select on plans_measure")
    with pytest.raises(BlindSweep):
        measure_clocks.sweep()


def test_the_page_of_clocks_shows_the_day_why_and_its_source(cast, browse):
    measure = approved(cast, starts=2)
    build.answered(cast, measure.goal.plan.case, units=("party",), valid_to=build.today() + timedelta(40))
    page = browse("amira.falun").get(f"/arenden/{measure.case_id}/tidsgranser/").content.decode()
    for said in (
        "Insats ska börja",
        "Insats ska vara klar",
        "Version 1 av planen",
        "Vi tränar balans hemma hos dig.",
        "Den dag som står i planen för insatsen.",
        "Samtycket går ut",
        "Den dag som samtycket gäller till.",
    ):
        assert said in page, said
    with cast.acting("owner"):
        found = Measure.objects.select_related("goal__plan__case").get(pk=measure.pk)
        followups.report(measure=found, status="ongoing", by=cast.owner)
    page = browse("amira.falun").get(f"/arenden/{measure.case_id}/tidsgranser/").content.decode()
    assert "Insats ska börja" not in page and "Insats ska vara klar" in page
