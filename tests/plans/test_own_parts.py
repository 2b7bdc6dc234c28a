"""Each party's own part: no huvudman decides measures for another, and says itself when it is done (PLA-4)."""

from html import unescape

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse

from cases.models import CaseEvent
from organisations.errors import Conflict, RuleBroken
from plans import approval, own_parts, services
from plans.models import Measure, MeasureState, PartDone, Plan
from plans.rules import NotReady
from tests import build


def url(name, plan, *args):
    return reverse(f"plans:{name}", args=[plan.case_id, *args])


def text_of(response) -> str:
    return unescape(response.content.decode())


@pytest.fixture
def draft(cast):
    return build.drafted(cast)


def of(cast, draft, who="party") -> Measure:
    found = Measure.objects.select_related("goal__plan", "unit")
    return found.get(goal__plan=draft, unit_id=cast.unit(who).pk)


def rewritten(cast, draft, who, *, by, **values) -> Measure:
    """The measure of `who` as `by` changes it."""
    with cast.acting(by):
        measure = of(cast, draft, who)
        said = {name: getattr(measure, name) for name in services.MEASURE_TEXTS} | values
        saving = {"measure": measure, "values": said, "revision": measure.revision}
        return services.change_measure(**saving, by=cast.actor(by))


def approve(cast, draft):
    with cast.acting("owner"):
        now = services.draft_of(draft.case)
        return approval.approve(plan=now, agreed_how="Ja", revision=now.revision, by=cast.owner)


def test_ones_own_measure_is_confirmed_and_anothers_is_proposed(cast, draft):
    with cast.acting("owner"):
        goal = draft.goals.get()
        goal.plan = draft
        told = {"goal": goal, "text": "Vi ringer.", "doer": "unit", "by": cast.owner}
        own = services.add_measure(unit_id=cast.owner.unit_id, **told)
        theirs = services.add_measure(unit_id=cast.party.unit_id, **told)
    assert (own.state, own.confirmed_by_id) == (MeasureState.CONFIRMED, cast.owner.assignment_id)
    assert (theirs.state, theirs.confirmed_by_id, theirs.waits) == (MeasureState.PROPOSED, None, True)


def test_a_plan_with_an_unconfirmed_measure_is_not_approved_and_says_which(cast, browse, draft):
    rewritten(cast, draft, "party", by="owner", text="Vi kommer varje dag.")
    with pytest.raises(NotReady, match="har inte bekräftat insatsen ”Vi kommer varje dag.”"):
        approve(cast, draft)
    amira = browse("amira.falun")
    page = text_of(amira.get(url("approve", draft)))
    assert "har inte bekräftat insatsen" in page and "1 insats att bekräfta" in page
    assert "Föreslagen, inte bekräftad" in text_of(amira.get(url("edit", draft)))
    build.confirmed(cast, draft)
    assert approve(cast, draft).state == "approved"


def test_the_database_refuses_an_approval_with_an_unconfirmed_measure(cast, draft, monkeypatch):
    rewritten(cast, draft, "party", by="owner", text="Vi kommer varje dag.")
    monkeypatch.setattr(approval, "missing", lambda plan, case: [])
    with pytest.raises(IntegrityError, match="waits for its unit"):
        approve(cast, draft)


def test_a_change_by_another_unit_needs_a_new_yes_and_ones_own_does_not(cast, draft):
    assert rewritten(cast, draft, "party", by="owner", topics=-1).state == MeasureState.CONFIRMED
    assert rewritten(cast, draft, "party", by="owner", frequency="Varje dag").state == MeasureState.PROPOSED
    assert rewritten(cast, draft, "party", by="party", frequency="Tisdagar").state == MeasureState.CONFIRMED
    with cast.acting("owner"):
        assert of(cast, draft).confirmed_by_id == cast.party.assignment_id


def test_a_measure_given_to_another_unit_waits_for_that_unit(cast, draft):
    owner, unit = cast.owner.unit_id, cast.party.unit_id
    now = rewritten(cast, draft, "owner", by="owner", unit_id=unit, text="Ni ringer.")
    assert (now.unit_id, now.state) == (unit, MeasureState.PROPOSED)
    with cast.acting("owner"):
        given = Measure.objects.select_related("goal__plan").get(pk=now.pk)
        said = {name: getattr(given, name) for name in services.MEASURE_TEXTS} | {"unit_id": owner}
        back = services.change_measure(measure=given, values=said, revision=given.revision, by=cast.owner)
    assert back.state == MeasureState.CONFIRMED


def test_only_the_unit_confirms_what_it_has_read(cast, browse, draft):
    now = rewritten(cast, draft, "party", by="owner", text="Vi kommer varje dag.")
    address = url("confirm", draft, now.pk)
    amira, hanna = browse("amira.falun"), browse("hanna.dalarna")
    assert amira.post(address, {"revision": now.revision}).status_code == 409
    assert hanna.post(address, {"revision": now.revision - 1}).status_code == 409
    assert hanna.post(address, {"revision": "sista"}).status_code == 409
    assert browse("linda.kalmar").post(address, {"revision": now.revision}).status_code == 404
    assert browse("mattias.falun").post(address, {"revision": now.revision}).status_code == 403
    assert "Bekräfta att ni gör det" in text_of(hanna.get(url("edit", draft)))
    assert "Bekräfta att ni gör det" not in text_of(amira.get(url("edit", draft)))
    assert hanna.post(address, {"revision": now.revision}).status_code == 302
    assert hanna.post(address, {"revision": now.revision + 1}).status_code == 409
    with cast.acting("owner"):
        assert of(cast, draft).state == MeasureState.CONFIRMED


def test_the_draft_page_tells_the_unit_what_waits(cast, browse, draft):
    rewritten(cast, draft, "party", by="owner", text="Vi kommer varje dag.")
    waits = "föreslagit 1 insats åt er"
    assert waits in text_of(browse("hanna.dalarna").get(url("plan", draft)))
    assert waits not in text_of(browse("amira.falun").get(url("plan", draft)))


@pytest.mark.parametrize(
    "statement",
    [
        "update plans_measure set state = 'confirmed', confirmed_by_id = {me}, confirmed_at = now() where id = {pk}",
        "update plans_measure set state = 'confirmed', confirmed_by_id = {them}, confirmed_at = now() where id = {pk}",
        "insert into plans_measure (case_id, goal_id, position, text, doer, unit_id, doer_name, ongoing, frequency,"
        " place, topics, revision, written_by_id, state, confirmed_at, confirmed_by_id)"
        " select case_id, goal_id, 99, text, doer, unit_id, doer_name, ongoing, frequency, place, topics, 1,"
        " written_by_id, 'confirmed', now(), {them} from plans_measure where id = {pk}",
    ],
)
def test_the_database_takes_no_yes_but_the_units_own(cast, draft, statement):
    now = rewritten(cast, draft, "party", by="owner", text="Vi kommer varje dag.")
    told = {"pk": now.pk, "me": cast.owner.assignment_id, "them": cast.party.assignment_id}
    with cast.acting("owner"), pytest.raises(DatabaseError, match="only the unit that does"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statement.format(**told))


def test_a_confirmed_measure_does_not_change_in_words_by_another_and_stay_confirmed(cast, draft):
    with cast.acting("owner"), pytest.raises(DatabaseError, match="only the unit that does"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("update plans_measure set text = 'Mer' where id = %s", [of(cast, draft).pk])


def test_what_goes_on_unchanged_into_the_next_version_needs_no_new_yes(cast):
    plan = build.planned(cast)
    build.followed_up(cast, plan, outcome="revise")
    with cast.acting("owner"):
        draft = services.draft_of(plan.case) or services.start_draft(case=plan.case, by=cast.owner)
        carried = of(cast, draft)
        assert (carried.state, carried.confirmed_by_id) == (MeasureState.CONFIRMED, cast.party.assignment_id)
    assert rewritten(cast, draft, "party", by="owner", text="Mer").state == MeasureState.PROPOSED


def test_a_unit_says_that_its_part_is_done_and_that_it_is_not(cast, browse, draft):
    hanna, amira = browse("hanna.dalarna"), browse("amira.falun")
    assert hanna.post(url("part", draft), {"done": "yes"}).status_code == 302
    assert hanna.post(url("part", draft), {"done": "yes"}).status_code == 302
    assert "Klar med sin del" in text_of(amira.get(url("approve", draft)))
    with cast.acting("owner"):
        assert PartDone.objects.get(plan=draft).unit_id == cast.party.unit_id
        assert CaseEvent.objects.filter(case_id=draft.case_id, kind="part_done").count() == 1
    assert hanna.post(url("part", draft), {"done": "no"}).status_code == 302
    assert "Klar med sin del" not in text_of(amira.get(url("edit", draft)))


def test_the_page_of_the_approval_does_not_say_that_all_are_done(cast, browse, draft):
    page = browse("amira.falun").get(url("approve", draft)).content.decode()
    assert "Inte klar" in page and "Var och en har skrivit" not in page


def test_a_part_with_something_to_confirm_is_not_done(cast, draft):
    with cast.acting("party"):
        own_parts.mark(plan=draft, done=True, by=cast.party)
    rewritten(cast, draft, "party", by="owner", text="Mer")
    with cast.acting("party"), pytest.raises(RuleBroken, match="Bekräfta, ändra eller ta bort"):
        own_parts.mark(plan=draft, done=False, by=cast.party)
        own_parts.mark(plan=draft, done=True, by=cast.party)
    with cast.acting("owner"):
        now = services.draft_of(draft.case)
        found = {part.unit.pk: part for part in own_parts.parts(draft.case, now)}
    theirs = found[cast.party.unit_id]
    assert (theirs.done, theirs.waiting, theirs.measures) == (False, 1, 1)


def test_nobody_says_it_for_another_unit(cast, draft):
    with cast.acting("owner"), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        values = {"case_id": draft.case_id, "plan": draft, "unit_id": cast.party.unit_id}
        PartDone.objects.create(**values, by_id=cast.owner.assignment_id)


def test_an_approved_plan_takes_no_more_of_this(cast):
    plan = build.planned(cast)
    with cast.acting("party"):
        measure = of(cast, plan)
        with pytest.raises(RuleBroken):
            own_parts.confirm(measure=measure, revision=measure.revision, by=cast.party)
        with pytest.raises(RuleBroken):
            own_parts.mark(plan=Plan.objects.get(pk=plan.pk), done=True, by=cast.party)


def test_a_changed_measure_is_read_again_before_it_is_confirmed(cast, draft):
    now = rewritten(cast, draft, "party", by="owner", text="Mer")
    rewritten(cast, draft, "party", by="owner", text="Ännu mer")
    with cast.acting("party"), pytest.raises(Conflict, match="Läs den igen"):
        own_parts.confirm(measure=of(cast, draft), revision=now.revision, by=cast.party)
