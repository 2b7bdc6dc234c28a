"""Search by number or case reference: POST only, the own unit's cases, limited, logged (INI-8)."""

import pytest

from audit.models import AuditEvent
from cases import services as cases
from cases.models import Case
from casework import search
from tests import build
from tests.casework import walk

NUMBER = "198501012382"


def find(client, q) -> str:
    response = client.post("/sok/", {"q": q})
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("q", [NUMBER, "19850101-2382", "850101-2382", " 850101 2382 "])
def test_a_person_is_found_however_the_number_is_written(cast, browse, q):
    case = build.case(cast)
    assert f"/arenden/{case.pk}/" in find(browse("amira.falun"), q)


def test_a_case_is_found_by_its_reference_also_when_closed(cast, browse):
    case = build.case(cast)
    with cast.acting("owner"):
        cases.close(case=Case.objects.with_names().get(pk=case.pk), reason="moved", note="", by=cast.owner)
    page = find(browse("amira.falun"), case.reference)
    assert f"/arenden/{case.pk}/" in page
    assert "Avslutad" in page


@pytest.mark.parametrize("username", ["maria.falun", "linda.kalmar"])
def test_other_units_find_nothing(cast, browse, username):
    case = build.consented(cast)
    for q in (NUMBER, case.reference):
        page = find(browse(username), q)
        assert "Inget ärende hittades" in page
        assert str(case.pk) not in page


def test_wrong_numbers_are_explained(cast, browse):
    client = browse("amira.falun")
    assert "Kontrollsiffran stämmer inte" in find(client, "198501012381")
    assert "Skriv ett personnummer eller ett ärendenummer." in find(client, "")
    assert "Fel: " in find(client, "abc")


def test_a_protected_person_is_found_but_not_named(cast, browse):
    case = build.case(cast, protection="marked", given_name="Hemlig", family_name="Skyddson")
    page = find(browse("amira.falun"), NUMBER)
    assert f"/arenden/{case.pk}/" in page
    assert "Hemlig" not in page
    # What was typed stands in the field, nowhere else.
    assert page.count("19850101") == page.count(f'value="{NUMBER}"') + page.count("Till exempel 19850101")


def test_every_search_is_logged_without_the_number(cast, browse):
    case = build.case(cast)
    client = browse("amira.falun")
    find(client, NUMBER)
    find(client, walk.numbers()[0])
    with cast.acting("owner"):
        rows = list(AuditEvent.objects.filter(event="cases.searched").order_by("seq"))
    assert [row.persons for row in rows] == [[case.person_id], []]
    assert [row.details["found"] for row in rows] == [1, 0]
    assert not any(NUMBER in str(row.details) for row in rows)


def test_too_many_searches_in_a_minute_are_refused(cast, browse):
    client = browse("amira.falun")
    for _ in range(search.PER_MINUTE):
        find(client, NUMBER)
    response = client.post("/sok/", {"q": NUMBER})
    assert response.status_code == 429
    assert "Vänta en minut" in response.content.decode()
    assert "Inget ärende hittades" in find(browse("johan.falun"), NUMBER)


def test_the_address_takes_no_number(cast, browse):
    case = build.case(cast)
    assert str(case.pk) not in browse("amira.falun").get(f"/sok/?q={NUMBER}").content.decode()
