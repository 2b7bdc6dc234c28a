"""Every state × every transition, allowed or refused: in the machines, and by direct POST over HTTP."""

import json
from datetime import date, timedelta
from itertools import product

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.utils import timezone
from django_fsm import FSMField, TransitionNotAllowed

from cases.enums import State
from cases.models import Case
from consent.models import Consent, ReceivedVersion
from deviations.models import Deviation, DeviationState
from discharge.models import Admission, CarePlan, Discharge, Notice
from meetings.models import Meeting, MeetingState
from organisations.actors import Actor
from plans.models import Measure, MeasureState, Plan, PlanState
from preparation.models import Booking, PreMeeting
from tests import build
from tests.cast import WHO
from tests.database import PASSWORD

BY = Actor(kind="staff", assignment_id=1)
NOW = timezone.now()
I, C, K, M, P, F, X, D = (  # noqa: E741
    State.INITIATED, State.CONSENTED, State.CALLED, State.MET, State.PLANNED, State.FOLLOWING_UP, State.CLOSED,
    State.DECLINED,
)  # fmt: skip

# Transition → (arguments, {state: new state without a plan in force}, {the same with one}). All else is refused.
CASE = {
    "consent_given": ({}, {I: C, C: C}, {I: C, C: C}),
    "declined": ({"on": date(2026, 3, 2)}, {I: D, C: D}, {I: D, C: D}),
    "meeting_called": ({}, dict.fromkeys((C, K, M, P, F), K), dict.fromkeys((C, K, M, P, F), K)),
    "meeting_cancelled": ({}, {K: C}, {}),
    "follow_up_cancelled": ({}, {}, {K: F}),
    "meeting_held": ({}, {K: M}, {}),
    "follow_up_held": ({}, {}, {K: F, P: F}),
    "plan_adopted": ({}, {M: P, F: P, P: P}, {M: P, F: P, P: P}),
    "closed": ({"on": date(2026, 3, 2), "reason": "goals_met"}, dict.fromkeys((I, C, K, M, P, F), X),
               dict.fromkeys((I, C, K, M, P, F), X)),
}  # fmt: skip
OTHERS = {
    Meeting: {
        "held": ({}, {MeetingState.CALLED: MeetingState.HELD}),
        "cancelled": ({}, {MeetingState.CALLED: MeetingState.CANCELLED}),
        "moved": ({}, {MeetingState.CALLED: MeetingState.MOVED}),
    },
    Plan: {
        "approved": ({"at": NOW, "by": BY, "agreed_how": "Ja"}, {PlanState.DRAFT: PlanState.APPROVED}),
        "superseded": ({}, {PlanState.APPROVED: PlanState.SUPERSEDED}),
    },
    Measure: {
        "confirmed": ({"at": NOW, "by": BY}, {MeasureState.PROPOSED: MeasureState.CONFIRMED}),
        "reopened": ({}, {MeasureState.CONFIRMED: MeasureState.PROPOSED}),
    },
    Deviation: {
        "received": ({"at": NOW, "by": BY}, {DeviationState.REPORTED: DeviationState.RECEIVED}),
        "answered": ({"at": NOW, "by": BY, "answer": "Vi"}, {DeviationState.RECEIVED: DeviationState.ANSWERED}),
        "closed": ({"at": NOW, "by": BY}, {DeviationState.ANSWERED: DeviationState.CLOSED}),
    },
}


# Machines with their own tables: tests/preparation and tests/discharge.
ELSEWHERE = {Booking, PreMeeting, Admission, Notice, Discharge, CarePlan}


def transitions(model) -> set[str]:
    return {found.name for found in model(**{}).get_all_state_transitions()}


def run(thing, name, values) -> str:
    """The new state, or nothing when the machine refuses and the state stands."""
    before = thing.state
    try:
        getattr(thing, name)(**values)
    except TransitionNotAllowed:
        assert thing.state == before
        return ""
    return thing.state


def test_no_transition_is_missing_in_the_tables():
    assert transitions(Case) == set(CASE)
    for model, table in OTHERS.items():
        assert transitions(model) == set(table), model
    machines = {m for m in apps.get_models() if any(isinstance(f, FSMField) for f in m._meta.get_fields())}
    assert machines == {Case, *OTHERS} | ELSEWHERE


@pytest.mark.parametrize("plan_in_force", [False, True])
@pytest.mark.parametrize(("state", "name"), list(product(State, CASE)))
def test_case(state, name, plan_in_force):
    values, without_plan, with_plan = CASE[name]
    case = Case(state=state, lead_unit_id=1 if plan_in_force else None)
    assert run(case, name, values) == (with_plan if plan_in_force else without_plan).get(state, "")


@pytest.mark.parametrize("model", list(OTHERS))
def test_meeting_plan_and_deviation(model):
    states = [value for value, _ in model._meta.get_field("state").choices]
    for state, (name, (values, allowed)) in product(states, OTHERS[model].items()):
        assert run(model(state=state), name, values) == allowed.get(state, ""), (model, state, name)


def test_nobody_sets_a_state_by_hand():
    for model in (Case, *OTHERS):
        with pytest.raises(AttributeError):
            thing = model()
            thing.state = "closed"


# The same over HTTP: (state of the case, step) → the answer. 404: there is no such meeting or plan yet.
STEPS = ("consent", "withdraw", "call", "hold", "cancel", "move", "draft", "approve", "follow_up", "close")
ANSWERS = {
    I: (201, 404, 409, 404, 404, 404, 409, 404, 404, 200),
    C: (201, 200, 201, 404, 404, 404, 409, 404, 404, 200),
    K: (201, 200, 409, 200, 200, 201, 409, 404, 404, 200),
    M: (201, 200, 201, 409, 409, 409, 201, 404, 404, 200),
    P: (201, 200, 201, 409, 409, 409, 201, 409, 201, 200),
    F: (201, 200, 201, 409, 409, 409, 201, 409, 201, 200),
    X: (403, 403, 403, 403, 403, 403, 403, 403, 403, 403),
    D: (403, 403, 403, 404, 404, 404, 403, 404, 404, 403),
}
AFTER = {"call": K, "hold": M, "cancel": C, "move": K, "follow_up": F, "withdraw": X, "close": X}


def case_in(cast, state):
    if state == I:
        case = build.case(cast)
        build.party(cast, case)
        return case
    if state == D:
        return declined(cast)
    if state == X:
        return closed(cast)
    makers = {C: build.consented, K: build.called, M: build.met, P: build.planned, F: followed_up_at_a_meeting}
    made = makers[state](cast)
    return build.reread(cast, made if isinstance(made, Case) else made.case)


def followed_up_at_a_meeting(cast):
    return build.met(cast, build.planned(cast).case)


def declined(cast):
    case = build.case(cast)
    build.consent(cast, case, units=(), planning_answer="no")
    return build.reread(cast, case)


def closed(cast):
    case = build.planned(cast).case
    client = signed_in()
    assert post(client, f"cases/{case.pk}/close/", {"reason": "goals_met"}) == 200
    return build.reread(cast, case)


def signed_in():
    client = Client()
    assert client.post("/logga-in/", {"username": WHO["owner"], "password": PASSWORD}).status_code == 302
    return client


def post(client, path, data, **headers) -> int:
    return client.post(f"/api/v1/{path}", json.dumps(data), "application/json", headers=headers).status_code


def of(cast, case) -> dict:
    """The latest consent, meeting and plan of the case; 0 where there is none."""
    with cast.acting("owner"):
        latest = {model: model.objects.filter(case=case).order_by("pk").last() for model in (Consent, Meeting, Plan)}
    return {model: thing.pk if thing else 0 for model, thing in latest.items()}


def take(step, client, cast, case) -> int:
    pk, ids, unit = str(case.pk), of(cast, case), cast.unit("party").pk
    begins = timezone.now() + timedelta(days=3)
    today = timezone.localdate().isoformat()
    kallelse = {
        "units": [unit], "starts_at": begins.isoformat(), "ends_at": (begins + timedelta(hours=1)).isoformat(),
        "form": "physical", "place": "Hemma", "agenda": "Allt",
    }  # fmt: skip
    yes = {"form": "written", "given_on": today, "share_answer": "yes", "planning_answer": "yes"}
    paths = {
        "consent": ("consents/", {"case": pk, "units": [unit], "excluded_note": "Ekonomi"} | yes),
        "withdraw": (f"consents/{ids[Consent]}/withdraw/", {"form": "spoken"}),
        "call": ("meetings/", {"case": pk} | kallelse),
        "hold": (f"meetings/{ids[Meeting]}/hold/", {"came": [], "person_came": True}),
        "cancel": (f"meetings/{ids[Meeting]}/cancel/", {"why": "Sjuk"}),
        "move": (f"meetings/{ids[Meeting]}/move/", {"why": "Sjuk"} | kallelse),
        "draft": ("plans/", {"case": pk}),
        "approve": (f"plans/{ids[Plan]}/approve/", {"agreed_how": "Ja"}),
        "follow_up": (f"plans/{ids[Plan]}/follow-up/",
                      {"held_on": today, "how_it_went": "Bra", "outcome": "continue",
                       "next_on": (timezone.localdate() + timedelta(days=60)).isoformat()}),
        "close": (f"cases/{pk}/close/", {"reason": "goals_met"}),
    }  # fmt: skip
    path, data = paths[step]
    headers = {}
    if step == "approve" and ids[Plan]:
        headers["If-Match"] = client.get(f"/api/v1/plans/{ids[Plan]}/").headers.get("ETag", '"1"')
    return post(client, path, data, **headers)


def trace(cast, case) -> tuple:
    """What a refused step must leave as it was."""
    found = build.reread(cast, case)
    with cast.acting("owner"):
        counts = [model.objects.filter(case=case).count() for model in (Consent, Meeting, Plan)]
        states = [
            list(model.objects.filter(case=case).values_list("state").order_by("pk")) for model in (Meeting, Plan)
        ]
        return found.state, found.updated_at, counts, states, found.events.count()


@pytest.mark.parametrize("state", list(State))
def test_every_step_in_every_state_by_direct_post(cast, state):
    case, client = case_in(cast, state), signed_in()
    assert case.state == state
    got = {}
    for step in STEPS:
        before = trace(cast, case)
        with transaction.atomic():
            got[step] = take(step, client, cast, case)
            after = trace(cast, case)
            transaction.set_rollback(True)
        if got[step] >= 400:
            assert after == before, step
        else:
            expected = AFTER.get(step, C if (state, step) == (I, "consent") else state)
            assert after[0] == expected, step
    assert got == dict(zip(STEPS, ANSWERS[state], strict=True))


def test_closing_over_the_api_ends_the_meeting_and_gives_each_party_its_copy(cast):
    """AVS-2: the API does what the page does."""
    case = build.called(cast, days_ahead=5)
    assert post(signed_in(), f"cases/{case.pk}/close/", {"reason": "not_needed"}) == 200
    with cast.acting("owner"):
        assert Meeting.objects.get(case=case).state == MeetingState.CANCELLED
    with cast.acting("party"):
        assert ReceivedVersion.objects.filter(case_id=case.pk, kind="closed").count() == 1


def test_a_status_of_another_plans_measure_is_refused(cast):
    """UPP-5: a follow-up speaks of the measures of the plan in force only."""
    plan = build.planned(cast)
    told = {"held_on": timezone.localdate().isoformat(), "how_it_went": "Bra", "outcome": "close"}
    statuses = [{"measure": 0, "status": "ongoing"}]
    assert post(signed_in(), f"plans/{plan.pk}/follow-up/", told | {"statuses": statuses}) == 409
    assert build.reread(cast, plan.case).state == P
