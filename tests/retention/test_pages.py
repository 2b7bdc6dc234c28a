"""What an administrator and a handler see and do about retention; never a name."""

import pytest
from django.db import connections
from django.test import Client

from retention import jobs
from tests.cast import Cast
from tests.database import PASSWORD
from tests.retention import past
from tests.retention.test_erasing import SIX_YEARS, left

START = "/administration/gallring/"
PRIVATE = ("Zebulina", "Hemlighetsson", past.ORDINARY, "850101-2382")


@pytest.fixture
def cast(own_database, settings, tmp_path):
    settings.SIP_EXPORT_DIR = tmp_path / "export"
    return Cast()


@pytest.fixture
def browse(cast):
    """Signed in as the web does, in the test's own database."""

    def signed_in(username: str) -> Client:
        client = Client()
        answer = client.post("/logga-in/", {"username": username, "password": PASSWORD})
        assert answer.status_code == 302, answer.content.decode()
        return client

    return signed_in


@pytest.fixture
def case(cast):
    return past.closed(cast, given_name="Zebulina", family_name="Hemlighetsson")


def batch_number(answer) -> int:
    return int(answer["Location"].rstrip("/").split("/")[-1])


def text_of(client, address) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    text = answer.content.decode()
    assert not [word for word in PRIVATE if word in text], address
    return text


def test_an_administrator_prepares_approves_and_reads_the_ledger(cast, case, browse):
    past.travel(past.TODAY() + SIX_YEARS)
    admin = browse("anders.falun")
    page = text_of(admin, START)
    assert "Förbered en omgång" in page and "Socialtjänst, 5 år" in page
    assert case.reference in text_of(admin, f"{START}poster/gallras/")
    number = batch_number(admin.post(f"{START}forbered/"))
    assert case.reference in text_of(admin, f"{START}{number}/")
    assert left(case)["cases_case"] == 1
    # One batch at a time.
    assert admin.post(f"{START}forbered/").status_code == 409
    assert "går inte att ångra" in text_of(admin, f"{START}{number}/godkann/")
    assert jobs.carry_out() == 0
    assert admin.post(f"{START}{number}/godkann/").status_code == 302
    # Approved once; the second form meets a batch that has gone on.
    assert admin.post(f"{START}{number}/godkann/").status_code == 409
    said = (
        "select event, action, actor_name from audit_event where event like 'retention.%%' and event <> %s order by id"
    )
    decided = past.sql(said, "retention.listed")
    assert [(event, action) for event, action, _ in decided] == [
        ("retention.prepared", "Skriva"), ("retention.approved", "Signera"),
    ]  # fmt: skip
    assert len({name for _, _, name in decided}) == 1
    assert jobs.carry_out() >= 1
    erased = past.sql("select action, object_type, person_id from audit_event where event = 'retention.erased'")
    # The unit's own copies go after the case, when nothing tells any longer whose they were.
    assert {kind for _, kind, _ in erased} == {"case", "copy"}
    assert all(action == "Radera" and (person or kind == "copy") for action, kind, person in erased)
    assert "Genomförd" in text_of(admin, START)
    ledger = text_of(admin, f"{START}liggare/")
    assert decided[0][2] in ledger and "gallring-" in ledger and case.reference not in ledger


def test_approving_asks_for_a_fresh_login(cast, case, browse):
    past.travel(past.TODAY() + SIX_YEARS)
    batch, admin = past.prepared(cast), browse("anders.falun")
    session = admin.session
    session["auth_time"] -= 3600
    session.save()
    answer = admin.post(f"{START}{batch}/godkann/")
    assert answer.status_code == 302 and f"/{batch}/" not in answer["Location"]
    assert past.one("select state from retention_retentionbatch") == "prepared"


def test_an_approved_batch_can_be_called_off_until_it_is_exported(cast, case, browse):
    past.travel(past.TODAY() + SIX_YEARS)
    batch = past.approved(cast)
    admin = browse("anders.falun")
    text_of(admin, f"{START}{batch}/avbryt/")
    assert admin.post(f"{START}{batch}/avbryt/").status_code == 302
    assert jobs.carry_out() == 0 and left(case)["cases_case"] == 1
    again = past.approved(cast)
    jobs.export(again)
    assert admin.post(f"{START}{again}/avbryt/").status_code == 409


def test_what_is_exempt_and_stopped_is_listed_with_its_reason(cast, case, browse):
    past.travel(past.TODAY() + SIX_YEARS)
    past.sql("update retention_retentionexemption set birth_days = '{1}' where slug = 'research_birthday'")
    admin = browse("anders.falun")
    listed = text_of(admin, f"{START}poster/undantag/")
    assert case.reference in listed and "Forskningsurval" in listed
    assert case.reference not in text_of(admin, f"{START}poster/gallras/")
    assert admin.get(f"{START}poster/annat/").status_code == 404


def test_nothing_is_prepared_when_nothing_is_due(cast, case, browse):
    admin = browse("anders.falun")
    assert "Förbered en omgång" not in text_of(admin, START)
    answer = admin.post(f"{START}forbered/", follow=True)
    assert "Det finns inget att gallra nu." in answer.content.decode()
    assert past.one("select count(*) from retention_retentionbatch") == 0


def test_others_get_403_and_another_organisation_404(cast, case, browse):
    past.travel(past.TODAY() + SIX_YEARS)
    batch = past.approved(cast)
    for username in ("amira.falun", "yusuf.falun", "helena.falun", "gunilla.dalarna"):
        client = browse(username)
        for address in ("", "regler/", "liggare/", "poster/gallras/", f"{batch}/", f"{batch}/godkann/"):
            assert client.get(START + address).status_code == 403, (username, address)
        assert client.post(f"{START}forbered/").status_code == 403
    other = browse("stina.dalarna")
    for address in (f"{batch}/", f"{batch}/godkann/", f"{batch}/avbryt/"):
        assert other.get(START + address).status_code == 404
        if address != f"{batch}/":
            assert other.post(START + address).status_code == 404
    assert case.reference not in text_of(other, f"{START}poster/gallras/")
    assert text_of(other, f"{START}liggare/")


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"record": "social", "years": "4"}, "kan bara vara längre"),
        ({"record": "health", "years": "10"}, "kan bara vara längre"),
        ({"record": "social", "years": "7"}, "Skriv varför ni bevarar dem längre"),
        ({"record": "social", "years": "7", "source": ""}, "Skriv vilket beslut"),
        ({"record": "health", "years": "x"}, "Skriv antal år med siffror"),
        ({"record": "social", "years": "7", "reason": "Forskning"}, None),
        ({"record": "health", "years": "15"}, None),
        ({"record": "school", "years": "3"}, None),
    ],
)
def test_an_own_rule_is_longer_and_says_why(cast, browse, values, says):
    admin = browse("anders.falun")
    answer = admin.post(f"{START}regler/", {"source": "Plan 2026", "reason": ""} | values)
    kept = past.one("select count(*) from retention_retentionprofile where organisation_id is not null")
    if says:
        assert says in answer.content.decode() and kept == 0
    else:
        assert answer.status_code == 302 and kept == 1
        assert "Plan 2026" in text_of(admin, f"{START}regler/")
        assert past.one("select count(*) from audit_event where event = 'retention.rule_set'") == 1


def test_a_handler_stops_a_closed_case_and_lets_it_go_again(cast, case, browse):
    amira = browse("amira.falun")
    address = f"/arenden/{case.pk}/gallring/"
    assert address in amira.get(f"/arenden/{case.pk}/").content.decode()
    assert "Välj varför" in amira.post(address, {"reason": "Beslut"}).content.decode()
    tomorrowless = amira.post(address, {"kind": "dispute", "reason": "Tvist"}).content.decode()
    assert "Skriv till vilken dag" in tomorrowless
    assert amira.post(address, {"kind": "placed", "reason": "Beslut 2024"}).status_code == 302
    assert "Placerat barn" in amira.get(address).content.decode()
    number = past.one("select id from retention_retentionhold")
    assert past.one("select count(*) from audit_event where event = 'retention.held' and person_id is not null") == 1
    end = f"/gallringsstopp/{number}/avsluta/"
    assert browse("hanna.dalarna").get(end).status_code == 404
    assert browse("mattias.falun").get(end).status_code == 403
    assert amira.post(end, {"note": "Fel person"}).status_code == 302
    assert amira.post(end, {"note": "Igen"}).status_code == 409


def test_a_receiver_stops_its_own_copies_without_reading_them(cast, case, browse):
    hanna = browse("hanna.dalarna")
    number = past.one("select max(id) from consent_receivedversion where unit_id = %s", cast.unit("party").pk)
    address = f"/mottaget/{number}/gallring/"
    assert address in hanna.get(f"/mottaget/{number}/").content.decode()
    text_of(hanna, address)
    assert hanna.post(address, {"kind": "adoption", "reason": "Beslut"}).status_code == 302
    assert browse("amira.falun").get(address).status_code == 404
    past.travel(past.TODAY() + 2 * SIX_YEARS)
    region = past.organisation(cast, "party")
    found = past.records(region, past.one("select sip_today()"), case=case)
    assert found[("copy", cast.unit("party").pk)] == ("held", "adoption")


def test_pages_cost_as_many_queries_for_many_cases_as_for_one(cast, case, browse, django_assert_max_num_queries):
    past.travel(past.TODAY() + SIX_YEARS)
    admin = browse("anders.falun")
    for address in (START, f"{START}poster/gallras/"):
        with django_assert_max_num_queries(25, connection=connections["default"]):
            admin.get(address)
