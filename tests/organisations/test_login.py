"""Login, switch and logout: new session ids, safe ways on, throttling, and clear pages for those who cannot act."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from audit.models import AuditEvent
from organisations import login as login_rules
from organisations import throttle
from organisations.actors import staff_actor
from organisations.models import Assignment, LoginAttempt
from organisations.scope import acting_for
from organisations.session_rules import ACTING
from tests import build
from tests.database import PASSWORD


def log_in(client, username="amira.falun", password=PASSWORD, **extra):
    return client.post("/logga-in/", {"username": username, "password": password} | extra)


def test_a_member_of_staff_with_one_assignment_comes_to_the_worklist(cast):
    client = Client()
    assert log_in(client)["Location"] == "/"
    response = client.get("/", follow=True)
    assert response.request["PATH_INFO"] == "/arenden/"
    assert "Biståndsenheten Falun" in response.content.decode()


def test_with_several_assignments_one_is_chosen_first(cast):
    client = Client()
    log_in(client, "karin.falun")
    page = client.get("/arenden/", follow=True)
    assert page.request["PATH_INFO"] == "/byt-enhet/"
    assert "Socialtjänsten vuxen" in page.content.decode()


def test_a_citizen_comes_to_the_own_plan(cast):
    client = Client()
    log_in(client, "elsa.medborgare")
    assert client.get("/")["Location"] == "/min-plan/"
    assert client.get("/byt-enhet/").status_code == 404


def test_login_and_switch_give_new_session_ids_and_log_rows(cast):
    client = Client()
    client.get("/logga-in/")
    log_in(client, "karin.falun")
    first = client.session.session_key
    chosen = list(Assignment.objects.with_names().filter(staff__user__username="karin.falun").order_by("pk"))
    client.post("/byt-enhet/", {"assignment": chosen[0].pk})
    second = client.session.session_key
    client.post("/byt-enhet/", {"assignment": chosen[1].pk})
    assert len({first, second, client.session.session_key}) == 3
    assert client.session[ACTING] == chosen[1].pk
    with acting_for(staff_actor(chosen[1])):
        assert AuditEvent.objects.filter(event="session.acting", unit_id=chosen[1].unit_id).count() == 1


def test_somebody_elses_assignment_cannot_be_chosen(cast):
    client = Client()
    log_in(client, "karin.falun")
    response = client.post("/byt-enhet/", {"assignment": cast.assignment("owner").pk})
    assert response.status_code == 200
    assert "Välj ett av dina egna uppdrag." in response.content.decode()
    assert ACTING not in client.session


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        ("/kallelser/", "/kallelser/"),
        ("https://example.org/", "/"),
        ("//example.org/", "/"),
        ("/\\example.org", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_next_leads_only_to_own_pages(cast, wanted, leads_to):
    assert log_in(Client(), next=wanted)["Location"] == leads_to


def test_an_expired_session_leads_to_login_with_a_message_and_back(cast):
    client = Client()
    log_in(client)
    client.session.flush()
    client.cookies.clear()
    response = client.get("/kallelser/")
    assert response["Location"] == "/logga-in/?next=/kallelser/"
    page = client.get(response["Location"]).content.decode()
    assert "Logga in för att fortsätta" in page
    assert 'name="next" value="/kallelser/"' in page


def test_who_is_signed_in_already_goes_on(cast, browse):
    assert browse("amira.falun").get("/logga-in/")["Location"] == "/"


def test_signing_in_as_another_leaves_nothing_of_the_first(cast, browse):
    client = browse("amira.falun")
    before = client.session.session_key
    log_in(client, "karin.falun")
    assert client.session.session_key != before
    assert ACTING not in client.session


def test_logout_ends_the_session(cast, browse):
    client = browse("amira.falun")
    assert client.get("/logga-ut/").status_code == 405
    page = client.post("/logga-ut/", follow=True).content.decode()
    assert "Du är utloggad." in page
    assert client.get("/arenden/").status_code == 302


def test_pages_are_not_kept_for_the_back_button(cast, browse):
    for url in ("/arenden/", "/logga-in/"):
        assert "no-store" in browse("amira.falun").get(url)["Cache-Control"]


@pytest.mark.parametrize(("username", "password"), [("amira.falun", "fel"), ("finns-inte", PASSWORD)])
def test_a_failed_login_says_one_neutral_thing_and_keeps_no_name(cast, username, password):
    response = log_in(Client(), username, password)
    assert response.status_code == 200
    assert "Fel användarnamn eller lösenord." in response.content.decode()
    assert username not in "".join(LoginAttempt.objects.values_list("key", flat=True))


def test_too_many_attempts_wait_also_with_the_right_password(cast):
    client = Client()
    for _ in range(throttle.LIMITS["name"]):
        log_in(client, password="fel")
    assert "För många försök" in log_in(client).content.decode()
    assert log_in(Client(), "johan.falun").status_code == 302
    LoginAttempt.objects.update(at=timezone.now() - throttle.WINDOW - timedelta(seconds=1))
    assert log_in(client).status_code == 302


def test_without_a_valid_assignment_a_clear_page_and_no_case_data(cast, browse):
    case = build.case(cast)
    client = browse("amira.falun")
    with cast.acting("admin"):
        Assignment.objects.filter(pk=cast.assignment("owner").pk).update(is_active=False)
    response = client.get(f"/arenden/{case.pk}/", follow=True)
    assert response.request["PATH_INFO"] == "/byt-enhet/"
    page = response.content.decode()
    assert "Du har inget uppdrag just nu" in page
    assert "Astrid" not in page


def test_demo_accounts_are_shown_only_in_the_test_environment(cast, settings):
    assert "amira.falun" in Client().get("/logga-in/").content.decode()
    settings.DEMO_LOGIN = False
    assert "amira.falun" not in Client().get("/logga-in/").content.decode()
    assert login_rules.shown_accounts() == []


@pytest.mark.parametrize("url", ["/tillganglighet/", "/personuppgifter/"])
def test_open_pages_need_no_login(cast, url):
    assert Client().get(url).status_code == 200
