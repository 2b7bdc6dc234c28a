"""What is typed at the meeting is saved while it is typed, and never lost: clash, end, log-in, what others did."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from cases.models import Case
from meetingroom import services
from plans import removed
from plans import services as plans
from plans.models import Disagreement, Goal, PlanStep
from tests import build, build_meeting
from tests.meetingroom import pages

BY_ITSELF = {"X-Autosave": "1"}


@pytest.fixture
def room(cast):
    return build_meeting.going_on(cast)


@pytest.fixture
def at(room, browse):
    """The owner's browser in the room."""
    return pages.InRoom(browse("amira.falun"), room)


def now(room) -> Case:
    return Case.objects.with_names().get(pk=room.case_id)


def words(cast, room) -> dict:
    with cast.acting("owner"):
        return plans.draft_of(now(room)).words


def write(cast, room, who="party", **values):
    with cast.acting(who):
        plan = plans.draft_of(now(room))
        return plans.save_block(plan=plan, values=values, revision=plan.revision, by=cast.actor(who))


def by_itself(at, page: str, values: dict) -> dict:
    answer = at.client.post(at.base + page, values, headers=BY_ITSELF)
    assert answer.status_code == 200, answer.content.decode()[-2000:]
    return answer.json()


def follow_up_in(cast, room, days=30):
    write(cast, room, "owner", follow_up_on=build.today() + timedelta(days=days))


def end(cast, room):
    follow_up_in(cast, room)
    with cast.acting("owner"):
        services.end(case=now(room), room=room, by=cast.owner)


def test_each_save_builds_on_the_one_before_and_brings_the_hints(cast, room, at):
    typed = at.form(2) | {"strengths": "Patienten är envis."}
    said = by_itself(at, "del/2/", typed)
    assert re.fullmatch(r"Sparat kl\. \d\d?\.\d\d", said["saved"])
    assert "Patienten" in said["hints"]["strengths"] and said["hints"]["situation"].strip() == ""
    typed |= said["hidden"] | {"strengths": "Du är envis."}
    said = by_itself(at, "del/2/", typed)
    assert "saved" in said and said["hints"]["strengths"].strip() == ""
    # Back to what stood first is a change too.
    assert "saved" in by_itself(at, "del/2/", typed | said["hidden"] | {"strengths": ""})
    assert words(cast, room)["strengths"] == ""
    with cast.acting("owner"):
        assert PlanStep.objects.filter(case_id=room.case_id, block__key="strengths").exists()


def test_the_page_carries_what_the_script_needs(at):
    for number in (2, 3, 4, 5):
        shown = at.get(f"del/{number}/")
        assert "data-autosave" in shown and "data-saving" in shown and "js/plan.js" in shown
    at.write(2, strengths="Patienten är envis.")
    assert "språktips" in at.get("del/2/")


def test_a_wrong_field_stops_nothing_else(cast, room, at):
    typed = at.form(5) | {"follow_up_on": "i fjol", "copies_to": "Min dotter"}
    said = by_itself(at, "del/5/", typed)
    assert "saved" not in said and said["errors"]
    assert words(cast, room) is not None
    with cast.acting("owner"):
        assert plans.draft_of(now(room)).copies_to == "Min dotter"
    # The page goes on from there without a clash with itself.
    said = by_itself(at, "del/5/", typed | said["kept"] | {"copies_to": "Min dotter och min son", "follow_up_on": ""})
    assert "saved" in said and "clash" not in said


def test_another_block_is_saved_though_one_clashes(cast, room, at):
    typed = at.form(2)
    write(cast, room, what_matters="Deras text.")
    said = by_itself(at, "del/2/", typed | {"what_matters": "Min text.", "strengths": "Du är envis."})
    assert "Deras" in said["clash"] and said["at"] == "viktigt-was" and "saved" not in said
    assert said["texts"]["what_matters"] == "Deras text.\nMin text."
    assert {"viktigt-revision", "viktigt-seen", "viktigt-was"} == said["hidden"].keys()
    assert {"fungerar-revision", "fungerar-seen", "fungerar-was"} <= said["kept"].keys()
    assert words(cast, room)["strengths"] == "Du är envis." and words(cast, room)["what_matters"] == "Deras text."


def test_two_clashes_at_once_are_shown_one_at_a_time_and_none_is_written_over(cast, room, at):
    typed = at.form(2)
    write(cast, room, what_matters="Deras text.")
    write(cast, room, situation="Deras nuläge.")
    said = by_itself(at, "del/2/", typed | {"what_matters": "Min text.", "situation": "Mitt nuläge."})
    assert said["at"] == "viktigt-was" and said["kept"] == {}
    typed |= said["hidden"] | {"what_matters": "Min text.", "situation": "Mitt nuläge.", "viktigt-keep": "both"}
    shown = at.send(2, typed, status=200)
    assert "Deras nuläge." in shown and words(cast, room)["situation"] == "Deras nuläge."
    assert words(cast, room)["what_matters"] == "Min text."


@pytest.mark.parametrize(
    ("keep", "kept"),
    [("theirs", "Deras text."), ("mine", "Min text."), ("both", "Deras text.\nMin text.")],
)
def test_a_clash_ends_as_the_writer_chooses(cast, room, at, keep, kept):
    typed = at.form(2)
    write(
        cast,
        room,
        what_matters="Deras text.",
    )
    write(cast, room, situation="Deras nuläge.")
    shown = at.send(2, typed | {"what_matters": "Min text.", "situation": "Mitt nuläge."}, status=200)
    assert shown.count("Vad ska gälla?") == 2
    # Two choices on one page: each has its own.
    at.send(2, at.read(shown) | {"viktigt-keep": keep, "nulage-keep": "mine", "go": "part-3"})
    assert words(cast, room)["what_matters"] == kept and words(cast, room)["situation"] == "Mitt nuläge."
    # Whoever gave way stays and reads what stands.
    assert at.went_to.endswith("/del/2/" if keep == "theirs" else "/del/3/")


def test_after_a_clash_the_first_text_can_be_written_again(cast, room, at):
    write(cast, room, "owner", what_matters="Först.")
    typed = at.form(2)
    write(cast, room, what_matters="Deras text.")
    shown = at.send(2, typed | {"what_matters": "Min text."}, status=200)
    at.send(2, at.read(shown) | {"what_matters": "Först.", "viktigt-keep": "both"})
    assert words(cast, room)["what_matters"] == "Först."


def test_nothing_is_saved_as_somebody_else(cast, room, at):
    typed = at.form(2) | {"strengths": "Du är envis."}
    for page, values in (("del/2/", typed), ("mal/nytt/", {"revision": 1, "text": "Du sover.", "horizon": "short"})):
        answer = at.client.post(at.base + page, values, headers=BY_ITSELF | {"X-Who": "somebody"})
        assert answer.json() == {"stranger": True}
    assert words(cast, room)["strengths"] == ""
    with cast.acting("owner"):
        assert not Goal.objects.filter(case_id=room.case_id).exists()


def test_the_page_says_who_else_writes(cast, room, at):
    assert "ensam om att skriva" in at.get("del/2/")
    write(cast, room, what_matters="Deras text.")
    assert f"{cast.staff('party').name}</strong> skriver nu" in at.get("del/3/")


def test_goals_and_measures_save_by_themselves_too(cast, room, at):
    with cast.acting("owner"):
        goal = plans.add_goal(plan=plans.draft_of(now(room)), text="Du sover.", by=cast.owner)
        measure = plans.add_measure(goal=goal, text="Vi ringer.", doer="self", by=cast.owner)
    sent = {"revision": 1, "text": "Patienten sover gott.", "horizon": "short", "how_noticed": ""}
    said = by_itself(at, f"mal/{goal.pk}/", sent)
    assert said["hidden"] == {"revision": 2} and "Patienten" in said["hints"]["text"]
    with cast.acting("party"):
        changed = Goal.objects.get(pk=goal.pk)
        values = {"text": "Deras mål.", "horizon": "short", "how_noticed": ""}
        plans.change_goal(goal=changed, values=values, revision=2, by=cast.party)
    said = by_itself(at, f"mal/{goal.pk}/", sent | {"revision": 2, "text": "Mitt mål."})
    assert "Deras" in said["clash"]
    # Without the script the choice is heeded as well.
    kept = at.client.post(f"{at.base}mal/{goal.pk}/", sent | {"revision": 3, "keep": "theirs"})
    assert kept.status_code == 302
    with cast.acting("owner"):
        assert Goal.objects.get(pk=goal.pk).text == "Deras mål."
    values = {"revision": 1, "text": "Vi ringer på tisdagar.", "who": "self"}
    assert "saved" in by_itself(at, f"insats/{measure.pk}/", values)
    shown = at.get("del/3/")
    assert "Vi ringer på tisdagar." in shown and "data-autosave" in at.get(f"insats/{measure.pk}/")
    assert "data-autosave" not in at.get("mal/nytt/") and "data-fresh" in at.get("mal/nytt/")


def test_a_meeting_that_somebody_ended_gives_back_what_was_typed(cast, room, at):
    typed = at.form(2) | {"what_matters": "Att få bo kvar."}
    end(cast, room)
    assert "avslutat" in by_itself(at, "del/2/", typed)["errors"][0]
    answer = at.client.post(f"{at.base}del/2/", typed)
    assert answer.status_code == 409 and "Att få bo kvar." in answer.content.decode()
    assert words(cast, room)["what_matters"] == ""
    # Nothing was typed: on to the plan, as always.
    assert at.client.post(f"{at.base}narvaro/")["Location"] == f"/arenden/{room.case_id}/plan/"


def test_a_goal_that_somebody_took_away_gives_back_what_was_typed(cast, room, at):
    with cast.acting("owner"):
        goal = plans.add_goal(plan=plans.draft_of(now(room)), text="Du sover.", by=cast.owner)
        page = f"mal/{goal.pk}/"
        removed.delete_goal(goal=goal, by=cast.owner)
    sent = {"revision": 1, "text": "Du sover gott.", "horizon": "short"}
    answer = at.client.post(at.base + page, sent)
    assert answer.status_code == 409 and "Du sover gott." in answer.content.decode()
    assert "tagit bort" in by_itself(at, page, sent)["errors"][0]
    assert at.client.get(at.base + page).status_code == 404


def approve(cast, room):
    with cast.acting("owner"):
        plan = plans.draft_of(now(room))
    build.written(cast, plan)
    with cast.acting("owner"):
        plan = plans.draft_of(now(room))
        build.approval.approve(plan=plan, agreed_how="Ja.", revision=plan.revision, by=cast.owner)


def test_a_plan_that_is_approved_meanwhile_gives_back_what_was_typed_and_lets_the_meeting_end(cast, room, at):
    typed = at.form(2) | {"what_matters": "Att få bo kvar."}
    approve(cast, room)
    answer = at.client.post(f"{at.base}del/2/", typed)
    assert answer.status_code == 409 and "Att få bo kvar." in answer.content.decode()
    assert at.client.get(f"{at.base}del/5/")["Location"].endswith("/narvaro/")
    assert "Avsluta mötet" in at.get("narvaro/")
    assert at.client.post(f"{at.base}narvaro/", {"go": "end"})["Location"] == f"/arenden/{room.case_id}/plan/"
    with cast.acting("owner"):
        assert not type(room).objects.get(pk=room.pk).is_open


def test_a_form_that_comes_after_the_log_in_has_ended_is_filled_in_again(cast, browse):
    with time_machine.travel(timezone.now().replace(hour=9, minute=0), tick=False) as clock:
        room = build_meeting.opened(cast, afterwards=True)
        build_meeting.attended(cast, room)
        at = pages.InRoom(browse("amira.falun"), room)
        typed = at.form(2) | {"what_matters": "Att få bo kvar."}
        clock.shift(timedelta(minutes=21))
        assert at.client.post(f"{at.base}del/2/", typed).status_code == 403
        at.client.post("/logga-in/", {"username": "amira.falun", "password": "prova-sip-2026"})
        shown = at.get("del/2/")
        assert "Att få bo kvar." in shown and "inte sparat än" in shown
        assert words(cast, room)["what_matters"] == ""
        at.send(2, at.read(shown))
        assert words(cast, room)["what_matters"] == "Att få bo kvar."


def test_a_disagreement_waits_for_the_log_in_too(cast, browse):
    with time_machine.travel(timezone.now().replace(hour=9, minute=0), tick=False) as clock:
        plan = build.drafted(cast)
        client, url = browse("amira.falun"), f"/arenden/{plan.case_id}/plan/oenighet/"
        client.get(url)
        clock.shift(timedelta(minutes=21))
        assert client.post(url, {"whose": "person", "view": "Jag vill inte."}).status_code == 403
        client.post("/logga-in/", {"username": "amira.falun", "password": "prova-sip-2026"})
        assert "Jag vill inte." in client.get(url).content.decode()
        with cast.acting("owner"):
            assert not Disagreement.objects.filter(plan=plan).exists()
