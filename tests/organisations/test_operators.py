"""An organisation's first administrator, and the operators' own way in (V6.1.3, V6.3.1, V6.3.8)."""

import io
import re
import statistics
import time

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client
from django.utils import timezone

from organisations import throttle
from organisations.models import Assignment, LoginAttempt, Organisation, Staff, Unit, User
from tests.database import PASSWORD


class SlowEnough(PBKDF2PasswordHasher):
    """Costs enough to be seen beside the rest of a request, and little enough for 200 tries."""

    iterations = 60_000


FALUN = "2120002221"
STRONG = "en lagom lång mening om drift"
PAGE = "/logga-in/drift/"


@pytest.fixture
def database(own_database):
    """Real commits: the commands work through the administrator's own connection."""
    return own_database


def events(**values) -> int:
    with connections["admin"].cursor() as cursor:
        cursor.execute("select count(*) from audit_event where event = %s", [values["event"]])
        return cursor.fetchone()[0]


def account(monkeypatch, *args, password=STRONG):
    monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
    call_command("emergency_account", *args)


# The first administrator


def test_the_first_administrator_is_made_once_and_logged(database, capsys):
    organisation = Organisation.objects.get(orgnr=FALUN)
    for said in ("är nu administratör", "är redan administratör"):
        call_command("grant_admin", organisation="212000-2221", employee_id="se2120002221-x800", name="Eva Först")
        assert said in capsys.readouterr().out
    assignment = Assignment.objects.with_names().get(staff__hsa_id="SE2120002221-X800")
    assert (assignment.role, assignment.unit.parent, assignment.staff.name) == ("org_admin", None, "Eva Först")
    assert assignment.unit.organisation_id == organisation.pk
    assert events(event="organisations.admin_granted") == 1


def test_an_organisation_without_units_gets_one_for_its_administrator(database):
    new = Organisation.objects.using("admin").create(name="Provomsorg AB", orgnr="5590000001", kind="private")
    call_command("grant_admin", organisation="5590000001", employee_id="SE5590000001-A001", verbosity=0)
    unit = Unit.objects.get(organisation=new)
    assert (unit.name, unit.kind) == ("Provomsorg AB", "administration")


@pytest.mark.parametrize("number", ["5599999999", "", "-"])
def test_an_unknown_organisation_is_refused(database, number):
    before = Staff.objects.count()
    with pytest.raises(CommandError, match="ingen aktiv organisation"):
        call_command("grant_admin", organisation=number, employee_id="SE2120002221-X800")
    assert Staff.objects.count() == before


def test_somebody_elses_employee_or_an_inactive_one_is_refused(database):
    region = Staff.objects.using("admin").filter(user__username="hanna.dalarna")
    region.update(hsa_id="SE2321000180-X1")
    with pytest.raises(CommandError, match="annan organisation"):
        call_command("grant_admin", organisation=FALUN, employee_id="SE2321000180-X1")
    own = Staff.objects.using("admin").filter(user__username="amira.falun")
    own.update(hsa_id="SE2120002221-X2", is_active=False)
    with pytest.raises(CommandError, match="inaktiv"):
        call_command("grant_admin", organisation=FALUN, employee_id="SE2120002221-X2")


# Operators' accounts


def test_an_operators_account_needs_a_strong_password_and_stays_apart(database, monkeypatch):
    with pytest.raises(CommandError, match="kort"):
        account(monkeypatch, "drift.eva", password="kort")
    with pytest.raises(CommandError, match="inget driftkonto"):
        account(monkeypatch, "amira.falun")
    with pytest.raises(CommandError, match="ingen aktiv organisation"):
        account(monkeypatch, "drift.eva", "--organisation", "5599999999")
    assert not User.objects.filter(username="drift.eva").exists(), "half an account"
    account(monkeypatch, "drift.eva", "--name", "Eva Drift")
    user = User.objects.get(username="drift.eva")
    assert user.is_operator and not user.is_demo and user.check_password(STRONG)
    assert events(event="operators.account_saved") == 1
    account(monkeypatch, "drift.eva", "--close")
    user.refresh_from_db()
    assert not user.is_active and not user.check_password(STRONG)
    with pytest.raises(CommandError, match="inget driftkonto"):
        account(monkeypatch, "finns.inte", "--close")


@pytest.fixture
def operator(own_database, settings, monkeypatch):
    """An account as the command makes it, which somebody has then, wrongly, made a handler too."""
    settings.EMERGENCY_LOGIN = ["drift.eva"]
    account(monkeypatch, "drift.eva", "--name", "Eva Drift", "--organisation", FALUN)
    handler = Assignment.objects.with_names().get(staff__user__username="amira.falun")
    mine = Staff.objects.get(user__username="drift.eva")
    Assignment.objects.using("admin").create(staff=mine, unit=handler.unit, role="handler")
    return User.objects.get(username="drift.eva")


def come_in(client=None, username="drift.eva", password=STRONG, **extra):
    return (client or Client()).post(PAGE, {"username": username, "password": password}, **extra)


def test_without_the_switch_there_is_no_such_page(operator, settings):
    settings.EMERGENCY_LOGIN = []
    assert Client().get(PAGE).status_code == 404
    assert come_in().status_code == 404


def test_the_operator_administers_and_sees_no_case_whatever_the_directory_says(operator):
    client = Client()
    assert come_in(client)["Location"] == "/"
    page = client.get("/", follow=True)
    assert page.request["PATH_INFO"] == "/administration/"
    assert "Inloggad för drift." in page.content.decode()
    assert client.get("/arenden/").status_code == 403
    page = client.get("/byt-enhet/").content.decode()
    assert page.count('type="radio"') == 1
    handler = Assignment.objects.get(staff__user=operator, role="handler")
    client.post("/byt-enhet/", {"assignment": handler.pk})
    session = client.session
    session["assignment_id"] = handler.pk
    session.save()
    assert client.get("/arenden/")["Location"] == "/byt-enhet/", "nor with an id put into the session"


def test_the_ordinary_login_does_not_take_the_operators_password_and_the_other_way(operator):
    data = {"username": "drift.eva", "password": STRONG}
    assert "Fel användarnamn" in Client().post("/logga-in/", data).content.decode()
    assert "Fel användarnamn" in come_in(username="amira.falun", password=PASSWORD).content.decode()


def test_both_the_list_and_the_account_are_needed(operator, settings):
    settings.EMERGENCY_LOGIN = ["drift.nils", "amira.falun"]
    for name in ("drift.eva", "drift.nils", "amira.falun"):
        assert "Fel användarnamn" in come_in(username=name).content.decode()


def test_every_try_is_logged_and_no_name_is(operator):
    come_in(password="fel")
    come_in(username="eva.hemlig", password="fel")
    assert events(event="login.failed") == 2
    with connections["admin"].cursor() as cursor:
        cursor.execute("select string_agg(audit_event::text, ' ') from audit_event where event = 'login.failed'")
        assert "eva" not in cursor.fetchone()[0]
    assert "eva" not in "".join(LoginAttempt.objects.values_list("key", flat=True))


# Throttling


def tries(number, **extra):
    for n in range(number):
        come_in(password="fel", **{"username": "drift.eva"} | {k: v(n) for k, v in extra.items()})


@pytest.mark.parametrize(
    ("kind", "extra"),
    [
        ("name", {}),
        ("address", {"username": "namn{}".format}),
        ("all", {"username": "namn{}".format, "REMOTE_ADDR": "192.0.2.{}".format}),
    ],
)
def test_too_many_tries_wait_whatever_is_varied(operator, monkeypatch, kind, extra):
    monkeypatch.setattr(throttle, "LIMITS", {"name": 4, "address": 6, "all": 8})
    limit = throttle.LIMITS[kind]
    tries(limit - 1, **extra)
    assert come_in().status_code == 302, "one less is taken"
    LoginAttempt.objects.all().delete()
    tries(limit, **extra)
    assert "För många försök" in come_in().content.decode()
    assert events(event="login.throttled") == 1
    LoginAttempt.objects.update(at=timezone.now() - throttle.WINDOW)
    assert come_in().status_code == 302


def test_an_address_of_its_own_making_does_not_help(operator, monkeypatch):
    """X-Forwarded-For is the client's own word (V4.1.3)."""
    monkeypatch.setattr(throttle, "LIMITS", {"name": 4, "address": 6, "all": 100})
    for n in range(4):
        come_in(password="fel", HTTP_X_FORWARDED_FOR=f"192.0.2.{n}")
    assert "För många försök" in come_in(HTTP_X_FORWARDED_FOR="192.0.2.99").content.decode()


def test_a_known_and_an_unknown_name_look_and_cost_the_same(operator, settings, monkeypatch):
    """200 tries: the same page, and medians closer than a third of what one hash costs."""
    settings.PASSWORD_HASHERS = [f"{__name__}.SlowEnough"]
    monkeypatch.setattr(throttle, "LIMITS", dict.fromkeys(throttle.LIMITS, 1000))
    User.objects.using("admin").filter(pk=operator.pk).update(password=make_password(STRONG))
    took, pages = {"drift.eva": [], "drift.nils": []}, set()
    client = Client()
    for _ in range(100):
        for name, times in took.items():
            before = time.perf_counter()
            page = come_in(client, username=name, password="fel lösenord igen")
            times.append(time.perf_counter() - before)
            assert page.status_code == 200
            pages.add(re.sub(r'name="csrfmiddlewaretoken" value="\w+"|value="drift\.\w+"', "", page.content.decode()))
    assert len(pages) == 1
    medians = [statistics.median(times) for times in took.values()]
    before = time.perf_counter()
    make_password("x")
    assert abs(medians[0] - medians[1]) < (time.perf_counter() - before) / 3, medians
