"""The next thing to do, as one table: state, answers and days in, words and turn out."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from cases.enums import State
from casework.next_step import NOBODY, OTHERS, YOU, Facts, next_step

NOW = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)
TODAY = date(2026, 3, 10)
BASE = Facts(state=State.INITIATED, now=NOW, today=TODAY, first_name="Astrid", steering_unit="Biståndsenheten")


def at(days, **values):
    starts = NOW + timedelta(days=days)
    return {"meeting_id": 7, "starts_at": starts, "ends_at": starts + timedelta(hours=1)} | values


def due(days):
    return {"follow_up_on": TODAY + timedelta(days=days)}


def off(left, about="inställt"):
    return {"calls_left": left, "calls_meeting": 6, "calls_about": about}


STEERING = [
    (State.INITIATED, {}, "Fråga om samtycke och skriv in svaret", YOU, "consent:record"),
    (State.CONSENTED, {}, "Bestäm med Astrid vilka som ska kallas", YOU, "cases:parties"),
    (
        State.CONSENTED,
        {"has_parties": True, "unprepared": True},
        "Förbered mötet tillsammans med Astrid",
        YOU,
        "preparation:overview",
    ),
    (State.CALLED, at(14, others_unanswered=2, books_interpreter=True), "Boka tolk", YOU, "preparation:overview"),
    (State.CALLED, at(-1, books_interpreter=True), "Skriv in hur mötet blev", YOU, "meetings:hold"),
    (State.CALLED, at(3, consent_lapsed=True, books_interpreter=True), "Fråga igen om samtycke", YOU, "consent:record"),
    (State.CONSENTED, {"has_parties": True}, "Kalla till SIP-möte", YOU, "meetings:call"),
    (State.CONSENTED, {"has_parties": True, "consent_lapsed": True}, "Fråga igen om samtycke", YOU, "consent:record"),
    (State.CALLED, at(14, others_unanswered=2), "Väntar på svar från två aktörer", OTHERS, "meetings:overview"),
    (State.CALLED, at(14, others_unanswered=1), "Väntar på svar från en aktör", OTHERS, "meetings:overview"),
    (State.CALLED, at(7, others_unanswered=1), "Påminn den som inte har svarat", YOU, "meetings:overview"),
    (State.CALLED, at(3, others_unanswered=2), "Påminn dem som inte har svarat", YOU, "meetings:overview"),
    (
        State.CALLED,
        at(14, others_unanswered=1, waits_for_yes=True, books_interpreter=True),
        "Fråga Astrid om en enhet till får vara med",
        YOU,
        "consent:record",
    ),
    (State.CALLED, at(-1, waits_for_yes=True), "Skriv in hur mötet blev", YOU, "meetings:hold"),
    (State.CALLED, at(9, waits_for_yes=True, consent_lapsed=True), "Fråga igen om samtycke", YOU, "consent:record"),
    (State.CALLED, at(14, others_unanswered=2, absence=True), "Ta ställning till en frånvaro", YOU, "deviations:list"),
    (State.MET, {"absence": True}, "Skriv planen tillsammans med Astrid", YOU, "plans:plan"),
    (State.PLANNED, due(60) | {"absence": True}, "Ta ställning till en frånvaro", YOU, "deviations:list"),
    (State.FOLLOWING_UP, due(60) | {"consultation": True}, "Erbjud personen samråd", YOU, "meetingroom:consultations"),
    (State.CLOSED, {"absence": True}, "Ärendet är avslutat", NOBODY, ""),
    (State.CALLED, at(3), "Förbered mötet", NOBODY, "meetings:overview"),
    (State.CALLED, at(-1), "Skriv in hur mötet blev", YOU, "meetings:hold"),
    (State.CALLED, at(-1, others_unanswered=1), "Skriv in hur mötet blev", YOU, "meetings:hold"),
    (State.CALLED, at(3, consent_lapsed=True), "Fråga igen om samtycke", YOU, "consent:record"),
    (State.CONSENTED, off(2), "Mötet är inställt – 2 samtal kvar", YOU, "meetings:phone_list"),
    (State.CALLED, at(3) | off(1, "flyttat"), "Mötet är flyttat – 1 samtal kvar", YOU, "meetings:phone_list"),
    (State.PLANNED, due(60) | off(1), "Mötet är inställt – 1 samtal kvar", YOU, "meetings:phone_list"),
    (State.MET, {}, "Skriv planen tillsammans med Astrid", YOU, "plans:plan"),
    (State.MET, {"has_draft": True}, "Gå igenom planen med Astrid", YOU, "plans:plan"),
    (State.PLANNED, due(60), "Uppföljningen är bestämd", NOBODY, "plans:plan"),
    (State.PLANNED, due(14), "Kalla till uppföljning", YOU, "meetings:call"),
    (State.PLANNED, due(-3), "Kalla till uppföljning", YOU, "meetings:call"),
    (State.PLANNED, {}, "Bestäm en dag för uppföljning", YOU, "plans:follow_ups"),
    (State.PLANNED, due(60) | {"consent_lapsed": True}, "Fråga igen om samtycke", YOU, "consent:record"),
    (State.FOLLOWING_UP, due(60) | {"has_draft": True}, "Gå igenom planen med Astrid", YOU, "plans:plan"),
    (State.FOLLOWING_UP, due(60), "Uppföljningen är bestämd", NOBODY, "plans:plan"),
    (State.CLOSED, {}, "Ärendet är avslutat", NOBODY, ""),
    (State.DECLINED, {}, "Personen tackade nej", NOBODY, ""),
]
TAKING_PART = [
    (State.CONSENTED, {}, "Väntar på kallelse", OTHERS, ""),
    (State.CALLED, at(5, own_unanswered=True), "Svara på kallelsen", YOU, "meetings:answer"),
    (State.CALLED, at(5), "Förbered mötet", NOBODY, "meetings:overview"),
    (State.CONSENTED, off(2), "Väntar på kallelse", OTHERS, ""),
    (State.CALLED, at(5, books_interpreter=True), "Boka tolk", YOU, "preparation:overview"),
    (State.CALLED, at(5, own_unanswered=True, books_interpreter=True), "Svara på kallelsen", YOU, "meetings:answer"),
    (State.CALLED, at(-1), "Skriv in era insatser i planen", OTHERS, "plans:plan"),
    (State.MET, {}, "Skriv in era insatser i planen", OTHERS, "plans:plan"),
    (State.MET, {"to_confirm": True}, "Bekräfta era insatser i planen", YOU, "plans:edit"),
    (State.PLANNED, due(3), "Gör er del av planen", OTHERS, "plans:plan"),
    (State.FOLLOWING_UP, due(3), "Gör er del av planen", OTHERS, "plans:plan"),
    (State.CLOSED, {}, "Ärendet är avslutat", NOBODY, ""),
    (State.PLANNED, due(3) | {"absence": True, "consultation": True}, "Gör er del av planen", OTHERS, "plans:plan"),
]


@pytest.mark.parametrize(("state", "known", "title", "turn", "url_name"), STEERING)
def test_the_steering_unit_is_told_what_to_do(state, known, title, turn, url_name):
    step = next_step(replace(BASE, state=state, **known))
    assert (step.title, step.turn, step.url_name) == (title, turn, url_name)


@pytest.mark.parametrize(("state", "known", "title", "turn", "url_name"), TAKING_PART)
def test_a_party_is_told_its_own_part(state, known, title, turn, url_name):
    step = next_step(replace(BASE, state=state, steers=False, **known))
    assert (step.title, step.turn, step.url_name) == (title, turn, url_name)


@pytest.mark.parametrize("waiting", [{}, {"others_unanswered": 1}, {"others_unanswered": 2}])
@pytest.mark.parametrize("days", [3, 14])
def test_a_proposed_time_is_told_with_how_the_answers_stand(waiting, days):
    facts = replace(BASE, state=State.CALLED, **at(days, **waiting))
    assert "En annan tid är föreslagen." in next_step(replace(facts, proposed=True)).why
    assert "föreslagen" not in next_step(facts).why


@pytest.mark.parametrize(("state", "known"), [(row[0], row[1]) for row in STEERING])
def test_without_the_right_to_write_it_is_never_your_turn_and_nothing_leads_there(state, known):
    step = next_step(replace(BASE, state=state, may_write=False, may_answer=False, **known))
    assert step.turn != YOU
    assert step.url_name in {"", "meetings:overview", "plans:plan"}


def test_reception_answers_even_though_it_does_not_write():
    facts = replace(BASE, state=State.CALLED, steers=False, may_write=False, **at(5, own_unanswered=True))
    assert next_step(facts).url_name == "meetings:answer"
    assert next_step(facts).meeting == 7


@pytest.mark.parametrize(
    ("state", "known"),
    [(State.MET, {}), (State.CALLED, at(-1)), (State.CALLED, at(9, own_unanswered=True)), (State.CLOSED, {})],
)
def test_what_waits_besides_is_told_with_the_step(state, known):
    """In the list and on the page, in the same words, and with its own way on."""
    step = next_step(replace(BASE, state=state, absence=True, consultation=True, **known))
    assert (step.also, step.other_url_name) == ("Ta ställning till en frånvaro", "deviations:list")
    step = next_step(replace(BASE, state=state, consultation=True, **known))
    assert (step.also, step.other_action) == ("Erbjud personen samråd",) * 2


def test_what_comes_first_keeps_the_way_to_what_it_pushed_aside():
    step = next_step(replace(BASE, state=State.PLANNED, absence=True, **due(60)))
    assert (step.other_action, step.other_url_name) == ("Läs planen", "plans:plan")
