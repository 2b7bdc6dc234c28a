"""Every step of a discharge from every state, sent directly: what no page offers is refused (UTS-1 to UTS-6)."""

import pytest
from django.utils import timezone

from discharge import process
from discharge.models import Admission
from organisations import swedish
from tests import build
from tests.discharge import walk
from tests.discharge.walk import KOMMUN, OPEN_CARE, WARD

STATES = ("planning", "ready", "home", "broken")
STEPS = {
    "ready": ({"ready_on": "i dag", "ready_at": "0.01"}, {"planning", "ready"}),
    "not_ready": ({}, {"ready"}),
    "home": ({"home_on": "i dag", "home_at": "0.02", "transferred": "yes"}, {"planning", "ready"}),
    "gap": ({"from_on": "i dag"}, {"planning", "ready"}),
    "interpreter": ({}, {"planning", "ready"}),
}
ADDRESS = {"ready": "klar", "not_ready": "inte-klar", "home": "hem", "gap": "oppenvard", "interpreter": "tolk"}


def brought_to(cast, state):
    made = walk.planned(cast, walk.noticed(cast, walk.admit(cast, hours_ago=30)))
    if state == "ready":
        at = swedish.instant(build.today(), timezone.datetime(2026, 1, 1, 0, 1).time())
        walk.ready(cast, made, at=min(at, timezone.now()))
    elif state == "home":
        walk.home(cast, made)
    elif state == "broken":
        with cast.acting(WARD):
            process.break_off(admission=Admission.objects.get(), reason="moved", by=cast.actor(WARD))
    return made


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("step", STEPS)
def test_each_step_only_from_its_states(cast, browse, state, step):
    made = brought_to(cast, state)
    data, allowed = STEPS[step]
    answer = browse(WARD).post(f"/arenden/{made.case_id}/utskrivning/{ADDRESS[step]}/", data)
    moved = answer.status_code == 302
    assert moved == (state in allowed), (answer.status_code, answer.content.decode()[-600:])


@pytest.mark.parametrize("state", ("admitted", "noticed", "home", "broken"))
@pytest.mark.parametrize(
    ("step", "data", "allowed"),
    [
        ("skicka", {"expected_on": "i morgon"}, {"admitted"}),
        ("ny-dag", {"expected_on": "2030-01-01"}, {"noticed"}),
        ("mottagare/ny", {}, {"noticed"}),
        ("avbrott", {"reason": "moved"}, {"admitted", "noticed"}),
        ("hemgang", {"home_on": "i dag", "home_at": "0.01", "transferred": "yes"}, {"noticed"}),
        ("arende", {}, {"noticed"}),
    ],
)
def test_each_step_of_the_ward_only_from_its_states(cast, browse, state, step, data, allowed):
    admission = walk.admit(cast, hours_ago=30)
    if state != "admitted":
        walk.noticed(cast, admission, to=(OPEN_CARE,))
    with cast.acting(WARD):
        found = Admission.objects.get()
        if state == "home":
            process.end(admission=found, at=timezone.now(), transferred=True, by=cast.actor(WARD))
        elif state == "broken":
            process.break_off(admission=found, reason="moved", by=cast.actor(WARD))
    if step in ("skicka", "mottagare/ny"):
        data = data | {"units": [cast.unit(KOMMUN).pk]}
    answer = browse(WARD).post(f"/inskrivna/{admission.pk}/{step}/", data)
    assert (answer.status_code == 302) == (state in allowed), (answer.status_code, answer.content.decode()[-600:])
