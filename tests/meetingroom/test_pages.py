"""Meeting mode by HTTP, without JavaScript: every part, every button, and nothing typed is lost (MOT-2)."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from cases.models import Case
from plans import services as plans
from tests import build, build_meeting
from tests.meetingroom import pages


@pytest.fixture
def room(cast):
    return build_meeting.going_on(cast)


@pytest.fixture
def at(room, browse):
    """The owner's browser in the room."""
    return pages.InRoom(browse("amira.falun"), room)


def draft(cast, room):
    with cast.acting("owner"):
        return plans.draft_of(Case.objects.with_names().get(pk=room.case_id))


def test_from_the_beginning_to_the_end(cast, browse):
    case = build.called(cast)
    client = browse("amira.falun")
    with cast.acting("owner"):
        meeting = Case.objects.get(pk=case.pk).meetings.get()
        here = [str(row.pk) for row in meeting.invitations.all()]
    base = f"/arenden/{case.pk}/moten/{meeting.pk}/mote/"
    assert "Hur många minuter?" in client.get(base).content.decode()
    assert client.post(base, {"minutes": "60", "when": "now"})["Location"] == f"{base}del/1/"
    # Nothing can be written before it is known who is here.
    assert client.get(f"{base}del/3/")["Location"] == f"{base}narvaro/"
    first = client.get(f"{base}del/1/").content.decode()
    assert "Vilka är här?" in first and "Nu bör ni vara i del 1" in first
    assert client.post(f"{base}narvaro/", {"person_came": "on", "came": here})["Location"] == f"{base}del/2/"
    at = pages.InRoom(client, None, base=base)
    at.write(2, what_matters="Att få bo kvar.", go="part-3")
    at.write(3, long_term_goal="Du bor kvar hemma.", go="goal")
    assert (
        client.post(f"{base}mal/nytt/", {"revision": 1, "text": "Du sover gott.", "horizon": "short"}).status_code
        == 302
    )
    shown = client.get(f"{base}del/4/").content.decode()
    assert "Läs upp det här" in shown and "Du sover gott." in shown and "Att få bo kvar." in shown
    at.write(4, go="read")
    refused = at.write(5, go="end", status=200)
    assert "Bestäm en dag för uppföljningen" in refused
    day = build.today() + timedelta(days=30)
    at.write(5, follow_up_on=day.isoformat(), go="end")
    assert at.went_to == f"/arenden/{case.pk}/plan/"
    # It is over: nothing of the mode is shown any more.
    assert client.get(f"{base}del/3/")["Location"] == f"/arenden/{case.pk}/plan/"


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_every_part_shows_its_place_clock_and_prompts(at, number):
    shown = at.get(f"del/{number}/")
    assert f"Del {number} av 5" in shown and 'aria-current="step"' in shown
    assert "Till dig som leder" in shown and "Varvet runt" in shown and "<svg" in shown
    assert "style=" not in shown and "<script>" not in shown


def test_a_button_saves_before_it_leads_on(cast, room, at):
    at.write(2, strengths="Du är envis.", go="part-3")
    assert at.went_to.endswith("/mote/del/3/")
    at.write(3, own_measures="Du ringer själv.", go="disagree")
    assert at.went_to.endswith("/mote/oenighet/")
    words = draft(cast, room).words
    assert (words["strengths"], words["own_measures"]) == ("Du är envis.", "Du ringer själv.")


def test_what_somebody_else_wrote_meanwhile_is_shown_beside_and_what_was_not_touched_is_left(cast, room, at):
    typed = at.form(2)
    with cast.acting("party"):
        plan = plans.draft_of(Case.objects.with_names().get(pk=room.case_id))
        for values in ({"what_matters": "Deras text."}, {"situation": "Deras nuläge."}):
            plan = plans.save_block(plan=plan, values=values, revision=plan.revision, by=cast.party)
    shown = at.send(2, typed | {"what_matters": "Min text.", "strengths": "Ny text."}, status=200)
    assert "Deras text." in shown and "Min text." in shown
    words = draft(cast, room).words
    assert words["what_matters"] == "Deras text."
    assert words["strengths"] == "Ny text." and words["situation"] == "Deras nuläge."
    # The next save builds on what is shown.
    at.send(2, at.read(shown) | {"what_matters": "Deras text. Min text."})
    assert draft(cast, room).words["what_matters"] == "Deras text. Min text."


def test_a_wrong_date_keeps_all_that_was_typed(cast, room, at):
    shown = at.write(5, follow_up_on="i fjol", copies_to="Min dotter", go="end", status=200)
    assert "Min dotter" in shown and "i fjol" in shown


def test_the_server_says_which_part_it_should_be(cast, browse):
    with time_machine.travel(timezone.now().replace(hour=9, minute=0), tick=False) as clock:
        at = pages.InRoom(browse("amira.falun"), build_meeting.going_on(cast))
        clock.shift(timedelta(minutes=18))
        assert "Nu bör ni vara i del 3" in at.get("del/2/")
        assert at.client.get(at.base)["Location"].endswith("/del/3/")
        clock.shift(timedelta(minutes=42))
        assert "Mötestiden är slut" in at.get("del/2/")


@pytest.mark.parametrize("who", ["hanna.dalarna", "mattias.falun", "yusuf.falun"])
def test_only_those_who_steer_lead_the_meeting(room, browse, who):
    assert browse(who).get(f"/arenden/{room.case_id}/moten/{room.meeting_id}/mote/del/2/").status_code == 403


def test_the_person_has_no_meeting_mode(room, browse):
    assert browse("elsa.medborgare").get(f"/arenden/{room.case_id}/moten/{room.meeting_id}/mote/").status_code == 404


def test_another_cases_meeting_is_not_there(cast, room, browse):
    other = build.case(cast, number="199002222397")
    assert browse("amira.falun").get(f"/arenden/{other.pk}/moten/{room.meeting_id}/mote/del/1/").status_code == 404


def test_a_second_beginning_leads_into_the_same_room(room, at):
    assert at.client.post(at.base, {"minutes": "30", "when": "now"})["Location"].startswith(at.base)


def test_a_meeting_that_is_cancelled_has_no_mode(cast, browse):
    room = build_meeting.opened(cast)
    client = browse("amira.falun")
    client.post(f"/arenden/{room.case_id}/moten/{room.meeting_id}/stall-in/", {"why": "Sjukdom"})
    gone = client.get(f"/arenden/{room.case_id}/moten/{room.meeting_id}/mote/del/1/")
    assert gone["Location"] == f"/arenden/{room.case_id}/moten/"


def test_there_is_a_way_back_to_a_meeting_that_goes_on(room, at):
    case, back = f"/arenden/{room.case_id}/", f'href="{at.base}"'
    assert "Tillbaka till mötet" in at.client.get(case).content.decode()
    assert back in at.client.get(f"{case}moten/").content.decode()
    assert at.client.get(at.base)["Location"].startswith(f"{at.base}del/")
    at.write(5, follow_up_on=(build.today() + timedelta(days=30)).isoformat(), go="end")
    assert "Tillbaka till mötet" not in at.client.get(case).content.decode()
    assert back not in at.client.get(f"{case}moten/").content.decode()


def test_the_way_back_is_only_for_those_who_lead(room, browse):
    party = browse("hanna.dalarna")
    for page in ("", "moten/"):
        assert "Tillbaka till mötet" not in party.get(f"/arenden/{room.case_id}/{page}").content.decode()


@pytest.mark.parametrize("state", ["held", "cancelled", "moved"])
def test_a_meeting_that_is_over_is_not_begun(cast, browse, state):
    case = build.called(cast)
    with cast.acting("owner"):
        meeting = Case.objects.get(pk=case.pk).meetings.get()
    client, base = browse("amira.falun"), f"/arenden/{case.pk}/moten/{meeting.pk}/"
    if state == "held":
        build.held(cast, case)
    elif state == "cancelled":
        client.post(f"{base}stall-in/", {"why": "Sjukdom"})
    else:
        build_meeting.moved(cast, case)
    for answer in (client.get(f"{base}mote/"), client.post(f"{base}mote/", {"minutes": "60", "when": "now"})):
        assert answer.headers["Location"] == f"/arenden/{case.pk}/moten/"
    assert "Mötet är redan" in client.get(f"/arenden/{case.pk}/moten/").content.decode()


def test_a_meeting_that_is_moved_while_the_room_is_open_is_left(cast, browse):
    room = build_meeting.opened(cast)
    build_meeting.moved(cast, room.case)
    gone = browse("amira.falun").get(f"/arenden/{room.case_id}/moten/{room.meeting_id}/mote/del/1/")
    assert gone["Location"] == f"/arenden/{room.case_id}/moten/"


def test_a_meeting_that_was_written_as_held_elsewhere_goes_on(cast, browse):
    room = build_meeting.opened(cast)
    build.held(cast, room.case)
    at = pages.InRoom(browse("amira.falun"), room)
    assert "Börja skriva planen" in at.get("del/1/")
    assert at.client.post(f"{at.base}narvaro/", {"go": "draft"})["Location"].endswith("/del/2/")
    at.write(2, strengths="Du är envis.")
    assert "Börja skriva planen" not in at.get("del/1/")


def test_who_is_here_is_written_once_though_two_do(cast, room, at):
    again = at.client.post(f"{at.base}narvaro/", {"person_came": "on", "others": "Rut Ek, granne"})
    assert again["Location"].endswith("/del/1/") and "redan sparad" in at.get("del/1/")


def test_no_direct_way_to_the_end_without_a_date(cast, room, at):
    for number in (2, 3, 4, 5):
        assert "Bestäm en dag för uppföljningen" in at.write(number, go="end", status=200), number
        assert at.client.post(f"{at.base}del/{number}/", {"go": "end"}).status_code == 200
    assert at.client.post(f"{at.base}narvaro/", {"go": "end"}).status_code == 409
    with cast.acting("owner"):
        assert type(room).objects.get(pk=room.pk).is_open


def test_protected_details_stay_hidden(cast, browse):
    case = build.case(cast, protection="protected", family_name="Hemligsson")
    build.party(cast, case)
    build.consent(cast, case)
    room = build_meeting.going_on(cast, build.called(cast, build.reread(cast, case)))
    at = pages.InRoom(browse("amira.falun"), room)
    for number in range(1, 6):
        assert "Hemligsson" not in at.get(f"del/{number}/") and "Astrid" not in at.get(f"del/{number}/")


def test_as_many_queries_for_three_measures_as_for_thirty(cast, room, at):
    plan = draft(cast, room)
    with cast.acting("owner"):
        goal = plans.add_goal(plan=plan, text="Du sover gott.", by=cast.owner)
        for number in range(3):
            plans.add_measure(goal=goal, text=f"Vi ringer {number}.", doer="self", by=cast.owner)
    few = pages.queries(at, "del/3/")
    with cast.acting("owner"):
        for number in range(27):
            plans.add_measure(goal=goal, text=f"Vi kommer {number}.", doer="self", by=cast.owner)
    assert pages.queries(at, "del/3/") == few
