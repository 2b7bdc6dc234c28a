"""The fields of each paper, one by one: what is known stands there, and nothing that is not true (DOK)."""

import json

from django.db import connection

from cases import services as cases
from meetings import services as meetings
from organisations import swedish
from papers import possible
from papers.models import Kind
from plans import render
from plans.sharing import NOT_SHARED
from tests import build
from tests.papers.test_papers import again, closed, economy, order, refused, said
from tests.preparation import prepared


def letter_to(cast, case, who) -> int:
    with cast.acting("owner"):
        rows = possible.Facts(again(case), cast.owner).invitations
        return next(row.pk for row in rows if row.unit_id == cast.unit(who).pk)


def test_a_kallelse_says_who_leads_the_question_and_the_adaptations_that_the_receiver_may_read(cast):
    case = build.consented(cast, parties=("party", "same_kommun"))
    money = economy(cast)
    build.consent(cast, case, units=("party", "same_kommun"), exempted={cast.unit("party").pk: money})
    prepared.said(cast, case, topics=money, question="Vem betalar?", disability="Hörselslinga.")
    prepared.said(cast, case, place="Entréplan.")
    build.call(cast, case, units=("party", "same_kommun"), days_ahead=9, agenda="Boendet.")
    told = said(cast, case, Kind.CALL, about=letter_to(cast, case, "same_kommun"))
    assert (told["question"], told["about"]) == ("Vem betalar?", "Boendet.")
    assert (told["meeting"]["chair"], told["meeting"]["writer"]) == (cast.staff("owner").name,) * 2
    needs = [
        "Anpassningar: behövs",
        "Med tanke på funktionsnedsättning: Hörselslinga.",
        "Plats, resa och tid: Entréplan.",
    ]
    assert told["needs"] == needs
    kept = said(cast, case, Kind.CALL, about=letter_to(cast, case, "party"))
    # What has no topic counts as every topic.
    assert (kept["question"], kept["about"], kept["needs"]) == ("", "", ["Anpassningar: behövs"])
    own = said(cast, case, Kind.INVITATION)
    assert (own["question"], own["meeting"]["chair"], own["support"]) == (
        "Vem betalar?", cast.staff("owner").name, "Vi ordnar det som du behöver för att kunna vara med."
    )  # fmt: skip


def test_the_longest_question_and_agenda_are_drawn(cast):
    case = build.called(cast, days_ahead=9, agenda="Vad behöver du? " * 249)
    prepared.said(cast, case, question="Hur blir det? " * 285)
    for kind, about in ((Kind.CALL, letter_to(cast, case, "party")), (Kind.INVITATION, 0), (Kind.PACK, 0)):
        asked = order(cast, case, kind, about=about).context
        assert render.draw(asked["document"], asked["values"]).startswith(b"%PDF-"), kind


def test_an_answer_that_has_run_out_ticks_no_box_and_is_said_in_no_pack(cast):
    case = build.consented(cast)
    assert "Du har sagt ja till att vi planerar tillsammans." in said(cast, case, Kind.PACK)["consent"]
    build.lapsed(cast, case)
    form = said(cast, case, Kind.CONSENT)
    assert (form["share"], form["planning"], form["told"], form["valid_to"]) == ("", "", "", "")
    assert [row["yes"] for row in form["parties"]] == [False, False]
    assert said(cast, case, Kind.PACK)["consent"] == "Samtycket har gått ut. Fråga igen innan någon kallas."
    new = build.case(cast, number="199002222397")
    assert said(cast, new, Kind.PACK)["consent"].startswith("Två svar saknas")


def test_a_yes_to_a_whole_organisation_is_a_yes_to_its_units(cast):
    case = build.case(cast)
    build.party(cast, case)
    build.consent(cast, case, units=(), trees=[cast.unit("party").parent])
    rows = {row["name"]: row["yes"] for row in said(cast, case, Kind.CONSENT)["parties"]}
    assert rows[cast.unit("party").name]


def test_a_follow_up_says_when_it_is_and_who_came(cast):
    plan = build.planned(cast)
    form = said(cast, plan.case, Kind.FOLLOW_UP)
    assert str(plan.follow_up_on.year) in form["when"] and form["where"] == "Hemma hos dig"
    build.call(cast, plan.case, place="Rum 7")
    called = said(cast, plan.case, Kind.FOLLOW_UP)
    assert "kl." in called["when"] and called["where"] == "Rum 7"
    build.held(cast, build.reread(cast, plan.case))
    with cast.acting("owner"):
        meeting = again(plan.case).meetings.get(kind="follow_up")
    held = build.followed_up(cast, plan, meeting_id=meeting.pk)
    told = said(cast, plan.case, Kind.FOLLOW_UP, about=held.pk)
    assert told["people"][0] == "Du" and cast.unit("party").name in " ".join(told["people"])
    # The next one has the day that was agreed last, and no longer the first one's place.
    later = said(cast, plan.case, Kind.FOLLOW_UP)
    assert later["when"].lower() == swedish.long_date(held.next_on) and "where" not in later


def test_the_pack_has_the_whole_plan_so_far(cast):
    case = build.planned(cast).case
    pack = said(cast, case, Kind.PACK)
    assert pack["goals"][0]["how_noticed"] == "Du ramlar inte."
    told = {row["ask"]: row["said"] for row in pack["said"] + pack["said_last"]}
    assert told["Huvudmål"] == "Du bor kvar hemma och känner dig trygg."
    assert told["Det här gör andra än kommunen och regionen"] == "Ingen annan gör något."
    assert told["Om du mår sämre. Tecken att se upp med"] == "Du blir yr."
    assert told["Vad du tycker om planen"] == "Det känns bra."
    assert cast.staff("owner").name in told["Huvudansvarig"] and "Hemma hos dig" in told["Uppföljning"]
    build.consent(cast, case, exempted={cast.unit("party").pk: economy(cast)})
    hidden = said(cast, case, Kind.PACK, who="party")
    # A text without a topic counts as every topic: nothing of it is shared, and that is said.
    assert {row["said"] for row in hidden["said"]} == {NOT_SHARED} and hidden["question"] == NOT_SHARED
    assert "Du blir yr." not in json.dumps(hidden, ensure_ascii=False)


def test_a_relatives_name_is_in_no_pack_beside_protected_data(cast):
    case = build.consented(cast)
    with cast.acting("owner"):
        cases.add_outside_party(case=again(case), kind="relative", name="Rut Testholm", tell_by="phone", by=cast.owner)
        rut = again(case).outside_parties.present().get()
    build.call(cast, case, days_ahead=9, outside=[rut])
    with cast.acting("owner"):
        row = again(case).meetings.get().invitations.select_related("meeting").get(outside_party=rut)
        told = {"answer": "coming", "attendee_name": "Rut Testholm", "attendee_title": "mor", "how": "phone"}
        meetings.answer(case=again(case), invitation=row, by=cast.owner, **told)
    assert "Rut Testholm" in json.dumps(said(cast, case, Kind.PACK))
    with cast.acting("owner"), connection.cursor() as cursor:
        cursor.execute("select set_protection(%s, 'protected')", [case.pk])
    assert "Testholm" not in json.dumps(said(cast, case, Kind.PACK))


def test_the_notice_says_who_ended_it_and_after_a_no_there_is_none(cast):
    ended = closed(cast, build.consented(cast))
    assert said(cast, ended, Kind.CLOSURE)["by"] == f"{cast.staff('owner').name}, {cast.unit('owner').name}"
    other = build.case(cast, number="199002222397")
    build.consent(cast, other, units=(), share_answer="no", planning_answer="no")
    assert build.reread(cast, other).state == "declined"
    assert refused(cast, other, Kind.CLOSURE) == possible.NO_NOTICE
    assert refused(cast, other, Kind.CONSENT) == possible.ENDED
