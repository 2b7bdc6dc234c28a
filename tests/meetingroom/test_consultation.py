"""Samråd: asked by the person, offered without delay, with a clock, and how it went (MOT-4)."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.models import Case, Deadline
from cases.topics import mask_of
from consent.models import ReceivedVersion
from meetingroom import consultation
from meetingroom.models import Consultation
from organisations.errors import RuleBroken
from tests import build, build_meeting
from tests.meetingroom import pages


@pytest.fixture
def case(cast):
    return build.met(cast)


def ask(cast, case, about="Tiderna passar inte.", **values):
    with cast.acting("owner"):
        return consultation.ask(case=Case.objects.with_names().get(pk=case.pk), about=about, by=cast.owner, **values)


def clocks(cast, case):
    with cast.acting("owner"):
        found = Deadline.objects.filter(case_id=case.pk, kind="consultation").order_by("pk")
        return [(row.met_at is not None, row.cancelled_at is not None) for row in found]


def test_a_request_starts_a_clock_from_the_guideline_and_names_who_must_answer(cast, case):
    found = ask(cast, case)
    assert found.unit_id == cast.unit("owner").pk
    assert clocks(cast, case) == [(False, False)]
    with cast.acting("owner"):
        row = Deadline.objects.get(case_id=case.pk, kind="consultation")
        assert row.event == "consultation_asked" and 3 <= (row.due_on - build.today()).days <= 8
        assert row.rule["moves"] == "next_weekday" and not row.statutory


def test_an_offered_time_meets_the_clock_and_the_outcome_ends_it(cast, case):
    found = ask(cast, case)
    with cast.acting("owner"):
        again = Case.objects.with_names().get(pk=case.pk)
        with pytest.raises(RuleBroken, match="har passerat"):
            consultation.offer(case=again, consultation=found, at=timezone.now(), by=cast.owner)
        later = timezone.now() + timedelta(days=1)
        consultation.offer(case=again, consultation=found, at=later, by=cast.owner)
        assert not consultation.not_offered(again.pk).exists()
        with pytest.raises(RuleBroken, match="kom fram till"):
            consultation.finish(case=again, consultation=found, result="done", by=cast.owner)
        consultation.finish(case=again, consultation=found, result="done", outcome="Ny tid.", by=cast.owner)
        with pytest.raises(RuleBroken, match="redan avslutat"):
            consultation.offer(case=again, consultation=found, at=later, by=cast.owner)
    assert clocks(cast, case) == [(True, False)]


def test_a_new_request_supersedes_the_open_one_with_its_clock(cast, case):
    first = ask(cast, case)
    second = ask(cast, case, about="Något annat.")
    with cast.acting("owner"):
        assert Consultation.objects.get(pk=first.pk).result == "superseded"
        assert consultation.of_case(case).filter(ended_at=None).get().pk == second.pk
    assert clocks(cast, case) == [(False, True), (False, False)]


def test_the_same_request_sent_twice_is_one_with_one_clock(cast, case):
    assert ask(cast, case).pk == ask(cast, case).pk
    assert clocks(cast, case) == [(False, False)]


def test_an_ended_samrad_gets_no_time_though_the_page_is_old(cast, case):
    old = ask(cast, case)
    with cast.acting("owner"):
        again = Case.objects.with_names().get(pk=case.pk)
        consultation.finish(case=again, consultation=Consultation.objects.get(), result="not_wanted", by=cast.owner)
        with pytest.raises(RuleBroken, match="redan avslutat"):
            consultation.offer(case=again, consultation=old, at=timezone.now() + timedelta(days=1), by=cast.owner)


def test_a_person_who_no_longer_wants_it_stops_the_clock(cast, case):
    found = ask(cast, case)
    with cast.acting("owner"):
        again = Case.objects.with_names().get(pk=case.pk)
        consultation.finish(case=again, consultation=found, result="not_wanted", by=cast.owner)
    assert clocks(cast, case) == [(False, True)]


def test_two_at_a_time_are_refused_by_the_database(cast, case):
    ask(cast, case)
    with cast.acting("owner"), pytest.raises(IntegrityError, match="consultation_one_now"), transaction.atomic():
        Consultation.objects.create(
            case_id=case.pk, unit=cast.unit("owner"), about="x", asked_by_id=cast.owner.assignment_id
        )


def test_by_the_pages_and_at_the_meeting(cast, browse):
    room = build_meeting.going_on(cast)
    at = pages.InRoom(browse("amira.falun"), room)
    assert "Skriv vad personen" in at.client.post(f"{at.base}samrad/", {"about": " "}).content.decode()
    assert at.client.post(f"{at.base}samrad/", {"about": "Jag vill ha en annan tid."}).status_code == 302
    assert "bett om samråd" in at.get("del/5/")
    at.write(5, follow_up_on=(build.today() + timedelta(days=30)).isoformat(), go="end")
    base = f"/arenden/{room.case_id}/"
    assert "Erbjud personen samråd" in at.client.get(base).content.decode()
    with cast.acting("owner"):
        found = Consultation.objects.get(case_id=room.case_id)
    day = (build.today() + timedelta(days=2)).isoformat()
    assert at.client.post(f"{base}samrad/{found.pk}/tid/", {"day": day, "at": "10.00"}).status_code == 302
    assert "kl. 10" in at.client.get(f"{base}samrad/").content.decode()
    done = {"result": "done", "outcome": "Vi byter dag."}
    assert at.client.post(f"{base}samrad/{found.pk}/avsluta/", done).status_code == 302
    assert "Vi byter dag." in at.client.get(f"{base}samrad/").content.decode()
    party = browse("hanna.dalarna")
    assert "Jag vill ha en annan tid." in party.get(f"{base}samrad/").content.decode()
    assert party.post(f"{base}samrad/nytt/", {"about": "x"}).status_code == 403


def test_a_party_that_leaves_takes_along_what_it_could_read(cast, case):
    """SAM-3, PDL 3:17: the frozen copy has the samråd with its topics, and not for one that may not read of them."""
    with cast.acting("owner"):
        money = mask_of(["economy"])
    ask(cast, case, about="Skulderna nämns för ofta.", topics=money)
    for exempted, found in (({}, True), ({cast.unit("party").pk: money}, False)):
        build.consent(cast, case, exempted=exempted)
        build.send_copy(cast, case)
        with cast.acting("party"):
            copy = json.dumps(ReceivedVersion.objects.latest("pk").content, ensure_ascii=False)
        assert ("Skulderna" in copy) == found
