"""A session ends at its limits and on demand, a late form is not lost, and nobody's old id opens anything (ASVS V7)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import Error, connection
from django.test import Client

from audit.models import AuditEvent
from organisations import session
from organisations.models import SignIn, User
from tests import build
from tests.organisations.test_login import log_in

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
MINUTE, HOUR = 60, 3600
STATUS, PROLONG, RESUME = "/inloggning/tid/", "/inloggning/forlang/", "/inloggning/fortsatt/"
STAFF_PAGE, CITIZEN_PAGE = ("amira.falun", "/hjalp/"), ("elsa.medborgare", "/min-plan/vad-ar-en-sip/")


@pytest.fixture
def clock(db):
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def at(clock):
    """Return a function that moves the clock to so many seconds after the start."""
    return lambda seconds: clock.move_to(START + timedelta(seconds=seconds))


def is_out(client, page="/hjalp/") -> bool:
    response = client.get(page)
    assert response.status_code in {200, 302}
    return response.status_code == 302 and response["Location"] == f"/logga-in/?next={page}"


# Limits


@pytest.mark.parametrize(("who", "limit"), [(STAFF_PAGE, 20 * MINUTE), (CITIZEN_PAGE, 15 * MINUTE)])
def test_the_idle_limit_is_exact(cast, browse, at, who, limit):
    username, page = who
    for seconds, out in ((limit, False), (limit + 1, True)):
        at(0)
        client = browse(username)
        at(seconds)
        assert is_out(client, page) is out, seconds
    assert Session.objects.count() == 1


@pytest.mark.parametrize(("who", "limit"), [(STAFF_PAGE, 10 * HOUR), (CITIZEN_PAGE, HOUR)])
def test_nothing_prolongs_past_the_absolute_limit(cast, browse, at, who, limit):
    username, page = who
    client = browse(username)
    for seconds in range(600, limit + 1, 600):
        at(seconds)
        assert not is_out(client, page), seconds
        client.post(PROLONG)
    at(limit + 1)
    assert is_out(client, page)


def test_a_page_moves_the_idle_limit_and_the_first_ten_seconds_do_not_write(cast, browse, at):
    client = browse("amira.falun")
    at(9)
    assert not is_out(client) and client.session["seen"] == int(START.timestamp())
    at(10)
    assert not is_out(client) and client.session["seen"] == int(START.timestamp()) + 10
    at(20 * MINUTE + 10)
    assert not is_out(client)


def test_what_the_browser_asks_for_by_itself_does_not_prolong(cast, browse, at):
    plan = build.planned(cast)
    client = browse("amira.falun")
    waiting = f"/arenden/{plan.case_id}/plan/versioner/{plan.version}/pdf/"
    for minute in range(1, 20):
        at(minute * MINUTE)
        assert client.get(STATUS).json()["left"] == (20 - minute) * MINUTE
        assert client.get(waiting).status_code == 200
    at(20 * MINUTE + 1)
    assert is_out(client)


def test_the_button_of_the_warning_prolongs(cast, browse, at):
    client = browse("amira.falun")
    at(19 * MINUTE)
    assert client.get(PROLONG).status_code == 405
    answer = client.post(PROLONG).json()
    assert (answer["left"], answer["limit"]) == (20 * MINUTE, "idle")
    at(30 * MINUTE)
    assert not is_out(client)


def test_pages_say_how_long_the_session_lasts(cast, browse, at):
    page = browse("amira.falun").get("/hjalp/").content.decode()
    assert "Du loggas ut när du inte har gjort något på 20 minuter, senast kl. 19.00." in page
    assert 'data-left="1200"' in page and 'data-warn="120"' in page
    assert (
        "på 15 minuter, senast kl. 10.00" in browse("elsa.medborgare").get("/min-plan/vad-ar-en-sip/").content.decode()
    )
    assert 'id="session"' not in Client().get("/logga-in/").content.decode()


def replayed(client) -> Client:
    """The same cookies in another browser."""
    other = Client()
    for name, morsel in client.cookies.items():
        other.cookies[name] = morsel.value
    return other


# A form that comes too late


def write(client, case, text="Ringde Astrid, hon orkar inte gå ut <b>själv</b>."):
    return client.post(f"/arenden/{case.pk}/plan/skriv/nuvarande/", {"text": text})


def new_unit(**values):
    return {
        "name": "Korttidsboendet Provgården", "short_name": "Provgården", "kind": "home_care", "acts_for": "",
        "committee": "", "parent": "", "hsa_id": "", "phone": "023-820 00", "email": "", "contact_note": "",
    } | values  # fmt: skip


UNITS, NEW_UNIT = "/administration/enheter/", "/administration/enheter/ny/"


def late_form(browse, at, username="anders.falun"):
    client = browse(username)
    at(21 * MINUTE)
    response = client.post(NEW_UNIT, new_unit())
    return client, response


def test_a_late_page_leads_to_login_and_says_why(cast, browse, at):
    client = browse("amira.falun")
    at(21 * MINUTE)
    page = client.get("/arenden/", follow=True)
    assert page.request["PATH_INFO"] == "/logga-in/"
    assert "eftersom du inte gjorde något på 20 minuter" in page.content.decode()
    log_in(client)
    for hour in range(1, 62):
        at(21 * MINUTE + hour * 10 * MINUTE)
        page = client.get("/hjalp/", follow=True)
    assert "eftersom det var länge sedan du loggade in" in page.content.decode()


def test_a_late_form_waits_for_the_same_user(cast, browse, at):
    client, response = late_form(browse, at)
    page = response.content.decode()
    assert response.status_code == 403
    assert "inte sparat" in page and "finns kvar i en timme" in page and "Provgården" not in page
    assert "Provgården" not in browse("anders.falun").get(UNITS).content.decode()
    assert log_in(client, "anders.falun", next="/hjalp/")["Location"] == RESUME
    page = client.get(RESUME).content.decode()
    assert "Korttidsboendet Provgården" in page and f'action="{NEW_UNIT}"' in page
    assert client.post(NEW_UNIT, new_unit())["Location"] == UNITS
    assert client.get(RESUME)["Location"] == "/", "sent once, it waits no longer"


def test_a_late_form_keeps_every_field_as_it_was(cast, browse, at):
    client, _ = late_form(browse, at)
    kept = dict(client.session["held_form"]["pairs"])
    assert kept == new_unit()


def test_somebody_else_at_the_same_computer_never_sees_it(cast, browse, at):
    client, _ = late_form(browse, at)
    log_in(client, "johan.falun")
    assert client.get(RESUME)["Location"] == "/"
    assert "held_form" not in client.session
    log_in(client, "anders.falun")
    assert client.get(RESUME)["Location"] == "/"


def test_it_waits_an_hour_and_can_be_thrown_away(cast, browse, at):
    client, _ = late_form(browse, at)
    at(21 * MINUTE + HOUR + 1)
    assert log_in(client, "anders.falun")["Location"] == "/"
    at(0)
    client, _ = late_form(browse, at)
    log_in(client, "anders.falun")
    assert client.post(RESUME)["Location"] == "/"
    assert client.get(RESUME)["Location"] == "/"


def test_it_is_sent_in_the_assignment_it_was_written_in(cast, browse, at):
    """Who has several comes back to the one they wrote in; after a switch the page says so and does not offer it."""
    client = browse("karin.falun")
    own = list(cast.user("karin.falun").staff.assignment_set.order_by("pk"))
    client.post("/byt-enhet/", {"assignment": own[1].pk})
    at(21 * MINUTE)
    client.post("/sok/", {"q": "198501012382"})
    assert log_in(client, "karin.falun")["Location"] == RESUME
    assert client.session["assignment_id"] == own[1].pk
    assert 'action="/sok/"' in client.get(RESUME).content.decode()
    client.post("/byt-enhet/", {"assignment": own[0].pk})
    page = client.get(RESUME).content.decode()
    assert 'action="/sok/"' not in page and "Byt till det uppdraget" in page


def test_after_logout_elsewhere_the_page_gives_the_text_back(cast, browse):
    case = build.drafted(cast).case
    client = browse("amira.falun")
    other = replayed(client)
    client.post("/logga-ut/")
    response = write(other, case)
    page = response.content.decode()
    assert response.status_code == 403 and "Kopiera den innan du loggar in" in page
    assert "orkar inte gå ut &lt;b&gt;själv&lt;/b&gt;" in page


# Ended on demand


def test_logout_ends_it_in_the_database_also_for_a_copied_cookie(cast, browse):
    client = browse("amira.falun")
    copy = replayed(client)
    assert not is_out(copy)
    client.post("/logga-ut/")
    assert is_out(copy)
    assert not SignIn.objects.exists()


def test_one_whose_session_has_ended_may_still_log_out(cast, browse):
    client = browse("amira.falun")
    Session.objects.all().delete()
    assert client.post("/logga-ut/")["Location"] == "/logga-in/"


def test_the_old_id_opens_nothing_after_login_switch_and_step_up(cast, browse):
    client = Client()
    client.get("/logga-in/")
    log_in(client, "karin.falun")
    own = list(cast.user("karin.falun").staff.assignment_set.order_by("pk"))
    changes = [
        lambda: client.post("/byt-enhet/", {"assignment": own[0].pk}),
        lambda: client.post("/byt-enhet/", {"assignment": own[1].pk}),
        lambda: client.post("/inloggning/bekrafta/", {"password": "prova-sip-2026"}),
        lambda: log_in(client, "karin.falun"),
    ]
    for change in changes:
        before, old = replayed(client), client.session.session_key
        assert change().status_code == 302
        assert client.session.session_key != old
        assert is_out(before)
    assert [row.session_key for row in SignIn.objects.all()] == [client.session.session_key]


def test_a_disabled_user_is_out_at_the_next_request(cast, browse):
    client = browse("amira.falun")
    User.objects.filter(username="amira.falun").update(is_active=False)
    assert is_out(client)


def test_an_ended_assignment_is_out_at_the_next_request(cast, browse):
    client = browse("amira.falun")
    with cast.acting("admin"):
        cast.staff("owner").assignment_set.update(is_active=False)
    assert client.get("/arenden/")["Location"] == "/byt-enhet/"


def test_the_administrator_ends_all_that_one_of_the_own_staff_has_open(cast, browse):
    clients, admin = [browse("amira.falun"), browse("amira.falun")], browse("anders.falun")
    page = f"/administration/medarbetare/{cast.staff('owner').pk}/logga-ut/"
    assert "Logga ut Amira" in admin.get(page).content.decode()
    assert all(not is_out(client) for client in clients)
    assert "(2 inloggningar)" in admin.post(page, follow=True).content.decode()
    assert all(is_out(client) for client in clients)
    with cast.acting("admin"):
        assert AuditEvent.objects.filter(event="organisations.sessions_ended").count() == 1
    theirs = cast.staff("party")
    assert admin.post(f"/administration/medarbetare/{theirs.pk}/logga-ut/").status_code == 404
    assert admin.post(f"/administration/medarbetare/{cast.staff('admin').pk}/logga-ut/").status_code == 409


def test_deactivating_one_of_the_staff_ends_their_sessions(cast, browse):
    client, admin = browse("amira.falun"), browse("anders.falun")
    admin.post(f"/administration/medarbetare/{cast.staff('owner').pk}/aktiv/")
    assert is_out(client)
    assert not SignIn.objects.filter(user=cast.user("owner")).exists()


@pytest.mark.parametrize("who", ["owner", "manager", "guideline_admin", "citizen", "party"])
def test_the_database_lets_only_the_own_administrator_do_it(cast, who):
    with pytest.raises(Error, match="permission denied|own organisation"):
        with cast.acting(who), connection.cursor() as cursor:
            cursor.execute("select end_sessions_of(%s)", [cast.staff("owner").pk])


@pytest.mark.parametrize("option", [{"user": "amira.falun"}, {"employee_id": "from the register"}])
def test_the_operator_ends_all_sessions_of_a_person(cast, browse, capsys, option):
    if "employee_id" in option:
        with cast.acting("admin"):
            cast.staff("owner").__class__.objects.filter(pk=cast.staff("owner").pk).update(hsa_id="SE2120002221-X901")
        option = {"employee_id": "se2120002221-x901"}
    clients, other = [browse("amira.falun"), browse("amira.falun")], browse("johan.falun")
    call_command("end_sessions", **option)
    assert "Avslutade 2 inloggningar." in capsys.readouterr().out
    assert all(is_out(client) for client in clients)
    assert not is_out(other)
    with pytest.raises(CommandError, match="ingen sådan inloggning"):
        call_command("end_sessions", user="finns-inte")


def test_an_identity_providers_session_is_ended_by_its_own_id(cast, browse):
    client, other = browse("amira.falun"), browse("amira.falun")
    key = client.session.session_key
    SignIn.objects.filter(session_key=key).update(issuer="https://idp.example", sid="abc")
    assert session.end_all(why="test", issuer="https://idp.example", sid="abc") == 1
    assert is_out(client) and not is_out(other)


def test_sessions_that_nobody_can_use_leave_the_database(cast, browse, at):
    browse("amira.falun")
    at(20 * HOUR + 1)
    browse("johan.falun")
    assert Session.objects.count() == SignIn.objects.count() == 1
