"""Several in one draft: choosing between two texts, saving while writing, taking back, who writes (PLA-4)."""

import re
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from organisations.errors import RuleBroken
from plans import clash, removed, services, steps, undo
from plans.models import Goal, Measure, Plan, PlanBlock, PlanStep
from tests import build

BY_ITSELF = {"X-Autosave": "1"}


def url(name, plan, *args):
    return reverse(f"plans:{name}", args=[plan.case_id, *args])


def hidden(response) -> dict:
    form = response.context["form"]
    return {name: form[name].value() for name in ("revision", "seen") if name in form.fields}


def text_of(response) -> str:
    return unescape(response.content.decode())


@pytest.fixture
def draft(cast):
    return build.drafted(cast)


@pytest.fixture
def amira(browse):
    return browse("amira.falun")


@pytest.fixture
def hanna(browse):
    return browse("hanna.dalarna")


def said(cast, draft, key="why") -> str:
    with cast.acting("owner"):
        return PlanBlock.objects.get(plan=draft, key=key).text


def write(cast, draft, who="owner", by_itself=False, **values) -> Plan:
    with cast.acting(who):
        now = Plan.objects.get(pk=draft.pk)
        saving = {"revision": now.revision, "by_itself": by_itself, "by": cast.actor(who)}
        return services.save_block(plan=now, values=values, **saving)


def clashing(cast, amira, hanna, draft) -> dict:
    """Both have opened why; Hanna has saved; what Amira gets back."""
    address = url("block", draft, "varfor")
    amiras, hannas = hidden(amira.get(address)), hidden(hanna.get(address))
    assert hanna.post(address, {**hannas, "why": "Samma rad\nHannas rad"}).status_code == 302
    page = amira.post(address, {**amiras, "why": "Samma rad\nAmiras rad", "topics_why": ["economy"]})
    assert page.status_code == 409
    form = page.context["form"]
    return hidden(page) | dict(form.own) | {"why": form["why"].value()}


def test_a_clash_marks_what_differs_and_proposes_both(cast, amira, hanna, draft):
    sent = clashing(cast, amira, hanna, draft)
    assert sent["why"] == "Samma rad\nHannas rad\nAmiras rad"
    assert said(cast, draft) == "Samma rad\nHannas rad"
    page = text_of(amira.post(url("block", draft, "varfor"), sent | {"revision": 1, "seen": "0" * 16, "keep": "both"}))
    assert "<mark>" in page and "Skiljer sig: </span>Amiras rad" in page


@pytest.mark.parametrize(
    ("keep", "kept"),
    [
        ("theirs", "Samma rad\nHannas rad"),
        ("mine", "Samma rad\nAmiras rad"),
        ("both", "Samma rad\nHannas rad\nAmiras rad"),
    ],
)
def test_a_clash_ends_as_the_writer_chooses(cast, amira, hanna, draft, keep, kept):
    sent = clashing(cast, amira, hanna, draft) | {"keep": keep, "topics_why": ["housing"]}
    assert amira.post(url("block", draft, "varfor"), sent).status_code == 302
    assert said(cast, draft) == kept
    with cast.acting("owner"):
        topics = PlanBlock.objects.get(plan=draft, key="why").topics
        steps_of_why = list(PlanStep.objects.filter(block__key="why").order_by("save_number"))
    # Mine is all of mine, also the topics that stood in the form; what was chosen away can be taken back.
    assert (topics == -1) == (keep == "theirs")
    assert (steps_of_why[-1].before["text"] == "Samma rad\nHannas rad") == (keep != "theirs")


def test_a_choice_made_on_an_old_page_clashes_again(cast, amira, hanna, draft):
    sent = clashing(cast, amira, hanna, draft) | {"keep": "mine"}
    write(cast, draft, "party", why="Hannas tredje")
    page = amira.post(url("block", draft, "varfor"), sent)
    assert page.status_code == 409 and "Hannas tredje" in text_of(page)
    assert said(cast, draft) == "Hannas tredje"
    again = hidden(page) | dict(page.context["form"].own) | {"keep": "mine"}
    assert amira.post(url("block", draft, "varfor"), again).status_code == 302
    assert said(cast, draft) == "Samma rad\nAmiras rad"


@pytest.mark.parametrize(
    ("theirs", "mine", "both"),
    [
        ("", "Min", "Min"),
        ("Deras", "", "Deras"),
        ("Du sover gott.", "Du sover gott. Varje natt.", "Du sover gott. Varje natt."),
        ("Du sover gott. Varje natt.", "Du sover gott.", "Du sover gott. Varje natt."),
        ("a\nb", "a\nc", "a\nb\nc"),
    ],
)
def test_two_texts_are_joined_line_by_line(theirs, mine, both):
    assert clash.joined(theirs, mine) == both


def test_the_page_saves_by_itself_and_knows_what_to_build_on(cast, amira, draft):
    address = url("block", draft, "varfor")
    first = hidden(amira.get(address))
    answer = amira.post(address, first | {"why": "Ett"}, headers=BY_ITSELF)
    assert answer.status_code == 200 and answer.json()["saved"].startswith("Sparat kl. ")
    again = amira.post(address, {"why": "Ett två"} | answer.json()["hidden"], headers=BY_ITSELF)
    assert again.json()["saved"] and said(cast, draft) == "Ett två"
    assert hidden(amira.get(address))["seen"] == again.json()["hidden"]["seen"]


def test_a_clash_while_writing_comes_back_as_both_texts(cast, amira, hanna, draft):
    address = url("block", draft, "varfor")
    old = hidden(amira.get(address))
    write(cast, draft, "party", why="Hannas")
    answer = amira.post(address, old | {"why": "Amiras"}, headers=BY_ITSELF)
    found = answer.json()
    assert answer.status_code == 409 and "Hannas" in found["clash"] and found["texts"]["why"] == "Hannas\nAmiras"
    assert amira.post(address, found["hidden"] | {"why": "Båda", "keep": "both"}).status_code == 302


def test_what_cannot_be_saved_yet_says_why_and_changes_nothing(cast, amira, draft):
    with cast.acting("owner"):
        goal = Goal.objects.get(plan=draft)
    sent = {"revision": goal.revision, "text": "", "horizon": "short"}
    answer = amira.post(url("goal", draft, goal.pk), sent, headers=BY_ITSELF)
    assert answer.json() == {"errors": ["Skriv vad personen vill nå."]}
    with cast.acting("owner"):
        assert Goal.objects.get(pk=goal.pk).text == goal.text


def test_a_goal_and_a_measure_save_by_themselves(cast, amira, draft):
    with cast.acting("owner"):
        goal, measure = Goal.objects.get(plan=draft), Measure.objects.get(goal__plan=draft, doer="self")
    for name, row, values in (("goal", goal, {"horizon": "short"}), ("measure", measure, {"who": "self"})):
        address = url(name, draft, row.pk)
        one = amira.post(address, values | {"revision": row.revision, "text": "Ett"}, headers=BY_ITSELF).json()
        two = amira.post(address, values | one["hidden"] | {"text": "Två"}, headers=BY_ITSELF).json()
        assert two["hidden"] == {"revision": row.revision + 2}


def test_the_last_change_is_taken_back_and_that_too(cast, amira, draft):
    write(cast, draft, why="Först")
    write(cast, draft, why="Sedan")
    assert "Ångra min senaste ändring" in text_of(amira.get(url("edit", draft)))
    for expected in ("Först", "Sedan", "Först"):
        assert amira.post(url("undo_block", draft, "varfor")).status_code == 302
        assert said(cast, draft) == expected
    with cast.acting("owner"):
        assert PlanBlock.objects.get(plan=draft, key="why").revision == 6


def test_what_the_page_saved_by_itself_is_taken_back_at_once(cast, draft):
    write(cast, draft, why="Det som stod")
    for text in ("Du", "Du behöver", "Du behöver hjälp"):
        write(cast, draft, why=text, by_itself=True)
    with cast.acting("owner"):
        undo.block(plan=draft, names=("why",), by=cast.owner)
    assert said(cast, draft) == "Det som stod"


def test_nobody_takes_back_what_another_wrote_after(cast, amira, hanna, draft):
    write(cast, draft, why="Amiras")
    write(cast, draft, "party", why="Hannas")
    assert amira.post(url("undo_block", draft, "varfor")).status_code == 409
    assert said(cast, draft) == "Hannas"
    assert hanna.post(url("undo_block", draft, "varfor")).status_code == 302
    assert said(cast, draft) == "Amiras"


def test_columns_and_several_texts_of_a_block_go_back_together(cast, draft):
    names = ("own_measures", "relatives_measures", "others_measures", "others_nobody")
    write(cast, draft, own_measures="Ett", others_measures="Skolan", others_nobody=False)
    with cast.acting("owner"):
        now = undo.block(plan=draft, names=names, by=cast.owner)
        assert (now.others_nobody, now.words["own_measures"], now.words["others_measures"]) == (True, "", "")
    day = build.today() + timezone.timedelta(days=40)
    write(cast, draft, follow_up_on=day, follow_up_place="Hos oss")
    with cast.acting("owner"):
        now = undo.block(plan=draft, names=("follow_up_on", "follow_up_place"), by=cast.owner)
        assert (now.follow_up_on, now.follow_up_place) == (draft.follow_up_on, "Hemma hos dig")


def test_a_goal_and_a_measure_are_taken_back(cast, amira, draft):
    with cast.acting("owner"):
        goal = Goal.objects.select_related("plan").get(plan=draft)
        measure = Measure.objects.select_related("goal__plan").get(goal__plan=draft, doer="self")
        said_then = measure.text
        values = {name: getattr(measure, name) for name in services.MEASURE_TEXTS}
        services.change_goal(
            goal=goal, values={"text": "Nytt", "horizon": "long", "how_noticed": ""}, revision=1, by=cast.owner
        )
        services.change_measure(
            measure=measure, values=values | {"text": "Annat", "starts_on": build.today()}, revision=1, by=cast.owner
        )
    assert amira.post(url("undo_goal", draft, goal.pk)).status_code == 302
    assert amira.post(url("undo_measure", draft, measure.pk)).status_code == 302
    with cast.acting("owner"):
        assert Goal.objects.get(pk=goal.pk).text == goal.text
        now = Measure.objects.get(pk=measure.pk)
        assert (now.text, now.starts_on) == (said_then, None)


def test_an_earlier_text_is_put_back_from_the_list(cast, amira, hanna, draft):
    write(cast, draft, why="Amiras")
    write(cast, draft, "party", why="Hannas")
    page = amira.get(url("changes", draft))
    row = next(r for r in page.context["changes"] if r["said"] == [("", "Amiras")])
    write(cast, draft, "party", why="Hannas igen")
    address = url("put_back", draft, row["step"].pk)
    assert amira.post(address, {"seen": row["now"]}).status_code == 409
    assert said(cast, draft) == "Hannas igen"
    fresh = next(r for r in amira.get(url("changes", draft)).context["changes"] if r["step"].pk == row["step"].pk)
    assert amira.post(address, {"seen": fresh["now"]}).status_code == 302
    assert said(cast, draft) == "Amiras"


def test_changes_are_kept_to_two_hundred_and_end_with_the_draft(cast, draft):
    for text in ("Ett", "Två"):
        write(cast, draft, why=text)
    with cast.acting("owner"):
        row = PlanBlock.objects.get(plan=draft, key="why")
        about = {"before": {"text": "Sist", "topics": -1}, "topics": -1, "by": cast.owner}
        steps.keep(draft, block=row, revision=row.revision + 198, **about)
        kept = PlanStep.objects.filter(plan=draft, block=row).order_by("revision")
        assert [step.before["text"] for step in kept] == ["Ett", "Sist"]
        assert PlanStep.objects.filter(plan=draft, block__key="what_matters").exists()
        now = services.draft_of(draft.case)
        build.approval.approve(plan=now, agreed_how="Ja", revision=now.revision, by=cast.owner)
        assert not PlanStep.objects.filter(plan=draft).exists()
        with pytest.raises(RuleBroken):
            undo.block(plan=now, names=("why",), by=cast.owner)


def test_who_else_writes_is_told(cast, amira, hanna, draft):
    write(cast, draft, why="Amira var här")
    page = text_of(hanna.get(url("now", draft)))
    assert "skriver nu" in page and "Varför du har en SIP" in page
    assert "skriver nu" not in text_of(amira.get(url("now", draft)))
    with cast.acting("owner"):
        assert [step.by_id for step in steps.writing_now(draft, cast.party)] == [cast.owner.assignment_id]


def test_a_part_that_was_taken_away_meanwhile_gives_the_text_back(cast, amira, draft):
    with cast.acting("owner"):
        measure = Measure.objects.select_related("goal__plan", "unit").get(goal__plan=draft, doer="self")
        gone = measure.pk
        removed.delete_measure(measure=measure, by=cast.owner)
    page = amira.post(url("measure", draft, gone), {"revision": 1, "text": "Min långa text", "who": "self"})
    assert page.status_code == 409 and "Min långa text" in text_of(page)


@pytest.mark.parametrize(("name", "model"), [("add_measure", Goal), ("goal", Goal), ("measure", Measure)])
def test_what_is_taken_away_while_it_is_being_saved_gives_the_text_back(cast, amira, draft, monkeypatch, name, model):
    """The page was found, and then another was first to the draft."""
    with cast.acting("owner"):
        goal = Goal.objects.get(plan=draft)
        where = goal if model is Goal else Measure.objects.get(goal=goal, doer="self")
    locked = services.locked_draft

    def late(plan):
        monkeypatch.setattr(services, "locked_draft", locked)
        Goal.objects.get(pk=goal.pk).delete()
        return locked(plan)

    monkeypatch.setattr(services, "locked_draft", late)
    sent = {"revision": 1, "text": "Min långa text", "who": "self", "horizon": "long"}
    page = amira.post(url(name, draft, where.pk), sent)
    assert page.status_code == 409 and "Min långa text" in text_of(page)


def test_sending_the_same_once_more_is_no_change_to_take_back(cast, amira, draft):
    """The page saves by itself, and then ”Spara” is pressed."""
    with cast.acting("owner"):
        goal = Goal.objects.get(plan=draft)
    sent = {"revision": goal.revision, "text": "Nytt mål", "horizon": "long", "how_noticed": ""}
    answer = amira.post(url("goal", draft, goal.pk), sent, headers=BY_ITSELF)
    assert amira.post(url("goal", draft, goal.pk), sent | answer.json()["hidden"]).status_code == 302
    # The answer did not come through, so the same is sent again on the old ground.
    assert amira.post(url("goal", draft, goal.pk), sent, headers=BY_ITSELF).json()["saved"]
    assert amira.post(url("undo_goal", draft, goal.pk)).status_code == 302
    with cast.acting("owner"):
        assert Goal.objects.get(pk=goal.pk).text == goal.text


def test_a_clash_names_who_changed_that_part_and_not_who_saved_last(cast, amira, hanna, draft):
    with cast.acting("owner"):
        goal = Goal.objects.select_related("plan").get(plan=draft)
    old = {"revision": goal.revision, "horizon": "short"}
    assert hanna.post(url("goal", draft, goal.pk), old | {"text": "Hannas"}).status_code == 302
    columns = hidden(amira.get(url("block", draft, "uppfoljning")))
    write(cast, draft, why="Amira sparar något annat")
    assert "Hanna Utkastlind sparade kl." in text_of(amira.post(url("goal", draft, goal.pk), old | {"text": "Amiras"}))
    day = build.today() + timezone.timedelta(days=40)
    write(cast, draft, "party", follow_up_on=day)
    write(cast, draft, why="Amira sparar igen")
    page = amira.post(url("block", draft, "uppfoljning"), columns | {"follow_up_place": "Hemma"})
    assert page.status_code == 409 and "Hanna Utkastlind sparade kl." in text_of(page)


def test_two_windows_of_the_same_user_clash_too(cast, amira, draft):
    address = url("block", draft, "varfor")
    old = hidden(amira.get(address))
    assert amira.post(address, old | {"why": "Första fönstret"}).status_code == 302
    page = amira.post(address, old | {"why": "Andra fönstret"})
    assert page.status_code == 409 and "Du sparade i ett annat fönster kl." in text_of(page)
    assert said(cast, draft) == "Första fönstret"


def test_a_page_that_another_user_opened_in_the_same_browser_saves_nothing(cast, amira, hanna, draft):
    address = url("block", draft, "varfor")
    page = amira.get(address)
    who = re.search(r'data-who="(\w+)"', text_of(page))[1]
    sent = hidden(page) | {"why": "Amiras text"}
    assert hanna.post(address, sent, headers=BY_ITSELF | {"X-Who": who}).json() == {"stranger": True}
    assert said(cast, draft) == ""
    assert amira.post(address, sent, headers=BY_ITSELF | {"X-Who": who}).json()["saved"]
