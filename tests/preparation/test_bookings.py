"""Interpreter and adaptations: state × transition, who books, and where it is told (KAL-6, UTS-6)."""

import re

import pytest
from django_fsm import TransitionNotAllowed

from cases.models import Case
from cases.topics import mask_of
from meetings import services as meetings
from organisations.errors import RuleBroken
from organisations.models import Unit
from papers import contexts
from preparation import bookings
from preparation.models import Booking, BookingState
from tests import build
from tests.preparation import prepared

N, B, C, X = BookingState.NEEDED, BookingState.BOOKED, BookingState.CONFIRMED, BookingState.NOT_NEEDED
# Transition → from which states, and to which.
MACHINE = {
    "needed": ({N, X}, N),
    "booked": ({N}, B),
    "confirmed": ({B}, C),
    "lost": ({B, C}, N),
    "not_needed": ({N, B, C}, X),
}


def text(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def at(case, rest="") -> str:
    return f"/arenden/{case.pk}/forberedelse/{rest}"


@pytest.fixture
def case(cast):
    return build.consented(cast, interpreter=True, language="Arabiska")


@pytest.mark.parametrize("state", BookingState.values)
@pytest.mark.parametrize("name", MACHINE)
def test_every_transition_from_every_state(cast, name, state):
    row = Booking(kind="interpreter", state=state)
    values = {"by": cast.owner, "language": "Arabiska", "form": "phone"} if name == "booked" else {}
    sources, target = MACHINE[name]
    if state not in sources:
        with pytest.raises(TransitionNotAllowed):
            getattr(row, name)(**values)
        assert row.state == state
        return
    getattr(row, name)(**values)
    assert row.state == target
    assert bool(row.booked_at) == (name == "booked")


def test_the_machine_has_no_other_transitions():
    own = {transition.method.__name__ for transition in Booking.state.field.get_all_transitions(Booking)}
    assert own == set(MACHINE)


def test_booked_confirmed_and_told_to_all(cast, browse, case):
    client = browse("amira.falun")
    assert "Språk: Arabiska" in text(client.get(at(case)))
    answer = client.post(at(case, "boka/tolk/"), {"language": "Arabiska", "form": "video", "reference": "T-1234"})
    assert answer.status_code == 302
    assert client.post(at(case, "boka/tolk/"), {"language": "Arabiska", "form": "video"}).status_code == 409
    meeting = build.call(cast, case, days_ahead=9)
    assert client.post(at(case, "boka/tolk/bekraftad/")).status_code == 302
    assert client.post(at(case, "boka/tolk/bekraftad/")).status_code == 409
    for address in ("moten/", f"moten/{meeting.pk}/svara/"):
        assert "Bekräftad: Arabiska, på video" in text(browse("hanna.dalarna").get(f"/arenden/{case.pk}/{address}"))
    letter = text(client.get(f"/arenden/{case.pk}/moten/{meeting.pk}/brev/"))
    assert "En tolk som talar arabiska är med på video." in letter
    with cast.acting("owner"):
        row = Booking.objects.get(case=case)
        assert (row.reference, row.booked_by_id) == ("T-1234", cast.owner.assignment_id)


def test_the_papers_tell_question_and_interpreter(cast, case):
    prepared.said(cast, case, question="Var ska du bo?")
    prepared.booked(cast, case)
    meeting = build.call(cast, case, days_ahead=9)
    with cast.acting("owner"):
        now = prepared.again(case)
        to_unit = contexts.call(now, meeting.invitations.get().pk, cast.owner)
        to_person = contexts.invitation(now, None, cast.owner)
    assert to_unit["needs"] == ["Tolk: bokad, Arabiska, på plats"]
    assert to_person["support"] == "Tolk: bokad, Arabiska, på plats"
    for paper in (to_unit, to_person):
        assert paper["about"].startswith("Var ska du bo?\n")


def test_a_paper_tells_a_narrowed_party_no_hidden_question(cast):
    case = build.case(cast)
    build.party(cast, case)
    with cast.acting("owner"):
        hidden = mask_of(["health"])
    build.consent(cast, case, exempted={cast.unit("party").pk: hidden})
    prepared.said(cast, case, topics=hidden, question="Psykiatrin?")
    meeting = build.call(cast, case, days_ahead=9)
    with cast.acting("owner"):
        paper = contexts.call(prepared.again(case), meeting.invitations.get().pk, cast.owner)
    assert "Psykiatrin?" not in str(paper)


def test_the_api_tells_question_and_interpreter(cast, browse, case):
    prepared.said(cast, case, question="Var ska du bo?")
    prepared.booked(cast, case)
    build.called(cast, case, days_ahead=9)
    [row] = browse("hanna.dalarna").get("/api/v1/meetings/").json()["results"]
    assert row["question"] == "Var ska du bo?"
    assert row["interpreter"] == {"state": "booked", "language": "Arabiska", "form": "on_site"}


def test_a_form_that_lacks_something_says_so(cast, browse, case):
    answer = browse("amira.falun").post(at(case, "boka/tolk/"), {"language": "", "reference": "x" * 200})
    shown = text(answer)
    assert answer.status_code == 200
    assert "Skriv vilket språk tolken talar." in shown and "Välj hur tolken är med." in shown
    with cast.acting("owner"), pytest.raises(RuleBroken, match="språk"):
        bookings.book(case=prepared.again(case), kind="interpreter", by=cast.owner, form="phone")


@pytest.mark.parametrize(("language", "offered"), [("svenska", ""), ("Svenska", ""), ("arabiska", "arabiska")])
def test_nobody_is_offered_an_interpreter_to_swedish(cast, browse, language, offered):
    case = build.consented(cast, interpreter=True, language=language)
    form = browse("amira.falun").get(at(case, "boka/tolk/")).context["form"]
    assert form["language"].value() == offered


def test_another_party_does_not_book(cast, browse, case):
    client = browse("hanna.dalarna")
    assert "Skriv in bokningen" not in text(client.get(at(case)))
    assert client.post(at(case, "boka/tolk/bekraftad/")).status_code == 409
    answer = client.post(at(case, "boka/tolk/"), {"language": "Arabiska", "form": "phone"})
    assert f"{cast.unit('owner').name} bokar" in text(answer)
    assert browse("mattias.falun").post(at(case, "boka/tolk/"), {}).status_code == 403
    assert browse("linda.kalmar").post(at(case, "boka/tolk/"), {}).status_code == 404


def on_ward(cast, case, who="party"):
    """The person lies on the ward of `who`."""
    with cast.acting("owner"):
        found = prepared.again(case)
        found.inpatient, found.ward_unit = True, Unit.objects.get(pk=cast.unit(who).pk)
        found.save()


def test_the_ward_books_while_the_person_lies_there(cast, browse, case):
    on_ward(cast, case)
    shown = text(browse("hanna.dalarna").get(at(case)))
    assert f"{cast.unit('party').name} bokar, eftersom personen är inlagd där" in shown
    prepared.booked(cast, case, who="party")
    assert "Bokad" in text(browse("amira.falun").get(at(case)))


def test_a_ward_that_takes_no_part_cannot_book_so_the_caller_does(cast, case):
    on_ward(cast, case, who="same_kommun")
    with cast.acting("owner"):
        assert bookings.who_books(prepared.again(case)).pk == cast.unit("owner").pk


@pytest.mark.parametrize("change", ["move", "cancel"])
def test_a_changed_meeting_is_booked_anew(cast, case, change):
    prepared.booked(cast, case)
    found = build.called(cast, case, days_ahead=9)
    with cast.acting("owner"):
        now = prepared.again(found)
        meeting = now.meetings.get()
        if change == "cancel":
            meetings.cancel(case=now, meeting=meeting, why="Sjuk", by=cast.owner)
        else:
            meetings.move(
                case=now, meeting=meeting, why="Sjuk", units=[cast.unit("party")], by=cast.owner, form="physical",
                starts_at=meeting.starts_at, ends_at=meeting.ends_at, place="Här", agenda="Planen",
                chair=cast.staff("owner"), writer=cast.staff("owner"),
            )  # fmt: skip
        row = Booking.objects.get(case=case)
        assert (row.state, row.booked_at, row.reference) == (N, None, "")
        assert now.events.filter(text="Tolken behöver bokas på nytt").exists()


def test_a_booking_stands_when_only_who_comes_or_what_it_is_about_changes(cast, case):
    prepared.booked(cast, case)
    found = build.called(cast, case, days_ahead=9)
    with cast.acting("owner"):
        now = prepared.again(found)
        old = now.meetings.get()
        kept = {name: getattr(old, name) for name in ("starts_at", "ends_at", "form", "place", "chair", "writer")}
        changes = {"why": "Ny fråga", "units": [cast.unit("party")], "agenda": "Nytt", "by": cast.owner}
        new = meetings.move(case=now, meeting=old, **(kept | changes))
        assert Booking.objects.get(case=case).state == B
        later = {"ends_at": new.ends_at + build.timedelta(hours=1)}
        meetings.move(case=now, meeting=new, **(kept | changes | later))
        assert Booking.objects.get(case=case).state == N


def test_after_the_meeting_the_next_one_is_booked_anew_without_alarm(cast, case):
    prepared.booked(cast, case)
    found = build.met(cast, build.reread(cast, case))
    with cast.acting("owner"):
        assert Booking.objects.get(case=found).state == N
        assert not found.events.filter(text="Tolken behöver bokas på nytt").exists()


def test_the_case_s_own_mark_follows(cast, browse):
    case, client = build.consented(cast), browse("amira.falun")
    assert "Behövs inte" in text(client.get(at(case)))
    client.post(at(case, "boka/tolk/behovs/"))
    assert build.reread(cast, case).interpreter
    client.post(at(case, "boka/tolk/behovs-inte/"))
    assert not build.reread(cast, case).interpreter
    assert client.post(at(case, "boka/tolk/nagot/")).status_code == 404
    assert client.post(at(case, "boka/kaffe/behovs/")).status_code == 404


def test_what_was_written_about_adaptations_asks_for_them(cast, browse):
    case = build.consented(cast)
    prepared.said(cast, case, disability="Hörslinga")
    with cast.acting("owner"):
        now = prepared.again(case)
        assert bookings.state_of(now, "adaptation", None) == N
    client = browse("amira.falun")
    assert client.post(at(case, "boka/anpassningar/"), {}).status_code == 302
    with cast.acting("owner"):
        assert Booking.objects.get(case=case, kind="adaptation").state == B
        assert Case.objects.get(pk=case.pk).interpreter is False
