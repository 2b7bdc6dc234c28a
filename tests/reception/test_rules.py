"""Where a kallelse to a reception lands (KAL-4): order, tests on save, and what the database lets through."""

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organisations.errors import RuleBroken
from reception import rules, services
from reception.matching import ANOTHER, Asked, first_met, meets, never_met
from reception.models import RoutingRule
from tests.build_forwarding import rule, unit

HOME, NURSING, REHAB = "Hemtjänsten Falun Norra", "Hemsjukvården Falun", "Kommunrehab Falun"


def landed(cast, **asked):
    with cast.acting("party"):
        found = services.resolve(unit=cast.unit("reception"), **asked)
        return found and (found.unit.name, found.words)


def test_the_first_rule_that_is_met_wins_and_says_why(cast):
    rule(cast, NURSING, area="Grycksbo", profession="sjuksköterska")
    rule(cast, HOME, area="Grycksbo, Svärdsjö")
    rule(cast, REHAB, profession="arbetsterapeut")
    assert landed(cast, area="grycksbo", profession="Sjuksköterska, läkare") == (
        NURSING, "Regel 1: område Grycksbo, yrke sjuksköterska"
    )  # fmt: skip
    assert landed(cast, area=" Svärdsjö ") == (HOME, "Regel 2: område Grycksbo, Svärdsjö")
    assert landed(cast, profession="arbetsterapeut")[0] == REHAB
    assert landed(cast, area="Bjursås") is None
    assert landed(cast) is None


def test_who_is_listed_where(cast):
    clinic = cast.unit("party")
    rule(cast, NURSING, listed=clinic)
    assert landed(cast, listed_unit=clinic) == (NURSING, f"Regel 1: listad på {clinic.name}")
    assert landed(cast, area="Falun") is None


def test_only_a_reception_has_rules(cast):
    rule(cast, NURSING, area="Grycksbo")
    with cast.acting("party"):
        assert services.resolve(unit=cast.unit("owner"), area="Grycksbo") is None
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from routing_rules_of(%s)", [cast.unit("owner").pk])
            assert cursor.fetchone() == (0,)


def test_a_rule_to_an_inactive_unit_is_passed_over(cast):
    rule(cast, NURSING, area="Grycksbo")
    rule(cast, HOME, area="Grycksbo, Bjursås", sample={"sample_area": "Bjursås"})
    with cast.acting("admin"):
        found = unit(NURSING)
        found.is_active = False
        found.save(update_fields=["is_active"])
    assert landed(cast, area="Grycksbo") == (HOME, "Regel 2: område Grycksbo, Bjursås")


@pytest.mark.parametrize(
    ("values", "field"),
    [({}, "area"), ({"area": "Falun", "sample": {"sample_area": "Bjursås"}}, "sample_area")],
    ids=["asks for nothing", "misses its own sample"],
)
def test_a_rule_is_tried_when_it_is_saved(cast, values, field):
    with pytest.raises(RuleBroken) as refused:
        rule(cast, NURSING, **values)
    assert refused.value.field == field


def test_a_sample_that_lands_elsewhere_says_where(cast):
    rule(cast, NURSING, area="Grycksbo")
    with pytest.raises(RuleBroken, match=f"exemplet går genom regel 1 till {NURSING}"):
        rule(cast, HOME, area="Grycksbo, Bjursås")


def test_a_rule_that_would_never_be_used_is_refused(cast):
    rule(cast, NURSING, area="Grycksbo")
    rule(cast, HOME, area="Bjursås")
    with pytest.raises(RuleBroken, match="aldrig användas: regel 1"):
        rule(cast, REHAB, area="Bjursås, Grycksbo", profession="arbetsterapeut")


def test_a_change_that_takes_all_from_a_later_rule_is_refused(cast):
    first = rule(cast, NURSING, area="Grycksbo")
    rule(cast, HOME, area="Bjursås")
    with pytest.raises(RuleBroken, match=r"Regel 2 \(område Bjursås\) skulle aldrig användas"), cast.acting("admin"):
        values = {name: getattr(first, name) for name in services.FIELDS}
        services.save(by=cast.actor("admin"), rule=first, **(values | {"area": "Grycksbo, Bjursås"}))


def test_the_order_is_changed_one_step_at_a_time_and_tried(cast):
    narrow = rule(cast, NURSING, area="Grycksbo", profession="sjuksköterska")
    wide = rule(cast, HOME, area="Grycksbo")
    other = rule(cast, REHAB, profession="arbetsterapeut")
    admin = cast.actor("admin")
    with cast.acting("admin"):
        services.move(by=admin, rule=other, up=True)
        assert [r.pk for r in rules.own_rules(admin)] == [narrow.pk, other.pk, wide.pk]
    with pytest.raises(RuleBroken, match="ligger redan sist"), cast.acting("admin"):
        services.move(by=admin, rule=wide, up=False)
    with cast.acting("admin"):
        services.move(by=admin, rule=other, up=True)
    with pytest.raises(RuleBroken, match="aldrig användas"), cast.acting("admin"):
        services.move(by=admin, rule=narrow, up=False)


def test_an_ended_rule_holds_no_longer_and_stays(cast):
    found = rule(cast, NURSING, area="Grycksbo")
    with cast.acting("admin"):
        services.end(by=cast.actor("admin"), rule=found)
    assert landed(cast, area="Grycksbo") is None
    with cast.acting("admin"):
        assert RoutingRule.objects.get().ended_by_id == cast.actor("admin").assignment_id
    with pytest.raises(RuleBroken, match="redan avslutad"), cast.acting("admin"):
        services.end(by=cast.actor("admin"), rule=found)


@pytest.mark.parametrize(
    "receiver", ["Mottagning för kallelser, Falu kommun", "Falu kommun", "Rehabmottagningen Falun"]
)
def test_the_receiver_is_an_own_unit_that_works_with_people(cast, receiver):
    with pytest.raises(RuleBroken) as refused:
        rule(cast, receiver, area="Falun")
    assert refused.value.field == "receiver"


def test_the_database_keeps_the_rules_of_each_organisation(cast):
    rule(cast, NURSING, area="Grycksbo")
    for who, seen in (("admin", 1), ("owner", 1), ("party", 0), ("outsider", 0), ("stina.dalarna", 0)):
        with cast.acting(who):
            assert RoutingRule.objects.count() == seen, who
    values = {"position": 9, "area": "Falun", "added_by": cast.assignment("admin"), "receiver": unit(NURSING)}
    own, other = cast.unit("admin").organisation, cast.unit("party").organisation
    for who, organisation, changed in (
        ("owner", own, {}), ("stina.dalarna", own, {}), ("admin", other, {}),
        ("admin", own, {"receiver": cast.unit("party")}),
    ):  # fmt: skip
        with cast.acting(who), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            RoutingRule.objects.create(organisation=organisation, **(values | changed))


# Matching by itself: whatever never_met says, nothing that can be asked contradicts it.

WORDS = st.sampled_from(["", "a", "b", "a, b", "c"])
LISTED = st.sampled_from([None, 1, 2])


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(WORDS, WORDS, LISTED), min_size=1, max_size=5))
def test_a_rule_is_never_met_exactly_when_no_question_reaches_it(given_rules):
    made = [RoutingRule(pk=n, area=a, profession=p, listed_unit_id=u) for n, (a, p, u) in enumerate(given_rules)]
    asked = [Asked(a, p, u) for a in ("a", "b", "c", ANOTHER) for p in ("a", "b", "c", ANOTHER) for u in (1, 2, 3)]
    for one in made:
        reached = any(first_met(made, question) is one for question in asked)
        assert reached == (never_met(made, one) is None)
        assert any(meets(one, question) for question in asked)
