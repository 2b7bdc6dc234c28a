"""Protected identity: hidden on every page for everybody, shown by a logged choice, set and removed with a reason."""

import re

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse

from audit.models import AuditEvent
from cases import protection
from cases.models import Case, CaseEvent
from notifications.models import Delivery, InboxItem
from organisations.errors import RuleBroken
from plans import documents
from plans import services as plan_services
from plans.models import PlanDocument
from tests import build
from tests.isolation.addresses import targets
from tests.isolation.atlas import CITIZENS, FAMILY_NAME, GIVEN_NAME, NUMBERS, STAFF, Atlas
from tests.isolation.test_url_matrix import rules_of_patterns

STREET = "Hemliga gatan 9"
REASON = "Aviserat från folkbokföringen."


def change(cast, case, to="marked", who="owner", **values):
    with cast.acting(who):
        again = Case.objects.with_names().get(pk=case.pk)
        protection.change(case=again, protection=to, by=cast.actor(who), **({"reason": REASON} | values))


# The sweep


@pytest.fixture(scope="module")
def atlas(module_database):
    """The cases of the matrices with addresses, frozen copies made before, and then a mark on every person."""
    found = Atlas()
    found.sql("update cases_case set address = %s", STREET)
    for case in found.cases.values():
        change(found.cast, case)
    change(found.cast, found.way.case, who="party")
    return found


def secrets() -> list[str]:
    numbers = [n for key, n in NUMBERS.items() if key != "new"]
    written = [f"{n[:8]}-{n[8:]}" for n in numbers] + [f"{n[2:8]}-{n[8:]}" for n in numbers]
    return [GIVEN_NAME, FAMILY_NAME, STREET, "070-174 06 05", "0701740605", *numbers, *written]


def leaks(response: HttpResponse) -> list[str]:
    body = response.content.decode(errors="replace") + str(response.headers)
    # What the reader typed itself is not told to it.
    body = re.sub(r'value="[^"]*"', "", body) if response.request.get("REQUEST_METHOD") == "POST" else body
    return [secret for secret in secrets() if secret in body]


@pytest.mark.parametrize("who", STAFF)
def test_no_page_shows_who_it_is(atlas, who):
    """Every address that is read, as every member of staff: pages, API, files."""
    rules, found, read = rules_of_patterns(), [], 0
    for target in targets(atlas):
        if target.method != "get" or target.name not in {name for name, _ in rules} or target.citizens_face:
            continue
        with transaction.atomic():
            response = atlas.ask(who, target)
            transaction.set_rollback(True)
        read += response.status_code == 200
        found += [(str(target), secret) for secret in leaks(response)]
    assert found == []
    assert read > (20 if who in ("owner", "party", "colleague") else 0)


@pytest.mark.parametrize("who", CITIZENS)
def test_the_persons_own_pages_do_not_show_it_either(atlas, who):
    """The screen may be seen by somebody else in the home."""
    found = []
    for target in targets(atlas):
        if target.method == "get" and target.citizens_face:
            found += [(str(target), secret) for secret in leaks(atlas.ask(who, target))]
    assert found == []


def test_search_by_number_finds_the_case_without_showing_who(atlas):
    response = atlas.clients["owner"].post("/sok/", {"q": NUMBERS["main"]})
    assert atlas.cases["main"].reference in response.content.decode()
    assert leaks(response) == []


def test_a_frozen_copy_hides_what_it_holds_until_it_is_chosen(atlas):
    url = f"/mottaget/{atlas.ids['received']}/"
    closed = atlas.clients["party"].post(url, {"reason": "Uppföljning"})
    assert "Mottagen version" in closed.content.decode() and leaks(closed) == []
    opened = atlas.clients["party"].post(url, {"reason": "Uppföljning", "reveal": "on"})
    assert FAMILY_NAME in opened.content.decode()
    assert atlas.one("select count(*) from audit_event where action = 'Läsa skyddat' and unit_id = %s",
                     atlas.cast.unit("party").pk) == 1  # fmt: skip


def test_revealed_by_a_choice_that_is_logged(atlas):
    pk = atlas.cases["main"].pk
    before = atlas.one("select count(*) from audit_event where action = 'Läsa skyddat'")
    from_case = atlas.ask("owner", next(t for t in targets(atlas) if t.name == "casework:reveal"))
    assert from_case.status_code == 200
    assert {GIVEN_NAME, FAMILY_NAME, STREET} <= set(leaks(from_case))
    edit = atlas.clients["owner"].post(f"/arenden/{pk}/uppgifter/", {"reveal": "1"})
    assert STREET in edit.content.decode()
    assert atlas.one("select count(*) from audit_event where action = 'Läsa skyddat'") == before + 2


def test_nothing_is_queued_to_a_person(atlas):
    """Deliveries go to function mailboxes of units, with a fixed text; there is no way to write to the person."""
    assert {field.name for field in Delivery._meta.fields} & {"recipient", "address", "phone", "body"} == set()
    assert atlas.one("select count(*) from notifications_delivery where unit_id is null") == 0


# Setting and removing


def test_it_is_set_in_every_case_of_the_person_and_told_to_the_owner(cast):
    mine, theirs = build.case(cast), build.case(cast, who="same_kommun")
    change(cast, mine, "protected")
    again = build.reread(cast, theirs, who="same_kommun")
    assert (again.shown_name, again.protection) == ("Skyddade personuppgifter", "protected")
    with cast.acting("same_kommun"):
        assert InboxItem.objects.filter(kind="protection", case_id=theirs.pk).count() == 1
        assert CaseEvent.objects.filter(case=theirs, kind="protection").count() == 1
    with cast.acting("owner"):
        entry = AuditEvent.objects.get(event="cases.protection_changed")
        assert entry.details["reason"] == REASON and entry.details["cases"] == 2


def test_it_is_removed_everywhere_when_it_has_been_checked(cast):
    mine, theirs = build.case(cast), build.case(cast, who="same_kommun")
    change(cast, mine)
    with pytest.raises(RuleBroken, match="folkbokföringen"):
        change(cast, mine, "none")
    change(cast, mine, "none", checked=True)
    assert build.reread(cast, theirs, who="same_kommun").shown_name == theirs.full_name


@pytest.mark.parametrize("values", [{"reason": " "}, {"to": "none"}])
def test_a_reason_and_a_change(cast, values):
    with pytest.raises(RuleBroken):
        change(cast, build.case(cast), **values)


def test_no_other_way_to_it_in_the_database(cast):
    case = build.planned(cast).case
    change(cast, case)
    with cast.acting("owner"), connection.cursor() as cursor:
        with pytest.raises(DatabaseError, match="set_protection"), transaction.atomic():
            cursor.execute("update cases_case set protection = 'none' where id = %s", [case.pk])
    for who in ("party", "outsider", "reader"):
        with cast.acting(who), connection.cursor() as cursor:
            with pytest.raises(DatabaseError, match="steering unit"), transaction.atomic():
                cursor.execute("select set_protection(%s, 'none')", [case.pk])


def test_a_pdf_with_the_name_is_gone_and_the_next_has_none(cast):
    case = build.planned(cast).case
    with cast.acting("owner"):
        assert case.family_name in str(PlanDocument.objects.get(plan__case=case).context)
    change(cast, case)
    with cast.acting("owner"):
        again = Case.objects.with_names().get(pk=case.pk)
        assert not PlanDocument.objects.filter(plan__case=case).exists()
        plan = plan_services.in_force(again)
        plan.case = again
        made = documents.order(plan=plan, by=cast.owner)
        assert case.family_name not in str(PlanDocument.objects.get(pk=made.pk).context)


def test_the_page_says_how_letters_go(cast, browse):
    case = build.case(cast)
    client = browse("amira.falun")
    url = f"/arenden/{case.pk}/skydd/"
    page = client.post(url, {"protection": "protected", "reason": ""})
    assert "Skriv hur ni vet det." in page.content.decode()
    assert client.post(url, {"protection": "protected", "reason": REASON}).status_code == 302
    assert "Skatteverkets postförmedling" in client.get(url).content.decode()
    assert "Skatteverkets postförmedling" in client.get(f"/arenden/{case.pk}/").content.decode()
