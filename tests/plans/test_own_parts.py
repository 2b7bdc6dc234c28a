"""Each party's own part: no huvudman decides measures for another, and says itself when it is done (PLA-4)."""

from html import unescape

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse

from cases.models import CaseEvent
from notifications.models import InboxItem
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


def test_a_part_with_something_to_confirm_is_not_done(cast, draft):
    with cast.acting("party"):
        own_parts.mark(plan=draft, done=True, by=cast.party)
    rewritten(cast, draft, "party", by="owner", text="Mer")
    with cast.acting("party"), pytest.raises(RuleBroken, match="Svara först på de insatser"):
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


def told(cast, kind, draft, who) -> int:
    """How many rows of that kind have come to the unit."""
    with cast.acting(who):
        return InboxItem.objects.filter(kind=kind, case_id=draft.case_id, unit_id=cast.unit(who).pk).count()


def test_the_unit_is_told_of_what_others_propose_once_until_it_has_answered(cast):
    draft = build.drafted(cast, whole=False)
    party, owner = cast.party.unit_id, cast.owner.unit_id
    with cast.acting("owner"):
        goal = services.add_goal(plan=draft, text="Du sover gott.", by=cast.owner)
        for text in ("Ni ringer.", "Ni kommer."):
            services.add_measure(goal=goal, text=text, doer="unit", unit_id=party, by=cast.owner)
        services.add_measure(goal=goal, text="Vi ringer.", doer="unit", unit_id=owner, by=cast.owner)
    assert told(cast, "proposed", draft, "party") == 1 and not told(cast, "proposed", draft, "owner")
    with cast.acting("party"):
        first, second = own_parts.waiting_for(party, draft).select_related("goal__plan").order_by("pk")
        own_parts.confirm(measure=first, revision=first.revision, by=cast.party)
    assert not told(cast, "answered_part", draft, "owner")
    with cast.acting("party"):
        own_parts.confirm(measure=second, revision=second.revision, by=cast.party)
    assert told(cast, "answered_part", draft, "owner") == 1
    # What was agreed is rewritten letter by letter: a new question, asked once.
    for text in ("Ni kommer o", "Ni kommer ofta."):
        with cast.acting("owner"):
            now = Measure.objects.select_related("goal__plan").get(pk=second.pk)
            said = {name: getattr(now, name) for name in services.MEASURE_TEXTS} | {"text": text}
            services.change_measure(measure=now, values=said, revision=now.revision, by_itself=True, by=cast.owner)
    assert told(cast, "proposed", draft, "party") == 2


def test_a_unit_that_cannot_do_it_says_why_and_the_plan_is_not_stuck(cast, browse, draft):
    now = build.proposed(cast, draft.case)
    hanna, amira = browse("hanna.dalarna"), browse("amira.falun")
    before = told(cast, "answered_part", draft, "owner")
    address, why = url("decline", draft, now.pk), "Vi har ingen som kan komma på kvällen."
    assert "Vi kan inte göra den" in text_of(hanna.get(url("edit", draft)))
    assert "Ni ringer varje vecka." in text_of(hanna.get(address))
    assert "Skriv varför" in text_of(hanna.post(address, {"revision": now.revision, "why": " "}))
    page = text_of(hanna.post(address, {"revision": now.revision - 1, "why": why}))
    assert "har ändrats sedan du öppnade" in page and why in page
    assert "Bara" in text_of(amira.post(address, {"revision": now.revision, "why": why}))
    assert hanna.post(address, {"revision": now.revision, "why": why}).status_code == 302
    assert told(cast, "answered_part", draft, "owner") == before + 1
    page = text_of(amira.get(url("edit", draft)))
    assert why in page and "Nekad" in page and "1 insats nekad" in page
    assert "kan inte göra insatsen ”Ni ringer varje vecka.”" in text_of(amira.get(url("approve", draft)))
    with pytest.raises(NotReady, match="kan inte göra insatsen"):
        approve(cast, draft)
    # The ways out: another wording asks anew; the unit may change its mind; or the measure goes.
    with cast.acting("owner"):
        declined = Measure.objects.select_related("goal__plan").get(pk=now.pk)
        said = {name: getattr(declined, name) for name in services.MEASURE_TEXTS} | {"text": "Ni ringer ibland."}
        asked = services.change_measure(measure=declined, values=said, revision=declined.revision, by=cast.owner)
    assert (asked.state, asked.declined_why) == (MeasureState.PROPOSED, "")
    with cast.acting("party"):
        own_parts.decline(measure=asked, revision=asked.revision, why=why, by=cast.party)
        yes = own_parts.confirm(measure=asked, revision=asked.revision, by=cast.party)
    assert (yes.state, yes.declined_why) == (MeasureState.CONFIRMED, "")
    assert approve(cast, draft).state == "approved"


def test_nobody_says_no_for_another_unit(cast, draft):
    now = build.proposed(cast, draft.case)
    with cast.acting("owner"), pytest.raises(RuleBroken, match="kan svara på"):
        own_parts.decline(measure=now, revision=now.revision, why="De kan inte", by=cast.owner)
    statement = "update plans_measure set state = 'declined', declined_why = 'De kan inte' where id = %s"
    with cast.acting("owner"), pytest.raises(DatabaseError, match="only the unit that does"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statement, [now.pk])


def test_a_changed_measure_is_read_again_before_it_is_confirmed(cast, draft):
    now = rewritten(cast, draft, "party", by="owner", text="Mer")
    rewritten(cast, draft, "party", by="owner", text="Ännu mer")
    with cast.acting("party"), pytest.raises(Conflict, match="Läs den igen"):
        own_parts.confirm(measure=of(cast, draft), revision=now.revision, by=cast.party)
