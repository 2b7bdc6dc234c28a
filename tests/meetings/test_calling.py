"""A meeting called off on its very day: whom to phone, what is recorded, what everybody sees meanwhile (KAL-7)."""

from datetime import time, timedelta

import pytest
import time_machine
from django.db import Error, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cases import services as cases
from cases.models import Case
from casework import facts
from casework.next_step import next_step
from correspondence import channels
from meetings import calling, services
from meetings.models import CancellationCall, Invitation, Meeting
from organisations import swedish
from organisations.errors import RuleBroken
from preparation import bookings
from tests import build


@pytest.fixture(autouse=True)
def midday():
    """So that a meeting in a while is today, whenever the tests are run."""
    with time_machine.travel(swedish.instant(timezone.localdate(), time(12)), tick=True):
        yield


def summon(cast, case, **values):
    """To a meeting that lasts all of its day: the database has the clock of the wall."""
    if "ends_at" not in values:
        day = timezone.localdate() + timedelta(days=values.get("days_ahead", 0))
        values["ends_at"] = swedish.instant(day, time(23, 59, 59))
    return build.call(cast, case, **values)


def called(cast, *, units=("party",), **values):
    case = build.consented(cast, parties=units)
    summon(cast, case, units=units, **values)
    return build.reread(cast, case)


def cancelled(cast, *, relative=True, case=None, **values):
    """A case whose meeting today was cancelled this minute."""
    case = case or build.consented(cast, phone="070-174 06 05", **values)
    outside = []
    if relative:
        with cast.acting("owner"):
            outside = [cases.add_outside_party(
                case=case, kind="relative", name="Ingrid Testholm", relation="dotter", tell_by="phone",
                phone="070-174 06 13", by=cast.owner,
            )]  # fmt: skip
    summon(cast, case, outside=outside)
    with cast.acting("owner"):
        now = Case.objects.with_names().get(pk=case.pk)
        services.cancel(case=now, meeting=now.meetings.get(state="called"), why="Personen är sjuk.", by=cast.owner)
    return build.reread(cast, case)


def calls(cast, case) -> list[CancellationCall]:
    with cast.acting("owner"):
        return list(CancellationCall.objects.filter(case=case).select_related("meeting").order_by("pk"))


def record(cast, case, call, **said):
    with cast.acting("owner"):
        calling.record(case=case, call=call, by=cast.owner, **said)


def url(case, name, *more):
    return reverse(f"meetings:{name}", args=[case.pk, *more])


def test_everybody_who_would_come_today_is_on_the_list(cast):
    case = cancelled(cast)
    assert [call.callee for call in calls(cast, case)] == ["person", "invited", "invited"]


def test_a_representative_is_phoned_but_not_one_who_is_to_know_nothing(cast):
    case = build.consented(cast)
    build.representative(cast, case, "Rut Ombudsdotter", ground="ombud", phone="070-174 06 07")
    build.representative(cast, case, "Kaj Utestängdsson", ground="ombud", no_sharing="Personen vill det.")
    found = calls(cast, cancelled(cast, case=case, relative=False))
    assert [call.callee for call in found] == ["person", "representative", "invited"]
    with cast.acting("owner"):
        assert found[1].representative.name == "Rut Ombudsdotter"


@pytest.mark.parametrize(("minutes", "listed"), [(-10, 0), (10, 2)])
def test_the_day_is_stockholms(cast, minutes, listed):
    """Ten minutes before and after midnight there; in UTC it is the same date both times."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    midnight, starts = swedish.instant(tomorrow, time(0)), swedish.instant(tomorrow, time(9))
    with time_machine.travel(midnight - timedelta(minutes=30)):
        case = build.consented(cast)
        summon(cast, case, starts_at=starts, ends_at=starts + timedelta(hours=1))
    with time_machine.travel(midnight + timedelta(minutes=minutes)), cast.acting("owner"):
        found = Case.objects.with_names().get(pk=case.pk)
        move(cast, found, place="En annan sal")
        assert CancellationCall.objects.count() == listed


def test_another_day_nobody_needs_to_be_phoned(cast):
    case = called(cast, days_ahead=2)
    with cast.acting("owner"):
        now = Case.objects.with_names().get(pk=case.pk)
        services.cancel(case=now, meeting=now.meetings.get(), why="Sjuk", by=cast.owner)
        assert not CancellationCall.objects.exists()


@pytest.mark.parametrize(("change", "listed"), [({"place": "En annan sal"}, True), ({"agenda": "Annat"}, False)])
def test_moving_todays_meeting_is_phoned_about_when_time_or_place_changes(cast, change, listed):
    case = called(cast)
    with cast.acting("owner"):
        old = move(cast, Case.objects.with_names().get(pk=case.pk), **change).replaces
        assert CancellationCall.objects.filter(meeting=old).exists() is listed


def move(cast, case, *, units=("party",), **change):
    """The only meeting of the case changed so, everything else as it was; within somebody's scope."""
    old = case.meetings.get()
    kept = {name: getattr(old, name) for name in ("starts_at", "ends_at", "form", "place", "chair", "writer")}
    return services.move(
        case=case, meeting=old, why="Salen är upptagen", units=[cast.unit(name) for name in units], by=cast.owner,
        **({"agenda": old.agenda} | kept | change),
    )  # fmt: skip


def test_one_who_is_left_out_of_todays_meeting_is_phoned_alone(cast):
    case = called(cast, units=("party", "same_kommun"))
    with cast.acting("owner"):
        old = move(cast, Case.objects.with_names().get(pk=case.pk), units=("party",)).replaces
        [row] = CancellationCall.objects.select_related("invitation")
        assert (row.meeting_id, row.callee) == (old.pk, "invited")
        assert row.invitation.unit_id == cast.unit("same_kommun").pk


def test_a_list_is_not_made_by_one_who_does_not_steer_nor_for_a_meeting_that_is_to_be(cast):
    case = called(cast)
    with cast.acting("owner"):
        meeting = Meeting.objects.get(case=case)
        with pytest.raises(Error, match="not the caller"), transaction.atomic():
            calling.list_calls(meeting=meeting)
        services.cancel(case=Case.objects.with_names().get(pk=case.pk), meeting=meeting, why="Sjuk", by=cast.owner)
        assert calling.list_calls(meeting=meeting) == 0, "once each"
    for who in ("party", "reader", "outsider"):
        with cast.acting(who), pytest.raises(Error, match="not the caller"), transaction.atomic():
            calling.list_calls(meeting=meeting)


def test_a_call_is_over_when_somebody_was_reached_and_not_before(cast):
    case = cancelled(cast, relative=False)
    person, unit = calls(cast, case)
    record(cast, case, person, reached=False)
    record(cast, case, unit, reached=True, name="Hanna i växeln")
    person, unit = calls(cast, case)
    now = timezone.now()
    assert not calling.is_over(person, now) and calling.is_over(unit, now)
    assert (person.tries, unit.reached_name) == (1, "Hanna i växeln")
    # When the hour of the meeting is past, one who was tried has been tried.
    later = now + timedelta(hours=12)
    assert calling.is_over(person, later)
    with cast.acting("owner"):
        for at in (now, later):
            over = {call.pk for call in (person, unit) if calling.is_over(call, at)}
            left = set(CancellationCall.objects.filter(calling.left(at)).values_list("pk", flat=True))
            assert left == {person.pk, unit.pk} - over


def test_a_call_that_nobody_made_never_goes_away_by_itself(cast):
    case = cancelled(cast, relative=False)
    later = timezone.now() + timedelta(days=30)
    with cast.acting("owner"):
        assert CancellationCall.objects.filter(calling.left(later), case=case).count() == 2


def test_what_a_call_must_say(cast):
    case = cancelled(cast, relative=False)
    [person, _] = calls(cast, case)
    with pytest.raises(RuleBroken, match="vem du pratade med"):
        record(cast, case, person, reached=True)
    with pytest.raises(RuleBroken, match="har inte varit"):
        record(cast, case, person, reached=True, name="Astrid", at=timezone.now() + timedelta(hours=1))
    record(cast, case, person, reached=True, name="Astrid")
    with pytest.raises(RuleBroken, match="redan inskrivet"):
        record(cast, case, person, reached=True, name="Astrid")
    with cast.acting("owner"):
        texts = list(case.events.filter(kind="phoned").values_list("text", flat=True))
    assert texts == ["Personen har fått veta att mötet är inställt (kl. 12.00)"]


def test_do_this_now_begins_with_the_calls_until_they_are_over(cast, browse):
    case = cancelled(cast, relative=False)

    def step(who):
        with cast.acting(who):
            actor = cast.actor(who)
            seen = facts.with_facts(Case.objects.with_names(), unit_id=actor.unit_id).get(pk=case.pk)
            return next_step(facts.facts_of(seen, actor, now=timezone.now(), today=timezone.localdate()))

    title = "Mötet är inställt – 2 samtal kvar"
    assert (step("owner").title, step("owner").url_name) == (title, "meetings:phone_list")
    assert (step("reader").title, step("reader").turn) == (title, "others")
    assert step("party").title == "Väntar på kallelse"
    assert title in browse("amira.falun").get("/arenden/?visa=dig").content.decode()
    for call in calls(cast, case):
        record(cast, case, call, reached=True, name="Någon")
    assert step("owner").title.startswith("Förbered mötet")


def test_the_list_is_walked_in_the_browser(cast, browse):
    case = called(cast)
    with cast.acting("owner"):
        meeting = Meeting.objects.get(case=case)
    client = browse("amira.falun")
    assert (
        "Skriv varför mötet ställs in." in client.post(url(case, "cancel", meeting.pk), {"why": " "}).content.decode()
    )
    response = client.post(url(case, "cancel", meeting.pk), {"why": "Personen är sjuk."}, follow=True)
    assert response.redirect_chain[-1][0] == url(case, "phone_list", meeting.pk)
    text = response.content.decode()
    assert "Mötet är inställt – 2 samtal kvar" in text and cast.unit("party").phone in text
    person, unit = calls(cast, case)

    def send(call, outcome, **values):
        data = {f"samtal{call.pk}-{name}": value for name, value in ({"outcome": outcome} | values).items()}
        return client.post(url(case, "phoned", meeting.pk, call.pk), data, follow=True).content.decode()

    assert "Skriv vem du pratade med." in send(person, "reached", name=" ")
    assert "Klockslaget har inte varit än." in send(person, "reached", name="Astrid", at="23.50")
    assert "Välj om du nådde någon." in send(person, "", name="Astrid")
    assert "felruta" in send(person, "reached", name="x" * 5000, at="x" * 5000)
    assert "1 försök" in send(person, "missed")
    assert "1 samtal kvar" in send(unit, "reached", name="Hanna", at="11.58")
    for page in (url(case, "overview"), reverse("casework:case", args=[case.pk])):
        assert "Mötet är inställt – 1 samtal kvar" in client.get(page).content.decode()
        theirs = browse("hanna.dalarna").get(page).content.decode()
        assert "Mötet är inställt" in theirs and "Ring och skriv in" not in theirs
    assert "Alla samtal är inskrivna." in send(person, "reached", name="Astrid")
    assert "Det samtalet är redan inskrivet." in send(person, "reached", name="Astrid")


def test_those_without_an_account_are_thought_of_when_another_days_meeting_is_cancelled(cast, browse):
    case = build.consented(cast)
    with cast.acting("owner"):
        relative = cases.add_outside_party(case=case, kind="relative", name="Ingrid", tell_by="letter", by=cast.owner)
    meeting = summon(cast, case, outside=[relative], days_ahead=2)
    page = browse("amira.falun").post(url(case, "cancel", meeting.pk), {"why": "Sjuk"}, follow=True).content.decode()
    assert "Hör själv av dig till personen och 1 deltagare utan konto." in page


def test_a_person_who_is_told_by_the_system_need_not_be_told_once_more(cast, browse):
    case = build.consented(cast)
    with cast.acting("owner"):
        now = Case.objects.with_names().get(pk=case.pk)
        channels.choose(case=now, channel="email", address="astrid@brev.example", form="spoken", by=cast.owner)
    meeting = build.call(cast, case, days_ahead=2)
    page = browse("amira.falun").post(url(case, "cancel", meeting.pk), {"why": "Sjuk"}, follow=True).content.decode()
    assert "Mötet är inställt." in page and "Hör själv av dig" not in page


def test_only_the_steering_units_handlers_phone_and_only_calls_of_this_meeting(cast, browse):
    case = cancelled(cast, relative=False)
    [person, _] = calls(cast, case)
    data = {f"samtal{person.pk}-outcome": "missed"}
    for who, status in (("hanna.dalarna", 403), ("mattias.falun", 403), ("linda.kalmar", 404)):
        assert browse(who).post(url(case, "phoned", person.meeting_id, person.pk), data).status_code == status
        assert browse(who).get(url(case, "phone_list", person.meeting_id)).status_code == status
    owner = browse("amira.falun")
    assert owner.post(url(case, "phoned", person.meeting_id + 9, person.pk), data).status_code == 404
    assert owner.post(url(case, "phoned", person.meeting_id, 0), data).status_code == 404
    assert owner.get(url(case, "phoned", person.meeting_id, person.pk)).status_code == 405


def test_protected_numbers_and_names_are_not_on_the_list(cast, browse):
    case = cancelled(cast, protection="marked")
    with cast.acting("owner"):
        meeting = Meeting.objects.get(case=case)
    text = browse("amira.falun").get(url(case, "phone_list", meeting.pk)).content.decode()
    assert "Ingrid" not in text and "070-174 06" not in text and "Numret är skyddat." in text


def test_the_list_asks_as_often_for_many_as_for_few(cast, browse):
    case = cancelled(cast)
    client = browse("amira.falun")
    with cast.acting("owner"):
        meeting = Meeting.objects.get(case=case)
    page = url(case, "phone_list", meeting.pk)
    client.get(page)
    few = queries(client, page)
    with cast.acting("owner"):
        for n in range(27):
            party = cases.add_outside_party(case=case, kind="relative", name=f"N {n}", tell_by="phone", by=cast.owner)
            row = Invitation.objects.create(case=case, meeting=meeting, outside_party=party, sent_by="phone")
            CancellationCall.objects.create(case=case, meeting=meeting, callee="invited", invitation=row)
    assert queries(client, page) == few


def queries(client, page) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(page).status_code == 200
    return len(found)


def test_a_booked_interpreter_is_phoned_too(cast):
    """KAL-6: one who was only needed is nobody to phone yet."""
    case = build.consented(cast, interpreter=True, language="arabiska")
    summon(cast, case)
    with cast.acting("owner"):
        bookings.book(case=bookings.fetch(case), kind="interpreter", language="arabiska", form="phone", by=cast.owner)
        now = Case.objects.with_names().get(pk=case.pk)
        services.cancel(case=now, meeting=now.meetings.get(), why="Sjuk", by=cast.owner)
        assert [row.callee for row in CancellationCall.objects.order_by("pk")] == ["person", "interpreter", "invited"]
