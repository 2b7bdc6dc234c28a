"""Two who save the same thing at the same moment, with real commits: one comes first, the other is told."""

import pytest

from cases import numbers
from discharge import care_plans, payment
from discharge.models import CarePlan, PaymentAmount
from organisations.errors import conflict_message
from tests.cast import Cast
from tests.plans.test_at_once import at_once

COUNTY, GUIDELINES, PSYCHIATRY = "20", "guideline_admin", "nadja.dalarna"
TIMES = 4


@pytest.fixture
def cast(own_database) -> Cast:
    return Cast()


def told(outcomes) -> tuple[int, int]:
    """How many were saved, and how many were refused with a sentence."""
    refused = [one for one in outcomes if isinstance(one, Exception)]
    assert all(conflict_message(one) for one in refused), refused
    return len(outcomes) - len(refused), len(refused)


@pytest.mark.parametrize("known", [True, False])
def test_an_amount(cast, known):
    def save(kronor, seen):
        def done():
            with cast.acting(GUIDELINES):
                said = {"county_code": COUNTY, "year": 2026, "source": "Länet"}
                payment.set_amount(kronor=kronor, seen=seen, by=cast.actor(GUIDELINES), **said)

        return done

    def seen():
        with cast.acting(GUIDELINES):
            return payment.own_amounts(COUNTY)

    if known:
        save(1, seen())()
    for step in range(TIMES):
        began = seen()
        assert told(at_once(save(10 + step, began), save(20 + step, began))) == (1, 1)
        if not known:
            PaymentAmount.objects.using("admin").filter(county_code=COUNTY).delete()


def test_the_texts_of_a_vardplan(cast):
    with cast.acting(PSYCHIATRY):
        person = {"number": numbers.parse("194201077098"), "given_name": "A", "family_name": "B"}
        pk = care_plans.make(kind="lpt", by=cast.actor(PSYCHIATRY), **person).pk
        assert care_plans.texts_of(CarePlan.objects.get(pk=pk))

    def write(text, began):
        def done():
            with cast.acting(PSYCHIATRY):
                plan = CarePlan.objects.select_related("maker_unit").get(pk=pk)
                care_plans.write(plan=plan, began_from=began, needs_region=text, by=cast.actor(PSYCHIATRY))

        return done

    for step in range(TIMES):
        with cast.acting(PSYCHIATRY):
            began = care_plans.seen(CarePlan.objects.get(pk=pk))
        assert told(at_once(write(f"A{step}", began), write(f"B{step}", began))) == (1, 1)
