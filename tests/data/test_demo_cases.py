"""The demo's cases are coherent, written to the person, and hold all of the handbook's four examples."""

import re

import pytest

from tests.data.files import (
    ALL,
    AUTHORITIES,
    BANNED,
    BEFORE,
    CLOSE_REASONS,
    DEADLINES,
    GUIDELINES,
    REASONS,
    SHORT,
    STAFF,
    STATES,
    STORIES,
    UNITS,
    age,
    measures_of,
    plans_of,
    strings,
    values_of,
)

every_case = pytest.mark.parametrize("case", ALL, ids=[case["key"] for case in ALL])
every_story = pytest.mark.parametrize("story", STORIES, ids=[story["key"] for story in STORIES])


class TestCases:
    def test_every_state_and_the_reasons_to_close(self):
        assert {case["state"] for case in ALL} == STATES
        reasons = {case["close"]["reason"] for case in SHORT if case["close"]}
        assert reasons == CLOSE_REASONS
        assert len(SHORT) >= 30

    def test_some_are_late_in_every_way(self):
        late = {kind for case in SHORT for kind in case["late"]}
        assert late == set(DEADLINES) - {"admission_notice", "consultation", "measure", "payment"}

    def test_every_open_case_that_is_called_has_its_question(self):
        called = {case["key"] for case in ALL if case["meeting"] and case["person"]["protection"] == "none"}
        asked = {key for key, texts in BEFORE["texts"].items() if texts["question"].endswith("?")}
        still = {case["key"] for case in ALL if case["state"] in ("called", "met")} & called
        assert still <= asked <= called
        assert not any(BANNED.search(text) for texts in BEFORE["texts"].values() for text in texts.values())

    def test_the_ways_consent_ends(self):
        kinds = {change["kind"] for case in ALL if case["consent"] for change in case["consent"]["changes"]}
        assert kinds == {"narrowed", "withdrawn"}
        run_out = [c for c in SHORT if c["consent"] and (c["consent"]["valid_to_offset"] or 0) < 0]
        assert run_out and all("consent_expiry" in case["late"] for case in run_out)
        forms = {case["consent"]["form"] for case in ALL if case["consent"]}
        assert forms == {"spoken", "written", "gesture", "presumed"}

    @every_case
    def test_references_exist(self, case):
        named = set(values_of(case, {"unit", "owner_unit", "ward_unit", "with_unit", "lead_unit", "through"}))
        assert named <= set(UNITS)
        people = set(values_of(case, {"staff", "started_by", "recorded_by", "called_by", "chair", "writer", "by"}))
        people |= set(values_of(case, {"approved_by", "lead_staff", "closed_by", "booked_by"}))
        assert people <= set(STAFF)
        assert set(case["reasons"]) <= REASONS
        assert {case["county_code"], case["kommun_code"]} <= AUTHORITIES
        assert case["kommun_code"][:2] == case["county_code"]
        units = [party["unit"] for party in case["parties"]]
        assert case["owner_unit"] == units[0] and len(units) == len(set(units))
        if case["meeting"]:
            assert {answer["unit"] for answer in case["meeting"]["answers"]} <= set(units)

    @every_case
    def test_only_a_party_with_the_duty_by_guideline_has_the_duty(self, case):
        rules = {g["slug"]: g["duty_sectors"] for g in GUIDELINES["guidelines"]}[case["guideline"]]
        for party in case["parties"]:
            unit = UNITS[party["unit"]]
            school = unit["kind"] in ("school", "school_health")
            duty = unit["acts_for"] is not None and (not school or "school" in rules)
            assert party["obligation"] == ("duty" if duty else "invited")

    @every_case
    def test_dates_follow_each_other(self, case):
        consent, meeting, plan = case["consent"], case["meeting"], case["plan"]
        days = [case["need_found_offset"]]
        days += [consent["offset"]] if consent else []
        days += [meeting["called_offset"], meeting["offset"]] if meeting else []
        days += [plan["approved_offset"]] if plan else []
        days += [follow["offset"] for follow in case["follow_ups"]]
        assert days == sorted(days)
        assert days[0] <= 0
        ward = case["inpatient"]
        if ward and ward["ready_offset"] is not None:
            assert ward["admitted_offset"] < ward["ready_offset"] <= 0
            if meeting:
                assert meeting["called_offset"] <= ward["ready_offset"] + 3
        for version in plans_of(case):
            for measure in measures_of(version):
                assert measure["ongoing"] == (measure["ends_offset"] is None)
                assert measure["ongoing"] or measure["starts_offset"] <= measure["ends_offset"]

    @every_case
    def test_the_state_has_what_it_needs(self, case):
        state, consent, meeting = case["state"], case["consent"], case["meeting"]
        agreed = bool(consent) and consent["share_answer"] == consent["planning_answer"] == "yes"
        if state in ("consented", "called", "met", "planned", "following_up"):
            assert agreed
        if state == "called":
            assert meeting["offset"] >= 0 and not meeting["present"] and not case["plan"]
        if state in ("met", "planned", "following_up"):
            assert meeting["offset"] < 0 and meeting["present"]
        assert bool(case["plan"]) or state not in ("planned", "following_up")
        assert bool(case["follow_ups"]) or state != "following_up"
        assert bool(case["close"]) == (state == "closed")
        if state == "declined":
            assert "no" in (consent["share_answer"], consent["planning_answer"])

    @every_case
    def test_a_plan_has_the_four_statutory_parts_and_a_follow_up(self, case):
        """PLA-3, UPP-1."""
        plan = case["plan"]
        if not plan:
            return
        for version in plans_of(case):
            assert all(goal["measures"] and goal["how_noticed"] for goal in version["goals"])
            for measure in measures_of(version):
                if measure["doer"] == "unit":
                    assert UNITS[measure["unit"]]["acts_for"]
                else:
                    assert measure["unit"] is None
                assert measure["actor_name"]
        assert bool(plan["others_do"]) != plan["others_nobody"]
        assert plan["lead_authority"] == UNITS[plan["lead_unit"]]["acts_for"]
        assert plan["follow_up"]["offset"] > plan["approved_offset"]

    @every_case
    def test_it_is_written_to_you(self, case):
        """PLA-1."""
        for text in strings(case):
            assert not BANNED.search(text), text
        if case["plan"]:
            for field in ("what_matters", "long_term_goal", "own_opinion", "situation"):
                assert re.search(r"\bdu\b|\bditt\b|\bdin\b", case["plan"][field], re.IGNORECASE), field

    @every_case
    def test_statuses_belong_to_the_plan_in_force(self, case):
        versions = plans_of(case)
        for follow in case["follow_ups"]:
            keys = {measure["key"] for measure in measures_of(versions[0])}
            assert {row["measure"] for row in follow["measure_statuses"]} == keys
            if follow["next_version"]:
                versions = versions[1:]
                check_changes(follow["next_version"], keys)


def check_changes(version, before):
    after = {measure["key"] for measure in measures_of(version)}
    assert set(version["changes"]["new_measures"]) == after - before
    assert set(version["changes"]["ended_measures"]) == before - after


class TestTheFourPersons:
    """The handbook's examples: every goal, measure, party and follow-up is there."""

    def test_the_four(self):
        keys = ["student-tidigt", "student-slutenvard", "aldre-tidigt", "aldre-slutenvard"]
        assert [story["key"] for story in STORIES] == keys
        assert [story["appendix_example"] for story in STORIES] == ["1 A", "1 B", "2 A", "2 B"]

    @every_story
    def test_their_ages_and_counties(self, story):
        years = age(story["person"]["number"])
        assert years == 27 if story["key"].startswith("student") else 80 <= years <= 84
        assert story["county_code"] in ("20", "08")

    @pytest.mark.parametrize(
        "key, goals, measures",
        [
            (
                "student-tidigt",
                "angest exponering mat tider",
                "kbt dagbok tyst-rum ut-med-syster trana-miljoer veckoschema paminnelser",
            ),
            (
                "student-slutenvard",
                "somn angest mat tider",
                "medicin-somn medicin-angest kbt trana-miljoer dagbok tyst-rum ut-med-syster veckoschema paminnelser "
                "vackning",
            ),
        ],
    )
    def test_the_students_goals_and_measures(self, key, goals, measures):
        plan = next(story for story in STORIES if story["key"] == key)["plan"]
        assert {goal["key"] for goal in plan["goals"]} == set(goals.split())
        assert {measure["key"] for measure in measures_of(plan)} == set(measures.split())

    @every_story
    def test_the_older_persons_goals_measures_and_two_follow_ups(self, story):
        if story["key"].startswith("student"):
            assert not story["follow_ups"]
            return
        first, second = plans_of(story)
        assert [goal["key"] for goal in first["goals"]] == (
            "ratt-insulindos saker-dosering stabilt-blodsocker lakemedelsgenomgang saker-forflyttning matlust "
            "tryggare-hemma mindre-oro".split()
        )
        assert {measure["key"] for measure in measures_of(first)} == set(
            "mata-morgon insulin-sjalv frukost beslut-morgon lagt-varde-frukost lagt-varde-beslut justera-dos "
            "mat-fyra-ganger genomgang-lakare genomgang-fall kontakt-rehab utredning-rehab genomgang-vikt vagning "
            "hemtjanst-fyra nattpatrull samtal-oro".split()
        )
        assert [goal["key"] for goal in second["goals"]] == (
            "ratt-insulindos saker-lakemedel saker-dosering stabilt-blodsocker lakemedelsgenomgang rorelse-och-mat "
            "tryggare-hemma bridge".split()
        )
        assert {"insulin-delegering", "last-lada", "fortsatt-team", "ledsagare"} <= {
            measure["key"] for measure in measures_of(second)
        }
        assert [follow["outcome"] for follow in story["follow_ups"]] == ["revise", "continue"]
        gaps = [story["meeting"]["offset"]] + [follow["offset"] for follow in story["follow_ups"]]
        assert [later - earlier for earlier, later in zip(gaps, gaps[1:], strict=False)] == [14, 30]

    @every_story
    def test_parties_and_relatives(self, story):
        kinds = {UNITS[party["unit"]]["kind"] for party in story["parties"]}
        if story["key"].startswith("student"):
            assert {"psychiatric_outpatient", "disability", "agency"} <= kinds
            assert [relative["relation"] for relative in story["relatives"]] == ["syster"]
        else:
            assert {"primary_care", "home_nursing", "home_care", "needs_assessment"} <= kinds
            assert [relative["relation"] for relative in story["relatives"]] == ["dotter", "dotter"]
        assert ("ward" in kinds) == bool(story["inpatient"]) == story["key"].endswith("slutenvard")

    @every_story
    def test_what_happens_if_it_gets_worse(self, story):
        crisis = story["plan"]["crisis"]
        assert all(crisis[field] for field in ("signs", "self_help", "call_first", "we_do"))
        assert UNITS[story["plan"]["lead_unit"]]["phone"] in crisis["call_first"]
