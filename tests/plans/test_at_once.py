"""Several at once, with real commits: nobody waits crosswise, and only one comes first (PLA-4, PLA-5)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from cases.models import Case
from organisations.errors import conflict_message
from plans import approval, drawing, services
from plans.models import Goal, Measure, Plan, PlanDocument
from tests import build
from tests.cast import Cast


@pytest.fixture
def cast(own_database) -> Cast:
    return Cast()


def at_once(*work) -> list:
    """Run each in a thread with a connection of its own; what it raised stands for what it returned."""
    barrier = Barrier(len(work))

    def run(one):
        try:
            barrier.wait(10)
            return one()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(run, work))


def test_two_parties_write_in_the_same_draft(cast):
    draft = build.drafted(cast)
    with cast.acting("owner"):
        goal = Goal.objects.get(plan=draft)

    def write(who):
        def done():
            for step in range(5):
                with cast.acting(who):
                    mine = Goal.objects.select_related("plan").get(pk=goal.pk)
                    services.add_measure(goal=mine, text=f"{who} {step}", doer="self", by=cast.actor(who))

        return done

    assert at_once(write("owner"), write("party")) == [None, None]
    with cast.acting("owner"):
        assert Measure.objects.filter(goal=goal).count() == 13
        assert Plan.objects.get(pk=draft.pk).revision == draft.revision + 10


def test_of_two_approvals_at_once_one_is_made(cast):
    draft = build.drafted(cast)

    def approve():
        with cast.acting("owner"):
            approval.approve(plan=draft, agreed_how="Ja", revision=draft.revision, by=cast.owner)

    errors = [error for error in at_once(approve, approve) if error]
    assert len(errors) == 1 and conflict_message(errors[0])
    with cast.acting("owner"):
        assert Case.objects.get(pk=draft.case_id).events.filter(kind="plan_approved").count() == 1


def test_an_approval_and_a_save_at_once_leave_what_the_person_said_yes_to(cast):
    draft = build.drafted(cast)

    def approve():
        with cast.acting("owner"):
            approval.approve(plan=draft, agreed_how="Ja", revision=draft.revision, by=cast.owner)

    def write():
        with cast.acting("party"):
            services.save_block(plan=draft, values={"why": "Nytt"}, revision=draft.revision, by=cast.party)

    errors = [error for error in at_once(approve, write) if error]
    assert len(errors) == 1 and conflict_message(errors[0])
    with cast.acting("owner"):
        now = Plan.objects.get(pk=draft.pk)
        assert (now.state, now.words["why"]) in {("approved", draft.words["why"]), ("draft", "Nytt")}


def test_two_workers_draw_a_document_once(cast, monkeypatch):
    plan = build.planned(cast)
    drawn = []

    def slow(context, *, timeout):
        drawn.append(1)
        return b"%PDF-1.7"

    monkeypatch.setattr(drawing.QUEUE, "render", slow)
    assert sum(at_once(drawing.QUEUE.draw_due, drawing.QUEUE.draw_due)) >= 1
    assert drawn == [1]
    with cast.acting("owner"):
        assert PlanDocument.objects.get(plan=plan).state == "ready"
