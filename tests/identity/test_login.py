"""The whole login over HTTP, against the local providers: staff with and without commissions, and citizens."""

import pytest
from django.test import Client

from audit.models import AuditEvent
from identity.models import Identity
from organisations import session_rules as rules
from organisations.actors import CARE
from organisations.models import Assignment, User
from organisations.scope import acting_for
from tests import build
from tests.identity.provider import SECRET

ELSA = "194307199069"
TWO = "disa.dalarna"


@pytest.fixture
def browser():
    return Client()


def page_of(browser, url="/") -> str:
    return browser.get(url, follow=True).content.decode()


def test_staff_with_one_commission_comes_in(providers, cast, browser):
    answer = providers.sign_in(browser, "hanna.dalarna")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    page = browser.get("/", follow=True)
    assert page.request["PATH_INFO"] == "/arenden/"
    assert cast.unit("party").name in page.content.decode()


def test_the_session_keeps_ids_and_no_token_but_the_one_for_logout(providers, cast, browser):
    providers.sign_in(browser, "hanna.dalarna")
    kept = dict(browser.session)
    assert kept["method"] == "oidc" and kept["issuer"] == providers.staff.issuer
    assert kept["sid"] in providers.staff.logins
    assert list(kept["purposes"].values()) == [CARE]
    assert set(kept) <= {
        "_auth_user_id", "_auth_user_backend", "_auth_user_hash", "kind", "method", "signed_in_at", "seen",
        "auth_time", "issuer", "sid", "id_token", "purposes", "acting_choices", rules.ACTING,
    }  # fmt: skip


def test_the_login_page_shows_both_ways_and_carries_where_one_was_going(providers, browser):
    page = page_of(browser, "/logga-in/?next=/kallelser/")
    assert 'href="/logga-in/personal/?next=/kallelser/"' in page.replace("%2F", "/")
    assert "Logga in som invånare" in page
    providers.ask(browser, next="/kallelser/")
    assert browser.get(providers.legitimate("hanna.dalarna"))["Location"] == "/kallelser/"


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_way_back_leads_only_to_own_pages(providers, browser, wanted):
    providers.ask(browser, next=wanted)
    assert browser.get(providers.legitimate("hanna.dalarna"))["Location"] == "/"


def test_what_is_asked_of_the_provider(providers, browser):
    asked = providers.ask(browser)
    assert asked["response_type"] == "code" and asked["code_challenge_method"] == "S256"
    assert len(asked["state"]) >= 43 and len(asked["nonce"]) >= 43 and len(asked["code_challenge"]) == 43
    assert asked["acr_values"] == "http://id.sambi.se/loa/loa3" and asked["max_age"] == "36000"
    assert SECRET not in providers.asked
    again = providers.ask(Client())
    assert not {again[name] for name in ("state", "nonce", "code_challenge")} & set(asked.values())


def test_two_commissions_are_chosen_between_and_switched_without_sum(providers, cast, browser):
    mine = [a for a in Assignment.objects.with_names().filter(staff__user__username=TWO).order_by("unit__name")]
    providers.sign_in(browser, TWO)
    page = browser.get("/arenden/", follow=True)
    assert page.request["PATH_INFO"] == "/byt-enhet/"
    assert all(assignment.unit.name in page.content.decode() for assignment in mine)
    for assignment in mine:
        before = browser.session.session_key
        browser.post("/byt-enhet/", {"assignment": assignment.pk})
        assert browser.session.session_key != before
        assert browser.session[rules.ACTING] == assignment.pk
        assert f"<small>{assignment.unit.name}</small>" in page_of(browser)


def test_the_commission_chosen_at_the_provider_is_the_only_one_here(providers, browser):
    mine = {a.commission_hsa_id: a for a in Assignment.objects.filter(staff__user__username=TWO)}
    chosen, other = sorted(mine)
    providers.sign_in(browser, TWO, commission=chosen)
    assert browser.session[rules.ACTING] == mine[chosen].pk
    browser.post("/byt-enhet/", {"assignment": mine[other].pk})
    assert browser.session[rules.ACTING] == mine[chosen].pk


def without_commission(providers, change):
    providers.staff.tamper = lambda claims: {**claims, "allCommissions": change(claims["allCommissions"])}


@pytest.mark.parametrize(
    "change",
    [
        lambda each: [],
        lambda each: [{**one, "commissionPurpose": "Statistik"} for one in each],
        lambda each: [{**one, "commissionPurpose": ""} for one in each],
        lambda each: [{**one, "healthCareUnitHsaId": "SE2321000180-D9999"} for one in each],
        lambda each: [{**one, "commissionHsaId": "SE2321000180-U9999"} for one in each],
        lambda each: ["text", 42, None],
    ],
    ids=["none", "another purpose", "no purpose", "another unit", "another commission", "not commissions"],
)
def test_a_health_unit_needs_a_commission_for_care_at_that_unit(providers, browser, change):
    without_commission(providers, change)
    providers.sign_in(browser, TWO)
    page = browser.get("/arenden/", follow=True)
    assert page.request["PATH_INFO"] == "/byt-enhet/"
    assert "Du har inget uppdrag just nu" in page.content.decode()
    assert browser.session["purposes"] == {}


def test_commissions_may_come_as_text(providers, browser):
    text = '[{"commissionHsaId": "SE2321000180-U0003", "commissionPurpose": "vård och behandling"}]'
    without_commission(providers, lambda each: text)
    providers.sign_in(browser, TWO)
    assert browser.session["acting_choices"] == 1


def test_commissions_that_cannot_be_read_refuse_the_login(providers, browser, logged):
    without_commission(providers, lambda each: "[{")
    assert providers.sign_in(browser, TWO).status_code == 403
    assert logged.of("login.refused")[0]["details"]["reason"] == "commissions"


def test_an_ended_assignment_is_not_given_though_the_commission_is(providers, cast, browser):
    ended = cast.assignment("hanna.dalarna")
    with cast.acting("stina.dalarna"):
        Assignment.objects.filter(pk=ended.pk).update(is_active=False)
    providers.sign_in(browser, "hanna.dalarna")
    assert "Du har inget uppdrag just nu" in page_of(browser)


def test_kommun_staff_without_commission_use_the_own_directory(providers, cast, browser):
    assert providers.sign_in(browser, "karin.falun")["Location"] == "/"
    page = browser.get("/arenden/", follow=True)
    assert page.request["PATH_INFO"] == "/byt-enhet/"
    assert "Socialtjänsten vuxen" in page.content.decode()


def test_an_administrator_of_a_region_needs_no_commission(providers, browser):
    providers.sign_in(browser, "stina.dalarna")
    assert browser.get("/", follow=True).request["PATH_INFO"] == "/administration/"


@pytest.mark.parametrize(("who", "purpose"), [("hanna.dalarna", CARE), ("amira.falun", "Vård och omsorg")])
def test_the_purpose_reaches_the_log(providers, cast, browser, who, purpose):
    case = build.case(cast)
    build.party(cast, case)
    build.consent(cast, case)
    providers.sign_in(browser, who)
    assert browser.get(f"/arenden/{case.pk}/").status_code == 200
    with acting_for(cast.actor(who)):
        row = AuditEvent.objects.filter(event="cases.read", case_id=case.pk).latest("id")
    assert row.purpose == purpose


def test_claims_with_other_names_by_settings(providers, settings, browser):
    settings.OIDC_PROVIDERS["staff"].claims.update(employee_id="urn:hsa")
    providers.staff.tamper = lambda c: {"urn:hsa": c.pop("employeeHsaId").lower(), **c}
    assert providers.sign_in(browser, "hanna.dalarna")["Location"] == "/"


def test_claims_that_only_userinfo_has(providers, browser):
    providers.citizen.tamper = lambda c: {k: v for k, v in c.items() if "personalIdentityNumber" not in k}
    assert providers.sign_in(browser, "elsa.medborgare", "invanare")["Location"] == "/"
    assert browser.get("/", follow=True).request["PATH_INFO"] == "/min-plan/"


def test_userinfo_about_somebody_else_is_refused(providers, browser, logged):
    providers.citizen.tamper = lambda c: (
        {k: v for k, v in c.items() if "personalIdentityNumber" not in k} | {"sub": "another"}
    )
    assert providers.sign_in(browser, "elsa.medborgare", "invanare").status_code == 403
    assert logged.of("login.refused")[0]["details"]["reason"] == "userinfo"


def test_a_citizen_sees_the_own_plan_and_nobody_elses(providers, cast, browser):
    own = build.case(cast, number=ELSA)
    other = build.case(cast, number="194112249166")
    providers.sign_in(browser, "elsa.medborgare", "invanare")
    assert browser.get("/", follow=True).request["PATH_INFO"].startswith("/min-plan/")
    assert browser.get(f"/min-plan/{own.pk}/").status_code == 200
    assert browser.get(f"/min-plan/{other.pk}/").status_code == 404
    assert browser.get("/arenden/").status_code == 404


def test_a_citizen_without_a_plan_leaves_no_number_behind(providers, browser):
    providers.sign_in(browser, "elsa.medborgare", "invanare")
    user = Identity.objects.get().user
    assert (user.kind, user.name, user.is_demo) == ("citizen", "Elsa Exempelsson", False)
    assert not user.has_usable_password()
    assert ELSA not in str(User.objects.filter(pk=user.pk).values()) + str(Identity.objects.values())


def test_a_plan_opened_later_is_there_at_the_next_login(providers, cast, browser):
    providers.sign_in(browser, "elsa.medborgare", "invanare")
    case = build.case(cast, number=ELSA)
    assert browser.get(f"/min-plan/{case.pk}/").status_code == 404
    providers.sign_in(browser, "elsa.medborgare", "invanare")
    assert browser.get(f"/min-plan/{case.pk}/").status_code == 200
    assert Identity.objects.count() == 1


def test_the_number_of_today_decides_whose_plan_is_read(providers, cast, browser):
    """Should a provider ever give a subject to somebody else, the first one's plan does not come with it."""
    case = build.case(cast, number=ELSA)
    providers.sign_in(browser, "elsa.medborgare", "invanare")
    claim = "https://id.oidc.se/claim/personalIdentityNumber"
    providers.citizen.tamper = lambda c: c | {claim: "194112249166"}
    providers.sign_in(browser, "elsa.medborgare", "invanare")
    assert browser.get(f"/min-plan/{case.pk}/").status_code == 404


@pytest.mark.parametrize("number", ["", "19430719-9069", "4307199069", "19430719906x", 194307199069, None])
def test_without_a_whole_number_there_is_no_citizen(providers, browser, logged, number):
    claim = "https://id.oidc.se/claim/personalIdentityNumber"
    providers.citizen.tamper = lambda c: c | {claim: number}
    assert providers.sign_in(browser, "elsa.medborgare", "invanare").status_code == 403
    assert logged.of("login.refused")[0]["details"] == {"reason": "number", "provider": "invanare"}
    assert User.objects.filter(username__startswith="medborgare-").count() == 0


def test_a_coordination_number_is_a_number_too(providers, cast, browser):
    case = build.case(cast, number="191504652387", id_kind="samordningsnummer")
    assert providers.sign_in(browser, "", "invanare", number="191504652387").status_code == 302
    assert browser.get(f"/min-plan/{case.pk}/").status_code == 200


def test_both_providers_may_be_used_in_one_browser_one_at_a_time(providers, browser):
    providers.sign_in(browser, "hanna.dalarna")
    first = browser.session.session_key
    providers.sign_in(browser, "elsa.medborgare", "invanare")
    assert browser.session.session_key != first
    assert browser.session["issuer"] == providers.citizen.issuer
    assert rules.ACTING not in browser.session and "purposes" not in browser.session
