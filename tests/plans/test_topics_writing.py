"""Writing with topics: no unit writes what it cannot read; what stands for the whole needs the whole (SAM-3)."""

from html import unescape

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client
from django.urls import reverse

from cases.models import Case
from notifications.models import InboxItem
from organisations.errors import RuleBroken
from organisations.models import Topic
from plans import approval, removed, restoring, services
from plans.models import BlockKey, Goal, Measure, Plan, PlanBlock, PlanStep
from plans.sharing import CHOOSE_A_TOPIC, ONLY_WHO_SEES_ALL, PART_NOT_SHARED
from tests import build
from tests.cast import Cast
from tests.database import PASSWORD


@pytest.fixture
def cast(module_database) -> Cast:
    """Real commits, since what is exempted is written as the administrator."""
    return Cast()


@pytest.fixture
def browse(cast):
    def signed_in(username: str) -> Client:
        client = Client()
        assert client.post("/logga-in/", {"username": username, "password": PASSWORD}).status_code == 302
        return client

    return signed_in


@pytest.fixture
def draft(cast):
    return build.drafted(cast)


@pytest.fixture
def bits(cast):
    with cast.acting("owner"):
        return {topic.code: 1 << topic.bit for topic in Topic.objects.all()}


def exempt(cast, draft, who: str, mask: int) -> None:
    """What the unit may not see from now on."""
    with connections["admin"].cursor() as cursor:
        where = "where case_id = %s and unit_id = %s"
        cursor.execute(f"update case_access set hidden_topics = %s {where}", [mask, draft.case_id, cast.unit(who).pk])
        assert cursor.rowcount == 1


def tell(cast, draft, bits, **topics: str) -> Plan:
    """The owner says what these texts are about."""
    with cast.acting("owner"):
        now = Plan.objects.get(pk=draft.pk)
        masks = {key: bits[code] for key, code in topics.items()}
        return services.save_block(plan=now, values={}, topics=masks, revision=now.revision, by=cast.owner)


def url(name, draft, *args):
    return reverse(f"plans:{name}", args=[draft.case_id, *args])


def text_of(response) -> str:
    return unescape(response.content.decode())


def raw(statement: str, *values) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


def test_every_text_has_its_row_from_the_start_with_all_topics(cast):
    draft = build.drafted(cast, whole=False)
    with cast.acting("owner"):
        rows = PlanBlock.objects.filter(plan=draft)
        assert {row.key for row in rows} == set(BlockKey.values)
        assert {row.topics for row in rows} == {-1}


def test_a_topic_is_chosen_in_the_form_and_shown_to_staff_but_not_to_the_person(cast, browse, draft):
    amira, address = browse("amira.falun"), url("block", draft, "samre")
    form = amira.get(address).context["form"]
    given = {name: form[name].value() for name in ("revision", "seen", "crisis_signs", "crisis_call")}
    sent = given | {"topics_crisis_signs": ["mental_health", "housing"]}
    assert amira.post(address, sent).status_code == 302
    with cast.acting("owner"):
        row = PlanBlock.objects.get(plan=draft, key="crisis_signs")
        assert row.topics > 0 and row.revision == 3 and row.saved_by_id == cast.owner.assignment_id
        assert PlanBlock.objects.get(plan=draft, key="crisis_self").revision == 1
    edit, preview = text_of(amira.get(url("edit", draft))), text_of(amira.get(url("preview", draft)))
    assert "Psykisk hälsa" in edit and "Boende" in edit and "Psykisk hälsa" not in preview
    again = amira.get(address).context["form"]
    assert again["topics_crisis_signs"].value() == ["mental_health", "housing"]


def test_what_stood_before_is_seen_only_where_the_text_is(cast, browse, draft, bits):
    """The old text was about something shared; the text is not any longer, and so neither is what it said."""
    tell(cast, draft, bits, crisis_signs="housing")
    tell(cast, draft, bits, crisis_signs="economy")
    with cast.acting("party"):
        assert PlanStep.objects.filter(plan=draft, block__key="crisis_signs").count() == 3
    exempt(cast, draft, "party", bits["economy"])
    with cast.acting("party"):
        assert not PlanStep.objects.filter(plan=draft, before__text="Du blir yr.").exists()
        hidden = "select 1 from plans_planstep where before ->> 'text' = 'Du blir yr.' and plan_id = %s"
        assert raw(hidden, draft.pk) == 0
    page = text_of(browse("hanna.dalarna").get(url("changes", draft)))
    assert "Du blir yr." not in page and "Tecken att se upp med" not in page


def test_two_who_change_text_and_topics_at_once_see_both(cast, browse, draft):
    amira, hanna, address = browse("amira.falun"), browse("hanna.dalarna"), url("block", draft, "varfor")
    old = {name: amira.get(address).context["form"][name].value() for name in ("revision", "seen")}
    assert hanna.post(address, old | {"why": "Samma", "topics_why": ["economy"]}).status_code == 302
    page = text_of(amira.post(address, old | {"why": "Samma"}))
    assert "medan du skrev" in page and "Ekonomi" in page


def test_a_measure_is_about_what_its_goal_is_about_unless_something_else_is_chosen(cast, browse, draft, bits):
    amira = browse("amira.falun")
    first = {"revision": 1, "text": "Du har ordning på pengarna.", "horizon": "short", "topics": ["economy"]}
    assert amira.post(url("add_goal", draft), first).status_code == 302
    with cast.acting("owner"):
        goal = Goal.objects.get(plan=draft, text=first["text"])
        assert goal.topics == bits["economy"]
    form = amira.get(url("add_measure", draft, goal.pk)).context["form"]
    assert form["topics"].value() == ["economy"]
    with cast.acting("owner"):
        goal.plan = Plan.objects.get(pk=draft.pk)
        assert services.add_measure(goal=goal, text="Vi räknar.", doer="self", by=cast.owner).topics == goal.topics


def test_a_narrowed_unit_writes_only_what_it_can_read(cast, browse, draft, bits):
    exempt(cast, draft, "party", bits["mental_health"])
    hanna = browse("hanna.dalarna")
    goal = {"revision": 1, "text": "Du sover bättre.", "horizon": "short"}
    for topics in ([], ["mental_health"], ["mental_health", "housing"]):
        page = hanna.post(url("add_goal", draft), goal | {"topics": topics})
        assert CHOOSE_A_TOPIC in text_of(page) and "Du sover bättre." in text_of(page)
    assert hanna.post(url("add_goal", draft), goal | {"topics": ["housing"]}).status_code == 302
    with cast.acting("owner"):
        new = Goal.objects.get(plan=draft, text="Du sover bättre.")
        # After the goal that the unit does not see: two goals never share a place.
        assert (new.topics, new.position) == (bits["housing"], 2)
    measure = {"revision": 1, "text": "Vi ringer.", "who": "self"}
    page = hanna.post(url("add_measure", draft, new.pk), measure | {"topics": ["mental_health"]})
    assert CHOOSE_A_TOPIC in text_of(page)
    assert hanna.post(url("add_measure", draft, new.pk), measure | {"topics": ["housing"]}).status_code == 302
    page = hanna.post(url("goal", draft, new.pk), goal | {"revision": 1, "topics": []})
    assert CHOOSE_A_TOPIC in text_of(page)


def test_a_narrowed_unit_writes_in_the_texts_that_it_sees_and_finds_no_other(cast, browse, draft, bits):
    tell(cast, draft, bits, crisis_call="housing", crisis_signs="mental_health")
    exempt(cast, draft, "party", bits["mental_health"])
    hanna, address = browse("hanna.dalarna"), url("block", draft, "samre")
    form = hanna.get(address).context["form"]
    assert [name for name in form.fields if name.startswith("crisis")] == ["crisis_call"]
    given = {name: form[name].value() for name in ("revision", "seen")}
    assert (
        hanna.post(address, given | {"crisis_call": "Ring 112", "topics_crisis_call": ["housing"]}).status_code == 302
    )
    assert hanna.get(url("block", draft, "varfor")).status_code == 404
    # A field of another text in the same form is no way round.
    now = hanna.get(address).context["form"]
    sent = {name: now[name].value() for name in ("revision", "seen")} | {"crisis_signs": "Insmuglat"}
    hanna.post(address, sent | {"crisis_call": "Ring 112", "topics_crisis_call": ["housing"]})
    with cast.acting("party"), pytest.raises(RuleBroken, match="delas inte med er"):
        plan = Plan.objects.get(pk=draft.pk)
        services.save_block(plan=plan, values={"why": "x"}, revision=plan.revision, by=cast.party)
    with cast.acting("owner"):
        words = Plan.objects.get(pk=draft.pk).words
        assert (words["crisis_call"], words["crisis_signs"]) == ("Ring 112", draft.words["crisis_signs"])


def test_nobody_elses_box_tells_of_what_others_do(cast, browse, draft, bits):
    """That nobody does anything says that the text is empty."""
    exempt(cast, draft, "party", bits["mental_health"])
    hanna = browse("hanna.dalarna")
    assert "Ingen annan" not in text_of(hanna.get(url("edit", draft)))
    said = hanna.get(f"/api/v1/plans/{draft.pk}/").json()
    assert "others_nobody" not in said and "others_measures" in said["hidden"]
    with cast.acting("party"), pytest.raises(RuleBroken, match="delas inte med er"):
        plan = Plan.objects.get(pk=draft.pk)
        services.save_block(plan=plan, values={"others_nobody": False}, revision=plan.revision, by=cast.party)


@pytest.mark.parametrize(
    "statement",
    [
        "update plans_planblock set topics = {0} where plan_id = %s and key = 'why'",
        "insert into plans_goal (case_id, plan_id, position, text, horizon, how_noticed, topics, revision)"
        " select case_id, id, 9, 'x', 'short', '', {0}, 1 from plans_plan where id = %s",
        "insert into plans_plandocument (case_id, plan_id, revision, hidden_topics, context, state, attempts,"
        " created_at) select case_id, id, 99, '{{0}}', '{{}}', 'queued', 0, now() from plans_plan where id = %s",
        "insert into plans_plan (case_id, version, state, others_nobody, follow_up_place, follow_up_caller, copies_to,"
        " agreed_how, person_agrees, revision, created_by_id, created_at, saved_at) select case_id, 9, 'superseded',"
        " true, '', '', '', '', false, 1, created_by_id, now(), now() from plans_plan where id = %s",
    ],
)
@pytest.mark.parametrize("topic", ["mental_health", None])
def test_the_database_refuses_what_the_service_refuses(cast, draft, bits, statement, topic):
    """As the real role sip_staff: a row that the unit could not read itself, and the making of a version."""
    tell(cast, draft, bits, why="housing")
    exempt(cast, draft, "party", bits["mental_health"])
    mask = bits[topic] if topic else -1
    with cast.acting("party"), pytest.raises(DatabaseError, match="row-level security|sees the whole plan"):
        raw(statement.format(mask), draft.pk)


def test_hidden_rows_are_not_there_for_any_command(cast, draft, bits):
    exempt(cast, draft, "party", bits["mental_health"])
    with cast.acting("party"):
        assert not PlanBlock.objects.filter(plan=draft).exists() and not Measure.objects.filter(case=draft.case_id)
        assert raw("update plans_planblock set text = 'x' where plan_id = %s", draft.pk) == 0
        assert raw("update plans_goal set text = 'x' where plan_id = %s", draft.pk) == 0
        assert raw("delete from plans_goal where plan_id = %s", draft.pk) == 0


def test_a_narrowed_unit_takes_out_no_goal_with_what_it_cannot_see_in_it(cast, browse, draft, bits):
    with cast.acting("owner"):
        plan = Plan.objects.get(pk=draft.pk)
        goal = services.add_goal(plan=plan, text="Du bor bra.", topics=bits["housing"], by=cast.owner)
        services.add_measure(goal=goal, text="x", doer="self", topics=bits["mental_health"], by=cast.owner)
    exempt(cast, draft, "party", bits["mental_health"])
    assert browse("hanna.dalarna").post(url("delete_goal", draft, goal.pk)).status_code == 409
    with cast.acting("party"), pytest.raises(RuleBroken, match="ser hela planen"):
        removed.delete_goal(goal=Goal.objects.select_related("plan").get(pk=goal.pk), by=cast.party)
    with cast.acting("owner"):
        assert Measure.objects.filter(goal=goal).count() == 1


def test_a_narrowed_unit_does_not_approve_or_begin_a_version(cast, browse, draft, bits):
    """The acting unit would say yes to, or carry forward, what it cannot read."""
    exempt(cast, draft, "owner", bits["mental_health"])
    page = text_of(browse("amira.falun").get(url("approve", draft)))
    assert ONLY_WHO_SEES_ALL in page and PART_NOT_SHARED in page
    with cast.acting("owner"):
        with pytest.raises(RuleBroken, match="ser hela planen"):
            approval.approve(plan=draft, agreed_how="Ja", revision=draft.revision, by=cast.owner)
        with pytest.raises(DatabaseError, match="sees the whole plan"):
            raw(
                "update plans_plan set state = 'approved', approved_at = now(), approved_by_id = created_by_id,"
                " person_agrees = true where id = %s",
                draft.pk,
            )
    exempt(cast, draft, "owner", 0)
    with cast.acting("owner"):
        approval.approve(plan=draft, agreed_how="Ja", revision=draft.revision, by=cast.owner)
    exempt(cast, draft, "owner", bits["mental_health"])
    with cast.acting("owner"), pytest.raises(RuleBroken, match="ser hela planen"):
        services.start_draft(case=Case.objects.with_names().get(pk=draft.case_id), by=cast.owner)


def test_huvudansvarigs_unit_sees_all_of_the_plan(cast, bits):
    draft = build.drafted(cast, lead="party")
    exempt(cast, draft, "party", bits["mental_health"])
    with cast.acting("owner"):
        with pytest.raises(RuleBroken, match="ser inte hela planen"):
            approval.approve(plan=draft, agreed_how="Ja", revision=draft.revision, by=cast.owner)
        with pytest.raises(DatabaseError, match="huvudansvarig does not see"):
            raw(
                "update plans_plan set state = 'approved', approved_at = now(), approved_by_id = created_by_id,"
                " person_agrees = true where id = %s",
                draft.pk,
            )
    exempt(cast, draft, "party", 0)
    with cast.acting("owner"):
        assert approval.approve(plan=draft, agreed_how="Ja", revision=draft.revision, by=cast.owner).approved_at


def test_topics_go_with_the_texts_into_the_next_version(cast, draft, bits):
    tell(cast, draft, bits, what_matters="family", person_opinion="economy")
    with cast.acting("owner"):
        now = services.draft_of(Case.objects.get(pk=draft.case_id))
        approval.approve(plan=now, agreed_how="Ja", revision=now.revision, by=cast.owner)
        new = services.start_draft(case=Case.objects.with_names().get(pk=draft.case_id), by=cast.owner)
        assert new.rows["what_matters"].topics == bits["family"]
        # What the person thinks is asked anew, and so is what it is about.
        assert (new.rows["person_opinion"].text, new.rows["person_opinion"].topics) == ("", -1)


def test_the_api_writes_topics_and_refuses_unknown_ones(cast, browse, draft, bits):
    amira = browse("amira.falun")
    path, tag = f"/api/v1/plans/{draft.pk}/", f'"{draft.revision}"'
    send = {"content_type": "application/json", "headers": {"If-Match": tag}}
    for wrong in ({"why": ["hittepå"]}, {"nyckel": ["economy"]}, {"why": "economy"}, {"why": [1]}, ["why"]):
        assert amira.patch(path, {"topics": wrong}, **send).status_code == 400, wrong
    said = amira.patch(path, {"why": "Räkningar.", "topics": {"why": ["economy", "housing"]}}, **send)
    assert said.status_code == 200 and said.json()["topics"]["why"] == ["housing", "economy"]
    assert said.json()["topics"]["situation"] == [] and said.json()["hidden"] == []


def test_what_was_removed_is_hidden_from_whom_it_was_hidden(cast, browse, draft, bits):
    with cast.acting("owner"):
        goal = services.add_goal(plan=draft, text="Du går ut.", topics=bits["housing"], by=cast.owner)
        secret = {"text": "Du ringer terapeuten.", "doer": "self", "topics": bits["mental_health"]}
        measure = services.add_measure(goal=goal, by=cast.owner, **secret)
        removed.delete_measure(measure=measure, by=cast.owner)
        removed.delete_goal(goal=goal, by=cast.owner)
    exempt(cast, draft, "party", bits["mental_health"])
    page = text_of(browse("hanna.dalarna").get(url("changes", draft)))
    assert "Du går ut." in page and "terapeuten" not in page
    with cast.acting("party"), pytest.raises(RuleBroken, match="ser hela planen"):
        restoring.put_back(plan=draft, step=removed.of_plan(draft)[0], by=cast.party)


def test_a_unit_that_may_not_read_a_proposal_is_told_nothing_of_it(cast, draft, bits):
    exempt(cast, draft, "party", bits["mental_health"])

    def told() -> int:
        with cast.acting("party"):
            return InboxItem.objects.filter(kind="proposed", case_id=draft.case_id).count()

    before = told()
    build.proposed(cast, draft.case)
    assert told() == before
